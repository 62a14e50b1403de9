// ByteSource: where bytes come from. Formats read ranges through it and never know
// whether they come from a dropped file, IndexedDB, a server or memory.

import { EngineError } from '../errors.ts'
import { handOver } from './scratch.ts'

export interface ByteSource {
  /** the file's name, for messages */
  readonly name: string
  /** length in bytes */
  readonly size: number
  /**
   * Bytes [offset, offset + length) as a fresh or shared view; throws FILE_TRUNCATED when out of range.
   * @param into memory of the caller's, of at least `length` bytes, that may be used to hold them
   */
  read(offset: number, length: number, signal?: AbortSignal, into?: Uint8Array): Promise<Uint8Array>
}

/** The files of one model by relative name, e.g. "config.json", "model.safetensors", "tokenizer.json". */
export type ModelFiles = ReadonlyMap<string, ByteSource>

export function checkRange(source: { name: string; size: number }, offset: number, length: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
    throw new EngineError(
      'FILE_TRUNCATED',
      `Cannot read ${length} bytes at ${offset} of "${source.name}": the file ends at ${source.size} bytes. It is cut short; fetch it again.`,
      { file: source.name, needed: offset + length, size: source.size },
    )
  }
}

/** A ByteSource over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    read(offset, length) {
      try {
        checkRange({ name, size: bytes.byteLength }, offset, length)
      } catch (error) {
        return Promise.reject(error as Error)
      }
      return Promise.resolve(bytes.subarray(offset, offset + length))
    },
  }
}

/** A ByteSource over a File or Blob (dropped or picked from disk, or a stored shard). */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length, _signal, into) {
      checkRange({ name, size: blob.size }, offset, length)
      return handOver(new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()), into)
    },
  }
}
