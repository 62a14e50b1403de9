// Helpers for tests: read fixtures from disk, write small safetensors and GGUF files, gather a
// weight's planes. Runs in Node; never imported by the product.

import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { families } from '../model/families/index.ts'
import { codesBytes, scalesBytes, type WeightData } from '../quants/weight.ts'
import { bytesSource, type ByteSource, type ModelFiles } from './bytes.ts'
import { openCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './types.ts'
import { planWeight, readWeight, type ReadOptions, type WeightPart, type WeightTarget } from './weights.ts'

/** Names of all files of a folder, those of folders in it with their path: "1_Pooling/config.json". */
export const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.relative(folder, path.posix.join(entry.parentPath, entry.name)))

/** All files of a folder under the repository's root. */
export function folderFiles(folder: string): ModelFiles {
  return new Map(namesIn(folder).map((name) => [name, bytesSource(name, readFileSync(`${folder}/${name}`))]))
}

export const filesOf = (entries: Record<string, Uint8Array | string>): ModelFiles =>
  new Map<string, ByteSource>(
    Object.entries(entries).map(([name, data]) => [
      name,
      bytesSource(name, typeof data === 'string' ? new TextEncoder().encode(data) : data),
    ]),
  )

/** Opens files as the engine does. */
export const openModelFiles = (files: ModelFiles, signal?: AbortSignal): Promise<Checkpoint> =>
  openCheckpoint(files, families, signal)

export const openFiles = async (entries: Record<string, Uint8Array | string>): Promise<Checkpoint> =>
  await openModelFiles(filesOf(entries))

export interface TensorToWrite {
  name: string
  dtype: string
  shape: number[]
  bytes: Uint8Array
}

/** A safetensors file, tensors in the order given. */
export function writeSafetensors(tensors: TensorToWrite[], metadata?: Record<string, string>): Uint8Array {
  let at = 0
  const entries = tensors.map(({ name, dtype, shape, bytes }) => [
    name,
    { dtype, shape, data_offsets: [at, (at += bytes.length)] },
  ])
  const header = JSON.stringify(Object.fromEntries([...(metadata ? [['__metadata__', metadata]] : []), ...entries]))
  return rawSafetensors(header, concat(tensors.map(({ bytes }) => bytes)))
}

/** Any text as header, any bytes as data. */
export function rawSafetensors(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true)
  return concat([length, text, data])
}

export function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** The planes of a weight in memory. Fails when a chunk is unaligned, overlaps another or leaves a hole. */
export async function gatherWeight(
  checkpoint: Checkpoint,
  parts: WeightPart[],
  cols: number,
  target: WeightTarget,
  options?: ReadOptions,
): Promise<WeightData> {
  const { layout } = planWeight(checkpoint, parts, cols, target)
  const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
  const filled = { codes: 0, scales: 0 }
  for await (const { plane, offset, bytes } of readWeight(checkpoint, parts, cols, target, options)) {
    if (offset % 4 || bytes.length % 4) throw new Error(`unaligned chunk ${offset} + ${bytes.length}`)
    if (offset !== filled[plane]) throw new Error(`chunk at ${offset}, expected ${filled[plane]}`)
    planes[plane].set(bytes, offset)
    filled[plane] += bytes.length
  }
  for (const plane of ['codes', 'scales'] as const) {
    if (filled[plane] !== planes[plane].length) {
      throw new Error(`${plane}: ${filled[plane]} of ${planes[plane].length} bytes`)
    }
  }
  return { ...layout, codes: new Uint32Array(planes.codes.buffer), scales: new Uint32Array(planes.scales.buffer) }
}

/** Whole numbers from 0 become u32, other numbers f32; `value` with a GGUF type id forces one. */
export type GgufValue =
  | string
  | boolean
  | number
  | string[]
  | Float32Array
  | Int32Array
  | Uint32Array
  | Uint8Array
  | { type: number; bytes: Uint8Array }

/** shape in Hugging Face order; `type` is a GGML type id */
export interface GgufTensorToWrite {
  name: string
  shape: number[]
  type: number
  bytes: Uint8Array
}

/** A GGUF file; `offsets` overrides where tensors claim to begin. */
export function writeGguf(
  kv: Record<string, GgufValue>,
  tensors: GgufTensorToWrite[],
  { version = 3, alignment = 32, offsets = [] as number[] } = {},
): Uint8Array {
  const u32 = (n: number): Uint8Array => new Uint8Array(Uint32Array.of(n).buffer)
  const u64 = (n: number | bigint): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(n)).buffer)
  const string = (text: string): Uint8Array => {
    const bytes = new TextEncoder().encode(text)
    return concat([u64(bytes.length), bytes])
  }
  const typed = (value: GgufValue): Uint8Array => {
    if (typeof value === 'string') return concat([u32(8), string(value)])
    if (typeof value === 'boolean') return concat([u32(7), Uint8Array.of(Number(value))])
    if (typeof value === 'number') {
      return Number.isInteger(value) && value >= 0
        ? concat([u32(4), u32(value)])
        : concat([u32(6), new Uint8Array(Float32Array.of(value).buffer)])
    }
    if (Array.isArray(value)) return concat([u32(9), u32(8), u64(value.length), ...value.map(string)])
    if (!ArrayBuffer.isView(value)) return concat([u32(value.type), value.bytes])
    const id =
      value instanceof Float32Array ? 6 : value instanceof Int32Array ? 5 : value instanceof Uint32Array ? 4 : 0
    return concat([
      u32(9),
      u32(id),
      u64(value.length),
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
    ])
  }
  const padded = (bytes: Uint8Array): Uint8Array =>
    concat([bytes, new Uint8Array((alignment - (bytes.length % alignment)) % alignment)])
  let at = 0
  const infos = tensors.map(({ name, shape, type, bytes }, i) => {
    const offset = offsets[i] ?? at
    at += padded(bytes).length
    return concat([string(name), u32(shape.length), ...[...shape].reverse().map(u64), u32(type), u64(offset)])
  })
  const head = concat([
    new TextEncoder().encode('GGUF'),
    u32(version),
    u64(tensors.length),
    u64(Object.keys(kv).length),
    ...Object.entries(kv).map(([key, value]) => concat([string(key), typed(value)])),
    ...infos,
  ])
  return concat([padded(head), ...tensors.map(({ bytes }) => padded(bytes))])
}

/** The key/values a llama needs at least. */
export const llamaKeys = (changes: Record<string, GgufValue> = {}): Record<string, GgufValue> => ({
  'general.architecture': 'llama',
  'llama.embedding_length': 32,
  'llama.block_count': 1,
  'llama.attention.head_count': 4,
  'llama.attention.head_count_kv': 2,
  'llama.feed_forward_length': 48,
  'llama.context_length': 64,
  'llama.attention.layer_norm_rms_epsilon': { type: 6, bytes: new Uint8Array(Float32Array.of(1e-6).buffer) },
  ...changes,
})

/** A GGUF whose last tensor of that name, a matrix, says to be of another type that needs no more bytes. */
export function withGgufType(file: Uint8Array, tensor: string, type: number): Uint8Array {
  const bytes = Buffer.from(file)
  // behind the name: the number of dimensions, both of them, the type
  bytes.writeUInt32LE(type, bytes.lastIndexOf(tensor) + tensor.length + 4 + 2 * 8)
  return bytes
}
