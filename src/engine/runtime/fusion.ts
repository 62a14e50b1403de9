// Which groups of a Plan a device shall run: all, none, or by what is known of such devices.

import type { Plan, PlanGroup } from '../model/plan.ts'

/** 'auto': what is good for the device; a list: groups of these kinds (PlanGroup.kind) */
export type Fusion = 'auto' | 'all' | 'none' | readonly string[]

/** Kinds that are faster than their steps on adapters that run WGSL on a CPU, where a launch costs little. */
const onSoftware: readonly string[] = ['turned-heads', 'activated-sums']

export function wantedGroups(
  { groups }: Pick<Plan, 'groups'>,
  fusion: Fusion,
  device: 'gpu' | 'software',
): PlanGroup[] {
  if (fusion === 'none') return []
  if (fusion === 'all' || (fusion === 'auto' && device === 'gpu')) return groups
  const kinds = fusion === 'auto' ? onSoftware : fusion
  return groups.filter(({ kind }) => kinds.includes(kind))
}
