// Attention of one block: project, norm, turn, append to the cache, attend, project back.

import { maskParams, type Mask } from '../../ops/mask.ts'
import type { Attention, Norm, ScoreBias } from '../describe.ts'
import type { PlanBuilder, Value } from '../build.ts'
import type { RopeSpec } from '../rope-table.ts'

const context = { C: 'context' } as const

/**
 * @param name the branch's: 'attn' or 'cross'
 * @param h what it reads, (D)
 * @returns what it gives, (D)
 */
export function attention(build: PlanBuilder, name: string, a: Attention, h: Value): Value {
  const { H, K, d, D } = build.plan.dims
  const cross = a.sees === 'source'
  const projected = build.linear(`${name}.q`, a.q, h, 'q', H * d, { heads: H })
  const own = cross ? null : keysAndValues(build, name, a, h)
  let q = finished(build, `${name}.q`, projected, a.qNorm, a)
  const k = own && finished(build, `${name}.k`, own.k, a.kNorm, a)
  const v = own && clipped(build, own.v, a)
  if (a.rope && k) {
    q = turned(build, `${name}.q_rope`, q, a.rope, H)
    append(build, name, a, turned(build, `${name}.k_rope`, k, a.rope, K), v!)
  } else if (k) append(build, name, a, k, v!)
  const [kCache, vCache] = cachesOf(build, cross)
  const { mask, bias } = maskOf(build, a)
  const seen = nameOf(a)
  build.plan.masks[seen] = mask
  build.step(
    `${name}.z`,
    'attention',
    { q: q.buffer, kCache, vCache, ...(bias && { bias }), z: build.buffer('z', H * d), lse: build.buffer('lse', H) },
    { H, K, d, scale: a.scale, cap: a.cap ?? 0, ...maskParams(mask) },
    { sized: context, mask: seen },
  )
  const queries = build.site(`${name}.queries`, 'q', H * d, [q], { heads: H })
  const [keys, values] = ['keys', 'values'].map((word): Value => ({
    buffer: kCache,
    site: build.full(`${name}.${word}`),
    width: K * d,
  })) as [Value, Value]
  const z = build.site(`${name}.z`, 'z', H * d, [queries, keys, values], { heads: H })
  build.site(`${name}.lse`, 'lse', H, [queries, keys], { heads: H })
  return build.linear(`${name}.out`, a.out, z, name === 'attn' ? 'attnOut' : `${name}Out`, D)
}

function keysAndValues(build: PlanBuilder, name: string, a: Attention, h: Value): { k: Value; v: Value } {
  const { K, d } = build.plan.dims
  return {
    k: build.linear(`${name}.k`, a.k, h, 'k', K * d, { heads: K }),
    v: build.linear(`${name}.v`, a.v, h, 'v', K * d, { heads: K }),
  }
}

/** Keys and values of a source into this block's caches for it: they run behind the encoder. */
export function sourceKeys(build: PlanBuilder, name: string, a: Attention, source: Value): void {
  const { k, v } = keysAndValues(build, name, a, source)
  append(build, name, a, finished(build, `${name}.k`, k, a.kNorm, a), clipped(build, v, a))
}

function append(build: PlanBuilder, name: string, { sees }: Attention, k: Value, v: Value): void {
  const { K, d } = build.plan.dims,
    cross = sees === 'source'
  const [kCache, vCache] = cachesOf(build, cross)
  const plane = { layer: build.layer, kvHeads: K, headDim: d, ...(cross && { of: 'source' as const }) }
  build.plan.caches[kCache] = build.plan.caches[vCache] = plane
  build.step(`${name}.append`, 'append', { k: k.buffer, v: v.buffer, kCache, vCache }, { K, d }, { sized: context })
  build.site(`${name}.keys`, 'kCache', K * d, [k], { in: 'cache', heads: K })
  build.site(`${name}.values`, 'vCache', K * d, [v], { in: 'cache', heads: K })
}

const cachesOf = ({ layer }: PlanBuilder, cross: boolean): [string, string] => {
  const of = `${layer}${cross ? '.source' : ''}`
  return [`kCache.${of}`, `vCache.${of}`]
}

/** Queries or keys as they are before they are turned. */
function finished(build: PlanBuilder, name: string, x: Value, norm: Norm | undefined, a: Attention): Value {
  const heads = x.width / build.plan.dims.d
  return clipped(build, norm ? build.norm(`${name}_norm`, norm, x, `${name.at(-1)!}n`, heads) : x, a)
}

function clipped(build: PlanBuilder, x: Value, { clip }: Attention): Value {
  if (clip === undefined) return x
  const name = `${x.site.slice(build.full('').length)}_clip`
  build.step(name, 'scale', { x: x.buffer }, { N: x.width, by: 1, each: 0, cap: 0, limit: clip })
  return build.site(name, 'x', x.width, [x], { heads: x.width / build.plan.dims.d })
}

function turned(build: PlanBuilder, name: string, x: Value, spec: RopeSpec, H: number): Value {
  const { d } = build.plan.dims
  const turn = { d, r: spec.rotary, interleaved: Number(spec.layout === 'interleaved'), sections: spec.sections ?? 1 }
  build.step(name, 'rope', { x: x.buffer, table: tableOf(build, spec) }, { H, ...turn }, { sized: context })
  return build.site(name, 'x', H * d, [x], { heads: H })
}

/** Blocks that turn alike share a table. */
function tableOf({ plan: { tables } }: PlanBuilder, spec: RopeSpec): string {
  const wanted = JSON.stringify(spec)
  const found = Object.entries(tables).find(([, table]) => JSON.stringify(table.spec) === wanted)
  if (found) return found[0]
  const count = Object.keys(tables).length,
    name = count ? `rope.${count}` : 'rope'
  tables[name] = { kind: 'rope', width: spec.rotary, spec }
  return name
}

function maskOf(build: PlanBuilder, { sees, window, bias }: Attention): { mask: Mask; bias: string | null } {
  const { H } = build.plan.dims
  const mask: Mask = { causal: sees === 'causal' || sees === 'prefix', window }
  if (sees === 'prefix') mask.prefixed = true
  if (!bias) return { mask, bias: null }
  if (bias.kind === 'slopes' && bias.rounded) {
    const name = 'alibi'
    build.plan.tables[name] = { kind: 'key-bias', width: H, spec: { kind: 'key-bias', by: bias.by ?? 1 } }
    return { mask: { ...mask, bias: 'keys' }, bias: name }
  }
  if (bias.kind === 'slopes') {
    return { mask: { ...mask, bias: 'slopes' }, bias: build.made('alibi', H, { kind: 'slopes', by: bias.by ?? 1 }) }
  }
  return { mask: { ...mask, bias: 'distances', reach: bias.reach }, bias: distances(build, bias, sees) }
}

/** T5's table of one stack, by distance. */
function distances(build: PlanBuilder, bias: Extract<ScoreBias, { kind: 'buckets' }>, sees: Attention['sees']): string {
  const { H } = build.plan.dims
  const { tensor, buckets, reach } = bias
  build.plan.vectors[tensor] = {
    parts: [{ tensor, length: buckets * H }],
    shape: [buckets, H],
    length: H * (2 * reach + 1),
    make: { kind: 'buckets', buckets, heads: H, reach, both: sees === 'both' },
  }
  return tensor
}

function nameOf({ sees, window, bias }: Attention): string {
  const keys = { causal: 'causal', both: 'both ways', prefix: 'prefix', source: 'source' }[sees]
  const near = window ? (sees === 'causal' ? `window ${window}` : `${keys}, window ${window}`) : keys
  return bias ? `${near}, ${bias.kind === 'slopes' ? (bias.rounded ? 'keys' : 'slopes') : 'distances'}` : near
}
