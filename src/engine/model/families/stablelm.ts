// StableLM (Stability AI 2023-24): LLaMA with LayerNorms, part of each head turned; one norm for both branches where they
// are parallel, and a norm of its own for each head of q and k in the 12B model.

import type { Branch, Config, Family, LayerNorm } from '../describe.ts'
import { commonGgufConfig, commonKeys, llamaFiles, llamaGguf, llamaLike } from './llama.ts'
import { changed, layerNorm } from './words.ts'

/** @param stacked whether the norms of all heads are one tensor */
function describe(config: Config, stacked: boolean): ReturnType<Family['describe']> {
  const made = llamaLike('stablelm', config, {
    D: 2560,
    F: 6912,
    V: 50304,
    maxContext: 4096,
    partial: 0.25,
    ownNorms: true,
    qkvBias: config.flag('use_qkv_bias', false),
  })
  const eps = config.number('layer_norm_eps', 1e-5)
  const parallel = config.flag('use_parallel_residual', false)
  const perHead = config.flag('qk_layernorm', false)
  const own = (at: string): LayerNorm => ({
    ...layerNorm(stacked ? `self_attn.${at}` : `self_attn.${at}.norms.{h}`, eps, false),
    over: 'own',
  })
  const { block, ...rest } = changed(made, ({ body }, mlp): Branch[] => [
    {
      norm: layerNorm('input_layernorm', eps),
      body: { ...body, ...(perHead && { qNorm: own('q_layernorm'), kNorm: own('k_layernorm') }) },
    },
    { norm: layerNorm(parallel ? 'input_layernorm' : 'post_attention_layernorm', eps), body: mlp.body },
  ])
  return {
    ...rest,
    block: (layer) => ({ ...block(layer), parallel }),
    head: { ...made.head, norm: layerNorm('model.norm', eps) },
  }
}

export const stablelm: Family = {
  name: 'stablelm',
  types: ['stablelm', 'stablelm_epoch'],
  keys: [...commonKeys, 'layer_norm_eps', 'use_qkv_bias', 'qk_layernorm', 'use_parallel_residual'],
  ...llamaFiles,
  gguf: {
    arch: 'stablelm',
    names: {
      ...llamaGguf.names,
      'model.layers.{i}.self_attn.q_layernorm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_layernorm': 'blk.{i}.attn_k_norm',
    },
    config: (keys) => ({
      ...commonGgufConfig(keys),
      layer_norm_eps: keys.required('attention.layer_norm_epsilon'),
      hidden_act: 'silu',
      use_qkv_bias: true,
      qk_layernorm: Boolean(keys.shape('blk.0.attn_q_norm.weight')),
      use_parallel_residual: keys.raw('use_parallel_residual') ?? false,
    }),
    describe: (config) => describe(config, true),
  },
  describe: (config) => describe(config, false),
}
