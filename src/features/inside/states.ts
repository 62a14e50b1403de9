// How the state of an Elman network goes on: it has no gates and no cell that comes apart, every token makes all of it
// anew. So it is read as it stands, token by token.

import type { Glass } from '../../store/inspect.ts'
import { lengthOf, probe } from './read.ts'

export interface Moved {
  /** ‖this state − the one a token before‖; null: the one before is not known */
  by: number | null
  /** cosine of the angle to the last of the states; 0 where one of both is zero */
  alike: number
}

/**
 * @param states (H) each, one token after the other
 * @param whole the first of them is the text's first: before it the state was zero
 */
export function movesOf(states: readonly Float32Array[], whole: boolean): Moved[] {
  const last = states.at(-1)!
  return states.map((state, n) => {
    const before = states[n - 1]
    const sizes = lengthOf(state) * lengthOf(last)
    return {
      by: before || whole ? lengthOf(state.map((v, i) => v - (before?.[i] ?? 0))) : null,
      alike: sizes === 0 ? 0 : state.reduce((sum, v, i) => sum + v * last[i]!, 0) / sizes,
    }
  })
}

/** The states of a layer behind the tokens `from` .. `position`. */
export async function statesOf(glass: Glass, layer: number, from: number, position: number): Promise<Float32Array[]> {
  const states: Float32Array[] = []
  for (let p = from; p <= position; p++) {
    states.push((await probe(glass, { site: `blocks.${layer}.cell.state`, position: p })).values)
  }
  return states
}
