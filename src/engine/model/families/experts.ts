// What the mixtures of experts among LLaMA's relatives share: which layers have experts, how files hold them, and what a
// GGUF says of them. A checkpoint has a tensor for each expert, or one of all (E, 2F, D) whose rows are gate, then up; a
// GGUF has three of all, and so have MLX's checkpoints.

import type { GgufKeys } from '../../formats/family.ts'
import type { Config, Description, Experts, GatedMlp } from '../describe.ts'
import { notComputed } from '../keys.ts'
import { llamaGguf } from './llama.ts'

/** @param usual where a checkpoint's own names stand, and how they call gate, up and down of an expert */
export function expertFiles(usual: string, words: readonly [string, string, string], F: number): Experts['files'] {
  const [gate, up, down] = words.map((word) => ({ tensor: `${usual}.experts.{e}.${word}.weight` }))
  const [gates, ups, downs] = ['gate', 'up', 'down'].map((word) => ({
    tensor: `${usual}.switch_mlp.${word}_proj.weight`,
  }))
  const half = (from: number) => ({ tensor: 'mlp.experts.gate_up_proj', slice: { every: 2 * F, from, count: F } })
  return [
    { router: { at: `${usual}.gate` }, gate: gate!, up: up!, down: down! },
    { router: { at: 'mlp.gate' }, gate: half(0), up: half(F), down: { tensor: 'mlp.experts.down_proj' } },
    {
      router: { at: 'mlp.gate' },
      gate: { tensor: 'mlp.experts.gate_proj.weight' },
      up: { tensor: 'mlp.experts.up_proj.weight' },
      down: { tensor: 'mlp.experts.down_proj.weight' },
    },
    { router: { at: `${usual}.gate` }, gate: gates!, up: ups!, down: downs! },
  ]
}

/** The same model with experts in place of the MLP, in layers that have them; `made` has an MLP everywhere. */
export function withExperts(
  made: Omit<Description, 'ignored' | 'biases'>,
  of: (mlp: GatedMlp) => Experts,
  isSparse: (layer: number) => boolean = () => true,
): Omit<Description, 'ignored' | 'biases'> {
  return {
    ...made,
    block: (layer) => {
      const block = made.block(layer)
      if (!isSparse(layer)) return block
      const branches = block.branches.map((branch) =>
        branch.body.kind === 'gated-mlp' ? { ...branch, body: of(branch.body) } : branch,
      )
      return { ...block, branches }
    },
  }
}

/** Experts, and how many of them a token has. @param key of their number */
export function expertCounts(
  config: Config,
  keys: string,
  usual: readonly [count: number, top: number],
): { count: number; top: number } {
  const count = config.count(keys, usual[0])
  const top = config.count('num_experts_per_tok', usual[1])
  if (top > count) throw config.invalid('num_experts_per_tok', `at most ${count}, the number of experts`, top)
  return { count, top }
}

export const sparseKeys: readonly string[] = ['decoder_sparse_step', 'mlp_only_layers']

/** Layers with experts: every `decoder_sparse_step`-th, but for those listed. */
export function sparseLayers(family: string, config: Config): (layer: number) => boolean {
  const step = config.count('decoder_sparse_step', 1)
  const dense = config.raw('mlp_only_layers') ?? []
  if (!Array.isArray(dense) || !dense.every(Number.isInteger)) throw notComputed(family, 'mlp_only_layers', dense)
  return (layer) => (layer + 1) % step === 0 && !dense.includes(layer)
}

/** Names in a GGUF beside LLaMA's. */
export const expertNames = {
  'model.layers.{i}.mlp.gate': 'blk.{i}.ffn_gate_inp',
  'model.layers.{i}.mlp.experts.gate_proj': 'blk.{i}.ffn_gate_exps',
  'model.layers.{i}.mlp.experts.up_proj': 'blk.{i}.ffn_up_exps',
  'model.layers.{i}.mlp.experts.down_proj': 'blk.{i}.ffn_down_exps',
}

/** What the file says; whether the weights of the chosen are divided by their sum it does not. */
export const expertGgufConfig = (keys: GgufKeys, renorm?: boolean): Record<string, unknown> => ({
  ...llamaGguf.config(keys),
  num_experts: keys.requiredCount('expert_count'),
  num_experts_per_tok: keys.requiredCount('expert_used_count'),
  ...(renorm !== undefined && { norm_topk_prob: renorm }),
})

/** Width of one expert, from its tensor where no key has it. */
export const expertWidth = (keys: GgufKeys): number =>
  keys.count('expert_feed_forward_length') ??
  keys.shape('blk.0.ffn_gate_exps.weight')?.[1] ??
  keys.requiredCount('expert_feed_forward_length')
