// ChatGLM-6B: a prefix language model. The text up to <sop> is seen from everywhere, what follows is causal; positions
// have two parts, each turning half of a head; the residual of a branch is the normed input times the square root of 56,
// whatever the number of layers. Du et al. 2022 (GLM); the final revision of THUDM's modeling_chatglm.py.

import type { Attention, Branch, Family, Linear } from '../describe.ts'
import { any, every, notComputed, only } from '../keys.ts'
import { prefixEncoderOf } from './prefix-encoder.ts'

/** √(2 · 28): the reference passes its default depth, never the model's */
const ALPHA = Math.sqrt(56)

const biased = (at: string): Linear => ({ at, bias: true })

export const chatglm: Family = {
  name: 'chatglm',
  types: ['chatglm'],
  is: (config) => 'inner_hidden_size' in config || 'position_encoding_2d' in config,
  modules: {
    root: 'transformer.',
    embed: 'word_embeddings',
    blocks: 'layers',
    others: ['final_layernorm'],
    heads: ['lm_head'],
  },
  buffers: /\.rotary_emb\.inv_freq$/,
  keys: [
    'model_type',
    ...['num_layers', 'vocab_size', 'hidden_size', 'num_attention_heads', 'max_sequence_length', 'layernorm_epsilon'],
    ...['inner_hidden_size', 'position_encoding_2d', 'bos_token_id', 'mask_token_id', 'gmask_token_id'],
    ...['quantization_bit', 'pre_seq_len', 'prefix_projection'],
  ],
  off: { quantization_bit: only(0, 4, 8), layer_types: every('full_attention'), bos_token_id: any, mask_token_id: any },
  describe(config) {
    const D = config.count('hidden_size', 4096),
      H = config.count('num_attention_heads', 32),
      d = Math.floor(D / H),
      maxContext = config.count('max_sequence_length', 2048),
      eps = config.number('layernorm_epsilon', 1e-5)
    if (!config.flag('position_encoding_2d', true)) throw notComputed('chatglm', 'position_encoding_2d', false)
    if (d % 4) throw config.invalid('hidden_size', 'four times a whole number for each head', D)
    const norm = (at: string) => ({ kind: 'layer' as const, at, eps, bias: true })
    const third = (n: number): Linear => ({
      ...biased('attention.query_key_value'),
      slice: { every: 3 * d, from: n * d, count: d },
    })
    const attention: Attention = {
      kind: 'attention',
      q: third(0),
      k: third(1),
      v: third(2),
      out: biased('attention.dense'),
      scale: d ** -0.5,
      rope: {
        kind: 'rope',
        layout: 'half',
        rotary: d,
        sections: 2,
        plane: true,
        halfInverse: true,
        theta: 10000,
        maxPositions: maxContext,
        scaling: { type: 'default' },
      },
      sees: 'prefix',
      window: 0,
    }
    const onto = { fromNorm: true, keep: ALPHA }
    const branches: Branch[] = [
      { ...onto, norm: norm('input_layernorm'), body: attention },
      {
        ...onto,
        norm: norm('post_attention_layernorm'),
        body: { kind: 'mlp', act: 'gelu_tanh', up: biased('mlp.dense_h_to_4h'), down: biased('mlp.dense_4h_to_h') },
      },
    ]
    return {
      family: 'chatglm',
      dims: {
        layers: config.count('num_layers', 28),
        D,
        H,
        K: H,
        d,
        F: config.count('inner_hidden_size', 16384),
        V: config.count('vocab_size', 150528),
        maxContext,
      },
      prefix: {
        end: config.number('bos_token_id', 150004),
        blanks: [config.number('gmask_token_id', 150001), config.number('mask_token_id', 150000)],
      },
      ...prefixEncoderOf(config),
      embed: { at: 'transformer.word_embeddings' },
      block: () => ({ at: 'transformer.layers.{i}', branches }),
      head: { norm: norm('transformer.final_layernorm'), tokens: { at: 'lm_head', tied: false } },
    }
  },
}
