// The rows of a result as files: what was asked, what came, and every score of each.

import { kindOf, metrics, scoredRow } from '../../evaluation/scores.ts'
import { tableText } from '../../evaluation/table.ts'
import type { EvalResult, RowResult } from '../../store/evaluate/index.ts'

const scoresOf = ({ scored }: RowResult): [name: string, value: number][] =>
  scored === null
    ? []
    : metrics.filter((metric) => kindOf(metric) === scored.kind).map((metric) => [metric, scoredRow(metric, scored)])

export const rowsAsJsonl = ({ rows, model, set, settings }: EvalResult): string =>
  rows
    .map((row) => {
      const { line, asked, wanted, answer, finish, cut, error } = row
      const logs = row.scored?.kind === 'choice' ? { logprobs: row.scored.logprobs } : {}
      const scores = Object.fromEntries(scoresOf(row))
      const more = { ...logs, finish, cut, error: error?.code, scores, model: model.name, set: set.name, settings }
      return `${JSON.stringify({ line, asked, wanted, answer, ...more })}\n`
    })
    .join('')

export function rowsAsTable({ rows }: EvalResult): string {
  const body = rows.map((row) => {
    const scores = new Map(scoresOf(row))
    const { line, asked, wanted, answer, error } = row
    return [
      String(line),
      asked,
      wanted,
      answer,
      ...metrics.map((one) => String(scores.get(one) ?? '')),
      error?.code ?? '',
    ]
  })
  return tableText([['line', 'asked', 'wanted', 'answer', ...metrics, 'error'], ...body])
}
