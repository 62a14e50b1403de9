// A sum that starts afresh: y = keep a + by delta. What a branch gives, on something else than the residual as it stands
// (post-norm: BERT, GPT-1; a residual that was normed: BLOOM, ChatGLM-6B).

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const mix = defineOp({
  name: 'mix',
  args: { a: 'read', delta: 'read', y: 'write' },
  variants: [
    plain(
      'mix',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { a, delta, y }, params, step: { T } }) {
    const n = T * params['D']!
    const [keep, by] = [Math.fround(params['keep']!), Math.fround(params['by']!)]
    for (let i = 0; i < n; i++) y![i] = keep * a![i]! + by * delta![i]!
  },
  cases: [
    {
      params: { D: 10, keep: 1, by: 1 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { a: 40, delta: 40, y: 30 },
    },
    {
      name: 'weighed, several workgroups',
      params: { D: 101, keep: 7.4833, by: 0.5 },
      step: { T: 5, pos: 7, row: 0, prefix: 0 },
      sizes: { a: 505, delta: 505, y: 505 },
    },
    {
      name: 'without the branch',
      params: { D: 33, keep: 2.5, by: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { a: 66, delta: 66, y: 66 },
    },
  ],
})
