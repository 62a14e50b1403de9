// SmolLM3 (Hugging Face 2025): LLaMA in which some layers are not turned at all (NoPE); a window, if any, is theirs alone.

import type { Config, Family } from '../describe.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike, llamaRows } from './llama.ts'
import { changed, slides } from './words.ts'

/** 1 means rope. */
function turns(config: Config, layers: number): (layer: number) => boolean {
  const list = config.raw('no_rope_layers')
  if (list === undefined) {
    const every = config.count('no_rope_layer_interval', 4)
    return (layer) => (layer + 1) % every !== 0
  }
  if (
    !Array.isArray(list) ||
    list.length !== layers ||
    !list.every((one) => [0, 1, false, true].includes(one as number | boolean))
  ) {
    throw config.invalid('no_rope_layers', `a list of ${layers} times 0 or 1`, list)
  }
  return (layer) => Number(list[layer]) === 1
}

export const smollm3: Family = {
  name: 'smollm3',
  types: ['smollm3'],
  keys: [
    ...llamaKeys,
    ...['attention_bias', 'mlp_bias', 'no_rope_layers', 'no_rope_layer_interval', 'layer_types'],
    ...['use_sliding_window', 'sliding_window'],
  ],
  ...llamaFiles,
  gguf: {
    arch: 'smollm3',
    ...llamaGguf,
    rows: llamaRows,
    config: (keys) => ({ ...llamaGguf.config(keys), attention_bias: true, mlp_bias: true }),
  },
  describe(config) {
    const bias = config.flag('attention_bias', false)
    const layers = config.count('num_hidden_layers', 36)
    const isTurned = turns(config, layers)
    const window =
      config.flag('use_sliding_window', false) && config.raw('sliding_window') !== undefined
        ? config.count('sliding_window')
        : 0
    const isSliding = slides(config, layers, (layer) => window > 0 && !isTurned(layer))
    const made = llamaLike('smollm3', config, {
      layers: 36,
      D: 2048,
      H: 16,
      kvHeads: 4,
      V: 128256,
      maxContext: 32768,
      theta: 2000000,
      qkvBias: bias,
      outBias: bias,
      mlpBias: config.flag('mlp_bias', false),
      window: (layer) => (isSliding(layer) ? window : 0),
    })
    const { tokens } = made.head
    return {
      ...changed(made, (attention, mlp, layer) => [
        isTurned(layer) ? attention : { ...attention, body: { ...attention.body, rope: null } },
        mlp,
      ]),
      head: { ...made.head, tokens: { ...tokens!, tied: config.flag('tie_word_embeddings', true) } },
    }
  },
}
