// Heads turned by their position and put into the cache: rope, append, rope-append (ops/rope.ts …).

import type { Maker, RowKernel } from './kernel.ts'

type Params = Record<'d' | 'r' | 'interleaved' | 'sections', number>

/** How pairs lie in a head: `step` from one to the next, their halves `apart`; after `run` pairs, `apart` further on. */
export interface Pairs {
  d: number
  r: number
  apart: number
  step: number
  run: number
}
export function pairsOf({ d, r, interleaved, sections }: Params): Pairs {
  const half = r / (2 * sections)
  return interleaved === 1 ? { d, r, apart: 1, step: 2, run: r } : { d, r, apart: half, step: 1, run: half }
}

export function createRotations(memory: ArrayBufferLike): Record<string, Maker<RowKernel>> {
  const F32 = new Float32Array(memory)

  /** Turns the first r of d values by a row of the table of (r/2, 2) and copies the others. from === to: in place. */
  function turn(from: number, to: number, table: number, { d, r, apart, step, run }: Pairs): void {
    for (let i = 0, a = 0, left = run; i < r; i = (i + 2) | 0, a = (a + step) | 0, left = (left - 1) | 0) {
      if (left === 0) {
        left = run
        a = (a + apart) | 0
      }
      const cos = F32[(table + i) | 0],
        sin = F32[(table + i + 1) | 0]
      const u = F32[(from + a) | 0],
        v = F32[(from + a + apart) | 0]
      F32[(to + a) | 0] = u * cos - v * sin
      F32[(to + a + apart) | 0] = v * cos + u * sin
    }
    if (from !== to) copy(from + r, to + r, d - r)
  }
  function copy(from: number, to: number, n: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(to + i) | 0] = F32[(from + i) | 0]
  }

  return {
    rope({ params, at }) {
      const { H, d, r } = params as Record<'H' | 'd' | 'r', number>
      const { x, table } = at as Record<'x' | 'table', number>
      const pairs = pairsOf(params as Params)
      return (t, { pos }) => {
        for (let h = t * H; h < (t + 1) * H; h++) turn(x + h * d, x + h * d, table + (pos + t) * r, pairs)
      }
    },
    append({ params, at }) {
      const { K, d, C } = params as Record<'K' | 'd' | 'C', number>
      const { k, v, kCache, vCache } = at as Record<'k' | 'v' | 'kCache' | 'vCache', number>
      return (t, { pos }) => {
        for (let h = 0; h < K; h++) {
          const from = (t * K + h) * d,
            to = (h * C + pos + t) * d
          copy(k + from, kCache + to, d)
          copy(v + from, vCache + to, d)
        }
      }
    },
    'rope-append'({ params, at }) {
      const { H, K, d, r, C } = params as Record<'H' | 'K' | 'd' | 'r' | 'C', number>
      const {
        qkv,
        table = 0,
        q,
        kCache,
        vCache,
      } = at as Record<'qkv' | 'q' | 'kCache' | 'vCache', number> & { table?: number }
      const pairs = pairsOf(params as Params)
      return (t, { pos }) => {
        const row = table + (pos + t) * r
        let from = qkv + t * (H + 2 * K) * d
        for (let h = 0; h < H; h++, from += d) turn(from, q + (t * H + h) * d, row, pairs)
        for (let h = 0; h < K; h++, from += d) turn(from, kCache + (h * C + pos + t) * d, row, pairs)
        for (let h = 0; h < K; h++, from += d) copy(from, vCache + (h * C + pos + t) * d, d)
      }
    },
  }
}
