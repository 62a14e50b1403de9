// Writes the chunk's keys and values into the cache at their absolute positions.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const append = defineOp({
  name: 'append',
  args: { k: 'read', v: 'read', kCache: 'update', vCache: 'update' },
  variants: [
    plain(
      'append',
      perElement(({ K, d }, { T }) => T * K! * d!),
    ),
  ],
  reference({ tensors: { k, v, kCache, vCache }, params, step: { T, pos } }) {
    const { K, d, C } = params as Record<'K' | 'd' | 'C', number>
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < K; h++) {
        const from = (t * K + h) * d
        kCache!.set(k!.subarray(from, from + d), (h * C + pos + t) * d)
        vCache!.set(v!.subarray(from, from + d), (h * C + pos + t) * d)
      }
    }
  },
  cases: [
    {
      params: { K: 2, d: 6, C: 9 },
      step: { T: 3, pos: 4, row: 0, prefix: 0 },
      sizes: { k: 36, v: 36, kCache: 108, vCache: 108 },
      nmse: 0,
    },
    {
      name: 'fills the cache',
      params: { K: 3, d: 64, C: 7 },
      step: { T: 7, pos: 0, row: 0, prefix: 0 },
      sizes: { k: 1344, v: 1344, kCache: 1344, vCache: 1344 },
      nmse: 0,
    },
  ],
})
