// A model that learns from nothing outlives the page, as a run of teaching does (keeping.ts): a row for each of the two kinds holds
// what it was asked for, its last good state, and what was said until then.

import { EngineError } from '../engine/errors.ts'
import type { InductionEvent, TrainState } from '../engine/index.ts'
import type { TeachingRows } from '../storage/teaching.ts'
import type { EngineDoor } from './door.ts'
import { alone, isHeld, keeping, type KeptEvent } from './keeping.ts'

export interface BirthTask {
  kind: 'attention' | 'lstm'
  seed: number
  /** updates */
  steps: number
  /** an LSTM learns behind the two layers */
  beside: boolean
}
type ToldEvent = Exclude<InductionEvent, { type: 'saved' }>
export type BirthEvent = ToldEvent | KeptEvent
/** One that is kept, as far as it came: it goes on from `step`, or is over there. */
export interface KeptBirth extends BirthTask {
  step: number
  events: readonly BirthEvent[]
  /** here, or in another tab */
  isRunning: boolean
}
interface Row extends BirthTask {
  id: string
  events: readonly ToldEvent[]
  state: TrainState | null
}

const lock = 'glassbox-birth'
const kinds = ['attention', 'lstm'] as const
const idOf = (kind: BirthTask['kind']): string => `birth ${kind}`

export class Births {
  constructor(private readonly rows: TeachingRows) {}

  /** In the order in which they learn. */
  async kept(): Promise<KeptBirth[]> {
    const rows = await this.read()
    if (rows.length === 0) return []
    const isRunning = await isHeld(this.rows, lock)
    return rows.map(({ kind, seed, steps, beside, events, state }) => {
      const step: unknown = state?.step
      const known = Number.isSafeInteger(step) ? (step as number) : 0
      return { kind, seed, steps, beside, events, step: known, isRunning }
    })
  }

  forget(): Promise<void> {
    return this.rows.remove(kinds.map(idOf))
  }

  /**
   * Begins, or goes on with what is kept of this kind: events of before first.
   * @param learn the experiment, from this state on
   */
  async *run(
    { kind, seed, steps, beside }: BirthTask,
    goesOn: boolean,
    learn: (resume: TrainState | null) => AsyncGenerator<InductionEvent>,
  ): AsyncGenerator<BirthEvent> {
    const free = await alone(this.rows, lock)
    try {
      const kept = goesOn ? (await this.read()).find((one) => one.kind === kind) : undefined
      if (goesOn && (kept?.seed !== seed || kept.steps !== steps)) {
        throw new EngineError('PARAM_INVALID', 'Cannot go on teaching: nothing waits to be learnt.', { param: 'run' })
      }
      if (!kept) await this.rows.remove((kind === 'attention' ? kinds : [kind]).map(idOf)) // what was learnt before is over
      const row: Row = kept ?? { id: idOf(kind), kind, seed, steps, beside, events: [], state: null }
      // it waits from its first moment on; a disk that is full is told of with its first state
      if (!kept) await this.rows.write([row]).catch(() => undefined)
      const write = (state: TrainState, events: readonly ToldEvent[]): Promise<void> =>
        this.rows.write([{ ...row, state, events } as Row])
      yield* keeping<ToldEvent>(row, learn(row.state), write)
    } finally {
      free()
    }
  }

  private async read(): Promise<Row[]> {
    const rows = await this.rows.get(kinds.map(idOf))
    return rows.flatMap((row, i) => asRow(row, kinds[i]!))
  }
}

/** The experiment as a page asks for it: on two threads, from a state on. */
export const learner =
  (door: Pick<EngineDoor, 'induction'>, { kind, seed, steps }: BirthTask, signal: AbortSignal) =>
  (resume: TrainState | null): AsyncGenerator<InductionEvent> =>
    door.induction({ kind, seed, steps, load: { device: 'cpu', threads: 2 }, signal, ...(resume && { resume }) })

const said: ReadonlySet<unknown> = new Set(['begin', 'step', 'look'])

/** Rows come from a disk: what is no experiment is not there; a state is judged by whoever goes on with it (train/state.ts). */
function asRow(given: unknown, kind: BirthTask['kind']): Row[] {
  if (typeof given !== 'object' || given === null) return []
  const { seed, steps, beside, events, state } = given as Partial<Row>
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(steps)) return []
  const list: readonly unknown[] = Array.isArray(events) ? events : []
  const told = list.filter((one): one is ToldEvent => said.has((one as { type?: unknown } | null)?.type))
  return [
    { id: idOf(kind), kind, seed: seed!, steps: steps!, beside: beside === true, events: told, state: state ?? null },
  ]
}
