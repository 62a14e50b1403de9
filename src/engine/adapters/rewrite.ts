// A Plan while an adapter's steps are put into it. They stand behind the step whose result they change, run while the
// adapter is on, and leave every step of the model as it was; what stood at that step stands behind them from then on.

import { lifetimesOf } from '../model/flow.ts'
import type { Plan, PlanStep, VectorSpec, WeightPart } from '../model/plan.ts'
import { folds } from '../tensor/fold.ts'
import { tensorName, type Changes, type ModuleChange, type PartChange, type VectorChange } from './adapter.ts'
import type { ModuleUse } from './modules.ts'
import type { Trained } from './trained.ts'

/** A step to be put behind another; `when` names others that must be on, too. */
export type Made = Pick<PlanStep, 'op' | 'args' | 'params' | 'when'>

export class Rewrite {
  private readonly plan: Plan
  private count = 0
  /** of the adapter, in the place of the model's own, by step and row */
  private readonly matrices = new Map<string, string>()
  private readonly parts: ModuleChange[] = []
  private readonly vectors: VectorChange[] = []

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
  /** Has another adapter put steps behind this one? */
  isChanged(step: PlanStep): boolean {
    return this.earlier(step).length > 0
  }
  /**
   * Puts a tensor of the adapter's in the place of the model's in every vector that holds it.
   * @returns null, or the shape that it would have to have
   */
  replaceVector(tensor: string, own: string, shape: readonly number[], trained?: Trained): readonly number[] | null {
    for (const [name, base] of Object.entries(this.plan.vectors)) {
      if (!base.parts.some((part) => part.tensor === tensor)) continue
      for (const part of base.parts) {
        if (part.tensor !== tensor) continue
        const { slice } = part
        const need = part.shape ?? base.shape ?? [slice ? (part.length / slice.count) * slice.every : part.length]
        if (!folds(shape, need)) return need
      }
      const made = base.make?.kind === 'scaled' && base.make.adapter === this.adapter ? base.make.by : null
      const [off, on] = made?.how === 'instead' ? [made.base, made.other] : [base, base]
      const by = { how: 'instead' as const, base: off, other: instead(on, tensor, this.name(own), trained) }
      this.plan.vectors[name] = {
        parts: base.parts,
        length: base.length,
        make: { kind: 'scaled', adapter: this.adapter, by },
      }
      this.vectors.push({ tensor, base, other: replaced({ ...base }, tensor, this.name(own), trained) })
    }
    return null
  }
  /**
   * What other adapters do to a module's result, once more, in `to`: where that result went into the residual, it stands
   * nowhere by itself, and who would scale it needs it as the adapters before have left it.
   */
  replay({ step, from }: ModuleUse, to: string): Made[] {
    const y = step.args['y']!
    return this.earlier(step, from).map(({ op, args, params, when }) => {
      const to_ = Object.fromEntries(Object.entries(args).map(([arg, name]) => [arg, name === y ? to : name]))
      return { op, args: to_, params, when: when ?? [] }
    })
  }
  /** What other adapters have added to a module's input, once more, added to `to`, which holds that input. */
  replayInput({ step, from }: ModuleUse, to: string, width: number): Made[] {
    const steps = this.earlier(step, from)
    return steps.flatMap(({ args, when }, at) => {
      const x = args['x']!
      if (args['weight'] !== step.args['weight'] || x === step.args['x']) return []
      const own = steps.slice(0, at).filter((one) => [one.args['x'], one.args['y']].includes(x))
      const made = own.map((one): Made => ({ op: one.op, args: one.args, params: one.params, when: when ?? [] }))
      return [...made, { op: 'add', args: { x: to, delta: x }, params: { D: width, by: 1 }, when: when ?? [] }]
    })
  }
  /** A module's own step once more with a matrix of the adapter's, which is the module's from then on. */
  instead(use: ModuleUse, made: Made, first: boolean): void {
    this.behind(use, [made], first)
    if (use.part.rows === made.params['N'] || made.op === 'gather') {
      this.matrices.set(`${use.step.name} ${use.from}`, made.args['weight']!)
    }
  }
  /** The Plan's weight that a use of a module computes with while this adapter is on, and its first row there. */
  weightOf({ step, from }: ModuleUse): { weight: string; from: number } {
    const own = this.matrices.get(`${step.name} ${from}`)
    return own === undefined ? { weight: step.args['weight']!, from } : { weight: own, from: 0 }
  }
  /** @param from of one of its modules alone */
  private earlier({ name }: PlanStep, from?: number): PlanStep[] {
    return this.plan.steps.filter(
      (one) => one.behind === name && (from ?? one.from) === one.from && !one.when?.includes(this.adapter),
    )
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
   * @param first before those that others have put there
   */
  behind({ step, from }: Pick<ModuleUse, 'step'> & { from?: number }, made: readonly Made[], first = false): void {
    const { name, args } = step
    const of = { behind: name, ...(from !== undefined && { from }) }
    const steps = made.map((one): PlanStep => ({ ...this.named(step, one), ...of }))
    const at = this.plan.steps.findLastIndex((one) => one.name === name || (!first && one.behind === name))
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
  /** Says what the steps behind a use of a module make of its matrix. */
  changes({ module, step, part, from }: ModuleUse, change: PartChange): void {
    this.parts.push({ module, layer: step.layer, weight: step.args['weight']!, from, part, change })
  }
  /** Puts steps before one of the Plan's: they keep what it changes, and change nothing of the model's. */
  before(step: PlanStep, made: readonly Made[]): void {
    const at = this.plan.steps.findIndex(({ name }) => name === step.name)
    this.plan.steps.splice(at, 0, ...made.map((one) => this.named(step, one)))
  }
  private named({ name, part, layer }: PlanStep, made: Made): PlanStep {
    const when = [...new Set([...(made.when ?? []), this.adapter])]
    return { ...made, name: `${name} ${this.adapter} ${made.op} ${this.count++}`, part, layer, when }
  }
  private tensorAt(step: string, arg: string): string | undefined {
    return this.plan.steps.find(({ name }) => name === step)?.args[arg]
  }

  finish(): { plan: Plan; changes: Changes } {
    const { parts, vectors } = this
    return { plan: { ...this.plan, lifetimes: lifetimesOf(this.plan) }, changes: { parts, vectors } }
  }
}

/** A vector with one tensor in the place of another, whatever other adapters put in places of theirs. */
function instead(spec: VectorSpec, tensor: string, own: string, trained?: Trained): VectorSpec {
  const { make } = spec
  if (make?.kind !== 'scaled' || make.by.how !== 'instead') return replaced(spec, tensor, own, trained)
  const [base, other] = [make.by.base, make.by.other].map((one) => instead(one, tensor, own, trained)) as [
    VectorSpec,
    VectorSpec,
  ]
  return { ...spec, make: { ...make, by: { how: 'instead', base, other } } }
}

function replaced(spec: VectorSpec, tensor: string, own: string, trained?: Trained): VectorSpec {
  let { make } = spec
  const parts = spec.parts.map((part) => {
    if (part.tensor !== tensor) return part
    const is = trained?.vector(part) ?? { part, make }
    make = is.make
    return { ...is.part, tensor: own }
  })
  return { parts, length: spec.length, ...(spec.shape && { shape: spec.shape }), ...(make && { make }) }
}
