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

/** Scores that are a share of rows, or points of one; F1, BLEU and ROUGE are numbers from 0 to 100 by custom. */
const shares: ReadonlySet<Metric> = new Set(['exact', 'contains', 'choice', 'choicePerToken', 'ece'])

/** As its kind is written: a share in percent, a place's inverse as it is, surprise with three digits at least. */
export function scoreText(metric: Metric, value: number, format: Formats): string {
  if (!Number.isFinite(value)) return '∞'
  if (kindOf(metric) === 'text') return Math.abs(value) < 1e6 ? format.short(value) : value.toExponential(2)
  if (metric === 'mrr') return format.number(value, 2)
  return shares.has(metric) ? `${format.number(100 * value, 1)}\u00a0%` : format.number(100 * value, 1)
}

/** A difference of two scores, with a minus sign; of shares it is in percentage points. */
export const differenceText = (metric: Metric, value: number, format: Formats, points: string): string =>
  scoreText(metric, value, format).replace('-', '−').replace('\u00a0%', points)
