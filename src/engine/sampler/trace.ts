// The whole chain for one row of logits, stage by stage, for a panel. No state: the
// same logits, parameters and history always give the same view.

import type { SamplingParams, StageReport } from '../types.ts'
import { isBan } from './bias.ts'
import { Candidates, topPositions } from './candidates.ts'
import { fillFormed, type Allowed } from './form.ts'
import { runStage } from './chain.ts'
import { logprobOf, measure } from './distribution.ts'
import { stages } from './stages.ts'

export interface TraceRow {
  id: number
  /** as the model gave it, and its log-probability in the model's own distribution */
  logit: number
  logprob: number
  /** after the stages that change scores: bias, penalties */
  penalized: number
  /** after the division by the temperature; = penalized when the temperature is 0 */
  scaled: number
  /** the stage that took it out, or null */
  removedBy: string | null
  /** chance of being picked; 0 when it was removed */
  probability: number
}

export interface SamplingTrace {
  /** the most likely tokens of the model, best first, and boosted ones, or such with a bias, that can be picked */
  rows: TraceRow[]
  stages: StageReport[]
  /** all other tokens: how many, their mass in the model's own distribution and in the draw */
  tail: { count: number; mass: number; finalMass: number }
  /** nats, the model's own */
  entropy: number
}

/** Tokens with a bias that are listed, wherever they stand. */
const mostBiased = 20

/** @param history all token ids so far, prompt included @param options.form the tokens that could be drawn there */
export function traceSampling(
  logits: Float32Array,
  params: SamplingParams,
  history: Iterable<number>,
  options: { top?: number; form?: Allowed | null } = {},
): SamplingTrace {
  const top = options.top ?? 20
  const own = measure(logits)
  const seen = new Map<number, number>()
  for (const id of history) seen.set(id, (seen.get(id) ?? 0) + 1)
  const c = new Candidates(logits.length)
  const formed = fillFormed(c, logits, own, options.form)

  const penalized = new Map<number, number>()
  const removedBy = new Map<number, string>()
  const reports: StageReport[] = formed ? [formed] : []
  const wanted = new Set(topPositions(logits, logits.length, top))
  if (formed) for (const id of wanted) if (c.find(id) < 0) removedBy.set(id, formed.stage)
  for (const stage of stages) {
    const report = runStage(stage, c, params, seen)
    if (!report) continue
    reports.push(report)
    if (stage.kind === 'score') continue
    for (const id of wanted) if (!removedBy.has(id) && c.find(id) < 0) removedBy.set(id, report.stage)
  }
  for (const at of topPositions(c.weights, c.count, top)) wanted.add(c.ids[at]!)
  // what was raised or lowered by hand is what a reader looks for
  const biased = Object.entries(params.logitBias).flatMap(([id, amount]) => (isBan(amount) ? [] : [Number(id)]))
  for (const id of biased.slice(0, mostBiased)) if (id < logits.length && c.find(id) >= 0) wanted.add(id)

  // once more up to the temperature, for the scores in between: cheaper than keeping every stage's arrays
  const before = new Candidates(logits.length)
  before.fill(logits)
  for (const stage of stages) if (stage.kind === 'score') runStage(stage, before, params, seen)
  for (const id of wanted) {
    const at = before.find(id)
    if (at >= 0) penalized.set(id, before.scores[at]!)
  }

  const rows = [...wanted]
    .filter((id) => logits[id] !== -Infinity)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .map((id): TraceRow => {
      const at = c.find(id)
      return {
        id,
        logit: logits[id]!,
        logprob: logprobOf(own, logits[id]!),
        penalized: penalized.get(id)!,
        scaled: penalized.get(id)! / (params.temperature || 1),
        removedBy: removedBy.get(id) ?? null,
        probability: at < 0 ? 0 : c.weights[at]! / c.mass,
      }
    })
  const rest = (of: (row: TraceRow) => number): number => Math.max(0, 1 - rows.reduce((sum, row) => sum + of(row), 0))
  return {
    rows,
    stages: reports,
    entropy: own.entropy,
    tail: {
      count: logits.length - rows.length,
      mass: rest((row) => Math.exp(row.logprob)),
      finalMass: rest((row) => row.probability),
    },
  }
}
