// Earlier results, the newest first: kept in this browser as far as there is room, compared, and read with suspicion, as other
// versions may have written them.

import { create } from 'zustand'
import { kept } from '../kept.ts'
import type { EvalResult, RowResult } from './types.ts'

const KEY = 'glassbox.evaluate'
const MOST = 20
/** Characters of all results together: a browser keeps five million of a page. */
const ROOM = 1_500_000

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => isNumber(one) || one === null)

const scoredFields: Readonly<Record<string, (row: Fields) => boolean>> = {
  question: (row) =>
    ['exact', 'f1', 'contains', 'rouge1', 'rouge2', 'rougeL'].every((name) => isNumber(row[name])) &&
    isObject(row['bleu']) &&
    ['right', 'all'].every((name) => isNumbers((row['bleu'] as Fields)[name])) &&
    ['length', 'keyLength'].every((name) => isNumber((row['bleu'] as Fields)[name])),
  choice: (row) =>
    isNumber(row['right']) &&
    ['logprobs', 'tokens'].every((name) => isNumbers(row[name])) &&
    (row['logprobs'] as unknown[]).length === (row['tokens'] as unknown[]).length &&
    row['right'] < (row['tokens'] as unknown[]).length,
  text: (row) => ['tokens', 'bytes'].every((name) => isNumber(row[name])),
}
const isRow = (value: unknown): value is RowResult => {
  if (!isObject(value) || !isNumber(value['line'])) return false
  if (!['asked', 'wanted', 'answer'].every((name) => isText(value[name]))) return false
  const { scored, error } = value
  if (error !== undefined && !(isObject(error) && isText(error['code']) && isText(error['message']))) return false
  if (scored === null) return true
  return (
    isObject(scored) &&
    Object.hasOwn(scoredFields, String(scored['kind'])) &&
    scoredFields[String(scored['kind'])]!(scored)
  )
}

/** As far as it is read below and drawn; what is not so is left out. */
function isResult(value: unknown): value is EvalResult {
  if (!isObject(value) || value['version'] !== 1) return false
  const { at, set, model, adapters, settings, rows, seconds, tokens } = value
  if (![at, seconds, tokens].every(isNumber) || !Array.isArray(rows) || !rows.every(isRow)) return false
  if (!isObject(set) || !isText(set['name']) || !isText(set['hash']) || !isNumber(set['rows'])) return false
  if (!isObject(model) || !['id', 'name', 'format'].every((name) => isText(model[name]))) return false
  if (!isObject(settings) || !['maxTokens', 'temperature', 'seed'].every((name) => isNumber(settings[name]))) {
    return false
  }
  return (
    Array.isArray(adapters) && adapters.every((one) => isObject(one) && isText(one['name']) && isNumber(one['scale']))
  )
}

/** JSON has no infinity: null stands for the logarithm of nothing. */
const back = (row: RowResult): RowResult => {
  const log = (value: number | null): number => value ?? -Infinity
  const { scored } = row
  if (scored?.kind === 'choice') return { ...row, scored: { ...scored, logprobs: scored.logprobs.map(log) } }
  if (scored?.kind === 'text') return { ...row, scored: { ...scored, logprob: log(scored.logprob) } }
  return row
}

export function readResults(text: string | null): EvalResult[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(list)) return []
    return list
      .filter(isResult)
      .slice(0, MOST)
      .map((one) => ({ ...one, rows: one.rows.map(back) }))
  } catch {
    return []
  }
}

/** As many of the newest as there is room for; one that is too large alone is not kept. */
export function fitting(results: readonly EvalResult[]): EvalResult[] {
  let room = ROOM
  const fit: EvalResult[] = []
  for (const one of results.slice(0, MOST)) {
    room -= JSON.stringify(one).length
    if (room >= 0) fit.push(one)
    else if (fit.length > 0) break
    else room = ROOM
  }
  return fit
}

interface Results {
  results: readonly EvalResult[]
  /** the newest result, where it was too large to be kept */
  add(result: EvalResult): void
  clear(): void
}

export const useResults = create<Results>()((set) => ({
  results: readResults(kept.getItem(KEY)),
  add(result) {
    // another tab may have measured meanwhile
    const results = fitting([result, ...readResults(kept.getItem(KEY))])
    kept.setItem(KEY, JSON.stringify(results))
    set({ results })
  },
  clear() {
    kept.removeItem(KEY)
    set({ results: [] })
  },
}))
