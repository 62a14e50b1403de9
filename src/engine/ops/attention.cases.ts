// Known-answer cases of attention. Cache rows past pos + T hold large garbage (inputs.ts): a kernel that reads them
// fails.

import { cacheFormats, type CacheFormat } from '../cache-formats.ts'
import { biasLength, maskParams, type Mask } from './mask.ts'
import type { Case, StepValues } from './op.ts'

interface Shape {
  H: number
  K: number
  d: number
  T?: number
  pos?: number
  C?: number
  mask?: Partial<Mask>
  /** where queries see ahead, the whole text unless said */
  prefix?: number
  cap?: number
  scale?: number
  name?: string
  nmse?: number
  range?: number
  strands?: StepValues['strands']
  cache?: CacheFormat
}

const attentionCase = ({
  H,
  K,
  d,
  T = 1,
  pos = 0,
  mask = {},
  prefix = mask.causal === false ? pos + T : 0,
  C = Math.max(pos + T, prefix) + 5,
  cap = 0,
  scale = 1 / Math.sqrt(d),
  name,
  nmse = 1e-10,
  range,
  strands,
  cache = 'f32',
}: Shape): Case => ({
  name: `${name ? `${name}: ` : ''}T=${T} H=${H}/${K} d=${d} keys=${pos + T}${Object.entries({
    ...mask,
    ...(prefix && { prefix }),
    ...(cap && { cap }),
    ...(cache !== 'f32' && { cache }),
  })
    .map(([key, value]) => ` ${key}=${String(value)}`)
    .join('')}`,
  params: { H, K, d, C, scale, cap, ...maskParams(mask), cache: cacheFormats.indexOf(cache) },
  step: { T, pos, row: 0, prefix, ...(strands && { strands }) },
  sizes: {
    q: T * H * d,
    kCache: K * C * d,
    vCache: K * C * d,
    bias: biasLength({ ...maskParams(mask), C }, H),
    z: T * H * d,
    lse: T * H,
  },
  nmse,
  scale: range,
})

export const attentionCases: Case[] = [
  attentionCase({ H: 4, K: 2, d: 16, T: 2, pos: 69 }),
  attentionCase({ H: 1, K: 1, d: 64 }),
  attentionCase({ H: 9, K: 3, d: 64, pos: 1 }),
  attentionCase({ H: 9, K: 3, d: 64, pos: 62 }),
  attentionCase({ H: 14, K: 2, d: 64, pos: 63 }),
  attentionCase({ H: 4, K: 4, d: 80, pos: 64 }),
  attentionCase({ H: 4, K: 1, d: 96, pos: 112 }),
  attentionCase({ H: 9, K: 1, d: 128, pos: 511 }),
  attentionCase({ H: 3, K: 1, d: 64, pos: 2047, T: 1 }),
  attentionCase({ H: 2, K: 1, d: 256, T: 3, pos: 30 }),
  attentionCase({ H: 6, K: 3, d: 10, T: 4, pos: 130, name: 'odd width' }),
  attentionCase({ H: 3, K: 1, d: 6, T: 7, pos: 3, name: 'odd width' }),
  attentionCase({ H: 2, K: 2, d: 64, T: 3 }),
  attentionCase({ H: 7, K: 1, d: 20, T: 5, pos: 300 }),
  attentionCase({ H: 4, K: 2, d: 64, T: 31 }),
  attentionCase({ H: 3, K: 1, d: 64, T: 33, pos: 40, name: 'second chunk' }),
  attentionCase({ H: 2, K: 1, d: 80, T: 75 }),
  attentionCase({ H: 4, K: 2, d: 64, T: 1, pos: 200, mask: { window: 32 } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 50, pos: 20, mask: { window: 16 } }),
  attentionCase({ H: 2, K: 1, d: 64, T: 3, pos: 100, mask: { window: 1 }, name: 'sees only itself' }),
  attentionCase({ H: 2, K: 1, d: 64, T: 2, pos: 90, range: 40, scale: 1, name: 'scores near 1e4', nmse: 1e-5 }),
  attentionCase({ H: 2, K: 1, d: 64, T: 20, pos: 0, range: 40, scale: 1, name: 'scores near 1e4', nmse: 1e-5 }),

  // keys ahead, over more than a tile of them; the window reaches both ways
  attentionCase({ H: 4, K: 2, d: 16, T: 75, mask: { causal: false } }),
  attentionCase({ H: 4, K: 2, d: 16, T: 3, pos: 140, mask: { causal: false } }),
  attentionCase({ H: 2, K: 1, d: 64, T: 2, mask: { causal: false } }),
  attentionCase({ H: 3, K: 1, d: 64, T: 70, pos: 5, mask: { causal: false, window: 9 } }),
  attentionCase({ H: 3, K: 1, d: 6, T: 12, mask: { causal: false, window: 3 }, name: 'odd width' }),
  // a prefix that ends within the chunk, at its first query, behind it, before it; seen through a window
  attentionCase({ H: 4, K: 2, d: 32, T: 40, prefix: 33, mask: { prefixed: true } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 40, prefix: 1, mask: { prefixed: true } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 3, pos: 130, prefix: 132, mask: { prefixed: true } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 9, pos: 20, prefix: 50, mask: { prefixed: true } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 3, pos: 20, prefix: 7, mask: { prefixed: true } }),
  attentionCase({ H: 6, K: 3, d: 10, T: 30, prefix: 17, mask: { prefixed: true, window: 6 }, name: 'odd width' }),
  // a causal text is not touched by a prefix that it does not see
  attentionCase({ H: 4, K: 2, d: 16, T: 5, pos: 3, prefix: 30, C: 40 }),
  // cross-attention: a source shorter than the text that asks, longer, longer than a tile
  attentionCase({ H: 4, K: 4, d: 16, T: 5, pos: 40, prefix: 9, mask: { causal: false } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 1, pos: 3, prefix: 200, mask: { causal: false } }),
  attentionCase({ H: 4, K: 4, d: 64, T: 20, pos: 2, prefix: 150, mask: { causal: false } }),
  attentionCase({ H: 3, K: 3, d: 10, T: 6, prefix: 1, mask: { causal: false }, name: 'odd width' }),
  // slopes by head, and a number by distance that is read beyond its reach on both sides
  attentionCase({ H: 6, K: 2, d: 16, T: 21, pos: 50, mask: { bias: 'slopes' } }),
  attentionCase({ H: 6, K: 2, d: 16, T: 4, pos: 150, mask: { bias: 'slopes', window: 40 } }),
  attentionCase({ H: 5, K: 1, d: 16, T: 1, pos: 40, mask: { bias: 'slopes' } }),
  attentionCase({ H: 3, K: 3, d: 10, T: 70, mask: { bias: 'slopes' }, name: 'odd width' }),
  attentionCase({ H: 6, K: 2, d: 16, T: 35, mask: { causal: false, bias: 'distances', reach: 7 } }),
  attentionCase({ H: 4, K: 4, d: 16, T: 3, pos: 160, mask: { causal: false, bias: 'distances', reach: 11 } }),
  attentionCase({
    H: 4,
    K: 2,
    d: 16,
    T: 2,
    pos: 20,
    prefix: 22,
    mask: { prefixed: true, bias: 'distances', reach: 3 },
  }),
  attentionCase({ H: 3, K: 1, d: 10, T: 19, mask: { causal: false, bias: 'distances', reach: 30 }, name: 'odd width' }),
  // a number by the key's position, on every way of computing
  attentionCase({ H: 6, K: 2, d: 16, T: 21, pos: 50, mask: { bias: 'keys' } }),
  attentionCase({ H: 5, K: 5, d: 16, T: 1, pos: 140, mask: { bias: 'keys' } }),
  attentionCase({ H: 3, K: 1, d: 10, T: 7, pos: 5, mask: { bias: 'keys' }, name: 'odd width' }),
  // scores held within a cap, before what is added by distance
  attentionCase({ H: 4, K: 2, d: 16, T: 2, pos: 69, scale: 1, cap: 2 }),
  attentionCase({ H: 6, K: 2, d: 64, T: 1, pos: 200, scale: 1, cap: 3, mask: { window: 150 } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 21, pos: 50, scale: 1, cap: 1.5, mask: { bias: 'slopes' } }),
  attentionCase({ H: 3, K: 1, d: 10, T: 9, scale: 1, cap: 0.5, name: 'odd width' }),
  attentionCase({ H: 2, K: 1, d: 64, T: 3, pos: 150, range: 40, scale: 1, cap: 30, name: 'scores near 1e4' }),
  // what lies in the cache as halves, and as whole numbers, on every way of computing
  ...cacheFormats
    .slice(1)
    .flatMap((cache) => [
      attentionCase({ H: 6, K: 2, d: 64, T: 2, pos: 150, cache }),
      attentionCase({ H: 4, K: 2, d: 20, T: 11, pos: 5, cache }),
      attentionCase({ H: 4, K: 4, d: 128, T: 1, pos: 30, range: 4, cache }),
      attentionCase({ H: 2, K: 1, d: 10, T: 3, pos: 7, mask: { window: 4 }, name: 'odd width', cache }),
      attentionCase({ name: 'strands', H: 4, K: 2, d: 70, T: 4, pos: 13, strands: { from: 5, count: 4 }, cache }),
    ]),
  // wide heads: one part of the outputs, and more
  attentionCase({ H: 4, K: 2, d: 256, T: 21, pos: 60 }),
  attentionCase({ H: 2, K: 1, d: 320, T: 2, pos: 140 }),
  attentionCase({ H: 2, K: 2, d: 512, T: 9, pos: 3, cap: 4 }),
  attentionCase({ H: 2, K: 1, d: 600, T: 5, pos: 70, mask: { bias: 'slopes' } }),
  attentionCase({ H: 1, K: 1, d: 257, T: 3, pos: 64, name: 'odd width' }),
  // four texts that part at 5, at their third token; windows, distances and tables go by position
  attentionCase({ name: 'strands', H: 4, K: 2, d: 8, T: 4, pos: 13, strands: { from: 5, count: 4 } }),
  attentionCase({ name: 'strands', H: 3, K: 1, d: 70, T: 2, pos: 130, strands: { from: 70, count: 2 }, cap: 3 }),
  attentionCase({
    name: 'strands',
    H: 2,
    K: 2,
    d: 12,
    T: 3,
    pos: 16,
    strands: { from: 10, count: 3 },
    mask: { window: 4, bias: 'slopes' },
  }),
  attentionCase({
    name: 'strands',
    H: 2,
    K: 1,
    d: 8,
    T: 3,
    pos: 13,
    strands: { from: 7, count: 3 },
    mask: { bias: 'keys' },
  }),
  attentionCase({
    name: 'strands before a source',
    H: 2,
    K: 1,
    d: 8,
    T: 3,
    pos: 4,
    strands: { from: 1, count: 3 },
    mask: { causal: false },
    prefix: 9,
  }),
]
