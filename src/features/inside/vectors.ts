// The vectors that an op of the map shows, asked of the Glass; names as in world.ts.

import type { Glass, GlassInfo, PlanInfo, PlanSite } from '../../store/inspect.ts'
import { probe, readBy, sumsAround } from './read.ts'
import { siteOf } from './sites.ts'
import type { Op, Part } from './view.ts'

export type Vectors = Readonly<Record<string, Float32Array>>

/** One op at one token, seen for one head. */
export interface Spot {
  part: Part
  op: Op
  layer: number
  head: number
  position: number
}

export async function vectorsOf(
  glass: Glass,
  info: GlassInfo,
  plan: PlanInfo,
  { part, op, layer, head, position }: Spot,
): Promise<Vectors> {
  const get = async (site: Parameters<typeof probe>[1]['site'], ofHead = false): Promise<Float32Array> =>
    (await probe(glass, { site, layer, position, ...(ofHead && { head }) })).values
  switch (op) {
    case 'embed':
      return { x: (await probe(glass, { site: 'embed', position })).values }
    case 'norm': {
      const x = (await readBy(glass, plan, part as 'attn' | 'mlp' | 'head', layer, position)).values
      return {
        x,
        y:
          part === 'head'
            ? (await probe(glass, { site: 'final_norm', position })).values
            : await get(part === 'attn' ? 'attn_norm' : 'mlp_norm'),
      }
    }
    case 'qkv':
      return { q: await get('q', true), k: await get('k', true), v: await get('v', true) }
    case 'rope':
      return { q_rope: await get('q_rope', true), k_rope: await get('k_rope', true) }
    case 'cache':
      return {}
    case 'attention':
      return {
        ...(info.source === 'live' && { scores: await get('scores', true) }),
        probs: await get('probs', true),
        z: await get('z', true),
      }
    case 'out': {
      const around = await sumsAround(glass, plan, part as 'attn' | 'mlp', layer, position)
      const x = around.before.values,
        sum = around.after.values
      return { delta: sum.map((v, i) => v - x[i]!), sum }
    }
    case 'swiglu':
      // a plain MLP has no gate
      return {
        ...(siteOf(plan, 'mlp.gate', layer) && { gate: await get('gate') }),
        up: await get('up'),
        act: await get('act'),
      }
    case 'softmax': {
      const logits = (await probe(glass, { site: 'logits', position })).values
      return { logits, p: softmax(logits) }
    }
  }
}

export function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((m, v) => (v > m ? v : m), -Infinity)
  const total = logits.reduce((sum, v) => sum + Math.exp(v - max), 0)
  return logits.map((v) => Math.exp(v - max) / total)
}

/** Which site each vector of an op is a projection of. */
const projected: Partial<Record<Op, Readonly<Record<string, string>>>> = {
  qkv: { q: 'attn.q', k: 'attn.k', v: 'attn.v' },
  swiglu: { gate: 'mlp.gate', up: 'mlp.up' },
  softmax: { logits: 'logits' },
}

/** The matrix that makes a vector, and which of its rows makes element i; null where none does. */
export function matrixOf(
  plan: PlanInfo,
  info: GlassInfo,
  { part, op, layer, head }: Spot,
  vector: string,
): { tensor: string; row: (i: number) => number; input: PlanSite; hasBias: boolean } | null {
  const name = op === 'out' && vector === 'delta' ? `${part}.out` : projected[op]?.[vector]
  const site = name === undefined ? null : siteOf(plan, name, layer)
  const input = site?.matrix?.input ? plan.sites[site.matrix.input]! : null
  if (!site?.matrix || !input?.site) return null
  const { tensor, rows, bias } = site.matrix
  // vectors of one head are a part of the site
  const first = site.heads === null ? 0 : Math.floor(head / (info.heads / site.heads)) * (site.width / site.heads)
  const row = (i: number): number => (rows ? Math.floor(i / rows.count) * rows.every + rows.from + (i % rows.count) : i)
  return { tensor, row: (i) => row(first + i), input, hasBias: bias }
}
