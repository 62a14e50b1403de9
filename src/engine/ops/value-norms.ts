// How much an attention edge carries: |W_O v|², for every head and key. Beside the attention weight it says
// what an edge can add to the residual (Kobayashi et al. 2020).

import { cached, packedCases } from './cache-format.ts'
import { plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const normsCase = (name: string, H: number, K: number, d: number, keys: number, rows: number, more = 0): Case => ({
  name,
  params: { H, K, d, C: keys + 3, keys, rows, more },
  step: { T: 1, pos: 0, row: 0, prefix: 0 },
  sizes: { w: rows * H * d, vCache: K * (keys + 3) * d, y: H * keys },
  nmse: 1e-10,
})

export const valueNorms = defineOp({
  name: 'value-norms',
  args: { w: 'read', vCache: 'read', y: 'update' },
  variants: [
    cached({
      ...plain('value-norms', ({ H, keys }) => H! * Math.ceil(keys! / 8)),
      fits: ({ params }) => params['d']! <= 256,
    }),
  ],
  reference({ tensors: { w, vCache, y }, params }) {
    const { H, K, d, C, keys, rows, more } = params as Record<'H' | 'K' | 'd' | 'C' | 'keys' | 'rows' | 'more', number>
    for (let h = 0; h < H; h++) {
      for (let key = 0; key < keys; key++) {
        const v = (Math.floor(h / (H / K)) * C + key) * d
        let sum = 0
        for (let n = 0; n < rows; n++) {
          let dot = 0
          for (let j = 0; j < d; j++) dot += w![(n * H + h) * d + j]! * vCache![v + j]!
          sum += dot * dot
        }
        y![h * keys + key] = sum + (more ? y![h * keys + key]! : 0)
      }
    }
  },
  cases: [
    normsCase('small', 4, 2, 8, 5, 12),
    normsCase('another band, odd sizes', 6, 3, 10, 7, 65, 1),
    ...packedCases(normsCase('odd sizes', 6, 3, 10, 7, 65)),
    normsCase('one group', 3, 1, 64, 33, 150),
    normsCase('wide heads', 2, 1, 256, 9, 70),
  ],
})
