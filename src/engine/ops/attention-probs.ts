// Attention weights of any tile of any heads of a layer, for the pictures. The fused kernel never forms them.

import { ANY_HEAD, hiddenBy, type MaskedEdges } from './masked-edges.ts'
import { defineOp, type Case } from './op.ts'
import { cached, packedCases } from './cache-format.ts'
import { masked, plain } from './launch.ts'
import { biasAt, biasLength, capOf, maskEnd, maskParams, maskStart, type Mask } from './mask.ts'

/** What a cell with no visible query-key pair holds: above the diagonal, outside the window, or masked. */
export const ABSENT = Math.fround(-1e30)

interface Shape {
  H: number
  K: number
  d: number
  T: number
  mask?: Partial<Mask>
  prefix?: number
  cap?: number
  rows?: number
  head?: number
  heads?: number
  r0?: number
  c0?: number
  c1?: number
  pool?: [number, number]
  scores?: number
  maskedEdges?: readonly MaskedEdges[]
  name: string
}

function probsCase({
  H,
  K,
  d,
  T,
  mask = {},
  prefix = mask.causal === false ? T : 0,
  cap = 0,
  rows = T,
  head = 0,
  heads = H,
  r0 = 0,
  c0 = 0,
  c1 = T,
  pool = [1, 1],
  scores = 0,
  maskedEdges = [],
  name,
}: Shape): Case {
  const tileRows = Math.ceil((T - r0) / pool[0]),
    tileCols = Math.ceil((c1 - c0) / pool[1])
  return {
    name,
    step: { T: 1, pos: 0, row: 0, prefix: 0 },
    params: {
      H,
      K,
      d,
      C: T + 3,
      scale: d ** -0.5,
      cap,
      ...maskParams(mask),
      prefix,
      rows,
      head,
      heads,
      r0,
      r1: T,
      c0,
      c1,
      tileRows,
      tileCols,
      poolR: pool[0],
      poolC: pool[1],
      scores,
      count: maskedEdges.length,
    },
    sizes: {
      q: rows * H * d,
      lse: rows * H,
      bias: biasLength({ ...maskParams(mask), C: T + 3 }, H),
      kCache: K * (T + 3) * d,
      cells: heads * tileRows * tileCols,
    },
    maskedEdges,
    nmse: 1e-10,
  }
}

export const attentionProbs = defineOp({
  name: 'attention-probs',
  args: { q: 'read', lse: 'read', kCache: 'read', bias: 'read', maskedEdges: 'ids', cells: 'write' },
  variants: [
    masked(
      cached(
        plain('attention-probs', ({ heads, tileRows, tileCols }) => Math.ceil((heads! * tileRows! * tileCols!) / 64)),
      ),
    ),
  ],
  reference({ tensors: { q, lse, kCache, bias, cells }, maskedEdges, params }) {
    const {
      H,
      K,
      d,
      C,
      scale,
      cap,
      prefix,
      rows,
      head,
      heads,
      r0,
      r1,
      c0,
      c1,
      tileRows,
      tileCols,
      poolR,
      poolC,
      scores,
      count,
    } = params as Record<string, number> as Record<
      | 'H'
      | 'K'
      | 'd'
      | 'C'
      | 'scale'
      | 'cap'
      | 'prefix'
      | 'rows'
      | 'head'
      | 'heads'
      | 'r0'
      | 'r1'
      | 'c0'
      | 'c1'
      | 'tileRows'
      | 'tileCols'
      | 'poolR'
      | 'poolC'
      | 'scores'
      | 'count',
      number
    >
    const hidden = hiddenBy(maskedEdges!, count)
    cells!.fill(ABSENT)
    for (let n = 0; n < heads; n++) {
      const h = head + n,
        group = Math.floor(h / (H / K)) * C
      for (let r = r0; r < r1; r++) {
        for (let c = Math.max(c0, maskStart(params, r)); c < Math.min(c1, maskEnd(params, r, prefix)); c++) {
          if (hidden(h, r, c)) continue
          const at = (r % rows) * H + h
          let s = 0
          for (let j = 0; j < d; j++) s += q![at * d + j]! * kCache![(group + c) * d + j]!
          s = capOf(cap, s * Math.fround(scale)) + biasAt(params, bias, h, r, c)
          const cell = (n * tileRows + Math.floor((r - r0) / poolR)) * tileCols + Math.floor((c - c0) / poolC)
          cells![cell] = Math.max(cells![cell]!, scores ? s : Math.exp(s - lse![at]!))
        }
      }
    }
  },
  cases: [
    probsCase({ H: 4, K: 2, d: 8, T: 6, name: 'all of it' }),
    ...packedCases(probsCase({ H: 4, K: 2, d: 10, T: 6, name: 'all of it' })),
    probsCase({ H: 9, K: 3, d: 16, T: 33, head: 3, heads: 2, r0: 5, c0: 2, c1: 20, name: 'a tile of two heads' }),
    probsCase({ H: 2, K: 1, d: 64, T: 40, pool: [3, 7], name: 'pooled' }),
    probsCase({ H: 2, K: 2, d: 10, T: 24, mask: { window: 5 }, scores: 1, name: 'raw scores in a window' }),
    probsCase({
      H: 4,
      K: 2,
      d: 8,
      T: 20,
      name: 'masked: ranges of one head, a key for every head, a whole row',
      maskedEdges: [
        [1, 5, 12, 2, 6],
        [ANY_HEAD, 9, 20, 7, 8],
        [3, 15, 16, 0, 20],
      ],
    }),
    probsCase({
      H: 4,
      K: 4,
      d: 8,
      T: 21,
      head: 1,
      heads: 2,
      r0: 4,
      pool: [3, 2],
      mask: { window: 8 },
      name: 'masked, pooled, in a window',
      maskedEdges: [
        [2, 0, 99, 4, 9],
        [ANY_HEAD, 12, 14, 0, 99],
      ],
    }),
    probsCase({
      H: 2,
      K: 1,
      d: 16,
      T: 12,
      scores: 1,
      name: 'raw scores, masked',
      maskedEdges: [
        [0, 3, 9, 1, 4],
        [1, 11, 12, 0, 12],
      ],
    }),
    probsCase({ H: 4, K: 2, d: 8, T: 20, c1: 15, mask: { causal: false, window: 6 }, name: 'keys ahead, in a window' }),
    probsCase({
      H: 4,
      K: 2,
      d: 8,
      T: 20,
      r0: 2,
      pool: [2, 3],
      mask: { prefixed: true, bias: 'slopes' },
      prefix: 9,
      cap: 0.4,
      name: 'a prefix, slopes',
    }),
    probsCase({ H: 4, K: 2, d: 8, T: 20, head: 1, heads: 2, mask: { bias: 'keys' }, name: 'by keys' }),
    probsCase({
      H: 4,
      K: 2,
      d: 8,
      T: 20,
      head: 1,
      heads: 2,
      scores: 1,
      mask: { causal: false, bias: 'distances', reach: 5 },
      name: 'raw scores with a bias by distance',
    }),
    probsCase({
      H: 3,
      K: 3,
      d: 8,
      T: 9,
      r0: 2,
      mask: { causal: false, bias: 'pairs', reach: 11 },
      name: 'a bias of its own for each pair',
    }),
    probsCase({
      H: 4,
      K: 4,
      d: 8,
      T: 20,
      c1: 7,
      mask: { causal: false },
      prefix: 7,
      cap: 0.5,
      name: 'a source, capped',
    }),
  ],
})
