// Comparing a runtime with what a reference implementation said: rows of logits, and greedy tokens. For tests only.

import { expect } from 'vitest'
import type { Runtime } from '../runtime/runtime.ts'

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let ab = 0,
    aa = 0,
    bb = 0
  for (let i = 0; i < b.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  return ab / Math.sqrt(aa * bb)
}

export function best(row: Float32Array): number {
  let at = 0
  for (let i = 1; i < row.length; i++) if (row[i]! > row[at]!) at = i
  return at
}

/** The reference's greedy tokens, and by how much each won. A choice this close is no error when it differs. */
export interface Greedy {
  ids: number[]
  gaps: number[]
}
const TOO_CLOSE = 2e-3

/**
 * All greedy choices in one run: the reference's own tokens are the input, so one difference does not hide the next.
 */
export async function expectForced(runtime: Runtime, last: Float32Array, { ids, gaps }: Greedy): Promise<void> {
  const rows = [last, ...(await runtime.forward(ids.slice(0, -1), 'all'))]
  expect(rows.length).toBe(ids.length)
  expect(rows.map((row, i) => (gaps[i]! < TOO_CLOSE ? ids[i]! : best(row)))).toEqual(ids)
}

/** Decodes `count` tokens one by one, as a chat does. Ends early where the reference itself could not tell. */
export async function expectDecoded(
  runtime: Runtime,
  last: Float32Array,
  { ids, gaps }: Greedy,
  count = ids.length,
): Promise<number> {
  const got: number[] = []
  let row = last
  for (let i = 0; i < Math.min(count, ids.length); i++) {
    got.push(best(row))
    if (got[i] !== ids[i] && gaps[i]! < TOO_CLOSE) {
      got.pop()
      break
    }
    if (i + 1 < count) [row] = (await runtime.forward([got[i]!], 'last')) as [Float32Array]
  }
  expect(got).toEqual(ids.slice(0, got.length))
  return got.length
}
