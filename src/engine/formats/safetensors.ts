// The safetensors header: u64 length N, N bytes of JSON, then the tensors' bytes.
// Strict: what the specification forbids (duplicate keys, holes, overlaps, aliases, bytes left
// over) is refused, and every number is checked before anything is allocated by it.
// Knows nothing of models; bitsandbytes' extra tensors are grouped in bnb.ts.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource } from './bytes.ts'
import { JsonScanner } from './json.ts'

/** Bits per element of every dtype a safetensors file may hold. */
const safetensorsBits: ReadonlyMap<string, number> = new Map([
  ['BOOL', 8],
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
])

export const maxHeaderBytes = 25_000_000
export const maxTensors = 100_000
export const maxNameLength = 1024
export const maxDims = 8
const maxDim = 2 ** 32

export interface SafetensorsEntry {
  name: string
  dtype: string
  shape: number[]
  /** bytes in the file: [begin, end) */
  begin: number
  end: number
}

export interface SafetensorsHeader {
  entries: Map<string, SafetensorsEntry>
  metadata: Map<string, string>
}

/** Reads and checks the header of one file; reads no tensor. */
export async function readSafetensors(source: ByteSource, signal?: AbortSignal): Promise<SafetensorsHeader> {
  const { name: file, size } = source
  if (size < 8) throw truncated(file, 'the header length', 8, size)
  const prefix = await source.read(0, 8, signal)
  checkAborted(signal)
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true))
  if (length > maxHeaderBytes) {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot read "${file}": its header claims ${length} bytes, at most ${maxHeaderBytes} are allowed. It is damaged or not a safetensors file.`,
      { file, bytes: length, limit: maxHeaderBytes },
    )
  }
  if (8 + length > size) throw truncated(file, 'the header', 8 + length, size)
  const bytes = await source.read(8, length, signal)
  checkAborted(signal)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot read "${file}": its header is not UTF-8 text. It is damaged or not a safetensors file.`,
      { file },
      { cause },
    )
  }
  return parseHeader(file, text, 8 + length, size)
}

/** @param dataStart where the header ends; offsets in the header count from there */
export function parseHeader(file: string, text: string, dataStart: number, fileSize: number): SafetensorsHeader {
  const scan = new JsonScanner(text, file, 'safetensors header')
  if (text[0] !== '{') scan.fail('the first character must be {')
  const entries = new Map<string, SafetensorsEntry>()
  const metadata = new Map<string, string>()
  scan.object((name) => {
    if (name === '__metadata__') {
      scan.object((key) => {
        metadata.set(key, scan.string())
      })
      return
    }
    if (name.length > maxNameLength) scan.fail(`a tensor name is longer than ${maxNameLength} characters`)
    if (entries.size === maxTensors) scan.fail(`there are more than ${maxTensors} tensors`)
    entries.set(name, scanEntry(scan, name, dataStart))
  })
  while (text[scan.at] === ' ') scan.at++
  if (scan.at !== text.length) scan.fail('only spaces may follow the closing }')
  checkOffsets(file, scan, [...entries.values()], dataStart, fileSize)
  return { entries, metadata }
}

function scanEntry(scan: JsonScanner, name: string, dataStart: number): SafetensorsEntry {
  const quoted = (): string => `tensor "${name.slice(0, 100)}"`
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  const start = scan.at
  scan.object((key) => {
    if (key === 'dtype') dtype = scan.string()
    else if (key === 'shape') {
      const dims: number[] = (shape = [])
      scan.array(() => {
        if (dims.length === maxDims) scan.fail(`${quoted()} has more than ${maxDims} dimensions`)
        dims.push(scan.uint())
      })
    } else if (key === 'data_offsets') {
      const pair: number[] = (offsets = [])
      scan.array(() => {
        if (pair.push(scan.uint()) > 2) scan.fail(`${quoted()} needs exactly two data_offsets`)
      })
    } else scan.skip()
  })
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    scan.fail(`${quoted()} lacks dtype, shape or data_offsets`, start)
  }
  const bits = safetensorsBits.get(dtype)
  if (bits === undefined) scan.fail(`${quoted()} has the unknown dtype "${dtype.slice(0, 40)}"`, start)
  const [begin, end] = offsets
  if (begin === undefined || end === undefined) scan.fail(`${quoted()} needs exactly two data_offsets`, start)
  if (end < begin) scan.fail(`${quoted()} ends before it begins`, start)
  let count = 1
  for (const dim of shape) {
    if (dim > maxDim) scan.fail(`${quoted()} has a dimension above 2^32`, start)
    count *= dim
    if (count > Number.MAX_SAFE_INTEGER) scan.fail(`${quoted()} has more than 2^53 elements`, start)
  }
  const size = count * bits
  if (!Number.isSafeInteger(size) || size !== (end - begin) * 8) {
    scan.fail(
      `${quoted()}, ${dtype} of shape (${shape.join(', ')}), needs ${size / 8} bytes but its offsets span ${end - begin}`,
      start,
    )
  }
  if (!Number.isSafeInteger(dataStart + end)) scan.fail(`${quoted()} ends beyond 2^53`, start)
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end }
}

function checkOffsets(
  file: string,
  scan: JsonScanner,
  entries: SafetensorsEntry[],
  dataStart: number,
  fileSize: number,
): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let at = dataStart
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      scan.fail(
        `tensor "${name.slice(0, 100)}" begins at byte ${begin}, the one before ends at ${at}: no holes or overlaps are allowed`,
      )
    }
    at = end
  }
  const last = entries.at(-1)
  if (at > fileSize) {
    throw truncated(
      file,
      `tensor "${(entries.find((e) => e.end > fileSize) ?? last!).name.slice(0, 100)}"`,
      at,
      fileSize,
    )
  }
  if (at < fileSize) scan.fail(`${fileSize - at} bytes follow the last tensor`)
}

function truncated(file: string, what: string, needed: number, size: number): EngineError {
  return new EngineError(
    'FILE_TRUNCATED',
    `Cannot read "${file}": ${what} ends beyond the file, which needs ${needed} bytes and has ${size}. The download stopped early; fetch it again.`,
    { file, what, needed, size },
  )
}
