// The gradient of attention's queries: dq = sum over the keys it sees of dS k. Queries and keys have a pass each, which makes
// the scores twice and needs no atomics (FlashAttention-2 adds one of the two atomically).

import { masked } from '../launch.ts'
import { defineOp } from '../op.ts'
import { attentionBackCases, forPairs, foursVariant, tileVariant } from './attention-back.ts'

export const attentionBackQ = defineOp({
  name: 'attention-back-q',
  args: {
    q: 'read',
    kCache: 'read',
    vCache: 'read',
    bias: 'read',
    lse: 'read',
    dz: 'read',
    delta: 'read',
    dq: 'write',
  },
  variants: [
    foursVariant('training/attention-back-q-fours', 'H'),
    tileVariant('training/attention-back-q-tile', ({ H, K }, { T }) => (T * H!) / K!),
    masked({
      name: 'attention-back-q',
      fits: ({ params }) => params['d']! <= 256,
      accepts: () => true,
      passes: () => [{ shader: 'training/attention-back-q', workgroups: ({ H }, { T }) => T * H! }],
    }),
  ],
  reference(args) {
    const { kCache, dq } = args.tensors
    const { H, K, d, C } = args.params as Record<'H' | 'K' | 'd' | 'C', number>
    const sums = new Float64Array(dq!.length)
    forPairs(args, (t, h, key, _, change) => {
      const from = (Math.floor(h / (H / K)) * C + key) * d
      for (let i = 0; i < d; i++) sums[(t * H + h) * d + i]! += change * kCache![from + i]!
    })
    dq!.set(sums)
  },
  cases: attentionBackCases(({ T, H, d }) => ({ dq: T * H * d })),
})
