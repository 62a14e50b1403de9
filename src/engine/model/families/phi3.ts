// Phi-3, 3.5 and 4-mini (Abdin et al. 2024): LLaMA with one tensor for q, k and v and one for gate and up; part of each
// head may be turned, with longrope's two lists.

import type { Config, Family } from '../describe.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike } from './llama.ts'
import { changed, grouped } from './words.ts'

/** "su" and "yarn" in older files mean longrope. */
function renamed(config: Config): Config {
  const scaling = config.raw('rope_scaling')
  if (typeof scaling !== 'object' || scaling === null) return config
  const { type, rope_type: kind = type, ...rest } = scaling as Record<string, unknown>
  return kind === 'su' || kind === 'yarn' ? config.but({ rope_scaling: { ...rest, rope_type: 'longrope' } }) : config
}

/** The trained length has a value of its own where the config does not say, and goes before one inside the scaling. */
function withTrained(config: Config): Config {
  const isLong = ['rope_scaling', 'rope_parameters'].some((key) => {
    const given = config.raw(key)
    return typeof given === 'object' && given !== null && 'short_factor' in given
  })
  return config.wording.biases === 'declared' && isLong && !config.has('original_max_position_embeddings')
    ? config.but({ original_max_position_embeddings: 4096 })
    : config
}

const {
  'model.layers.{i}.self_attn.q_proj': _q,
  'model.layers.{i}.self_attn.k_proj': _k,
  'model.layers.{i}.self_attn.v_proj': _v,
  'model.layers.{i}.mlp.gate_proj': _gate,
  'model.layers.{i}.mlp.up_proj': _up,
  ...names
} = llamaGguf.names

export const phi3: Family = {
  name: 'phi3',
  types: ['phi3'],
  keys: [...llamaKeys, 'sliding_window'],
  ...llamaFiles,
  gguf: {
    arch: 'phi3',
    names: {
      ...names,
      'model.layers.{i}.self_attn.qkv_proj': 'blk.{i}.attn_qkv',
      'model.layers.{i}.mlp.gate_up_proj': 'blk.{i}.ffn_up',
    },
    config: (keys) => ({ ...llamaGguf.config(keys), sliding_window: keys.number('attention.sliding_window') || null }),
  },
  describe(given) {
    const config = withTrained(renamed(given))
    const window = config.rawOrNull('sliding_window') == null ? 0 : config.count('sliding_window')
    const made = llamaLike('phi3', config, {
      D: 3072,
      eps: 1e-5,
      F: 8192,
      V: 32064,
      maxContext: 4096,
      partial: 1,
      window: () => window,
    })
    const { F } = made.dims
    const half = (n: number) => ({ at: 'mlp.gate_up_proj', slice: { every: 2 * F, from: n * F, count: F } })
    return changed(made, (attention, mlp) => [
      { ...attention, body: { ...attention.body, ...grouped('self_attn.qkv_proj', made.dims, false, true) } },
      { ...mlp, body: { ...mlp.body, gate: half(0), up: half(1) } },
    ])
  },
}
