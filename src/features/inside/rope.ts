// How a layer turns its queries and keys, read off the Plan: the table that its step reads.

import type { GlassInfo, PlanInfo } from '../../store/inspect.ts'
import { boxOf, opOf, outlineOf } from './outline.ts'
import { stepOf } from './sites.ts'

type Rope = GlassInfo['rope']

/** null where pairs are turned by two positions at once: no single angle says how. */
export function ropeOf(info: GlassInfo, plan: PlanInfo, layer: number): Rope | null {
  const step = stepOf(plan, 'attn.q_rope', layer)
  if ((step?.params['sections'] ?? 1) > 1) return null
  const table = step?.args['table']
  return (table !== undefined && info.ropes && Object.hasOwn(info.ropes, table) ? info.ropes[table] : null) ?? info.rope
}

/** The site of queries or keys as they are before they are turned. */
export function unturned(plan: PlanInfo, layer: number, which: 'q' | 'k'): string {
  const [from] = plan.sites[`blocks.${layer}.attn.${which}_rope`]?.from ?? []
  // recordings of before this was kept say where they are shown
  const shown = opOf(boxOf(outlineOf(plan), 'attn', layer)!, 'qkv')!.vectors
  return from ?? shown.find(({ name }) => name === which)?.site ?? `blocks.${layer}.attn.${which}`
}
