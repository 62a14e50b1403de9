// bitsandbytes 4-bit tensors in safetensors: one Linear is stored as several tensors,
//
//   W                                     packed codes, u8 (or the same bytes under another dtype)
//   W.absmax                              f32 per block, or u8 when the scales are quantized too ("nested")
//   W.quant_map                           f32[16], the code book
//   W.nested_absmax, W.nested_quant_map   f32 per 256 scales, f32[256]
//   W.quant_state.bitsandbytes__nf4       u8, JSON: shape, blocksize, nested offset …
//
// Here they become one tensor of the original shape that knows how to read its own planes (quants/nf4.ts).

import { EngineError, checkAborted } from '../errors.ts'
import { expandNested, nestedBlock } from '../quants/nf4-nested.ts'
import { bytesOf, rowsOf } from '../quants/planes.ts'
import type { Planes, Workspace } from '../quants/quant.ts'
import { quantOfDtype } from '../quants/weight.ts'
import { shown } from '../shown.ts'
import { decodeFloats } from './decode.ts'
import { readChunks, readFloats } from './ranges.ts'
import type { ByteRange, CheckpointTensor, PackedTensor, ScaleSteps, StreamOptions } from './types.ts'
import { parseJsonObject } from './config.ts'
import { checkFinite, packedRows, rowBytesOf, type Rows } from './packings/rows.ts'

/** The parts of one tensor. */
interface Parts {
  block: number
  quantMap: ByteRange
  /** f32 per block, or u8 codes when `nested` */
  absmax: ByteRange
  nested: { absmax: ByteRange; quantMap: ByteRange; offset: number } | null
}

const blockSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096]
const stateSuffix = /^(.*)\.quant_state\.bitsandbytes__(nf4|fp4)$/s
const maxStateBytes = 4096

/** Replaces the members of each 4-bit tensor by one 'NF4' or 'FP4' tensor of its own shape. */
export async function groupBnb(
  file: string,
  tensors: Map<string, CheckpointTensor>,
  signal?: AbortSignal,
): Promise<void> {
  for (const stateName of [...tensors.keys()]) {
    const match = stateSuffix.exec(stateName)
    if (match) await groupOne(file, tensors, match[1]!, match[2]!, stateName, signal)
  }
}

async function groupOne(
  file: string,
  tensors: Map<string, CheckpointTensor>,
  name: string,
  type: string,
  stateName: string,
  signal?: AbortSignal,
): Promise<void> {
  const fail = (problem: string): never => {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot read "${file}": the bitsandbytes tensor "${name}" ${problem}. The file is damaged; fetch it again.`,
      { file, tensor: name, problem },
    )
  }
  const member = (suffix: string): CheckpointTensor =>
    tensors.get(name + suffix) ?? fail(`lacks its part "${name + suffix}"`)
  /** the bytes of a part that must be `count` elements of `dtype` */
  const range = (suffix: string, dtype: string, count: number): ByteRange => {
    const part = member(suffix)
    if (part.dtype !== dtype || part.byteLength !== count * (dtype === 'F32' ? 4 : 1)) {
      fail(`needs "${name + suffix}" to be ${count} ${dtype}, the file has (${part.shape.join(', ')}) ${part.dtype}`)
    }
    return part.data
  }
  const stored = tensors.get(stateName)!
  if (stored.dtype !== 'U8' || stored.byteLength > maxStateBytes) {
    fail(`has a quant_state that is not at most ${maxStateBytes} bytes of text`)
  }
  const state = await readState(file, stateName, stored.data, signal)
  if (state.quant_type !== type) fail(`has quant_type ${shown(state.quant_type, 40)} in a state named "${type}"`)
  const block = state.blocksize as number
  if (!blockSizes.includes(block)) fail(`has blocksize ${shown(block, 40)}, allowed are ${blockSizes.join(', ')}`)
  const shape = state.shape as number[]
  if (
    !Array.isArray(shape) ||
    shape.length !== 2 ||
    !shape.every((dim) => Number.isSafeInteger(dim) && dim > 0 && dim <= 2 ** 32)
  ) {
    fail('needs a shape of two positive dimensions')
  }
  const count = shape[0]! * shape[1]!
  const codes = tensors.get(name) ?? fail('lacks its codes')
  if (!Number.isSafeInteger(count) || codes.byteLength !== Math.ceil(count / 2)) {
    fail(
      `of shape (${shape.join(', ')}) needs ${Math.ceil(count / 2)} bytes of codes, the file has ${codes.byteLength}`,
    )
  }
  const blocks = Math.ceil(count / block)

  const isNested = 'nested_offset' in state || 'nested_blocksize' in state || member('.absmax').dtype === 'U8'
  const offset = Math.fround(state.nested_offset as number)
  if (
    isNested &&
    (state.nested_blocksize !== nestedBlock || state.nested_dtype !== 'float32' || !Number.isFinite(offset))
  ) {
    fail(`needs nested_blocksize ${nestedBlock}, nested_dtype "float32" and a finite nested_offset`)
  }
  const parts: Parts = {
    block,
    quantMap: range('.quant_map', 'F32', 16),
    absmax: range('.absmax', isNested ? 'U8' : 'F32', blocks),
    nested: isNested
      ? {
          absmax: range('.nested_absmax', 'F32', Math.ceil(blocks / nestedBlock)),
          quantMap: range('.nested_quant_map', 'F32', 256),
          offset,
        }
      : null,
  }
  let byteLength = 0
  for (const suffix of [
    '',
    '.absmax',
    '.quant_map',
    '.nested_absmax',
    '.nested_quant_map',
    stateName.slice(name.length),
  ]) {
    byteLength += tensors.get(name + suffix)?.byteLength ?? 0
    tensors.delete(name + suffix)
  }
  tensors.set(name, {
    name,
    shape,
    dtype: type.toUpperCase(),
    called: `bitsandbytes ${type.toUpperCase()}${isNested ? ', nested scales' : ''}`,
    byteLength,
    data: { ...codes.data, packed: packed(name, type.toUpperCase(), shape[1]!, codes.data, parts) },
  })
}

/** Reads one tensor's planes: its codes as they are, its scales with double quantization expanded. */
const packed = (name: string, dtype: string, cols: number, codes: ByteRange, parts: Parts): PackedTensor => ({
  block: parts.block,
  planes: (name, workspace, options) => readPlanes(name, dtype, codes, parts, workspace, options),
  together: (name, _, workspace, options) => readBlocks(name, dtype, codes, parts, workspace, options),
  flat: true,
  scaleSteps: (blocks) => readScaleSteps(parts, blocks),
  pick: (rowAt, count) => pickedRows(name, dtype, cols, codes, parts).pick(rowAt, count),
})

/** The rows one by one: in blocks that no two rows share, each with the scale of the file's block that holds it. */
function pickedRows(name: string, dtype: string, cols: number, codes: ByteRange, parts: Parts): PackedTensor {
  const block = parts.block / rowsOf(cols, parts.block)
  const perRow = cols / block
  return packedRows({
    rows: { count: 0, at: (row) => row },
    block,
    flat: { rowBytes: cols / 2 },
    codes: (rows, workspace, options) =>
      cols % 2 === 0
        ? rowBytesOf(codes, cols / 2, rows, workspace, options, (bytes) => bytes)
        : oddRows(codes, cols, rows, workspace, options),
    perRow,
    async scales(signal) {
      await checkBook(name, dtype, parts.quantMap, signal)
      const blocks = (parts.absmax.end - parts.absmax.begin) / (parts.nested ? 1 : 4)
      const all = await (await openScales(parts, signal))(0, blocks)
      return (row, out, at) => {
        for (let k = 0; k < perRow; k++) out[at + k] = all[Math.floor((row * cols + k * block) / parts.block)]!
      }
    },
  })
}

/** Rows of an odd number of codes: every other one begins in the middle of a byte, in the file as in the plane. */
async function* oddRows(
  { source, begin }: ByteRange,
  cols: number,
  rows: Rows,
  workspace: Workspace,
  { signal, chunkBytes }: StreamOptions,
): AsyncGenerator<Uint8Array> {
  // an even number of them ends on a byte
  const step = 2 * Math.max(1, Math.floor(chunkBytes / (cols + 1)))
  for (let row = 0; row < rows.count; row += step) {
    const count = Math.min(step, rows.count - row)
    const out = workspace.bytes('turned', Math.ceil((count * cols) / 2)).fill(0)
    for (let i = 0; i < count; i++) {
      const from = rows.at(row + i) * cols
      const [first, last] = [Math.floor(from / 2), Math.ceil((from + cols) / 2)]
      const bytes = await source.read(begin + first, last - first, signal, workspace.bytes('file', last - first))
      checkAborted(signal)
      for (let k = 0; k < cols; k++) {
        const [at, to] = [from + k - 2 * first, i * cols + k]
        const code = at & 1 ? bytes[at >> 1]! & 15 : bytes[at >> 1]! >> 4
        out[to >> 1]! |= to & 1 ? code : code << 4
      }
    }
    yield out
  }
}

/** Reads what the scales are made of; then gives those of `count` blocks from `first` on, double quantization expanded. */
async function openScales(
  { absmax, nested }: Parts,
  signal?: AbortSignal,
): Promise<(first: number, count: number) => Promise<Float32Array>> {
  const { source, begin } = absmax
  const bytesAt = (first: number, count: number, size: number): Promise<Uint8Array> =>
    source.read(begin + first * size, count * size, signal)
  if (!nested) return async (first, count) => decodeFloats('F32', await bytesAt(first, count, 4)).slice()
  const map = await readFloats(nested.quantMap, signal)
  const outer = await readFloats(nested.absmax, signal)
  return async (first, count) =>
    Float32Array.from(await bytesAt(first, count, 1), (code, i) =>
      expandNested(map[code]!, outer[Math.floor((first + i) / nestedBlock)]!, nested.offset),
    )
}

/** Kernels know the standard books only. */
async function checkBook(name: string, dtype: string, quantMap: ByteRange, signal?: AbortSignal): Promise<void> {
  const codeBook = await readFloats(quantMap, signal)
  const { book } = quantOfDtype(dtype)!
  if (!codeBook.every((code, i) => code === book![i])) {
    throw new EngineError(
      'DTYPE_UNSUPPORTED',
      `Cannot use the tensor "${name}": its 16-value code book is not that of ${dtype}. Glassbox computes with the standard ${dtype} code book only.`,
      { tensor: name, dtype: `${dtype} with its own code book` },
    )
  }
}

async function* readPlanes(
  name: string,
  dtype: string,
  codes: ByteRange,
  { quantMap, absmax, nested }: Parts,
  workspace: Workspace,
  { signal, chunkBytes }: StreamOptions,
): AsyncGenerator<Planes> {
  await checkBook(name, dtype, quantMap, signal)
  for await (const bytes of readChunks(codes, chunkBytes, workspace, signal)) yield { codes: bytes }
  if (!nested) {
    for await (const bytes of readChunks(absmax, Math.max(4, chunkBytes & ~3), workspace, signal)) {
      checkFinite(name, decodeFloats('F32', bytes))
      yield { scales: bytes }
    }
    return
  }
  const map = await readFloats(nested.quantMap, signal)
  const outer = await readFloats(nested.absmax, signal)
  let i = 0
  for await (const inner of readChunks(absmax, chunkBytes, workspace, signal)) {
    const scales = workspace.floats('scales', inner.length)
    for (let k = 0; k < inner.length; k++, i++) {
      scales[k] = expandNested(map[inner[k]!]!, outer[Math.floor(i / nestedBlock)]!, nested.offset)
    }
    checkFinite(name, scales)
    yield { scales: bytesOf(scales) }
  }
}

/** Codes of some whole blocks (the last may be short) and their scales. */
async function* readBlocks(
  name: string,
  dtype: string,
  codes: ByteRange,
  parts: Parts,
  workspace: Workspace,
  { signal, chunkBytes }: StreamOptions,
): AsyncGenerator<Required<Planes>> {
  const blockBytes = parts.block / 2
  await checkBook(name, dtype, parts.quantMap, signal)
  const scalesOf = await openScales(parts, signal)
  const step = Math.max(1, Math.floor(chunkBytes / blockBytes)) * blockBytes
  let first = 0
  for await (const bytes of readChunks(codes, step, workspace, signal)) {
    const scales = await scalesOf(first, Math.ceil(bytes.length / blockBytes))
    checkFinite(name, scales)
    yield { codes: bytes, scales: bytesOf(scales) }
    first += scales.length
  }
}

/** The chain behind some blocks' scales; null when they are not double-quantized. */
async function readScaleSteps({ absmax, nested }: Parts, blocks: readonly number[]): Promise<ScaleSteps[] | null> {
  if (!nested) return null
  const map = await readFloats(nested.quantMap)
  const outer = await readFloats(nested.absmax)
  const out: ScaleSteps[] = []
  for (const block of blocks) {
    const code = (await absmax.source.read(absmax.begin + block, 1))[0]!
    const [entry, scale] = [map[code]!, outer[Math.floor(block / nestedBlock)]!]
    const { offset } = nested
    out.push({ block, code, map: entry, absmax: scale, offset, scale: expandNested(entry, scale, offset) })
  }
  return out
}

async function readState(
  file: string,
  name: string,
  { source, begin, end }: ByteRange,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const bytes = await source.read(begin, end - begin, signal)
  checkAborted(signal)
  return parseJsonObject(`${file}: ${name}`, new TextDecoder().decode(bytes))
}
