// Known-answer cases of attention. Cache rows past pos + T hold large garbage (inputs.ts): a kernel that reads them
// fails.

import type { Case } from './op.ts'

interface Shape {
  H: number
  K: number
  d: number
  T?: number
  pos?: number
  C?: number
  window?: number
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
  window = 0,
  scale = 1 / Math.sqrt(d),
  name,
  nmse = 1e-10,
  range,
}: Shape): Case => ({
  name: `${name ? `${name}: ` : ''}T=${T} H=${H}/${K} d=${d} keys=${pos + T}${window ? ` window=${window}` : ''}`,
  params: { H, K, d, C, scale, window },
  step: { T, pos, row: 0 },
  sizes: { q: T * H * d, kCache: K * C * d, vCache: K * C * d, z: T * H * d, lse: T * H },
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
  attentionCase({ H: 4, K: 2, d: 64, T: 1, pos: 200, window: 32 }),
  attentionCase({ H: 4, K: 2, d: 32, T: 50, pos: 20, window: 16 }),
  attentionCase({ H: 2, K: 1, d: 64, T: 3, pos: 100, window: 1, name: 'sees only itself' }),
  attentionCase({ H: 2, K: 1, d: 64, T: 2, pos: 90, range: 40, scale: 1, name: 'scores near 1e4', nmse: 1e-5 }),
  attentionCase({ H: 2, K: 1, d: 64, T: 20, pos: 0, range: 40, scale: 1, name: 'scores near 1e4', nmse: 1e-5 }),
]
