// Norms of rows of D, R of them per token: rmsnorm, layernorm, and of queries and keys in one row (ops/rmsnorm.ts,
// ops/layernorm.ts, ops/norm-heads.ts).

import type { Maker, RowKernel } from './kernel.ts'

export function createNorms(memory: ArrayBufferLike): Record<string, Maker<RowKernel>> {
  const F32 = new Float32Array(memory)

  function rms(x: number, gain: number, y: number, D: number, eps: number): void {
    let a = 0,
      b = 0
    let i = 0
    for (const pairs = D - 1; i < pairs; i = (i + 2) | 0) {
      const u = F32[(x + i) | 0],
        v = F32[(x + i + 1) | 0]
      a += u * u
      b += v * v
    }
    if (i < D) a += F32[x + i] ** 2
    const scale = 1 / Math.sqrt((a + b) / D + eps)
    for (let i = 0; i < D; i = (i + 1) | 0) F32[(y + i) | 0] = F32[(x + i) | 0] * scale * F32[(gain + i) | 0]
  }

  /** @param bias place of the bias, or -1 */
  function layer(x: number, gain: number, bias: number, y: number, D: number, eps: number): void {
    let sum = 0,
      spread = 0
    for (let i = 0; i < D; i = (i + 1) | 0) sum += F32[(x + i) | 0]
    const mean = sum / D
    for (let i = 0; i < D; i = (i + 1) | 0) {
      const off = F32[(x + i) | 0] - mean
      spread += off * off
    }
    const scale = 1 / Math.sqrt(spread / D + eps)
    if (bias < 0) {
      for (let i = 0; i < D; i = (i + 1) | 0) F32[(y + i) | 0] = (F32[(x + i) | 0] - mean) * scale * F32[(gain + i) | 0]
    } else {
      for (let i = 0; i < D; i = (i + 1) | 0) {
        F32[(y + i) | 0] = (F32[(x + i) | 0] - mean) * scale * F32[(gain + i) | 0] + F32[(bias + i) | 0]
      }
    }
  }

  return {
    rmsnorm({ params, at }) {
      const { D, R } = params as Record<'D' | 'R', number>
      const own = params['own'] ? D : 0
      const { x, gain, y } = at as Record<'x' | 'gain' | 'y', number>
      const eps = Math.fround(params['eps']!)
      return (t) => {
        for (let h = 0, at = t * R * D; h < R; h++, at += D) rms(x + at, gain + h * own, y + at, D, eps)
      }
    },
    layernorm({ params, at }) {
      const { D, R } = params as Record<'D' | 'R', number>
      const own = params['own'] ? D : 0
      const { x, gain, y } = at as Record<'x' | 'gain' | 'y', number>
      const eps = Math.fround(params['eps']!)
      const bias = params['hasBias'] ? at['bias']! : -1
      const ownBias = bias < 0 ? 0 : own
      return (t) => {
        for (let h = 0, at = t * R * D; h < R; h++, at += D) {
          layer(x + at, gain + h * own, bias + h * ownBias, y + at, D, eps)
        }
      }
    },
    'norm-heads'({ params, at }) {
      const { N, RQ, DQ, RK, DK, norm } = params as Record<'N' | 'RQ' | 'DQ' | 'RK' | 'DK' | 'norm', number>
      const { x } = at as Record<'x', number>
      const eps = Math.fround(params['eps']!)
      const all = (which: 'q' | 'k', first: number, R: number, D: number): RowKernel => {
        const own = params['own'] ? D : 0
        const gain = at[`${which}Gain`]!,
          bias = params['hasBias'] ? at[`${which}Bias`]! : -1
        const ownBias = bias < 0 ? 0 : own
        return (t) => {
          for (let h = 0, at = x + t * N + first; h < R; h++, at += D) {
            if (norm === 1) rms(at, gain + h * own, at, D, eps)
            else layer(at, gain + h * own, bias + h * ownBias, at, D, eps)
          }
        }
      }
      const [q, k] = [all('q', 0, RQ, DQ), all('k', RQ * DQ, RK, DK)]
      return (t, step) => {
        q(t, step)
        k(t, step)
      }
    },
  }
}
