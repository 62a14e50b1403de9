// The way back through the experts of each token (ops/expert-matmul.ts): dx[t] = sum over those chosen of W_e^T dy[t, j], or
// for each its own. Of a weight that is split by rows each part adds what its rows give.

import { dequantRow } from '../../quants/weight.ts'
import { expertMatmul } from '../expert-matmul.ts'
import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const expertMatmulBack = defineOp({
  name: 'expert-matmul-back',
  args: { dy: 'read', chosen: 'read', weight: 'weight', dx: 'update' },
  variants: [
    {
      ...plain(
        'training/expert-matmul-back',
        perElement(({ K, top, each }, { T }) => T * K! * (each ? top! : 1)),
      ),
      name: 'expert-matmul-back',
    },
  ],
  segment: ({ rowStart, accumulate }) => ({ accumulate: rowStart! > 0 ? 1 : accumulate! }),
  reference({ tensors: { dy, chosen, dx }, weight, params, step: { T } }) {
    const { K, N, top, each, accumulate } = params as Record<'K' | 'N' | 'top' | 'each' | 'accumulate', number>
    const rowStart = params['rowStart'] ?? 0
    const row = new Float32Array(K)
    const sums = new Float64Array(T * K * (each ? top : 1))
    for (let pick = 0; pick < T * top; pick++) {
      const to = (each ? pick : Math.floor(pick / top)) * K
      for (let n = 0; n < N; n++) {
        const r = chosen![pick]! * N + n - rowStart
        if (r < 0 || r >= weight!.rows) continue
        dequantRow(weight!, r, row)
        for (let k = 0; k < K; k++) sums[to + k]! += dy![pick * N + n]! * row[k]!
      }
    }
    for (let i = 0; i < sums.length; i++) dx![i] = (accumulate ? dx![i]! : 0) + sums[i]!
  },
  cases: expertMatmul.cases
    .filter(({ params }) => params['K']! < 1000)
    .map(({ name, params, step, sizes, weight }, i) => ({
      name: name!,
      params: { ...params, accumulate: i % 2 },
      step,
      sizes: { dy: sizes['y']!, chosen: sizes['chosen']!, dx: sizes['x']! },
      weight: weight!,
    })),
})
