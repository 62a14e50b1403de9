// GPT-1 (Radford et al. 2018): learned positions, a LayerNorm after each sum and none at the end. Conv1D as in GPT-2.

import type { Family, Linear } from '../describe.ts'
import { activationOf, headWidth, layerNorm, third } from './words.ts'

export const gpt1: Family = {
  name: 'openai-gpt',
  types: ['openai-gpt'],
  keys: [
    ...['model_type', 'vocab_size', 'n_positions', 'n_ctx', 'n_embd', 'n_layer', 'n_head', 'afn'],
    ...['layer_norm_epsilon', 'tie_word_embeddings', 'quantization_config'],
  ],
  modules: {
    root: 'transformer.',
    embed: 'tokens_embed',
    blocks: 'h',
    others: ['positions_embed'],
    heads: ['lm_head'],
  },
  buffers: /\.attn\.(bias|masked_bias)$|(^|\.)position_ids$/,
  describe(config) {
    const D = config.count('n_embd', 768),
      H = config.count('n_head', 12),
      d = headWidth(config, D, H, 'n_embd')
    const rows = config.count('n_positions|n_ctx', 512)
    const eps = config.number('layer_norm_epsilon', 1e-5)
    // what this family calls "gelu" is the tanh form
    const named = activationOf('openai-gpt', config, 'afn', 'gelu')
    const act = named === 'gelu' ? 'gelu_tanh' : named
    const conv = (at: string): Linear => ({ at, bias: true, transpose: true })
    const part = (n: number): Linear => third('attn.c_attn', n, D, true, true)
    return {
      family: 'openai-gpt',
      dims: {
        layers: config.count('n_layer', 12),
        D,
        H,
        K: H,
        d,
        F: 4 * D,
        V: config.count('vocab_size', 40478),
        maxContext: rows,
      },
      embed: { at: 'transformer.tokens_embed', positions: { at: 'transformer.positions_embed', rows, offset: 0 } },
      block: () => ({
        at: 'transformer.h.{i}',
        branches: [
          {
            body: {
              kind: 'attention',
              scale: d ** -0.5,
              rope: null,
              sees: 'causal',
              window: 0,
              q: part(0),
              k: part(1),
              v: part(2),
              out: conv('attn.c_proj'),
            },
            closing: layerNorm('ln_1', eps),
          },
          {
            body: { kind: 'mlp', act, up: conv('mlp.c_fc'), down: conv('mlp.c_proj') },
            closing: layerNorm('ln_2', eps),
          },
        ],
      }),
      head: { tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) } },
    }
  },
}
