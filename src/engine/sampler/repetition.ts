// Logit bias and penalties: what is added to, or taken from, single tokens.
//
//   bias        l += b                                         (OpenAI's logit_bias, HF's SequenceBias)
//   repetition  l = l > 0 ? l / r : l · r   for tokens seen    (CTRL, Keskar et al. 2019; HF's processor)
//   presence    l -= p                      for tokens seen
//   frequency   l -= f · times seen                            (OpenAI)
//
// "Seen" is the whole history, prompt included, as in HF's repetition penalty; the
// other two have no HF counterpart and use the same history.

import type { SamplingParams, StageReport } from '../types.ts'
import type { Candidates } from './candidates.ts'

export function applyBias(c: Candidates, bias: Record<number, number>): StageReport | null {
  const entries = Object.entries(bias)
  if (entries.length === 0) return null
  for (const [id, amount] of entries) {
    const at = c.find(Number(id))
    if (at >= 0) c.scores[at]! += amount
  }
  return { stage: 'bias', kept: c.count, removed: 0, removedMass: 0 }
}

export type PenaltyParams = Pick<SamplingParams, 'repetitionPenalty' | 'presencePenalty' | 'frequencyPenalty'>

export const penalized = (logit: number, times: number, p: PenaltyParams): number =>
  (logit > 0 ? logit / p.repetitionPenalty : logit * p.repetitionPenalty) -
  p.presencePenalty -
  p.frequencyPenalty * times

/** @param seen token id → how often it is in the history */
export function applyPenalties(c: Candidates, seen: ReadonlyMap<number, number>, p: PenaltyParams): StageReport | null {
  if (p.repetitionPenalty === 1 && p.presencePenalty === 0 && p.frequencyPenalty === 0) return null
  for (const [id, times] of seen) {
    const at = c.find(id)
    if (at >= 0) c.scores[at] = penalized(c.scores[at]!, times, p)
  }
  return { stage: 'repetition', kept: c.count, removed: 0, removedMass: 0 }
}
