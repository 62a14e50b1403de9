// Does a file say of itself that it is whole? Only asked when no server vouched for its length: an answer that was cut
// then looks like one that ended.

import { checkRange, type ByteSource } from '../engine/formats/bytes.ts'
import { EngineError } from '../engine/errors.ts'
import { readGguf } from '../engine/formats/gguf.ts'
import { readSafetensors } from '../engine/formats/safetensors.ts'
import { spans } from './chunks.ts'
import type { FileWriter } from './write.ts'

/**
 * null when it is whole, else why not.
 * @throws EngineError NETWORK for a kind of file that cannot say so (vocab.txt), FILE_FORMAT for one that is none at all
 */
export async function checkWhole({ db, row }: Pick<FileWriter, 'db' | 'row'>): Promise<string | null> {
  const { name } = row
  const size = row.size ?? 0
  if (size === 0) return 'it is empty'
  const source = sourceOf({ db, row })
  try {
    if (/\.json$/i.test(name)) {
      JSON.parse(new TextDecoder().decode(await source.read(0, size)))
      return null
    }
    if (/\.safetensors$/i.test(name)) return await readSafetensors(source).then(() => null)
    if (/\.gguf$/i.test(name)) return await readGguf(source).then(() => null)
  } catch (error) {
    if (error instanceof SyntaxError) return 'the JSON ends early'
    if (error instanceof EngineError && /^FILE_(TRUNCATED|HEADER)$/.test(error.code)) return error.message
    throw error
  }
  throw new EngineError(
    'NETWORK',
    `Cannot keep "${name}": its server does not say how long it is, and a file of this kind does not say it itself, so nobody can tell whether all of it came. Download the files of the model in another tab and add them here.`,
    { file: name, reason: 'length' },
  )
}

function sourceOf({ db, row }: Pick<FileWriter, 'db' | 'row'>): ByteSource {
  const size = row.size ?? 0
  return {
    name: row.name,
    size,
    async read(offset, length) {
      checkRange({ name: row.name, size }, offset, length)
      const out = new Uint8Array(length)
      let at = 0
      for (const { index, from, to } of spans(offset, length, row.chunkBytes)) {
        const data = await db.run(`read "${row.name}"`, ['chunks'], 'readonly', (tx) =>
          tx.objectStore('chunks').get([row.model, row.name, index]),
        )
        const part = data instanceof Blob ? await data.slice(from, to).arrayBuffer() : data?.slice(from, to)
        out.set(new Uint8Array(part ?? new ArrayBuffer(0)), at)
        at += to - from
      }
      return out
    },
  }
}
