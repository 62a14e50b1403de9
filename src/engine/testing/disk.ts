// Files on disk as a ModelSource, read in ranges: what a picked File is to the page. Node only, for tests and scripts.

import { open } from 'node:fs/promises'
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { checkRange, type ByteSource } from '../formats/bytes.ts'
import type { ModelSource } from '../types.ts'

export function diskFile(file: string): ByteSource {
  const name = path.basename(file),
    { size } = statSync(file)
  return {
    name,
    size,
    async read(offset, length) {
      checkRange({ name, size }, offset, length)
      const handle = await open(file)
      try {
        const bytes = new Uint8Array(length)
        for (let at = 0; at < length;) {
          const { bytesRead } = await handle.read(bytes, at, length - at, offset + at)
          if (bytesRead === 0) throw new Error(`"${file}" became shorter while it was read`)
          at += bytesRead
        }
        return bytes
      } finally {
        await handle.close()
      }
    },
  }
}

/** A folder with a model in it, files of its folders by "folder/name", or one .gguf file. */
export function diskModel(place: string): ModelSource {
  const name = path.basename(place)
  if (!statSync(place).isDirectory()) return { name, files: new Map([[name, diskFile(place)]]) }
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(path.join(place, file)).isFile(),
  )
  return { name, files: new Map(files.map((file) => [file, diskFile(path.join(place, file))])) }
}
