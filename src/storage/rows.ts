// Rows of models, files and markers as they lie on disk, where another version, an extension or a damaged
// disk may have left anything: checked field by field, or taken as not there. Nothing is computed from a row that is
// not whole.

import type { CompleteRow, FileRow, ModelRow } from './database.ts'
import { safeName } from './names.ts'
import type { ModelOrigin } from './types.ts'

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isText = (v: unknown, max = 4096): v is string => typeof v === 'string' && v.length <= max
const isCount = (v: unknown, max = Number.MAX_SAFE_INTEGER): v is number =>
  Number.isSafeInteger(v) && (v as number) >= 0 && (v as number) <= max
const isHash = (v: unknown): v is string => typeof v === 'string' && /^[0-9a-f]{64}$/.test(v)
const orNull =
  (check: (v: unknown) => boolean) =>
  (v: unknown): boolean =>
    v === null || check(v)
const optional = (v: unknown, check: (v: unknown) => boolean): boolean => v === undefined || check(v)

const maxFiles = 2000
/** chunks are 16 MiB; a row may say other, but never more than what one read may hold */
const maxChunkBytes = 64 * 2 ** 20

const isPromise = (file: unknown): boolean =>
  isRecord(file) && isText(file.name) && safeName(file.name) && isCount(file.size) && isHash(file.sha256)
const arePromises = (v: unknown): boolean => Array.isArray(v) && v.length <= maxFiles && v.every(isPromise)

export function isOrigin(v: unknown): v is ModelOrigin {
  if (!isRecord(v)) return false
  switch (v.kind) {
    case 'hub':
      return (
        isText(v.repo) &&
        [v.revision, v.host, v.file].every((part) => optional(part, isText)) &&
        optional(v.files, arePromises)
      )
    case 'url':
      return isText(v.url) && URL.canParse(v.url) && optional(v.files, arePromises)
    case 'served':
      return (
        isText(v.base) &&
        optional(v.id, isText) &&
        Array.isArray(v.files) &&
        v.files.length <= maxFiles &&
        v.files.every(
          (file) =>
            isRecord(file) &&
            isText(file.name) &&
            safeName(file.name) &&
            optional(file.size, isCount) &&
            optional(file.sha256, isHash),
        )
      )
    case 'import':
      return true
    default:
      return false
  }
}

/** A model's row of this version, all of it. */
export const isModelRow = (v: unknown): v is ModelRow =>
  isRecord(v) &&
  v.version === 1 &&
  isText(v.id) &&
  isText(v.name) &&
  isOrigin(v.origin) &&
  Array.isArray(v.files) &&
  v.files.length > 0 &&
  v.files.length <= maxFiles &&
  v.files.every((name) => isText(name) && name !== '') &&
  new Set(v.files).size === v.files.length &&
  typeof v.addedAt === 'number' &&
  Number.isFinite(v.addedAt) &&
  optional(v.adapter, (note) => isRecord(note) && [note.kind, note.base].every(orNull((said) => isText(said, 200))))

export function isFileRow(v: unknown): v is FileRow {
  if (
    !isRecord(v) ||
    !isText(v.model) ||
    !isText(v.name) ||
    !isCount(v.chunkBytes, maxChunkBytes) ||
    v.chunkBytes === 0
  ) {
    return false
  }
  const { chunkBytes, size, hashes, bad, state } = v
  if (!(size === null || isCount(size)) || typeof v.done !== 'boolean') return false
  if (
    !Array.isArray(hashes) ||
    !hashes.every((hash) => isHash(hash) || (hash === '' && !v.done)) ||
    (size !== null && hashes.length > Math.ceil(size / chunkBytes))
  ) {
    return false
  }
  if (
    !Array.isArray(bad) ||
    !bad.every((index) => isCount(index, hashes.length - 1) && hashes[index] !== '') ||
    new Set(bad).size !== bad.length
  ) {
    return false
  }
  return (
    orNull(isHash)(v.sha256) &&
    orNull((etag) => isText(etag))(v.etag) &&
    orNull((words) => Array.isArray(words) && words.length === 9 && words.every((word) => Number.isSafeInteger(word)))(
      state,
    ) &&
    optional(
      v.blob,
      orNull((id) => typeof id === 'string' && /^[0-9a-f]{40}$/.test(id)),
    ) &&
    optional(
      v.came,
      orNull((hash) => hash === '' || isHash(hash)),
    )
  )
}

const isTime = (v: unknown): boolean => typeof v === 'number' && Number.isFinite(v)
export const isCompleteRow = (v: unknown): v is CompleteRow =>
  isRecord(v) && isText(v.id) && isHash(v.digest) && [v.verifiedAt, v.usedAt].every((time) => optional(time, isTime))
