// Top-p, nucleus sampling (Holtzman et al. 2020): keeps the smallest set of best
// tokens whose probabilities reach p, and at least one. Probabilities are those of
// what earlier stages left. HF's TopPLogitsWarper removes from below while the sum is
// ≤ 1 - p, which is the same set; among equal scores at the border, lower ids stay.

import type { StageReport } from '../types.ts'
import type { Candidates } from './candidates.ts'

export function applyTopP(c: Candidates, p: number): StageReport | null {
  if (p >= 1) return null
  const last = c.descendTo(p * c.mass, true)
  const border = c.scores[last]!
  return {
    stage: 'top-p',
    ...c.filter((at) => c.scores[at]! > border || (c.scores[at] === border && at <= last)),
    kept: c.count,
  }
}
