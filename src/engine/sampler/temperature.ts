// Temperature: l / T. Below 1 the likely get likelier, above 1 the odds even out.
// T = 0 is greedy: only the best candidate stays, the lowest id on ties.

import type { StageReport } from '../types.ts'
import type { Candidates } from './candidates.ts'

export function applyTemperature(c: Candidates, temperature: number): StageReport {
  const best = c.best()
  c.weigh(temperature === 0 ? 1 : temperature)
  const gone = temperature === 0 ? c.filter((at) => at === best) : { removed: 0, removedMass: 0 }
  return { stage: 'temperature', kept: c.count, ...gone }
}
