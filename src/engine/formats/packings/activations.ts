// Settings by which the program that packed the weights rounds activations, or the KV cache, beside them (W8A8, FP8, LLM.int8).
// Here they are computed with as they are: said as what is left aside, because logits differ by that rounding.

import { shown } from '../../shown.ts'
import { isRecord } from './packing.ts'

/** The settings of `config` that ask for it, and what they say. */
export function roundedActivations(config: Readonly<Record<string, unknown>>): { key: string; value: string }[] {
  const own = config.quantization_config ?? config.compression_config
  if (!isRecord(own)) return []
  const found: [string, unknown][] = ['activation_scheme', 'activation_scale_ub', 'kv_cache_scheme'].map((key) => [
    key,
    own[key],
  ])
  if (own.load_in_8bit === true) found.push(['load_in_8bit', true])
  for (const [name, group] of Object.entries(isRecord(own.config_groups) ? own.config_groups : {})) {
    for (const key of ['input_activations', 'output_activations']) {
      if (isRecord(group)) found.push([`config_groups.${name}.${key}`, group[key]])
    }
  }
  return found
    .filter(([, value]) => value != null)
    .map(([key, value]) => ({ key: `quantization_config.${key}`, value: shown(value, 80) }))
}
