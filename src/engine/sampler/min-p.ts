// Min-p (Nguyen et al. 2024): drops tokens less likely than m times the best one.
// HF's MinPLogitsWarper: after temperature, top-k and top-p, at least one stays.

import type { Stage } from './stage.ts'

export const minP = {
  name: 'min-p',
  kind: 'cut',
  parameters: {
    minP: {
      default: 0.05,
      off: 0,
      low: 0,
      high: 1,
      slider: { min: 0, max: 0.5, step: 0.01 },
      config: 'min_p',
      gguf: 'min_p',
    },
  },
  // the best candidate's weight is 1, so no division is needed
  apply: (c, { minP: m }) => c.filter((at) => c.weights[at]! >= m),
  written: ({ minP: m }) => `m ${m}`,
  compares: 'ratio',
} as const satisfies Stage<'minP'>
