// A norm and the matmul that reads it in one: y = norm(x) W^T + b. The norm is found again by all who share in x.

import { fewRowsWith, normArgs, normedInput, normKinds } from './matmul/fused.ts'
import { matmul } from './matmul/index.ts'
import { defineOp, type Case } from './op.ts'

interface Shape {
  N: number
  K: number
  norm: keyof typeof normKinds
  bias?: boolean
  accumulate?: boolean
  shift?: boolean
  /** rows of x from this one on */
  row?: number
  from?: number
}

const normCase = ({ N, K, norm, bias = false, accumulate = false, shift = false, row, from = 0 }: Shape): Case => ({
  name: `${norm}: N=${N} K=${K}${bias ? ' bias' : ''}${row === undefined ? '' : ` row ${row}`}`,
  params: {
    ...{ K, N, hasBias: Number(bias), accumulate: Number(accumulate), yStride: N, yOffset: 0, block: 32 },
    ...{ norm: normKinds[norm], eps: 1e-5, hasShift: Number(shift), byRow: Number(row !== undefined) },
  },
  step: { T: 1, pos: 0, row: row ?? 0, prefix: 0 },
  sizes: { x: K * ((row ?? 0) + 1), gain: K, shift: shift ? K : 4, bias: bias ? N : 1, y: N },
  weight: { rows: N, cols: K },
  shift: from,
})

export const normMatmul = defineOp({
  name: 'norm-matmul',
  args: { x: 'read', ...normArgs, weight: 'weight', bias: 'read', y: 'update' },
  // a table of x, made in a pass before, is made of x as it is
  variants: fewRowsWith('norm-matmul', { parts: () => ({ 'matmul-params': 'norm-params' }) }).filter(
    ({ scratchBytes }) => !scratchBytes,
  ),
  segment: matmul.segment!,
  reference(args) {
    const { tensors, params } = args
    matmul.reference({ ...args, tensors: { ...tensors, x: normedInput(args) }, params })
  },
  cases: [
    normCase({ N: 70, K: 256, norm: 'rmsnorm', row: 3 }),
    normCase({ N: 261, K: 256, norm: 'layernorm', bias: true, shift: true }),
    normCase({ N: 33, K: 576, norm: 'rmsnorm', bias: true, accumulate: true }),
    normCase({ N: 19, K: 96, norm: 'layernorm', from: 100 }),
    normCase({ N: 9, K: 4864, norm: 'rmsnorm' }),
    normCase({ N: 7, K: 32, norm: 'layernorm', shift: true, row: 1 }),
  ],
})
