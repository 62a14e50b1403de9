// What a lesson needs of the page: its text read by the model beside the chat, a panel standing at a place, numbers
// measured in between. The chat on screen stays as it is.

import { EngineError } from '../../engine/errors.ts'
import type { ErrorData } from '../../worker/protocol.ts'
import { useInspect } from '../inspect.ts'
import { runEnded } from '../inspect/follow.ts'
import { useModels } from '../models.ts'
import { givenAgain, useRead } from '../read.ts'
import { readTokens } from '../reading.ts'
import { aboutOf } from '../rows.ts'
import { until } from '../until.ts'
import { withHost, type Host } from './host.ts'
import { idle } from './load.ts'
import { traceFile } from './parts.ts'
import { wishFor, type Wish } from './wish.ts'

/** What the model is to read. */
export interface StageText {
  ids: readonly number[]
  /** where the answer begins; ids.length: nowhere */
  answerFrom: number
  /** of an encoder–decoder */
  source?: readonly number[]
  /** the same as text: for a model that reads texts whole */
  text?: string
}

/** Lets the model read a text, without edits, and the panels look at it. @returns why it could not be read, or null */
export async function stand({ ids, answerFrom, source, text }: StageText): Promise<ErrorData | null> {
  await idle()
  useInspect.getState().closeRecording()
  if (useInspect.getState().edits.length > 0) await useInspect.getState().setEdits([])
  const info = useModels.getState().active?.info
  if (info && text !== undefined && !info.does.includes('generate')) return readWhole(text, info.mask)
  const failed = await readTokens(ids, answerFrom, source)
  if (!failed) runEnded()
  return failed
}

/** the recorded run of a lesson that the panels look at */
let shownTrace: string | null = null
/** A recorded run in the model's place. @returns why it could not be opened, or null */
export async function standRecorded(trace: string): Promise<ErrorData | null> {
  await idle()
  const failed = await useInspect.getState().openRecording(await traceFile(trace))
  shownTrace = failed ? null : trace
  return failed
}
/** The panels look at the model again. */
export function recordingBack(): void {
  if (shownTrace !== null) useInspect.getState().closeRecording()
  shownTrace = null
}

/** What reads both ways and writes nothing reads it as if it had been typed into its own panel, which shows it, too. */
async function readWhole(text: string, mask: string | null): Promise<ErrorData | null> {
  const { setPair, setText, run } = useRead.getState()
  setPair(null)
  setText(text.replaceAll('{mask}', mask ?? ''))
  await run()
  return useRead.getState().error
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
  /** the token that changes of the model are to move; without it that which the row at `position` is about */
  watched?: number
}

/** Goes to a panel and to a place in it. The token that its row is about is watched: what follows, or a blank. */
export function goTo({ panel, layer, head, position, watched, key, view }: Place): void {
  const { select, watch, info } = useInspect.getState()
  const about = position === undefined ? undefined : aboutOf(info ?? { predicts: 'next' }, position)
  const token = watched ?? about
  if (token !== undefined) watch(token)
  select({
    ...(position !== undefined && { position }),
    ...(layer !== undefined && { layer }),
    ...(head !== undefined && { head }),
  })
  wishFor({
    panel,
    ...(key !== undefined && { key }),
    ...(view !== undefined && { view }),
    ...(about !== undefined && { drawn: about }),
  })
  if (!location.hash.startsWith(`#/${panel}?`) && location.hash !== `#/${panel}`) location.hash = `#/${panel}`
}

/**
 * Measures on the model beside what is on screen, which stands again afterwards.
 * @param main the model that the lesson stands on
 */
export async function measured<T>(main: string, work: (host: Host) => Promise<T>): Promise<T> {
  await idle()
  return useInspect.getState().aside(() => withHost(main, work), givenAgain())
}
