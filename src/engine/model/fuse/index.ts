// Plan -> a Plan with fewer steps and the same numbers: every rewrite is provable against the plain Plan. A rewrite is
// one file and one line in the list; it looks for steps that read what others wrote (flow.ts), never at names.
// A norm stays a step of its own: in the matmul that reads it, every thread would norm the row again. Measured on the
// software adapter, that costs more (11 to 15 % of a SmolLM2 token) than all norms together (3 to 7 %).
// Every site keeps its name and says where it stands now.

import { lifetimesOf } from '../flow.ts'
import type { Plan } from '../plan.ts'
import { Draft, type CanStack } from './draft.ts'
import { gatedUnits } from './gated-units.ts'
import { projectedHeads } from './projected-heads.ts'
import { residualSums } from './residual-sums.ts'

export type { CanStack } from './draft.ts'

const rewrites: ((draft: Draft) => void)[] = [projectedHeads, gatedUnits, residualSums]

export function fuse(plan: Plan, canStack: CanStack): Plan {
  const draft = new Draft(plan, canStack)
  for (const rewrite of rewrites) rewrite(draft)
  const fused = draft.finish()
  return { ...fused, lifetimes: lifetimesOf(fused) }
}
