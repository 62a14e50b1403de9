// Attention with relative positions, in two streams (XLNet). The text's is as any attention but for its scores; its keys
// and values stand in caches. The other predicts: of each row that is asked for it holds one vector, a position behind it,
// which knows no token of its own and sees those before it. Both have the same weights.
//
// Row p of `rel` holds R_-p and R_(p + 1), made anew with every text: as many rows as it has tokens.

import { maskParams } from '../../ops/mask.ts'
import type { PlanBuilder, Value } from '../build.ts'
import type { Branch, RelativeAttention, Stack } from '../describe.ts'
import { TYPES } from './embed.ts'
import { mlp } from './mlp.ts'

const context = { C: 'context' } as const
const caches = ({ layer }: PlanBuilder): [string, string] => [`kCache.${layer}`, `vCache.${layer}`]
const relName = (build: PlanBuilder): string => `rel.${build.layer}`

/** Scores' own vectors, one below the other: (5, H, d). */
function biasOf(build: PlanBuilder, { biases }: RelativeAttention): string {
  const { H, d } = build.plan.dims
  const one = (tensor: string, count = 1): { tensor: string; length: number; shape: number[] } => ({
    tensor,
    length: count * H * d,
    shape: count > 1 ? [count, H, d] : [H, d],
  })
  return build.joined('attn.scores', [
    one(biases.content),
    one(biases.position),
    one(biases.segment),
    one(biases.segments, 2),
  ])
}

/** One attend step. @param ahead 1: of the stream that predicts */
function attend(build: PlanBuilder, name: string, a: RelativeAttention, q: Value, ahead: 0 | 1): Value {
  const { H, d } = build.plan.dims
  const [kCache, vCache] = caches(build)
  const mask = { causal: a.sees === 'causal', window: 0 }
  const seen = a.sees === 'causal' ? 'causal' : 'both ways'
  if (!ahead) build.plan.masks[seen] = mask
  const [z, lse] = ahead ? ['ahead.z', 'ahead.lse'] : ['z', 'lse']
  build.step(
    `${name}.z`,
    'attention-relative',
    {
      q: q.buffer,
      kCache,
      vCache,
      rel: relName(build),
      bias: biasOf(build, a),
      ids: TYPES,
      z: build.buffer(z!, H * d),
      lse: build.buffer(lse!, H),
    },
    { H, K: H, d, scale: a.scale, cap: 0, ahead, ...maskParams(mask) },
    { sized: context, ...(!ahead && { mask: seen }) },
  )
  const [keys, values] = ['attn.keys', 'attn.values'].map((word): Value => ({
    buffer: kCache,
    site: build.full(word),
    width: H * d,
  })) as [Value, Value]
  const queries = ahead ? q : build.site(`${name}.queries`, 'q', H * d, [q], { heads: H })
  const found = build.site(`${name}.z`, 'z', H * d, [queries, keys, values], { heads: H })
  build.site(`${name}.lse`, 'lse', H, [queries, keys], { heads: H })
  return found
}

/** R of all distances in the text, from two tables of sinusoids. */
function distances(build: PlanBuilder, name: string, { r, reach }: RelativeAttention): void {
  const { D, H, d } = build.plan.dims
  const weight = build.weight(r, H * d, D, 'linear')
  const y = build.buffer(relName(build), 2 * H * d)
  for (const [n, [table, first, by]] of (
    [
      ['away.behind', 0, -1],
      ['away.before', 1, 1],
    ] as const
  ).entries()) {
    build.plan.tables[table] = { kind: 'sinusoids', width: D, spec: { kind: 'sinusoids', first, by, reach } }
    const params = { K: D, N: H * d, hasBias: 0, accumulate: 0, yStride: 2 * H * d, yOffset: n * H * d }
    build.step(`${name}.r_${n ? 'before' : 'behind'}`, 'matmul', { x: table, weight, y }, params)
  }
  build.site(`${name}.distances`, 'y', 2 * H * d, [])
}

/** @param h what it reads, (D) @returns what it gives, (D) */
export function relativeAttention(build: PlanBuilder, name: string, a: RelativeAttention, h: Value): Value {
  const { H, d, D } = build.plan.dims
  build.buffer(TYPES, 1)
  const [q, k, v] = (['q', 'k', 'v'] as const).map((word) =>
    build.linear(`${name}.${word}`, a[word], h, word, H * d, { heads: H }),
  ) as [Value, Value, Value]
  const [kCache, vCache] = caches(build)
  build.plan.caches[kCache] = build.plan.caches[vCache] = { layer: build.layer, kvHeads: H, headDim: d }
  build.step(`${name}.append`, 'append', { k: k.buffer, v: v.buffer, kCache, vCache }, { K: H, d }, { sized: context })
  build.site(`${name}.keys`, 'kCache', H * d, [k], { in: 'cache', heads: H })
  build.site(`${name}.values`, 'vCache', H * d, [v], { in: 'cache', heads: H })
  distances(build, name, a)
  return build.linear(`${name}.out`, a.out, attend(build, name, a, q, 0), 'attnOut', D)
}

/** Never written, so that every word of it says row 0. */
const FIRST_ROW = 'ahead.first'

/**
 * The stream that predicts, through all blocks, of the rows asked for.
 * @param start tensor of what it begins with, (D)
 * @returns what it is behind the last block, (D)
 */
export function predictingStream(build: PlanBuilder, { layers, block }: Stack, start: string): Value {
  const { D, H, d } = build.plan.dims
  const weight = build.weight({ at: start, weightAt: start }, 1, D, 'embedding')
  const args = { ids: build.buffer(FIRST_ROW, 1), weight, y: build.buffer('ahead.x', D) }
  build.step('ahead.start', 'gather', args, { D, accumulate: 0 })
  let x = build.site('ahead.start', 'y', D, [])
  for (let layer = 0; layer < layers; layer++) {
    const { at, branches } = block(layer)
    build.beginBlock(layer, at, 'encoder', layer)
    for (const branch of branches) {
      const { body } = branch
      if (body.kind === 'relative-attention') {
        const q = build.linear('ahead.q', body.q, x, 'ahead.q', H * d, { heads: H })
        const z = attend(build, 'ahead', body, q, 1)
        x = summed(build, 'ahead.attn', branch, x, build.linear('ahead.out', body.out, z, 'ahead.out', D))
      } else if (body.kind === 'mlp') x = summed(build, 'ahead.mlp', branch, x, mlp(build, 'ahead.mlp', body, x))
    }
  }
  build.endBlocks()
  return x
}

/** closing(x + given), into the buffer of x. */
function summed(build: PlanBuilder, name: string, { closing }: Branch, x: Value, given: Value): Value {
  const { D } = build.plan.dims
  const y = build.buffer('ahead.sum', D)
  build.step(`${name}.add`, 'mix', { a: x.buffer, delta: given.buffer, y }, { D, keep: 1, by: 1 })
  return build.norm(name, closing!, build.site(`${name}.sum`, 'y', D, [x, given]), 'ahead.x')
}
