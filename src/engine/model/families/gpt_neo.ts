// GPT-Neo (Black et al. 2021), the shape of GPT-3: layers that see everything and layers that see a window, in turns.
// Scores are not scaled.

import type { Config, Family } from '../describe.ts'
import { activationOf, headWidth, layerNorm } from './words.ts'

const invalid = (config: Config, found: unknown): Error =>
  config.invalid('attention_types', 'a list of [["global", "local"], times]', found)

/** "global" or "local" for each layer: attention_layers, or attention_types, [[kinds, how often], …]. */
function kindsOf(config: Config, layers: number): string[] {
  const types = config.raw('attention_types') ?? [[['global', 'local'], layers / 2]]
  const listed = config.raw('attention_layers')
  const found = Array.isArray(listed)
    ? (listed as unknown[])
    : !Array.isArray(types)
      ? []
      : layersOf(types, layers, config)
  if (found.length !== layers || !found.every((kind) => kind === 'global' || kind === 'local')) {
    throw invalid(config, types)
  }
  return found as string[]
}
/** Written out; more than there are layers are none of this model's, however many a file asks for. */
function layersOf(types: readonly unknown[], layers: number, config: Config): unknown[] {
  const found: unknown[] = []
  for (const item of types) {
    const [kinds, count] = Array.isArray(item) ? (item as unknown[]) : []
    const fits = Array.isArray(kinds) && typeof count === 'number' && count >= 0
    if (!fits || found.length + kinds.length * Math.floor(count) > layers || count > layers) throw invalid(config, item)
    for (let n = 1; n <= count; n++) found.push(...(kinds as unknown[]))
  }
  return found
}

export const gptNeo: Family = {
  name: 'gpt_neo',
  types: ['gpt_neo'],
  keys: [
    ...['model_type', 'vocab_size', 'max_position_embeddings', 'hidden_size', 'num_layers', 'num_heads'],
    ...['attention_types', 'attention_layers', 'window_size', 'intermediate_size', 'activation_function'],
    ...['layer_norm_epsilon', 'tie_word_embeddings', 'quantization_config'],
  ],
  modules: { root: 'transformer.', embed: 'wte', blocks: 'h', others: ['wpe', 'ln_f'], heads: ['lm_head'] },
  buffers: /\.attn\.attention\.(bias|masked_bias)$/,
  describe(config) {
    const D = config.count('hidden_size', 2048),
      H = config.count('num_heads', 16),
      d = headWidth(config, D, H, 'hidden_size')
    const layers = config.count('num_layers', 24)
    const kinds = kindsOf(config, layers)
    const window = config.count('window_size', 256)
    const rows = config.count('max_position_embeddings', 2048)
    const eps = config.number('layer_norm_epsilon', 1e-5)
    const act = activationOf('gpt_neo', config, 'activation_function', 'gelu_new')
    return {
      family: 'gpt_neo',
      dims: {
        layers,
        D,
        H,
        K: H,
        d,
        F: config.count('intermediate_size', 4 * D),
        V: config.count('vocab_size', 50257),
        maxContext: rows,
      },
      embed: { at: 'transformer.wte', positions: { at: 'transformer.wpe', rows, offset: 0 } },
      block: (layer) => ({
        at: 'transformer.h.{i}',
        branches: [
          {
            norm: layerNorm('ln_1', eps),
            body: {
              kind: 'attention',
              scale: 1,
              rope: null,
              sees: 'causal',
              window: kinds[layer] === 'local' ? window : 0,
              q: { at: 'attn.attention.q_proj' },
              k: { at: 'attn.attention.k_proj' },
              v: { at: 'attn.attention.v_proj' },
              out: { at: 'attn.attention.out_proj', bias: true },
            },
          },
          {
            norm: layerNorm('ln_2', eps),
            body: { kind: 'mlp', act, up: { at: 'mlp.c_fc', bias: true }, down: { at: 'mlp.c_proj', bias: true } },
          },
        ],
      }),
      head: {
        norm: layerNorm('transformer.ln_f', eps),
        tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) },
      },
    }
  },
}
