// Qwen 2 and 2.5: LLaMA with biases on q, k, v; layers from max_window_layers on may slide.

import type { Family } from '../describe.ts'
import { slidingLayers, windowKeys, windowOff } from './window.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike } from './llama.ts'

export const qwen2: Family = {
  name: 'qwen2',
  types: ['qwen2'],
  keys: [...llamaKeys, ...windowKeys],
  off: windowOff,
  ...llamaFiles,
  gguf: { ...llamaGguf, arch: 'qwen2' },
  describe: (config) =>
    llamaLike('qwen2', config, {
      kvHeads: 32,
      F: 22016,
      V: 151936,
      qkvBias: true,
      maxContext: 32768,
      window: slidingLayers('qwen2', config),
    }),
}
