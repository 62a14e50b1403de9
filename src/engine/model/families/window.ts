// Which layers slide, in the Qwen configs: layer_types when given, else those from max_window_layers on.
// A window needs use_sliding_window, and null is none: as in transformers.

import type { Config } from '../describe.ts'
import { notComputed, only, type Neutral } from '../keys.ts'

export const windowKeys: readonly string[] = [
  'use_sliding_window',
  'sliding_window',
  'max_window_layers',
  'layer_types',
]

/** Without a window they say nothing. */
export const windowOff: Readonly<Record<string, Neutral>> = {
  use_sliding_window: only(false),
  max_window_layers: () => true,
}

/** @param slides of a layer and max_window_layers, where layer_types says nothing */
export function slidingLayers(
  family: string,
  config: Config,
  slides = (layer: number, first: number): boolean => layer >= first,
): (layer: number) => number {
  const on = config.flag('use_sliding_window', false) && config.rawOrNull('sliding_window') !== null
  const window = on ? config.count('sliding_window', 4096) : 0
  const types = config.raw('layer_types')
  if (types === undefined) {
    const first = config.number('max_window_layers', 28)
    return (layer) => (slides(layer, first) ? window : 0)
  }
  const layers = config.count('num_hidden_layers', 32)
  if (!Array.isArray(types) || types.length !== layers) {
    throw config.invalid('layer_types', `a list of ${layers} names, one per layer`, types)
  }
  for (const type of types) {
    // a sliding layer without a window has no meaning; transformers stops there too
    if (!['full_attention', 'attention', ...(on ? ['sliding_attention'] : [])].includes(type as string)) {
      throw notComputed(family, 'layer_types', type)
    }
  }
  return (layer) => (types[layer] === 'sliding_attention' ? window : 0)
}
