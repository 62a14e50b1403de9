// What a model's own files say about sampling: generation_config.json (transformers' GenerationConfig), where there is
// none the same keys of config.json, as older models have them, or the keys general.sampling.* of a GGUF (llama.cpp).
// What is said is a default; what would change the text and is not computed with here is named, unless its value does
// nothing.
//
// do_sample false is greedy, as in transformers. Where it is absent, a temperature or a cut in the file means that its
// authors sample; where the file is silent on a parameter, the runtime's own default stays.

import type { ModelDefaults } from '../types.ts'
import { inRange, parameterNames, parameters, samplingRanges } from './params.ts'
import type { ParameterName } from './stages.ts'
import { shown } from '../shown.ts'

type Given = ModelDefaults['sampling']
/** By the names that files use, in a generation_config.json or in a GGUF. */
const named = (place: 'config' | 'gguf'): ReadonlyMap<string, ParameterName> =>
  new Map(parameterNames.flatMap((name) => (parameters[name][place] ? [[parameters[name][place], name]] : [])))
const names = named('config')
const ggufNames = named('gguf')

const words = (text: string): string[] => text.trim().split(/\s+/)
/** Keys about ids, memory, speed or what is returned: the text is the same with any value. */
const irrelevant: ReadonlySet<string> = new Set(
  words(`
  eos_token_id bos_token_id pad_token_id decoder_start_token_id is_assistant transformers_version _from_model_config _commit_hash generation_kwargs use_cache cache_implementation cache_config max_cache_len
  return_dict_in_generate output_attentions output_hidden_states output_scores output_logits return_legacy_cache num_return_sequences max_time low_memory compile_config disable_compile
  num_assistant_tokens num_assistant_tokens_schedule assistant_confidence_threshold prompt_lookup_num_tokens max_matching_ngram_size assistant_early_exit assistant_lookbehind target_lookbehind
  assistant_ensemble_weight speculation_type use_mtp continuous_batching_config prefill_chunk_size remove_invalid_values trust_remote_code chat_format max_window_size`),
)
/** Values that do nothing, of keys that are not computed with. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  num_beams: [1],
  num_beam_groups: [1],
  diversity_penalty: [0],
  length_penalty: [1],
  early_stopping: [false],
  typical_p: [1],
  top_h: [1],
  epsilon_cutoff: [0],
  eta_cutoff: [0],
  encoder_repetition_penalty: [1],
  no_repeat_ngram_size: [0],
  encoder_no_repeat_ngram_size: [0],
  min_length: [0],
  min_new_tokens: [0],
  renormalize_logits: [false],
  guidance_scale: [1],
  token_healing: [false],
  penalty_alpha: [0],
}
const ggufNeutral: Readonly<Record<string, readonly unknown[]>> = {
  xtc_probability: [0],
  mirostat: [0],
  penalty_last_n: [-1],
}
/** They say how the ones above work, and nothing while those are off. */
const ggufQuiet: ReadonlySet<string> = new Set(['sequence', 'xtc_threshold', 'mirostat_tau', 'mirostat_eta'])

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)
/** GGUF keeps 32-bit floats: 0.8 reads as 0.800000011920929. */
const rounded = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value

function take(given: Given, ignored: string[], key: string, name: ParameterName, value: unknown): void {
  const { off, alsoOff } = parameters[name]
  const found = value === alsoOff ? off : value
  if (inRange(samplingRanges[name], found)) given[name] = found
  else ignored.push(`${key} = ${shown(value, 60)}`)
}

/** The model's files, as far as they are about sampling, and the context in force. */
export interface SamplingFiles {
  generationConfig: Readonly<Record<string, unknown>> | null
  /**
   * the same keys in config.json: they count where there is no generation_config.json, and are named where that one
   * overrules them
   */
  older: Readonly<Record<string, unknown>>
  metadata: ReadonlyMap<string, unknown> | null
  context: number
}

/** undefined where the files say nothing. */
export function samplingDefaults({
  generationConfig,
  older,
  metadata,
  context,
}: SamplingFiles): ModelDefaults | undefined {
  const sampling: Given = {},
    ignored: string[] = []
  let maxTokens: number | undefined, stop: string[] | undefined
  const given = generationConfig ?? older
  for (const [key, value] of Object.entries(given)) {
    if (isEmpty(value) || irrelevant.has(key) || key === 'do_sample') continue
    const name = names.get(key)
    if (name) take(sampling, ignored, key, name, value)
    // of prompt and answer together: where it is no shorter than the context, the context ends the answer first
    else if (key === 'max_length' && typeof value === 'number' && value >= context) continue
    else if (key === 'max_new_tokens' && Number.isSafeInteger(value) && (value as number) > 0) {
      maxTokens = value as number
    } else if (
      key === 'stop_strings' &&
      [value].flat().every((one) => typeof one === 'string' && one !== '' && one.length <= 1000) &&
      [value].flat().length <= 100
    ) {
      stop = [value].flat() as string[]
    } else if (!(Object.hasOwn(neutral, key) && neutral[key]!.includes(value))) {
      ignored.push(`${key.slice(0, 60)} = ${shown(value, 60)}`)
    }
  }
  if (given['do_sample'] === false || given['do_sample'] === 0) sampling.temperature = 0
  if (generationConfig) {
    for (const [key, value] of Object.entries(older)) {
      if (
        !isEmpty(value) &&
        shown(value, 60) !== shown(generationConfig[key], 60) &&
        !(Object.hasOwn(neutral, key) && neutral[key]!.includes(value))
      ) {
        ignored.push(`${key} = ${shown(value, 60)} (config.json)`)
      }
    }
  }
  const prefix = 'general.sampling.'
  for (const [full, raw] of metadata ?? []) {
    if (!full.startsWith(prefix)) continue
    const key = full.slice(prefix.length),
      value = rounded(raw),
      name = ggufNames.get(key)
    if (name) take(sampling, ignored, full, name, value)
    else if (!ggufQuiet.has(key) && !(Object.hasOwn(ggufNeutral, key) && ggufNeutral[key]!.includes(value))) {
      ignored.push(`${full.slice(0, 80)} = ${shown(value, 60)}`)
    }
  }
  if (Object.keys(sampling).length + ignored.length === 0 && maxTokens === undefined && !stop) return undefined
  return { sampling, ...(maxTokens !== undefined && { maxTokens }), ...(stop && { stop }), ignored }
}
