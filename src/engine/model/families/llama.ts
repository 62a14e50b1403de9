// LLaMA 1-3, Alpaca, Vicuna, SmolLM2, TinyLlama: RMS pre-norm, RoPE, grouped-query attention, SwiGLU.
// Touvron et al. 2023; names as in transformers' LlamaForCausalLM.

import type { Config, Description, Family } from '../describe.ts'
import { readRope } from '../rope.ts'

/** What the relatives of LLaMA say differently. */
export interface Differences {
  headDim?: number
  kvHeads?: number
  F?: number
  maxContext?: number
  qkvBias?: boolean
  outBias?: boolean
  mlpBias?: boolean
  qkNorm?: boolean
  window?: (layer: number) => number
}

export function llamaLike(family: string, config: Config, difference: Differences = {}): Description {
  const D = config.count('hidden_size'), H = config.count('num_attention_heads')
  const d = config.count('head_dim', difference.headDim ?? D / H)
  const eps = config.number('rms_norm_eps', 1e-6)
  const rms = (at: string) => ({ kind: 'rms' as const, at, eps })
  const { qkvBias = false, outBias = false, mlpBias = false, qkNorm = false } = difference
  const position = readRope(config, d)
  // dynamic scaling is what lets a text outgrow max_position_embeddings; every other kind has counted it in
  const stretch = position.scaling.type === 'dynamic' ? position.scaling.factor : 1
  return {
    family,
    dims: {
      layers: config.count('num_hidden_layers'), D, H, d,
      K: config.count('num_key_value_heads', difference.kvHeads ?? H),
      F: config.count('intermediate_size', difference.F),
      V: config.count('vocab_size'),
      maxContext: Math.floor(config.count('max_position_embeddings', difference.maxContext ?? 2048) * stretch),
    },
    position,
    embed: { at: 'model.embed_tokens' },
    block: { at: 'model.layers.{i}', branches: [
      { norm: rms('input_layernorm'), body: {
        kind: 'attention', scale: d ** -0.5, window: difference.window ?? (() => 0),
        q: { at: 'self_attn.q_proj', bias: qkvBias }, k: { at: 'self_attn.k_proj', bias: qkvBias }, v: { at: 'self_attn.v_proj', bias: qkvBias },
        out: { at: 'self_attn.o_proj', bias: outBias },
        ...(qkNorm && { qNorm: rms('self_attn.q_norm'), kNorm: rms('self_attn.k_norm') }) } },
      { norm: rms('post_attention_layernorm'), body: {
        kind: 'mlp', act: 'silu', gate: { at: 'mlp.gate_proj', bias: mlpBias }, up: { at: 'mlp.up_proj', bias: mlpBias }, down: { at: 'mlp.down_proj', bias: mlpBias } } },
    ] },
    head: { norm: rms('model.norm'), at: 'lm_head', tiedTo: 'model.embed_tokens' },
  }
}

export const llama: Family = {
  name: 'llama', types: ['llama'],
  describe(config) {
    const bias = config.flag('attention_bias', false)
    return llamaLike('llama', config, { qkvBias: bias, outBias: bias, mlpBias: config.flag('mlp_bias', false) })
  },
}
