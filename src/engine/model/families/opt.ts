// OPT (Zhang et al. 2022): learned positions that begin at row 2, relu; norms before the branches, or behind the sums in
// the 350M model, which also has narrower rows of the embedding.

import type { Branch, Family, Linear } from '../describe.ts'
import { only, notComputed } from '../keys.ts'
import { activationOf, headWidth, layerNorm } from './words.ts'

/** Rows of the table in front of position 0. */
const OFFSET = 2

export const opt: Family = {
  name: 'opt',
  types: ['opt'],
  keys: [
    ...['model_type', 'vocab_size', 'hidden_size', 'num_hidden_layers', 'num_attention_heads', 'ffn_dim'],
    ...['max_position_embeddings', 'activation_function', 'do_layer_norm_before', '_remove_final_layer_norm'],
    ...['word_embed_proj_dim', 'enable_bias', 'layer_norm_elementwise_affine', 'tie_word_embeddings'],
    'quantization_config',
  ],
  off: { enable_bias: only(true), layer_norm_elementwise_affine: only(true), _remove_final_layer_norm: only(false) },
  modules: {
    root: 'model.decoder.',
    embed: 'embed_tokens',
    blocks: 'layers',
    others: ['embed_positions', 'final_layer_norm', 'project_in', 'project_out'],
    heads: ['lm_head'],
  },
  describe(config) {
    const D = config.count('hidden_size', 768),
      H = config.count('num_attention_heads', 12),
      d = headWidth(config, D, H, 'hidden_size')
    const maxContext = config.count('max_position_embeddings', 2048)
    const width = config.count('word_embed_proj_dim', D)
    const act = activationOf('opt', config, 'activation_function', 'relu')
    const bias = config.flag('enable_bias', true)
    const before = config.flag('do_layer_norm_before', true)
    const final = before && !config.flag('_remove_final_layer_norm', false)
    if (!config.flag('layer_norm_elementwise_affine', true)) {
      throw notComputed('opt', 'layer_norm_elementwise_affine', false)
    }
    const linear = (at: string): Linear => ({ at, bias })
    const norm = (at: string) => layerNorm(at, 1e-5)
    const branch = (at: string, body: Branch['body']): Branch =>
      before ? { norm: norm(at), body } : { body, closing: norm(at) }
    return {
      family: 'opt',
      dims: {
        layers: config.count('num_hidden_layers', 12),
        D,
        H,
        K: H,
        d,
        F: config.count('ffn_dim', 3072),
        V: config.count('vocab_size', 50272),
        maxContext,
      },
      embed: {
        at: 'model.decoder.embed_tokens',
        positions: { at: 'model.decoder.embed_positions', rows: maxContext + OFFSET, offset: OFFSET },
        ...(width !== D && { width, project: { at: 'model.decoder.project_in', when: 'first' as const } }),
      },
      block: () => ({
        at: 'model.decoder.layers.{i}',
        branches: [
          branch('self_attn_layer_norm', {
            kind: 'attention',
            scale: d ** -0.5,
            rope: null,
            sees: 'causal',
            window: 0,
            q: linear('self_attn.q_proj'),
            k: linear('self_attn.k_proj'),
            v: linear('self_attn.v_proj'),
            out: linear('self_attn.out_proj'),
          }),
          branch('final_layer_norm', { kind: 'mlp', act, up: linear('fc1'), down: linear('fc2') }),
        ],
      }),
      head: {
        ...(final && { norm: norm('model.decoder.final_layer_norm') }),
        ...(width !== D && { project: { at: 'model.decoder.project_out', width } }),
        tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) },
      },
    }
  },
}
