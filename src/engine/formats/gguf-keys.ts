// A GGUF's keys by what they do to the numbers: computed with (those that the family asked for), refused unless they
// say "as usual", or left aside and listed in the plan. Only keys of the architecture count; general.*, tokenizer.*,
// split.* and quantize.* are about the file and its text. What llama.cpp reads is the measure.

import { EngineError } from '../errors.ts'
import { plainly } from '../shown.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Keys that change no number of a dense decoder. How many tokens there are is told by the rows of the embedding. */
export const irrelevantGgufKeys: readonly string[] = words(`
  vocab_size rope.scaling.finetuned expert_used_count expert_weights_norm expert_weights_scale expert_gating_func expert_shared_count expert_shared_feed_forward_length
  expert_feed_forward_length leading_dense_block_count decoder_start_token_id tensor_data_layout.reference attention.group_norm_groups`)

type Neutral = (value: unknown, headDim: () => number) => boolean
const only =
  (...values: unknown[]): Neutral =>
  (value) =>
    values.includes(value)
const near = (value: unknown, want: number): boolean =>
  typeof value === 'number' && Math.abs(value - want) <= 1e-6 * Math.abs(want)

/** Keys that llama.cpp computes with where they are read at all: 0 is its word for "not set". */
export const foreignGgufKeys: Readonly<Record<string, Neutral>> = {
  expert_count: only(0),
  expert_group_count: only(0, 1),
  interleave_moe_layer_step: only(0),
  attn_logit_softcapping: only(0),
  final_logit_softcapping: only(0),
  router_logit_softcapping: only(0),
  logit_scale: only(0, 1),
  embedding_scale: only(0, 1),
  residual_scale: only(0, 1),
  'attention.output_scale': only(0, 1),
  'attention.value_scale': only(0, 1),
  'attention.scale': (value, headDim) => value === 0 || near(value, headDim() ** -0.5),
  'attention.clamp_kqv': only(0),
  'attention.max_alibi_bias': only(0),
  'attention.causal': only(true),
  use_parallel_residual: only(false),
  'attention.layer_norm_epsilon': only(),
  'attention.group_norm_epsilon': only(),
  'attention.chunk_size': only(0),
  'attention.shared_kv_layers': only(0),
  'attention.temperature_length': only(0),
  'attention.temperature_scale': only(0),
  'attention.q_lora_rank': only(0),
  'attention.kv_lora_rank': only(0),
  'attention.key_length_mla': only(0),
  'attention.value_length_mla': only(0),
  'attention.sliding_window_pattern': only(0, 1),
  'attention.relative_buckets_count': only(0),
  'rope.dimension_sections': (value) => ArrayBuffer.isView(value) && [...(value as Int32Array)].every((n) => n === 0),
  'rope.scaling.yarn_ext_factor': only(1),
  'rope.scaling.yarn_log_multiplier': only(0),
  'rope.scaling.alpha': only(0, 1),
  'rope.freq_base_swa': only(),
  tensor_data_layout: only('reference', ''),
  swin_norm: only(false),
  rescale_every_n_layers: only(0),
  nextn_predict_layers: only(0),
}

/** Keys that llama.cpp leaves aside where it does not compute with them. */
export const offGgufKeys: Readonly<Record<string, Neutral>> = { 'attention.sliding_window': only(0) }

/** What one of them means, in a person's words. */
const meaning: Readonly<Record<string, (value: unknown) => string>> = {
  'attention.causal': () => 'attention in both directions',
}

/**
 * @param read keys behind "<arch>." that are computed with
 * @throws FAMILY_UNSUPPORTED for a key that changes the numbers and is not computed with
 */
export function judgeGgufKeys(
  file: string,
  metadata: ReadonlyMap<string, unknown>,
  arch: string,
  headDim: () => number,
  read: ReadonlySet<string>,
): { key: string; value: string }[] {
  const ignored: { key: string; value: string }[] = []
  for (const [key, value] of metadata) {
    if (!key.startsWith(`${arch}.`)) {
      if (!/^(general|tokenizer|split|quantize|imatrix|mradermacher|unsloth)\./.test(key)) {
        ignored.push({ key, value: plainly(value) })
      }
      continue
    }
    const short = key.slice(arch.length + 1)
    if (read.has(short) || irrelevantGgufKeys.includes(short)) continue
    if (Object.hasOwn(offGgufKeys, short) && offGgufKeys[short]!(value, headDim)) continue
    if (!Object.hasOwn(foreignGgufKeys, short)) {
      ignored.push({ key, value: plainly(value) })
      continue
    }
    if (foreignGgufKeys[short]!(value, headDim)) continue
    const word = Object.hasOwn(meaning, short) ? meaning[short]!(value) : `"${key}" = ${plainly(value)}`
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot load "${file}": it asks for ${word}, and for the architecture "${arch}" this version does not compute with that. Nothing was loaded; choose another model.`,
      Object.hasOwn(meaning, short) ? { file, word, family: arch } : { file, key, found: plainly(value), family: arch },
    )
  }
  return ignored
}
