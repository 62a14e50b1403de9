// Families whose blocks are unlike LLaMA's, described with the same words: for tests only, until they are families.
// Parallel attention and MLP, LayerNorm with bias, a plain MLP, q, k and v fused in the file, a bias on the head.

import { findActivation } from '../ops/activations.ts'
import type { Branch, Config, Family, LayerNorm, Linear } from '../model/describe.ts'
import { families } from '../model/families/index.ts'
import type { RopeSpec } from '../model/rope-table.ts'
import { readRope } from '../model/rope.ts'

const layerNorm = (at: string, eps: number): LayerNorm => ({ kind: 'layer', at, eps, bias: true })

/** What the three have in common: dims, positions, and how much of each head is turned. */
function common(config: Config, K: (H: number) => number, F: number, partial: number) {
  const D = config.count('hidden_size'),
    H = config.count('num_attention_heads'),
    d = D / H,
    maxContext = config.count('max_position_embeddings')
  return {
    dims: { layers: config.count('num_hidden_layers'), D, H, K: K(H), d, F, V: config.count('vocab_size'), maxContext },
    rope: readRope(config, d, maxContext, { partial }),
    act: findActivation(config.text('hidden_act|activation', 'gelu'))!,
  }
}

const attention = (rope: RopeSpec, d: number, q: Linear, k: Linear, v: Linear, out: Linear): Branch['body'] => ({
  kind: 'attention',
  scale: d ** -0.5,
  rope,
  sees: 'causal',
  window: 0,
  q,
  k,
  v,
  out,
})

/** Pythia and its like: two norms of x, q, k and v head by head in one tensor. Black et al. 2022. */
export const gptNeox: Family = {
  name: 'gpt_neox',
  types: ['gpt_neox'],
  modules: {
    root: 'gpt_neox.',
    embed: 'embed_in',
    blocks: 'layers',
    others: ['final_layer_norm'],
    heads: ['embed_out'],
  },
  keys: [
    'model_type',
    ...['hidden_size', 'num_attention_heads', 'num_hidden_layers', 'vocab_size', 'max_position_embeddings'],
    ...['intermediate_size', 'hidden_act', 'layer_norm_eps', 'rope_parameters', 'use_parallel_residual'],
    ...['tie_word_embeddings', 'attention_bias'],
  ],
  describe(config): ReturnType<Family['describe']> {
    const { act, rope, ...rest } = common(config, (H) => H, config.count('intermediate_size'), 0.25)
    const { d } = rest.dims,
      eps = config.number('layer_norm_eps', 1e-5)
    const third = (n: number): Linear => ({
      at: 'attention.query_key_value',
      bias: true,
      slice: { every: 3 * d, from: n * d, count: d },
    })
    return {
      ...rest,
      family: 'gpt_neox',
      embed: { at: 'gpt_neox.embed_in' },
      block: () => ({
        at: 'gpt_neox.layers.{i}',
        parallel: config.flag('use_parallel_residual', true),
        branches: [
          {
            norm: layerNorm('input_layernorm', eps),
            body: attention(rope, d, third(0), third(1), third(2), { at: 'attention.dense', bias: true }),
          },
          {
            norm: layerNorm('post_attention_layernorm', eps),
            body: {
              kind: 'mlp',
              act,
              up: { at: 'mlp.dense_h_to_4h', bias: true },
              down: { at: 'mlp.dense_4h_to_h', bias: true },
            },
          },
        ],
      }),
      head: { norm: layerNorm('gpt_neox.final_layer_norm', eps), tokens: { at: 'embed_out', tied: false } },
    }
  },
}

/** Falcon-7B: one norm for both branches, one key head, q, k and v one below the other. Almazrouei et al. 2023. */
export const falcon: Family = {
  name: 'falcon',
  types: ['falcon'],
  modules: { root: 'transformer.', embed: 'word_embeddings', blocks: 'h', others: ['ln_f'], heads: ['lm_head'] },
  keys: [
    'model_type',
    ...['hidden_size', 'num_attention_heads', 'num_hidden_layers', 'vocab_size', 'max_position_embeddings'],
    ...['ffn_hidden_size', 'activation', 'layer_norm_epsilon', 'rope_parameters', 'tie_word_embeddings', 'alibi'],
    ...['multi_query', 'parallel_attn', 'new_decoder_architecture', 'bias', 'num_kv_heads', 'num_ln_in_parallel_attn'],
  ],
  describe(config): ReturnType<Family['describe']> {
    const { act, rope, ...rest } = common(config, () => 1, config.count('ffn_hidden_size'), 1)
    const { D, d } = rest.dims,
      eps = config.number('layer_norm_epsilon', 1e-5),
      norm = layerNorm('input_layernorm', eps)
    const rows = (from: number, count: number): Linear => ({
      at: 'self_attention.query_key_value',
      slice: { every: D + 2 * d, from, count },
    })
    return {
      ...rest,
      family: 'falcon',
      embed: { at: 'transformer.word_embeddings' },
      block: () => ({
        at: 'transformer.h.{i}',
        parallel: true,
        branches: [
          { norm, body: attention(rope, d, rows(0, D), rows(D, d), rows(D + d, d), { at: 'self_attention.dense' }) },
          { norm, body: { kind: 'mlp', act, up: { at: 'mlp.dense_h_to_4h' }, down: { at: 'mlp.dense_4h_to_h' } } },
        ],
      }),
      head: {
        norm: layerNorm('transformer.ln_f', eps),
        tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) },
      },
    }
  },
}

/** Phi-1, 1.5 and 2: one norm for both branches, biases everywhere, on the head, too. Li et al. 2023. */
export const phi: Family = {
  name: 'phi',
  types: ['phi'],
  modules: { root: 'model.', embed: 'embed_tokens', blocks: 'layers', others: ['final_layernorm'], heads: ['lm_head'] },
  keys: [
    'model_type',
    ...['hidden_size', 'num_attention_heads', 'num_hidden_layers', 'vocab_size', 'max_position_embeddings'],
    ...['intermediate_size', 'hidden_act', 'layer_norm_eps', 'rope_parameters', 'tie_word_embeddings'],
    ...['num_key_value_heads', 'qk_layernorm'],
  ],
  describe(config): ReturnType<Family['describe']> {
    const F = config.count('intermediate_size')
    const { act, rope, ...rest } = common(config, (H) => config.count('num_key_value_heads', H), F, 0.5)
    const eps = config.number('layer_norm_eps', 1e-5),
      norm = layerNorm('input_layernorm', eps)
    const biased = (at: string): Linear => ({ at, bias: true })
    const [q, k, v] = ['q', 'k', 'v'].map((x) => biased(`self_attn.${x}_proj`)) as [Linear, Linear, Linear]
    return {
      ...rest,
      family: 'phi',
      embed: { at: 'model.embed_tokens' },
      block: () => ({
        at: 'model.layers.{i}',
        parallel: true,
        branches: [
          { norm, body: attention(rope, rest.dims.d, q, k, v, biased('self_attn.dense')) },
          { norm, body: { kind: 'mlp', act, up: biased('mlp.fc1'), down: biased('mlp.fc2') } },
        ],
      }),
      head: { norm: layerNorm('model.final_layernorm', eps), tokens: { ...biased('lm_head'), tied: false } },
    }
  },
}

/** Puts them among the families of this process: folders of fixtures/families then open like any other. */
export function addTestFamilies(): void {
  for (const family of [gptNeox, falcon, phi]) if (!families.includes(family)) families.push(family)
}
