// What all kernels of a weight matrix offer, whatever its format.

/** y += W x over a matrix in the arena. x is f32; sums are f64, in the arena, too, and must start at what they add to. */
export interface Matrix {
  /** pieces of the columns that sums may be cut at; 1: no cuts inside a row */
  readonly units: number
  /**
   * y[n] += the sum over the columns of units [u0, u1) of W[n, k] x[k], for rows n0 <= n < n1.
   *
   * @param x word of K f32
   * @param y f64 index of row 0's sum, so that row n's is y + n
   */
  one(x: number, u0: number, u1: number, n0: number, n1: number, y: number): void
  /**
   * The same over all columns for `count` tokens: token i's x from word xs[i], its sums from f64 index ys[i]. Tokens come
   * in pairs (0, 1), (2, 3) …, an odd last one alone: a result depends on its pair and never on `count`.
   */
  many(xs: Int32Array, ys: Int32Array, count: number, n0: number, n1: number): void
}
