// Which rows learn, which are held out, and in what order they come: all of it from a seed.

import { fnv1a } from '../gpu/shaders.ts'
import { Pcg32 } from '../sampler/pcg.ts'

/**
 * What learns, and what is held out: by a hash of its tokens, so that a row stays on its side whatever else is there.
 * @param idsOf the tokens that tell a row from others
 */
export function split<T>(
  rows: readonly T[],
  part: number,
  idsOf: (row: T) => readonly number[],
): { learning: T[]; heldOut: T[] } {
  const order = rows
    .map((row, i) => ({ row, key: parseInt(fnv1a(`${idsOf(row).join()} ${i}`), 16) }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row)
  const count = Math.floor(part * rows.length)
  const heldOut = new Set(order.slice(0, Math.min(count, rows.length - 1)))
  return { learning: rows.filter((one) => !heldOut.has(one)), heldOut: [...heldOut] }
}

/**
 * The rows of update `step`: every row once before one comes again, each round in another order.
 * @param batch of an update
 */
export function batches<T>(rows: readonly T[], seed: number, batch: number): (step: number) => T[] {
  let [round, order] = [-1, [] as number[]]
  const nth = (n: number): T => {
    const now = Math.floor(n / rows.length)
    if (now !== round) [round, order] = [now, shuffled(rows.length, new Pcg32(BigInt(seed), BigInt(now + 1)))]
    return rows[order[n % rows.length]!]!
  }
  return (step) => Array.from({ length: batch }, (_, i) => nth(step * batch + i))
}

/** 0 to count - 1 in an order of chance (Fisher & Yates). */
function shuffled(count: number, random: Pcg32): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
