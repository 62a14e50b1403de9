// A layer's attention as a recording keeps it: unpooled, the lower triangle alone.

import { EngineError } from '../errors.ts'
import { MAX_CELLS, type Glass } from './types.ts'

/**
 * Rows of the lower triangle, one after another, by head: asked in bands of rows that are small enough never to be
 * pooled.
 */
export async function attentionTriangles(
  glass: Glass,
  layer: number,
  heads: number,
  T: number,
): Promise<Float32Array[]> {
  const together = T * heads <= MAX_CELLS ? heads : 1
  const band = Math.max(1, Math.floor(MAX_CELLS / (T * together)))
  const out = Array.from({ length: heads }, () => new Float32Array((T * (T + 1)) / 2))
  for (let from = 0; from < heads; from += together) {
    const asked = Array.from({ length: together }, (_, n) => from + n)
    for (let r0 = 0; r0 < T; r0 += band) {
      const r1 = Math.min(T, r0 + band)
      const tile = await glass.attention({
        layer,
        heads: asked,
        rows: [r0, r1],
        cols: [0, r1],
        maxRows: band,
        maxCols: T,
      })
      if (tile.pool[0] !== 1 || tile.pool[1] !== 1) {
        throw new EngineError(
          'INTERNAL',
          `Attention of layer ${layer} came pooled ${tile.pool.join(' x ')}: it cannot be recorded.`,
          { layer },
        )
      }
      for (const [n, h] of asked.entries()) {
        for (let r = r0; r < r1; r++) {
          out[h]!.set(
            tile.values.subarray((n * (r1 - r0) + r - r0) * r1, (n * (r1 - r0) + r - r0) * r1 + r + 1),
            (r * (r + 1)) / 2,
          )
        }
      }
    }
  }
  return out
}
