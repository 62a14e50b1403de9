// Attention of XLNet (Yang et al. 2019, arXiv 1906.08237): relative positions as in Transformer-XL, and segments.
//
//   s(i, j) = scale ((q_i + b0) . k_j + (q_i + b1) . R_(i - j) + (q_i + b2) . e),   e = b3 in one segment, b4 across two
//
// Two streams use it. ahead 0: the text itself, under the mask. ahead 1: what is to be predicted, a query one position
// behind its row, which sees all keys before it and not itself: it stands nowhere in the text, and so no key hides it.
// Row p of `rel` holds R_-p and R_(p + 1): as long as the text, which runs in one piece.

import { masked } from './launch.ts'
import { maskEnd, maskParams } from './mask.ts'
import { defineOp, type Case, type Params, type StepValues } from './op.ts'

/** Position of the query of row t. */
export const queryAt = ({ ahead }: Params, { pos, row }: StepValues, t: number): number =>
  ahead ? pos + row + t + 1 : pos + t
/** Behind the last key that it sees. */
export const relativeEnd = (params: Params, i: number, prefix: number): number =>
  params['ahead'] ? i : maskEnd(params, i, prefix)
/** Row of (text, 2) of `rel` that holds R_(i - j). */
export const relativeRow = (i: number, j: number): number => (j < i ? 2 * (i - j) - 1 : 2 * (j - i))

interface Shape {
  H: number
  d: number
  text: number
  /** the text; rows of it that are asked for, from `row` on */
  ahead?: { row: number; T: number }
  causal?: boolean
  name: string
}

const relativeCase = ({ H, d, text, ahead, causal = false, name }: Shape): Case => {
  const C = text + 4
  const T = ahead?.T ?? text
  return {
    name,
    params: { H, K: H, d, C, scale: d ** -0.5, cap: 0, ahead: Number(Boolean(ahead)), ...maskParams({ causal }) },
    step: { T, pos: 0, row: ahead?.row ?? 0, prefix: text },
    sizes: {
      q: T * H * d,
      kCache: H * C * d,
      vCache: H * C * d,
      rel: text * 2 * H * d,
      bias: 5 * H * d,
      z: T * H * d,
      lse: T * H,
    },
    ids: Array.from({ length: text }, (_, i) => (i * 3 < text ? 0 : 1)),
    nmse: 1e-10,
  }
}

export const attentionRelative = defineOp({
  name: 'attention-relative',
  oneText: true,
  args: { q: 'read', kCache: 'read', vCache: 'read', rel: 'read', bias: 'read', ids: 'ids', z: 'write', lse: 'write' },
  variants: [
    masked({
      name: 'attention-relative',
      fits: ({ params }) => params['d']! <= 256,
      accepts: () => true,
      passes: ({ params }) => [
        { shader: 'attention-relative', overrides: { ahead: params['ahead']! }, workgroups: ({ H }, { T }) => T * H! },
      ],
    }),
  ],
  reference({ tensors: { q, kCache, vCache, rel, bias, z, lse }, ids, params, step }) {
    const { H, d, C, ahead } = params as Record<'H' | 'd' | 'C' | 'ahead', number>
    const scale = Math.fround(params['scale']!)
    for (let t = 0; t < step.T; t++) {
      const i = queryAt(params, step, t)
      const end = relativeEnd(params, i, step.prefix)
      for (let h = 0; h < H; h++) {
        const at = (t * H + h) * d
        const scores = Array.from({ length: end }, (_, j) => {
          const segment = ids![j] === ids![i - ahead] ? 3 : 4
          let s = 0
          for (let n = 0; n < d; n++) {
            const b = (m: number): number => bias![(m * H + h) * d + n]!
            const v = q![at + n]!
            s += (v + b(0)) * kCache![(h * C + j) * d + n]!
            s += (v + b(1)) * rel![(relativeRow(i, j) * H + h) * d + n]! + (v + b(2)) * b(segment)
          }
          return s * scale
        })
        const most = Math.max(...scores)
        const weights = scores.map((s) => Math.exp(s - most))
        const total = weights.reduce((a, b) => a + b)
        lse![t * H + h] = most + Math.log(total)
        for (let n = 0; n < d; n++) {
          z![at + n] = weights.reduce((sum, w, j) => sum + (w / total) * vCache![(h * C + j) * d + n]!, 0)
        }
      }
    }
  },
  cases: [
    relativeCase({ H: 4, d: 8, text: 11, name: 'the text' }),
    relativeCase({ H: 4, d: 8, text: 11, ahead: { row: 10, T: 1 }, name: 'what is to be predicted' }),
    relativeCase({ H: 2, d: 7, text: 70, name: 'odd width, more keys than a tile' }),
    relativeCase({ H: 3, d: 70, text: 9, name: 'more outputs than threads' }),
    relativeCase({ H: 3, d: 16, text: 66, ahead: { row: 65, T: 1 }, name: 'predicted behind a tile' }),
    relativeCase({ H: 2, d: 16, text: 12, ahead: { row: 3, T: 5 }, causal: true, name: 'rows asked for' }),
    relativeCase({ H: 2, d: 16, text: 20, causal: true, name: 'one direction' }),
    relativeCase({ H: 5, d: 9, text: 1, name: 'one token' }),
  ],
})
