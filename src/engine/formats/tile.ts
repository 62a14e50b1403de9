// A few values of a tensor straight out of its file: what a weight was before it was quantized at load.

import type { CheckpointTensor } from './types.ts'
import { decodeFloats, floatBytes, isFloat } from './decode.ts'
import { fileRow } from './rows.ts'

/**
 * Rows [row, row + rows) and columns [col, col + cols) of a matrix, (rows * cols); null when the file holds codes
 * instead of floats. Reads these bytes only. @throws what the file's source throws when it can no longer be read
 */
export async function readTile(
  { dtype, shape, data }: CheckpointTensor,
  row: number,
  col: number,
  rows: number,
  cols: number,
): Promise<Float32Array | null> {
  if (!isFloat(dtype)) return null
  const [height, width] = shape as [number, number]
  const size = floatBytes(dtype)
  const out = new Float32Array(rows * cols)
  for (let r = 0; r < rows; r++) {
    const at = fileRow(data, height, row + r) * width + col
    out.set(decodeFloats(dtype, await data.source.read(data.begin + at * size, cols * size)), r * cols)
  }
  return out
}
