// LayerNorm over rows of D, with a bias or without; R rows per token (1 for block norms, heads for q and k norms).

import { plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const one = (
  name: string,
  T: number,
  D: number,
  more: { R?: number; hasBias?: number; eps?: number; scale?: number; shift?: number; nmse?: number } = {},
): Case => {
  const { R = 1, hasBias = 1, eps = 1e-5, ...inputs } = more
  return {
    name,
    params: { D, eps, R, hasBias },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: { x: T * R * D, gain: D, bias: D, y: T * R * D },
    ...inputs,
  }
}

export const layernorm = defineOp({
  name: 'layernorm',
  args: { x: 'read', gain: 'read', bias: 'read', y: 'write' },
  variants: [
    {
      ...plain('layernorm-thread', ({ R }, { T }) => Math.ceil((T * R!) / 4)),
      fits: ({ kind }) => kind === 'software',
    },
    plain('layernorm', ({ R }, { T }) => T * R!),
  ],
  reference({ tensors: { x, gain, bias, y }, params, step: { T } }) {
    const [D, eps, R, hasBias] = [params['D']!, Math.fround(params['eps']!), params['R']!, params['hasBias']!]
    for (let r = 0; r < T * R; r++) {
      const row = x!.subarray(r * D, (r + 1) * D)
      let mean = 0,
        spread = 0
      for (const v of row) mean += v / D
      for (const v of row) spread += (v - mean) ** 2 / D
      const scale = 1 / Math.sqrt(spread + eps)
      for (let i = 0; i < D; i++) y![r * D + i] = (row[i]! - mean) * scale * gain![i]! + (hasBias ? bias![i]! : 0)
    }
  },
  cases: [
    one('bias', 3, 70),
    one('no bias, two rows each', 2, 70, { R: 2, hasBias: 0 }),
    one('one column: only the bias is left', 2, 1),
    one('three columns', 2, 3, { R: 5 }),
    one('tiny values: eps decides', 2, 576, { scale: 1e-8, hasBias: 0 }),
    one('large values', 2, 2048, { scale: 1e4 }),
    one('far from zero', 3, 768, { shift: 300 }),
    one('wide', 1, 8192),
  ],
})
