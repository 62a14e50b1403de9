// The vectors that an op of the map shows, asked of the Glass; names as the outline gives them.

import type { Glass, GlassInfo, PlanInfo, PlanSite } from '../../store/inspect.ts'
import { boxOf, opOf, outlineOf, type Op, type Part } from './outline.ts'
import { lookOf, readSite, sumAround } from './read.ts'

export type Vectors = Readonly<Record<string, Float32Array>>

/** One op at one token, seen for one head. */
export interface Spot {
  part: Part
  op: Op
  layer: number
  head: number
  position: number
}

/** Vectors that are shown for one head of all. */
const ofHead = new Set(['q', 'k', 'v', 'q_rope', 'k_rope', 'z'])

export async function vectorsOf(glass: Glass, info: GlassInfo, plan: PlanInfo, spot: Spot): Promise<Vectors> {
  const { part, op, layer, head, position } = spot
  const box = boxOf(outlineOf(plan), part, layer)
  const found: Record<string, Float32Array> = {}
  for (const { name, site } of (box && opOf(box, op))?.vectors ?? []) {
    if (site !== null) {
      const { values } = await readSite(glass, plan, site, position, ofHead.has(name) ? head : undefined)
      found[name] = values
    } else if (name === 'scores' || name === 'probs') {
      // a recording holds weights alone
      if (name === 'scores' && info.source === 'recording') continue
      found[name] = await lookOf(glass, info, { part, layer, head, position }, name)
    } else if (name === 'p') found[name] = softmax(found['logits']!)
  }
  if (op === 'out') {
    const { delta, after } = await sumAround(glass, plan, part, layer, position)
    return { delta, sum: after.values }
  }
  return found
}

export function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((m, v) => (v > m ? v : m), -Infinity)
  const total = logits.reduce((sum, v) => sum + Math.exp(v - max), 0)
  return logits.map((v) => Math.exp(v - max) / total)
}

/** Which site a vector of an op is a projection of. */
function projected({ part, op, layer }: Spot, vector: string, plan: PlanInfo): string | null {
  const at = (word: string): string => `blocks.${layer}.${part}.${word}`
  if (op === 'out') return vector === 'delta' && !(at('after') in plan.sites) ? at('out') : null
  if (op === 'after') return vector === 'x' ? at('out') : null
  if (op === 'qkv') return at(vector)
  if (op === 'swiglu') return vector === 'act' ? null : at(vector)
  if (op === 'transform') return vector === 'dense' ? 'transform.dense' : null
  return op === 'labels' || vector === 'logits' ? vector : null
}

/** The matrix that makes a vector, and which of its rows makes element i; null where none does. */
export function matrixOf(
  plan: PlanInfo,
  info: GlassInfo,
  spot: Spot,
  vector: string,
): { tensor: string; row: (i: number) => number; input: string; inputSite: PlanSite; hasBias: boolean } | null {
  const name = projected(spot, vector, plan)
  const site = name === null ? null : (plan.sites[name] ?? null)
  const input = site?.matrix?.input
  const inputSite = input ? (plan.sites[input] ?? null) : null
  if (!site?.matrix || !input || inputSite === null || inputSite.side === null) return null
  const { tensor, rows, bias } = site.matrix
  // vectors of one head are a part of the site
  const first = site.heads === null ? 0 : Math.floor(spot.head / (info.heads / site.heads)) * (site.width / site.heads)
  const row = (i: number): number => (rows ? Math.floor(i / rows.count) * rows.every + rows.from + (i % rows.count) : i)
  return { tensor, row: (i) => row(first + i), input, inputSite, hasBias: bias }
}
