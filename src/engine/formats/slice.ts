// Some rows of a tensor as a tensor of its own: where a file keeps several projections in one (q, k and v, one below
// the other or head by head). The rows stay where they are; reading skips what lies between.

import { EngineError } from '../errors.ts'
import type { ByteSource } from './bytes.ts'
import type { CheckpointTensor } from './types.ts'
import { fileRow } from './rows.ts'

/** Rows r with from <= r % every < from + count (model/plan.ts). */
export interface RowSlice {
  every: number
  from: number
  count: number
}

/**
 * @param tensor of one or two axes; its first must be a multiple of slice.every
 * @throws TENSOR_SHAPE
 */
export function sliceRows(tensor: CheckpointTensor, { every, from, count }: RowSlice): CheckpointTensor {
  const { name, shape } = tensor
  const [rows = 0] = shape
  if (rows === 0 || rows % every !== 0 || from + count > every) {
    throw new EngineError(
      'TENSOR_SHAPE',
      `Cannot load the tensor "${name}": its ${rows} rows do not divide into parts of ${every}.`,
      { tensor: name, need: `${every} × n`, found: shape.join(', ') },
    )
  }
  const rowOf = (row: number): number => Math.floor(row / count) * every + from + (row % count)
  return takeRows(tensor, rowOf, (rows / every) * count)
}

/** `taken` rows of a tensor as one of its own: row i is row rowOf(i). */
export function takeRows(tensor: CheckpointTensor, rowOf: (row: number) => number, taken: number): CheckpointTensor {
  const { shape, data } = tensor
  const [rows = 0, ...rest] = shape
  if (data.packed) {
    const packed = data.packed.pick(rowOf, taken)
    return {
      ...tensor,
      shape: [taken, ...rest],
      byteLength: (tensor.byteLength / rows) * taken,
      data: { ...data, packed },
    }
  }
  const { turned } = data
  if (turned) {
    const column = (row: number): number => turned.column(rowOf(row))
    return { ...tensor, shape: [taken, ...rest], data: { ...data, turned: { ...turned, column } } }
  }
  const rowBytes = (data.end - data.begin) / rows
  const rowAt = (row: number): number => fileRow(data, rows, rowOf(row))
  const source = picking(data.source, data.begin, rowBytes, taken, rowAt)
  return {
    ...tensor,
    shape: [taken, ...rest],
    byteLength: taken * rowBytes,
    data: { source, begin: 0, end: taken * rowBytes },
  }
}

/** `count` rows, row i of them being row rowAt(i) from `begin` on; neighbours are read together. */
export function picking(
  source: ByteSource,
  begin: number,
  rowBytes: number,
  count: number,
  rowAt: (row: number) => number,
): ByteSource {
  return {
    name: source.name,
    size: count * rowBytes,
    async read(offset, length, signal, into) {
      const out = into?.subarray(0, length) ?? new Uint8Array(length)
      for (let done = 0; done < length;) {
        const row = Math.floor((offset + done) / rowBytes),
          within = (offset + done) % rowBytes,
          first = rowAt(row)
        let end = rowBytes
        for (let next = 1; end - within < length - done && rowAt(row + next) === first + next; next++) end += rowBytes
        const taken = Math.min(end - within, length - done)
        out.set(await source.read(begin + first * rowBytes + within, taken, signal), done)
        done += taken
      }
      return out
    },
  }
}
