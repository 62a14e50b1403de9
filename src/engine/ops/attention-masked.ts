// Attention with edges masked: what runs while a reader asks "what if this head could not see that word?".

import { ANY_HEAD, hiddenBy, type MaskedEdges } from './masked-edges.ts'
import { cached, packedCases } from './cache-format.ts'
import { masked, perElement, plain } from './launch.ts'
import { biasAt, biasLength, capOf, maskEnd, maskParams, maskStart, type Mask } from './mask.ts'
import { defineOp, type Case } from './op.ts'

const maskedCase = (
  name: string,
  H: number,
  K: number,
  d: number,
  T: number,
  pos: number,
  maskedEdges: readonly MaskedEdges[],
  mask: Partial<Mask> = {},
  prefix = mask.causal === false ? pos + T : 0,
  cap = 0,
): Case => ({
  name,
  step: { T, pos, row: 0, prefix },
  params: { H, K, d, C: pos + T + 2, scale: d ** -0.5, cap, ...maskParams(mask), count: maskedEdges.length },
  sizes: {
    q: T * H * d,
    kCache: K * (pos + T + 2) * d,
    vCache: K * (pos + T + 2) * d,
    bias: biasLength({ ...maskParams(mask), C: pos + T + 2 }, H),
    z: T * H * d,
    lse: T * H,
  },
  maskedEdges,
  nmse: 1e-10,
})

export const attentionMasked = defineOp({
  name: 'attention-masked',
  oneText: true,
  args: { q: 'read', kCache: 'read', vCache: 'read', bias: 'read', maskedEdges: 'ids', z: 'write', lse: 'write' },
  variants: [
    masked(
      cached(
        plain(
          'attention-masked',
          perElement(({ H }, { T }) => T * H!),
        ),
      ),
    ),
  ],
  reference({ tensors: { q, kCache, vCache, bias, z, lse }, maskedEdges, params, step: { T, pos, prefix } }) {
    const { H, K, d, C, scale, cap, count } = params as Record<
      'H' | 'K' | 'd' | 'C' | 'scale' | 'cap' | 'count',
      number
    >
    const hidden = hiddenBy(maskedEdges!, count)
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < H; h++) {
        const at = (t * H + h) * d,
          group = Math.floor(h / (H / K)) * C,
          query = pos + t
        const keys: number[] = []
        for (let key = maskStart(params, query); key < maskEnd(params, query, prefix); key++) {
          if (!hidden(h, query, key)) keys.push(key)
        }
        const scores = keys.map((key) => {
          let s = 0
          for (let j = 0; j < d; j++) s += q![at + j]! * kCache![(group + key) * d + j]!
          return capOf(cap, s * Math.fround(scale)) + biasAt(params, bias, h, query, key)
        })
        const m = Math.max(...scores, -1e30)
        const l = scores.reduce((sum, s) => sum + Math.exp(s - m), 0)
        for (let j = 0; j < d; j++) {
          z![at + j] = keys.reduce(
            (sum, key, n) => sum + (Math.exp(scores[n]! - m) / l) * vCache![(group + key) * d + j]!,
            0,
          )
        }
        lse![t * H + h] = keys.length ? m + Math.log(l) : Math.fround(-1e30) + Math.fround(Math.log(1e-30))
      }
    }
  },
  cases: [
    maskedCase('one edge of one head', 4, 2, 8, 3, 4, [[1, 5, 6, 2, 3]]),
    maskedCase('an evicted entry, odd heads', 6, 3, 10, 5, 20, [
      [ANY_HEAD, 3, 999, 3, 5],
      [2, 0, 999, 7, 8],
    ]),
    ...packedCases(maskedCase('an edge', 4, 2, 10, 3, 4, [[1, 5, 6, 2, 3]])),
    maskedCase('nothing left to see', 2, 1, 16, 2, 3, [[ANY_HEAD, 0, 99, 0, 99]]),
    maskedCase('nothing masked, in a window', 2, 1, 64, 4, 30, [], { window: 7 }),
    maskedCase('keys ahead', 4, 2, 8, 6, 0, [[ANY_HEAD, 0, 3, 4, 5]], { causal: false, bias: 'distances', reach: 2 }),
    maskedCase('by keys', 4, 2, 8, 6, 3, [[1, 0, 9, 2, 6]], { bias: 'keys' }),
    maskedCase('a prefix, slopes', 4, 2, 8, 6, 3, [[1, 0, 9, 2, 6]], { prefixed: true, window: 5, bias: 'slopes' }, 7),
    maskedCase('a source, capped', 4, 2, 8, 6, 3, [[1, 4, 7, 2, 5]], { causal: false }, 6, 0.3),
  ],
})
