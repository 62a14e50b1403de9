// Products of rows that lie anywhere with four rows side by side: three of them at a time, whose twelve sums stay in registers.
// Every sum runs in order, so that it does not matter which rows share a tile.

/** to[4 r + i] = sum over n steps of M, `along` apart, in rows r `across` apart, times column i of the four in X; r < 3, from `at` on. */
function tile(
  M: Float32Array,
  m: number,
  across: number,
  along: number,
  X: Float64Array,
  n: number,
  to: Float64Array,
  at: number,
): void {
  let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  let l = (m + across) | 0
  let k = (l + across) | 0
  for (let x = 0, end = n << 2; x < end; x = (x + 4) | 0) {
    const [a, b, c] = [M[m]!, M[l]!, M[k]!]
    const [x0, x1, x2, x3] = [X[x]!, X[(x + 1) | 0]!, X[(x + 2) | 0]!, X[(x + 3) | 0]!]
    a0 += a * x0
    a1 += a * x1
    a2 += a * x2
    a3 += a * x3
    b0 += b * x0
    b1 += b * x1
    b2 += b * x2
    b3 += b * x3
    c0 += c * x0
    c1 += c * x1
    c2 += c * x2
    c3 += c * x3
    m = (m + along) | 0
    l = (l + along) | 0
    k = (k + along) | 0
  }
  to[at] = a0
  to[at + 1] = a1
  to[at + 2] = a2
  to[at + 3] = a3
  to[at + 4] = b0
  to[at + 5] = b1
  to[at + 6] = b2
  to[at + 7] = b3
  to[at + 8] = c0
  to[at + 9] = c1
  to[at + 10] = c2
  to[at + 11] = c3
}

/**
 * to[4 r + i] = rows r of M, `across` apart, times the four in X. Three rows at a time, the last three once more where they are
 * no threes: the same sums. `to` has room for four rows at least; where there are fewer, the places behind them hold anything.
 */
export function products(
  M: Float32Array,
  m: number,
  rows: number,
  across: number,
  along: number,
  X: Float64Array,
  n: number,
  to: Float64Array,
): void {
  if (rows < 3) {
    for (let r = 0; r < rows; r++) tile(M, m + r * across, 0, along, X, n, to, 4 * r)
    return
  }
  for (let r = 0; r < rows; r += 3) {
    const from = Math.min(r, rows - 3)
    tile(M, m + from * across, across, along, X, n, to, 4 * from)
  }
}

/** X = four rows of d, `apart` apart, side by side; those that are not there are zeros. */
export function pack(X: Float64Array, M: Float32Array, from: number, count: number, apart: number, d: number): void {
  for (let i = 0; i < 4; i++) {
    const at = from + i * apart
    if (i < count) for (let c = 0; c < d; c = (c + 1) | 0) X[(4 * c + i) | 0] = M[(at + c) | 0]!
    else for (let c = 0; c < d; c++) X[4 * c + i] = 0
  }
}
