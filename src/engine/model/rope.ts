// Rotary position embedding: which frequencies a config asks for, and the cos/sin table built from them in f64.
// Su et al. 2021 (RoFormer); scalings as in transformers' modeling_rope_utils.
// WGSL sin/cos are useless for large angles, so every scaling is decided here and kernels only read the table.

import { EngineError } from '../errors.ts'
import type { Config } from './describe.ts'
import { notComputed } from './keys.ts'
import { plainly, shown } from '../shown.ts'

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

/** What each kind reads beside rope_type, rope_theta and partial_rotary_factor. */
const read: Readonly<Record<string, readonly string[]>> = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor'],
  proportional: ['factor'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
  yarn: [
    'factor',
    'original_max_position_embeddings',
    'attention_factor',
    'beta_fast',
    'beta_slow',
    'mscale',
    'mscale_all_dim',
    'truncate',
  ],
  longrope: ['factor', 'original_max_position_embeddings', 'attention_factor', 'short_factor', 'long_factor'],
  custom: ['freq_factors'],
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What Python takes for false. */
const isFalsy = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0)

/**
 * The dict that holds the scaling: an older config's rope_scaling wins over rope_parameters, and counts as absent where
 * it is false in Python.
 */
function givenBy(config: Config): { where: string; given: Record<string, unknown> } {
  const found = (['rope_scaling', 'rope_parameters'] as const).flatMap((where) => {
    const given = where === 'rope_scaling' && isFalsy(config.raw(where)) ? undefined : config.raw(where)
    if (given !== undefined && !isRecord(given)) throw config.invalid(where, 'an object', given)
    return given && Object.keys(given).length ? [{ where, given }] : []
  })
  if (found[1]) config.ignored.push({ key: 'rope_parameters', value: shown(found[1].given), why: 'overruled' })
  return found[0] ?? { where: 'rope_parameters', given: {} }
}

/**
 * Both config forms, v4 `rope_theta` + `rope_scaling` and v5 `rope_parameters`, alone and together, with the order of
 * transformers 5.24: rope_scaling before rope_parameters, theta inside before theta outside, but
 * original_max_position_embeddings outside before inside. What is left aside goes to config.ignored.
 * @param partial for families that turn a part of each head: which part, when the config does not say
 * @throws CONFIG_INVALID for a value that cannot be used, FAMILY_UNSUPPORTED for a kind of scaling that is not known
 */
export function readRope(
  config: Config,
  headDim: number,
  maxPositions: number,
  { layout = 'half', partial: usual }: { layout?: RopeSpec['layout']; partial?: number } = {},
): RopeSpec {
  const { where, given } = givenBy(config)
  const { ropeKinds, partialRope } = config.wording
  const num = (key: string, fallback?: number): number => {
    const value = given[key] ?? fallback
    if (typeof value !== 'number' || !Number.isFinite(value)) throw config.invalid(`${where}.${key}`, 'a number', value)
    return value
  }
  const overruled = (key: string, inside: boolean): void => {
    const value = inside ? given[key] : config.raw(key)
    config.ignored.push({ key: inside ? `${where}.${key}` : key, value: shown(value), why: 'overruled' })
  }
  const outer = config.number('rope_theta', 10000)
  const theta = num('rope_theta', outer)
  if (theta !== outer && config.has('rope_theta')) overruled('rope_theta', false)

  const type = 'rope_type' in given ? given['rope_type'] : (given['type'] ?? 'default')
  const known = Object.keys(read).filter((kind) => kind !== 'custom' || ropeKinds.includes(kind))
  if (typeof type !== 'string' || !known.includes(type)) {
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot lower this model: its rope scaling is ${shown(type)}; known are ${known.join(', ')}.`,
      { word: `rope ${plainly(type)}`, known: known.join(', ') },
    )
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === null || ['rope_type', 'type', 'rope_theta', 'partial_rotary_factor', ...read[type]!].includes(key)) {
      continue
    }
    if (isRecord(value)) throw notComputed('rope', `${where}.${key}`, value) // one scaling per kind of layer
    config.ignored.push({ key: `${where}.${key}`, value: shown(value), why: 'unknown' })
  }

  const partial = num('partial_rotary_factor', config.number('partial_rotary_factor', usual ?? 1))
  let rotary = headDim
  if (partialRope || usual !== undefined) rotary = Math.floor(headDim * partial)
  else if (type === 'default') {
    // families that turn whole heads do so whatever the key says
    if (partial !== 1) config.ignored.push({ key: 'partial_rotary_factor', value: String(partial), why: 'family' })
  } else if (type !== 'proportional' && Math.floor(headDim * partial) !== headDim) {
    throw config.invalid(
      'partial_rotary_factor',
      `1 beside rope_type "${type}": this family turns whole heads`,
      partial,
    )
  }
  if (rotary < 2 || rotary % 2) {
    throw new EngineError(
      'CONFIG_INVALID',
      `Cannot use config.json: rope turns pairs, so it needs an even number of each head's values; ${partial} of ${headDim} is ${rotary}.`,
      { key: 'partial_rotary_factor', need: 'an even number of values', found: rotary },
    )
  }
  const list = (key: string): number[] => {
    const value = given[key]
    if (
      !Array.isArray(value) ||
      value.length !== rotary / 2 ||
      !value.every((x) => typeof x === 'number' && Number.isFinite(x) && x > 0)
    ) {
      throw config.invalid(
        `${where}.${key}`,
        `a list of ${rotary / 2} positive numbers, one per pair`,
        Array.isArray(value) ? `${value.length} entries` : value,
      )
    }
    return value as number[]
  }
  const outside = config.has('original_max_position_embeddings')
    ? config.count('original_max_position_embeddings')
    : undefined
  if (outside !== undefined && !read[type]!.includes('original_max_position_embeddings')) {
    config.ignored.push({ key: 'original_max_position_embeddings', value: String(outside), why: 'family' })
  } else if (
    outside !== undefined &&
    given['original_max_position_embeddings'] != null &&
    given['original_max_position_embeddings'] !== outside
  ) {
    overruled('original_max_position_embeddings', true)
  }
  const original = (): number => outside ?? num('original_max_position_embeddings', maxPositions)
  /** null asks for the ratio of the two lengths; only longrope may leave the key out */
  const ratioOr = (needed: boolean): number =>
    given['factor'] === null || (!needed && !('factor' in given)) ? maxPositions / original() : num('factor')
  const base = { kind: 'rope' as const, layout, theta, maxPositions, rotary }
  switch (type) {
    case 'linear':
      return { ...base, scaling: { type, factor: num('factor') } }
    case 'dynamic':
      if (rotary === 2) throw config.invalid('head_dim', 'above 2 with dynamic rope scaling', headDim)
      return { ...base, scaling: { type, factor: num('factor') } }
    case 'proportional':
      return { ...base, scaling: { type, factor: num('factor', 1), turned: Math.floor((partial * headDim) / 2) } }
    case 'llama3':
      return {
        ...base,
        scaling: {
          type,
          factor: num('factor'),
          low: num('low_freq_factor'),
          high: num('high_freq_factor'),
          original: original(),
        },
      }
    case 'yarn': {
      const factor = ratioOr(true)
      const mscale = (m: number): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1)
      const [m, all] = [num('mscale', 0), num('mscale_all_dim', 0)]
      return {
        ...base,
        scaling: {
          type,
          factor,
          original: original(),
          betaFast: num('beta_fast', 32) || 32,
          betaSlow: num('beta_slow', 1) || 1,
          attentionFactor: num('attention_factor', m && all ? mscale(m) / mscale(all) : mscale(1)),
          truncate: !('truncate' in given) || !isFalsy(given['truncate']),
        },
      }
    }
    case 'longrope':
      return {
        ...base,
        scaling: {
          type,
          factor: ratioOr(false),
          original: original(),
          short: list('short_factor'),
          long: list('long_factor'),
          attentionFactor: given['attention_factor'] == null ? null : num('attention_factor'),
        },
      }
    case 'custom':
      return { ...base, scaling: { type: 'factors', factors: list('freq_factors') } }
    default:
      return { ...base, scaling: { type: 'default' } }
  }
}

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
  const { rotary: r, scaling: s } = spec
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
  return { inv, factor }
}

/**
 * (count, r/2, 2): cos and sin of every pair at positions from .. from + count - 1, as a text of `length` tokens has
 * them.
 */
export function ropeTable(spec: RopeSpec, count: number, length: number, from = 0): Float32Array {
  const { inv, factor } = ropeFrequencies(spec, length)
  const table = new Float32Array(count * inv.length * 2)
  for (let pos = from, o = 0; pos < from + count; pos++) {
    for (const f of inv) {
      table[o++] = Math.cos(pos * f) * factor
      table[o++] = Math.sin(pos * f) * factor
    }
  }
  return table
}
