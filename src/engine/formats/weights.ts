// Weight matrices out of a checkpoint, streamed in chunks as the planes of tensor/format.ts:
// the file's own codes where it is quantized, otherwise plain floats kept or quantized on the way.
// Holds a few chunks and the scales of one tensor at a time, never a whole tensor.

import { EngineError, checkAborted } from '../errors.ts'
import { codesBytes, scalesBytes, type StorageFormat, type WeightLayout } from '../tensor/format.ts'
import { nf4Codes } from '../tensor/nf4.ts'
import { nestedBlock, type Nf4Planes } from './bnb.ts'
import type { ByteRange, Checkpoint, CheckpointTensor, TensorDtype } from './checkpoint.ts'
import { bytesOf, decodeFloats, floatBytes, isFloat } from './decode.ts'
import { ggufName } from './names.ts'
import { expandNested } from './nested.ts'
import { i8Quantizer, nf4Quantizer, type Planes } from './quantize.ts'
import { readRows } from './rows.ts'
import { Scratch } from './scratch.ts'

export type WeightTarget = 'native' | 'nf4' | 'i8'
export interface WeightPart {
  tensor: string
  rows: number
}
/** codes and scales are byte counts */
export interface WeightPlan {
  layout: WeightLayout
  codes: number
  scales: number
}
/** offset in bytes; offset and length are multiples of 4; the bytes are valid until the next chunk is asked for */
export interface PlaneChunk {
  plane: 'codes' | 'scales'
  offset: number
  bytes: Uint8Array
}
export interface ReadOptions {
  signal?: AbortSignal
  chunkBytes?: number
}

const formats: Record<TensorDtype, StorageFormat> = {
  F32: 'f32',
  F16: 'f16',
  BF16: 'bf16',
  NF4: 'nf4',
  Q4_0: 'q4_0',
  Q4_1: 'q4_1',
  Q8_0: 'q8_0',
}
const defaultChunk = 2 ** 20

/** The layout of parts stacked by rows. Throws when a tensor is missing, has another shape, or cannot be used. */
export function planWeight(
  checkpoint: Checkpoint,
  parts: readonly WeightPart[],
  cols: number,
  target: WeightTarget,
): WeightPlan {
  const layouts = parts.map(({ tensor, rows }) => partLayout(checkpoint, find(checkpoint, tensor), rows, cols, target))
  const [first] = layouts
  if (!first) throw new EngineError('INTERNAL', 'A weight needs at least one part.', {})
  if (!stackable(layouts)) {
    throw new EngineError(
      'DTYPE_UNSUPPORTED',
      `Cannot stack the tensors ${parts.map(({ tensor }) => `"${tensor}"`).join(', ')}: they are stored in different ways (${layouts.map((l) => l.format).join(', ')}), or a block would cross the seam.`,
      { tensors: parts.map(({ tensor }) => tensor).join(' '), formats: layouts.map((l) => l.format).join(' ') },
    )
  }
  const layout = { ...first, rows: parts.reduce((sum, { rows }) => sum + rows, 0) }
  return { layout, codes: codesBytes(layout), scales: scalesBytes(layout) }
}

/**
 * Whether the tensors can lie in one matrix, one below the other: same format, and blocks and words end at the seams.
 */
export function canStack(
  checkpoint: Checkpoint,
  tensors: readonly string[],
  cols: number,
  target: WeightTarget,
): boolean {
  return stackable(
    tensors.map((name) => {
      const tensor = find(checkpoint, name)
      return partLayout(checkpoint, tensor, tensor.shape[0] ?? 0, cols, target)
    }),
  )
}

function stackable(layouts: readonly WeightLayout[]): boolean {
  return layouts.every((layout, i) => {
    const { format, rows, cols, block } = layout
    if (format !== layouts[0]!.format || block !== layouts[0]!.block) return false
    if (i === layouts.length - 1 || format === 'i8') return true
    const n = rows * cols
    return (
      n % (block || 1) === 0 &&
      (planeBits[format].codes * n) % 32 === 0 &&
      (planeBits[format].perBlock * (n / (block || 1))) % 32 === 0
    )
  })
}

/** bits of codes per element, and of scales per block */
const planeBits: Record<Exclude<StorageFormat, 'i8'>, { codes: number; perBlock: number }> = {
  f32: { codes: 32, perBlock: 0 },
  f16: { codes: 16, perBlock: 0 },
  bf16: { codes: 16, perBlock: 0 },
  nf4: { codes: 4, perBlock: 32 },
  q4_0: { codes: 4, perBlock: 16 },
  q4_1: { codes: 4, perBlock: 32 },
  q8_0: { codes: 8, perBlock: 16 },
}

function find(checkpoint: Checkpoint, name: string): CheckpointTensor {
  const tensor = checkpoint.tensors.get(name)
  if (!tensor) {
    throw new EngineError(
      'TENSOR_MISSING',
      `Cannot load the model: the tensor "${name}" is missing among the ${checkpoint.tensors.size} tensors of the checkpoint. Its files are incomplete or of another model.`,
      { tensor: name, tensors: checkpoint.tensors.size },
    )
  }
  return tensor
}

function partLayout(
  checkpoint: Checkpoint,
  tensor: CheckpointTensor,
  rows: number,
  cols: number,
  target: WeightTarget,
): WeightLayout {
  const { shape, dtype } = tensor
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== cols) throw wrongShape(tensor, [rows, cols])
  if (!Object.hasOwn(formats, dtype)) throw unsupported(checkpoint, tensor)
  const native = formats[dtype as TensorDtype]
  const format = isFloat(dtype) && target !== 'native' ? target : native
  checkHeads(tensor)
  const block = format === 'nf4' ? (tensor.data.nf4?.block ?? 64) : format === 'i8' ? 64 : isFloat(dtype) ? 0 : 32
  return { format, rows, cols, block }
}

/** Reordered rows must divide into heads of even width. */
function checkHeads({ name, shape, data: { permutedHeads: heads } }: CheckpointTensor): void {
  if (heads !== undefined && shape[0]! % (2 * heads) !== 0) {
    throw new EngineError(
      'TENSOR_SHAPE',
      `Cannot load the tensor "${name}": its ${shape[0]!} rows do not divide into ${heads} heads of even width.`,
      { tensor: name, need: `${2 * heads} × n`, found: shape.join(', ') },
    )
  }
}

function wrongShape({ name, shape }: CheckpointTensor, must: number[]): EngineError {
  return new EngineError(
    'TENSOR_SHAPE',
    `Cannot load the model: tensor "${name}" must be (${must.join(', ')}), the file has (${shape.join(', ')}). config.json and weights are of different models.`,
    { tensor: name, need: must.join(', '), found: shape.join(', ') },
  )
}

/**
 * Says how many tensors are of that type and where, as the file itself names them: a file's name tells only what most
 * of them are.
 */
function unsupported({ format, tensors }: Checkpoint, { dtype, data: { source } }: CheckpointTensor): EngineError {
  const gguf = format === 'gguf'
  const file = source.name
  const same = [...tensors.values()]
    .filter((tensor) => tensor.dtype === dtype)
    .map(({ name }) => (gguf ? (ggufName(name) ?? name) : name))
  const where = `${same
    .slice(0, 3)
    .map((name) => `"${name}"`)
    .join(', ')}${same.length > 3 ? ' …' : ''}`
  const claimed = /(?:^|[^A-Za-z0-9])((?:I?Q\d(?:_[A-Z0-9]+)*)|BF16|F16|F32)(?=[^A-Za-z0-9_]|$)/i
    .exec(file)?.[1]
    ?.toUpperCase()
  const other = claimed !== undefined && !claimed.startsWith(dtype) ? claimed : null
  const known = Object.keys(formats)
    .filter((name) => (gguf ? name !== 'NF4' : !/^Q\d/.test(name)))
    .join(', ')
  return new EngineError(
    'DTYPE_UNSUPPORTED',
    `Cannot use "${file}": ${same.length} of its ${tensors.size} tensors ${same.length === 1 ? 'is' : 'are'} stored as ${dtype} (${where})${other ? `, though its name says ${other}` : ''}. Glassbox reads ${known}. ${gguf ? 'Choose the Q8_0, F16 or BF16 file of the same model, or make one with llama-quantize --pure.' : 'Choose a repository of the same model in BF16 or F16, or a Q8_0 GGUF of it.'}`,
    { file, dtype, count: same.length, tensors: tensors.size, where, claimed: other, known, gguf, tensor: same[0]! },
  )
}

/** All bytes of the weight's planes, in file order per part; each plane is covered exactly once. */
export async function* readWeight(
  checkpoint: Checkpoint,
  parts: readonly WeightPart[],
  cols: number,
  target: WeightTarget,
  options: ReadOptions = {},
): AsyncGenerator<PlaneChunk> {
  planWeight(checkpoint, parts, cols, target)
  const at = { codes: 0, scales: 0 }
  const scratch = new Scratch()
  try {
    for (const { tensor: name, rows } of parts) {
      const tensor = find(checkpoint, name)
      const layout = partLayout(checkpoint, tensor, rows, cols, target)
      const writers = { codes: new PlaneWriter('codes', at.codes), scales: new PlaneWriter('scales', at.scales) }
      for await (const planes of readPlanes(tensor, layout, scratch, options)) {
        if (planes.codes) yield* writers.codes.push(planes.codes)
        if (planes.scales) yield* writers.scales.push(planes.scales)
      }
      yield* writers.codes.end()
      yield* writers.scales.end()
      at.codes += codesBytes(layout)
      at.scales += scalesBytes(layout)
    }
  } finally {
    scratch.release()
  }
}

async function* readPlanes(
  tensor: CheckpointTensor,
  { format, rows, cols }: WeightLayout,
  scratch: Scratch,
  options: ReadOptions,
): AsyncGenerator<Planes> {
  const {
    dtype,
    data: { nf4 },
  } = tensor
  if (nf4) {
    yield* readNf4(tensor, nf4, scratch, options)
    return
  }
  const quantizer =
    format === 'nf4'
      ? nf4Quantizer(tensor.name, rows * cols, scratch)
      : format === 'i8'
        ? i8Quantizer(tensor.name, cols, scratch)
        : null
  const rowBytes = isFloat(dtype) ? cols * floatBytes[dtype] : (cols / 32) * blockBytes[dtype]!.total
  for await (const bytes of readRows(
    tensor.data,
    rows,
    rowBytes,
    options.chunkBytes ?? defaultChunk,
    scratch,
    options.signal,
  )) {
    if (isFloat(dtype)) yield quantizer ? quantizer.push(decodeFloats(dtype, bytes, scratch)) : { codes: bytes }
    else yield splitBlocks(bytes, blockBytes[dtype]!, scratch)
  }
  if (quantizer) yield quantizer.end()
}

/** per block of 32 in a GGUF: all its bytes, and the scales that open it */
const blockBytes: Partial<Record<string, { total: number; scales: number }>> = {
  Q4_0: { total: 18, scales: 2 },
  Q4_1: { total: 20, scales: 4 },
  Q8_0: { total: 34, scales: 2 },
}

function splitBlocks(
  bytes: Uint8Array,
  { total, scales }: { total: number; scales: number },
  scratch: Scratch,
): Planes {
  const blocks = bytes.length / total
  const out = {
    codes: scratch.bytes('codes', blocks * (total - scales)),
    scales: scratch.bytes('scales', blocks * scales),
  }
  // byte by byte: a subarray per block would be five million objects in a small model
  let code = 0,
    scale = 0
  for (let at = 0; at < bytes.length;) {
    for (const end = at + scales; at < end;) out.scales[scale++] = bytes[at++]!
    for (const end = at + total - scales; at < end;) out.codes[code++] = bytes[at++]!
  }
  return out
}

async function* readNf4(
  tensor: CheckpointTensor,
  { quantMap, absmax, nested }: Nf4Planes,
  scratch: Scratch,
  { signal, chunkBytes = defaultChunk }: ReadOptions,
): AsyncGenerator<Planes> {
  const codeBook = await readFloats(quantMap, signal)
  if (!codeBook.every((code, i) => code === nf4Codes[i])) {
    throw new EngineError(
      'DTYPE_UNSUPPORTED',
      `Cannot use the tensor "${tensor.name}": its 16-value code book is not that of NF4. Glassbox computes with the standard NF4 code book only.`,
      { tensor: tensor.name, dtype: 'NF4 with its own code book' },
    )
  }
  for await (const codes of readBytes(tensor.data, chunkBytes, scratch, signal)) yield { codes }
  if (!nested) {
    for await (const scales of readBytes(absmax, Math.max(4, chunkBytes & ~3), scratch, signal)) yield { scales }
    return
  }
  const map = await readFloats(nested.quantMap, signal)
  const outer = await readFloats(nested.absmax, signal)
  let i = 0
  for await (const codes of readBytes(absmax, chunkBytes, scratch, signal)) {
    const scales = scratch.floats('scales', codes.length)
    for (let k = 0; k < codes.length; k++, i++) {
      scales[k] = expandNested(map[codes[k]!]!, outer[Math.floor(i / nestedBlock)]!, nested.offset)
    }
    yield { scales: bytesOf(scales) }
  }
}

/** A vector of plain floats (norm gain, bias) as f32. */
export async function readVector(checkpoint: Checkpoint, name: string, signal?: AbortSignal): Promise<Float32Array> {
  const tensor = find(checkpoint, name)
  const { dtype, shape, data } = tensor
  if (shape.length !== 1) throw wrongShape(tensor, [shape.reduce((a, b) => a * b, 1)])
  if (!isFloat(dtype)) throw unsupported(checkpoint, tensor)
  checkHeads(tensor)
  const out = new Float32Array(shape[0]!)
  let at = 0
  for await (const bytes of readRows(data, shape[0]!, floatBytes[dtype], defaultChunk, new Scratch(), signal)) {
    const values = decodeFloats(dtype, bytes)
    out.set(values, at)
    at += values.length
  }
  if (!out.every(Number.isFinite)) {
    throw new EngineError(
      'NUMERIC',
      `Cannot load the tensor "${name}": it holds a value that is infinite or not a number. The file is damaged; fetch it again.`,
      { tensor: name },
    )
  }
  return out
}

async function readFloats({ source, begin, end }: ByteRange, signal?: AbortSignal): Promise<Float32Array> {
  const bytes = await source.read(begin, end - begin, signal)
  checkAborted(signal)
  return decodeFloats('F32', bytes)
}

async function* readBytes(
  { source, begin, end }: ByteRange,
  chunkBytes: number,
  scratch: Scratch,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = begin; at < end; at += chunkBytes) {
    const length = Math.min(chunkBytes, end - at)
    const bytes = await source.read(at, length, signal, scratch.bytes('file', length))
    checkAborted(signal)
    yield bytes
  }
}

/** Cuts pushed bytes into chunks of whole words and pads the last with zeros. */
class PlaneWriter {
  private rest = new Uint8Array(0)
  constructor(
    private readonly plane: PlaneChunk['plane'],
    private offset: number,
  ) {}

  *push(bytes: Uint8Array): Generator<PlaneChunk> {
    let all = bytes
    if (this.rest.length > 0) {
      all = new Uint8Array(this.rest.length + bytes.length)
      all.set(this.rest)
      all.set(bytes, this.rest.length)
    }
    const whole = all.length & ~3
    this.rest = all.slice(whole)
    if (whole > 0) yield this.emit(all.subarray(0, whole))
  }

  *end(): Generator<PlaneChunk> {
    if (this.rest.length === 0) return
    const last = new Uint8Array(4)
    last.set(this.rest)
    yield this.emit(last)
  }

  private emit(bytes: Uint8Array): PlaneChunk {
    const chunk = { plane: this.plane, offset: this.offset, bytes }
    this.offset += bytes.length
    return chunk
  }
}
