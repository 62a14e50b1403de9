// What each stage of the sampler did to each listed token, worked out from the engine's view of the chain. Nothing is
// normalized over a part: fractions come from the engine's own probabilities and the mass it says each stage took away.
//
//   fraction before stage s = p · Π (1 − removed mass of s and every later stage) · e^(its score − the score of p's token)

import type { SamplingParams, SamplingView } from '../../store/index.ts'
import { stages as all } from '../../store/stages.ts'

const scoring = new Set(all.filter(({ kind }) => kind === 'score').map(({ name }): string => name))
const summing = new Set(all.filter(({ compares }) => compares === 'cumulative').map(({ name }): string => name))

export type ViewRow = SamplingView['rows'][number]

export interface Step extends ViewRow {
  /** after bias and penalties, minus the model's own logit */
  change: number
  /** 1 = best; null where tokens that are not listed may stand before it, and outside of the answer's form */
  place: number | null
  /** adds up from the best to this one, among what the stage that compares sums (top-p) was given; null as above */
  cumulative: number | null
  /** e^(score − best score) */
  ratio: number
}

export interface Pipeline {
  rows: Step[]
  /** by stage that was on: what it left and took */
  stages: Map<string, { kept: number; removed: number; removedMass: number }>
  /** tokens that can still be drawn */
  kept: number
  /** of them, listed ones */
  listed: number
  /** nats; from and to differ only where kept tokens are not listed */
  entropy: { from: number; to: number }
}

export function readPipeline(view: SamplingView, vocab: number): Pipeline {
  const stages = new Map(view.stages.map((s) => [s.stage, s]))
  const reference = view.rows.reduce((best, row) => (row.probability > best.probability ? row : best), view.rows[0]!)
  const inForm = view.rows.filter((row) => row.removedBy !== 'form')
  const best = Math.max(...inForm.map((row) => row.scaled))
  const reordered = view.stages.some((s) => scoring.has(s.stage))
  const from = view.stages.findIndex((s) => summing.has(s.stage))
  const earlier = new Set(view.stages.slice(0, Math.max(0, from)).map((s) => s.stage))
  const given = (row: ViewRow): boolean => row.removedBy === null || !earlier.has(row.removedBy)
  /** fraction of the reference row in what was given to the stage that sums */
  const fraction =
    from < 0 ? 0 : view.stages.slice(from).reduce((p, s) => p * (1 - s.removedMass), reference.probability)
  const order = inForm.toSorted((a, b) => b.scaled - a.scaled || a.id - b.id)
  const seen = new Map<number, { place: number; cumulative: number }>()
  let sum = 0
  for (const [i, row] of order.entries()) {
    if (given(row)) sum += fraction * Math.exp(row.scaled - reference.scaled)
    seen.set(row.id, { place: i + 1, cumulative: sum })
  }
  const rows = view.rows.map((row): Step => {
    // a cut always keeps the best: what stands before a kept token is kept, and the best kept ones are all listed
    const sure = !reordered || row.removedBy === null
    const { place, cumulative } = seen.get(row.id) ?? { place: null, cumulative: 0 }
    return {
      ...row,
      change: row.penalized - row.logit,
      place: sure ? place : null,
      cumulative: sure && from >= 0 && given(row) ? Math.min(1, cumulative) : null,
      ratio: Math.exp(row.scaled - best),
    }
  })
  const kept = view.stages.at(-1)?.kept ?? vocab
  const alive = view.rows.filter((row) => row.probability > 0)
  return {
    rows,
    stages,
    kept,
    listed: alive.length,
    entropy: entropyAfter(
      alive.map((row) => row.probability),
      view.tail.finalMass,
      kept - alive.length,
    ),
  }
}

/**
 * −Σ p ln p; of tokens that are not listed only their number and mass are known: they are at most as likely as the
 * least likely listed one, and at most evenly spread.
 */
export function entropyAfter(listed: readonly number[], mass: number, count: number): { from: number; to: number } {
  const own = Math.max(
    0,
    listed.reduce((sum, p) => sum - p * Math.log(p), 0),
  )
  if (count <= 0 || mass < 1e-12) return { from: own, to: own }
  const smallest = Math.min(...listed)
  const evenly = mass * Math.log(count / mass)
  return { from: own + Math.min(evenly, Math.max(0, -mass * Math.log(smallest))), to: own + evenly }
}

/** Candidates as they lie on the dice: most likely first, lower id first on ties; what is not listed comes last. */
export function onBar(rows: readonly ViewRow[], max: number): (ViewRow & { from: number; to: number })[] {
  let at = 0
  return rows
    .filter((row) => row.probability > 0)
    .sort((a, b) => b.probability - a.probability || a.id - b.id)
    .slice(0, max)
    .map((row) => ({ ...row, from: at, to: (at += row.probability) }))
}

/** A log-probability can be a rounding error above 0: no surprise is less than none. */
export const bits = (nats: number): number => (nats > -1e-5 && nats <= 0 ? 0 : nats / Math.LN2)

/** The settings of a view, as one name for asking. */
export const keyOf = (params: SamplingParams): string => JSON.stringify(params)
