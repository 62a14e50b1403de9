// Top-k: keeps the k best (Fan et al. 2018). As in HF's TopKLogitsWarper a token
// goes when its score is below the k-th best, so ties at the border all stay.

import type { StageReport } from '../types.ts'
import { topPositions, type Candidates } from './candidates.ts'

export function applyTopK(c: Candidates, k: number): StageReport | null {
  if (k <= 0) return null
  const border = k >= c.count ? -Infinity : kthBest(c, k)
  return { stage: 'top-k', ...c.filter((at) => c.scores[at]! >= border), kept: c.count }
}

function kthBest(c: Candidates, k: number): number {
  // a heap while k is small; past that a typed sort is faster
  if (k <= 1024) return c.scores[topPositions(c.scores, c.count, k)[k - 1]!]!
  return c.scores.slice(0, c.count).sort()[c.count - k]!
}
