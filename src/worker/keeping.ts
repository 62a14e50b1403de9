// What learns, written down while it does: whenever a state comes it is stored, with what was said until then, in one transaction.
// And one at a time, over all tabs: a Web Lock is held as long as it lasts.

import { EngineError } from '../engine/errors.ts'
import type { TrainState } from '../engine/index.ts'
import type { TeachingRows } from '../storage/teaching.ts'
import { toData } from './failures.ts'
import type { ErrorData } from './wire.ts'

/** The state behind this update is on the disk, or why it is not. */
export interface KeptEvent {
  type: 'kept'
  step: number
  error: ErrorData | null
}
interface Said {
  type: string
  step?: number
}
interface Saved {
  type: 'saved'
  state: TrainState
}
const isSaved = (event: Said | Saved): event is Saved => event.type === 'saved'

/**
 * Events of before, and those that come, with what became of each state in its place.
 * @param write all or none
 */
export async function* keeping<E extends Said>(
  before: { events: readonly E[]; state: TrainState | null },
  coming: AsyncIterable<E | Saved>,
  write: (state: TrainState, events: readonly E[]) => Promise<void>,
): AsyncGenerator<Exclude<E, Saved> | KeptEvent> {
  let last = before.state
  const events = [...before.events]
  yield* events as Exclude<E, Saved>[]
  for await (const event of coming) {
    if (!isSaved(event)) {
      // said once: a run that goes on begins again
      if (event.type !== 'begin' || events.length === 0) events.push(event)
      yield event as Exclude<E, Saved>
      continue
    }
    if (last === event.state) continue
    last = event.state
    const { step } = last
    const isBefore = (one: Said): boolean => one.type !== 'end' && one.step !== undefined && one.step <= step
    const said = events.filter((one) => one.type === 'begin' || isBefore(one))
    yield { type: 'kept', step, error: await write(last, said).then(() => null, toData) }
  }
}

const locks = (): LockManager | undefined => (globalThis.navigator as Navigator | undefined)?.locks

/** What began here: where the browser has no Web Locks, nothing else is known. */
const here = new Map<string, Set<TeachingRows>>()

export const taught = (): EngineError =>
  new EngineError('BUSY', 'Cannot teach: a model is being taught in another tab. Wait for its end, or stop it there.', {
    reason: 'taught',
  })

/** @returns what is called at its end @throws BUSY where another tab holds the lock */
export async function alone(rows: TeachingRows, lock: string): Promise<() => void> {
  let free = (): void => undefined
  const own = here.get(lock) ?? new Set()
  here.set(lock, own)
  const taken =
    !own.has(rows) &&
    (await new Promise<boolean>((resolve, reject) => {
      const held = locks()?.request(lock, { ifAvailable: true }, (got) => {
        resolve(got !== null)
        return got === null ? undefined : new Promise<void>((done) => (free = done))
      })
      if (held) held.catch(reject)
      else resolve(true)
    }))
  if (!taken) throw taught()
  own.add(rows)
  return () => {
    own.delete(rows)
    free()
  }
}

/** Is it held, here or in another tab? */
export async function isHeld(rows: TeachingRows, lock: string): Promise<boolean> {
  const { held = [] } = (await locks()?.query()) ?? {}
  return (here.get(lock)?.has(rows) ?? false) || held.some(({ name }) => name === lock)
}
