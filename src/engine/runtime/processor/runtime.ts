// A Plan on the processor: the arena, a team of threads on it, and what to do when one of them ends.

import { checkAborted, EngineError } from '../../errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { Counters } from '../runtime.ts'
import { PlanRuntime, type Stretch } from '../plan-runtime.ts'
import type { RopeTables } from '../rope-rows.ts'
import type { RuntimeSize } from '../size.ts'
import type { Inspection } from '../inspect.ts'
import { ProcessorInspection } from './inspect.ts'
import { FEW, type Memory, type Placement } from './memory.ts'
import type { PartRun } from './requests.ts'
import { ThreadEnded, type Team } from './team.ts'

/** Starts a team of so many threads, or of as many as it can; 0: the calling thread computes. */
export type StartTeam = (threads: number) => Promise<Team>

export class ProcessorRuntime extends PlanRuntime {
  /** what the inspector has set up; a new team is told of it */
  readonly inside: ProcessorInspection
  private readonly floats: Float32Array
  private steps = 0
  private runs = 0
  private off: ReadonlySet<string> = new Set()
  private disposed = false
  private mending: Promise<void> | null = null

  constructor(
    plan: Plan,
    size: RuntimeSize,
    tables: RopeTables,
    readonly memory: Memory,
    readonly placement: Placement,
    public team: Team,
    private readonly startTeam: StartTeam,
    /** hears how many threads are left when one has ended */
    private readonly onFewer: (threads: number) => void,
  ) {
    super(plan, size, tables)
    this.floats = new Float32Array(memory)
    this.inside = new ProcessorInspection(this)
  }

  override get exactRows(): number {
    return FEW
  }
  /**
   * Several rows cost here what as many forwards do, and more beyond `FEW`: its kernels for many rows are made for prompts.
   * So answers are written one after the other; runStrands() itself is as right here as anywhere.
   */
  override get mostStrands(): number {
    return 1
  }
  protected get work(): Omit<Counters, 'forwards'> {
    return { dispatches: this.steps, passes: 0, submits: this.runs, writes: 0, readBytes: 0, waits: 0 }
  }
  inspection(): Inspection {
    return this.inside
  }

  protected writeIds(ids: Uint32Array<ArrayBuffer>): void {
    new Uint32Array(this.memory).set(ids, this.placement.ids)
  }
  protected writeTensor(name: string, offset: number, floats: Float32Array): void {
    this.floats.set(floats, this.placement.tensors[name]!.at + offset)
  }

  protected leaveOut(off: ReadonlySet<string>): void {
    this.off = off
    this.team.post({ off })
  }

  protected async runChunk(T: number, stretches: readonly Stretch[]): Promise<Float32Array[]> {
    const rows: Float32Array[] = []
    const { name, width } = this.result,
      { tokens, rows: head } = this.plan.programs.decode
    for (let n = 0; n < Math.max(1, stretches.length); n++) {
      const stretch = stretches[n]
      const parts: PartRun[] = []
      if (n === 0) parts.push({ part: tokens, values: { T, row: 0, ...this.place } })
      if (stretch && head) {
        parts.push({ part: head, values: { T: stretch.count, row: stretch.row, ...this.place } })
      }
      await this.again(parts)
      for (let i = 0; i < (stretch?.count ?? 0); i++) {
        const at = this.placement.tensors[name]!.at + i * width
        rows.push(this.floats.slice(at, at + width))
      }
    }
    return rows
  }

  protected async runSource(T: number): Promise<void> {
    await this.again([{ part: 'encode', values: { T, pos: 0, row: 0, prefix: T } }])
  }

  /** A piece of a forward computes the same a second time: its tokens and what it writes of the cache are its own. */
  private async again(parts: readonly PartRun[]): Promise<void> {
    for (;;) {
      this.checkUse()
      try {
        const seen = this.inside.begun()
        await this.team.run({ parts })
        seen()
        this.runs++
        this.steps += parts.reduce((n, { part }) => n + this.plan.steps.filter((s) => s.part === part).length, 0)
        return
      } catch (error) {
        await this.recover(error)
      }
    }
  }

  /** @throws ABORTED after dispose() */
  private checkUse(): void {
    if (this.disposed) checkAborted(AbortSignal.abort())
  }

  /**
   * A new team in place of one that broke, once, whoever hears of it: an answer, a question, or both.
   * @throws what a kernel threw
   */
  async recover(error: unknown): Promise<void> {
    this.checkUse()
    if (!(error instanceof ThreadEnded)) throw error
    if (this.team.ended === error) await this.mended(error.failed)
    if (error.failed) {
      throw new EngineError(
        'INTERNAL',
        `Something failed that should not: ${error.message}. Chats and stored models are kept. Reload the page and try again.`,
        { message: error.message },
      )
    }
  }

  private mended(failed: boolean): Promise<void> {
    return (this.mending ??= this.mend(failed).finally(() => {
      this.mending = null
    }))
  }
  /** With one thread less where one ended by itself; where it was the only one, on the calling thread, which does not end. */
  private async mend(failed: boolean): Promise<void> {
    const { threads } = this.team
    const team = await this.startTeam(failed ? threads : threads - 1)
    if (this.disposed) team.end() // nobody else would
    this.checkUse()
    this.team = team
    this.inside.tell(team)
    if (this.off.size) team.post({ off: this.off })
    if (!failed) this.onFewer(team.threads)
  }

  dispose(): void {
    this.disposed = true
    this.team.end()
  }
}
