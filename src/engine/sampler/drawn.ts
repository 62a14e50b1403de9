// A token that was drawn where its logits are (ops/sample.ts), told as the chain tells those that it draws itself.

import type { SamplingParams, StageReport } from '../types.ts'
import type { SampleResult } from './sample-result.ts'
import type { Distribution } from './distribution.ts'
import { logprobOf } from './distribution.ts'
import { isOff } from './stage.ts'
import { stages, type StageName } from './stages.ts'

interface LeftOver {
  count: number
  /** of their weights, where the best candidate of all has 1 */
  mass: number
}

/** What the device says of it. Sums are over the whole vocabulary. */
export interface DrawnToken {
  id: number
  logit: number
  rank: number
  /** the largest logit; Σ e^(l - max), Σ e^(l - max) (max - l) */
  max: number
  sum: number
  below: number
  /** Σ weights after the temperature; what each cut left; the token's own weight */
  mass: number
  topK: LeftOver
  topP: LeftOver
  minP: LeftOver
  weight: number
  top: readonly { id: number; logit: number }[]
}

type Left = (drawn: DrawnToken, before: LeftOver) => LeftOver
const asItWas: Left = (_, before) => before
/** What each stage leaves; a stage that is not here is not computed on the device. */
const leftBy: ReadonlyMap<string, Left> = new Map<StageName, Left>([
  ['bias', asItWas],
  ['repetition', asItWas],
  ['temperature', (drawn, { count }) => ({ count, mass: drawn.mass })],
  ['top-k', ({ topK }) => topK],
  ['top-p', ({ topP }) => topP],
  ['min-p', ({ minP }) => minP],
])

/** Are all stages that are on computed on the device, too? */
export const isDrawable = (params: SamplingParams): boolean =>
  stages.every((stage) => leftBy.has(stage.name) || isOff(stage, params))

/** @param V tokens of the vocabulary @param number the uniform one it was drawn with */
export function tellDrawn(
  drawn: DrawnToken,
  V: number,
  params: SamplingParams,
  number: number | null,
  top: number,
): SampleResult {
  const own: Distribution = {
    max: drawn.max,
    logSum: Math.log(drawn.sum),
    entropy: Math.max(0, Math.log(drawn.sum) + drawn.below / drawn.sum),
  }
  let before: LeftOver = { count: V, mass: drawn.mass }
  const reports: StageReport[] = []
  for (const stage of stages) {
    if (isOff(stage, params)) continue
    let left = leftBy.get(stage.name)!(drawn, before)
    if (stage.kind === 'weigh' && params.temperature === 0) left = { count: 1, mass: 1 }
    reports.push(report(stage.name, before, left))
    before = left
  }
  reports.push(report('pick', before, { count: 1, mass: drawn.weight }))
  return {
    id: drawn.id,
    logprob: logprobOf(own, drawn.logit),
    rank: drawn.rank,
    entropy: own.entropy,
    top: drawn.top.slice(0, top).map(({ id, logit }) => ({ id, logprob: logprobOf(own, logit) })),
    draw: number,
    stages: reports,
  }
}

const report = (stage: string, before: LeftOver, left: LeftOver): StageReport => ({
  stage,
  kept: left.count,
  removed: before.count - left.count,
  removedMass: left.count === before.count ? 0 : Math.max(0, 1 - left.mass / before.mass),
})
