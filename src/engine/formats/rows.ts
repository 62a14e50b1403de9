// A tensor's rows in Hugging Face order, a few at a time.
//
// llama.cpp's converter reorders the q and k rows of each head of width d, so that rope pairs lie
// side by side: its row 2t + s is HF's row s·d/2 + t (s in {0, 1}). Read by whole heads, it is undone here.

import { checkAborted } from '../errors.ts'
import type { TensorData } from './checkpoint.ts'
import type { Scratch } from './scratch.ts'

/**
 * Bytes of consecutive whole rows, about chunkBytes at a time (one row, or one head when reordered, at least). Do not
 * write into them; they may lie in `scratch`.
 */
export async function* readRows(
  data: TensorData,
  rows: number,
  rowBytes: number,
  chunkBytes: number,
  scratch: Scratch,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { source, begin, permutedHeads } = data
  const headRows = permutedHeads === undefined ? 1 : rows / permutedHeads
  const step = Math.max(1, Math.floor(chunkBytes / (headRows * rowBytes))) * headRows
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row)
    const bytes = await source.read(
      begin + row * rowBytes,
      count * rowBytes,
      signal,
      scratch.bytes('file', count * rowBytes),
    )
    checkAborted(signal)
    yield permutedHeads === undefined
      ? bytes
      : unpermute(bytes, headRows, rowBytes, scratch.bytes('rows', bytes.length))
  }
}

/** Where a row of a reordered head stands in the file, both counted within the head. */
const interleaved = (row: number, headRows: number): number =>
  2 * (row % (headRows / 2)) + Math.floor((2 * row) / headRows)

/** The file's row that holds row `row` of a tensor of `rows` rows. */
export function fileRow({ permutedHeads }: TensorData, rows: number, row: number): number {
  if (permutedHeads === undefined) return row
  const headRows = rows / permutedHeads
  return row - (row % headRows) + interleaved(row % headRows, headRows)
}

function unpermute(bytes: Uint8Array, headRows: number, rowBytes: number, out: Uint8Array): Uint8Array {
  for (let head = 0; head < bytes.length; head += headRows * rowBytes) {
    for (let row = 0; row < headRows; row++) {
      const from = head + interleaved(row, headRows) * rowBytes
      out.set(bytes.subarray(from, from + rowBytes), head + row * rowBytes)
    }
  }
  return out
}
