// Command-R and R7B (Cohere 2024): one LayerNorm without a bias for both branches, neighbours turned in pairs, logits
// times a factor. Command-R+ has a norm of its own for each head of q and k; in R7B only layers that see a window are
// turned.

import type { Config, Family, LayerNorm } from '../describe.ts'
import { readRope } from '../rope.ts'
import { commonGgufConfig, commonKeys, llamaFiles, llamaGguf, llamaLike, type Differences } from './llama.ts'
import { changed, layerNorm, slides } from './words.ts'

function describe(
  family: string,
  config: Config,
  more: Differences & { turned?: (layer: number) => boolean },
): ReturnType<Family['describe']> {
  const { turned = () => true, ...difference } = more
  const bias = config.flag('attention_bias', false)
  const made = llamaLike(family, config, {
    layers: 40,
    D: 8192,
    H: 64,
    F: 22528,
    V: 256000,
    ownNorms: true,
    qkvBias: bias,
    outBias: bias,
    ...difference,
  })
  const eps = config.number('layer_norm_eps', 1e-5)
  const norm = layerNorm('input_layernorm', eps, false)
  const perHead = family === 'cohere' && config.flag('use_qk_norm', false)
  const own = (at: string): LayerNorm => ({ ...layerNorm(at, eps, false), over: 'own' })
  const rope = readRope(config, made.dims.d, made.dims.maxContext, { layout: 'interleaved', theta: difference.theta })
  const { block, ...rest } = changed(made, ({ body }, mlp, layer) => [
    {
      norm,
      body: {
        ...body,
        rope: turned(layer) ? rope : null,
        ...(perHead && { qNorm: own('self_attn.q_norm'), kNorm: own('self_attn.k_norm') }),
      },
    },
    { norm, body: mlp.body },
  ])
  return {
    ...rest,
    block: (layer) => ({ ...block(layer), parallel: true }),
    head: {
      norm: layerNorm('model.norm', eps, false),
      tokens: {
        at: 'lm_head',
        tied: config.flag('tie_word_embeddings', true),
        by: config.number('logit_scale', 0.0625),
      },
    },
  }
}

const keys: readonly string[] = [...commonKeys, 'layer_norm_eps', 'attention_bias', 'logit_scale']
const { 'model.layers.{i}.post_attention_layernorm': _, ...names } = llamaGguf.names
const ggufConfig: NonNullable<Family['gguf']>['config'] = (file) => ({
  ...commonGgufConfig(file),
  layer_norm_eps: file.required('attention.layer_norm_epsilon'),
  hidden_act: 'silu',
  attention_bias: true,
  logit_scale: file.number('logit_scale') ?? 1,
})

export const cohere: Family = {
  name: 'cohere',
  types: ['cohere'],
  keys: [...keys, 'use_qk_norm'],
  ...llamaFiles,
  gguf: {
    arch: 'command-r',
    names: {
      ...names,
      'model.layers.{i}.self_attn.q_norm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_norm': 'blk.{i}.attn_k_norm',
    },
    config: (file) => ({ ...ggufConfig(file), use_qk_norm: Boolean(file.shape('blk.0.attn_q_norm.weight')) }),
  },
  describe: (config) => describe('cohere', config, { maxContext: 8192, theta: 500000 }),
}

/** Three layers with a window, one without, unless layer_types says otherwise. */
export const cohere2: Family = {
  name: 'cohere2',
  types: ['cohere2'],
  keys: [...keys, 'layer_types', 'sliding_window', 'sliding_window_pattern'],
  ...llamaFiles,
  gguf: {
    arch: 'cohere2',
    names,
    config: (file) => ({ ...ggufConfig(file), sliding_window: file.count('attention.sliding_window') ?? 4096 }),
  },
  describe(config) {
    const every = config.count('sliding_window_pattern', 4)
    const isSliding = slides(config, config.count('num_hidden_layers', 40), (layer) => (layer + 1) % every !== 0)
    const window = config.rawOrNull('sliding_window') === null ? 0 : config.count('sliding_window', 4096)
    return describe('cohere2', config, {
      maxContext: 8192,
      window: (layer) => (isSliding(layer) ? window : 0),
      turned: isSliding,
    })
  },
}
