// dx = dy W: a matmul the other way round, W read from the very planes that the forward reads, in any storage format. Of a
// weight that is split by rows each part adds what its rows give.

import { defineOp, type Case } from '../op.ts'
import { perElement, plain, softwareLanes } from '../launch.ts'
import { inRuns, tiles } from '../matmul/layout.ts'
import { dequantRow } from '../../quants/weight.ts'

const backCase = (
  name: string,
  shape: { T: number; N: number; K: number; accumulate?: number; yStride?: number; yOffset?: number },
): Case => {
  const { T, N, K, accumulate = 0, yStride = N, yOffset = 0 } = shape
  return {
    name,
    params: { K, N, accumulate, yStride, yOffset, block: 64, rowStart: 0, rows: N },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: { dy: T * yStride, dx: T * K },
    weight: { rows: N, cols: K },
  }
}

export const matmulBack = defineOp({
  name: 'matmul-back',
  args: { dy: 'read', weight: 'weight', dx: 'update' },
  variants: [
    {
      name: 'matmul-back-octs',
      fits: inRuns,
      accepts: () => true,
      passes: ({ kind, features }) => {
        const threads = kind === 'software' ? softwareLanes(features) : 32
        return [
          {
            shader: 'training/matmul-back-octs',
            overrides: { threads },
            workgroups: ({ K }, { T }) => tiles(K! / 8, threads) * tiles(T, 8),
          },
        ]
      },
    },
    {
      ...plain(
        'training/matmul-back',
        perElement(({ K }, { T }) => T * K!),
      ),
      name: 'matmul-back-any',
    },
  ],
  segment: ({ rowStart, rows, yOffset, accumulate }) => ({
    N: rows!,
    yOffset: yOffset! + rowStart!,
    accumulate: rowStart! > 0 ? 1 : accumulate!,
  }),
  reference({ tensors: { dy, dx }, weight, params, step: { T } }) {
    const { K, N, accumulate, yStride, yOffset } = params as Record<
      'K' | 'N' | 'accumulate' | 'yStride' | 'yOffset',
      number
    >
    const row = new Float32Array(K)
    const sums = new Float64Array(T * K)
    for (let n = 0; n < N; n++) {
      dequantRow(weight!, n, row)
      for (let t = 0; t < T; t++) {
        const d = dy![t * yStride + yOffset + n]!
        for (let k = 0; k < K; k++) sums[t * K + k]! += d * row[k]!
      }
    }
    for (let i = 0; i < T * K; i++) dx![i] = (accumulate ? dx![i]! : 0) + sums[i]!
  },
  cases: [
    backCase('a few rows', { T: 3, N: 19, K: 64 }),
    backCase('super-blocks', { T: 3, N: 5, K: 256 }),
    backCase('added to what stands there, more tokens than a thread has', { T: 21, N: 33, K: 192, accumulate: 1 }),
    backCase('a part of stacked rows', { T: 9, N: 16, K: 128, yStride: 50, yOffset: 7 }),
    backCase('odd width, added', { T: 5, N: 7, K: 21, accumulate: 1, yStride: 9, yOffset: 2 }),
    backCase('one row', { T: 1, N: 1, K: 32 }),
  ],
})
