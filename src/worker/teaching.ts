// A run of training that survives: what it was asked for stands in the storage before it begins, and its last good state every 20
// updates or 10 seconds, in one transaction with what was said until then. Whatever ends it (a reload, a crash, a lost device), the
// same call goes on from there, bit for bit.

import { EngineError } from '../engine/errors.ts'
import type { FreshLora, TrainEvent, TrainingRow, TrainOptions, TrainRow, TrainState } from '../engine/index.ts'
import type { TeachingRows } from '../storage/teaching.ts'
import { toData } from './failures.ts'
import { isHead, Judges, rewardsOf } from './judging.ts'
import { alone, isHeld, keeping, type KeptEvent } from './keeping.ts'
import type { LookEvent } from './looks.ts'
import type { RewardRule } from './reward.ts'
import { asSaid, saidIn } from './said.ts'
import type { ErrorData } from './wire.ts'

/** What is taught, to which stored model. */
export interface TeachTask {
  model: string
  /** what the adapter is called when it has learnt */
  name: string
  fresh: FreshLora
  options: Omit<TrainOptions, 'signal' | 'resume' | 'adapter' | 'reward'>
  /** the row that is looked at in between; default: the first */
  look?: number
  /** it learns from answers of its own, which are worth so much */
  reward?: RewardRule
  /** a reward model's adapter: that model says what they are worth, and the rule is only measured */
  judge?: string
}
/** Events of a training, as the page hears them: states stay in the worker. */
export type TeachEvent = ToldEvent | KeptEvent
type ToldEvent = Exclude<TrainEvent, { type: 'saved' }> | LookEvent
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
type Run = TeachTask & { adapter: string; head?: Float32Array }
interface StateRow {
  id: 'state'
  events: readonly ToldEvent[]
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
  model: { trainingRow(row: TrainRow, index: number): Promise<TrainingRow> },
): Promise<CountedRows> {
  const found: CountedRows = { tokens: 0, targets: 0, cut: 0, wrong: [], shown: null }
  for (const [i, row] of rows.entries()) {
    try {
      const one = await model.trainingRow(asSaid(row), i)
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

export class Teaching {
  readonly judges: Judges
  constructor(private readonly rows: TeachingRows) {
    this.judges = new Judges(rows)
  }

  /** Before anything learns. @throws PARAM_INVALID where its reward model is gone */
  async begin(task: TeachTask, adapter: string): Promise<void> {
    const head = (await this.judges.of(task)())?.head
    await this.rows.write([{ id: 'run', ...task, adapter, ...(head && { head }) } as { id: string }, blank])
  }

  /** null: nothing waits to go on */
  async kept(): Promise<KeptRun | null> {
    const { run, state } = await this.read()
    if (!run) return null
    const isRunning = await isHeld(this.rows, lock)
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
    const free = await alone(this.rows, lock)
    try {
      const { run, state } = await this.read()
      if (!run) {
        throw new EngineError('PARAM_INVALID', 'Cannot go on teaching: nothing waits to be learnt.', { param: 'run' })
      }
      const look = await looks(run).catch(() => null)
      const { reward, judge, head } = run
      const options = {
        ...saidIn(run.options),
        adapter: run.adapter,
        ...(state.state && { resume: state.state }),
        ...rewardsOf(reward, judge !== undefined && head ? { adapter: judge, head } : null),
      }
      const seen = looking(train(options), look, options.every ?? 10, state.state === null)
      const coming = this.judges.heeding<LookEvent>(seen)
      yield* keeping<ToldEvent>(state, coming, (last, said) =>
        this.rows.write([{ id: 'state', state: last, events: said } as StateRow]),
      )
    } finally {
      free()
    }
  }

  private async read(): Promise<{ run: Run | null; state: StateRow }> {
    const [run, state] = await this.rows.get(['run', 'state'])
    return { run: isRun(run) ? run : null, state: asState(state) }
  }
}
/** What is to be seen comes behind what was done. */
async function* looking(
  events: AsyncGenerator<TrainEvent>,
  look: ((step: number) => Promise<LookEvent>) | null,
  every: number,
  isNew: boolean,
): AsyncGenerator<TrainEvent | LookEvent> {
  for await (const event of events) {
    yield event
    const isDue =
      (event.type === 'begin' && isNew) ||
      (event.type === 'step' && (event.step % every === 0 || event.step === event.steps))
    // a look that fails is not there: it must not end what learns
    const seen = isDue ? await look?.(event.type === 'step' ? event.step : 0).catch(() => null) : null
    if (seen) yield seen
  }
}

const blank: StateRow = { id: 'state', events: [], state: null }

const loose = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Rows come from a disk. What is no run, nobody can go on with. */
function isRun(row: unknown): row is Run {
  const { model, name, adapter, options, fresh, reward, judge, head } = loose(row)
  const texts = [model, name, adapter].every((one) => typeof one === 'string')
  const words = ({ plus, minus }: Record<string, unknown>): boolean =>
    [plus, minus].every((list) => Array.isArray(list) && list.every((one) => typeof one === 'string'))
  if (reward !== undefined && !words(loose(reward))) return false
  if (judge !== undefined && !(typeof judge === 'string' && isHead(head) && reward !== undefined)) return false
  return texts && typeof fresh === 'object' && Array.isArray(loose(options)['rows'])
}
const kinds: ReadonlySet<unknown> = new Set(['begin', 'step', 'evaluation', 'watched', 'sample', 'look', 'end'])
/** What cannot be told is left out; a state is judged by whoever goes on with it (train/state.ts). */
function asState(row: unknown): StateRow {
  const { events, state } = loose(row)
  const list: readonly unknown[] = Array.isArray(events) ? events : []
  const told = list.filter((one): one is ToldEvent => kinds.has(loose(one)['type']))
  return { id: 'state', events: told, state: (state ?? null) as TrainState | null }
}
