// Gemma 2: Gemma with a norm on both sides of each branch, scores and logits held within caps, and a window on every
// other layer, the first one included. Gemma Team 2024 (arXiv 2408.00118).

import type { GgufKeys } from '../../formats/family.ts'
import type { Config, Family } from '../describe.ts'
import { notComputed } from '../keys.ts'
import { gemmaActivation, gemmaGgufConfig, gemmaKeys, gemmaLike, type GemmaDifferences } from './gemma.ts'
import { llamaFiles, llamaGguf } from './llama.ts'

export const cappedKeys: readonly string[] = [
  ...gemmaKeys,
  ...['hidden_activation', 'query_pre_attn_scalar', 'sliding_window', 'layer_types'],
  ...['attn_logit_softcapping', 'final_logit_softcapping'],
]

/** What both later Gemmas read. @param usual caps where the config says nothing; null in it is none */
export function cappedDifferences(
  family: string,
  config: Config,
  usual: { scores: number; logits: number },
): Pick<GemmaDifferences, 'act' | 'scale' | 'sandwich' | 'caps'> {
  const cap = (key: string, fallback: number): number =>
    config.rawOrNull(key) === null ? 0 : config.number(key, fallback)
  return {
    act: gemmaActivation(family, config, 'hidden_activation'),
    scale: config.number('query_pre_attn_scalar', 256) ** -0.5,
    sandwich: true,
    caps: { scores: cap('attn_logit_softcapping', usual.scores), logits: cap('final_logit_softcapping', usual.logits) },
  }
}

/** Whether a layer slides: layer_types, or where the config has none, every layer but each `pattern`th. */
export function slides(family: string, config: Config, layers: number, pattern: number): (layer: number) => boolean {
  const types = config.raw('layer_types')
  if (types === undefined) return (layer) => (layer + 1) % pattern !== 0
  if (!Array.isArray(types) || types.length !== layers) {
    throw config.invalid('layer_types', `a list of ${layers} names, one per layer`, types)
  }
  for (const type of types) {
    if (type !== 'sliding_attention' && type !== 'full_attention') throw notComputed(family, 'layer_types', type)
  }
  return (layer) => types[layer] === 'sliding_attention'
}

/** Keys that a layer which slides sees; null in a config is all. */
export const slidingWindow = (config: Config): number =>
  config.rawOrNull('sliding_window') === null ? 0 : config.number('sliding_window', 4096)

const differences = (config: Config): GemmaDifferences => {
  const layers = config.count('num_hidden_layers', 26)
  const isSliding = slides('gemma2', config, layers, 2),
    window = slidingWindow(config)
  return {
    defaults: { D: 2304, F: 9216, layers, H: 8, K: 4, d: 256, V: 256000, maxContext: 8192 },
    ...cappedDifferences('gemma2', config, { scores: 50, logits: 30 }),
    window: (layer) => (isSliding(layer) ? window : 0),
  }
}

/** llama.cpp's names of the norms around the branches. */
export const sandwichNames: Readonly<Record<string, string>> = {
  ...llamaGguf.names,
  'model.layers.{i}.post_attention_layernorm': 'blk.{i}.post_attention_norm',
  'model.layers.{i}.pre_feedforward_layernorm': 'blk.{i}.ffn_norm',
  'model.layers.{i}.post_feedforward_layernorm': 'blk.{i}.post_ffw_norm',
}

/** The scalar is in no key: llama.cpp takes D / H for the largest model, told by its layers, and the head's width else. */
export function scalarOf(keys: GgufKeys, largest: number): number {
  const { hidden, heads, headDim } = keys.sizes()
  return keys.required('block_count') === largest ? hidden / heads : headDim
}

export const gemma2: Family = {
  name: 'gemma2',
  types: ['gemma2'],
  keys: cappedKeys,
  ...llamaFiles,
  gguf: {
    arch: 'gemma2',
    names: sandwichNames,
    config: (keys) => ({
      ...gemmaGgufConfig(keys),
      query_pre_attn_scalar: scalarOf(keys, 46),
      sliding_window: keys.number('attention.sliding_window') ?? 4096,
      attn_logit_softcapping: keys.number('attn_logit_softcapping') ?? 50,
      final_logit_softcapping: keys.number('final_logit_softcapping') ?? 30,
    }),
    describe: (config) => gemmaLike('gemma2', config, differences(config), false),
  },
  describe: (config) => gemmaLike('gemma2', config, differences(config), true),
}
