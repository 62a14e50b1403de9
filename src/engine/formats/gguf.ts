// The head of a GGUF file, versions 2 and 3, little-endian (ggml/docs/gguf.md):
//
//   "GGUF", u32 version, u64 tensors, u64 pairs
//   pairs:    string key, u32 type, value
//   tensors:  string name, u32 n, u64 dims[n] (fastest first), u32 GGML type, u64 offset
//   padding to `general.alignment`, then the tensors' bytes
//
// Checks what ggml checks, and that every count fits the file. Names stay GGUF's own; see names.ts.

import { EngineError } from '../errors.ts'
import type { ByteSource } from './bytes.ts'
import { ggmlTypes } from './ggml-types.ts'
import { GgufCursor } from './gguf-cursor.ts'

export interface GgufTensor {
  name: string
  /** dims in Hugging Face order: slowest first */
  shape: number[]
  dtype: string
  /** bytes in the file: [begin, end) */
  begin: number
  end: number
}

export interface Gguf { metadata: Map<string, unknown>; tensors: GgufTensor[] }

export const maxGgufTensors = 100_000
export const maxPairs = 100_000
const maxKeyBytes = 65_535
const maxNameBytes = 63
const maxStringBytes = 16 * 2 ** 20
const maxElements = 2 ** 24
const maxAlignment = 2 ** 20

/** Reads and checks the head of one file; reads no tensor. */
export async function readGguf(source: ByteSource, signal?: AbortSignal): Promise<Gguf> {
  const cursor: GgufCursor = new GgufCursor(source, signal)
  const counts = await cursor.take(() => readCounts(cursor))
  const metadata = new Map<string, unknown>()
  for (let i = 0; i < counts.pairs; i++) {
    const at = cursor.at
    const [key, value] = await cursor.take(() => readPair(cursor))
    if (metadata.has(key)) cursor.fail(`the key "${key.slice(0, 100)}" appears twice`, at)
    metadata.set(key, value)
  }
  const alignment = metadata.get('general.alignment') ?? 32
  if (typeof alignment !== 'number' || !(alignment >= 1 && alignment <= maxAlignment) || 2 ** Math.round(Math.log2(alignment)) !== alignment) {
    cursor.fail(`general.alignment must be a power of two, the file has ${String(alignment).slice(0, 40)}`)
  }
  const tensors: GgufTensor[] = []
  const names = new Set<string>()
  let next = 0
  for (let i = 0; i < counts.tensors; i++) {
    const at = cursor.at
    const tensor = await cursor.take(() => readTensorInfo(cursor))
    if (names.has(tensor.name)) cursor.fail(`the tensor "${tensor.name}" appears twice`, at)
    if (tensor.begin !== next) cursor.fail(`tensor "${tensor.name}" must begin at offset ${next}, the file says ${tensor.begin}`, at)
    next = alignUp(tensor.end, alignment)
    if (!Number.isSafeInteger(next)) cursor.fail(`tensor "${tensor.name}" ends beyond 2^53`, at)
    names.add(tensor.name)
    tensors.push(tensor)
  }
  cursor.close()
  const dataStart = alignUp(cursor.at, alignment)
  for (const tensor of tensors) {
    tensor.begin += dataStart
    tensor.end += dataStart
    if (tensor.end > source.size) {
      throw new EngineError('FILE_TRUNCATED', `Cannot read "${source.name}": tensor "${tensor.name}" ends beyond the file, which needs ${dataStart + next} bytes and has ${source.size}. The download stopped early; fetch it again.`,
        { file: source.name, what: `tensor "${tensor.name}"`, needed: dataStart + next, size: source.size })
    }
  }
  return { metadata, tensors }
}

const alignUp = (n: number, alignment: number): number => Math.ceil(n / alignment) * alignment

function readCounts(cursor: GgufCursor): { tensors: number; pairs: number } {
  const file = cursor.source.name
  if (cursor.u32() !== 0x46554747) throw new EngineError('FILE_FORMAT', `Cannot read "${file}": it does not begin with "GGUF".`, { file, found: 'unknown' })
  const version = cursor.u32()
  if ((version & 0xffff) === 0) throw new EngineError('FILE_FORMAT', `Cannot read "${file}": it is a big-endian GGUF. Use the little-endian file of the same model.`, { file, found: 'GGUF, big-endian' })
  if (version !== 2 && version !== 3) {
    throw new EngineError('FILE_FORMAT', `Cannot read "${file}": it is GGUF version ${version}, versions 2 and 3 are supported. Convert the model again with a current llama.cpp.`, { file, found: `GGUF ${version}` })
  }
  return { tensors: cursor.count('the number of tensors', maxGgufTensors), pairs: cursor.count('the number of keys', maxPairs) }
}

function readPair(cursor: GgufCursor): [string, unknown] {
  const at = cursor.at
  const key = cursor.string('a key', maxKeyBytes)
  if (key === '') cursor.fail('a key is empty', at)
  const type = cursor.u32()
  return [key, type === 9 ? readArray(cursor, key) : readScalar(cursor, type, key)]
}

function readScalar(cursor: GgufCursor, type: number, key: string): unknown {
  switch (type) {
    case 0: return cursor.u8()
    case 1: return cursor.i8()
    case 2: return cursor.u16()
    case 3: return cursor.i16()
    case 4: return cursor.u32()
    case 5: return cursor.i32()
    case 6: return cursor.f32()
    case 7: {
      const value = cursor.u8()
      if (value > 1) cursor.fail(`the value of "${key.slice(0, 100)}" is neither true nor false`, cursor.at - 1)
      return value === 1
    }
    case 8: return cursor.string(`the value of "${key.slice(0, 100)}"`, maxStringBytes)
    case 10: return safe(cursor.u64())
    case 11: return safe(cursor.i64())
    case 12: return cursor.f64()
    default: return cursor.fail(`"${key.slice(0, 100)}" has the unknown value type ${type}`, cursor.at - 4)
  }
}

/** a number when it can be one */
const safe = (value: bigint): number | bigint => BigInt.asIntN(54, value) === value ? Number(value) : value

// bytes per element and the typed array, by value type; bool is 7, string 8
const arrays: ReadonlyMap<number, [number, new (buffer: ArrayBuffer) => unknown]> = new Map<number, [number, new (buffer: ArrayBuffer) => unknown]>([
  [0, [1, Uint8Array]], [1, [1, Int8Array]], [2, [2, Uint16Array]], [3, [2, Int16Array]], [4, [4, Uint32Array]], [5, [4, Int32Array]],
  [6, [4, Float32Array]], [7, [1, Uint8Array]], [10, [8, BigUint64Array]], [11, [8, BigInt64Array]], [12, [8, Float64Array]],
])

function readArray(cursor: GgufCursor, key: string): unknown {
  const quoted = `the list "${key.slice(0, 100)}"`
  const type = cursor.u32()
  const count = cursor.count(`the length of ${quoted}`, maxElements)
  if (type === 8) {
    cursor.require(count * 8, quoted)
    const strings: string[] = []
    for (let i = 0; i < count; i++) strings.push(cursor.string(`an entry of ${quoted}`, maxStringBytes))
    return strings
  }
  const element = arrays.get(type)
  if (!element) return cursor.fail(type === 9 ? `${quoted} holds lists, which is not allowed` : `${quoted} has the unknown value type ${type}`)
  return new element[1](cursor.bytes(count * element[0], quoted).buffer as ArrayBuffer)
}

/** begin and end count from the start of the data */
function readTensorInfo(cursor: GgufCursor): GgufTensor {
  const at = cursor.at
  const name = cursor.string('a tensor name', maxNameBytes)
  const dims = cursor.u32()
  if (dims > 4) cursor.fail(`tensor "${name}" has ${dims} dimensions, at most 4 are allowed`, at)
  const shape: number[] = []
  let count = 1
  for (let i = 0; i < dims; i++) {
    const dim = cursor.count(`a dimension of tensor "${name}"`, 2 ** 40)
    if (dim === 0) cursor.fail(`tensor "${name}" has a dimension of 0`, at)
    shape.unshift(dim)
    count *= dim
    if (count > Number.MAX_SAFE_INTEGER) cursor.fail(`tensor "${name}" has more than 2^53 elements`, at)
  }
  const id = cursor.u32()
  const type = ggmlTypes.get(id)
  if (!type) {
    throw new EngineError('DTYPE_UNSUPPORTED', `Cannot read "${cursor.source.name}": tensor "${name}" has the GGML type ${id}, which is removed or newer than this version knows. Choose an F16, BF16, Q8_0, Q4_0 or Q4_1 file of the model.`,
      { file: cursor.source.name, tensor: name, dtype: `GGML type ${id}` })
  }
  if ((shape.at(-1) ?? 1) % type.block !== 0) cursor.fail(`tensor "${name}" has rows of ${shape.at(-1) ?? 1}, ${type.name} needs a multiple of ${type.block}`, at)
  const begin = cursor.count(`the offset of tensor "${name}"`, Number.MAX_SAFE_INTEGER)
  return { name, shape, dtype: type.name, begin, end: begin + (count / type.block) * type.bytes }
}
