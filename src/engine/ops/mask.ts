// Which keys a query sees, and what is added to its scores: the one place that says so, for every attention op, its
// references and its workgroup counts. shaders/lib/mask.wgsl and score-bias.wgsl are the same in WGSL.
// What a reader hides by hand (masked-edges.ts) comes on top.

import type { Params } from './op.ts'

export interface Mask {
  /** keys up to a query's own only; false: all there are (an encoder) */
  causal: boolean
  /** w > 0: keys nearer than w, the query's own included; 0: any */
  window: number
  /** keys before this position are seen from everywhere; the chunk that runs first must hold them all. 0: none */
  prefix?: number
  /**
   * Added to the scaled scores, from the step's argument `bias`. 'slopes': (H), times key - query. 'distances':
   * (H, 2 reach + 1), by key - query from -reach to reach, beyond it as there
   */
  bias?: 'none' | 'slopes' | 'distances'
  reach?: number
}

const biases = ['none', 'slopes', 'distances'] as const

/** A mask as parameters of a step; plain causal where nothing is said. */
export const maskParams = (mask: Partial<Mask> = {}) => ({
  causal: mask.causal === false ? 0 : 1,
  window: mask.window ?? 0,
  prefixed: Number((mask.prefix ?? 0) > 0),
  prefix: mask.prefix ?? 0,
  biased: biases.indexOf(mask.bias ?? 'none'),
  reach: mask.reach ?? 0,
})
export type MaskParams = ReturnType<typeof maskParams>

/** The mask's own among a step's parameters: an op in place of attention computes under the same. */
export function maskOf(params: Params): MaskParams {
  const { causal, window, prefixed, prefix, biased, reach } = params as unknown as MaskParams
  return { causal, window, prefixed, prefix, biased, reach }
}

/** Override constants of an attention kernel: none for a causal one, so that it is compiled once. */
export const maskOverrides = ({ causal, prefixed, biased }: Params): Record<string, number> => ({
  ...(causal === 0 && { causal }),
  ...(prefixed && { prefixed }),
  ...(biased && { biased }),
})

/** The first key that position i sees. */
export const maskStart = ({ window }: Params, i: number): number => (window ? Math.max(0, i + 1 - window) : 0)

/** Behind the last key that position i of a text of `total` tokens sees. */
export function maskEnd(params: Params, i: number, total: number): number {
  const { causal, window, prefixed, prefix } = maskOf(params)
  let end = causal === 0 ? total : i + 1
  if (prefixed) end = Math.max(end, Math.min(prefix, total))
  if (window) end = Math.min(end, i + window)
  return Math.min(end, params['C']!)
}

/** What is added to the scaled score of `query` and `key` in head h. */
export function biasAt(params: Params, bias: Float32Array | undefined, h: number, query: number, key: number): number {
  const { biased, reach } = maskOf(params)
  if (!biased) return 0
  const away = key - query
  return biased === 1 ? bias![h]! * away : bias![h * (2 * reach + 1) + Math.min(reach, Math.max(-reach, away)) + reach]!
}

/** Floats of the argument `bias`; one unused where there is none. */
export const biasLength = ({ biased, reach }: Params, heads: number): number =>
  biased === 2 ? heads * (2 * reach! + 1) : biased === 1 ? heads : 1
