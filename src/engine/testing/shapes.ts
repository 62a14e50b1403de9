// Models by their shapes alone: a config, and a file of weights that says what it would hold. For tests that count. Nobody
// reads the weights: behind the header there is nothing.

import type { ByteSource } from '../formats/bytes.ts'
import { filesOf, rawSafetensors } from '../formats/testing.ts'
import type { ModelSource } from '../types.ts'

type Shapes = Record<string, readonly number[]>

/** @param block shapes of each layer's tensors */
function filesFor(config: object, layers: number, at: string, block: Shapes, rest: Shapes): ModelSource['files'] {
  let end = 0
  const all = [
    ...Object.entries(rest),
    ...Array.from({ length: layers }, (_, i) =>
      Object.entries(block).map(([name, shape]) => [`${at}.${i}.${name}`, shape] as const),
    ).flat(),
  ]
  const header = all.map(([name, shape]) => {
    const begin = end
    end += 2 * shape.reduce((n, s) => n * s, 1)
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, end] }]
  })
  const head = rawSafetensors(JSON.stringify(Object.fromEntries(header)))
  const weights: ByteSource = {
    name: 'model.safetensors',
    size: head.length + end,
    read: (offset, length) => Promise.resolve(head.slice(offset, offset + length)),
  }
  return new Map([...filesOf({ 'config.json': JSON.stringify(config) }), ['model.safetensors', weights]])
}

/** Weight and bias under one name. */
const both = (name: string, rows: number, cols?: number): Shapes => ({
  [`${name}.weight`]: cols === undefined ? [rows] : [rows, cols],
  [`${name}.bias`]: [rows],
})

interface LlamaLike {
  type: string
  layers: number
  sizes: [D: number, F: number, H: number, K: number, d: number, V: number]
  normed?: boolean
}
function llamaLike({ type, layers, sizes: [D, F, H, K, d, V], normed = false }: LlamaLike): ModelSource['files'] {
  return filesFor(
    {
      ...{ model_type: type, hidden_size: D, intermediate_size: F, num_attention_heads: H, num_key_value_heads: K },
      ...{ head_dim: d, vocab_size: V, num_hidden_layers: layers, max_position_embeddings: 8192, rms_norm_eps: 1e-5 },
      ...{ rope_theta: 100000, tie_word_embeddings: true, hidden_act: 'silu' },
    },
    layers,
    'model.layers',
    {
      'input_layernorm.weight': [D],
      'post_attention_layernorm.weight': [D],
      'self_attn.q_proj.weight': [H * d, D],
      'self_attn.k_proj.weight': [K * d, D],
      'self_attn.v_proj.weight': [K * d, D],
      'self_attn.o_proj.weight': [D, H * d],
      ...(normed && { 'self_attn.q_norm.weight': [d], 'self_attn.k_norm.weight': [d] }),
      'mlp.gate_proj.weight': [F, D],
      'mlp.up_proj.weight': [F, D],
      'mlp.down_proj.weight': [D, F],
    },
    { 'model.embed_tokens.weight': [V, D], 'model.norm.weight': [D] },
  )
}

/** SmolLM2-135M. */
export const smolLM2 = (): ModelSource['files'] =>
  llamaLike({ type: 'llama', layers: 30, sizes: [576, 1536, 9, 3, 64, 49152] })

/** Qwen3-0.6B with fewer layers and words: queries and keys are normed by head. */
export const qwen3 = (): ModelSource['files'] =>
  llamaLike({ type: 'qwen3', layers: 3, sizes: [1024, 3072, 16, 8, 128, 4096], normed: true })

/** BLOOM-560M with fewer layers and words: ALiBi, LayerNorm, biases. */
export function bloom(): ModelSource['files'] {
  const [D, H, V, layers] = [1024, 16, 4096, 3]
  return filesFor(
    { model_type: 'bloom', hidden_size: D, n_head: H, n_layer: layers, vocab_size: V, layer_norm_epsilon: 1e-5 },
    layers,
    'transformer.h',
    {
      ...both('input_layernorm', D),
      ...both('self_attention.query_key_value', 3 * D, D),
      ...both('self_attention.dense', D, D),
      ...both('post_attention_layernorm', D),
      ...both('mlp.dense_h_to_4h', 4 * D, D),
      ...both('mlp.dense_4h_to_h', D, 4 * D),
    },
    {
      'transformer.word_embeddings.weight': [V, D],
      ...both('transformer.word_embeddings_layernorm', D),
      ...both('transformer.ln_f', D),
    },
  )
}

/** A phi of phi-1's width with one key head: a part of each head is turned, both branches stand beside each other. */
export function phi(): ModelSource['files'] {
  const [D, F, H, d, V, layers] = [2048, 8192, 32, 64, 4096, 3]
  return filesFor(
    {
      ...{ model_type: 'phi', hidden_size: D, intermediate_size: F, num_attention_heads: H, num_key_value_heads: 1 },
      ...{ vocab_size: V, num_hidden_layers: layers, max_position_embeddings: 2048, partial_rotary_factor: 0.5 },
      ...{ layer_norm_eps: 1e-5, hidden_act: 'gelu_new', rope_theta: 10000, tie_word_embeddings: false },
    },
    layers,
    'model.layers',
    {
      ...both('input_layernorm', D),
      ...both('self_attn.q_proj', D, D),
      ...both('self_attn.k_proj', d, D),
      ...both('self_attn.v_proj', d, D),
      ...both('self_attn.dense', D, D),
      ...both('mlp.fc1', F, D),
      ...both('mlp.fc2', D, F),
    },
    { 'model.embed_tokens.weight': [V, D], ...both('model.final_layernorm', D), ...both('lm_head', V, D) },
  )
}
