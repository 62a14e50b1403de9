// The keys rope.* of a GGUF in a config.json's words, as llama.cpp takes them. They are the same in every architecture.

import { EngineError } from '../errors.ts'
import { plainly } from '../shown.ts'
import type { GgufKeys } from './family.ts'

/** Small tensors that belong to the configuration: divisors of the frequencies (Llama 3), longrope's two lists (Phi-3). */
export const ropeFactorsNames = {
  all: 'rope_freqs.weight',
  short: 'rope_factors_short.weight',
  long: 'rope_factors_long.weight',
} as const
/** Their values, of those that the file has. */
export type RopeFactors = { -readonly [kind in keyof typeof ropeFactorsNames]?: Float32Array }

export const ropeKeys: readonly string[] = `
  rope.dimension_count rope.freq_base rope.scale_linear rope.scaling.type rope.scaling.factor rope.scaling.original_context_length
  rope.scaling.attn_factor rope.scaling.yarn_attn_factor rope.scaling.yarn_beta_fast rope.scaling.yarn_beta_slow`
  .trim()
  .split(/\s+/)

export function ropeWords(file: string, keys: Omit<GgufKeys, 'rope'>, factors: RopeFactors): Record<string, unknown> {
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
  { all: factors, short, long }: RopeFactors,
): Record<string, unknown> | null {
  const { number } = keys
  // as llama.cpp: a factor without a type is linear, a factor of 0 is none
  const factor = (number('rope.scaling.factor') ?? number('rope.scale_linear')) || 1
  const type = keys.raw('rope.scaling.type') ?? (factor === 1 ? 'none' : 'linear')
  if (short && long) {
    for (const kind of ['short', 'long'] as const) {
      const list = { short, long }[kind]
      if (list.length !== rotary / 2) throw keys.invalid(ropeFactorsNames[kind], `${rotary / 2} numbers`, list.length)
    }
    if (type !== 'none' && type !== 'longrope') {
      throw keys.invalid('rope.scaling.type', `"longrope" beside ${ropeFactorsNames.long}`, type)
    }
    return {
      rope_type: 'longrope',
      short_factor: Array.from(short),
      long_factor: Array.from(long),
      original_max_position_embeddings: number('rope.scaling.original_context_length') ?? number('context_length'),
      attention_factor: number('rope.scaling.attn_factor') ?? 1,
    }
  }
  if (factors) {
    if (factors.length !== rotary / 2 || !factors.every((x) => x > 0 && x < Infinity)) {
      throw keys.invalid(ropeFactorsNames.all, `${rotary / 2} numbers above 0`, factors.length)
    }
    if (type !== 'none' && type !== 'linear') {
      throw keys.invalid('rope.scaling.type', `"none" or "linear" beside ${ropeFactorsNames.all}`, type)
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
