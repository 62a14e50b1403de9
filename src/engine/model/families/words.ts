// Phrases that several families say: layer norms, and projections that share one tensor.

import type { GgufKeys } from '../../formats/family.ts'
import { findActivation, activationNames, type Activation } from '../../ops/activations.ts'
import type { Attention, Branch, Config, Family, GatedMlp, LayerNorm, Linear } from '../describe.ts'
import { notComputed } from '../keys.ts'

export const layerNorm = (at: string, eps: number, bias = true): LayerNorm => ({ kind: 'layer', at, eps, bias })

/** Part n of q, k and v, one below the other in one tensor; `transpose` where the file keeps them side by side. */
export const third = (at: string, n: number, D: number, bias: boolean, transpose = false): Linear => ({
  at,
  bias,
  slice: { every: 3 * D, from: n * D, count: D },
  ...(transpose && { transpose }),
})

/**
 * q, k and v of one tensor whose rows are sorted by key head: the queries of a group, then its key, then its value; or
 * where `sorted` all queries, all keys, all values, as converters leave them.
 */
export function grouped(
  at: string,
  { H, K, d }: { H: number; K: number; d: number },
  bias: boolean,
  sorted: boolean,
): { q: Linear; k: Linear; v: Linear } {
  const [group, groups] = sorted ? [H, K] : [H / K, 1]
  const rows = (from: number, count: number): Linear => ({
    at,
    bias,
    slice: { every: (group + 2 * groups) * d, from: from * d, count: count * d },
  })
  return { q: rows(0, group), k: rows(group, groups), v: rows(group + groups, groups) }
}

/** @throws FAMILY_UNSUPPORTED for a function that is not computed; it names those that are */
export function activationOf(family: string, config: Config, key: string, fallback: string): Activation {
  const name = config.text(key, fallback),
    act = findActivation(name)
  if (!act) throw notComputed(family, key, `${name} (known: ${activationNames().join(', ')})`)
  return act
}

/** Heads divide the width. @throws CONFIG_INVALID */
export function headWidth(config: Config, D: number, H: number, key: string): number {
  if (D % H) throw config.invalid(key, `a multiple of the number of heads, ${H}`, D)
  return D / H
}

/** The one order of rows that is undone at load. @throws CONFIG_INVALID for a file that says otherwise */
export function checkRowLayout(keys: GgufKeys, known: string): void {
  const found = keys.raw('tensor_data_layout')
  if (found !== undefined && found !== known) throw keys.invalid('tensor_data_layout', `"${known}"`, found)
}

/** What every GGUF of a network with plain LayerNorms says, in GPT-2's words. */
export function ggufWords(keys: GgufKeys): Record<string, unknown> {
  const { hidden, heads } = keys.sizes()
  return {
    hidden_size: hidden,
    num_hidden_layers: keys.required('block_count'),
    num_attention_heads: heads,
    vocab_size: keys.shape('token_embd.weight')?.[0] ?? keys.number('vocab_size'),
    layer_norm_epsilon: keys.required('attention.layer_norm_epsilon'),
    tie_word_embeddings: !keys.shape('output.weight'),
  }
}

type Described = ReturnType<Family['describe']>

/** The description with other attention or another MLP in each block of two branches. */
export const changed = (
  made: Described,
  change: (attention: Branch & { body: Attention }, mlp: Branch & { body: GatedMlp }, layer: number) => Branch[],
): Described => ({
  ...made,
  block(layer) {
    const block = made.block(layer)
    const [attention, mlp] = block.branches
    return {
      ...block,
      branches: change(attention as Branch & { body: Attention }, mlp as Branch & { body: GatedMlp }, layer),
    }
  },
})

/** "full_attention" or "sliding_attention" for each layer. @param usual where the config has no layer_types */
export function slides(config: Config, layers: number, usual: (layer: number) => boolean): (layer: number) => boolean {
  const types = config.raw('layer_types')
  if (types === undefined) return usual
  if (
    !Array.isArray(types) ||
    types.length !== layers ||
    !types.every((type) => type === 'full_attention' || type === 'sliding_attention')
  ) {
    throw config.invalid('layer_types', `a list of ${layers} times "full_attention" or "sliding_attention"`, types)
  }
  return (layer) => types[layer] === 'sliding_attention'
}
