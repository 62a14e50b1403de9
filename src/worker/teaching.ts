// A run of training that survives: what it was asked for stands in the storage before it begins, and its last good state every 20
// updates or 10 seconds, in one transaction with what was said until then. Whatever ends it (a reload, a crash, a lost device), the
// same call goes on from there, bit for bit.

import { EngineError } from '../engine/errors.ts'
import type { Drawn, FreshLora, TrainEvent, TrainingRow, TrainOptions, TrainRow, TrainState } from '../engine/index.ts'
import type { TeachingRows } from '../storage/teaching.ts'
import { toData } from './failures.ts'
import type { LookEvent } from './looks.ts'
import { worth, type RewardRule } from './reward.ts'
import type { ErrorData } from './wire.ts'

/** What is taught, to which stored model. */
export interface TeachTask {
  model: string
  /** what the adapter is called when it has learnt */
  name: string
  fresh: FreshLora
  options: Omit<TrainOptions, 'signal' | 'resume' | 'adapter' | 'reward'>
  /** it learns from answers of its own, which are worth so much */
  reward?: RewardRule
}
/** Events of a training, as the page hears them: states stay in the worker. */
export type TeachEvent =
  | Exclude<TrainEvent, { type: 'saved' }>
  | LookEvent
  /** the state behind this update is on the disk, or why it is not */
  | { type: 'kept'; step: number; error: ErrorData | null }
/** A run that is not over: its adapter is not stored yet as it is now. */
export interface KeptRun extends TeachTask {
  /** the adapter that learns */
  adapter: string
  /** as far as it can go on */
  step: number
  events: readonly TeachEvent[]
  /** here, or in another tab */
  isRunning: boolean
}
type Run = TeachTask & { adapter: string }
interface StateRow {
  id: 'state'
  events: readonly TeachEvent[]
  state: TrainState | null
}

/** Rows as the model would learn them. */
export interface CountedRows {
  /** of all that can be learnt */
  tokens: number
  targets: number
  /** rows whose first turns are left out */
  cut: number
  /** rows that cannot be learnt, and why */
  wrong: { row: number; error: ErrorData }[]
  /** the row that was asked for */
  shown: TrainingRow | null
}
export async function counted(
  rows: readonly TrainRow[],
  shown: number,
  read: (row: TrainRow, index: number) => Promise<TrainingRow>,
): Promise<CountedRows> {
  const found: CountedRows = { tokens: 0, targets: 0, cut: 0, wrong: [], shown: null }
  for (const [i, row] of rows.entries()) {
    try {
      const one = await read(row, i)
      found.tokens += one.ids.length
      found.targets += one.isTarget.filter(Boolean).length
      found.cut += Number(one.cut > 0)
      if (i === shown) found.shown = one
    } catch (error) {
      found.wrong.push({ row: i, error: toData(error) })
    }
  }
  return found
}

const lock = 'glassbox-teaching'
const locks = (): LockManager | undefined => (globalThis.navigator as Navigator | undefined)?.locks

/** Runs that began here: where the browser has no Web Locks, nothing else is known. */
const here = new Set<TeachingRows>()

export const taught = (): EngineError =>
  new EngineError('BUSY', 'Cannot teach: a model is being taught in another tab. Wait for its end, or stop it there.', {
    reason: 'taught',
  })

/** @throws BUSY where another tab teaches: its lock is held as long as it does */
async function alone(rows: TeachingRows): Promise<() => void> {
  let free = (): void => undefined
  const taken =
    !here.has(rows) &&
    (await new Promise<boolean>((resolve, reject) => {
      const held = locks()?.request(lock, { ifAvailable: true }, (got) => {
        resolve(got !== null)
        return got === null ? undefined : new Promise<void>((done) => (free = done))
      })
      if (held) held.catch(reject)
      else resolve(true)
    }))
  if (!taken) {
    throw taught()
  }
  here.add(rows)
  return () => {
    here.delete(rows)
    free()
  }
}

export class Teaching {
  constructor(private readonly rows: TeachingRows) {}

  /** Before anything learns. */
  async begin(task: TeachTask, adapter: string): Promise<void> {
    await this.rows.write([{ id: 'run', ...task, adapter } as { id: string }, blank])
  }

  /** null: nothing waits to go on */
  async kept(): Promise<KeptRun | null> {
    const { run, state } = await this.read()
    if (!run) return null
    const { held = [] } = (await locks()?.query()) ?? {}
    const isRunning = here.has(this.rows) || held.some(({ name }) => name === lock)
    const { events, state: last } = state
    const step: unknown = last?.step
    return { ...run, events, step: Number.isSafeInteger(step) ? (step as number) : 0, isRunning }
  }

  forget(): Promise<void> {
    return this.rows.remove(['run', 'state'])
  }

  /**
   * Begins what begin() wrote, or goes on with it: events of before first.
   * @param train with the options of the run
   * @param looks what is to be seen before the first update, and whenever samples are asked
   */
  async *run(
    train: (options: Omit<TrainOptions, 'signal'>) => AsyncGenerator<TrainEvent>,
    looks: (
      run: Omit<KeptRun, 'step' | 'events' | 'isRunning'>,
    ) => Promise<(step: number) => Promise<LookEvent>> = () => Promise.reject(new Error('nobody looks')),
  ): AsyncGenerator<TeachEvent> {
    const free = await alone(this.rows)
    try {
      const { run, state } = await this.read()
      if (!run) {
        throw new EngineError('PARAM_INVALID', 'Cannot go on teaching: nothing waits to be learnt.', { param: 'run' })
      }
      let last = state.state
      const events = [...state.events]
      yield* events
      const look = await looks(run).catch(() => null)
      const { reward } = run
      const options = {
        ...run.options,
        adapter: run.adapter,
        ...(last && { resume: last }),
        ...(reward && { reward: ({ text }: Drawn) => worth(reward, text) }),
      }
      for await (const event of train(options)) {
        if (event.type !== 'saved') {
          // said once: a run that goes on begins again
          if (event.type !== 'begin' || events.length === 0) events.push(event)
          yield event
          const isDue =
            (event.type === 'begin' && !last) ||
            (event.type === 'step' && (event.step % (options.every ?? 10) === 0 || event.step === event.steps))
          // a look that fails is not there: it must not end what learns
          const seen = isDue ? await look?.(event.type === 'step' ? event.step : 0).catch(() => null) : null
          if (seen) events.push(seen)
          if (seen) yield seen
          continue
        }
        if (last === event.state) continue
        last = event.state
        const { step } = last
        const said = events.filter((one) => one.type === 'begin' || (one.type !== 'end' && one.step <= step))
        const row: StateRow = { id: 'state', state: last, events: said }
        const error = await this.rows.write([row]).then(() => null, toData)
        yield { type: 'kept', step, error }
      }
    } finally {
      free()
    }
  }

  private async read(): Promise<{ run: Run | null; state: StateRow }> {
    const [run, state] = await this.rows.get(['run', 'state'])
    return { run: isRun(run) ? run : null, state: asState(state) }
  }
}
const blank: StateRow = { id: 'state', events: [], state: null }

const loose = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Rows come from a disk. What is no run, nobody can go on with. */
function isRun(row: unknown): row is Run {
  const { model, name, adapter, options, fresh, reward } = loose(row)
  const texts = [model, name, adapter].every((one) => typeof one === 'string')
  const words = ({ plus, minus }: Record<string, unknown>): boolean =>
    [plus, minus].every((list) => Array.isArray(list) && list.every((one) => typeof one === 'string'))
  if (reward !== undefined && !words(loose(reward))) return false
  return texts && typeof fresh === 'object' && Array.isArray(loose(options)['rows'])
}
const kinds: ReadonlySet<unknown> = new Set(['begin', 'step', 'evaluation', 'watched', 'sample', 'look', 'kept', 'end'])
/** What cannot be told is left out; a state is judged by whoever goes on with it (train/state.ts). */
function asState(row: unknown): StateRow {
  const { events, state } = loose(row)
  const list: readonly unknown[] = Array.isArray(events) ? events : []
  const told = list.filter((one): one is TeachEvent => kinds.has(loose(one)['type']))
  return { id: 'state', events: told, state: (state ?? null) as TrainState | null }
}
