// The model's own distribution, before any sampling stage: softmax over the whole
// vocabulary in f64 with the maximum subtracted.
//
//   log p(i) = l_i - max - log Σ_j e^(l_j - max)      entropy = -Σ p log p  (nats)

import { EngineError } from '../errors.ts'
import { topPositions } from './candidates.ts'

/** Index of the first logit that is not a finite number, or -1. */
export function nonFinite(logits: Float32Array): number {
  for (let i = 0; i < logits.length; i++) if (!Number.isFinite(logits[i]!)) return i
  return -1
}

/** Whether every token has the same logit: nothing to choose by. */
export const isFlat = (logits: Float32Array): boolean => logits.length > 1 && logits.every((l) => l === logits[0])

export interface Distribution {
  max: number
  logSum: number
  entropy: number
}

/** @throws NUMERIC when a logit is NaN or +Infinity, or all are masked (-Infinity) */
export function measure(logits: Float32Array): Distribution {
  let max = -Infinity,
    bad = -1
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i]!
    if (logit > max) max = logit
    if (logit !== logit) {
      bad = i
      break
    }
  }
  if (bad >= 0 || !Number.isFinite(max)) {
    const at = bad >= 0 ? bad : Math.max(0, logits.indexOf(max))
    throw new EngineError(
      'NUMERIC',
      `Cannot choose a token: the logits must be finite numbers, the one of token ${at} is ${logits[at]}. Load the model again, or try another one.`,
      { step: 'logits', value: String(logits[at]) },
    )
  }
  let sum = 0,
    weighted = 0
  for (let i = 0; i < logits.length; i++) {
    const below = logits[i]! - max
    const e = Math.exp(below)
    if (e === 0) continue // also keeps 0 · -Infinity out
    sum += e
    weighted += e * below
  }
  const logSum = Math.log(sum)
  return { max, logSum, entropy: Math.max(0, logSum - weighted / sum) }
}

export const logprobOf = (d: Distribution, logit: number): number => logit - d.max - d.logSum

/** How many tokens the model prefers to this one; lower id first on ties. */
export function rankOf(logits: Float32Array, id: number): number {
  const own = logits[id]!
  let rank = 0
  for (let i = 0; i < logits.length; i++) if (logits[i]! > own || (logits[i] === own && i < id)) rank++
  return rank
}

/** The n most likely tokens, best first. Masked tokens are left out. */
export function topTokens(d: Distribution, logits: Float32Array, n: number): { id: number; logprob: number }[] {
  return Array.from(topPositions(logits, logits.length, n), (id) => ({
    id,
    logprob: logprobOf(d, logits[id]!),
  })).filter((token) => token.logprob !== -Infinity)
}
