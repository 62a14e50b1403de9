// What two models say of the same place in the same text, as numbers: from whole rows of logits, in double precision.
// Pure.

export interface Chance {
  id: number
  text: string
  a: number
  b: number
}

/** Logarithms of the softmax of a row of logits, nats. */
export function logProbs(logits: ArrayLike<number>): Float64Array {
  const row = Float64Array.from(logits)
  const best = row.reduce((max, value) => Math.max(max, value), -Infinity)
  const sum = row.reduce((all, value) => all + Math.exp(value - best), 0)
  const shift = best + Math.log(sum)
  return row.map((value) => value - shift)
}

/**
 * KL(a ‖ b) of two rows of log-probabilities, nats: how far b is from what a expects. Infinity where b rules out what a
 * does not.
 */
export function divergence(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) if (a[i]! > -Infinity) sum += Math.exp(a[i]!) * (a[i]! - b[i]!)
  // rows that are equal up to rounding may sum to a little less than nothing
  return Math.max(0, sum)
}

/** Ids of the `count` likeliest of a row, best first. */
export function bestOf(row: Float64Array, count: number): number[] {
  const best: number[] = []
  for (let id = 0; id < row.length; id++) {
    if (best.length === count && row[id]! <= row[best[count - 1]!]!) continue
    let at = best.length
    while (at > 0 && row[id]! > row[best[at - 1]!]!) at--
    best.splice(at, 0, id)
    if (best.length > count) best.pop()
  }
  return best
}

/** The best of both rows and `chosen`, the likeliest on either side first. */
export function chances(a: Float64Array, b: Float64Array, chosen: number, count: number): Omit<Chance, 'text'>[] {
  const ids = new Set([...bestOf(a, count), ...bestOf(b, count), chosen])
  return [...ids]
    .map((id) => ({ id, a: Math.exp(a[id]!), b: Math.exp(b[id]!) }))
    .sort((x, y) => Math.max(y.a, y.b) - Math.max(x.a, x.b) || x.id - y.id)
}

/** a − b, cell by cell; absent where either is. */
export const minus = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]!)
