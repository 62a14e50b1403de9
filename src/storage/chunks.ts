// How a file lies in chunks: pure arithmetic on offsets and rows, no IndexedDB.
//
// 16 MiB chunks: one transaction each, so an interrupted download repeats at most one; far
// below the record sizes that browsers refuse (127 MB and up); small enough to hash and hold.

import { sha256Text } from '../engine/sha256.ts'
import type { CompleteRow, FileRow, ModelRow } from './database.ts'
import type { StoredModel } from './types.ts'

export const chunkBytes = 16 * 1024 * 1024

export interface Span {
  index: number
  from: number
  to: number
}

/** The chunks that [offset, offset + length) touches, and the part of each. */
export function spans(offset: number, length: number, size = chunkBytes): Span[] {
  const found: Span[] = []
  const end = offset + length
  for (let at = offset; at < end;) {
    const index = Math.floor(at / size)
    const next = Math.min((index + 1) * size, end)
    found.push({ index, from: at - index * size, to: next - index * size })
    at = next
  }
  return found
}

/** Bytes of chunk `index`: full, except the last one. */
export const chunkLength = (row: Pick<FileRow, 'chunkBytes' | 'size'>, index: number): number =>
  Math.min(row.chunkBytes, Math.max(0, (row.size ?? Infinity) - index * row.chunkBytes))

const chunkCount = (size: number, each: number): number => Math.ceil(size / each)

/** Chunks still to fetch, in order; while the length is unknown, the first that is not there. */
export function missing(row: FileRow): number[] {
  const count = row.size === null ? row.hashes.length + 1 : chunkCount(row.size, row.chunkBytes)
  const all: number[] = []
  for (let index = 0; index < count; index++) {
    if (!row.hashes[index] || row.bad.includes(index)) all.push(index)
  }
  return row.size === null ? all.slice(0, 1) : all
}

/** Bytes of a file that are stored and not known to be damaged. */
export function storedBytes(row: FileRow): number {
  let total = 0
  for (let i = 0; i < row.hashes.length; i++) if (row.hashes[i] && !row.bad.includes(i)) total += chunkLength(row, i)
  return total
}

/** One hash over everything that must not change in a complete model. */
export const manifestDigest = (model: Pick<ModelRow, 'id'>, files: readonly FileRow[]): string =>
  sha256Text(
    JSON.stringify([
      model.id,
      ...[...files].sort((a, b) => (a.name < b.name ? -1 : 1)).map((f) => [f.name, f.size, f.chunkBytes, ...f.hashes]),
    ]),
  )

/**
 * True when every row is well-formed, whole, and what the marker was written for. Rows come from disk: nothing is taken
 * for granted.
 */
export function isComplete(model: ModelRow, files: readonly FileRow[], marker: CompleteRow | undefined): boolean {
  if (!marker || !Array.isArray(model.files) || files.length !== model.files.length || files.length === 0) return false
  const whole = files.every(
    (f) =>
      model.files.includes(f.name) &&
      f.done &&
      typeof f.size === 'number' &&
      f.size >= 0 &&
      f.chunkBytes > 0 &&
      Array.isArray(f.hashes) &&
      Array.isArray(f.bad) &&
      f.bad.length === 0 &&
      f.hashes.length === chunkCount(f.size, f.chunkBytes) &&
      f.hashes.every((hash) => hash !== ''),
  )
  return whole && marker.digest === manifestDigest(model, files)
}

/** SHA-256 of a whole file when it is known: promised, or of what came. A file of one chunk has it as the chunk's. */
const fileHash = (row: FileRow): string | null =>
  row.sha256 ?? (row.done ? row.came || (row.hashes.length === 1 ? row.hashes[0]! : null) : null)

/** The rows of one model as people see it. */
export function summary(model: ModelRow, files: readonly FileRow[], marker: CompleteRow | undefined): StoredModel {
  const listed = model.files.map((name) => {
    const row = files.find((f) => f.name === name)
    return { name, size: row?.size ?? null, stored: row ? storedBytes(row) : 0, sha256: row ? fileHash(row) : null }
  })
  const known = listed.every((f) => f.size !== null)
  return {
    id: model.id,
    name: model.name,
    origin: model.origin,
    files: listed,
    bytes: known ? listed.reduce((sum, f) => sum + (f.size ?? 0), 0) : null,
    storedBytes: listed.reduce((sum, f) => sum + f.stored, 0),
    complete: isComplete(model, files, marker),
    addedAt: model.addedAt,
    ...(marker?.verifiedAt !== undefined && { verifiedAt: marker.verifiedAt }),
    ...(marker?.usedAt !== undefined && { usedAt: marker.usedAt }),
    ...(model.origin.kind === 'url' &&
      files.some((row) => row.sha256 === null && !row.blob) && { unproven: true as const }),
  }
}

/** A model whose description cannot be read: nothing is known of it but its id. */
export const damaged = (id: string): StoredModel => ({
  id,
  name: id.replace(/^[a-z]+:/, ''),
  origin: { kind: 'import' },
  files: [],
  bytes: null,
  storedBytes: 0,
  complete: false,
  addedAt: 0,
  damaged: true,
})
