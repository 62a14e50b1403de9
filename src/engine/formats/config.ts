// config.json and generation_config.json, checked number by number before anything is planned by
// them. Only what a key may hold is known here; what a family makes of it is model/'s business.

import { EngineError } from '../errors.ts'
import { parsePythonJson } from './python-json.ts'
import { shown } from '../shown.ts'

type Check = (value: unknown) => boolean

const isInt =
  (min: number, max: number): Check =>
  (v) =>
    Number.isSafeInteger(v) && (v as number) >= min && (v as number) <= max
const isNumber =
  (above: number, max: number): Check =>
  (v) =>
    typeof v === 'number' && v > above && v <= max
const isBoolean: Check = (v) => typeof v === 'boolean'
const isText =
  (max: number): Check =>
  (v) =>
    typeof v === 'string' && v.length > 0 && v.length <= max
const isList =
  (max: number, item: Check): Check =>
  (v) =>
    Array.isArray(v) && v.length <= max && v.every(item)
const either =
  (a: Check, b: Check): Check =>
  (v) =>
    a(v) || b(v)
const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)

/** What stands for "none" in configs that Python reads. */
const isEmpty: Check = (v) => v === false || v === 0 || v === '' || (Array.isArray(v) && v.length === 0)

const maxLayers = 1024,
  maxExperts = 4096
const isTokenId = either(isInt(-1, 2 ** 31), isList(1024, isInt(-1, 2 ** 31)))

/** key -> what it must be, in words and as a test; null always counts as absent. */
const rules: readonly [keys: string, must: string, check: Check][] = [
  ['model_type', 'a name', isText(64)],
  [
    'num_hidden_layers n_layer n_layers num_layers num_decoder_layers num_hidden_groups inner_group_num',
    `a whole number from 1 to ${maxLayers}`,
    isInt(1, maxLayers),
  ],
  ['num_experts num_local_experts', `a whole number from 0 to ${maxExperts}`, isInt(0, maxExperts)],
  ['relative_attention_num_buckets relative_attention_max_distance', 'a whole number from 1 to 65536', isInt(1, 65536)],
  ['num_labels', 'a whole number from 0 to 65536', isInt(0, 65536)],
  [
    'hidden_size n_embd n_embed d_model intermediate_size n_inner d_ff ffn_hidden_size',
    'a whole number from 1 to 2^20',
    isInt(1, 2 ** 20),
  ],
  [
    'num_attention_heads n_head num_heads num_key_value_heads head_dim',
    'a whole number from 1 to 65536',
    isInt(1, 65536),
  ],
  ['vocab_size padded_vocab_size', 'a whole number from 1 to 2^24', isInt(1, 2 ** 24)],
  [
    'max_position_embeddings n_positions n_ctx seq_length original_max_position_embeddings',
    'a whole number from 1 to 2^31',
    isInt(1, 2 ** 31),
  ],
  ['sliding_window max_window_layers', 'a whole number from 0 to 2^31', isInt(0, 2 ** 31)],
  ['layer_norm_epsilon layer_norm_eps layernorm_epsilon rms_norm_eps', 'a number above 0 and below 1', isNumber(0, 1)],
  ['rope_theta rope_local_base_freq', 'a number above 0', isNumber(0, 1e15)],
  ['partial_rotary_factor', 'a number above 0, at most 1', isNumber(0, 1)],
  ['tie_word_embeddings attention_bias mlp_bias use_sliding_window', 'true or false', isBoolean],
  ['hidden_act activation_function', 'a name', isText(64)],
  ['layer_types', `a list of at most ${maxLayers} names`, isList(maxLayers, isText(64))],
  ['bos_token_id eos_token_id pad_token_id', 'a token id or a list of them', isTokenId],
  ['rope_scaling', 'an object', either(isRecord, isEmpty)],
  ['rope_parameters quantization_config', 'an object', isRecord],
]

const ropeRules: typeof rules = [
  ['rope_type type', 'a name', isText(64)],
  ['rope_theta factor low_freq_factor high_freq_factor', 'a number above 0', isNumber(0, 1e15)],
  ['beta_fast beta_slow attention_factor', 'a number from 0', (v) => v === 0 || isNumber(0, 1e15)(v)],
  ['mscale mscale_all_dim', 'a number from 0', (v) => v === 0 || isNumber(0, 1e6)(v)],
  ['original_max_position_embeddings', 'a whole number from 1 to 2^31', isInt(1, 2 ** 31)],
  ['partial_rotary_factor', 'a number above 0, at most 1', isNumber(0, 1)],
  [
    'long_factor short_factor freq_factors',
    'a list of at most 65536 numbers above 0',
    isList(65536, isNumber(0, Number.MAX_VALUE)),
  ],
]

const generationRules: typeof rules = [
  ['bos_token_id eos_token_id pad_token_id', 'a token id or a list of them', isTokenId],
]

/**
 * JSON text, NaN and the infinities as Python writes them included -> a plain object. The key "__proto__" is dropped.
 */
export function parseJsonObject(file: string, text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parsePythonJson(text)
  } catch (cause) {
    throw new EngineError(
      'CONFIG_INVALID',
      `Cannot read "${file}": it is not valid JSON (${(cause as Error).message.slice(0, 200)}). Fetch it again.`,
      { file, problem: (cause as Error).message.slice(0, 200) },
      { cause },
    )
  }
  if (!isRecord(value)) {
    throw new EngineError('CONFIG_INVALID', `Cannot read "${file}": it must hold a JSON object. Fetch it again.`, {
      file,
    })
  }
  return value
}

/** Throws CONFIG_INVALID when a known key of a model's config holds something else than it may. */
export function checkConfig(file: string, config: Record<string, unknown>): void {
  apply(file, config, '', rules)
  if (config.model_type == null) throw invalid(file, 'model_type', 'a name', undefined)
  for (const key of ['rope_scaling', 'rope_parameters']) {
    if (isRecord(config[key])) apply(file, config[key], `${key}.`, ropeRules)
  }
  const { num_attention_heads: heads, num_key_value_heads: kvHeads } = config
  if (typeof heads === 'number' && typeof kvHeads === 'number' && heads % kvHeads !== 0) {
    throw invalid(file, 'num_key_value_heads', `a divisor of num_attention_heads, ${heads}`, kvHeads)
  }
}

export function checkGenerationConfig(file: string, config: Record<string, unknown>): void {
  apply(file, config, '', generationRules)
}

function apply(file: string, config: Record<string, unknown>, prefix: string, list: typeof rules): void {
  for (const [keys, must, check] of list) {
    for (const key of keys.split(' ')) {
      const value = Object.hasOwn(config, key) ? config[key] : undefined
      if (value != null && !check(value)) throw invalid(file, prefix + key, must, value)
    }
  }
}

function invalid(file: string, key: string, must: string, value: unknown): EngineError {
  const found = shown(value)
  return new EngineError(
    'CONFIG_INVALID',
    `Cannot use "${file}": "${key}" must be ${must}, the file has ${found}. The file is damaged or of another model; fetch it again.`,
    { file, key, need: must, found },
  )
}
