// Granite (IBM 2024): LLaMA with a factor on the embedding, on scores, on what each branch adds, and a divisor of logits.

import type { Config, Family } from '../describe.ts'
import { only } from '../keys.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike, llamaRows } from './llama.ts'
import { changed } from './words.ts'

/** A number to divide by. */
function divisor(config: Config): number {
  const value = config.number('logits_scaling', 1)
  if (value === 0) throw config.invalid('logits_scaling', 'a number that is not 0', value)
  return value
}

export const granite: Family = {
  name: 'granite',
  types: ['granite'],
  keys: [
    ...llamaKeys,
    ...['attention_bias', 'mlp_bias', 'attention_multiplier', 'embedding_multiplier', 'residual_multiplier'],
    'logits_scaling',
  ],
  off: { attention_bias: only(false), mlp_bias: only(false) },
  ...llamaFiles,
  gguf: {
    arch: 'granite',
    ...llamaGguf,
    rows: llamaRows,
    config: (keys) => ({
      ...llamaGguf.config(keys),
      attention_bias: true,
      mlp_bias: true,
      attention_multiplier: keys.number('attention.scale') || keys.sizes().headDim ** -0.5,
      embedding_multiplier: keys.number('embedding_scale') || 1,
      residual_multiplier: keys.number('residual_scale') || 1,
      logits_scaling: keys.number('logit_scale') || 1,
    }),
  },
  describe(config) {
    const bias = config.flag('attention_bias', false)
    const made = llamaLike('granite', config, { qkvBias: bias, outBias: bias, mlpBias: config.flag('mlp_bias', false) })
    const scale = config.number('attention_multiplier', 1),
      by = config.number('residual_multiplier', 1),
      factor = config.number('embedding_multiplier', 1)
    return {
      ...changed(made, (attention, mlp) => [
        { ...attention, by, body: { ...attention.body, scale } },
        { ...mlp, by },
      ]),
      embed: { ...made.embed, ...(factor !== 1 && { by: factor, scalesAll: true as const }) },
      head: { ...made.head, tokens: { ...made.head.tokens!, by: 1 / divisor(config) } },
    }
  },
}
