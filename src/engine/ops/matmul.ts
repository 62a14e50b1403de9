// y = x W^T + bias, W in any storage format. The op nearly all time is spent in.

import { dequantRow, quantOf } from '../quants/weight.ts'
import { perElement, plain } from './launch.ts'
import { matmulCases } from './matmul.cases.ts'
import { defineOp, type ReferenceArgs, type Variant, type VariantContext } from './op.ts'

function matmulReference({ tensors: { x, bias, y }, weight, params, step: { T } }: ReferenceArgs): void {
  const { K, N, hasBias, accumulate, yStride, yOffset } = params as Record<
    'K' | 'N' | 'hasBias' | 'accumulate' | 'yStride' | 'yOffset',
    number
  >
  const row = new Float32Array(K)
  for (let n = 0; n < N; n++) {
    dequantRow(weight!, n, row)
    for (let t = 0; t < T; t++) {
      const at = t * yStride + yOffset + n
      let sum = (accumulate ? y![at]! : 0) + (hasBias ? bias![n]! : 0)
      for (let k = 0; k < K; k++) sum += row[k]! * x![t * K + k]!
      y![at] = sum
    }
  }
}

/** Can the weight be read 32 columns at a time? */
const inRuns = ({ params, format }: VariantContext): boolean =>
  format !== null && quantOf(format).inRuns({ cols: params['K']!, block: params['block']! })
const tiles = (n: number, m: number): number => Math.ceil(n / m)
const few: Variant['accepts'] = ({ T }) => T <= 4

/** How many threads share a row: the most of which nine tenths have work in every round. */
export function lanesFor(K: number): number {
  const blocks = K / 32
  return [32, 16, 8].find((lanes) => blocks / (tiles(blocks, lanes) * lanes) >= 0.9) ?? 4
}

const variants: Variant[] = [
  {
    name: 'matmul-pairs',
    accepts: few,
    fits: (context) =>
      context.kind === 'software' &&
      inRuns(context) &&
      !!quantOf(context.format!).bytePairs &&
      context.params['N']! >= 256,
    passes: () => [
      { shader: 'matmul-pairs-table', workgroups: ({ K }, { T }) => tiles(T * K! * 8, 64) },
      { shader: 'matmul-pairs', workgroups: ({ N }, { T }) => T * tiles(N!, 16) },
    ],
    scratchBytes: ({ K }, maxT) => Math.min(maxT, 4) * K! * 512,
  },
  {
    name: 'matmul-rows',
    accepts: few,
    fits: (context) => context.kind === 'software' && inRuns(context),
    passes: () => [{ shader: 'matmul-rows', workgroups: ({ N }, { T }) => T * tiles(N!, 32) }],
  },
  {
    name: 'matmul-tokens',
    accepts: ({ T }) => T > 4,
    fits: (context) => context.kind === 'software' && inRuns(context),
    passes: () => [{ shader: 'matmul-tokens', workgroups: ({ N }, { T }) => tiles(T, 8) * tiles(N!, 32) }],
  },
  {
    name: 'matmul-lanes',
    accepts: few,
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: ({ params }) => {
      const lanes = lanesFor(params['K']!)
      return [
        { shader: 'matmul-lanes', overrides: { lanes }, workgroups: ({ N }, { T }) => T * tiles(N!, 256 / lanes) },
      ]
    },
  },
  {
    name: 'matmul-tile',
    accepts: ({ T }) => T > 4,
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: () => [{ shader: 'matmul-tile', workgroups: ({ N }, { T }) => tiles(T, 32) * tiles(N!, 64) }],
  },
  plain(
    'matmul-any',
    perElement(({ N }, { T }) => T * N!),
  ),
]

export const matmul = defineOp({
  name: 'matmul',
  args: { x: 'read', weight: 'weight', bias: 'read', y: 'update' },
  variants,
  segment: ({ rowStart, rows, yOffset }) => ({ N: rows!, yOffset: yOffset! + rowStart! }),
  reference: matmulReference,
  cases: matmulCases,
})
