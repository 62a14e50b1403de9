// A GGUF's key/values as the config.json that Hugging Face would have: model_type, hidden_size,
// rope_scaling … For the architectures whose families this version knows.

import { EngineError } from '../errors.ts'
import { checkConfig } from './config.ts'
import type { GgufTensor } from './gguf.ts'
import { plainly } from '../shown.ts'

const architectures = ['llama', 'qwen2', 'qwen3']

/** @param ropeFactors the values of rope_freqs.weight, null when the file has none */
export function ggufConfig(
  file: string,
  metadata: ReadonlyMap<string, unknown>,
  tensors: readonly GgufTensor[],
  ropeFactors: Float32Array | null,
): Record<string, unknown> {
  const arch = metadata.get('general.architecture')
  if (typeof arch !== 'string' || !architectures.includes(arch)) {
    const found = typeof arch === 'string' ? arch.slice(0, 40) : 'none'
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot load "${file}": its architecture is "${found}"; of GGUF files this version knows ${architectures.join(', ')}.`,
      { file, type: found, known: architectures.join(', ') },
    )
  }
  const get = (key: string): unknown => uniform(file, `${arch}.${key}`, metadata.get(`${arch}.${key}`))
  const number = (key: string): number | undefined => {
    const value = get(key)
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value))) {
      throw invalid(file, `${arch}.${key}`, 'a number', value)
    }
    return value
  }
  /** a key that others are computed from: it is checked first, so that no other is blamed for it */
  const count = (key: string): number | undefined => {
    const value = number(key)
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= 2 ** 20)) {
      throw invalid(file, `${arch}.${key}`, 'a whole number from 1 to 2^20', value)
    }
    return value
  }
  const requiredCount = (key: string): number => count(key) ?? required(key)
  const required = (key: string): number =>
    number(key) ??
    (() => {
      throw invalid(file, `${arch}.${key}`, 'a number', undefined)
    })()
  const has = (tensor: string): boolean => tensors.some(({ name }) => name === tensor)
  const any = (pattern: RegExp): boolean => tensors.some(({ name }) => pattern.test(name))

  const hidden = requiredCount('embedding_length')
  const heads = requiredCount('attention.head_count')
  const keyLength = count('attention.key_length')
  if (keyLength === undefined && hidden % heads !== 0) {
    throw invalid(file, `${arch}.attention.head_count`, `a divisor of ${arch}.embedding_length, ${hidden}`, heads)
  }
  const headDim = keyLength ?? hidden / heads
  if ((number('attention.value_length') ?? headDim) !== headDim) {
    throw invalid(
      file,
      `${arch}.attention.value_length`,
      `equal to the key length, ${headDim}`,
      get('attention.value_length'),
    )
  }
  const rotary = count('rope.dimension_count') ?? headDim
  if (rotary > headDim) {
    throw invalid(file, `${arch}.rope.dimension_count`, `at most the key length, ${headDim}`, rotary)
  }
  const window = arch === 'llama' ? (number('attention.sliding_window') ?? 0) : 0
  const config: Record<string, unknown> = {
    model_type: window > 0 ? 'mistral' : arch,
    hidden_size: hidden,
    num_hidden_layers: required('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: number('attention.head_count_kv') ?? heads,
    head_dim: headDim,
    intermediate_size: required('feed_forward_length'),
    vocab_size: tensors.find(({ name }) => name === 'token_embd.weight')?.shape[0] ?? number('vocab_size'),
    max_position_embeddings: required('context_length'),
    rms_norm_eps: required('attention.layer_norm_rms_epsilon'),
    hidden_act: 'silu',
    rope_theta: number('rope.freq_base') ?? 10000,
    partial_rotary_factor: fraction(rotary, headDim),
    tie_word_embeddings: !has('output.weight'),
    attention_bias: any(/^blk\.\d+\.attn_(q|k|v|output)\.bias$/),
    mlp_bias: any(/^blk\.\d+\.ffn_(gate|up|down)\.bias$/),
    use_sliding_window: false,
    rope_scaling: ropeScaling(file, get, number, rotary, ropeFactors),
    ...(window > 0 && { sliding_window: window }),
    ...tokenIds(file, metadata),
  }
  checkConfig(file, config)
  return config
}

function ropeScaling(
  file: string,
  get: (key: string) => unknown,
  number: (key: string) => number | undefined,
  rotary: number,
  factors: Float32Array | null,
): Record<string, unknown> | null {
  // as llama.cpp: a factor without a type is linear, a factor of 0 is none
  const factor = (number('rope.scaling.factor') ?? number('rope.scale_linear')) || 1
  const type = get('rope.scaling.type') ?? (factor === 1 ? 'none' : 'linear')
  if (factors) {
    if (factors.length !== rotary / 2 || !factors.every((x) => x > 0 && x < Infinity)) {
      throw invalid(file, 'rope_freqs.weight', `${rotary / 2} numbers above 0`, factors.length)
    }
    if (type !== 'none' && type !== 'linear') {
      throw invalid(file, 'rope.scaling.type', '"none" or "linear" beside rope_freqs.weight', type)
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

function tokenIds(file: string, metadata: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const id = (name: string): unknown => {
    const key = `tokenizer.ggml.${name}_token_id`,
      value = metadata.get(key)
    if (value !== undefined && !(Number.isInteger(value) && (value as number) >= -1 && (value as number) <= 2 ** 31)) {
      throw invalid(file, key, 'a token id', value)
    }
    return value
  }
  const ends = [...new Set(['eos', 'eot', 'eom'].map(id).filter((value) => value !== undefined))]
  return {
    ...(id('bos') !== undefined && { bos_token_id: id('bos') }),
    ...(ends.length > 0 && { eos_token_id: ends.length === 1 ? ends[0] : ends }),
    ...(id('padding') !== undefined && { pad_token_id: id('padding') }),
  }
}

/** A per-layer list becomes one number when all layers agree. */
function uniform(file: string, key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value
  const [first, ...rest] = value as Uint32Array
  if (first === undefined || rest.some((x) => x !== first)) {
    throw invalid(
      file,
      key,
      'the same for every layer',
      rest.find((x) => x !== first),
    )
  }
  return first
}

function invalid(file: string, key: string, must: string, value: unknown): EngineError {
  const found = plainly(value)
  return new EngineError(
    'CONFIG_INVALID',
    `Cannot use "${file}": "${key}" must be ${must}, the file has ${found}. The file is damaged or of a kind this version does not know.`,
    { file, key, need: must, found },
  )
}
