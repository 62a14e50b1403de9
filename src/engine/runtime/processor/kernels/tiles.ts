// Many tokens by rows of any matrix, whose values a caller puts into a panel as f64: tiles of three rows by four tokens, whose
// twelve sums stay in registers. Every sum of a tile runs over k in order, so that it does not matter which tokens share it.

/** the widest row that there is room for */
export const WIDEST = 16384
/** f64 of a panel: three rows at least */
const PANEL = 3 * WIDEST

export interface Tiles {
  /** rows of W in threes: [k][row] */
  P: Float64Array
  /**
   * y[n] += W x as in Matrix.many, K <= WIDEST.
   * @param expand puts value k of row n at P[p + 3 k]
   */
  many(
    expand: (n: number, p: number) => void,
    K: number,
    xs: Int32Array,
    ys: Int32Array,
    count: number,
    n0: number,
    n1: number,
  ): void
}

/** Called once per thread. */
export function createTiles(memory: ArrayBufferLike): Tiles {
  const F64 = new Float64Array(memory)
  const F32 = new Float32Array(memory)
  /** x of four tokens, interleaved */
  const X = new Float64Array(4 * WIDEST)
  const P = new Float64Array(PANEL)

  function read(x: number, K: number, at: number): void {
    for (let k = 0; k < K; k = (k + 1) | 0, at = (at + 4) | 0) X[at] = F32[(x + k) | 0]!
  }

  /** sums of three rows by four tokens: S[4 row + token] */
  const S = new Float64Array(12)
  function tile(p: number, K: number): void {
    let a0 = 0
    let a1 = 0
    let a2 = 0
    let a3 = 0
    let b0 = 0
    let b1 = 0
    let b2 = 0
    let b3 = 0
    let c0 = 0
    let c1 = 0
    let c2 = 0
    let c3 = 0
    for (let x = 0, end = (K << 2) | 0; x < end; x = (x + 4) | 0, p = (p + 3) | 0) {
      const a = P[p]!
      const b = P[(p + 1) | 0]!
      const c = P[(p + 2) | 0]!
      const x0 = X[x]!
      const x1 = X[(x + 1) | 0]!
      const x2 = X[(x + 2) | 0]!
      const x3 = X[(x + 3) | 0]!
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
    }
    S[0] = a0
    S[1] = a1
    S[2] = a2
    S[3] = a3
    S[4] = b0
    S[5] = b1
    S[6] = b2
    S[7] = b3
    S[8] = c0
    S[9] = c1
    S[10] = c2
    S[11] = c3
  }

  return {
    P,
    many(expand, K, xs, ys, count, n0, n1) {
      const height = Math.floor(PANEL / K / 3) * 3
      for (let n = n0; n < n1; n += height) {
        const rows = Math.min(height, n1 - n)
        for (let r = 0; r < rows; r++) expand(n + r, Math.floor(r / 3) * 3 * K + (r % 3))
        for (let t = 0; t < count; t += 4) {
          const tokens = Math.min(4, count - t)
          // the places of rows and tokens that are not there hold old numbers, which nobody reads
          for (let i = 0; i < tokens; i++) read(xs[t + i]!, K, i)
          for (let r = 0; r < rows; r += 3) {
            tile(r * K, K)
            for (let i = 0; i < tokens; i++) {
              for (let j = 0; j < 3 && r + j < rows; j++) {
                const at = ys[t + i]! + n + r + j
                F64[at] = F64[at]! + S[4 * j + i]!
              }
            }
          }
        }
      }
    },
  }
}
