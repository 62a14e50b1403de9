// Vectors that depend on how strong an adapter is, and the model's weights with the adapters' own beside them. Strength 0
// is off: the steps of an adapter do not run then, and what it writes in place of the model's own is the model's own.

import { EngineError } from '../errors.ts'
import type { Plan, ScaledBy, VectorSpec, WeightSpec } from '../model/plan.ts'
import type { Lead } from '../runtime/lead.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import { checkLeadScale } from './lead.ts'

export class AdapterVectors implements WeightProvider {
  private readonly scales = new Map<string, number>()
  /** the parts of every vector that was asked for: they are asked for again when a slider moves */
  private readonly parts = new Map<VectorSpec, Float32Array>()
  /** what adapters put before every text */
  private leads: ReadonlyMap<string, Lead> = new Map()

  /** @param base knows the adapters' tensors beside the model's */
  constructor(
    private readonly plan: Plan,
    private readonly base: WeightProvider,
    adapters: readonly { name: string; scale: number }[],
  ) {
    for (const { name, scale } of adapters) this.scales.set(name, scale)
  }

  layout(spec: WeightSpec): ReturnType<WeightProvider['layout']> {
    return this.base.layout(spec)
  }
  read(spec: WeightSpec, signal?: AbortSignal): ReturnType<WeightProvider['read']> {
    return this.base.read(spec, signal)
  }

  async vector(spec: VectorSpec, signal?: AbortSignal, weight?: WeightSpec): Promise<Float32Array> {
    if (spec.make?.kind !== 'scaled') return this.base.vector(spec, signal, weight)
    const { adapter, by } = spec.make
    const s = this.scales.get(adapter) ?? 0
    const parts = this.parts.get(spec) ?? (await this.partsOf(spec, signal))
    this.parts.set(spec, parts)
    if (by.how === 'instead') {
      const own = await this.vector(by.base, signal, weight)
      return s === 0 ? own : own.map((v, i) => (s === 1 ? parts[i]! : v + s * (parts[i]! - v)))
    }
    const out = new Float32Array(spec.length).fill(by.rest)
    for (let i = 0; i < by.length; i++) out[by.at + i] = valueOf(by, s, parts[i] ?? 0)
    return out
  }

  private async partsOf({ parts, length, shape }: VectorSpec, signal?: AbortSignal): Promise<Float32Array> {
    if (parts.length === 0) return new Float32Array(0)
    return this.base.vector({ parts, length, ...(shape && { shape }) }, signal)
  }

  /** @throws PARAM_INVALID where two of them are on, or one by half */
  setLeads(leads: ReadonlyMap<string, Lead>): void {
    this.leads = leads
    for (const name of leads.keys()) this.checkScale(name, this.scaleOf(name))
  }
  /** What stands before every text now. */
  get lead(): Lead | null {
    return [...this.leads].find(([name]) => this.scaleOf(name) !== 0)?.[1] ?? null
  }
  private checkScale(adapter: string, scale: number, edited = false): void {
    if (!this.leads.has(adapter)) return
    const on = [...this.leads.keys()].filter((name) => name !== adapter && this.scaleOf(name) !== 0)
    checkLeadScale(adapter, scale, on, edited)
  }

  get off(): ReadonlySet<string> {
    return new Set([...this.scales].flatMap(([name, scale]) => (scale === 0 ? [name] : [])))
  }
  scaleOf(adapter: string): number {
    return this.scales.get(adapter) ?? 0
  }

  /** @param edited do edits change the model? @returns the vectors that hold other values from now on, by the Plan's names */
  async setScale(adapter: string, scale: number, edited = false): Promise<Map<string, Float32Array>> {
    this.checkScale(adapter, scale, edited)
    this.scales.set(adapter, scale)
    const changed = new Map<string, Float32Array>()
    for (const [name, spec] of Object.entries(this.plan.vectors)) {
      if (dependsOn(spec, adapter)) changed.set(name, await this.vector(spec))
    }
    return changed
  }
}

const dependsOn = ({ make }: VectorSpec, adapter: string): boolean =>
  make?.kind === 'scaled' &&
  (make.adapter === adapter || (make.by.how === 'instead' && dependsOn(make.by.base, adapter)))

function valueOf(by: Exclude<ScaledBy, { how: 'instead' }>, s: number, part: number): number {
  switch (by.how) {
    case 'strength':
      return s * by.by
    case 'times':
      return s * by.by * part
    case 'towards':
      return by.plus + s * (part - 1)
    case 'rows':
      throw new EngineError('INTERNAL', 'Norms of rows are not computed.', {})
  }
}
