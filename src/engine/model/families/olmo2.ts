// OLMo 2 (2024) and OLMo 3 (2025): no norm before a branch but one over what it gives, and norms over all queries and all
// keys at once. OLMo 3 has layers that see a window, turned by frequencies of their own.

import type { Config, Family, Norm } from '../describe.ts'
import type { RopeSpec } from '../rope-table.ts'
import { layerKinds, ropeOfKind, rotaryOf, type LayerKind } from './kinds.ts'
import { commonGgufConfig, llamaFiles, llamaGguf, llamaKeys, llamaLike, type Differences } from './llama.ts'
import { changed, slides } from './words.ts'

function describe(family: string, config: Config, more: Differences): ReturnType<Family['describe']> {
  const bias = config.flag('attention_bias', false)
  const made = llamaLike(family, config, { eps: 1e-5, V: 50304, qkvBias: bias, outBias: bias, qkNorm: 'all', ...more })
  const eps = config.number('rms_norm_eps', 1e-5)
  const rms = (at: string): Norm => ({ kind: 'rms', at, eps })
  return changed(made, ({ body }, mlp) => [
    { body, after: rms('post_attention_layernorm') },
    { body: mlp.body, after: rms('post_feedforward_layernorm') },
  ])
}

const { 'model.layers.{i}.input_layernorm': _, ...names } = llamaGguf.names

export const olmo2: Family = {
  name: 'olmo2',
  types: ['olmo2'],
  keys: [...llamaKeys, 'attention_bias'],
  ...llamaFiles,
  gguf: {
    arch: 'olmo2',
    names: {
      ...names,
      'model.layers.{i}.self_attn.q_norm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_norm': 'blk.{i}.attn_k_norm',
      'model.layers.{i}.post_attention_layernorm': 'blk.{i}.post_attention_norm',
      'model.layers.{i}.post_feedforward_layernorm': 'blk.{i}.post_ffw_norm',
    },
    config: (keys) => ({ ...llamaGguf.config(keys), attention_bias: true }),
  },
  describe: (config) => describe('olmo2', config, {}),
}

/** of OLMo 3, where the config does not say */
const THETA = 500000

/**
 * Scaling in the older form is that of layers that see everything, and so is rope_theta, unless rope_parameters has a
 * frequency for them: then it is that of the others. So transformers reads it.
 */
function ropeOf(config: Config, kind: LayerKind, d: number, maxContext: number): RopeSpec {
  const full = kind === 'full_attention'
  const isTheirs = 'rope_theta' in rotaryOf(config, 'full_attention') || full
  return ropeOfKind(config, kind, {
    d,
    maxContext,
    theta: isTheirs ? config.number('rope_theta', THETA) : THETA,
    scaled: full,
  })
}

export const olmo3: Family = {
  name: 'olmo3',
  types: ['olmo3'],
  keys: [...llamaKeys, 'attention_bias', 'layer_types', 'sliding_window'],
  ...llamaFiles,
  gguf: {
    ...olmo2.gguf!,
    is: (keys) => (keys.number('attention.sliding_window') ?? 0) > 0,
    config: (keys) => {
      const pattern = keys.raw('attention.sliding_window_pattern')
      const layers = keys.requiredCount('block_count')
      const isSliding = (i: number): boolean =>
        ArrayBuffer.isView(pattern) || Array.isArray(pattern)
          ? Boolean((pattern as ArrayLike<unknown>)[i])
          : (i + 1) % 4 !== 0
      const { rope_theta, rope_scaling, ...rest } = commonGgufConfig(keys)
      return {
        ...rest,
        rms_norm_eps: keys.required('attention.layer_norm_rms_epsilon'),
        hidden_act: 'silu',
        attention_bias: true,
        sliding_window: keys.count('attention.sliding_window'),
        layer_types: Array.from({ length: layers }, (_, i) => (isSliding(i) ? 'sliding_attention' : 'full_attention')),
        rope_parameters: {
          full_attention: { rope_type: 'default', ...(rope_scaling as object | null), rope_theta },
          sliding_attention: { rope_type: 'default', rope_theta: keys.number('rope.freq_base_swa') ?? rope_theta },
        },
      }
    },
  },
  describe(config) {
    const isSliding = slides(config, config.count('num_hidden_layers', 32), (layer) => (layer + 1) % 4 !== 0)
    const window = config.rawOrNull('sliding_window') === null ? 0 : config.count('sliding_window', 4096)
    const made = describe('olmo3', config, { unturned: true, window: (layer) => (isSliding(layer) ? window : 0) })
    const { d, maxContext } = made.dims
    const [full, near] = layerKinds.map((kind) => ropeOf(config, kind, d, maxContext)) as [RopeSpec, RopeSpec]
    return changed(made, (attention, mlp, layer) => [
      { ...attention, body: { ...attention.body, rope: isSliding(layer) ? near : full } },
      mlp,
    ])
  },
}
