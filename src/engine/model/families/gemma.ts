// Gemma 1: LLaMA's names and order. Its norms keep gain - 1, the rows of the embedding are multiplied by √D, and the
// gate is bent by the tanh form of gelu. Gemma Team 2024 (arXiv 2403.08295); values of keys that a config leaves out as
// transformers' GemmaConfig has them. Gemma 2 and 3 build on this.

import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from '../../tensor/half.ts'
import { findActivation, type Activation } from '../../ops/activations.ts'
import type { Branch, Config, Family, Norm } from '../describe.ts'
import type { RopeSpec } from '../rope-table.ts'
import { any, notComputed } from '../keys.ts'
import { readRope } from '../rope.ts'
import { commonKeys, commonGgufConfig, llamaFiles, llamaGguf } from './llama.ts'

/** How a Gemma differs from the first one. */
export interface GemmaDifferences {
  defaults: Record<'D' | 'F' | 'layers' | 'H' | 'K' | 'd' | 'V' | 'maxContext', number>
  act: Activation
  /** score factor; default d^-1/2 */
  scale?: number
  /** norms of what a branch gives, before it is added; then the MLP's own norm has another name */
  sandwich?: boolean
  qkNorm?: boolean
  /** caps of the scores and of the logits, 0 = none */
  caps?: { scores: number; logits: number }
  window?: (layer: number) => number
  /** by layer; default: one for all */
  rope?: (d: number, maxContext: number) => (layer: number) => RopeSpec
}

/** Sizes and the rest of a config in the words of the description. `plusOne`: the files keep gain - 1 */
export function gemmaLike(
  family: string,
  config: Config,
  { defaults, act, scale, sandwich, qkNorm, caps, window = () => 0, rope }: GemmaDifferences,
  plusOne: boolean,
): ReturnType<Family['describe']> {
  const D = config.count('hidden_size', defaults.D),
    H = config.count('num_attention_heads', defaults.H),
    d = config.count('head_dim', defaults.d),
    maxContext = config.count('max_position_embeddings', defaults.maxContext)
  const eps = config.number('rms_norm_eps', 1e-6),
    bias = config.flag('attention_bias', false)
  const rms = (at: string): Norm => ({ kind: 'rms', at, eps, ...(plusOne && { plusOne }) })
  const one = rope ? null : readRope(config, d, maxContext),
    byLayer = rope?.(d, maxContext)
  const branches = (layer: number): Branch[] => [
    {
      norm: rms('input_layernorm'),
      body: {
        kind: 'attention',
        scale: scale ?? d ** -0.5,
        ...(caps?.scores && { cap: caps.scores }),
        rope: one ?? byLayer!(layer),
        sees: 'causal',
        window: window(layer),
        q: { at: 'self_attn.q_proj', bias },
        k: { at: 'self_attn.k_proj', bias },
        v: { at: 'self_attn.v_proj', bias },
        out: { at: 'self_attn.o_proj', bias },
        ...(qkNorm && { qNorm: rms('self_attn.q_norm'), kNorm: rms('self_attn.k_norm') }),
      },
      ...(sandwich && { after: rms('post_attention_layernorm') }),
    },
    {
      norm: rms(sandwich ? 'pre_feedforward_layernorm' : 'post_attention_layernorm'),
      body: {
        kind: 'gated-mlp',
        act,
        gate: { at: 'mlp.gate_proj' },
        up: { at: 'mlp.up_proj' },
        down: { at: 'mlp.down_proj' },
      },
      ...(sandwich && { after: rms('post_feedforward_layernorm') }),
    },
  ]
  return {
    family,
    dims: {
      layers: config.count('num_hidden_layers', defaults.layers),
      D,
      H,
      d,
      K: config.count('num_key_value_heads', defaults.K),
      F: config.count('intermediate_size', defaults.F),
      V: config.count('vocab_size', defaults.V),
      maxContext,
    },
    embed: { at: 'model.embed_tokens', by: inWeightsFormat(config, Math.sqrt(D)) },
    block: (layer) => ({ at: 'model.layers.{i}', branches: branches(layer) }),
    head: {
      norm: rms('model.norm'),
      tokens: {
        at: 'lm_head',
        tied: config.flag('tie_word_embeddings', true),
        ...(caps?.logits && { cap: caps.logits }),
      },
    },
  }
}

/** The factor of the embedding is rounded as the weights are: √1152 is 34 in bf16. */
function inWeightsFormat(config: Config, factor: number): number {
  const format = config.raw('dtype') ?? config.raw('torch_dtype')
  if (format === 'bfloat16') return bfloatToFloat(floatToBfloat(factor))
  return format === 'float16' ? halfToFloat(floatToHalf(factor)) : Math.fround(factor)
}

/** The activation that `key` names. @throws FAMILY_UNSUPPORTED */
export function gemmaActivation(family: string, config: Config, key: string): Activation {
  const name = config.text(key, 'gelu_pytorch_tanh'),
    act = findActivation(name)
  if (!act) throw notComputed(family, key, name)
  return act
}

export const gemmaKeys: readonly string[] = [
  ...commonKeys.filter((key) => key !== 'hidden_act'),
  ...['rms_norm_eps', 'attention_bias', 'dtype', 'torch_dtype'],
]
/** What the weights are kept in says nothing to families that round no factor to it. */
const gemmaOff: Family['off'] = { dtype: any, torch_dtype: any }

export const gemmaGgufConfig: typeof llamaGguf.config = (keys) => ({
  ...commonGgufConfig(keys),
  rms_norm_eps: keys.required('attention.layer_norm_rms_epsilon'),
  attention_bias: true,
})

const differences = (config: Config): GemmaDifferences => {
  const act = gemmaActivation('gemma', config, 'hidden_act')
  return {
    defaults: { D: 3072, F: 24576, layers: 28, H: 16, K: 16, d: 256, V: 256000, maxContext: 8192 },
    // early configs say gelu and mean its tanh form
    act: act === 'gelu' ? 'gelu_tanh' : act,
  }
}

export const gemma: Family = {
  name: 'gemma',
  types: ['gemma'],
  keys: [...gemmaKeys, 'hidden_act'],
  off: gemmaOff,
  ...llamaFiles,
  gguf: {
    arch: 'gemma',
    names: llamaGguf.names,
    config: gemmaGgufConfig,
    describe: (config) => gemmaLike('gemma', config, differences(config), false),
  },
  describe: (config) => gemmaLike('gemma', config, differences(config), true),
}
