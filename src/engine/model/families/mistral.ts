// Mistral: LLaMA with a sliding window on every layer. The window is 4096 when the key is absent, none when it is null.
// A GGUF of architecture "llama" that has a window is one; one without is computed like LLaMA.

import type { GgufKeys } from '../../formats/family.ts'
import type { Family } from '../describe.ts'
import { notComputed } from '../keys.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike, llamaRows } from './llama.ts'

const windowOf = (keys: GgufKeys): number => keys.number('attention.sliding_window') ?? 0

export const mistral: Family = {
  name: 'mistral',
  types: ['mistral'],
  keys: [...llamaKeys, 'sliding_window', 'layer_types'],
  ...llamaFiles,
  gguf: {
    arch: 'llama',
    is: (keys) => windowOf(keys) > 0,
    ...llamaGguf,
    rows: llamaRows,
    config: (keys) => ({ ...llamaGguf.config(keys), sliding_window: windowOf(keys) }),
  },
  describe(config) {
    const given = config.rawOrNull('sliding_window')
    const window = given === null ? 0 : config.count('sliding_window', 4096)
    const types = config.raw('layer_types')
    if (
      types !== undefined &&
      !(Array.isArray(types) && types.every((type) => type === (window ? 'sliding_attention' : 'full_attention')))
    ) {
      throw notComputed('mistral', 'layer_types', types)
    }
    if (config.rawOrNull('num_key_value_heads') === null) {
      throw config.invalid('num_key_value_heads', 'a positive whole number', null)
    }
    return llamaLike('mistral', config, { kvHeads: 8, F: 14336, maxContext: 131072, window: () => window })
  },
}
