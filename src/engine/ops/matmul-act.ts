// matmul and what comes behind it in an MLP: y = act(x W^T + b), or where `gated` is 1 and W's rows are those of gate and
// then of up, y = act(gate) * up. With or without the norm before it.

import { activation } from './activation.ts'
import { activationIndex } from './activations.ts'
import { gluPacked } from './glu-packed.ts'
import { fewRowsWith, noNorm, normArgs, normedInput, normKinds } from './matmul/fused.ts'
import { matmul } from './matmul/index.ts'
import { defineOp, type Case } from './op.ts'

interface Shape {
  T?: number
  F: number
  K: number
  gated?: boolean
  bias?: boolean
  act?: Parameters<typeof activationIndex>[0]
  norm?: keyof typeof normKinds
  scale?: number
}

const actCase = ({ T = 1, F, K, gated = false, bias = false, act = 'silu', norm, scale }: Shape): Case => {
  const N = gated ? 2 * F : F
  return {
    name: `${act}${gated ? ', gated' : ''}: T=${T} F=${F} K=${K}${bias ? ' bias' : ''}`,
    params: {
      K,
      N,
      hasBias: Number(bias),
      block: 32,
      F,
      act: activationIndex(act),
      gated: Number(gated),
      ...noNorm,
      ...(norm && { norm: normKinds[norm], eps: 1e-5, hasShift: Number(norm === 'layernorm') }),
    },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: { x: T * K, ...(norm && { gain: K, shift: K }), bias: bias ? N : 1, y: T * F },
    weight: { rows: N, cols: K },
    ...(scale && { scale }),
  }
}

export const matmulAct = defineOp({
  name: 'matmul-act',
  args: { x: 'read', ...normArgs, weight: 'weight', bias: 'vector', y: 'write' },
  variants: fewRowsWith('matmul-act', {
    parts: ({ gated }) => ({ 'matmul-params': 'act-params', outputs: gated ? 'outputs-gated' : 'outputs-act' }),
  }),
  inOnePiece: true,
  reference(args) {
    const { tensors, weight, params, step } = args,
      { bias, y } = tensors
    const { N, gated } = params as Record<'N' | 'gated', number>
    const sums = new Float32Array(step.T * N)
    matmul.reference({
      tensors: { x: normedInput(args), ...(bias && { bias }), y: sums },
      weight,
      params: { ...params, accumulate: 0, yStride: N, yOffset: 0 },
      step,
    })
    ;(gated ? gluPacked : activation).reference({ tensors: { x: sums, y: y! }, params, step })
  },
  cases: [
    actCase({ F: 160, K: 256, gated: true, bias: true }),
    actCase({ F: 261, K: 256, act: 'gelu', bias: true }),
    actCase({ T: 5, F: 23, K: 256, gated: true }),
    actCase({ T: 3, F: 37, K: 96, gated: true, act: 'gelu_tanh' }),
    actCase({ T: 4, F: 33, K: 64, act: 'relu', bias: true }),
    actCase({ F: 1536, K: 576, gated: true }),
    actCase({ F: 41, K: 32, gated: true, scale: 30 }),
    actCase({ F: 70, K: 576, gated: true, norm: 'rmsnorm' }),
    actCase({ F: 41, K: 96, act: 'gelu', norm: 'layernorm', bias: true }),
  ],
})
