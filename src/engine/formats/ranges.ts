// Ranges of a file: as floats, or in chunks that lie in memory used again.

import { checkAborted } from '../errors.ts'
import type { Workspace } from '../quants/quant.ts'
import type { ByteRange } from './types.ts'
import { decodeFloats } from './decode.ts'

/** A range of f32. */
export async function readFloats({ source, begin, end }: ByteRange, signal?: AbortSignal): Promise<Float32Array> {
  const bytes = await source.read(begin, end - begin, signal)
  checkAborted(signal)
  return decodeFloats('F32', bytes)
}

/** A range in order, chunkBytes at a time; each chunk is valid until the next. */
export async function* readChunks(
  { source, begin, end }: ByteRange,
  chunkBytes: number,
  workspace: Workspace,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = begin; at < end; at += chunkBytes) {
    const length = Math.min(chunkBytes, end - at)
    const bytes = await source.read(at, length, signal, workspace.bytes('file', length))
    checkAborted(signal)
    yield bytes
  }
}
