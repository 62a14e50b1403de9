// What a stretch of an answer's tokens comes to. Pure.

import type { TokenEvent } from '../../store/index.ts'

export interface Sum {
  count: number
  /** nats */
  logprob: number
  bits: number
  perplexity: number
}

/** null of no tokens. */
export function sumOf(events: readonly Pick<TokenEvent, 'logprob'>[]): Sum | null {
  if (events.length === 0) return null
  const logprob = events.reduce((sum, event) => sum + event.logprob, 0)
  return { count: events.length, logprob, bits: -logprob / Math.LN2, perplexity: Math.exp(-logprob / events.length) }
}

/**
 * The tokens [first, last] that wrote characters [from, to) of an answer; null of none. A token without text of its own
 * (the first bytes of a character) belongs to what is written at its place.
 * @param starts where each token's text begins, and the end
 */
export function tokensIn(starts: readonly number[], from: number, to: number): [first: number, last: number] | null {
  let first = -1,
    last = -1
  for (let i = 0; i + 1 < starts.length; i++) {
    const start = starts[i]!,
      end = starts[i + 1]!
    if (end === start ? start < from || start >= to : start >= to || end <= from) continue
    if (first < 0) first = i
    last = i
  }
  return first < 0 ? null : [first, last]
}
