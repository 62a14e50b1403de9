// What a token's experts say, each as much as it was chosen for.

import { perElement, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const combineCase = (T: number, top: number, D: number): Case => ({
  name: `T=${T} ${top} of width ${D}`,
  params: { D, top },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { y: T * top * D, weights: T * top, out: T * D },
})

export const combine = defineOp({
  name: 'combine',
  args: { y: 'read', weights: 'read', out: 'write' },
  variants: [
    plain(
      'combine',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { y, weights, out }, params, step: { T } }) {
    const { D, top } = params as Record<'D' | 'top', number>
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < D; i++) {
        let sum = 0
        for (let j = 0; j < top; j++) sum += weights![t * top + j]! * y![(t * top + j) * D + i]!
        out![t * D + i] = sum
      }
    }
  },
  cases: [combineCase(2, 2, 10), combineCase(7, 8, 67), combineCase(1, 1, 130), combineCase(3, 5, 33)],
})
