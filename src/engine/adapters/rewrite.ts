// A Plan while an adapter's steps are put into it. They stand behind the step whose result they change, run while the
// adapter is on, and leave every step of the model as it was; what stood at that step stands behind them from then on.

import { lifetimesOf } from '../model/flow.ts'
import type { Plan, PlanStep, VectorSpec, WeightPart, WeightSpec } from '../model/plan.ts'
import { folds } from '../tensor/fold.ts'
import { tensorName } from './adapter.ts'
import type { ModuleUse } from './modules.ts'

export class Rewrite {
  private readonly plan: Plan
  private count = 0

  constructor(
    plan: Plan,
    readonly adapter: string,
  ) {
    this.plan = {
      ...plan,
      steps: [...plan.steps],
      weights: { ...plan.weights },
      vectors: { ...plan.vectors },
      buffers: { ...plan.buffers },
      sites: { ...plan.sites },
    }
  }

  /** The width of a buffer's rows. */
  width(buffer: string): number {
    return this.plan.buffers[buffer]!.width
  }

  /** A matrix of the adapter's file, or rows of it. */
  matrix(tensor: string, rows: number, cols: number, how: Pick<WeightPart, 'slice' | 'transpose'> = {}): string {
    const whole = tensorName(this.adapter, tensor)
    const { slice, transpose } = how
    const name = `${whole}${slice ? ` ${slice.from}+${slice.count}/${slice.every}` : ''}${transpose ? ' turned' : ''}`
    this.plan.weights[name] = { parts: [{ tensor: whole, rows, ...how }], rows, cols, role: 'adapter' }
    return name
  }
  /** How the Plan calls a tensor of the adapter's file. */
  name(tensor: string): string {
    return tensorName(this.adapter, tensor)
  }
  /** A tensor of the file as a vector, as it is. */
  given(tensor: string, length: number, shape: readonly number[]): string {
    const name = this.name(tensor)
    this.plan.vectors[name] = { parts: [{ tensor: name, length }], length, shape }
    return name
  }
  /** Is a tensor of the model (part of) one of the Plan's vectors? */
  hasVector(tensor: string): boolean {
    return Object.values(this.plan.vectors).some(({ parts }) => parts.some((part) => part.tensor === tensor))
  }
  /** Has some adapter put steps behind this one? */
  isChanged(step: string): boolean {
    return this.plan.steps.some(({ behind }) => behind === step)
  }
  /**
   * Puts a tensor of the adapter's in the place of the model's in every vector that holds it.
   * @returns null, or the shape that it would have to have
   */
  replaceVector(tensor: string, own: string, shape: readonly number[]): readonly number[] | null {
    for (const [name, base] of Object.entries(this.plan.vectors)) {
      if (!base.parts.some((part) => part.tensor === tensor)) continue
      for (const part of base.parts) {
        if (part.tensor !== tensor) continue
        const { slice } = part
        const need = part.shape ?? base.shape ?? [slice ? (part.length / slice.count) * slice.every : part.length]
        if (!folds(shape, need)) return need
      }
      const parts = base.parts.map((part) => (part.tensor === tensor ? { ...part, tensor: this.name(own) } : part))
      this.plan.vectors[name] = {
        parts: base.parts,
        length: base.length,
        make: { kind: 'scaled', adapter: this.adapter, by: { how: 'instead', base, other: { ...base, parts } } },
      }
    }
    return null
  }
  /** Some of a weight that the Plan has. */
  weight(name: string, spec: WeightSpec): string {
    this.plan.weights[name] = spec
    return name
  }
  vector(name: string, spec: VectorSpec): string {
    const own = tensorName(this.adapter, name)
    this.plan.vectors[own] = spec
    return own
  }
  /** Room for rows of a step's kind. */
  buffer(name: string, { part }: PlanStep, width: number): string {
    const own = `${tensorName(this.adapter, name)} ${part} ${width}`
    this.plan.buffers[own] = { rows: part === 'head' ? 'R' : 'T', width }
    return own
  }

  /**
   * Puts steps behind one of the Plan's, and behind what was put there before; all run while the adapter is on.
   * @param made what each does: a word, its op, arguments and parameters
   */
  behind({ step }: ModuleUse, made: readonly Pick<PlanStep, 'op' | 'args' | 'params'>[]): void {
    const { name, part, layer, args } = step
    const steps = made.map((one): PlanStep => ({
      ...one,
      name: `${name} ${this.adapter} ${one.op} ${this.count++}`,
      part,
      layer,
      when: [this.adapter],
      behind: name,
    }))
    const at = this.plan.steps.findLastIndex((one) => one.name === name || one.behind === name)
    const after = this.plan.steps[at]!.name
    this.plan.steps.splice(at + 1, 0, ...steps)
    const end = steps.at(-1)!
    const result = args['y']!
    const arg = Object.keys(end.args).find((one) => end.args[one] === result)!
    for (const [site, place] of Object.entries(this.plan.sites)) {
      if (place.step !== after || place.in !== 'row' || this.tensorAt(after, place.arg) !== result) continue
      this.plan.sites[site] = { ...place, step: end.name, arg, since: place.since ?? place.step }
    }
  }
  private tensorAt(step: string, arg: string): string | undefined {
    return this.plan.steps.find(({ name }) => name === step)?.args[arg]
  }

  finish(): Plan {
    return { ...this.plan, lifetimes: lifetimesOf(this.plan) }
  }
}
