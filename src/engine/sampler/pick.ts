// The draw: the most likely candidate first, ties by id, each as wide as its
// probability; the token under the uniform number is picked. A panel that lays the
// candidates side by side in that order can show the number as a needle.

import type { StageReport } from '../types.ts'
import type { Candidates } from './candidates.ts'

/** @param draw uniform in [0, 1), or null to take the only or best candidate */
export function pick(c: Candidates, draw: number | null): { id: number; report: StageReport } {
  const at = draw === null ? c.best() : c.descendTo(draw * c.mass, false)
  return {
    id: c.ids[at]!,
    report: {
      stage: 'pick',
      kept: 1,
      removed: c.count - 1,
      removedMass: c.count === 1 ? 0 : Math.max(0, 1 - c.weights[at]! / c.mass),
    },
  }
}
