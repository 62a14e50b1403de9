// LayerNorm over rows of D, with a bias or without; R rows per token (1 for block norms, heads for q
// and k norms). All rows have one gain and bias, or where `own` is 1 each of the R has its own: gain and bias (R, D).

import { perSubgroup, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const one = (
  name: string,
  T: number,
  D: number,
  more: {
    R?: number
    own?: number
    hasBias?: number
    eps?: number
    scale?: number
    shift?: number
    nmse?: number
  } = {},
): Case => {
  const { R = 1, own = 0, hasBias = 1, eps = 1e-5, ...inputs } = more
  return {
    name,
    params: { D, eps, R, own, hasBias },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: { x: T * R * D, gain: (own ? R : 1) * D, bias: (own ? R : 1) * D, y: T * R * D },
    ...inputs,
  }
}

export const layernorm = defineOp({
  name: 'layernorm',
  args: { x: 'read', gain: 'read', bias: 'read', y: 'write' },
  variants: [
    perSubgroup('layernorm-share', 'D', ({ R }, { T }) => T * R!),
    {
      ...plain('layernorm-thread', ({ R }, { T }) => Math.ceil((T * R!) / 4)),
      fits: ({ kind }) => kind === 'software',
    },
    plain('layernorm', ({ R }, { T }) => T * R!),
  ],
  reference({ tensors: { x, gain, bias, y }, params, step: { T } }) {
    const { D, R, own, hasBias } = params as Record<'D' | 'R' | 'own' | 'hasBias', number>
    const eps = Math.fround(params['eps']!)
    for (let r = 0; r < T * R; r++) {
      const row = x!.subarray(r * D, (r + 1) * D)
      let mean = 0,
        spread = 0
      for (const v of row) mean += v / D
      for (const v of row) spread += (v - mean) ** 2 / D
      const scale = 1 / Math.sqrt(spread + eps)
      const g = own ? (r % R) * D : 0
      for (let i = 0; i < D; i++) {
        y![r * D + i] = (row[i]! - mean) * scale * gain![g + i]! + (hasBias ? bias![g + i]! : 0)
      }
    }
  },
  cases: [
    one('bias', 3, 70),
    one('no bias, two rows each', 2, 70, { R: 2, hasBias: 0 }),
    one('one column: only the bias is left', 2, 1),
    one('three columns', 2, 3, { R: 5 }),
    one('four columns', 2, 4, { R: 5 }),
    one('tiny values: eps decides', 2, 576, { scale: 1e-8, hasBias: 0 }),
    one('large values', 2, 2048, { scale: 1e4 }),
    one('far from zero', 3, 768, { shift: 300 }),
    one('wide', 1, 8192),
    one('gain and bias of its own for each of three heads', 4, 21, { R: 3, own: 1 }),
    one('gain and bias of its own for each of five heads', 2, 36, { R: 5, own: 1 }),
    one('gain of its own for each of two heads, no bias', 3, 70, { R: 2, own: 1, hasBias: 0 }),
  ],
})
