// Rotary position embedding: frequencies, and the cos/sin table built from them in f64.
// WGSL sin/cos are useless for large angles, so every scaling is decided here and kernels only read the table.

import { floatToHalf, halfToFloat } from '../tensor/half.ts'

/** `theta^(-2j/r)` for j < r/2, then reshaped by `scaling`. */
export interface RopeSpec {
  kind: 'rope'
  /** pair (j, j + r/2) or (2j, 2j + 1) */
  layout: 'half' | 'interleaved'
  /** r: rotated dims of each head; the rest pass through */
  rotary: number
  /** the turned values fall into so many equal stretches, each with pairs of its own (ChatGLM-6B); default 1 */
  sections?: number
  /** the first section turns by where a token stands in the text, the second by where in the answer (plane, ChatGLM-6B) */
  plane?: true
  /** the frequencies are rounded to 16-bit floats, as the reference keeps them */
  halfInverse?: true
  theta: number
  maxPositions: number
  scaling: RopeScaling
}

export type RopeScaling =
  | { type: 'default' }
  | { type: 'linear'; factor: number }
  | { type: 'dynamic'; factor: number }
  /** only the first `turned` pairs turn, by the exponents of the whole head */
  | { type: 'proportional'; factor: number; turned: number }
  | { type: 'llama3'; factor: number; low: number; high: number; original: number }
  | {
      type: 'yarn'
      factor: number
      original: number
      betaFast: number
      betaSlow: number
      attentionFactor: number
      truncate: boolean
    }
  | {
      type: 'longrope'
      factor: number
      original: number
      short: number[]
      long: number[]
      attentionFactor: number | null
    }
  /** per-pair divisors, as GGUF's rope_freqs tensor gives them */
  | { type: 'factors'; factors: number[] }

/**
 * Which frequencies a text of this length gets, as a number: equal numbers, equal frequencies. `dynamic` widens them
 * with
 * every token beyond the trained length, `longrope` has two sets; all others have one.
 */
export function ropeRegime({ scaling: s, maxPositions }: RopeSpec, length: number): number {
  if (s.type === 'dynamic') return Math.max(length, maxPositions)
  return s.type === 'longrope' ? Number(length > s.original) : 0
}

/**
 * Frequencies (rotary/2) and the factor on cos and sin, for a text of `length` tokens.
 * As transformers does it: one call of the model looks at the length that the text has after it, and turns its own
 * tokens by that; keys that are already in the cache stay as they were turned (runtime/rope-rows.ts).
 */
export function ropeFrequencies(spec: RopeSpec, length: number): { inv: Float64Array; factor: number } {
  const { scaling: s } = spec
  const r = spec.rotary / (spec.sections ?? 1)
  let theta = spec.theta
  if (s.type === 'dynamic') {
    const n = Math.max(length, spec.maxPositions)
    theta *= ((s.factor * n) / spec.maxPositions - (s.factor - 1)) ** (r / (r - 2))
  }
  const inv = Float64Array.from({ length: r / 2 }, (_, j) => theta ** ((-2 * j) / r))
  let factor = 1
  switch (s.type) {
    case 'linear':
      for (let j = 0; j < inv.length; j++) inv[j]! /= s.factor
      break
    case 'proportional':
      for (let j = 0; j < inv.length; j++) inv[j] = j < s.turned ? inv[j]! / s.factor : 0
      break
    case 'factors':
      for (let j = 0; j < inv.length; j++) inv[j]! /= s.factors[j] ?? 1
      break
    case 'llama3':
      for (let j = 0; j < inv.length; j++) {
        const wavelength = (2 * Math.PI) / inv[j]!
        // each bound on its own: where low is above high no pair lies between them, and the slow ones are still divided
        if (wavelength > s.original / s.low) {
          inv[j]! /= s.factor
          continue
        }
        if (wavelength < s.original / s.high) continue
        const smooth = (s.original / wavelength - s.low) / (s.high - s.low)
        inv[j]! *= (1 - smooth) / s.factor + smooth
      }
      break
    case 'yarn': {
      const dim = (n: number): number => (r * Math.log(s.original / (2 * Math.PI * n))) / (2 * Math.log(spec.theta))
      const round = (x: number, f: (x: number) => number): number => (s.truncate ? f(x) : x)
      const low = Math.max(round(dim(s.betaFast), Math.floor), 0)
      let high = Math.min(round(dim(s.betaSlow), Math.ceil), r - 1)
      if (low === high) high += 0.001
      for (let j = 0; j < inv.length; j++) {
        const ramp = Math.min(Math.max((j - low) / (high - low), 0), 1)
        inv[j]! *= ramp / s.factor + (1 - ramp)
      }
      factor = s.attentionFactor
      break
    }
    case 'longrope': {
      const list = length > s.original ? s.long : s.short
      for (let j = 0; j < inv.length; j++) inv[j]! /= list[j] ?? 1
      factor = s.attentionFactor ?? (s.factor <= 1 ? 1 : Math.sqrt(1 + Math.log(s.factor) / Math.log(s.original)))
      break
    }
  }
  return { inv: spec.halfInverse ? inv.map(roundHalf) : inv, factor }
}

const roundHalf = (value: number): number => halfToFloat(floatToHalf(value))

/** The prefix of a text, and where its blank stands that the answer fills: ChatGLM's positions come of these. */
export interface PrefixPlace {
  length: number
  blank: number
}

/** Positions of a token in both sections of a plane: Du et al. 2022 (GLM), as ChatGLM-6B's final revision has them. */
const onPlane = (pos: number, { length, blank }: PrefixPlace): [number, number] =>
  pos < length ? [pos, 0] : [blank, pos - length + 1]

/**
 * (count, r/2, 2), r of all sections: cos and sin of every pair at positions from .. from + count - 1, as a text of `length` tokens has
 * them.
 */
export function ropeTable(
  spec: RopeSpec,
  count: number,
  length: number,
  from = 0,
  prefix: PrefixPlace = { length: 0, blank: 0 },
): Float32Array {
  const { inv, factor } = ropeFrequencies(spec, length)
  const sections = spec.sections ?? 1
  const table = new Float32Array(count * inv.length * 2 * sections)
  for (let pos = from, o = 0; pos < from + count; pos++) {
    const places = spec.plane ? onPlane(pos, prefix) : Array<number>(sections).fill(pos)
    for (const place of places) {
      for (const f of inv) {
        table[o++] = Math.cos(place * f) * factor
        table[o++] = Math.sin(place * f) * factor
      }
    }
  }
  return table
}
