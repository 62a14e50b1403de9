// Causal attention over the KV cache, grouped queries, online softmax; keeps the log-sum-exp.
// The T x T matrix of weights is never formed: whoever wants it recomputes exp(score - lse).

import { attentionCases } from './attention.cases.ts'
import { plain } from './launch.ts'
import { defineOp } from './op.ts'

export const attention = defineOp({
  name: 'attention',
  args: { q: 'read', kCache: 'read', vCache: 'read', z: 'write', lse: 'write' },
  variants: [plain('attention-any', ({ H }, { T }) => T * H!)],
  reference({ tensors: { q, kCache, vCache, z, lse }, params, step: { T, pos } }) {
    const { H, K, d, C, scale, window } = params as Record<'H' | 'K' | 'd' | 'C' | 'scale' | 'window', number>
    for (let t = 0; t < T; t++) {
      const end = Math.min(pos + t + 1, C)
      const start = window ? Math.max(0, end - window) : 0
      for (let h = 0; h < H; h++) {
        const at = (t * H + h) * d
        const head = Math.floor(h / (H / K)) * C * d
        const scores = new Float64Array(end - start)
        for (let j = start; j < end; j++) {
          let s = 0
          for (let i = 0; i < d; i++) s += q![at + i]! * kCache![head + j * d + i]!
          scores[j - start] = s * Math.fround(scale)
        }
        const m = scores.reduce((a, b) => Math.max(a, b), -Infinity)
        const l = scores.reduce((sum, s) => sum + Math.exp(s - m), 0)
        lse![t * H + h] = m + Math.log(l)
        for (let i = 0; i < d; i++) {
          let sum = 0
          for (let j = start; j < end; j++) sum += (Math.exp(scores[j - start]! - m) / l) * vCache![head + j * d + i]!
          z![at + i] = sum
        }
      }
    }
  },
  cases: attentionCases,
})
