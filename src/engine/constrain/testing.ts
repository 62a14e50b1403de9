// Small vocabularies, and walks through a form as a sampler would take them. Tests only.

import { Form, Tokens } from './form.ts'
import { has } from './vocabulary.ts'
import type { Constraint } from '../types.ts'

const utf8 = new TextEncoder()
export const bytes = (text: string): Uint8Array => utf8.encode(text)

/** Tokens of these bytes, and the last id, which ends an answer. */
export function vocabulary(texts: readonly Uint8Array[]): { tokens: Tokens; end: number } {
  const all = { bytes: (id: number) => texts[id] ?? null }
  return { tokens: new Tokens(texts.length + 1, all), end: texts.length }
}

/** Every byte, and these words. */
export const withBytes = (words: readonly string[]): { tokens: Tokens; end: number } =>
  vocabulary([...Array.from({ length: 256 }, (_, i) => Uint8Array.of(i)), ...words.map(bytes)])
export const { tokens: byteTokens, end: byteEnd } = withBytes([])

/** Does a text have the form, token by token? null: not; else whether it is whole. */
export function follows(form: Form, end: number, ids: Iterable<number>): boolean | null {
  const held = form.hold(new Set([end]))
  for (const id of ids) if (!held.take(id)) return null
  return held.take(end)
}
export const accepts = (constraint: Constraint, text: string): boolean =>
  follows(new Form(constraint, byteTokens), byteEnd, bytes(text)) === true

/** A whole answer of the form, each token chosen by `choose` among those that may come; null where it was cut. */
export function walk(
  form: Form,
  end: number,
  choose: (allowed: readonly number[], step: number) => number,
  most = 400,
): number[] | null {
  const held = form.hold(new Set([end]))
  const ids: number[] = []
  for (let step = 0; step < most; step++) {
    if (held.isOver) return ids
    const { bits, count } = held.next()
    const allowed: number[] = []
    for (let id = 0; id < form.tokens.size; id++) if (has({ bits, count }, id)) allowed.push(id)
    if (allowed.length !== count || count === 0) throw new Error(`a dead end, or ${count} for ${allowed.length}`)
    const id = choose(allowed, step)
    if (!held.take(id)) throw new Error('what is allowed is refused')
    if (id === end) return ids
    ids.push(id)
  }
  return null
}
