// The columns of the pipeline, read off the sampler's list of stages: the logit, one column for all that changes scores,
// one for what makes odds of them, one for every cut, the chance. A new stage has its column by itself.

import type { SamplingParams } from '../../store/index.ts'
import { stages, type CutName, type ParameterName } from '../../store/stages.ts'
import type { Step } from './pipeline.ts'

export const cuts = stages.filter(({ kind }) => kind === 'cut').map(({ name }) => name as CutName)
export const columns = ['logit', 'penalties', 'temperature', ...cuts, 'softmax'] as const
export type Column = (typeof columns)[number]

/** A logit or score; what rounds to nothing has no sign. */
export const valueOf = (n: number): string => (Math.round(n * 100) / 100 + 0).toFixed(2)

/** The setting of a column, as its head shows it; null when its stages are off. */
export function settingOf(column: Column, params: SamplingParams): string | null {
  if (column === 'logit' || column === 'softmax') return ''
  return (
    stages
      .filter(({ kind, name }) => (column === 'penalties' ? kind === 'score' : name === column))
      .filter(({ parameters: own }) => {
        const set = Object.entries(own)
        return set.length === 0 || set.some(([name, { off }]) => params[name as ParameterName] !== off)
      })
      .map((stage) => stage.written(params))
      .filter(Boolean)
      .join(' ') || null
  )
}

/** A cut's first parameter, for the sentence about it. */
export const limitOf = (cut: CutName, params: SamplingParams): number =>
  params[Object.keys(stages.find(({ name }) => name === cut)!.parameters)[0] as ParameterName]

const measures = {
  place: (row: Step) => (row.place === null ? null : String(row.place)),
  cumulative: (row: Step) => row.cumulative?.toFixed(3) ?? null,
  ratio: (row: Step) => row.ratio.toPrecision(2),
}
export type Measure = keyof typeof measures
/** What a cut compares with its border. */
export const measureOf = (cut: CutName): Measure | undefined => stages.find(({ name }) => name === cut)?.compares
/** That, for one token; null where it cannot be told. */
export function measured(cut: CutName, row: Step): string | null {
  const measure = measureOf(cut)
  return measure ? measures[measure](row) : null
}
