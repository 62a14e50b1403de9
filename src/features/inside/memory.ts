// What of each token is left in an LSTM's cell: c is a sum, so it comes apart exactly. A token writes i·g into it, and every
// later one keeps the share f of it. Pure.

/** After their functions, (D) each. */
export type Gates = readonly [i: Float32Array, f: Float32Array, g: Float32Array, o: Float32Array]

export interface Left {
  /** ‖what is left of what the token wrote‖ */
  norm: number
  /** the same as a part of what it wrote; 0 where it wrote nothing */
  kept: number
}
export interface Memory {
  /** by token, oldest first */
  tokens: Left[]
  /** what is older than these tokens: the rest of the cell's state */
  older: number
  /** largest difference between the sum of all and the state, where all of it is known; null: something is older */
  off: number | null
}

/**
 * @param gates of the tokens up to the one that is looked at, one after the other
 * @param cell c behind the last of them
 * @param whole the first of them is the text's first: nothing is older
 */
export function memoryOf(gates: readonly Gates[], cell: Float32Array, whole: boolean): Memory {
  const width = cell.length
  const keeps = new Float64Array(width).fill(1)
  const sum = new Float64Array(width)
  const tokens: Left[] = []
  for (const [i, f, g] of gates.toReversed()) {
    let wrote = 0,
      left = 0
    for (let n = 0; n < width; n++) {
      const put = i[n]! * g[n]!
      const now = keeps[n]! * put
      wrote += put * put
      left += now * now
      sum[n]! += now
      keeps[n]! *= f[n]!
    }
    tokens.push({ norm: Math.sqrt(left), kept: wrote === 0 ? 0 : Math.sqrt(left / wrote) })
  }
  const rest = Array.from(cell, (c, n) => c - sum[n]!)
  return {
    tokens: tokens.toReversed(),
    older: whole ? 0 : Math.hypot(...rest),
    off: whole ? rest.reduce((most, one) => Math.max(most, Math.abs(one)), 0) : null,
  }
}
