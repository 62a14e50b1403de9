// What the families of encoders have in common: blocks with a norm over each sum, activations by name, and what a GGUF
// says of their sizes. Every token sees all. Knows no family's names.

import { activationNames, findActivation, type Activation } from '../../ops/activations.ts'
import type { GgufKeys } from '../../formats/family.ts'
import type { Attention, Block, Config, LayerNorm, Linear } from '../describe.ts'
import { notComputed } from '../keys.ts'

export function actOf(family: string, config: Config, key: string, fallback: string): Activation {
  const name = config.text(key, fallback),
    act = findActivation(name)
  if (!act) throw notComputed(family, key, `${name} (known: ${activationNames().join(', ')})`)
  return act
}

/** What is computed here: positions of their own rows, and a text that is read both ways. */
export function checkEncoder(family: string, config: Config): void {
  const positions = config.text('position_embedding_type', 'absolute')
  if (positions !== 'absolute') throw notComputed(family, 'position_embedding_type', positions)
  if (config.flag('is_decoder', false)) throw notComputed(family, 'is_decoder', true)
  const pooling = config.number('pooling_type', 0)
  if (![0, 1, 2, 3, 4].includes(pooling)) throw config.invalid('pooling_type', 'a whole number from 0 to 4', pooling)
}

/** A linear layer with its bias. */
export const biased = (at: string): Linear => ({ at, bias: true })

export const layerNorm = (at: string, eps: number): LayerNorm => ({ kind: 'layer', at, eps, bias: true })

/** A width that falls into heads. */
export function headWidth(config: Config, D: number, H: number): number {
  if (D % H) throw config.invalid('hidden_size', `a multiple of num_attention_heads, ${H}`, D)
  return D / H
}

/** Attention that sees every token, `d` wide heads scaled as usual. */
export const bothWays = (d: number): Pick<Attention, 'kind' | 'scale' | 'rope' | 'sees' | 'window'> => ({
  kind: 'attention',
  scale: d ** -0.5,
  rope: null,
  sees: 'both',
  window: 0,
})

/** The modules of a block, all with biases. */
export interface PostNormNames {
  q: string
  k: string
  v: string
  out: string
  attentionNorm: string
  up: string
  down: string
  mlpNorm: string
}

/** x = norm(x + attention(x)); x = norm(x + mlp(x)) */
export const postNorm = (
  at: string,
  { d, eps, act }: { d: number; eps: number; act: Activation },
  names: PostNormNames,
): Block => ({
  at,
  branches: [
    {
      body: { ...bothWays(d), q: biased(names.q), k: biased(names.k), v: biased(names.v), out: biased(names.out) },
      closing: layerNorm(names.attentionNorm, eps),
    },
    {
      body: { kind: 'mlp', act, up: biased(names.up), down: biased(names.down) },
      closing: layerNorm(names.mlpNorm, eps),
    },
  ],
})

/** What a file of any encoder says of its sizes. */
export function encoderGgufConfig(keys: GgufKeys): Record<string, unknown> {
  const { hidden, heads } = keys.sizes()
  if (keys.raw('attention.causal') === true) throw keys.invalid('attention.causal', 'false', true)
  return {
    hidden_size: hidden,
    num_hidden_layers: keys.required('block_count'),
    num_attention_heads: heads,
    intermediate_size: keys.required('feed_forward_length'),
    vocab_size: keys.shape('token_embd.weight')?.[0],
    max_position_embeddings: keys.shape('position_embd.weight')?.[0] ?? keys.required('context_length'),
    type_vocab_size: keys.shape('token_types.weight')?.[0],
    pooling_type: keys.number('pooling_type') ?? 0,
  }
}
