// Relative positions as vectors: row p is [sin(m f); cos(m f)] of the distance m = first + by p, f = 10000^(-2t / width).
// Dai et al. 2019 (Transformer-XL); in f64, as angles of rope are.

export interface SinusoidSpec {
  kind: 'sinusoids'
  /** distance of row 0 */
  first: number
  by: 1 | -1
  /** distances beyond it count as it; 0: none does */
  reach: number
}

/** (count, width). @param width even */
export function sinusoids({ first, by, reach }: SinusoidSpec, width: number, count: number): Float32Array {
  const half = width / 2
  const table = new Float32Array(count * width)
  for (let p = 0; p < count; p++) {
    const away = first + by * p
    const m = reach ? Math.max(-reach, Math.min(reach, away)) : away
    for (let t = 0; t < half; t++) {
      const angle = m * 10000 ** ((-2 * t) / width)
      table[p * width + t] = Math.sin(angle)
      table[p * width + half + t] = Math.cos(angle)
    }
  }
  return table
}
