// Penalties: what is taken from tokens that stand in the history already.
//
//   repetition  l = l > 0 ? l / r : l · r    (CTRL, Keskar et al. 2019; HF's processor)
//   presence    l -= p
//   frequency   l -= f · times seen          (OpenAI)
//
// "Seen" is the whole history, prompt included, as in HF's repetition penalty; the
// other two have no HF counterpart and use the same history.

import type { Stage } from './stage.ts'

export const repetition = {
  name: 'repetition',
  kind: 'score',
  parameters: {
    repetitionPenalty: {
      default: 1,
      off: 1,
      low: 0.01,
      high: 100,
      slider: { min: 1, max: 2, step: 0.01 },
      config: 'repetition_penalty',
      gguf: 'penalty_repeat',
    },
    presencePenalty: {
      default: 0,
      off: 0,
      low: -1000,
      high: 1000,
      slider: { min: -2, max: 2, step: 0.05 },
      config: 'presence_penalty',
    },
    frequencyPenalty: {
      default: 0,
      off: 0,
      low: -1000,
      high: 1000,
      slider: { min: -2, max: 2, step: 0.05 },
      config: 'frequency_penalty',
    },
  },
  apply(c, { repetitionPenalty: r, presencePenalty, frequencyPenalty }, seen) {
    for (const [id, times] of seen) {
      const at = c.find(id)
      if (at < 0) continue
      const logit = c.scores[at]!
      c.scores[at] = (logit > 0 ? logit / r : logit * r) - presencePenalty - frequencyPenalty * times
    }
  },
  written: ({ repetitionPenalty, presencePenalty, frequencyPenalty }) =>
    [
      repetitionPenalty !== 1 && `÷ ${repetitionPenalty}`,
      (presencePenalty !== 0 || frequencyPenalty !== 0) && `− ${presencePenalty} − ${frequencyPenalty}·n`,
    ]
      .filter(Boolean)
      .join(' '),
} as const satisfies Stage<'repetitionPenalty' | 'presencePenalty' | 'frequencyPenalty'>
