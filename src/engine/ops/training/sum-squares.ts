// The length of all gradients together, and how many of them are not finite: norm = (|g|, count). Fixed order, no atomics.

import { plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const sumSquares = defineOp({
  name: 'sum-squares',
  args: { g: 'read', norm: 'write' },
  variants: [{ ...plain('training/sum-squares', () => 1), name: 'sum-squares' }],
  reference({ tensors: { g, norm }, params }) {
    let [sum, odd] = [0, 0]
    for (let i = 0; i < params['N']!; i++) {
      if (Number.isFinite(g![i]!)) sum += g![i]! ** 2
      else odd++
    }
    norm!.set([Math.sqrt(sum), odd])
  },
  cases: [
    { params: { N: 10 }, step: { T: 1, pos: 0, row: 0, prefix: 0 }, sizes: { g: 12, norm: 2 } },
    { name: 'many', params: { N: 5000 }, step: { T: 1, pos: 0, row: 0, prefix: 0 }, sizes: { g: 5000, norm: 2 } },
    {
      name: 'infinities and a NaN among them',
      params: { N: 300 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { norm: 2 },
      words: {
        g: () =>
          new Uint32Array(
            Float32Array.from({ length: 300 }, (_, i) => (i === 7 ? NaN : i % 100 === 50 ? -Infinity : i / 300)).buffer,
          ),
      },
    },
  ],
})
