// A tensor's values as f32, whole rows at a time, whatever its file holds: plain numbers, blocks of a GGUF, codes that
// another program packed. What a weight is made of when it is packed anew, and what the error of that is measured against.
// Values are those of the format's own definition (`dequantRow`). Knows nothing of what becomes of them.

import type { Workspace } from '../quants/quant.ts'
import { codesBytes, dequantRow, quantOf, scalesBytes, type WeightData, type WeightLayout } from '../quants/weight.ts'
import { decodeFloats, floatBytes } from './decode.ts'
import { checkFactors } from './finite.ts'
import { readRows } from './rows.ts'
import type { CheckpointTensor, StreamOptions } from './types.ts'
import type { Scratch } from './scratch.ts'
import { readTransposed } from './transpose.ts'

/** Values that are made at a time; one row at least. */
const atOnce = 2 ** 16

/**
 * @param layout as the file has it: its format, not what the weight becomes
 * @returns whole rows; valid until the next, lie in `scratch`: do not write into them
 */
export async function* readValues(
  tensor: CheckpointTensor,
  layout: WeightLayout,
  scratch: Scratch,
  options: StreamOptions,
): AsyncGenerator<Float32Array> {
  const { name, dtype, data } = tensor
  const { stored } = quantOf(layout.format)
  const { packed } = data
  if (packed) {
    // blocks of a flattened matrix are rows of one as wide as a block
    const shape = packed.flat ? { ...layout, cols: packed.block } : layout
    const pieces = packedValues(tensor, shape, scratch, options)
    yield* packed.flat ? wholeRows(pieces, layout, scratch) : pieces
    return
  }
  for await (const bytes of fileRows(tensor, layout, scratch, options)) {
    if (!stored) yield decodeFloats(dtype, bytes, scratch)
    else {
      checkFactors(name, bytes, stored)
      yield* valuesOf(
        { ...layout, rows: bytes.length / rowBytesOf(tensor, layout) },
        stored.planes(bytes, scratch),
        scratch,
      )
    }
  }
}

/** Bytes of a file's row, where rows lie one behind the other. */
function rowBytesOf({ dtype }: CheckpointTensor, { cols, format }: WeightLayout): number {
  const { stored } = quantOf(format)
  return stored ? (cols / stored.elements) * stored.bytes : cols * floatBytes(dtype)
}

/** The file's own bytes, whole rows in the checkpoint's order; of everything but packed tensors. */
export function fileRows(
  tensor: CheckpointTensor,
  layout: WeightLayout,
  scratch: Scratch,
  { signal, chunkBytes }: StreamOptions,
): AsyncGenerator<Uint8Array> {
  const { dtype, data } = tensor
  const { rows, cols } = layout
  return data.turned
    ? readTransposed(data, [rows, cols], floatBytes(dtype), chunkBytes, scratch, signal)
    : readRows(data, rows, rowBytesOf(tensor, layout), chunkBytes, scratch, signal)
}

async function* packedValues(
  { name, data }: CheckpointTensor,
  layout: WeightLayout,
  scratch: Scratch,
  options: StreamOptions,
): AsyncGenerator<Float32Array> {
  const rowBytes = codesBytes({ ...layout, rows: 1 })
  for await (const planes of data.packed!.together(name, rowBytes, scratch, options)) {
    const rows = data.packed!.flat ? planes.scales.length / 4 : planes.codes.length / rowBytes
    yield* valuesOf({ ...layout, rows }, planes, scratch)
  }
}

/** The rows of a matrix whose planes are there, some at a time. */
function* valuesOf(
  layout: WeightLayout,
  { codes, scales }: { codes?: Uint8Array; scales?: Uint8Array },
  scratch: Workspace,
): Generator<Float32Array> {
  const weight: WeightData = {
    ...layout,
    codes: wordsOf('code words', codes, codesBytes(layout), scratch),
    scales: wordsOf('scale words', scales, scalesBytes(layout), scratch),
  }
  const { rows, cols } = layout
  const step = Math.min(rows, Math.max(1, Math.floor(atOnce / cols)))
  const out = scratch.floats('values', step * cols)
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row)
    for (let i = 0; i < count; i++) dequantRow(weight, row + i, out.subarray(i * cols, (i + 1) * cols))
    yield out.subarray(0, count * cols)
  }
}

/** Bytes as whole words, `length` bytes of them: as they are where they lie so, else copied. */
function wordsOf(name: string, bytes: Uint8Array = new Uint8Array(0), length: number, scratch: Workspace): Uint32Array {
  if (bytes.length === length && bytes.byteOffset % 4 === 0) {
    return new Uint32Array(bytes.buffer, bytes.byteOffset, length / 4)
  }
  const copy = scratch.bytes(name, length)
  copy.fill(0, bytes.length)
  copy.set(bytes)
  return new Uint32Array(copy.buffer, copy.byteOffset, length / 4)
}

/** Values cut anywhere, as whole rows; what comes behind the last is padding. */
async function* wholeRows(
  pieces: AsyncIterable<Float32Array>,
  { rows, cols }: WeightLayout,
  scratch: Workspace,
): AsyncGenerator<Float32Array> {
  const size = cols * Math.max(1, Math.floor(atOnce / cols))
  const out = scratch.floats('whole rows', Math.min(size, rows * cols))
  let held = 0
  let left = rows * cols
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length && left > 0;) {
      const count = Math.min(piece.length - from, out.length - held, left - held)
      out.set(piece.subarray(from, from + count), held)
      from += count
      held += count
      if (held < out.length && held < left) continue
      yield out.subarray(0, held)
      left -= held
      held = 0
    }
  }
}
