// Plan -> a Plan with fewer steps and the same numbers: every rewrite is provable against the plain Plan. A rewrite is
// one file and one line in the list; it looks for steps that read what others wrote (flow.ts), never at names.
// What a device may or may not run at once stays in steps of its own here: groups/ puts those together.
// Every site keeps its name and says where it stands now.

import { lifetimesOf } from '../flow.ts'
import { groupsOf } from '../groups/index.ts'
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
  return { ...fused, groups: groupsOf(fused), lifetimes: lifetimesOf(fused) }
}
