// Plan -> its groups: runs of steps that one op could run at once, beside the steps, which stay as they are. Whether a
// device runs them is its runtime's choice (runtime/schedule.ts); references, processor and inspector know steps alone.
// A rewrite is one file and one line in the list. It looks at who reads what whom has written (flow.ts), never at names;
// what it cannot put together stays plain. Larger groups stand before those that they hold.

import type { Plan, PlanGroup } from '../plan.ts'
import { activatedSums } from './activated-sums.ts'
import type { GroupRewrite } from './rewrite.ts'
import { normed } from './normed.ts'
import { sums } from './sums.ts'
import { turnedHeads } from './turned-heads.ts'
import { turnedNormedHeads } from './turned-normed-heads.ts'

const rewrites: GroupRewrite[] = [turnedHeads, turnedNormedHeads, activatedSums]

/** Steps that it spares. */
const spared = ({ steps, again = [] }: PlanGroup): number => steps.length - again.length

export function groupsOf(plan: Plan): PlanGroup[] {
  const { tokens, rows, whole } = plan.programs.decode
  if (whole) return [] // no few rows
  const found = plan.steps.flatMap((step, at): PlanGroup[] => {
    if (step.part !== tokens && step.part !== rows) return []
    const groups = rewrites.flatMap((rewrite) => rewrite(plan, at) ?? [])
    const single = sums(plan, at)
    const longer = [...groups, ...(single ? [single] : [])].flatMap((group) => normed(plan, group) ?? [])
    return [...longer, ...groups]
  })
  return found.sort((a, b) => spared(b) - spared(a) || b.steps.length - a.steps.length)
}
