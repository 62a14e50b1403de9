// Looking inside a run on the processor: what the inspector adds is sent to the threads, in the order in which it is
// asked, between their runs; what it reads lies in shared memory.

import { EngineError } from '../../errors.ts'
import type { Params, StepValues } from '../../ops/op.ts'
import type { PlanStep } from '../../model/plan.ts'
import type { WeightData, WeightLayout } from '../../quants/weight.ts'
import {
  floatsName,
  RunFacts,
  stretchOf,
  type Hooks,
  type Inspection,
  type PartWork,
  type Piece,
  type Prepared,
  type Work,
} from '../inspect.ts'
import type { PlanRuntime } from '../plan-runtime.ts'
import { weightData, type Memory, type Placement } from './memory.ts'
import type { NumberedHooks, Request, WorkItem } from './requests.ts'
import type { Team } from './team.ts'

/** What it needs of the runtime. */
interface Inspected extends Pick<PlanRuntime, 'plan' | 'size' | 'context' | 'length' | 'prefix' | 'shift'> {
  readonly memory: Memory
  readonly placement: Placement
  readonly team: Team
  /** starts a new team after an error; throws what a new one cannot mend */
  recover(error: unknown): Promise<void>
}

interface Extra {
  at: number | Memory
  words: number
}
interface Numbered extends Prepared {
  readonly number: number
}
const isShared = (memory: Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && memory instanceof SharedArrayBuffer

export class ProcessorInspection extends RunFacts<Inspected> implements Inspection {
  readonly steps: readonly Prepared[]
  hooks: Hooks | null = null
  private readonly prepared: Numbered[]
  private readonly extra = new Map<string, Extra>()
  /** words of the arena's inspector area that are taken */
  private taken = 0
  private runs: Promise<unknown>[] = []
  /** what was written since the last run that is done: threads that end may not have come to it */
  private unseen: Extract<Request, { write: string }>[] = []

  constructor(runtime: Inspected) {
    super(runtime)
    const { steps } = runtime.plan
    this.prepared = steps.map((step, number) => ({ step, number }))
    this.steps = (['encode', 'body', 'head'] as const).flatMap((part) =>
      this.prepared.filter((p) => p.step.part === part),
    )
  }

  setHooks(hooks: Hooks | null): void {
    this.hooks = hooks
    this.runtime.team.post({ hooks: this.numbered() })
  }
  private numbered(): NumberedHooks | null {
    const numbers = (map: Map<string, Prepared[]>): [string, number[]][] =>
      [...map].map(([name, list]) => [name, list.map((p) => (p as Numbered).number)])
    return this.hooks && { after: numbers(this.hooks.after), instead: numbers(this.hooks.instead) }
  }

  /** Small tensors lie in the arena, where kernels work on them. */
  tensor(name: string, words: number): void {
    if ((this.extra.get(name)?.words ?? -1) >= words) return
    const { memory, placement, team } = this.runtime
    const room = Math.ceil(words / 16) * 16
    let at: number | Memory
    if (this.taken + room <= placement.inspector.words) {
      at = placement.inspector.at + this.taken
      this.taken += room
    } else at = isShared(memory) ? new SharedArrayBuffer(words * 4) : new ArrayBuffer(words * 4)
    this.extra.set(name, { at, words })
    team.post({ tensor: name, at, words })
  }

  /** All that the inspector has set up, for a new team. */
  tell(team: Team): void {
    for (const [tensor, { at, words }] of this.extra) team.post({ tensor, at, words })
    const own = this.prepared.slice(this.plan.steps.length).map((p) => p.step)
    if (own.length) team.post({ steps: own })
    if (this.hooks) team.post({ hooks: this.numbered() })
    for (const written of this.unseen) team.post(written)
  }
  /** A run begins; what comes back is called when it is done. */
  begun(): () => void {
    const before = new Set(this.unseen)
    return () => {
      if (before.size) this.unseen = this.unseen.filter((written) => !before.has(written))
    }
  }

  /** Words of a tensor, as they lie in memory. */
  private words(name: string): Uint32Array {
    const { memory, placement } = this.runtime
    const place = placement.tensors[name] ?? this.extra.get(name)
    if (!place) throw new EngineError('INTERNAL', `There is no tensor "${name}".`, { name })
    return typeof place.at === 'number' ? new Uint32Array(memory, place.at * 4, place.words) : new Uint32Array(place.at)
  }

  prepare(steps: readonly PlanStep[]): Promise<Prepared[]> {
    const fresh = steps.map((step, i) => ({ step: { ...step }, number: this.prepared.length + i }))
    this.prepared.push(...fresh)
    this.runtime.team.post({ steps: fresh.map(({ step }) => step) })
    return Promise.resolve(fresh)
  }
  setParams(prepared: Prepared, params: Params): void {
    ;(prepared.step as { params: Params }).params = { ...prepared.step.params, ...params }
    this.runtime.team.post({ params, of: (prepared as Numbered).number })
  }
  write(name: string, data: ArrayBufferView, offset = 0): void {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4).slice()
    const written = { write: name, at: offset, words }
    this.unseen.push(written)
    this.runtime.team.post(written)
  }

  submit(part: PlanStep['part'], values: StepValues, work: readonly Work[]): void {
    this.submitAll([{ part, values, work }])
  }
  submitAll(parts: readonly PartWork[]): void {
    const items = (work: readonly Work[]): WorkItem[] =>
      work.map((item) => ('run' in item ? (item.run as Numbered).number : item))
    void this.pending({ parts: parts.map((one) => ({ ...one, work: items(one.work) })) })
  }
  private pending(work: Parameters<Team['run']>[0]): Promise<number> {
    const seen = this.begun()
    const run = this.runtime.team.run(work)
    run.then(seen, () => undefined) // an error is told where its results are read
    this.runs.push(run)
    return run
  }
  /** All that was submitted is done. */
  private async settled(): Promise<void> {
    const runs = this.runs.splice(0)
    try {
      await Promise.all(runs)
    } catch (error) {
      await this.runtime.recover(error)
      throw new EngineError(
        'BUSY',
        'Cannot answer: a thread of the processor ended in the middle of the work. It goes on with those that are left; ask again.',
        { reason: 'thread ended' },
      )
    }
  }

  async readMany(pieces: readonly Piece[]): Promise<Float32Array[]> {
    await this.settled()
    return pieces.map(({ tensor, offset, count }) => {
      const words = this.words(tensor).slice(offset, offset + count)
      return new Float32Array(words.buffer)
    })
  }

  floatsOf(weight: string): string {
    const name = floatsName(weight, this.layouts(weight))
    const { codes, layout } = this.runtime.placement.weights[weight]!
    const words = layout.rows * layout.cols
    if (!this.extra.has(name)) {
      this.extra.set(name, { at: codes, words })
      this.runtime.team.post({ tensor: name, at: codes, words })
    }
    return name
  }

  layouts(weight: string): WeightLayout[] {
    return [this.runtime.placement.weights[weight]!.layout]
  }
  weightRows(weight: string, row: number): Promise<{ weight: WeightData; from: number }> {
    return Promise.resolve(stretchOf(weightData(this.runtime.memory, this.runtime.placement.weights[weight]!), row))
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return work()
  }

  async time(prepared: Prepared | null, values: StepValues, repeats: number): Promise<number> {
    await this.settled()
    const run = this.pending(prepared ? { time: (prepared as Numbered).number, values, repeats } : { parts: [] })
    await this.settled()
    return run
  }
}
