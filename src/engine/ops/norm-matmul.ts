// rmsnorm and the matmul that reads it, in one launch: chosen by the runtime for few tokens on GPUs,
// where a launch costs more than the norm. All other machines and chunks run the two steps.

import { perElement, plain } from './launch.ts'
import { inBlocks, lanesFor, matmulReference } from './matmul.ts'
import { defineOp, type Case } from './op.ts'
import { rmsnorm } from './rmsnorm.ts'

interface Shape { T?: number; N: number; K: number; bias?: boolean; accumulate?: boolean; stride?: number; offset?: number; eps?: number; scale?: number }

const normCase = ({ T = 1, N, K, bias = false, accumulate = false, stride = N, offset = 0, eps = 1e-5, scale }: Shape): Case => ({
  name: `T=${T} N=${N} K=${K}`,
  params: { K, N, hasBias: Number(bias), accumulate: Number(accumulate), yStride: stride, yOffset: offset, block: 64, eps },
  step: { T, pos: 3, row: 0 },
  sizes: { x: T * K, gain: K, bias: bias ? N : 1, y: T * stride },
  weight: { rows: N, cols: K },
  scale,
})

export const normMatmul = defineOp({
  name: 'norm-matmul',
  args: { x: 'read', gain: 'read', weight: 'weight', bias: 'read', y: 'update' },
  variants: [
    {
      name: 'norm-matmul-lanes', accepts: ({ T }) => T <= 4,
      fits: (context) => context.kind === 'gpu' && inBlocks(context),
      passes: ({ params }) => {
        const lanes = lanesFor(params['K']!)
        return [{ shader: 'norm-matmul-lanes', overrides: { lanes }, workgroups: ({ N }, { T }) => T * Math.ceil((N! * lanes) / 256) }]
      },
    },
    plain('norm-matmul', perElement(({ N }, { T }) => T * N!)),
  ],
  reference(args) {
    const { x, gain } = args.tensors
    const y = new Float32Array(x!.length)
    rmsnorm.reference({ ...args, tensors: { x: x!, gain: gain!, y }, params: { D: args.params['K']!, eps: args.params['eps']!, R: 1 } })
    matmulReference({ ...args, tensors: { ...args.tensors, x: y } })
  },
  cases: [
    normCase({ T: 2, N: 19, K: 192, bias: true, stride: 24, offset: 3 }),
    normCase({ T: 1, N: 70, K: 576, accumulate: true }),
    normCase({ T: 4, N: 5, K: 2176 }),
    normCase({ T: 2, N: 33, K: 96, eps: 1e-6, scale: 1e-3 }),
    normCase({ T: 3, N: 6, K: 33, bias: true }),
    normCase({ T: 7, N: 3, K: 64 }),
  ],
})
