// Plan -> its groups: runs of steps that one op could run at once, beside the steps, which stay as they are. Whether a
// device runs them is its runtime's choice (runtime/schedule.ts); references, processor and inspector know steps alone.
// A rewrite is one file and one line in the list. It looks at who reads what whom has written (flow.ts), never at names;
// what it cannot put together stays plain. Larger groups stand before those that they hold.

import type { Plan, PlanGroup } from '../plan.ts'
import { activatedSums } from './activated-sums.ts'
import type { GroupRewrite } from './rewrite.ts'
import { turnedHeads } from './turned-heads.ts'

const rewrites: GroupRewrite[] = [turnedHeads, activatedSums]

export const groupsOf = (plan: Plan): PlanGroup[] =>
  plan.steps.flatMap((_, at) => rewrites.flatMap((rewrite) => rewrite(plan, at) ?? []))
