// Mixtral (Jiang et al. 2024): Mistral's block with eight experts for the MLP, two of which a token has; their weights are
// divided by their sum. In a GGUF it is of architecture "llama", and its window, if any, is lost.

import type { Family } from '../describe.ts'
import { expertCounts, expertFiles, expertGgufConfig, expertNames, withExperts } from './experts.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike, llamaRows } from './llama.ts'

/** The first GGUFs had a tensor for each expert. */
const oneByOne = {
  'model.layers.{i}.mlp.experts.{e}.gate_proj': 'blk.{i}.ffn_gate.{e}',
  'model.layers.{i}.mlp.experts.{e}.up_proj': 'blk.{i}.ffn_up.{e}',
  'model.layers.{i}.mlp.experts.{e}.down_proj': 'blk.{i}.ffn_down.{e}',
}

export const mixtral: Family = {
  name: 'mixtral',
  types: ['mixtral'],
  keys: [...llamaKeys, 'num_local_experts', 'num_experts', 'num_experts_per_tok', 'sliding_window'],
  off: { router_jitter_noise: () => true },
  ...llamaFiles,
  gguf: {
    arch: 'llama',
    is: (keys) => (keys.number('expert_count') ?? 0) > 0,
    names: { ...llamaGguf.names, ...expertNames, ...oneByOne },
    rows: llamaRows,
    config: (keys) => expertGgufConfig(keys),
  },
  describe(config) {
    const window = config.rawOrNull('sliding_window') === null ? 0 : config.number('sliding_window', 0)
    const made = llamaLike('mixtral', config, {
      kvHeads: 8,
      F: 14336,
      maxContext: 131072,
      theta: 1e6,
      eps: 1e-5,
      window: () => window,
    })
    const counts = expertCounts(config, 'num_local_experts|num_experts', [8, 2])
    const { F } = made.dims
    return withExperts(made, ({ act }) => ({
      kind: 'experts',
      act,
      ...counts,
      renorm: true,
      F,
      files: [
        ...expertFiles('block_sparse_moe', ['w1', 'w3', 'w2'], F),
        ...expertFiles('mlp', ['gate_proj', 'up_proj', 'down_proj'], F).slice(0, 1),
      ],
    }))
  },
}
