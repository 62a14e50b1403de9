// LLaMA 1-3, Alpaca, Vicuna, SmolLM2, TinyLlama: RMS pre-norm, RoPE, grouped-query attention, a gated MLP.
// Touvron et al. 2023; names as in transformers' LlamaForCausalLM, and so are the values of keys that a config leaves
// out. Below: the same in a GGUF, as llama.cpp's converter writes it.

import { activationNames, findActivation, type Activation } from '../../ops/activations.ts'
import type { GgufKeys, GgufLayout, RowOrder } from '../../formats/family.ts'
import type { Config, Family } from '../describe.ts'
import { every, notComputed, only } from '../keys.ts'
import { readRope } from '../rope.ts'

/** What the relatives of LLaMA say differently. */
export interface Differences {
  /** width of a head when the config does not say */
  headDim?: number
  /** key heads when the config does not say; null in the config always means as many as query heads */
  kvHeads?: number
  /** sizes when the config does not say */
  layers?: number
  D?: number
  H?: number
  F?: number
  V?: number
  maxContext?: number
  qkvBias?: boolean
  outBias?: boolean
  mlpBias?: boolean
  /** over each head, or over the whole width */
  qkNorm?: boolean | 'all'
  /** q, k and v are cut to this behind it */
  clip?: number
  theta?: number
  eps?: number
  /** it brings norms of its own, with another key for their eps */
  ownNorms?: true
  /** no head is turned */
  unturned?: boolean
  /** which part of each head is turned when the config does not say; left out, a family turns whole heads */
  partial?: number
  window?: (layer: number) => number
}

/** What is read of a family that shares the names, whatever its norms are. */
export const commonKeys: readonly string[] = [
  'model_type',
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'hidden_act',
  'max_position_embeddings',
  'tie_word_embeddings',
  'rope_theta',
  'rope_scaling',
  'rope_parameters',
  'partial_rotary_factor',
  'original_max_position_embeddings',
  'quantization_config',
]
/** What every relative reads. */
export const llamaKeys: readonly string[] = [...commonKeys, 'rms_norm_eps']

/** @throws FAMILY_UNSUPPORTED for a `hidden_act` that is not computed; it names those that are */
export function readActivation(family: string, config: Config, fallback: string): Activation {
  const name = config.text('hidden_act', fallback),
    act = findActivation(name)
  if (!act) throw notComputed(family, 'hidden_act', `${name} (known: ${activationNames().join(', ')})`)
  return act
}

export function llamaLike(
  family: string,
  config: Config,
  difference: Differences = {},
): ReturnType<Family['describe']> {
  const D = config.count('hidden_size', difference.D ?? 4096),
    H = config.count('num_attention_heads', difference.H ?? 32)
  const d = config.count('head_dim', difference.headDim ?? Math.floor(D / H))
  const eps = difference.ownNorms ? 0 : config.number('rms_norm_eps', difference.eps ?? 1e-6)
  const rms = (at: string) => ({ kind: 'rms' as const, at, eps })
  const { qkvBias = false, outBias = false, mlpBias = false, qkNorm = false } = difference
  const act = readActivation(family, config, 'silu')
  const maxContext = config.count('max_position_embeddings', difference.maxContext ?? 2048)
  const { window = () => 0 } = difference
  const over = qkNorm === 'all' ? ('all' as const) : ('head' as const)
  const rope = difference.unturned
    ? null
    : readRope(config, d, maxContext, { theta: difference.theta, partial: difference.partial })
  return {
    family,
    dims: {
      layers: config.count('num_hidden_layers', difference.layers ?? 32),
      D,
      H,
      d,
      K:
        config.rawOrNull('num_key_value_heads') === null
          ? H
          : config.count('num_key_value_heads', difference.kvHeads ?? H),
      F: config.count('intermediate_size', difference.F ?? 11008),
      V: config.count('vocab_size', difference.V ?? 32000),
      maxContext,
    },
    embed: { at: 'model.embed_tokens' },
    block: (layer) => ({
      at: 'model.layers.{i}',
      branches: [
        {
          norm: rms('input_layernorm'),
          body: {
            kind: 'attention',
            scale: d ** -0.5,
            rope,
            sees: 'causal',
            window: window(layer),
            q: { at: 'self_attn.q_proj', bias: qkvBias },
            k: { at: 'self_attn.k_proj', bias: qkvBias },
            v: { at: 'self_attn.v_proj', bias: qkvBias },
            out: { at: 'self_attn.o_proj', bias: outBias },
            ...(qkNorm && { qNorm: { ...rms('self_attn.q_norm'), over }, kNorm: { ...rms('self_attn.k_norm'), over } }),
            ...(difference.clip !== undefined && { clip: difference.clip }),
          },
        },
        {
          norm: rms('post_attention_layernorm'),
          body: {
            kind: 'gated-mlp',
            act,
            gate: { at: 'mlp.gate_proj', bias: mlpBias },
            up: { at: 'mlp.up_proj', bias: mlpBias },
            down: { at: 'mlp.down_proj', bias: mlpBias },
          },
        },
      ],
    }),
    head: { norm: rms('model.norm'), tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', false) } },
  }
}

/** How the checkpoints of every relative name what they hold. */
export const llamaFiles: Pick<Family, 'modules' | 'buffers'> = {
  modules: { root: 'model.', embed: 'embed_tokens', blocks: 'layers', others: ['norm'], heads: ['lm_head'] },
  // tables of cos and sin, counters and masks that programs wrote along with the weights
  buffers:
    /(^|\.)(rotary_emb\.[a-z_]*(inv_freq|cos|sin)[a-z_]*|rotary_pos_emb\.inv_freq|inv_freq|position_ids|num_batches_tracked|attn_rot_embd|rope_freqs)(\.weight)?$|\.(attn|attention|self_attn)\.(masked_bias|bias)$/,
}

// ---- the same in a GGUF ----------------------------------------------------

/** What the file of a family that shares the names says, whatever its norms and its activation are. */
export function commonGgufConfig(keys: GgufKeys): Record<string, unknown> {
  const { hidden, heads, headDim } = keys.sizes()
  const rope = keys.rope()
  const rows = keys.shape('token_embd.weight')?.[0]
  return {
    hidden_size: hidden,
    num_hidden_layers: keys.required('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: keys.number('attention.head_count_kv') ?? heads,
    head_dim: headDim,
    intermediate_size: keys.required('feed_forward_length'),
    vocab_size: rows ?? keys.number('vocab_size'),
    max_position_embeddings: keys.required('context_length'),
    tie_word_embeddings: !keys.shape('output.weight'),
    ...rope,
  }
}

/** llama.cpp's names for the modules, and what every relative's file says of the network. */
export const llamaGguf = {
  names: {
    'model.embed_tokens': 'token_embd',
    'model.norm': 'output_norm',
    lm_head: 'output',
    'model.layers.{i}.input_layernorm': 'blk.{i}.attn_norm',
    'model.layers.{i}.self_attn.q_proj': 'blk.{i}.attn_q',
    'model.layers.{i}.self_attn.k_proj': 'blk.{i}.attn_k',
    'model.layers.{i}.self_attn.v_proj': 'blk.{i}.attn_v',
    'model.layers.{i}.self_attn.o_proj': 'blk.{i}.attn_output',
    'model.layers.{i}.post_attention_layernorm': 'blk.{i}.ffn_norm',
    'model.layers.{i}.mlp.gate_proj': 'blk.{i}.ffn_gate',
    'model.layers.{i}.mlp.up_proj': 'blk.{i}.ffn_up',
    'model.layers.{i}.mlp.down_proj': 'blk.{i}.ffn_down',
  },
  config: (keys: GgufKeys): Record<string, unknown> => ({
    ...commonGgufConfig(keys),
    rms_norm_eps: keys.required('attention.layer_norm_rms_epsilon'),
    hidden_act: 'silu',
  }),
}

/** The converter lays the two halves of a rope pair side by side: row s·d/2 + t of a head becomes row 2t + s. */
const interleaved = (heads: unknown): RowOrder => ({
  heads: heads as number,
  fileRow: (row, d) => 2 * (row % (d / 2)) + Math.floor((2 * row) / d),
})
/** Of the architecture "llama" alone: qwen2 and qwen3 keep their rows. */
export const llamaRows: GgufLayout['rows'] = {
  'model.layers.{i}.self_attn.q_proj': (config) => interleaved(config['num_attention_heads']),
  'model.layers.{i}.self_attn.k_proj': (config) => interleaved(config['num_key_value_heads']),
}

export const llama: Family = {
  name: 'llama',
  types: ['llama'],
  keys: [...llamaKeys, 'attention_bias', 'mlp_bias', 'layer_types'],
  off: {
    attention_bias: only(false),
    mlp_bias: only(false),
    partial_rotary_factor: only(1),
    layer_types: every('full_attention'),
  },
  ...llamaFiles,
  gguf: {
    arch: 'llama',
    ...llamaGguf,
    rows: llamaRows,
    // no key tells of biases: they are read where the file holds them
    config: (keys) => ({ ...llamaGguf.config(keys), attention_bias: true, mlp_bias: true }),
  },
  describe(config) {
    const bias = config.flag('attention_bias', false)
    const types = config.raw('layer_types')
    if (types !== undefined && !(Array.isArray(types) && types.every((type) => type === 'full_attention'))) {
      throw notComputed('llama', 'layer_types', types)
    }
    const made = llamaLike('llama', config, { qkvBias: bias, outBias: bias, mlpBias: config.flag('mlp_bias', false) })
    if (made.dims.D % made.dims.H && config.raw('head_dim') === undefined) {
      throw config.invalid('hidden_size', `a multiple of num_attention_heads, ${made.dims.H}`, made.dims.D)
    }
    return made
  },
}
