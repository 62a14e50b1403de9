// What each head does on this text, row by row: self, previous token, induction, entropy, distance, sink, and how many keys
// the row sees.

import { ANY_HEAD, hiddenBy, type MaskedEdges } from './masked-edges.ts'
import { cached, packedCases } from './cache-format.ts'
import { masked, plain } from './launch.ts'
import { biasAt, biasLength, capOf, maskEnd, maskParams, maskStart, type Mask } from './mask.ts'
import { defineOp, type Case } from './op.ts'

/** Numbers per row and head. */
export const HEAD_STATS = 9

const statsCase = (
  name: string,
  H: number,
  K: number,
  d: number,
  T: number,
  mask: Partial<Mask> = {},
  r0 = 0,
  maskedEdges: readonly MaskedEdges[] = [],
  prefix = mask.causal === false ? T : 0,
  cap = 0,
): Case => ({
  name,
  step: { T, pos: 0, row: 0, prefix: 0 },
  params: {
    H,
    K,
    d,
    C: T + 2,
    scale: d ** -0.5,
    cap,
    ...maskParams(mask),
    prefix,
    rows: T,
    r0,
    r1: T,
    count: maskedEdges.length,
  },
  maskedEdges,
  sizes: {
    q: T * H * d,
    lse: T * H,
    bias: biasLength({ ...maskParams(mask), C: T + 2 }, H),
    kCache: K * (T + 2) * d,
    stats: (T - r0) * H * HEAD_STATS,
  },
  nmse: 1e-9,
  ids: Array.from({ length: T }, (_, i) => (i * i) % 5),
})

export const headStats = defineOp({
  name: 'head-stats',
  args: { q: 'read', lse: 'read', kCache: 'read', bias: 'read', ids: 'ids', maskedEdges: 'ids', stats: 'write' },
  variants: [masked(cached(plain('head-stats', ({ r0, r1, H }) => Math.ceil(((r1! - r0!) * H!) / 64))))],
  reference({ tensors: { q, lse, kCache, bias, stats }, ids, maskedEdges, params }) {
    const { H, K, d, C, scale, cap, prefix, rows, r0, r1, count } = params as Record<
      'H' | 'K' | 'd' | 'C' | 'scale' | 'cap' | 'prefix' | 'rows' | 'r0' | 'r1' | 'count',
      number
    >
    const hidden = hiddenBy(maskedEdges!, count)
    for (let r = r0; r < r1; r++) {
      for (let h = 0; h < H; h++) {
        const at = (r % rows) * H + h,
          group = Math.floor(h / (H / K)) * C
        const out = new Float64Array(HEAD_STATS)
        for (let c = maskStart(params, r); c < maskEnd(params, r, prefix); c++) {
          if (hidden(h, r, c)) continue
          out[8]!++
          let s = 0
          for (let j = 0; j < d; j++) s += q![at * d + j]! * kCache![(group + c) * d + j]!
          const p = Math.exp(capOf(cap, s * Math.fround(scale)) + biasAt(params, bias, h, r, c) - lse![at]!)
          if (c === 0) {
            out[7] = p
            continue
          }
          if (c === r) out[0] = p
          if (c === r - 1) out[1] = p
          if (ids![c - 1] === ids![r]) {
            out[2]! += p
            out[3] = 1
          }
          if (p > 0) out[4]! -= p * Math.log(p)
          out[5]! += p * Math.abs(r - c)
          out[6]! += p * (r - c) ** 2
        }
        stats!.set(out, ((r - r0) * H + h) * HEAD_STATS)
      }
    }
  },
  cases: [
    statsCase('small', 4, 2, 8, 7),
    ...packedCases(statsCase('small', 4, 2, 10, 7)),
    statsCase('odd heads', 9, 3, 10, 40),
    statsCase('window, later rows', 2, 1, 64, 50, { window: 9 }, 20),
    statsCase('masked: one head, every head, a whole row', 4, 2, 8, 30, {}, 0, [
      [2, 10, 25, 0, 12],
      [ANY_HEAD, 8, 30, 3, 8],
      [1, 20, 21, 0, 30],
    ]),
    statsCase('masked in a window, later rows', 2, 2, 16, 40, { window: 11 }, 12, [
      [0, 0, 40, 20, 29],
      [ANY_HEAD, 14, 15, 0, 40],
    ]),
    statsCase('by keys', 3, 1, 8, 21, { bias: 'keys' }, 3),
    statsCase('a bias for each pair', 3, 3, 8, 9, { causal: false, bias: 'pairs', reach: 10 }),
    statsCase('keys ahead, slopes', 4, 2, 8, 21, { causal: false, bias: 'slopes' }, 3),
    statsCase(
      'a prefix, by distance, capped',
      2,
      1,
      8,
      21,
      { prefixed: true, window: 12, bias: 'distances', reach: 4 },
      0,
      [],
      8,
      0.4,
    ),
  ],
})
