// The keys rope.* of a GGUF in a config.json's words, as llama.cpp takes them. They are the same in every architecture.

import { EngineError } from '../errors.ts'
import { plainly } from '../shown.ts'
import type { GgufKeys } from './family.ts'

/** A small tensor that belongs to the configuration: divisors of the frequencies (llama 3). */
export const ropeFactorsName = 'rope_freqs.weight'

export const ropeKeys: readonly string[] = `
  rope.dimension_count rope.freq_base rope.scale_linear rope.scaling.type rope.scaling.factor rope.scaling.original_context_length
  rope.scaling.attn_factor rope.scaling.yarn_attn_factor rope.scaling.yarn_beta_fast rope.scaling.yarn_beta_slow`
  .trim()
  .split(/\s+/)

/** @param factors the values of rope_freqs.weight, null when the file has none */
export function ropeWords(
  file: string,
  keys: Omit<GgufKeys, 'rope'>,
  factors: Float32Array | null,
): Record<string, unknown> {
  const { headDim } = keys.sizes()
  const rotary = keys.count('rope.dimension_count') ?? headDim
  if (rotary > headDim) {
    throw keys.invalid('rope.dimension_count', `at most the key length, ${headDim}`, rotary)
  }
  return {
    rope_theta: keys.number('rope.freq_base') ?? 10000,
    partial_rotary_factor: fraction(rotary, headDim),
    rope_scaling: scaling(file, keys, rotary, factors),
  }
}

function scaling(
  file: string,
  keys: Omit<GgufKeys, 'rope'>,
  rotary: number,
  factors: Float32Array | null,
): Record<string, unknown> | null {
  const { number } = keys
  // as llama.cpp: a factor without a type is linear, a factor of 0 is none
  const factor = (number('rope.scaling.factor') ?? number('rope.scale_linear')) || 1
  const type = keys.raw('rope.scaling.type') ?? (factor === 1 ? 'none' : 'linear')
  if (factors) {
    if (factors.length !== rotary / 2 || !factors.every((x) => x > 0 && x < Infinity)) {
      throw keys.invalid(ropeFactorsName, `${rotary / 2} numbers above 0`, factors.length)
    }
    if (type !== 'none' && type !== 'linear') {
      throw keys.invalid('rope.scaling.type', `"none" or "linear" beside ${ropeFactorsName}`, type)
    }
    return { rope_type: 'custom', freq_factors: Array.from(factors, (x) => (type === 'linear' ? x * factor : x)) }
  }
  if (type === 'none') return null
  if (type === 'linear') return factor === 1 ? null : { rope_type: 'linear', factor }
  if (type !== 'yarn') {
    const found = plainly(type, 64)
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot load "${file}": it scales its positions by "${found}"; of GGUF files this version knows none, linear and yarn.`,
      { file, word: `rope ${found}`, known: 'none, linear, yarn' },
    )
  }
  // llama.cpp multiplies its own 1 + 0.1 ln(factor) by attn_factor
  const attention = number('rope.scaling.attn_factor') ?? number('rope.scaling.yarn_attn_factor') ?? 1
  const betas = { beta_fast: number('rope.scaling.yarn_beta_fast'), beta_slow: number('rope.scaling.yarn_beta_slow') }
  return {
    rope_type: 'yarn',
    factor,
    original_max_position_embeddings: number('rope.scaling.original_context_length') ?? number('context_length'),
    attention_factor: attention * (1 + 0.1 * Math.log(Math.max(factor, 1))),
    ...Object.fromEntries(Object.entries(betas).filter(([, value]) => value !== undefined)),
  }
}

/** The fraction f for which floor(whole * f) is `part`: the quotient, or the number after it. */
function fraction(part: number, whole: number): number {
  const f = part / whole
  return Math.floor(whole * f) === part ? f : f * (1 + Number.EPSILON)
}
