// Qwen 2 and 2.5: LLaMA with biases on q, k, v; layers from max_window_layers on may slide.

import type { Family } from '../describe.ts'
import { slidingLayers } from './window.ts'
import { llamaLike } from './llama.ts'

export const qwen2: Family = {
  name: 'qwen2', types: ['qwen2'],
  describe: (config) => llamaLike('qwen2', config, { qkvBias: true, maxContext: 32768, window: slidingLayers(config) }),
}
