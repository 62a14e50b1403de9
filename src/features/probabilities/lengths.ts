// The surprise of a text by position: means over stretches of equal length. Pure.

import type { GlassToken } from '../../store/inspect.ts'

export interface Stretch {
  /** positions [from, to) */
  from: number
  to: number
  /** mean, in nats; of tokens that came with a probability */
  surprise: number
}

/** Shorter texts say nothing about length. */
export const SHORTEST = 32
const ROWS = 16
const FINEST = 8

/**
 * At most 16 stretches, of a power of two of tokens each, as most models' lengths are: none lies across one of those.
 * Stretches without a probability (a beginning that nobody guessed) are left out.
 */
export function stretches(tokens: readonly Pick<GlassToken, 'position' | 'logprob'>[]): Stretch[] {
  const length = (tokens.at(-1)?.position ?? -1) + 1
  if (length < SHORTEST) return []
  let size = FINEST
  while (Math.ceil(length / size) > ROWS) size *= 2
  const sums = new Map<number, { sum: number; count: number }>()
  for (const { position, logprob } of tokens) {
    if (logprob === null) continue
    const at = Math.floor(position / size)
    const { sum, count } = sums.get(at) ?? { sum: 0, count: 0 }
    sums.set(at, { sum: sum - logprob, count: count + 1 })
  }
  return [...sums].map(([at, { sum, count }]) => ({
    from: at * size,
    to: Math.min((at + 1) * size, length),
    surprise: sum / count,
  }))
}
