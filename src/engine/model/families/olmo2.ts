// OLMo 2 (2024) and OLMo 3 (2025): no norm before a branch but one over what it gives, and norms over all queries and all
// keys at once. OLMo 3 has layers that see a window, turned by frequencies of their own.

import type { Config, Family, Norm } from '../describe.ts'
import { readRope } from '../rope.ts'
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

/** rope_parameters may be one for each kind of layer; scaling in the older form is that of layers that see everything. */
function ofKind(config: Config, kind: 'full_attention' | 'sliding_attention'): Config {
  const given = config.raw('rope_parameters') as Record<string, unknown> | undefined
  const byKind = given && ('full_attention' in given || 'sliding_attention' in given)
  return config.but({
    ...(byKind && { rope_parameters: given[kind] ?? { rope_type: 'default' } }),
    ...(kind === 'sliding_attention' && { rope_scaling: null }),
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
    const made = describe('olmo3', ofKind(config, 'full_attention'), {
      theta: 500000,
      window: (layer) => (isSliding(layer) ? window : 0),
    })
    const { d, maxContext } = made.dims
    const near = readRope(ofKind(config, 'sliding_attention'), d, maxContext, { theta: 500000 })
    return changed(made, (attention, mlp, layer) => [
      isSliding(layer) ? { ...attention, body: { ...attention.body, rope: near } } : attention,
      mlp,
    ])
  },
}
