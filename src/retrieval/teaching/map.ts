// A picture of vectors in the plane: their two main directions (principal components, by power iteration).

import type { Random } from './random.ts'

/** @param vectors (rows, dims) @returns (rows, 2), from −1 to 1 in the wider direction */
export function mapOf(vectors: Float32Array, dims: number, random: Random): Float32Array {
  const rows = vectors.length / dims
  const out = new Float32Array(rows * 2)
  if (rows === 0) return out
  const mean = new Float64Array(dims)
  vectors.forEach((v, i) => (mean[i % dims]! += v / rows))
  const axes: Float64Array[] = []
  for (let axis = 0; axis < Math.min(2, dims); axis++) {
    let v = Float64Array.from({ length: dims }, () => random() - 0.5)
    for (let turn = 0; turn < 30; turn++) {
      for (const other of axes) {
        const along = other.reduce((sum, a, i) => sum + a * v[i]!, 0)
        v = v.map((a, i) => a - along * other[i]!)
      }
      const length = Math.hypot(...v) || 1
      v = v.map((a) => a / length)
      const next = new Float64Array(dims)
      for (let r = 0; r < rows; r++) {
        let along = 0
        for (let i = 0; i < dims; i++) along += (vectors[r * dims + i]! - mean[i]!) * v[i]!
        for (let i = 0; i < dims; i++) next[i]! += along * (vectors[r * dims + i]! - mean[i]!)
      }
      if (turn < 29 && next.some((a) => a !== 0)) v = next
    }
    axes.push(v)
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < dims; i++) out[r * 2 + axis]! += (vectors[r * dims + i]! - mean[i]!) * v[i]!
    }
  }
  const most = out.reduce((sum, v) => Math.max(sum, Math.abs(v)), 0) || 1
  return out.map((v) => v / most)
}
