// What every runtime has in common: how a text is cut into chunks, which rows give logits, how full
// the cache is, and how its positions are turned. Each says how a chunk is run.

import type { Plan } from '../model/plan.ts'
import { checkFits } from './cache.ts'
import type { Inspection } from './inspect.ts'
import type { RopeTables } from './rope-rows.ts'
import { outputsOf, type Counters, type LogitRows, type Runtime, type TurnedFor } from './runtime.ts'
import type { RuntimeSize } from './size.ts'

export abstract class PlanRuntime implements Runtime {
  length = 0
  prefix = 0
  private forwards = 0

  constructor(
    readonly plan: Plan,
    readonly size: RuntimeSize,
    private readonly tables: RopeTables,
  ) {}

  /** The tokens that the next steps run. */
  protected abstract writeIds(ids: Uint32Array): void
  /** Writes floats of one of the Plan's tensors from float `offset` on. */
  protected abstract writeTensor(name: string, offset: number, floats: Float32Array): void
  /**
   * Runs the body on the `T` tokens that were written, at positions from `length` on, then the head on their rows from
   * `first` on.
   * @returns one row of V logits for each of those
   */
  protected abstract runChunk(T: number, first: number): Promise<Float32Array[]>
  protected abstract readonly work: Readonly<Omit<Counters, 'forwards'>>
  abstract inspection(): Inspection
  abstract dispose(): void

  get context(): number {
    return this.size.context
  }
  get chunk(): number {
    return this.size.chunk
  }
  get counters(): Readonly<Counters> {
    return { forwards: this.forwards, ...this.work }
  }

  async forward(
    ids: readonly number[],
    logits: LogitRows,
    turnedFor: TurnedFor = this.length + ids.length,
  ): Promise<Float32Array[]> {
    checkFits(this.length, ids.length, this.context)
    if (turnedFor !== 'kept') {
      for (const { table, offset, values } of this.tables.renew(this.length, ids.length, turnedFor)) {
        this.writeTensor(table, offset, values)
      }
    }
    const rows: Float32Array[] = []
    for (let start = 0; start < ids.length; start += this.chunk) {
      const chunk = Uint32Array.from(ids.slice(start, start + this.chunk)),
        T = chunk.length,
        last = start + T === ids.length
      this.writeIds(chunk)
      rows.push(...(await this.runChunk(T, logits === 'all' ? 0 : logits === 'last' && last ? T - 1 : T)))
      this.length += T
      this.forwards++
    }
    return rows
  }

  async findNonFinite(ids: readonly number[]): Promise<string | null> {
    const inside = this.inspection()
    this.length = 0
    for (const id of ids) {
      this.writeIds(Uint32Array.of(id))
      for (const prepared of inside.steps) {
        const { step } = prepared
        inside.submit(step.part, { T: 1, pos: this.length, row: 0, prefix: this.prefix }, [{ run: prepared }])
        const outputs = outputsOf(step).filter((name) => this.plan.buffers[name])
        const rows = await inside.readMany(
          outputs.map((tensor) => ({ tensor, offset: 0, count: this.plan.buffers[tensor]!.width })),
        )
        if (!rows.every((row) => row.every(Number.isFinite))) return step.name
      }
      this.length++
    }
    return null
  }

  reusable(count: number, length: number): number {
    return this.tables.reusable(count, length)
  }
  truncate(length: number): void {
    this.length = Math.min(this.length, length)
  }
}
