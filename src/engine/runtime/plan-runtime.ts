// What every runtime has in common: how a text is cut into chunks, which rows give logits, how full
// the cache is, and how its positions are turned. Each says how a chunk is run.

import { POSITIONS, TYPES } from '../model/lower/embed.ts'
import { stepsOf, type Plan } from '../model/plan.ts'
import { placeOf, tensorOf } from '../model/sites.ts'
import { EngineError } from '../errors.ts'
import { ops } from '../ops/index.ts'
import type { StepValues } from '../ops/op.ts'
import { checkFits, checkRun, prefixOf } from './cache.ts'
import type { Inspection } from './inspect.ts'
import { leadPieces, leadProblem, rowsInput, type Lead, type RowsLead } from './lead.ts'
import type { RopeTables, TableRows } from './rope-rows.ts'
import { MOST_STRANDS, outputsOf, type Counters, type LogitRows, type Runtime, type TurnedFor } from './runtime.ts'
import type { Tuner } from './tuning/choice.ts'
import type { RuntimeSize } from './size.ts'

/** Rows [row, row + count) of a chunk. */
export interface Stretch {
  row: number
  count: number
}

export abstract class PlanRuntime implements Runtime {
  length = 0
  prefix = 0
  segments: readonly number[] = []
  lead: Lead | null = null
  protected forwards = 0
  /** the token of every strand that runs now, and how many strands there are */
  private strand: { index: number; count: number } | null = null

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
   * Runs the body on the `T` tokens that were written, at positions from `length` on, then the head on stretches of
   * their rows, each of at most `size.logitRows`.
   * @returns the first output of each of those rows
   */
  protected abstract runChunk(T: number, rows: readonly Stretch[]): Promise<Float32Array[]>
  /** Steps of these adapters do not run. */
  protected abstract leaveOut(off: ReadonlySet<string>): void
  /** Runs the encoder on the `T` tokens that were written. */
  protected abstract runSource(T: number): Promise<void>
  protected abstract readonly work: Readonly<Omit<Counters, 'forwards'>>
  abstract inspection(): Inspection
  /** none where every op has one kernel */
  tuner(): Tuner | null {
    return null
  }
  abstract dispose(): void

  /** The tensor of the Plan's first output, and the width of its rows. */
  protected get result(): { name: string; width: number } {
    const { site, width } = this.plan.outputs[0]!
    return { name: tensorOf(this.plan, placeOf(this.plan, site)), width }
  }

  get context(): number {
    return this.size.context - this.ahead
  }
  /** entries of the cache before the text */
  private get ahead(): number {
    return this.lead?.count ?? 0
  }
  /** position of the text's first token */
  private get first(): number {
    return this.lead?.kind === 'keys' && this.lead.positions === 'not counted' ? 0 : this.ahead
  }
  /** Where the next tokens run. */
  protected get place(): Pick<StepValues, 'pos' | 'prefix' | 'strands'> {
    const { pos, prefix } = this.placeOf(this.length)
    if (!this.strand) return { pos, prefix }
    const { index, count } = this.strand
    return { pos: pos + index * count, prefix, strands: { from: pos, count } }
  }
  /** Where the text's token at `index` runs. */
  protected placeOf(index: number): Pick<StepValues, 'pos' | 'prefix'> {
    return { pos: this.ahead + index, prefix: this.prefix && this.prefix + this.ahead }
  }
  /** The tables are right for the text's token at `index`, as the last one so far. */
  protected turnOne(index: number): void {
    const at = this.first + index
    this.turn(at, 1, at + 1)
  }
  get chunk(): number {
    return this.size.chunk
  }
  get exactRows(): number {
    return Infinity
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
    checkRun(ids, this.plan.dims.V, typeof logits === 'string' ? [] : logits)
    const { whole } = this.plan.programs.decode
    // what sees the tokens behind it is never cut: the first piece would not see the others
    const inOne = whole ? ids.length : Math.min(ids.length, this.plan.prefix ? this.prefix - this.length : 0)
    if (inOne > this.chunk) checkFits(0, inOne, this.chunk)
    if (whole) this.prefix = this.length + ids.length
    const turned = turnedFor === 'kept' ? turnedFor : this.first + turnedFor
    // the rows run again with every text: whatever changed the model since, changed what they give
    if (this.lead?.kind === 'rows' && this.length === 0) await this.runLead(this.lead, turned)
    this.turn(this.first + this.length, ids.length, turned)
    const wanted = typeof logits === 'string' ? null : new Set(logits)
    const isWanted = (i: number): boolean =>
      wanted ? wanted.has(i) : logits === 'all' || (logits === 'last' && i === ids.length - 1)
    const rows: Float32Array[] = []
    for (let start = 0; start < ids.length; start += this.chunk) {
      const chunk = Uint32Array.from(ids.slice(start, start + this.chunk)),
        T = chunk.length
      this.writeIds(chunk)
      if (this.plan.buffers[TYPES]) this.writeTypes(T)
      if (this.plan.positions) this.writePositions(ids.slice(0, start + T), start)
      rows.push(
        ...(await this.runChunk(
          T,
          stretches(T, (i) => isWanted(start + i), this.size.logitRows),
        )),
      )
      this.length += T
      this.forwards++
    }
    return rows
  }

  get mostStrands(): number {
    const { tokens, whole } = this.plan.programs.decode
    const isOne = whole || this.plan.positions || stepsOf(this.plan, tokens).some(({ op }) => ops[op]!.oneText)
    return isOne ? 1 : Math.min(MOST_STRANDS, this.chunk)
  }

  async runStrands(ids: readonly number[], index: number): Promise<Float32Array[]> {
    const count = ids.length,
      own = this.length + index
    checkFits(this.length + index * count, count, this.context)
    checkRun(ids, this.plan.dims.V)
    this.writeTables(this.tables.renewStrands(this.first + this.length + index * count, count, this.first + own))
    this.writeIds(Uint32Array.from(ids))
    if (this.plan.buffers[TYPES]) this.writeTypes(count)
    this.strand = { index, count }
    try {
      return await this.runChunk(
        count,
        stretches(count, () => true, this.size.logitRows),
      )
    } finally {
      this.strand = null
      this.forwards++
    }
  }

  setAdapters(off: ReadonlySet<string>, vectors: ReadonlyMap<string, Float32Array>): void {
    for (const [name, values] of vectors) this.writeTensor(name, 0, values)
    this.leaveOut(off)
  }

  beginText(ids: readonly number[]): void {
    const { prefix } = this.plan
    if (!prefix) return
    const place = prefixOf(prefix, ids)
    this.prefix = place.length
    this.writeTables(this.tables.begin(place))
  }

  /** Every token turned as if it stood `by` places further on; null: none turned. What is in the cache stays as it was. */
  shift(by: number | null): void {
    this.writeTables(this.tables.shift(by))
  }

  setLead(lead: Lead | null): void {
    const problem = lead && leadProblem(this.plan, this.size.context, lead)
    if (problem) {
      const facts = { param: 'lead', need: 'one that fits the model', found: problem }
      throw new EngineError('PARAM_INVALID', `Cannot put that before texts: it does not fit (${problem}).`, facts)
    }
    this.lead = lead
    this.length = 0
    this.writeTables(this.tables.startAt(this.ahead - this.first))
    if (lead?.kind !== 'keys') return
    for (const { tensor, offset, floats } of leadPieces(this.plan, this.size.context, lead)) {
      this.writeTensor(tensor, offset, floats)
    }
  }

  /** Runs rows in place of tokens: the body behind the embedding, in pieces of at most a chunk. */
  private async runLead({ rows, count }: RowsLead, turnedFor: TurnedFor): Promise<void> {
    this.turn(0, count, turnedFor)
    const inside = this.inspection(),
      { buffer, width } = rowsInput(this.plan),
      part = this.plan.programs.decode.tokens
    const work = inside.steps.flatMap((run) => (run.step.part === part && !run.step.ofTokens ? [{ run }] : []))
    for (let pos = 0; pos < count; pos += this.chunk) {
      const T = Math.min(this.chunk, count - pos)
      inside.write(buffer, rows.slice(pos * width, (pos + T) * width))
      inside.submit(part, { T, pos, row: 0, prefix: 0 }, work)
      await inside.readMany([{ tensor: buffer, offset: 0, count: 1 }]) // waits, and hears what failed
    }
  }

  private writeTables(tables: readonly TableRows[]): void {
    for (const { table, offset, values } of tables) this.writeTensor(table, offset, values)
  }
  private turn(from: number, count: number, turnedFor: TurnedFor): void {
    if (turnedFor !== 'kept') this.writeTables(this.tables.renew(from, count, turnedFor))
  }

  async encode(ids: readonly number[]): Promise<void> {
    checkFits(0, ids.length, Math.min(this.context, this.chunk))
    checkRun(ids, this.plan.dims.V)
    this.length = 0
    this.prefix = ids.length
    this.writeIds(Uint32Array.from(ids))
    await this.runSource(ids.length)
    this.forwards++
  }

  private writeTypes(T: number): void {
    const types = Uint32Array.from({ length: T }, (_, i) => this.segments[this.length + i] ?? 0)
    this.writeTensor(TYPES, 0, new Float32Array(types.buffer))
  }

  /** @param ids of the text, which is read whole, from its first token on */
  private writePositions(ids: readonly number[], start: number): void {
    const { first, pad } = this.plan.positions!
    let next = first
    const all = Uint32Array.from(ids, (id) => (id === pad ? pad : next++))
    this.writeTensor(POSITIONS, 0, new Float32Array(all.slice(start).buffer))
  }

  async findNonFinite(ids: readonly number[]): Promise<string | null> {
    const inside = this.inspection()
    this.length = 0
    if (this.lead?.kind === 'rows') await this.runLead(this.lead, 'kept')
    for (const id of ids) {
      this.writeIds(Uint32Array.of(id))
      if (this.plan.positions) this.writePositions(ids.slice(0, this.length + 1), this.length)
      for (const prepared of inside.steps) {
        const { step } = prepared
        inside.submit(step.part, { T: 1, row: 0, ...this.place }, [{ run: prepared }])
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
    const { first } = this
    return Math.max(0, this.tables.reusable(first + count, first + length) - first)
  }
  truncate(length: number): void {
    this.length = Math.min(this.length, length)
  }
  restore(length: number): void {
    this.length = length
  }
}

/** The rows that are wanted, neighbours together, at most `most` at a time. */
function stretches(T: number, isWanted: (row: number) => boolean, most: number): Stretch[] {
  const found: Stretch[] = []
  for (let row = 0; row < T; row++) {
    if (!isWanted(row)) continue
    const last = found.at(-1)
    if (last && last.row + last.count === row && last.count < most) last.count++
    else found.push({ row, count: 1 })
  }
  return found
}
