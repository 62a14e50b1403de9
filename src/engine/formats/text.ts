// The small text files of a model: whole, capped, and strictly UTF-8.

import { EngineError, checkAborted } from '../errors.ts'
import type { ModelFiles } from './bytes.ts'

/** The text of a small file, or null when there is none of that name. */
export async function readText(
  files: ModelFiles,
  name: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<string | null> {
  const source = files.get(name)
  if (!source) return null
  if (source.size > maxBytes) {
    throw tooLarge(name, source.size, maxBytes)
  }
  const bytes = await source.read(0, source.size, signal)
  checkAborted(signal)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new EngineError(
      'FILE_FORMAT',
      `Cannot read "${name}": it is not UTF-8 text. Fetch it again.`,
      { file: name },
      { cause },
    )
  }
}

export const tooLarge = (name: string, bytes: number, maxBytes: number): EngineError =>
  new EngineError(
    'FILE_FORMAT',
    `Cannot read "${name}": it has ${bytes} bytes, at most ${maxBytes} are allowed. It is not the file its name says.`,
    { file: name, found: `${bytes} bytes, at most ${maxBytes}` },
  )
