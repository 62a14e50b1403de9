// Rotary position embedding: which frequencies a config asks for, and the cos/sin table built from them in f64.
// Su et al. 2021 (RoFormer); scalings as in transformers' modeling_rope_utils.
// WGSL sin/cos are useless for large angles, so every scaling is decided here and kernels only read the table.

import { EngineError } from '../errors.ts'
import type { Config } from './describe.ts'

/** `theta^(-2j/r)` for j < r/2, then reshaped by `scaling`. */
export interface RopeSpec {
  kind: 'rope'
  /** pair (j, j + r/2) or (2j, 2j + 1) */
  layout: 'half' | 'interleaved'
  /** r: rotated dims of each head; the rest pass through */
  rotary: number
  theta: number
  maxPositions: number
  scaling: RopeScaling
}

export type RopeScaling =
  | { type: 'default' }
  | { type: 'linear'; factor: number }
  | { type: 'dynamic'; factor: number }
  | { type: 'llama3'; factor: number; low: number; high: number; original: number }
  | { type: 'yarn'; factor: number; original: number; betaFast: number; betaSlow: number; attentionFactor: number; truncate: boolean }
  | { type: 'longrope'; factor: number; original: number; short: number[]; long: number[]; attentionFactor: number | null }
  /** per-pair divisors, as GGUF's rope_freqs tensor gives them */
  | { type: 'factors'; factors: number[] }

/** Reads both config forms: v4 `rope_theta` + `rope_scaling`, v5 `rope_parameters`. */
export function readRope(config: Config, headDim: number, layout: RopeSpec['layout'] = 'half'): RopeSpec {
  const given = (config.raw('rope_parameters') ?? config.raw('rope_scaling') ?? {}) as Record<string, unknown>
  const num = (key: string, fallback?: number): number => {
    const value = given[key] ?? fallback
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new EngineError('CONFIG_INVALID', `Cannot use config.json: rope scaling needs the number "${key}", the file has ${JSON.stringify(value) ?? 'nothing'}.`,
        { key, found: String(value) })
    }
    return value
  }
  const theta = num('rope_theta', config.number('rope_theta', 10000))
  const partial = num('partial_rotary_factor', config.number('partial_rotary_factor', 1))
  const rotary = Math.floor(headDim * partial)
  if (rotary < 2 || rotary % 2) {
    throw new EngineError('CONFIG_INVALID', `Cannot use config.json: rope turns pairs, so it needs an even number of each head's values; ${partial} of ${headDim} is ${rotary}.`,
      { key: 'partial_rotary_factor', need: 'an even number of values', found: rotary })
  }
  const list = (key: string): number[] => {
    const value = given[key]
    if (!Array.isArray(value) || value.length !== rotary / 2 || !value.every((x) => typeof x === 'number' && Number.isFinite(x) && x > 0)) {
      throw new EngineError('CONFIG_INVALID', `Cannot use config.json: rope scaling needs "${key}", a list of ${rotary / 2} positive numbers, one per pair.`, { key, need: `a list of ${rotary / 2} positive numbers` })
    }
    return value as number[]
  }
  const maxPositions = config.count('max_position_embeddings', 2048)
  const original = (): number => num('original_max_position_embeddings', config.number('original_max_position_embeddings', maxPositions))
  const type = String(given['rope_type'] ?? given['type'] ?? 'default')
  const base = { kind: 'rope' as const, layout, theta, maxPositions, rotary }
  switch (type) {
    case 'default': return { ...base, scaling: { type } }
    case 'linear': case 'dynamic': return { ...base, scaling: { type, factor: num('factor') } }
    case 'llama3': return { ...base, scaling: { type, factor: num('factor'), low: num('low_freq_factor'), high: num('high_freq_factor'), original: original() } }
    case 'yarn': {
      const factor = num('factor', maxPositions / original())
      const mscale = (m: number): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1)
      const [m, all] = [given['mscale'], given['mscale_all_dim']]
      const ratio = typeof m === 'number' && m && typeof all === 'number' && all ? mscale(m) / mscale(all) : mscale(1)
      return { ...base, scaling: { type, factor, original: original(), betaFast: num('beta_fast', 32), betaSlow: num('beta_slow', 1),
        attentionFactor: num('attention_factor', ratio), truncate: given['truncate'] !== false } }
    }
    case 'longrope': case 'su': return { ...base, scaling: { type: 'longrope', factor: num('factor', maxPositions / original()), original: original(),
      short: list('short_factor'), long: list('long_factor'), attentionFactor: given['attention_factor'] == null ? null : num('attention_factor') } }
    case 'factors': case 'custom': return { ...base, scaling: { type: 'factors', factors: list('freq_factors') } }
    default: throw new EngineError('FAMILY_UNSUPPORTED',
      `Cannot lower this model: its rope scaling is "${type}"; known are default, linear, dynamic, llama3, yarn and longrope.`, { word: `rope ${type}` })
  }
}

/**
 * Frequencies (rotary/2) and the factor on cos and sin, for a context of C positions.
 * `dynamic` and `longrope` depend on the length of the text; transformers changes them while the text grows and leaves
 * the old keys rotated by the old ones. We decide once, from C, so that cached keys stay right and chunked = whole.
 */
export function ropeFrequencies(spec: RopeSpec, C: number): { inv: Float64Array; factor: number } {
  const { rotary: r, scaling: s } = spec
  let theta = spec.theta
  if (s.type === 'dynamic') {
    const n = Math.max(C, spec.maxPositions)
    theta *= ((s.factor * n) / spec.maxPositions - (s.factor - 1)) ** (r / (r - 2))
  }
  const inv = Float64Array.from({ length: r / 2 }, (_, j) => theta ** ((-2 * j) / r))
  let factor = 1
  switch (s.type) {
    case 'linear': for (let j = 0; j < inv.length; j++) inv[j]! /= s.factor; break
    case 'factors': for (let j = 0; j < inv.length; j++) inv[j]! /= s.factors[j] ?? 1; break
    case 'llama3':
      for (let j = 0; j < inv.length; j++) {
        const wavelength = (2 * Math.PI) / inv[j]!
        if (wavelength < s.original / s.high) continue
        const smooth = (s.original / wavelength - s.low) / (s.high - s.low)
        inv[j]! *= wavelength > s.original / s.low ? 1 / s.factor : (1 - smooth) / s.factor + smooth
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
      const list = C > s.original ? s.long : s.short
      for (let j = 0; j < inv.length; j++) inv[j]! /= list[j] ?? 1
      factor = s.attentionFactor ?? (s.factor <= 1 ? 1 : Math.sqrt(1 + Math.log(s.factor) / Math.log(s.original)))
      break
    }
  }
  return { inv, factor }
}

/** (C, r/2, 2): cos and sin of every position and pair. */
export function ropeTable(spec: RopeSpec, C: number): Float32Array {
  const { inv, factor } = ropeFrequencies(spec, C)
  const table = new Float32Array(C * inv.length * 2)
  for (let pos = 0, o = 0; pos < C; pos++) {
    for (const f of inv) {
      table[o++] = Math.cos(pos * f) * factor
      table[o++] = Math.sin(pos * f) * factor
    }
  }
  return table
}
