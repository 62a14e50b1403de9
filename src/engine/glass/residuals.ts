// The residual before and after a branch of a block: a kept site where one stands, else read in a replay. What a branch
// has added is their difference, edits included; so the parts of a block add up, whether its branches run one after
// the other or side by side.

import type { BranchName } from '../model/plan.ts'
import type { ActivationCache } from './activation-cache.ts'
import type { Replay } from './replay.ts'

export interface Branch {
  layer: number
  part: BranchName
}

/** After the branch, and before it: [after, before], in the order asked. */
export async function residualsAround(
  activations: ActivationCache,
  replay: () => Replay,
  wanted: readonly Branch[],
  position: number,
): Promise<[after: Float32Array, before: Float32Array][]> {
  const { blocks } = activations.runner.runtime.plan
  type End = { site: string } | Branch
  const ends = wanted.map(({ layer, part }): [End, End] => {
    const { branches } = blocks[layer]!
    const at = branches.findIndex(({ name }) => name === part)
    const after = (n: number): End => {
      const { writes, name } = branches[n]!
      return writes === null ? { layer, part: name } : { site: writes }
    }
    return [after(at), at === 0 ? { site: branches[0]!.reads } : after(at - 1)]
  })
  const flat = ends.flat()
  const kept = await activations.many(flat.flatMap((end) => ('site' in end ? { site: end.site, position } : [])))
  const missing = flat.flatMap((end) => ('site' in end ? [] : end))
  const between = missing.length === 0 ? [] : await replay().between(missing, position)
  const read = (end: End): Float32Array => ('site' in end ? kept : between).shift()!
  return ends.map(([after, before]) => [read(after), read(before)])
}
