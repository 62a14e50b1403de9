// Min-p (Nguyen et al. 2024): drops tokens less likely than m times the best one.
// HF's MinPLogitsWarper: after temperature, top-k and top-p, at least one stays.

import type { StageReport } from '../types.ts'
import type { Candidates } from './candidates.ts'

export function applyMinP(c: Candidates, m: number): StageReport | null {
  if (m <= 0) return null
  // the best candidate's weight is 1, so no division is needed
  return { stage: 'min-p', ...c.filter((at) => c.weights[at]! >= m), kept: c.count }
}
