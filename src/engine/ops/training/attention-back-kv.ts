// The gradients of attention's keys and values, side by side: dk = sum of dS q, dv = sum of P dz, over the heads that read a key
// and the tokens that see it, ascending.

import { masked } from '../launch.ts'
import { defineOp } from '../op.ts'
import { attentionBackCases, forPairs, foursVariant, tileVariant } from './attention-back.ts'

export const attentionBackKv = defineOp({
  name: 'attention-back-kv',
  args: {
    q: 'read',
    kCache: 'read',
    vCache: 'read',
    bias: 'read',
    lse: 'read',
    dz: 'read',
    delta: 'read',
    dkv: 'write',
  },
  variants: [
    foursVariant('training/attention-back-kv-fours', 'K'),
    tileVariant('training/attention-back-kv-tile', (_, { T }) => T),
    masked({
      name: 'attention-back-kv',
      fits: ({ params }) => params['d']! <= 256,
      accepts: () => true,
      passes: () => [{ shader: 'training/attention-back-kv', workgroups: ({ K }, { T }) => T * K! }],
    }),
  ],
  reference(args) {
    const { q, dz, dkv } = args.tensors
    const { H, K, d } = args.params as Record<'H' | 'K' | 'd', number>
    const sums = new Float64Array(dkv!.length)
    forPairs(args, (t, h, key, p, change) => {
      const from = (t * H + h) * d,
        at = (key * 2 * K + Math.floor(h / (H / K))) * d
      for (let i = 0; i < d; i++) {
        sums[at + i]! += change * q![from + i]!
        sums[at + K * d + i]! += p * dz![from + i]!
      }
    })
    dkv!.set(sums)
  },
  cases: attentionBackCases(({ T, K, d }) => ({ dkv: T * 2 * K * d })),
})
