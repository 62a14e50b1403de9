// The way back through norm-heads: gradients of normed queries and keys, part by part, become those of the numbers before.

import { plain } from '../launch.ts'
import { normKinds } from '../matmul/fused.ts'
import { normHeads } from '../norm-heads.ts'
import { defineOp } from '../op.ts'
import { layernormBack } from './layernorm-back.ts'
import { rmsnormBack } from './rmsnorm-back.ts'

export const normHeadsBack = defineOp({
  name: 'norm-heads-back',
  args: { x: 'read', qGain: 'read', kGain: 'read', dx: 'update' },
  variants: [
    {
      ...plain('training/norm-heads-back', ({ RQ, RK }, { T }) => Math.ceil((T * (RQ! + RK!)) / 4)),
      name: 'norm-heads-back',
    },
  ],
  reference({ tensors: { x, qGain, kGain, dx }, params, step: { T } }) {
    const { N, RQ, DQ, RK, DK, norm, eps, own } = params as Record<
      'N' | 'RQ' | 'DQ' | 'RK' | 'DK' | 'norm' | 'eps' | 'own',
      number
    >
    const op = norm === normKinds.rmsnorm ? rmsnormBack : layernormBack
    for (let t = 0; t < T; t++) {
      for (const [from, R, D, gain] of [
        [0, RQ, DQ, qGain!],
        [RQ * DQ, RK, DK, kGain!],
      ] as const) {
        const at = t * N + from
        const part = dx!.subarray(at, at + R * D)
        op.reference({
          tensors: { x: x!.subarray(at, at + R * D), gain, dy: part.slice(), dx: part },
          params: { D, R, own, eps, accumulate: 0 },
          step: { T: 1, pos: 0, row: 0, prefix: 0 },
        })
      }
    }
  },
  cases: normHeads.cases
    .filter(({ shift, scale }) => shift === undefined && scale === undefined)
    .map(({ name, params: { hasBias: _, ...params }, step, sizes }) => ({
      name: name!,
      params,
      step,
      sizes: { x: sizes['x']!, qGain: sizes['qGain']!, kGain: sizes['kGain']!, dx: sizes['x']! },
    })),
})
