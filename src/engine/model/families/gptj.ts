// GPT-J (Wang and Komatsuzaki 2021): one norm for both branches, neighbours turned in pairs, a head with a bias.

import type { Family } from '../describe.ts'
import { activationOf, headWidth, layerNorm } from './words.ts'

export const gptj: Family = {
  name: 'gptj',
  types: ['gptj'],
  keys: [
    ...['model_type', 'vocab_size', 'n_positions', 'n_embd', 'n_layer', 'n_head', 'n_inner', 'rotary_dim'],
    ...['activation_function', 'layer_norm_epsilon', 'tie_word_embeddings', 'quantization_config'],
  ],
  modules: { root: 'transformer.', embed: 'wte', blocks: 'h', others: ['ln_f'], heads: ['lm_head'] },
  buffers: /\.attn\.(bias|masked_bias|embed_positions)$/,
  describe(config) {
    const D = config.count('n_embd', 4096),
      H = config.count('n_head', 16),
      d = headWidth(config, D, H, 'n_embd')
    const maxContext = config.count('n_positions', 2048)
    const eps = config.number('layer_norm_epsilon', 1e-5)
    const act = activationOf('gptj', config, 'activation_function', 'gelu_new')
    // transformers takes no null: its tables would be as wide as all heads together
    if (config.rawOrNull('rotary_dim') === null) throw config.invalid('rotary_dim', 'a positive whole number', null)
    const rotary = config.count('rotary_dim', 64)
    if (rotary % 2 || rotary > d) throw config.invalid('rotary_dim', `an even number up to ${d}`, rotary)
    const norm = layerNorm('ln_1', eps)
    return {
      family: 'gptj',
      dims: {
        layers: config.count('n_layer', 28),
        D,
        H,
        K: H,
        d,
        F: config.count('n_inner', 4 * D),
        V: config.count('vocab_size', 50400),
        maxContext,
      },
      embed: { at: 'transformer.wte' },
      block: () => ({
        at: 'transformer.h.{i}',
        parallel: true,
        branches: [
          {
            norm,
            body: {
              kind: 'attention',
              scale: d ** -0.5,
              rope: {
                kind: 'rope',
                layout: 'interleaved',
                theta: 10000,
                maxPositions: maxContext,
                rotary,
                scaling: { type: 'default' },
              },
              sees: 'causal',
              window: 0,
              q: { at: 'attn.q_proj' },
              k: { at: 'attn.k_proj' },
              v: { at: 'attn.v_proj' },
              out: { at: 'attn.out_proj' },
            },
          },
          {
            norm,
            body: { kind: 'mlp', act, up: { at: 'mlp.fc_in', bias: true }, down: { at: 'mlp.fc_out', bias: true } },
          },
        ],
      }),
      head: {
        norm: layerNorm('transformer.ln_f', eps),
        tokens: { at: 'lm_head', bias: true, tied: config.flag('tie_word_embeddings', false) },
      },
    }
  },
}
