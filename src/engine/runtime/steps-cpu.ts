// Steps on the plain references: the tensors of a Plan and of the inspector as arrays, and any step run on them.

import { runsWithout, type PlanStep } from '../model/plan.ts'
import type { StepValues } from '../ops/op.ts'
import type { WeightData } from '../quants/weight.ts'
import type { Hooks } from './inspect.ts'
import { runReference } from './reference.ts'
import type { RuntimeSize } from './size.ts'

export class CpuSteps {
  /** set by the inspector; null costs nothing */
  hooks: Hooks | null = null
  /** adapters that are off */
  off: ReadonlySet<string> = new Set()
  /** called after every step, with `tensors` as it left them: how tests see inside */
  onStep: ((step: PlanStep, values: StepValues) => void) | null = null
  /** the tokens that run now */
  ids = new Uint32Array(0)
  /** steps that ran */
  dispatches = 0

  constructor(
    readonly weights: Map<string, WeightData>,
    /** every tensor of the Plan by name, as the last forward left it, and the inspector's */
    readonly tensors: Record<string, Float32Array>,
    private readonly size: RuntimeSize,
  ) {}

  /** One step with its hooks, on the tensors as they are. */
  run(s: PlanStep, values: StepValues): void {
    const instead = this.hooks?.instead.get(s.name)
    if (instead) for (const { step } of instead) this.run(step, values)
    else if (runsWithout(s, this.off)) this.compute(s, values)
    const after = this.hooks?.after.get(s.name)
    if (after) for (const { step } of after) this.run(step, values)
  }

  /** One step without its hooks. */
  compute(s: PlanStep, values: StepValues): void {
    const { tensors, weights, ids } = this
    runReference(s, { tensor: (name) => tensors[name], weight: (name) => weights.get(name)!, ids }, this.size, values)
    this.dispatches++
    this.onStep?.(s, values)
  }
}
