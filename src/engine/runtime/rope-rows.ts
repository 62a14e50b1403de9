// The tables of angles while a text grows. Two scalings choose their frequencies by the text's length (ropeRegime); a
// forward then turns its own tokens by the length that the text has after it, and earlier keys stay as they were
// turned: transformers with a cache. So row p of a table always says how position p was turned, and only the rows of
// the positions that run are ever written again.

import { ropesOf, type Plan } from '../model/plan.ts'
import { ropeRegime, ropeTable, type PrefixPlace, type RopeSpec } from '../model/rope-table.ts'
import { keyBias } from '../model/alibi.ts'
import { sinusoids } from '../model/sinusoids.ts'

/** Rows of one table from float `offset` on. */
export interface TableRows {
  table: string
  offset: number
  values: Float32Array
}

/** The tables of a Plan, all of them together. */
export class RopeTables {
  private readonly tables: readonly { name: string; width: number; rows: RopeRows }[]
  /** entry of the cache at which position 0 stands */
  private start = 0
  private shifted: number | null = 0

  /** @param context C, rows of each table */
  constructor(
    private readonly plan: Pick<Plan, 'tables'>,
    private readonly context: number,
  ) {
    this.tables = ropesOf(plan).map(([name, spec]) => ({
      name,
      width: plan.tables[name]!.width,
      rows: new RopeRows(spec, context),
    }))
  }

  /** All rows of all tables, for a text that is not yet long enough to change anything. */
  first(): TableRows[] {
    const fixed = Object.entries(this.plan.tables).flatMap(([table, { width, spec }]) =>
      spec.kind === 'sinusoids'
        ? [{ table, offset: 0, values: sinusoids(spec, width, this.context) }]
        : spec.kind === 'key-bias'
          ? [{ table, offset: 0, values: keyBias(spec, width, this.context) }]
          : [],
    )
    return [...this.tables.map(({ name, rows }) => ({ table: name, offset: 0, values: rows.first() })), ...fixed]
  }

  /** What must be written before a forward of `count` tokens at `from`, turned for a text of `length`. */
  renew(from: number, count: number, length = from + count): TableRows[] {
    return this.tables.flatMap(({ name, width, rows }) => {
      const values = rows.renew(from, count, length)
      return values ? [{ table: name, offset: (this.start + from) * width, values }] : []
    })
  }

  /**
   * What must be written before `count` tokens run in rows from `from` on, all at one position of texts that are then
   * position + 1 tokens long. These rows are no longer those of their own positions: whoever runs there renews them.
   */
  renewStrands(from: number, count: number, position: number): TableRows[] {
    return this.tables.map(({ name, width, rows }) => ({
      table: name,
      offset: (this.start + from) * width,
      values: rows.same(from, count, position),
    }))
  }

  /** What must be written before a text with this prefix is read: all rows of the tables that depend on it. */
  begin(prefix: PrefixPlace): TableRows[] {
    return this.tables.flatMap(({ name, width, rows }) => {
      const values = rows.begin(prefix)
      return values ? [{ table: name, offset: this.start * width, values }] : []
    })
  }

  /** What must be written for position 0 to stand at this entry of the cache; the rows before it are nobody's. */
  startAt(entry: number): TableRows[] {
    if (entry === this.start) return []
    this.start = entry
    return this.tables.map(({ name, width, rows }) => ({
      table: name,
      offset: entry * width,
      values: rows.anew(this.context - entry),
    }))
  }

  /**
   * Every token turned as if it stood `by` places further on, null: none turned at all; what must be written for that.
   * Not of tables that follow the text (shiftProblem).
   */
  shift(by: number | null): TableRows[] {
    if (by === this.shifted) return []
    this.shifted = by
    return this.tables.map(({ name, width, rows }) => ({
      table: name,
      offset: this.start * width,
      values: rows.shift(by),
    }))
  }

  /**
   * How many of the first `count` entries of the cache are turned as a text of `length` tokens, read at once, has them.
   */
  reusable(count: number, length: number): number {
    return Math.min(count, ...this.tables.map(({ rows }) => rows.reusable(count, length)))
  }
}

/** Why the places that tokens are turned by cannot be moved in this model; null: they can. */
export function shiftProblem(plan: Pick<Plan, 'tables'>): 'none' | 'length' | null {
  const specs = ropesOf(plan).map(([, spec]) => spec)
  if (specs.length === 0) return 'none'
  // how far these turn depends on the text, not on the place alone
  return specs.some(({ plane, scaling: { type } }) => plane || type === 'dynamic' || type === 'longrope')
    ? 'length'
    : null
}

class RopeRows {
  private by: number | null = 0
  /** by position: the regime its row is written for */
  private regimes: number[] = []
  private prefix: PrefixPlace = { length: 0, blank: 0 }

  constructor(
    private readonly spec: RopeSpec,
    private context: number,
  ) {}

  /** (C, r/2, 2) */
  first(): Float32Array {
    return this.anew(this.context)
  }

  /** (context, r/2, 2) from position 0 on, for a text that is not yet long */
  anew(context: number): Float32Array {
    this.context = context
    this.regimes = Array<number>(context).fill(ropeRegime(this.spec, 1))
    return this.rows(context, 1, 0)
  }

  /** (context, r/2, 2), `by` places further on */
  shift(by: number | null): Float32Array {
    this.by = by
    return this.anew(this.context)
  }

  /** (count, r/2, 2) from position `from` on */
  private rows(count: number, length: number, from: number): Float32Array {
    if (this.by !== null) return ropeTable(this.spec, count, length, from + this.by, this.prefix)
    const still = ropeTable(this.spec, count, length, from, this.prefix)
    for (let i = 0; i < still.length; i++) still[i] = i % 2 === 0 ? 1 : 0
    return still
  }

  /** (C, r/2, 2), or null where they stand there already */
  begin(prefix: PrefixPlace): Float32Array | null {
    if (!this.spec.plane || (prefix.length === this.prefix.length && prefix.blank === this.prefix.blank)) return null
    this.prefix = prefix
    return ropeTable(this.spec, this.context, 1, 0, prefix)
  }

  /** (count, r/2, 2), or null when they stand there already */
  renew(from: number, count: number, length: number): Float32Array | null {
    const regime = ropeRegime(this.spec, length)
    if (this.regimes.slice(from, from + count).every((r) => r === regime)) return null
    this.regimes.fill(regime, from, from + count)
    return this.rows(count, length, from)
  }

  /** (count, r/2, 2), each of them the row of `position` */
  same(from: number, count: number, position: number): Float32Array {
    this.regimes.fill(NaN, from, from + count)
    const row = this.rows(1, position + 1, position)
    const all = new Float32Array(count * row.length)
    for (let i = 0; i < count; i++) all.set(row, i * row.length)
    return all
  }

  reusable(count: number, length: number): number {
    const regime = ropeRegime(this.spec, length)
    const other = this.regimes.slice(0, count).findIndex((r) => r !== regime)
    return other < 0 ? count : other
  }
}
