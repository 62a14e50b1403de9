// Rows of logits -> entropy, divergence from the final row, best candidates, targets. The logit lens reads only these.

import { plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

/**
 * `ids` holds T entries (which row is the final one of each), then the targets of each row; token ids are exact in f32
 * up to 2^24.
 */
const lensCase = (name: string, T: number, V: number, k: number, targets: number): Case => ({
  name,
  step: { T, pos: 0, row: 0, prefix: 0 },
  params: { V, k, targets, width: 4 + 2 * k + 2 * targets },
  sizes: { x: T * V, stats: T * (4 + 2 * k + 2 * targets) },
  scale: 6,
  nmse: 1e-9,
  ids: [...Array.from({ length: T }, () => T - 1), ...Array.from({ length: T * targets }, (_, i) => (i * 7 + 3) % V)],
})

export const rowStats = defineOp({
  name: 'row-stats',
  args: { x: 'read', ids: 'ids', stats: 'write' },
  variants: [plain('row-stats', (_, { T }) => T)],
  reference({ tensors: { x, stats }, ids, params, step: { T } }) {
    const { V, k, targets, width } = params as Record<'V' | 'k' | 'targets' | 'width', number>
    const logSoftmax = (row: number): { values: Float64Array; max: number; lse: number } => {
      const logits = Float64Array.from(x!.subarray(row * V, (row + 1) * V))
      const max = logits.reduce((a, b) => Math.max(a, b), -Infinity)
      const lse = max + Math.log(logits.reduce((sum, v) => sum + Math.exp(v - max), 0))
      return { values: logits.map((v) => v - lse), max, lse }
    }
    for (let row = 0; row < T; row++) {
      const own = logSoftmax(row),
        last = logSoftmax(ids![row]!)
      const logits = x!.subarray(row * V, (row + 1) * V)
      const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b)
      const entropy = own.values.reduce((sum, a) => sum - Math.exp(a) * a, 0)
      const divergence = last.values.reduce((sum, b, v) => sum + Math.exp(b) * (b - own.values[v]!), 0)
      stats!.set(
        [
          own.max,
          own.lse,
          entropy,
          Math.max(divergence, 0),
          ...order.slice(0, k).flatMap((id) => [id, logits[id]!]),
          ...Array.from(ids!.subarray(T + row * targets, T + (row + 1) * targets)).flatMap((id) => [
            logits[id]!,
            order.indexOf(id),
          ]),
        ],
        row * width,
      )
    }
  },
  cases: [
    lensCase('small', 2, 11, 3, 1),
    lensCase('one row', 1, 97, 5, 2),
    lensCase('vocabulary of 5000', 3, 5000, 10, 3),
  ],
})
