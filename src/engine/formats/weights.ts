// Weight matrices out of a checkpoint, streamed in chunks as the planes of their formats (quants/):
// the file's own codes where it is quantized, otherwise plain floats kept or quantized on the way.
// Holds a few chunks and the scales of one tensor at a time, never a whole tensor.

import { EngineError } from '../errors.ts'
import { numbersBecome } from '../quants/numbers.ts'
import { bytesOf } from '../quants/planes.ts'
import type { Planes, Quant } from '../quants/quant.ts'
import {
  codesBytes,
  quantOf,
  quantOfDtype,
  readable,
  scalesBytes,
  stackable,
  type StorageFormat,
  type WeightData,
  type WeightLayout,
} from '../quants/weight.ts'
import type { Checkpoint, CheckpointTensor } from './types.ts'
import { folds } from '../tensor/fold.ts'
import { decodeFloats, floatBytes, isFloat } from './decode.ts'
import { readRows } from './rows.ts'
import { Scratch } from './scratch.ts'
import { sliceRows, takeRows, type RowSlice } from './slice.ts'
import { transposed } from './transpose.ts'
import { checkFactors, checkFloats, notFinite } from './finite.ts'
import { fileRows, readValues } from './values.ts'
import { WholeScales } from './whole-scales.ts'

/**
 * What weights become while loading: 'native' stays as it is; a format that encodes is what floats are quantized to, while
 * codes stay as the file has them; `every`: both.
 */
export type WeightTarget = 'native' | StorageFormat | { every: StorageFormat }
/** `rows` rows of a tensor: all it has, or a slice of them. */
export interface WeightPart {
  tensor: string
  rows: number
  slice?: RowSlice
  /** the file keeps the transpose */
  transpose?: boolean
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
  /** memory that several reads use one after the other; whoever gives it releases it */
  scratch?: Scratch
}

const defaultChunk = 2 ** 20

/** by checkpoint, while it is loaded */
const wholes = new WeakMap<Checkpoint, WholeScales>()

/** The layout of parts stacked by rows. Throws when a tensor is missing, has another shape, or cannot be used. */
export function planWeight(
  checkpoint: Checkpoint,
  parts: readonly WeightPart[],
  cols: number,
  target: WeightTarget,
): WeightPlan {
  const layouts = parts.map((part) => partLayout(checkpoint, find(checkpoint, part, cols), part.rows, cols, target))
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
  parts: readonly Omit<WeightPart, 'rows'>[],
  cols: number,
  target: WeightTarget,
): boolean {
  return stackable(
    parts.map((part) => {
      const tensor = find(checkpoint, part, cols)
      return partLayout(checkpoint, tensor, tensor.shape[0] ?? 0, cols, target)
    }),
  )
}

/** @param cols of a matrix: a tensor of more axes is read as one */
function find(checkpoint: Checkpoint, part: Omit<WeightPart, 'rows'>, cols = 0): CheckpointTensor {
  const { tensor: name, slice, transpose } = part
  const tensor = checkpoint.tensors.get(name)
  if (!tensor) {
    throw new EngineError(
      'TENSOR_MISSING',
      `Cannot load the model: the tensor "${name}" is missing among the ${checkpoint.tensors.size} tensors of the checkpoint. Its files are incomplete or of another model.`,
      { tensor: name, tensors: checkpoint.tensors.size },
    )
  }
  const matrix = transpose ? transposed(foldedFor(tensor, cols)) : cols ? asMatrix(tensor, cols) : tensor
  return slice ? sliceRows(matrix, slice) : matrix
}

/** A tensor of more axes as the matrix whose rows are columns: `cols` of them, where that is known. */
export const foldedFor = (tensor: CheckpointTensor, cols: number): CheckpointTensor =>
  cols ? asMatrix(tensor, tensor.shape.reduce((n, axis) => n * axis, 1) / cols) : tensor

function asMatrix(tensor: CheckpointTensor, cols: number): CheckpointTensor {
  const need = [tensor.shape.reduce((n, axis) => n * axis, 1) / cols, cols]
  return tensor.shape.length !== 2 && folds(tensor.shape, need) ? { ...tensor, shape: need } : tensor
}

function partLayout(
  checkpoint: Checkpoint,
  tensor: CheckpointTensor,
  rows: number,
  cols: number,
  target: WeightTarget,
): WeightLayout {
  const native = nativeLayout(checkpoint, tensor, rows, cols)
  const quant = targetQuant(target, native)
  return quant.name === native.format ? native : { format: quant.name, rows, cols, block: quant.block }
}

/** A layout as the file has it. */
type Native = WeightLayout

function nativeLayout(checkpoint: Checkpoint, tensor: CheckpointTensor, rows: number, cols: number): Native {
  const { shape, dtype, data } = tensor
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== cols) throw wrongShape(tensor, [rows, cols])
  const native = quantOfDtype(dtype) ?? (isFloat(dtype, checkpoint.format) ? quantOf(numbersBecome) : null)
  if (!native) throw unsupported(checkpoint, tensor)
  checkHeads(tensor)
  return { format: native.name, rows, cols, block: data.packed?.block ?? native.block }
}

/** The format that a weight becomes: the target, where it is one for such a weight and takes rows of that width. */
function targetQuant(target: WeightTarget, native: Native): Quant<StorageFormat> {
  const own = quantOf(native.format)
  if (target === 'native') return own
  const wanted = quantOf(typeof target === 'object' ? target.every : target)
  return (own.decode || typeof target === 'object') && wanted.fits(native.cols) ? wanted : own
}

/** Reordered rows must divide into heads of even width. */
function checkHeads({ name, shape, data: { rowOrder } }: CheckpointTensor): void {
  const heads = rowOrder?.heads
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
function unsupported(
  { format, tensors, nameInFile }: Checkpoint,
  { dtype, data: { source } }: CheckpointTensor,
): EngineError {
  const gguf = format === 'gguf'
  const file = source.name
  const same = [...tensors.values()].filter((tensor) => tensor.dtype === dtype).map(({ name }) => nameInFile(name))
  const where = `${same
    .slice(0, 3)
    .map((name) => `"${name}"`)
    .join(', ')}${same.length > 3 ? ' …' : ''}`
  const claimed = /(?:^|[^A-Za-z0-9])((?:I?Q\d(?:_[A-Z0-9]+)*)|BF16|F16|F32)(?=[^A-Za-z0-9_]|$)/i
    .exec(file)?.[1]
    ?.toUpperCase()
  const other = claimed !== undefined && !claimed.startsWith(dtype) ? claimed : null
  const known = readable(format)
    .map((quant) => quant.dtype)
    .join(', ')
  return new EngineError(
    'DTYPE_UNSUPPORTED',
    `Cannot use "${file}": ${same.length} of its ${tensors.size} tensors ${same.length === 1 ? 'is' : 'are'} stored as ${dtype} (${where})${other ? `, though its name says ${other}` : ''}. Glassbox reads ${known}. ${gguf ? 'Choose another file of the same model, for example Q4_K_M, Q8_0 or F16.' : 'Choose a repository of the same model in BF16 or F16, or a Q8_0 GGUF of it.'}`,
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
  const scratch = options.scratch ?? new Scratch()
  try {
    for (const part of parts) {
      const tensor = find(checkpoint, part, cols)
      const layout = partLayout(checkpoint, tensor, part.rows, cols, target)
      const native = nativeLayout(checkpoint, tensor, part.rows, cols)
      const writers = { codes: new PlaneWriter('codes', at.codes), scales: new PlaneWriter('scales', at.scales) }
      const scales = layout.format === native.format ? null : await scalesOfWhole(checkpoint, part, layout, options)
      for await (const planes of readPlanes(tensor, layout, native, scratch, options)) {
        if (planes.codes) yield* writers.codes.push(planes.codes)
        if (planes.scales && !scales) yield* writers.scales.push(planes.scales)
      }
      if (scales) yield* writers.scales.push(scales)
      yield* writers.codes.end()
      yield* writers.scales.end()
      at.codes += codesBytes(layout)
      at.scales += scalesBytes(layout)
    }
  } finally {
    if (!options.scratch) scratch.release()
  }
}

/** Those of a slice, where the format's scales depend on the whole tensor; null where its own rows are all they need. */
async function scalesOfWhole(
  checkpoint: Checkpoint,
  { tensor, slice, transpose }: WeightPart,
  { format, cols }: WeightLayout,
  { signal, chunkBytes = defaultChunk }: ReadOptions,
): Promise<Uint8Array | null> {
  if (!slice) return null
  const whole = find(checkpoint, { tensor, transpose }, cols)
  const native = nativeLayout(checkpoint, whole, whole.shape[0]!, cols)
  let scales = wholes.get(checkpoint)
  if (!scales) wholes.set(checkpoint, (scales = new WholeScales()))
  const scratch = new Scratch()
  try {
    return await scales.of(tensor, format, native, slice, () =>
      readValues(whole, native, scratch, { signal, chunkBytes }),
    )
  } finally {
    scratch.release()
  }
}

/**
 * What some rows of a part hold, as the file has it, row after row in memory of their own.
 * @param rows their numbers in the part
 */
export async function readSample(
  checkpoint: Checkpoint,
  part: Omit<WeightPart, 'rows'>,
  cols: number,
  rows: readonly number[],
  { signal, chunkBytes = defaultChunk }: ReadOptions = {},
): Promise<Float32Array> {
  const tensor = takeRows(find(checkpoint, part, cols), (i) => rows[i]!, rows.length)
  const layout = nativeLayout(checkpoint, tensor, rows.length, cols)
  const out = new Float32Array(rows.length * cols)
  const scratch = new Scratch()
  let at = 0
  try {
    for await (const values of readValues(tensor, layout, scratch, { signal, chunkBytes })) {
      out.set(values, at)
      at += values.length
    }
  } finally {
    scratch.release()
  }
  return out
}

/** Values packed as a matrix of that layout, in memory. @throws NUMERIC for what the format cannot hold */
export function packValues(tensor: string, layout: WeightLayout, values: Float32Array): WeightData {
  const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
  const at = { codes: 0, scales: 0 }
  const put = (given: Planes): void => {
    for (const plane of ['codes', 'scales'] as const) {
      const bytes = given[plane]
      if (!bytes) continue
      planes[plane].set(bytes, at[plane])
      at[plane] += bytes.length
    }
  }
  const encoder = quantOf(layout.format).encode!(tensor, layout, new Scratch())
  put(encoder.push(values))
  put(encoder.end())
  return { ...layout, codes: new Uint32Array(planes.codes.buffer), scales: new Uint32Array(planes.scales.buffer) }
}

async function* readPlanes(
  tensor: CheckpointTensor,
  layout: WeightLayout,
  native: Native,
  scratch: Scratch,
  { signal, chunkBytes = defaultChunk }: ReadOptions,
): AsyncGenerator<Planes> {
  const { name, dtype, data } = tensor
  const { stored, decode } = quantOf(native.format)
  if (layout.format !== native.format) {
    // codes are taken apart and put together in memory of their own: both sides call theirs "codes"
    const taken = decode ? scratch : new Scratch()
    try {
      const encoder = quantOf(layout.format).encode!(name, layout, scratch)
      for await (const values of readValues(tensor, native, taken, { signal, chunkBytes })) yield encoder.push(values)
      yield encoder.end()
    } finally {
      if (taken !== scratch) taken.release()
    }
    return
  }
  if (data.packed) {
    yield* data.packed.planes(name, scratch, { signal, chunkBytes })
    return
  }
  for await (const bytes of fileRows(tensor, native, scratch, { signal, chunkBytes })) {
    if (stored) {
      checkFactors(name, bytes, stored)
      yield stored.planes(bytes, scratch)
    } else {
      const codes = quantOfDtype(dtype) ? bytes : bytesOf(decodeFloats(dtype, bytes, scratch))
      checkFloats(name, codes, native.format)
      yield { codes }
    }
  }
}

/**
 * Plain floats (norm gain, bias, a small table), or a slice of them, as f32, row after row.
 * @param options.shape that the tensor must have, where it has more than one axis
 * @throws TENSOR_MISSING, TENSOR_SHAPE, DTYPE_UNSUPPORTED; NUMERIC for a value that is not finite
 */
export async function readVector(
  checkpoint: Checkpoint,
  name: string,
  { signal, slice, shape: need }: { signal?: AbortSignal; slice?: RowSlice; shape?: readonly number[] } = {},
): Promise<Float32Array> {
  const tensor = find(checkpoint, { tensor: name, slice })
  const { dtype, shape, data } = tensor
  const length = shape.reduce((a, b) => a * b, 1)
  if (need ? !folds(shape, need) : shape.length !== 1) throw wrongShape(tensor, [...(need ?? [length])])
  if (!isFloat(dtype, checkpoint.format)) throw unsupported(checkpoint, tensor)
  checkHeads(tensor)
  const [rows = 1, ...rest] = shape,
    width = rest.reduce((a, b) => a * b, 1)
  const out = new Float32Array(length)
  let at = 0
  for await (const bytes of readRows(data, rows, width * floatBytes(dtype), defaultChunk, new Scratch(), signal)) {
    const values = decodeFloats(dtype, bytes)
    out.set(values, at)
    at += values.length
  }
  if (!out.every(Number.isFinite)) throw notFinite(name)
  return out
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
