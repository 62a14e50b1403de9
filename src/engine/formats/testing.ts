// Helpers for tests: read fixtures from disk, write small safetensors and GGUF files, gather a
// weight's planes. Runs in Node; never imported by the product.

import { readFileSync, readdirSync } from 'node:fs'
import { codesBytes, scalesBytes, type WeightData } from '../tensor/format.ts'
import { bytesSource, type ByteSource, type ModelFiles } from './bytes.ts'
import type { Checkpoint } from './checkpoint.ts'
import { planWeight, readWeight, type ReadOptions, type WeightPart, type WeightTarget } from './weights.ts'

/** All files of a folder under the repository's root. */
export function folderFiles(folder: string): ModelFiles {
  return new Map(readdirSync(folder).map((name) => [name, bytesSource(name, readFileSync(`${folder}/${name}`))]))
}

export const filesOf = (entries: Record<string, Uint8Array | string>): ModelFiles =>
  new Map<string, ByteSource>(Object.entries(entries).map(([name, data]) => [name, bytesSource(name, typeof data === 'string' ? new TextEncoder().encode(data) : data)]))

export interface TensorToWrite { name: string; dtype: string; shape: number[]; bytes: Uint8Array }

/** A safetensors file, tensors in the order given. */
export function writeSafetensors(tensors: TensorToWrite[], metadata?: Record<string, string>): Uint8Array {
  let at = 0
  const entries = tensors.map(({ name, dtype, shape, bytes }) => [name, { dtype, shape, data_offsets: [at, at += bytes.length] }])
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
  for (const part of parts) { out.set(part, at); at += part.length }
  return out
}

/** The planes of a weight in memory. Fails when a chunk is unaligned, overlaps another or leaves a hole. */
export async function gatherWeight(checkpoint: Checkpoint, parts: WeightPart[], cols: number, target: WeightTarget, options?: ReadOptions): Promise<WeightData> {
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
    if (filled[plane] !== planes[plane].length) throw new Error(`${plane}: ${filled[plane]} of ${planes[plane].length} bytes`)
  }
  return { ...layout, codes: new Uint32Array(planes.codes.buffer), scales: new Uint32Array(planes.scales.buffer) }
}
