// What a config.json says beyond what its family computes with: keys that never change a logit, keys of designs that no
// family here has, refused unless they say "as usual", and the rest, which the plan lists. What a family itself reads,
// and which values of it change nothing, stands in families/. Data first; the judge at the end.

import { EngineError } from '../errors.ts'
import type { Dims } from './plan.ts'
import { shown } from '../shown.ts'

/**
 * A key of the file that is not computed with: `family` = the family itself does not read it, `overruled` = another key
 * wins, `unknown` = not known.
 */
export interface IgnoredKey {
  key: string
  value: string
  why: 'family' | 'overruled' | 'unknown' | 'activations'
}

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Names, training, classification, token ids, and how PyTorch runs it: none changes a logit. */
export const irrelevantKeys: ReadonlySet<string> = new Set(
  words(`
  _name_or_path name_or_path model_name transformers_version _commit_hash tokenizer_class language license
  use_cache return_dict use_return_dict return_dict_in_generate torchscript use_bfloat16 tf_legacy_loss output_scores
  output_attentions output_hidden_states output_router_logits attn_implementation _attn_implementation _attn_implementation_autoset _attn_implementation_internal
  use_flash_attn _flash_attn_2_enabled attn_mode experts_implementation gradient_checkpointing chunk_size_feed_forward pretraining_tp
  initializer_range initializer_factor attention_dropout hidden_dropout hidden_dropout_prob attention_probs_dropout_prob resid_pdrop embd_pdrop attn_pdrop
  residual_dropout embedding_dropout dropout classifier_dropout aux_loss_coef router_aux_loss_coef z_loss
  eos_token_id unk_token_id sep_token_id cls_token_id num_return_sequences remove_invalid_values
  id2label label2id num_labels problem_type finetuning_task task_specific_params prefix is_decoder
  is_llama_config transformers.js_config unsloth_version unsloth_fixed model_max_length tokenizer_model_max_length`),
)

/**
 * How a text is drawn, in configs of before generation_config.json: sampler/defaults.ts computes with them or lists
 * them.
 */
export const generationKeys: ReadonlySet<string> = new Set(
  words(`
  max_length min_length max_new_tokens min_new_tokens stop_strings do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature top_k top_p min_p top_h typical_p epsilon_cutoff eta_cutoff
  repetition_penalty encoder_repetition_penalty length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids force_words_ids constraints sequence_bias renormalize_logits
  exponential_decay_length_penalty suppress_tokens begin_suppress_tokens forced_bos_token_id forced_eos_token_id token_healing guidance_scale watermarking_config penalty_alpha dola_layers`),
)

/** What a config.json says about drawing a text. */
export const generationOf = (raw: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => generationKeys.has(key)))

/** Whether a value of a key changes nothing. */
export type Neutral = (value: unknown, dims: Dims) => boolean
const isEmpty = (v: unknown): boolean =>
  typeof v === 'object' && v !== null && !Array.isArray(v) && Object.keys(v).length === 0
export const only =
  (...values: unknown[]): Neutral =>
  (value) =>
    values.includes(value)
/** A key that says nothing to others, whatever it holds. */
export const any: Neutral = () => true
export const every =
  (item: unknown): Neutral =>
  (value) =>
    Array.isArray(value) && value.every((v) => v === item)
const either =
  (a: Neutral, b: Neutral): Neutral =>
  (value, dims) =>
    a(value, dims) || b(value, dims)

/**
 * Keys of other designs: they change the numbers of those who compute with them. Values that change nothing are let
 * through.
 */
export const foreignKeys: Readonly<Record<string, Neutral>> = {
  attn_logit_softcapping: only(0),
  final_logit_softcapping: only(0),
  attention_multiplier: (v, { d }) => v === d ** -0.5,
  query_pre_attn_scalar: (v, { d }) => v === d,
  attention_scale: (v, { d }) => v === d ** -0.5,
  embedding_multiplier: only(1),
  embedding_scale: only(1),
  scale_emb: only(1),
  residual_multiplier: only(1),
  residual_scale: only(1),
  scale_depth: (v, { layers }) => v === layers ** 0.5,
  logits_scaling: only(1),
  logit_scale: only(1),
  output_multiplier: only(1),
  lm_head_multiplier: only(1),
  key_multiplier: only(1),
  clip_qkv: only(0, false),
  qkv_clip: only(0),
  qk_layernorm: only(false),
  use_qk_norm: only(false),
  qk_norm: only(false),
  rope_interleaved: only(false),
  no_rope_layers: either(every(1), every(true)),
  nope_layer_interval: only(0),
  no_rope_layer_interval: only(0),
  rope_local_base_freq: only(),
  local_rope_theta: only(),
  rope_pct: only(1),
  rotary_pct: only(1),
  rotary_percent: only(1),
  rope_ratio: only(1),
  rotary_dim: (v, { d }) => v === d,
  use_rope: only(true),
  use_mrope: only(false),
  alibi: only(false),
  use_alibi: only(false),
  is_causal: only(true),
  use_bidirectional_attention: only(false),
  is_encoder_decoder: only(false),
  add_cross_attention: only(false),
  cross_attention_hidden_size: only(),
  parallel_attn: only(false),
  use_parallel_residual: only(false),
  attention_chunk_size: only(0),
  per_layer_config: isEmpty,
  pruned_heads: isEmpty,
  num_experts: only(0, 1),
  num_local_experts: only(0, 1),
  n_routed_experts: only(0),
  moe_num_experts: only(0, 1),
  kv_lora_rank: only(0),
  q_lora_rank: only(0),
  value_head_dim: (v, { d }) => v === d,
  v_head_dim: (v, { d }) => v === d,
  num_kv_shared_layers: only(0),
  mup_enabled: only(false),
  use_mup: only(false),
  weight_scale: only(1),
  zero_centered_gamma: only(false),
  layernorm1p: only(false),
}

/** What the judge looks at in a family (describe.ts). */
interface Judged {
  name: string
  keys: readonly string[]
  off?: Readonly<Record<string, Neutral>>
}

/**
 * Every key of `raw` that the family does not compute with.
 * @param all the families of this version: a key of another one is told as such
 * @throws FAMILY_UNSUPPORTED for a key that would change the numbers
 */
export function judgeKeys(
  raw: Readonly<Record<string, unknown>>,
  family: Judged,
  all: readonly Judged[],
  dims: Dims,
): IgnoredKey[] {
  const ignored: IgnoredKey[] = []
  for (const [key, value] of Object.entries(raw)) {
    if (value === null || irrelevantKeys.has(key) || generationKeys.has(key) || family.keys.includes(key)) continue
    if (Object.hasOwn(foreignKeys, key)) {
      if (!foreignKeys[key]!(value, dims)) throw notComputed(family.name, key, value)
    } else if (!all.some(({ off = {} }) => Object.hasOwn(off, key) && off[key]!(value, dims))) {
      const why = all.some(({ keys }) => keys.includes(key)) ? 'family' : 'unknown'
      ignored.push({ key, value: shown(value), why })
    }
  }
  return ignored
}

export function notComputed(family: string, key: string, value: unknown): EngineError {
  return new EngineError(
    'FAMILY_UNSUPPORTED',
    `Cannot load this model: config.json says "${key}" is ${shown(value)}, and for the family ${family} this version does not compute with that, so every number would be wrong. Nothing was loaded; choose another model.`,
    { key, found: shown(value), family },
  )
}
