// Which layers slide, in the Qwen configs: layer_types when given, else use_sliding_window from max_window_layers on.

import type { Config } from '../describe.ts'

export function slidingLayers(config: Config): (layer: number) => number {
  if (!config.flag('use_sliding_window', false)) return () => 0
  const window = config.count('sliding_window', 4096)
  const types = config.raw('layer_types')
  if (Array.isArray(types)) return (layer) => (types[layer] === 'sliding_attention' ? window : 0)
  const first = config.number('max_window_layers', 28)
  return (layer) => (layer >= first ? window : 0)
}
