// Top-k: keeps the k best (Fan et al. 2018). As in HF's TopKLogitsWarper a token
// goes when its score is below the k-th best, so ties at the border all stay.

import type { Stage } from './stage.ts'

export const topK = {
  name: 'top-k',
  kind: 'cut',
  parameters: {
    topK: {
      default: 40,
      off: 0,
      low: 0,
      high: 0x7fffffff,
      whole: true,
      slider: { min: 0, max: 200, step: 1 },
      config: 'top_k',
      gguf: 'top_k',
      alsoOff: -1, // in vLLM and llama.cpp
    },
  },
  apply(c, { topK: k }) {
    const border = k >= c.count ? -Infinity : c.kthBest(k)
    return c.filter((at) => c.scores[at]! >= border)
  },
  written: ({ topK: k }) => `k ${k}`,
  compares: 'place',
} as const satisfies Stage<'topK'>
