// The gradients of a norm's gain and bias: dgain = sum over the rows of dy n, dbias = sum of dy, n the normed row. Rows may be parts
// of longer ones: R of them from `offset` on, every `stride` numbers. Either may stay: `gain`, `bias` 0.

import { perElement, plain } from '../launch.ts'
import { normKinds } from '../matmul/fused.ts'
import { defineOp, type Case } from '../op.ts'

interface Shape {
  T: number
  D: number
  R?: number
  own?: 0 | 1
  norm?: 'rmsnorm' | 'layernorm'
  at?: number
  /** where the bias's begin; left out: it does not learn */
  biasAt?: number
  gain?: 0 | 1
  stride?: number
  offset?: number
  shift?: number
}

const gainCase = (name: string, shape: Shape): Case => {
  const { T, D, R = 1, own = 0, norm = 'rmsnorm', at = 0, biasAt, gain = 1, stride = R * D, offset = 0, shift } = shape
  const width = own ? R * D : D
  return {
    name,
    params: {
      ...{ D, eps: 1e-5, R, own, norm: normKinds[norm], stride, offset },
      ...{ gain, at, bias: Number(biasAt !== undefined), biasAt: biasAt ?? 0 },
    },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: { x: T * stride, dy: T * stride, dw: Math.max(at, biasAt ?? 0) + width },
    ...(shift !== undefined && { shift, nmse: 1e-9 }),
  }
}

export const normGainBack = defineOp({
  name: 'norm-gain-back',
  args: { x: 'read', dy: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/norm-gain-back',
        perElement(({ D, R, own }) => D! * (own ? R! : 1)),
      ),
      name: 'norm-gain-back',
    },
  ],
  reference({ tensors: { x, dy, dw }, params, step: { T } }) {
    const { D, R, own, norm, stride, offset, gain, at, bias, biasAt } = params as Record<string, number> & {
      [K in 'D' | 'R' | 'own' | 'norm' | 'stride' | 'offset' | 'gain' | 'at' | 'bias' | 'biasAt']: number
    }
    const eps = Math.fround(params['eps']!)
    const width = own ? R * D : D
    const [gains, biases] = [new Float64Array(width), new Float64Array(width)]
    for (let row = 0; row < T * R; row++) {
      const first = Math.floor(row / R) * stride + offset + (row % R) * D
      const g = own ? (row % R) * D : 0
      let [mean, squares] = [0, 0]
      if (norm === normKinds.layernorm) for (let i = 0; i < D; i++) mean += x![first + i]! / D
      for (let i = 0; i < D; i++) squares += (x![first + i]! - mean) ** 2
      const r = 1 / Math.sqrt(squares / D + eps)
      for (let i = 0; i < D; i++) {
        gains[g + i]! += dy![first + i]! * (x![first + i]! - mean) * r
        biases[g + i]! += dy![first + i]!
      }
    }
    for (let i = 0; i < width; i++) {
      if (gain) dw![at + i]! += gains[i]!
      if (bias) dw![biasAt + i]! += biases[i]!
    }
  },
  cases: [
    gainCase('small', { T: 3, D: 10 }),
    gainCase('heads with gains of their own, behind others', { T: 5, D: 21, R: 3, own: 1, at: 64 }),
    gainCase('a bias, far from zero', { T: 7, D: 70, norm: 'layernorm', biasAt: 128, shift: 10 }),
    gainCase('the bias alone', { T: 4, D: 10, norm: 'layernorm', gain: 0, biasAt: 3 }),
    gainCase('parts of stacked rows', {
      T: 5,
      D: 9,
      R: 2,
      stride: 50,
      offset: 13,
      norm: 'layernorm',
      at: 7,
      biasAt: 64,
    }),
  ],
})
