// Norms of q and k where a fused projection has left them: rows of N hold queries, keys and values. Of queries RQ parts of DQ
// are normed, each by itself, of keys behind them RK parts of DK: heads, or all of them as one. In place.

import { layernorm } from './layernorm.ts'
import { plain } from './launch.ts'
import { normKinds } from './matmul/fused.ts'
import { defineOp, type Case, type ReferenceArgs } from './op.ts'
import { rmsnorm } from './rmsnorm.ts'

interface Shape {
  T: number
  q: [parts: number, width: number]
  k: [parts: number, width: number]
  norm: keyof typeof normKinds
  /** every part has a gain of its own */
  own?: boolean
  bias?: boolean
  shift?: number
  scale?: number
  name: string
}

const normCase = ({
  T,
  q: [RQ, DQ],
  k: [RK, DK],
  norm,
  own = false,
  bias = false,
  shift,
  scale,
  name,
}: Shape): Case => {
  const N = RQ * DQ + 2 * RK * DK
  const gains = { qGain: (own ? RQ : 1) * DQ, kGain: (own ? RK : 1) * DK }
  return {
    name: `${name}, ${norm}`,
    params: { ...{ N, RQ, DQ, RK, DK, norm: normKinds[norm], eps: 1e-5, own: Number(own), hasBias: Number(bias) } },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: { x: T * N, ...gains, qBias: bias ? gains.qGain : 4, kBias: bias ? gains.kGain : 4 },
    ...(shift !== undefined && { shift }),
    ...(scale !== undefined && { scale }),
  }
}

/** Norms the parts of one of the two in each row, on the plain references. */
export function normParts(
  { tensors, params, step: { T } }: Pick<ReferenceArgs, 'tensors' | 'params' | 'step'>,
  which: 'q' | 'k',
): void {
  const { N, RQ, DQ, norm, eps, own, hasBias } = params as Record<
    'N' | 'RQ' | 'DQ' | 'norm' | 'eps' | 'own' | 'hasBias',
    number
  >
  const [R, D] = which === 'q' ? [RQ, DQ] : [params['RK']!, params['DK']!]
  const x = tensors['x']!,
    bias = tensors[`${which}Bias`]
  const op = norm === normKinds.rmsnorm ? rmsnorm : layernorm
  for (let t = 0; t < T; t++) {
    const part = x.subarray(t * N + (which === 'q' ? 0 : RQ * DQ)).subarray(0, R * D)
    op.reference({
      tensors: { x: part.slice(), gain: tensors[`${which}Gain`]!, ...(bias && { bias }), y: part },
      params: { D, R, own, eps, hasBias },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
    })
  }
}

export const normHeads = defineOp({
  name: 'norm-heads',
  args: { x: 'update', qGain: 'read', kGain: 'read', qBias: 'read', kBias: 'read' },
  variants: [
    {
      ...plain('norm-heads-thread', ({ RQ, RK }, { T }) => Math.ceil((T * (RQ! + RK!)) / 4)),
      fits: ({ kind }) => kind === 'software',
    },
    plain('norm-heads', ({ RQ, RK }, { T }) => T * (RQ! + RK!)),
  ],
  reference(args) {
    normParts(args, 'q')
    normParts(args, 'k')
  },
  cases: [
    normCase({ T: 3, q: [4, 6], k: [2, 6], norm: 'rmsnorm', name: 'by head' }),
    normCase({ T: 2, q: [5, 9], k: [1, 9], norm: 'layernorm', bias: true, name: 'by head, with biases' }),
    normCase({ T: 2, q: [3, 8], k: [3, 8], norm: 'layernorm', own: true, name: 'a gain for each head' }),
    normCase({ T: 2, q: [1, 96], k: [1, 24], norm: 'rmsnorm', name: 'all heads as one' }),
    normCase({ T: 1, q: [2, 70], k: [1, 70], norm: 'layernorm', shift: 100, name: 'far from zero' }),
    normCase({ T: 1, q: [16, 128], k: [8, 128], norm: 'rmsnorm', scale: 1e-8, name: 'tiny values: eps decides' }),
  ],
})
