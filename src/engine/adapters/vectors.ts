// Vectors that depend on how strong an adapter is, and the model's weights with the adapters' own beside them. Strength 0
// is off: the steps of an adapter do not run then, and what it writes in place of the model's own is the model's own.

import { EngineError } from '../errors.ts'
import type { Plan, ScaledBy, VectorSpec, WeightSpec } from '../model/plan.ts'
import type { Lead } from '../runtime/lead.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import { tensorName } from './adapter.ts'
import { notFinite } from './errors.ts'
import { checkLeadScale } from './lead.ts'
import { rowSums, type RowSums } from './row-sums.ts'

type Spread = Exclude<ScaledBy, { how: 'instead' }>

/** What a runtime is told of the adapters: those that are off, all vectors that depend on one, what stands before texts. */
export interface InForce {
  off: ReadonlySet<string>
  vectors: ReadonlyMap<string, Float32Array>
  lead: Lead | null
}

export class AdapterVectors implements WeightProvider {
  private readonly scales = new Map<string, number>()
  /** the parts of every vector that was asked for: they are asked for again when a slider moves */
  private readonly parts: Map<VectorSpec, Float32Array>
  /** what adapters put before every text */
  private leads: ReadonlyMap<string, Lead> = new Map()
  /** what lengths of rows are made of, by the weights they are of */
  private readonly sums: Map<string, RowSums>

  /**
   * @param base knows the adapters' tensors beside the model's
   * @param known what has read them already
   */
  constructor(
    private readonly plan: Plan,
    private readonly base: WeightProvider,
    adapters: readonly { name: string; scale: number }[],
    known?: AdapterVectors,
  ) {
    this.parts = known?.parts ?? new Map()
    this.sums = known?.sums ?? new Map()
    for (const { name, scale } of adapters) this.scales.set(name, scale)
  }

  layout(spec: WeightSpec): ReturnType<WeightProvider['layout']> {
    return this.base.layout(spec)
  }
  place(tensor: string): number {
    return this.base.place?.(tensor) ?? 0
  }
  read(...asked: Parameters<WeightProvider['read']>): ReturnType<WeightProvider['read']> {
    return this.named(this.base.read(...asked))
  }
  /** Who reads of a number that is none should read whose it is. */
  private async *named(chunks: ReturnType<WeightProvider['read']>): ReturnType<WeightProvider['read']> {
    try {
      yield* chunks
    } catch (error) {
      throw ownNumber(error, this.scales.keys())
    }
  }

  async vector(spec: VectorSpec, signal?: AbortSignal, weight?: WeightSpec): Promise<Float32Array> {
    if (spec.make?.kind !== 'scaled') return this.fromFile(spec, signal, weight)
    const { adapter, by } = spec.make
    const s = this.scales.get(adapter) ?? 0
    if (by.how === 'instead') {
      // read though it is off: what cannot be used is told at the load, not when a slider moves
      const other = await this.vector(by.other, signal, weight)
      return s === 0 ? this.vector(by.base, signal, weight) : other
    }
    const parts = this.parts.get(spec) ?? (await this.partsOf(spec, signal))
    this.parts.set(spec, parts)
    const sums = by.how === 'rows' ? await this.sumsOf(by, signal) : null
    const out = new Float32Array(spec.length).fill(by.rest)
    for (let i = 0; i < by.length; i++) out[by.at + i] = valueOf(by, s, parts[parts.length === 1 ? 0 : i] ?? 0, sums, i)
    return out
  }

  private async fromFile(...asked: Parameters<WeightProvider['vector']>): Promise<Float32Array> {
    try {
      return await this.base.vector(...asked)
    } catch (error) {
      throw ownNumber(error, this.scales.keys())
    }
  }

  private async partsOf({ parts, shape }: VectorSpec, signal?: AbortSignal): Promise<Float32Array> {
    const length = parts.reduce((n, part) => n + part.length, 0)
    return length === 0 ? new Float32Array(0) : this.fromFile({ parts, length, ...(shape && { shape }) }, signal)
  }

  private async sumsOf(
    { weight, from, length, a, b, isTable }: Extract<Spread, { how: 'rows' }>,
    signal?: AbortSignal,
  ) {
    const key = JSON.stringify([weight, from, a, b])
    const known = this.sums.get(key)
    if (known) return known
    const [w, wa, wb] = [weight, a, b].map((name) => this.plan.weights[name]!) as [WeightSpec, WeightSpec, WeightSpec]
    const sums = await rowSums(this, { weight: w, from, count: length, a: wa, b: wb, isTable }, signal)
    this.sums.set(key, sums)
    return sums
  }

  /** @throws PARAM_INVALID where two of them are on, or one by half */
  setLeads(leads: ReadonlyMap<string, Lead>): void {
    this.leads = leads
    // the last one first: of two that are on, it is the later one that is too many
    for (const name of [...leads.keys()].reverse()) this.checkScale(name, this.scaleOf(name))
  }
  /** What stands before every text now. */
  get lead(): Lead | null {
    return [...this.leads].find(([name]) => this.scaleOf(name) !== 0)?.[1] ?? null
  }
  private scaleOf(adapter: string): number {
    return this.scales.get(adapter) ?? 0
  }
  private checkScale(adapter: string, scale: number, edited = false): void {
    if (!this.leads.has(adapter)) return
    const on = [...this.leads.keys()].filter((name) => name !== adapter && this.scaleOf(name) !== 0)
    checkLeadScale(adapter, scale, on, edited)
  }

  get off(): ReadonlySet<string> {
    return new Set([...this.scales].flatMap(([name, scale]) => (scale === 0 ? [name] : [])))
  }

  /** How strong each is. */
  get strengths(): ReadonlyMap<string, number> {
    return new Map(this.scales)
  }

  /** What runs at other strengths, beside those that are set here: nothing is changed. @throws PARAM_INVALID */
  async at(strengths: ReadonlyMap<string, number>): Promise<InForce> {
    const adapters = [...strengths].map(([name, scale]) => ({ name, scale }))
    const other = new AdapterVectors(this.plan, this.base, adapters, this)
    other.setLeads(this.leads)
    const vectors = new Map<string, Float32Array>()
    for (const [name, spec] of Object.entries(this.plan.vectors)) {
      if (adapters.some((one) => dependsOn(spec, one.name))) vectors.set(name, await other.vector(spec))
    }
    return { off: other.off, vectors, lead: other.lead }
  }

  /** @param edited do edits change the model? @returns the vectors that hold other values from now on, by the Plan's names */
  async setScale(adapter: string, scale: number, edited = false): Promise<Map<string, Float32Array>> {
    this.checkScale(adapter, scale, edited)
    const before = this.scaleOf(adapter)
    this.scales.set(adapter, scale)
    try {
      const changed = new Map<string, Float32Array>()
      for (const [name, spec] of Object.entries(this.plan.vectors)) {
        if (dependsOn(spec, adapter)) changed.set(name, await this.vector(spec))
      }
      return changed
    } catch (error) {
      this.scales.set(adapter, before) // as the runtime still computes
      throw error
    }
  }
}

const dependsOn = ({ make }: VectorSpec, adapter: string): boolean =>
  make?.kind === 'scaled' &&
  (make.adapter === adapter ||
    (make.by.how === 'instead' && (dependsOn(make.by.base, adapter) || dependsOn(make.by.other, adapter))))

function valueOf(by: Spread, s: number, part: number, sums: RowSums | null, row: number): number {
  switch (by.how) {
    case 'strength':
      return s * by.by
    case 'ones':
      return 1
    case 'times':
      return s * by.by * part
    case 'towards':
      return by.plus + s * (part - 1)
    case 'rows': {
      const c = s * by.by
      const { ww, wd, dd } = sums!
      return by.plus + part / Math.sqrt(ww[row]! + 2 * c * wd[row]! + c * c * dd[row]!)
    }
  }
}

/** Where a number of one of these adapters is none, the error that says whose; else the error as it is. */
function ownNumber(error: unknown, adapters: Iterable<string>): unknown {
  if (!(error instanceof EngineError) || error.code !== 'NUMERIC') return error
  const tensor = String(error.facts['tensor'])
  for (const name of adapters) {
    const own = tensorName(name, '')
    if (tensor.startsWith(own)) return notFinite(name, tensor.slice(own.length))
  }
  return error
}
