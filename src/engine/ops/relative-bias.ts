// What relative attention (attention-relative.ts) adds to the scaled products of queries and keys, pair by pair, so that
// the pictures of any other attention show this one too:
//
//   y[h, i, j] = scale (b0 . k_j + (q_i + b1) . R_(i - j) + (q_i + b2) . e)      q: kept queries, a ring of `rows`
//
// Of the text's own stream. Runs over queries [pos, pos + T); y is (H, reach, reach).

import { relativeRow } from './attention-relative.ts'
import { perElement, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const biasCase = (name: string, H: number, d: number, text: number, pos = 0, rows = text): Case => ({
  name,
  params: { H, d, C: text + 4, scale: d ** -0.5, keys: text, rows, reach: text + 2 },
  step: { T: text - pos, pos, row: 0, prefix: text },
  sizes: {
    q: rows * H * d,
    kCache: H * (text + 4) * d,
    rel: text * 2 * H * d,
    bias: 5 * H * d,
    y: H * (text + 2) ** 2,
  },
  ids: Array.from({ length: text }, (_, i) => (i * 3 < text ? 0 : 1)),
  nmse: 1e-10,
})

export const relativeBias = defineOp({
  name: 'relative-bias',
  oneText: true,
  args: { q: 'read', kCache: 'read', rel: 'read', bias: 'read', ids: 'ids', y: 'update' },
  variants: [
    plain(
      'relative-bias',
      perElement(({ H, keys }, { T }) => H! * T * keys!),
    ),
  ],
  reference({ tensors: { q, kCache, rel, bias, y }, ids, params, step: { T, pos } }) {
    const { H, d, C, keys, rows, reach } = params as Record<'H' | 'd' | 'C' | 'keys' | 'rows' | 'reach', number>
    const scale = Math.fround(params['scale']!)
    for (let h = 0; h < H; h++) {
      const b = (m: number, n: number): number => bias![(m * H + h) * d + n]!
      for (let i = pos; i < pos + T; i++) {
        const at = ((i % rows) * H + h) * d
        for (let j = 0; j < keys; j++) {
          const segment = ids![j] === ids![i] ? 3 : 4
          let s = 0
          for (let n = 0; n < d; n++) {
            const v = q![at + n]!
            s += b(0, n) * kCache![(h * C + j) * d + n]!
            s += (v + b(1, n)) * rel![(relativeRow(i, j) * H + h) * d + n]! + (v + b(2, n)) * b(segment, n)
          }
          y![(h * reach + i) * reach + j] = s * scale
        }
      }
    }
  },
  cases: [
    biasCase('all of it', 4, 8, 11),
    biasCase('odd width, later queries', 3, 7, 20, 5),
    biasCase('more pairs than threads', 2, 16, 40, 38),
  ],
})
