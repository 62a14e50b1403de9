// What both ways back through attention share: the weights P are made anew from queries, keys and the kept log-sum-exp.

import { biasAt, biasLength, capOf, maskEnd, maskParams, maskStart } from '../mask.ts'
import { masked, softwareLanes } from '../launch.ts'
import type { Case, Params, ReferenceArgs, StepValues, Variant } from '../op.ts'

type P = Record<'H' | 'K' | 'd' | 'C' | 'scale' | 'cap', number>

/** Calls `each` for every pair of a query's head and a key that it sees, with P and dS (training/attention-back.wgsl). */
export function forPairs(
  { tensors: { q, kCache, vCache, bias, lse, dz, delta }, params, step: { T, prefix } }: ReferenceArgs,
  each: (t: number, h: number, key: number, p: number, change: number) => void,
): void {
  const { H, K, d, C, cap } = params as P
  const scale = Math.fround(params['scale']!)
  for (let t = 0; t < T; t++) {
    for (let h = 0; h < H; h++) {
      const row = t * H + h,
        head = Math.floor(h / (H / K)) * C * d
      for (let j = maskStart(params, t); j < maskEnd(params, t, prefix); j++) {
        let [score, pull] = [0, 0]
        for (let i = 0; i < d; i++) {
          score += q![row * d + i]! * kCache![head + j * d + i]!
          pull += dz![row * d + i]! * vCache![head + j * d + i]!
        }
        score = capOf(cap, score * scale)
        const slope = scale * (cap ? 1 - (score / cap) ** 2 : 1)
        const p = Math.exp(score + biasAt(params, bias, h, t, j) - lse![row]!)
        each(t, h, j, p, p * (pull - delta![row]!) * slope)
      }
    }
  }
}

/**
 * A row of a head per thread, without workgroup memory: for drivers that run WGSL on a processor, where a barrier costs what
 * hundreds of multiply-adds do. @param heads the parameter that counts them
 */
export const foursVariant = (shader: string, heads: 'H' | 'K'): Variant =>
  masked({
    name: shader.slice(shader.indexOf('/') + 1),
    fits: ({ kind, params }) => kind === 'software' && params['d']! % 4 === 0,
    accepts: () => true,
    passes({ features }) {
      const threads = softwareLanes(features)
      return [
        { shader, overrides: { threads }, workgroups: (params, { T }) => params[heads]! * Math.ceil(T / threads) },
      ]
    },
  })

/** Rows that a workgroup of a tile variant keeps. */
const TILE_ROWS = 8

/**
 * Eight rows of a head's queries, or of its keys, per workgroup: what stands on the other side is loaded once for all of them.
 * @param rows how many rows there are of each key head
 */
export const tileVariant = (shader: string, rows: (params: Params, step: StepValues) => number): Variant =>
  masked({
    name: shader.slice(shader.indexOf('/') + 1),
    fits: ({ kind, params }) => kind === 'gpu' && params['d']! % 4 === 0 && params['d']! <= 128,
    accepts: () => true,
    passes: () => [{ shader, workgroups: (params, step) => params['K']! * Math.ceil(rows(params, step) / TILE_ROWS) }],
  })

/** Cases with a text of T tokens from position 0 on. `lse` is above every score, as it is of real ones: P is at most 1. */
export function attentionBackCases(gives: (shape: { T: number } & P) => Record<string, number>): Case[] {
  const one = (name: string, T: number, shape: Partial<P> & Parameters<typeof maskParams>[0]): Case => {
    const { H = 4, K = 2, d = 8, C = T + 2, scale = 0.3, cap = 0, ...mask } = shape
    const params = { H, K, d, C, scale, cap, ...maskParams(mask) }
    return {
      name,
      params,
      step: { T, pos: 0, row: 0, prefix: mask.causal === false ? T : 0 },
      sizes: {
        q: T * H * d,
        kCache: K * C * d,
        vCache: K * C * d,
        bias: biasLength(params, H),
        dz: T * H * d,
        delta: T * H,
        ...gives({ T, ...(params as unknown as P) }),
      },
      words: {
        lse: () =>
          new Uint32Array(Float32Array.from({ length: T * H }, (_, i) => (mask.bias ? 10 : 4) + (i % 7) / 5).buffer),
      },
      nmse: 1e-10,
    }
  }
  return [
    one('small', 3, {}),
    one('more keys than a tile, a window, one key head', 150, { H: 3, K: 1, d: 5, window: 70 }),
    one('a window that begins and ends inside four keys', 23, { window: 6, cap: 0.9 }),
    one('wide heads, as many key heads', 5, { H: 2, K: 2, d: 200 }),
    one('more rows than a tile, three heads to a key, more columns than threads', 41, { H: 6, d: 72, window: 35 }),
    one('capped scores', 9, { cap: 0.7 }),
    one('slopes', 9, { bias: 'slopes' }),
    one('both ways', 9, { causal: false }),
  ]
}
