// What a lesson needs of the page: its text read by the model beside the chat, a panel standing at a place, numbers
// measured in between. The chat on screen stays as it is.

import { EngineError } from '../../engine/errors.ts'
import type { Host } from '../../lessons/measure/host.ts'
import type { ErrorData } from '../../worker/protocol.ts'
import { useInspect } from '../inspect.ts'
import { runEnded } from '../inspect/follow.ts'
import { readTokens } from '../reading.ts'
import { until } from '../until.ts'
import { withHost } from './host.ts'
import { idle } from './load.ts'
import { wishFor, type Wish } from './wish.ts'

/** What the model is to read. */
export interface StageText {
  ids: readonly number[]
  /** where the answer begins; ids.length: nowhere */
  answerFrom: number
  /** of an encoder–decoder */
  source?: readonly number[]
}

/** Lets the model read a text, without edits, and the panels look at it. @returns why it could not be read, or null */
export async function stand({ ids, answerFrom, source }: StageText): Promise<ErrorData | null> {
  await idle()
  if (useInspect.getState().edits.length > 0) await useInspect.getState().setEdits([])
  const failed = await readTokens(ids, answerFrom, source)
  if (!failed) runEnded()
  return failed
}

/** Resolves when the panels show this text. Rejects with why they cannot. */
export async function shown(ids: readonly number[]): Promise<void> {
  const here = (): boolean => {
    const { state, tokens, looking } = useInspect.getState()
    return state === 'ready' && !looking && tokens.length === ids.length && tokens.every(({ id }, i) => id === ids[i])
  }
  await until(useInspect, (s) => here() || s.state === 'error')
  const { state, error } = useInspect.getState()
  if (state === 'error' && error) throw new EngineError(error.code, error.message, error.facts)
}

export interface Place extends Omit<Wish, 'drawn'> {
  layer?: number
  head?: number
  position?: number
}

/** Goes to a panel and to a place in it. The token after `position` is the one that is watched: it is what follows. */
export function goTo({ panel, layer, head, position, key, view }: Place): void {
  const { select, watch } = useInspect.getState()
  if (position !== undefined) {
    watch(position + 1)
  }
  select({
    ...(position !== undefined && { position }),
    ...(layer !== undefined && { layer }),
    ...(head !== undefined && { head }),
  })
  wishFor({
    panel,
    ...(key !== undefined && { key }),
    ...(view !== undefined && { view }),
    ...(position !== undefined && { drawn: position + 1 }),
  })
  if (!location.hash.startsWith(`#/${panel}?`) && location.hash !== `#/${panel}`) location.hash = `#/${panel}`
}

/**
 * Measures on the model beside what is on screen, which stands again afterwards.
 * @param main the model that the lesson stands on
 */
export async function measured<T>(main: string, work: (host: Host) => Promise<T>): Promise<T> {
  await idle()
  return useInspect.getState().aside(() => withHost(main, work))
}
