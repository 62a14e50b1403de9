// A result in a line, and a score as people write it.

import { kindOf, type Metric } from '../../evaluation/scores.ts'
import type { useFormats } from '../../i18n/index.tsx'
import type { evaluate } from '../../i18n/panels/evaluate.ts'
import type { EvalResult } from '../../store/evaluate/index.ts'

type Formats = ReturnType<typeof useFormats>

export const adaptersOf = ({ adapters }: EvalResult, t: (typeof evaluate)['en']): string =>
  adapters.map(({ name, scale }) => `${name.replace(/^adapter:/, '')} × ${scale}`).join(', ') || t.noAdapters

export const nameOf = (result: EvalResult, t: (typeof evaluate)['en'], format: Formats): string => {
  const { model, set, at, settings } = result
  const more = [
    result.adapters.length > 0 && adaptersOf(result, t),
    settings.temperature > 0 && `T ${format.number(settings.temperature, 2)}`,
  ]
  return [t.result(model.name, set.name), ...more, format.when(at)].filter(Boolean).join(' · ')
}

/** Shares of a hundred, but for surprise. */
export const scoreText = (metric: Metric, value: number, format: Formats): string =>
  !Number.isFinite(value) ? '∞' : kindOf(metric) === 'text' ? format.number(value, 3) : format.number(100 * value, 1)
