// The tokens that the form of an answer allows. It acts before every stage, so that each of them chooses among tokens
// that can be drawn; what it took is told of the model's own distribution, as nothing has changed that yet.

import type { StageReport } from '../types.ts'
import type { Candidates } from './candidates.ts'
import type { Distribution } from './distribution.ts'

/** A bit for each token that may be drawn. */
export type Allowed = Uint32Array

export const isAllowed = (form: Allowed, id: number): boolean => ((form[id >> 5]! >>> (id & 31)) & 1) === 1

/** For files: eight hexadecimal digits for 32 tokens. */
export const formText = (form: Allowed): string =>
  Array.from(form, (word) => word.toString(16).padStart(8, '0')).join('')
export const formOf = (text: string): Allowed =>
  Uint32Array.from({ length: text.length >> 3 }, (_, i) => parseInt(text.slice(8 * i, 8 * i + 8), 16))

/** Starts a draw with the tokens of the form. @returns what it took out; null without one */
export function fillFormed(
  c: Candidates,
  logits: Float32Array,
  own: Pick<Distribution, 'max'>,
  form: Allowed | null | undefined,
): StageReport | null {
  c.fill(logits, form ?? undefined)
  if (!form) return null
  let all = 0,
    kept = 0,
    at = 0,
    count = 0
  for (let id = 0; id < logits.length; id++) {
    const weight = Math.exp(logits[id]! - own.max)
    if (logits[id] !== -Infinity) count++
    all += weight
    if (at >= c.count || c.ids[at] !== id) continue
    kept += weight
    at++
  }
  const removed = count - c.count
  return { stage: 'form', kept: c.count, removed, removedMass: removed === 0 ? 0 : Math.max(0, 1 - kept / all) }
}

/** Candidates as they are told, those that the form bars marked. */
export const told = <T extends { id: number }>(top: T[], form: Allowed | null | undefined): (T & { barred?: true })[] =>
  form ? top.map((one) => (isAllowed(form, one.id) ? one : { ...one, barred: true as const })) : top
