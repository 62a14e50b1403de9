// Logit bias: l += b for single tokens (OpenAI's logit_bias, HF's SequenceBias). Its amounts go by token id, so they are
// no parameter with a slider; params.ts checks them.

import type { Stage } from './stage.ts'

/** A bias that no logit makes up for: the token is banned. */
export const isBan = (bias: number | undefined): boolean => bias !== undefined && bias <= -1000

export const bias = {
  name: 'bias',
  kind: 'score',
  parameters: {},
  isOff: ({ logitBias }) => Object.keys(logitBias).length === 0,
  apply(c, { logitBias }) {
    for (const [id, amount] of Object.entries(logitBias)) {
      const at = c.find(Number(id))
      if (at >= 0) c.scores[at]! += amount
    }
  },
  written({ logitBias }) {
    const banned = Object.values(logitBias).filter(isBan).length
    return banned > 0 ? `⊘ ${banned}` : ''
  },
} as const satisfies Stage<never>
