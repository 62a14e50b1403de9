// Mistral: LLaMA with a sliding window on every layer. The window is 4096 when the key is absent, none when it is null.

import type { Family } from '../describe.ts'
import { llamaLike } from './llama.ts'

export const mistral: Family = {
  name: 'mistral', types: ['mistral'],
  describe(config) {
    const given = config.rawOrNull('sliding_window')
    const window = given === null ? 0 : config.count('sliding_window', 4096)
    return llamaLike('mistral', config, { kvHeads: 8, F: 14336, maxContext: 131072, window: () => window })
  },
}
