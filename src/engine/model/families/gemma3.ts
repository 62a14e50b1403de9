// Gemma 3: Gemma 2 with a norm on every query and key head in place of the caps, and layers of two kinds: most slide, and
// turn with a frequency of their own; each sixth sees everything, and only there a scaling of positions applies.
// Gemma Team 2025 (arXiv 2503.19786). The config is the text model's own, or of the model that also sees, around it.

import type { GgufKeys } from '../../formats/family.ts'
import type { Config, Family } from '../describe.ts'
import { shown } from '../../shown.ts'
import type { RopeSpec } from '../rope-table.ts'
import { gemmaGgufConfig, gemmaLike, type GemmaDifferences } from './gemma.ts'
import { cappedDifferences, cappedKeys, sandwichNames, scalarOf, slides, slidingWindow } from './gemma2.ts'
import { ropeOfKind, type LayerKind } from './kinds.ts'
import { llamaFiles } from './llama.ts'

/** An older config says rope_theta and rope_scaling of layers that see everything, rope_local_base_freq of the others. */
function ropeOf(config: Config, kind: LayerKind, d: number, maxContext: number): RopeSpec {
  const full = kind === 'full_attention'
  const theta = full ? config.number('rope_theta', 1e6) : config.number('rope_local_base_freq', 1e4)
  return ropeOfKind(config, kind, { d, maxContext, theta, scaled: full })
}

const differences = (config: Config): GemmaDifferences => {
  // queries and keys are normed instead: transformers reads a cap of the scores and leaves it
  const cap = config.raw('attn_logit_softcapping')
  if (cap) config.ignored.push({ key: 'attn_logit_softcapping', value: shown(cap), why: 'family' })
  const layers = config.count('num_hidden_layers', 26)
  const pattern = config.count('sliding_window_pattern|_sliding_window_pattern', 6)
  const isSliding = slides('gemma3', config, layers, pattern),
    window = slidingWindow(config)
  return {
    defaults: { D: 2304, F: 9216, layers, H: 8, K: 4, d: 256, V: 262208, maxContext: 131072 },
    ...cappedDifferences('gemma3', config.but({ attn_logit_softcapping: null }), { scores: 0, logits: 0 }),
    qkNorm: true,
    window: (layer) => (isSliding(layer) ? window : 0),
    rope(d, maxContext) {
      const [near, full] = (['sliding_attention', 'full_attention'] as const).map((kind) =>
        ropeOf(config, kind, d, maxContext),
      ) as [RopeSpec, RopeSpec]
      return (layer) => (isSliding(layer) ? near : full)
    },
  }
}

/** Kinds of layers, in the words of a config: a list with a word for each, or each how many are none that slide. */
function kindsOf(keys: GgufKeys): Record<string, unknown> {
  const pattern = keys.raw('attention.sliding_window_pattern')
  const isList = Array.isArray(pattern) || ArrayBuffer.isView(pattern)
  if (!isList) return { sliding_window_pattern: keys.count('attention.sliding_window_pattern') ?? 6 }
  const list = Array.from(pattern as ArrayLike<unknown>)
  return { layer_types: list.map((sliding) => (sliding ? 'sliding_attention' : 'full_attention')) }
}

export const gemma3: Family = {
  name: 'gemma3',
  types: ['gemma3_text'],
  within: ['gemma3'],
  keys: [...cappedKeys, 'rope_local_base_freq', 'sliding_window_pattern', '_sliding_window_pattern'],
  ...llamaFiles,
  gguf: {
    arch: 'gemma3',
    names: {
      ...sandwichNames,
      'model.layers.{i}.self_attn.q_norm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_norm': 'blk.{i}.attn_k_norm',
    },
    config: (keys) => ({
      ...gemmaGgufConfig(keys),
      ...kindsOf(keys),
      query_pre_attn_scalar: scalarOf(keys, 62),
      sliding_window: keys.number('attention.sliding_window') ?? 0,
      rope_theta: keys.number('rope.freq_base') ?? 1e6,
      rope_local_base_freq: keys.number('rope.freq_base_swa') ?? 1e4,
      final_logit_softcapping: keys.number('final_logit_softcapping') ?? null,
      attn_logit_softcapping: keys.number('attn_logit_softcapping') ?? null,
    }),
    describe: (config) => gemmaLike('gemma3', config, differences(config), false),
  },
  describe: (config) => gemmaLike('gemma3', config, differences(config), true),
}
