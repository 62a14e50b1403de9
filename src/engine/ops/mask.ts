// Which keys a query sees, and what is added to its scores: the one place that says so, for every attention op, its
// references and its workgroup counts. shaders/lib/mask.wgsl and score-bias.wgsl are the same in WGSL.
// Running kernels get the prefix with their StepValues; pictures of a run that is over, as a parameter.
// What a reader hides by hand (masked-edges.ts) comes on top.

import type { Params } from './op.ts'

export interface Mask {
  /** keys up to a query's own only; false: the prefix of the run, whatever the query (an encoder, cross-attention) */
  causal: boolean
  /** w > 0: keys nearer than w, the query's own included; 0: any */
  window: number
  /** a causal query sees the prefix of the run too (a prefix language model) */
  prefixed?: true
  /**
   * Added to the scaled scores, from the step's argument `bias`. 'slopes': (H), times key - query. 'distances':
   * (H, 2 reach + 1), by key - query from -reach to reach, beyond it as there. 'pairs': (H, reach, reach), by query and key.
   * 'keys': (C, H), by the key's position
   */
  bias?: 'none' | 'slopes' | 'distances' | 'pairs' | 'keys'
  reach?: number
}

/** A scaled score held within ±cap (lib/score-cap.wgsl); as it is where cap is 0. */
export const capOf = (cap: number, score: number): number => (cap ? cap * Math.tanh(score / cap) : score)

const biases = ['none', 'slopes', 'distances', 'pairs', 'keys'] as const

/** A mask as parameters of a step; plain causal where nothing is said. */
export const maskParams = (mask: Partial<Mask> = {}) => ({
  causal: mask.causal === false ? 0 : 1,
  window: mask.window ?? 0,
  prefixed: mask.prefixed ? 1 : 0,
  biased: biases.indexOf(mask.bias ?? 'none'),
  reach: mask.reach ?? 0,
})
export type MaskParams = ReturnType<typeof maskParams>

/** The mask's own among a step's parameters: an op in place of attention computes under the same. */
export function maskOf(params: Params): MaskParams {
  const { causal, window, prefixed, biased, reach } = params as unknown as MaskParams
  return { causal, window, prefixed, biased, reach }
}

/** Override constants of an attention kernel: none for a plain causal one, so that it is compiled once. */
export const maskOverrides = ({ causal, prefixed, biased, cap }: Params): Record<string, number> => ({
  ...(causal === 0 && { causal }),
  ...(prefixed && { prefixed }),
  ...(biased && { biased }),
  ...(cap && { capped: 1 }),
})

/** The first key that position i sees. */
export const maskStart = ({ window }: Params, i: number): number => (window ? Math.max(0, i + 1 - window) : 0)

/**
 * Behind the last key that position i sees where the first `prefix` keys are seen by every query (StepValues.prefix).
 * Those keys must be in the cache: the chunk that runs first, or a program before it, has put them there.
 */
export function maskEnd(params: Params, i: number, prefix: number): number {
  const { causal, window, prefixed } = maskOf(params)
  let end = causal === 0 ? prefix : prefixed ? Math.max(i + 1, prefix) : i + 1
  if (window) end = Math.max(maskStart(params, i), Math.min(end, i + window))
  return Math.min(end, params['C']!)
}

/** What is added to the scaled score of `query` and `key` in head h. */
export function biasAt(params: Params, bias: Float32Array | undefined, h: number, query: number, key: number): number {
  const { biased, reach } = maskOf(params)
  if (!biased) return 0
  if (biased === 3) return bias![(h * reach + query) * reach + key]!
  if (biased === 4) return bias![key * params['H']! + h]!
  const away = key - query
  return biased === 1 ? bias![h]! * away : bias![h * (2 * reach + 1) + Math.min(reach, Math.max(-reach, away)) + reach]!
}

/** Floats of the argument `bias`; one unused where there is none. */
export function biasLength({ biased, reach, C }: Params, heads: number): number {
  switch (biased) {
    case 1:
      return heads
    case 2:
      return heads * (2 * reach! + 1)
    case 3:
      return heads * reach! * reach!
    case 4:
      return heads * C!
    default:
      return 1
  }
}
