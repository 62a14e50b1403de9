// Top-p, nucleus sampling (Holtzman et al. 2020): keeps the smallest set of best
// tokens whose probabilities reach p, and at least one. Probabilities are those of
// what earlier stages left. HF's TopPLogitsWarper removes from below while the sum is
// ≤ 1 - p, which is the same set; among equal scores at the border, lower ids stay.

import type { Stage } from './stage.ts'

export const topP = {
  name: 'top-p',
  kind: 'cut',
  parameters: {
    topP: {
      default: 0.95,
      off: 1,
      low: 0,
      high: 1,
      slider: { min: 0.01, max: 1, step: 0.01 },
      config: 'top_p',
      gguf: 'top_p',
    },
  },
  apply(c, { topP: p }) {
    const last = c.descendTo(p * c.mass, true)
    const border = c.scores[last]!
    return c.filter((at) => c.scores[at]! > border || (c.scores[at] === border && at <= last))
  },
  written: ({ topP: p }) => `p ${p}`,
  compares: 'cumulative',
} as const satisfies Stage<'topP'>
