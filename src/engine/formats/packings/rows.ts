// The planes of a weight whose rows can be read by themselves, in the layout of quants/grouped.ts and quants/fp8.ts: codes row
// by row, scales row by row. Rows may be picked: where a file keeps several projections in one, each takes its own.

import { checkAborted, EngineError } from '../../errors.ts'
import { bytesOf } from '../../quants/planes.ts'
import type { Planes, Workspace } from '../../quants/quant.ts'
import { decodeFloats } from '../decode.ts'
import { picking } from '../slice.ts'
import type { ByteRange, CheckpointTensor, PackedTensor, StreamOptions } from '../types.ts'

/** Which rows of the file are read, in which order. */
export interface Rows {
  count: number
  at(row: number): number
}

export interface PackedRows {
  rows: Rows
  /** columns per scale */
  block: number
  /** the codes of the rows, whole rows of the plane at a time; valid until the next */
  codes(rows: Rows, workspace: Workspace, options: StreamOptions): AsyncGenerator<Uint8Array>
  /** f32 words of scales per row */
  perRow: number
  /** of codes that lie one behind the other: bytes of a row, which may end within one */
  flat?: { rowBytes: number }
  /** reads what the scales are made of; then writes those of a row of the file to out[at …) */
  scales(signal?: AbortSignal): Promise<(row: number, out: Float32Array, at: number) => void>
  /** what the plane of scales begins with */
  shared?(signal?: AbortSignal): Promise<Uint32Array>
}

const scalesAtOnce = 2 ** 16

export const packedRows = (spec: PackedRows): PackedTensor => ({
  block: spec.block,
  planes: (name, workspace, options) => planesOf(name, spec, workspace, options),
  together: (name, rowBytes, workspace, options) =>
    togetherOf(name, spec, spec.flat?.rowBytes ?? rowBytes, workspace, options),
  ...(spec.flat && { flat: true }),
  pick: (rowAt, count) => packedRows({ ...spec, rows: { count, at: (row) => spec.rows.at(rowAt(row)) } }),
  scaleSteps: () => Promise.resolve(null),
})

async function* planesOf(
  name: string,
  { rows, codes, perRow, scales, shared }: PackedRows,
  workspace: Workspace,
  options: StreamOptions,
): AsyncGenerator<Planes> {
  for await (const bytes of codes(rows, workspace, options)) yield { codes: bytes }
  if (shared) yield { scales: bytesOf(await shared(options.signal)) }
  const write = await scales(options.signal)
  const step = Math.max(1, Math.floor(scalesAtOnce / perRow))
  for (let row = 0; row < rows.count; row += step) {
    const count = Math.min(step, rows.count - row)
    const out = workspace.floats('scales', count * perRow)
    for (let i = 0; i < count; i++) write(rows.at(row + i), out, i * perRow)
    checkFinite(name, out)
    yield { scales: bytesOf(out) }
  }
}

async function* togetherOf(
  name: string,
  { rows, codes, perRow, scales, shared }: PackedRows,
  rowBytes: number,
  workspace: Workspace,
  options: StreamOptions,
): AsyncGenerator<Required<Planes>> {
  const first = shared ? await shared(options.signal) : new Uint32Array(0)
  const write = await scales(options.signal)
  // an even number of rows ends on a byte
  const step = 2 * Math.max(1, Math.floor(scalesAtOnce / perRow / 2))
  let row = 0
  for await (const bytes of codes(rows, workspace, options)) {
    const all = Math.min(Math.floor(bytes.length / rowBytes), rows.count - row)
    for (let at = 0; at < all; at += step) {
      const count = Math.min(step, all - at)
      const out = workspace.floats('scales', first.length + count * perRow)
      new Uint32Array(out.buffer, 0, first.length).set(first)
      for (let i = 0; i < count; i++) write(rows.at(row + at + i), out, first.length + i * perRow)
      checkFinite(name, out.subarray(first.length))
      yield { codes: bytes.subarray(at * rowBytes, Math.ceil((at + count) * rowBytes)), scales: bytesOf(out) }
    }
    row += all
  }
}

/** @throws NUMERIC for scales of which one is infinite or not a number */
export function checkFinite(tensor: string, scales: Float32Array): void {
  if (scales.every(Number.isFinite)) return
  throw new EngineError(
    'NUMERIC',
    `Cannot load the tensor "${tensor}": one of its scales is infinite or not a number. The file is damaged; fetch it again.`,
    { tensor },
  )
}

/**
 * Rows of `rowBytes` bytes that lie one behind the other in a file, some whole rows at a time.
 * @param convert turns a batch of rows into rows of the plane, which may lie in the workspace
 */
export async function* rowBytesOf(
  { source, begin }: ByteRange,
  rowBytes: number,
  rows: Rows,
  workspace: Workspace,
  { signal, chunkBytes }: StreamOptions,
  convert: (bytes: Uint8Array, count: number) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  const picked = picking(source, begin, rowBytes, rows.count, rows.at)
  const step = Math.max(1, Math.floor(chunkBytes / rowBytes))
  for (let row = 0; row < rows.count; row += step) {
    const count = Math.min(step, rows.count - row)
    const length = count * rowBytes
    const bytes = await picked.read(row * rowBytes, length, signal, workspace.bytes('file', length))
    checkAborted(signal)
    yield convert(bytes, count)
  }
}

/** All values of a small tensor of floats (F32, F16, BF16). */
export async function valuesOf({ dtype, data }: CheckpointTensor, signal?: AbortSignal): Promise<Float32Array> {
  return decodeFloats(dtype, await wholeOf(data, signal))
}

/** A copy of all bytes of a small tensor, at the start of its buffer. */
export async function wholeOf({ source, begin, end }: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
  const bytes = await source.read(begin, end - begin, signal)
  checkAborted(signal)
  return new Uint8Array(bytes)
}

/**
 * Number `i` of a little-endian stream of fields of `bits` bits, which may cross bytes.
 * @param perWord of so many fields in each word of 32 bits, where the rest of a word is empty
 */
export function fieldAt(bytes: Uint8Array, bits: number, i: number, perWord = 32 / bits): number {
  const at = Number.isInteger(perWord) ? 32 * Math.floor(i / perWord) + (i % perWord) * bits : i * bits
  const byte = at >> 3
  return (((bytes[byte]! | ((bytes[byte + 1] ?? 0) << 8)) >> (at & 7)) & ((1 << bits) - 1)) >>> 0
}

/** The bits that codes of `bits` are kept in. */
export const keptBits = (bits: number): 4 | 8 => (bits <= 4 ? 4 : 8)

/**
 * Rows of `cols` fields of `bits`, each a stream of its own of `rowBytes` bytes, as rows of fields of 4 or 8 bits that
 * start on words.
 */
export function widen(
  bytes: Uint8Array,
  count: number,
  { cols, bits, rowBytes, perWord }: { cols: number; bits: number; rowBytes: number; perWord?: number },
  workspace: Workspace,
): Uint8Array {
  const kept = keptBits(bits)
  const stride = Math.ceil((cols * kept) / 32) * 4
  if (kept === bits && stride === rowBytes) return bytes
  const out = workspace.bytes('widened', count * stride).fill(0)
  for (let row = 0; row < count; row++) {
    const from = bytes.subarray(row * rowBytes, (row + 1) * rowBytes)
    const to = row * stride
    for (let k = 0; k < cols; k++) {
      const code = fieldAt(from, bits, k, perWord)
      if (kept === 8) out[to + k] = code
      else out[to + (k >> 1)]! |= code << ((k & 1) * 4)
    }
  }
  return out
}
