// A tensor's rows in the checkpoint's order, a few at a time. What a converter reordered within heads (RowOrder) is
// undone here, read by whole heads.

import { checkAborted } from '../errors.ts'
import type { TensorData } from './types.ts'
import type { RowOrder } from './family.ts'
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
  const { source, begin, rowOrder } = data
  const headRows = rowOrder ? rows / rowOrder.heads : 1
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
    yield rowOrder ? inOrder(bytes, rowOrder, headRows, rowBytes, scratch.bytes('rows', bytes.length)) : bytes
  }
}

/** The file's row that holds row `row` of a tensor of `rows` rows. */
export function fileRow({ rowOrder }: TensorData, rows: number, row: number): number {
  if (!rowOrder) return row
  const headRows = rows / rowOrder.heads
  return row - (row % headRows) + rowOrder.fileRow(row % headRows, headRows)
}

function inOrder(bytes: Uint8Array, order: RowOrder, headRows: number, rowBytes: number, out: Uint8Array): Uint8Array {
  for (let head = 0; head < bytes.length; head += headRows * rowBytes) {
    for (let row = 0; row < headRows; row++) {
      const from = head + order.fileRow(row, headRows) * rowBytes
      out.set(bytes.subarray(from, from + rowBytes), head + row * rowBytes)
    }
  }
  return out
}
