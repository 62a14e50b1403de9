// The head of a GGUF file, versions 2 and 3, little-endian (ggml/docs/gguf.md):
//
//   "GGUF", u32 version, u64 tensors, u64 pairs
//   pairs:    string key, u32 type, value
//   tensors:  string name, u32 n, u64 dims[n] (fastest first), u32 GGML type, u64 offset
//   padding to `general.alignment`, then the tensors' bytes
//
// Checks what ggml checks, and that every count fits the file. Names stay GGUF's own; see gguf-names.ts.
// Long lists that nothing computes with are passed over: their length is the file's claim.

import { EngineError } from '../errors.ts'
import { readable } from '../quants/weight.ts'
import type { ByteSource } from './bytes.ts'
import { ggmlTypes, removedTypes } from './ggml-types.ts'
import { GgufCursor } from './gguf-cursor.ts'
import { plainly } from '../shown.ts'

export interface GgufTensor {
  name: string
  /** dims in Hugging Face order: slowest first */
  shape: number[]
  dtype: string
  /** bytes in the file: [begin, end) */
  begin: number
  end: number
}

export interface Gguf {
  metadata: Map<string, unknown>
  tensors: GgufTensor[]
}

/** lists of strings that are computed with; others are kept while they are short */
const usedLists: ReadonlySet<string> = new Set(['tokenizer.ggml.tokens', 'tokenizer.ggml.merges'])
const maxUsed = 1_000_000
const maxIdle = 1024

export const maxGgufTensors = 100_000
export const maxPairs = 100_000
const maxKeyBytes = 65_535
const maxNameBytes = 63
const maxStringBytes = 16 * 2 ** 20
const maxElements = 2 ** 24
const maxKeptElements = 2 ** 20
const maxAlignment = 2 ** 20
const alignmentKey = 'general.alignment'
/** a value's type */
const U32 = 4
/** a version that may be written one day; what is above is no version */
const newestVersion = 99

/** Reads and checks the head of one file; reads no tensor. */
export async function readGguf(source: ByteSource, signal?: AbortSignal): Promise<Gguf> {
  const cursor: GgufCursor = new GgufCursor(source, signal)
  const counts = await cursor.take(() => readCounts(cursor))
  const metadata = new Map<string, unknown>()
  const keys = new Set<string>()
  for (let i = 0; i < counts.pairs; i++) {
    const at = cursor.at
    const [key, value] = await readPair(cursor)
    if (keys.has(key)) cursor.fail(`the key "${key.slice(0, 100)}" appears twice`, at)
    keys.add(key)
    if (value !== undefined) metadata.set(key, value)
  }
  const alignment = metadata.get(alignmentKey) ?? 32
  if (
    typeof alignment !== 'number' ||
    !(alignment >= 1 && alignment <= maxAlignment) ||
    2 ** Math.round(Math.log2(alignment)) !== alignment
  ) {
    cursor.fail(`${alignmentKey} must be a power of two, the file has ${plainly(alignment, 40)}`)
  }
  const tensors: GgufTensor[] = []
  const names = new Set<string>()
  let next = 0
  for (let i = 0; i < counts.tensors; i++) {
    const at = cursor.at
    const tensor = await cursor.take(() => readTensorInfo(cursor))
    if (names.has(tensor.name)) cursor.fail(`the tensor "${tensor.name}" appears twice`, at)
    if (tensor.begin !== next) {
      cursor.fail(`tensor "${tensor.name}" must begin at offset ${next}, the file says ${tensor.begin}`, at)
    }
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
      throw new EngineError(
        'FILE_TRUNCATED',
        `Cannot read "${source.name}": tensor "${tensor.name}" ends beyond the file, which needs ${dataStart + next} bytes and has ${source.size}. The download stopped early; fetch it again.`,
        { file: source.name, what: `tensor "${tensor.name}"`, needed: dataStart + next, size: source.size },
      )
    }
  }
  return { metadata, tensors }
}

const alignUp = (n: number, alignment: number): number => Math.ceil(n / alignment) * alignment

function readCounts(cursor: GgufCursor): { tensors: number; pairs: number } {
  const file = cursor.source.name
  const magic = cursor.u32()
  if (magic !== 0x46554747 && magic !== 0x47475546) {
    throw new EngineError('FILE_FORMAT', `Cannot read "${file}": it does not begin with "GGUF".`, {
      file,
      found: 'unknown',
    })
  }
  const version = cursor.u32()
  if (magic === 0x47475546 || ((version & 0xffff) === 0 && version !== 0)) {
    throw new EngineError(
      'FILE_FORMAT',
      `Cannot read "${file}": it is a big-endian GGUF, made for another kind of processor. Use the little-endian file of the same model.`,
      { file, found: 'gguf-big-endian' },
    )
  }
  if (version === 0 || version > newestVersion) {
    cursor.fail(`it says to be GGUF version ${version}, which no program writes`, 4)
  }
  if (version !== 2 && version !== 3) {
    const found = version === 1 ? 'gguf-old' : 'gguf-new'
    throw new EngineError(
      'FILE_FORMAT',
      `Cannot read "${file}": it is GGUF version ${version}, versions 2 and 3 are supported. ${version === 1 ? 'Convert the model again with a current llama.cpp, or take a newer file of it.' : 'It was made after this version of Glassbox: take a newer Glassbox, or a file of version 3.'}`,
      { file, found, version },
    )
  }
  return {
    tensors: cursor.count('the number of tensors', maxGgufTensors),
    pairs: cursor.count('the number of keys', maxPairs),
  }
}

async function readPair(cursor: GgufCursor): Promise<[string, unknown]> {
  const at = cursor.at
  const [key, type] = await cursor.take(() => [cursor.string('a key', maxKeyBytes), cursor.u32()] as const)
  if (key === '') cursor.fail('a key is empty', at)
  // as ggml asks for it
  if (key === alignmentKey && type !== U32) cursor.fail(`${key} must be a u32, the file has value type ${type}`, at)
  return [key, type === 9 ? await readArray(cursor, key) : await cursor.take(() => readScalar(cursor, type, key))]
}

/** Texts that decide how the model runs must be text; a name or a licence may hold whatever its author typed. */
const isExact = (key: string): boolean => key === 'general.architecture' || key.startsWith('tokenizer.')

function readScalar(cursor: GgufCursor, type: number, key: string): unknown {
  switch (type) {
    case 0:
      return cursor.u8()
    case 1:
      return cursor.i8()
    case 2:
      return cursor.u16()
    case 3:
      return cursor.i16()
    case 4:
      return cursor.u32()
    case 5:
      return cursor.i32()
    case 6:
      return cursor.f32()
    case 7: {
      const value = cursor.u8()
      if (value > 1) cursor.fail(`the value of "${key.slice(0, 100)}" is neither true nor false`, cursor.at - 1)
      return value === 1
    }
    case 8:
      return cursor.string(`the value of "${key.slice(0, 100)}"`, maxStringBytes, isExact(key))
    case 10:
      return safe(cursor.u64())
    case 11:
      return safe(cursor.i64())
    case 12:
      return cursor.f64()
    default:
      return cursor.fail(`"${key.slice(0, 100)}" has the unknown value type ${type}`, cursor.at - 4)
  }
}

/** a number when it can be one */
const safe = (value: bigint): number | bigint => (BigInt.asIntN(54, value) === value ? Number(value) : value)

// bytes per element and the typed array, by value type; bool is 7, string 8
const arrays: ReadonlyMap<number, [number, new (buffer: ArrayBuffer) => unknown]> = new Map<
  number,
  [number, new (buffer: ArrayBuffer) => unknown]
>([
  [0, [1, Uint8Array]],
  [1, [1, Int8Array]],
  [2, [2, Uint16Array]],
  [3, [2, Int16Array]],
  [4, [4, Uint32Array]],
  [5, [4, Int32Array]],
  [6, [4, Float32Array]],
  [7, [1, Uint8Array]],
  [10, [8, BigUint64Array]],
  [11, [8, BigInt64Array]],
  [12, [8, Float64Array]],
])

/** undefined for a list that was passed over */
async function readArray(cursor: GgufCursor, key: string): Promise<unknown> {
  const quoted = `the list "${key.slice(0, 100)}"`
  const used = usedLists.has(key)
  const [type, count] = await cursor.take(
    () => [cursor.u32(), cursor.count(`the length of ${quoted}`, used ? maxUsed : maxElements)] as const,
  )
  if (type === 8) return readStrings(cursor, quoted, count, used)
  const element = arrays.get(type)
  if (!element) {
    return cursor.fail(
      type === 9 ? `${quoted} holds lists, which is not allowed` : `${quoted} has the unknown value type ${type}`,
    )
  }
  if (count > maxKeptElements) return cursor.skip(count * element[0], quoted)
  return cursor.take(() => new element[1](cursor.bytes(count * element[0], quoted).buffer as ArrayBuffer))
}

async function readStrings(
  cursor: GgufCursor,
  quoted: string,
  count: number,
  used: boolean,
): Promise<string[] | undefined> {
  cursor.require(count * 8, quoted)
  const strings: string[] = []
  const kept = used || count <= maxIdle
  let i = 0
  const what = () => `entry ${i} of ${quoted}`
  await cursor.take(() => {
    for (; i < count; cursor.mark()) {
      if (kept) strings.push(cursor.string(what, maxStringBytes, used))
      else cursor.skipString(what, maxStringBytes)
      i++
    }
  })
  return kept ? strings : undefined
}

const oneOf = (names: string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

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
    const dtype = removedTypes.get(id) ?? `GGML type ${id}`
    throw new EngineError(
      'DTYPE_UNSUPPORTED',
      `Cannot read "${cursor.source.name}": tensor "${name}" has the type ${dtype}, which is ${removedTypes.has(id) ? 'removed from GGUF' : 'newer than this version, or of another program'}. Choose a file of the model in ${oneOf(readable('gguf').map(({ dtype }) => dtype!))}.`,
      { file: cursor.source.name, tensor: name, dtype },
    )
  }
  if ((shape.at(-1) ?? 1) % type.block !== 0) {
    cursor.fail(`tensor "${name}" has rows of ${shape.at(-1) ?? 1}, ${type.name} needs a multiple of ${type.block}`, at)
  }
  const begin = cursor.count(`the offset of tensor "${name}"`, Number.MAX_SAFE_INTEGER)
  return { name, shape, dtype: type.name, begin, end: begin + (count / type.block) * type.bytes }
}
