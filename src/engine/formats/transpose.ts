// A matrix that its file keeps turned round (GPT-1 and GPT-2's Conv1D: [in, out]): the file's columns are the rows here. What
// packs weights makes them [out, in] first (packings/, bnb.ts).
// Read in bands of the file's rows, into a block of rows at a time: memory is bounded, whatever the matrix. One that fits
// into a block is read once, a larger one once for each block.

import { checkAborted, EngineError } from '../errors.ts'
import type { Workspace } from '../quants/quant.ts'
import { isFloat } from './decode.ts'
import type { CheckpointTensor, TensorData } from './types.ts'

/** Bytes of a block: GPT-2's largest matrix of 768 columns is one. */
const BLOCK = 2 ** 24

/** Whether a matrix that its family keeps turned round is so in these files. */
export const isTurned = ({ data }: CheckpointTensor): boolean => !data.packed

/** The tensor as its transpose. @throws DTYPE_UNSUPPORTED for blocks of a GGUF, TENSOR_SHAPE for what is no matrix */
export function transposed(tensor: CheckpointTensor): CheckpointTensor {
  const { name, shape, dtype, data } = tensor
  if (!isTurned(tensor)) return tensor
  const [rows, cols] = shape
  if (shape.length !== 2) {
    throw new EngineError(
      'TENSOR_SHAPE',
      `Cannot load the tensor "${name}": it must have two axes, the file has (${shape.join(', ')}).`,
      { tensor: name, need: 'm × n', found: shape.join(', ') },
    )
  }
  if (!isFloat(dtype) || data.rowOrder) {
    throw new EngineError(
      'DTYPE_UNSUPPORTED',
      `Cannot use the tensor "${name}": it is kept transposed and is packed as ${dtype}; the columns of such a tensor cannot be read.`,
      { tensor: name, dtype: `${dtype}, transposed` },
    )
  }
  return { ...tensor, shape: [cols!, rows!], data: { ...data, turned: { width: cols!, column: (row) => row } } }
}

/** Bytes of consecutive whole rows of the transpose of a matrix of `size` bytes a word, about chunkBytes at a time (one row at least); do not write into them. */
export async function* readTransposed(
  data: TensorData,
  [rows, cols]: readonly [rows: number, cols: number],
  size: number,
  chunkBytes: number,
  scratch: Workspace,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { width, column } = data.turned!
  const Word = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: Float64Array }[size]!
  const most = Math.max(1, Math.min(rows, Math.floor(BLOCK / (cols * size))))
  const band = Math.max(1, Math.floor(chunkBytes / (width * size)))
  const step = Math.max(1, Math.floor(chunkBytes / (cols * size)))
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first)
    const block = scratch.bytes('turned', count * cols * size)
    const out = new Word(block.buffer as ArrayBuffer, block.byteOffset, count * cols)
    for (let k0 = 0; k0 < cols; k0 += band) {
      const k1 = Math.min(k0 + band, cols)
      const bytes = (k1 - k0) * width * size
      const read = await data.source.read(data.begin + k0 * width * size, bytes, signal, scratch.bytes('file', bytes))
      checkAborted(signal)
      const aligned = read.byteOffset % size ? read.slice() : read
      const words = new Word(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes / size)
      for (let row = 0; row < count; row++) {
        let from = column(first + row)
        for (let to = row * cols + k0, end = row * cols + k1; to < end; to++, from += width) out[to] = words[from]!
      }
    }
    for (let row = 0; row < count; row += step) {
      yield block.subarray(row * cols * size, Math.min(row + step, count) * cols * size)
    }
  }
}
