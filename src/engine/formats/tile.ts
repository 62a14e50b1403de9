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
  const { turned } = data
  const read = async (at: number, count: number): Promise<Float32Array> =>
    decodeFloats(dtype, await data.source.read(data.begin + at * size, count * size))
  const out = new Float32Array(rows * cols)
  if (turned) {
    for (let c = 0; c < cols; c++) {
      const values = await read((col + c) * turned.width + row, rows)
      for (let r = 0; r < rows; r++) out[r * cols + c] = values[r]!
    }
    return out
  }
  for (let r = 0; r < rows; r++) out.set(await read(fileRow(data, height, row + r) * width + col, cols), r * cols)
  return out
}
