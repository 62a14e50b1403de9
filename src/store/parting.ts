// Where two answers to one prompt part, and what both sides held of the tokens up to there. Pure.

import type { TokenEvent } from '../worker/protocol.ts'

export interface Answered {
  events: readonly TokenEvent[]
  /** nothing more comes */
  over: boolean
}

/** parted: the first token that differs; ended: one side ends there, and the other goes on; same; open: not known yet. */
export type Parting =
  | { kind: 'parted'; at: number }
  | { kind: 'ended'; at: number; side: 'a' | 'b' }
  | { kind: 'same' }
  | { kind: 'open' }

export function partingOf(a: Answered, b: Answered): Parting {
  const shared = Math.min(a.events.length, b.events.length)
  for (let at = 0; at < shared; at++) if (a.events[at]!.id !== b.events[at]!.id) return { kind: 'parted', at }
  if (a.over && b.events.length > shared) return { kind: 'ended', at: shared, side: 'a' }
  if (b.over && a.events.length > shared) return { kind: 'ended', at: shared, side: 'b' }
  return a.over && b.over ? { kind: 'same' } : { kind: 'open' }
}

/** A token, and how likely each side held it. */
export interface Held {
  id: number
  text: string
  /** null: less likely than all that is listed, `below` */
  a: number | null
  b: number | null
}

/**
 * What each side held likely at a token before which both have read the same: the best of both, likeliest first.
 * null where a side ended before it chose anything there.
 */
export function heldAt(
  a: readonly TokenEvent[],
  b: readonly TokenEvent[],
  at: number,
  count: number,
): { rows: Held[]; below: { a: number; b: number } } | null {
  const [one, other] = [a[at], b[at]]
  if (!one || !other) return null
  const lists = [one, other].map((event) => new Map(known(event).map((top) => [top.id, top])))
  const ids = new Set([...known(one).slice(0, count), ...known(other).slice(0, count), one, other].map(({ id }) => id))
  const rows = [...ids].map((id): Held => {
    const [x, y] = lists.map((list) => list.get(id))
    return { id, text: (x ?? y)!.text, a: x ? Math.exp(x.logprob) : null, b: y ? Math.exp(y.logprob) : null }
  })
  const rank = (row: Held): number => Math.max(row.a ?? 0, row.b ?? 0)
  return { rows: rows.sort((x, y) => rank(y) - rank(x) || x.id - y.id), below: { a: leastOf(one), b: leastOf(other) } }
}

/** The candidates that are listed, the chosen token among them. */
function known({ id, text, logprob, top }: TokenEvent): TokenEvent['top'] {
  return top.some((one) => one.id === id) ? top : [{ id, text, logprob }, ...top]
}
const leastOf = ({ top }: TokenEvent): number => Math.exp(Math.min(...top.map(({ logprob }) => logprob), 0))

/** The tokens that both wrote, with the chance each side gave them. */
export const sharedOf = (
  a: readonly TokenEvent[],
  b: readonly TokenEvent[],
  to: number,
): { text: string; a: number; b: number }[] =>
  a
    .slice(0, to)
    .map((event, i) => ({
      text: event.top.find(({ id }) => id === event.id)?.text ?? event.text,
      a: Math.exp(event.logprob),
      b: Math.exp(b[i]!.logprob),
    }))

/** An answer's text: what is shared, the token that differs, and what follows. */
export function textsOf(
  events: readonly TokenEvent[],
  at: number | null,
): [shared: string, mark: string, rest: string] {
  const text = (from: number, to?: number): string =>
    events
      .slice(from, to)
      .map((event) => event.text)
      .join('')
  if (at === null) return [text(0), '', '']
  // a token that is only a part of a character says nothing yet: the mark holds what it completes
  let to = at + 1
  while (to < events.length && text(at, to) === '') to++
  return [text(0, at), text(at, to), text(to)]
}
