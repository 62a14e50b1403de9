// What an expression can be worth, and what comparing two values says: true or false, and how far from its threshold.

import { invalid, type At } from '../problem.ts'
import type { Relation } from './parse.ts'

/** A token of the model: two tokens are equal when their ids are; to a text it is equal when it reads so. */
export interface Token {
  readonly id: number
  readonly text: string
}
export type Value = number | string | Token | readonly number[] | readonly string[]

export const isToken = (value: Value): value is Token =>
  typeof value === 'object' && !Array.isArray(value) && 'id' in value
export const isNumbers = (value: Value): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number')
export const kindOf = (value: Value): 'number' | 'text' | 'token' | 'list' =>
  typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : isToken(value) ? 'token' : 'list'

/** Short, for a sentence or a table. Numbers with four significant digits. */
export function shown(value: Value): string {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value)
    const size = Math.abs(value)
    return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
  }
  if (typeof value === 'string') return JSON.stringify(value)
  if (isToken(value)) return JSON.stringify(value.text)
  const list: readonly (number | string)[] = value as readonly (number | string)[]
  return `[${list
    .slice(0, 8)
    .map((one) => shown(one))
    .join(', ')}${list.length > 8 ? `, … ${list.length}` : ''}]`
}

/** Equal exactly; never nearly. */
export function same(a: Value, b: Value): boolean {
  if (isToken(a) || isToken(b)) {
    if (isToken(a) && isToken(b)) return a.id === b.id
    return (isToken(a) ? a.text : a) === (isToken(b) ? b.text : b)
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return (
      a.length === b.length && a.every((one, i) => Object.is(one, (b as unknown[])[i]) || one === (b as unknown[])[i])
    )
  }
  return a === b
}

/** One comparison, with what stood on both sides. */
export interface Part {
  /** as it is written */
  readonly text: string
  readonly relation: Relation
  readonly value: Value
  readonly threshold: Value
  readonly holds: boolean
  /** of the threshold: 0.2 is a fifth beyond it, negative on the wrong side; Infinity where only equal or not is asked */
  readonly margin: number
}
export interface Verdict {
  readonly holds: boolean
  /** of the comparison that decides: `and` is as good as its worst, `or` as its best */
  readonly margin: number
  readonly parts: readonly Part[]
}

const relations: Record<Exclude<Relation, '=' | '!='>, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** Two values compared. A threshold of 0 is as far away as the value is large. */
export function compare(value: Value, relation: Relation, threshold: Value, text: string, at: At): Part {
  const part = (holds: boolean, margin: number): Part => ({ text, relation, value, threshold, holds, margin })
  if (relation === '=' || relation === '!=') {
    for (const one of [value, threshold]) {
      if (typeof one === 'number' && Number.isNaN(one)) throw invalid('nothing', { found: text }, at)
    }
    const holds = same(value, threshold) === (relation === '=')
    return part(holds, holds ? Infinity : -Infinity)
  }
  if (typeof value !== 'number' || typeof threshold !== 'number') {
    throw invalid('kind', { found: kindOf(typeof value === 'number' ? threshold : value), need: 'number' }, at)
  }
  if (Number.isNaN(value) || Number.isNaN(threshold)) throw invalid('nothing', { found: text }, at)
  const holds = relations[relation](value, threshold)
  const over = value === threshold ? 0 : Math.abs(value - threshold) // also of two infinities
  const far = Number.isFinite(threshold) ? over / (Math.abs(threshold) || 1) : over
  return part(holds, holds ? far : -far)
}
