// Known-answer cases of attention. Cache rows past pos + T hold large garbage (inputs.ts): a kernel that reads them
// fails.

import { biasLength, maskParams, type Mask } from './mask.ts'
import type { Case } from './op.ts'

interface Shape {
  H: number
  K: number
  d: number
  T?: number
  pos?: number
  C?: number
  mask?: Partial<Mask>
  scale?: number
  name?: string
  nmse?: number
  range?: number
}

const attentionCase = ({
  H,
  K,
  d,
  T = 1,
  pos = 0,
  C = pos + T + 5,
  mask = {},
  scale = 1 / Math.sqrt(d),
  name,
  nmse = 1e-10,
  range,
}: Shape): Case => ({
  name: `${name ? `${name}: ` : ''}T=${T} H=${H}/${K} d=${d} keys=${pos + T}${Object.entries(mask)
    .map(([key, value]) => ` ${key}=${String(value)}`)
    .join('')}`,
  params: { H, K, d, C, scale, ...maskParams(mask) },
  step: { T, pos, row: 0 },
  sizes: {
    q: T * H * d,
    kCache: K * C * d,
    vCache: K * C * d,
    bias: biasLength(maskParams(mask), H),
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
  attentionCase({ H: 4, K: 2, d: 32, T: 40, mask: { prefix: 33 } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 40, mask: { prefix: 1 } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 3, pos: 130, mask: { prefix: 132 } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 9, pos: 20, mask: { prefix: 500 } }),
  attentionCase({ H: 4, K: 2, d: 32, T: 3, pos: 20, mask: { prefix: 7 } }),
  attentionCase({ H: 6, K: 3, d: 10, T: 30, mask: { prefix: 17, window: 6 }, name: 'odd width' }),
  // slopes by head, and a number by distance that is read beyond its reach on both sides
  attentionCase({ H: 6, K: 2, d: 16, T: 21, pos: 50, mask: { bias: 'slopes' } }),
  attentionCase({ H: 6, K: 2, d: 16, T: 4, pos: 150, mask: { bias: 'slopes', window: 40 } }),
  attentionCase({ H: 5, K: 1, d: 16, T: 1, pos: 40, mask: { bias: 'slopes' } }),
  attentionCase({ H: 3, K: 3, d: 10, T: 70, mask: { bias: 'slopes' }, name: 'odd width' }),
  attentionCase({ H: 6, K: 2, d: 16, T: 35, mask: { causal: false, bias: 'distances', reach: 7 } }),
  attentionCase({ H: 4, K: 4, d: 16, T: 3, pos: 160, mask: { causal: false, bias: 'distances', reach: 11 } }),
  attentionCase({ H: 4, K: 2, d: 16, T: 2, pos: 20, mask: { prefix: 22, bias: 'distances', reach: 3 } }),
  attentionCase({ H: 3, K: 1, d: 10, T: 19, mask: { causal: false, bias: 'distances', reach: 30 }, name: 'odd width' }),
]
