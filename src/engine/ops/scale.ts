// Every number of a row times a factor, in place: one for all, and one for each column where `each` is 1. Then held within
// ±cap by tanh (Gemma 2's logits), then cut to ±limit (OLMoE's projections); 0 is neither.

import { perElement, plain } from './launch.ts'
import { capOf } from './mask.ts'
import { defineOp, type Case } from './op.ts'

const scaleCase = (
  name: string,
  T: number,
  N: number,
  { by = 1, each = 0, cap = 0, limit = 0 }: Partial<Record<'by' | 'each' | 'cap' | 'limit', number>>,
): Case => ({
  name,
  params: { N, by, each, cap, limit },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { x: (T + 1) * N, factors: each ? N : 1 },
  scale: 4,
})

export const scale = defineOp({
  name: 'scale',
  args: { x: 'update', factors: 'read' },
  variants: [
    plain(
      'scale',
      perElement(({ N }, { T }) => T * N!),
    ),
  ],
  reference({ tensors: { x, factors }, params, step: { T } }) {
    const { N, by, each, cap, limit } = params as Record<'N' | 'by' | 'each' | 'cap' | 'limit', number>
    for (let i = 0; i < T * N; i++) {
      const y = capOf(cap, x![i]! * Math.fround(by) * (each ? factors![i % N]! : 1))
      x![i] = limit ? Math.min(limit, Math.max(-limit, y)) : y
    }
  },
  cases: [
    scaleCase('a factor', 3, 10, { by: 5.65 }),
    scaleCase('a factor for each column', 5, 101, { by: 0.5, each: 1 }),
    scaleCase('capped', 4, 70, { by: 3, cap: 2 }),
    scaleCase('cut', 2, 33, { limit: 1.5 }),
    scaleCase('all at once, far beyond the cap', 3, 65, { by: 1e6, each: 1, cap: 30, limit: 29 }),
  ],
})
