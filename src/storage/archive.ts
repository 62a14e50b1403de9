// A stored model as one file, and back: a plain tar (POSIX ustar) that any tool opens, with "glassbox.json" first: which
// files there are and the SHA-256 of each of their chunks, so that what is taken in elsewhere is what was given out.

import { EngineError } from '../engine/errors.ts'
import type { FileRow, ModelRow } from './database.ts'
import { safeName } from './names.ts'

const block = 512
const manifestName = 'glassbox.json'
const maxManifest = 16 * 2 ** 20
const maxEntries = 4000
/** what a header's octal digits can say; longer ones are written in binary, as GNU tar does */
const maxOctal = 8 ** 11

/** What a file must be: the hash of each of its chunks. */
export interface Expected {
  chunkBytes: number
  hashes: readonly string[]
}
interface Manifest {
  glassbox: 1
  name: string
  files: ({ name: string; path: string; size: number } & Expected)[]
}
export interface Unpacked {
  name: string
  files: { file: File; expected: Expected }[]
}

const padding = (size: number): number => (block - (size % block)) % block

function header(path: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(block)
  const put = (text: string, at: number): void => bytes.set(new TextEncoder().encode(text), at)
  put(path, 0)
  put('0000644\0', 100)
  put('0000000\0', 108)
  put('0000000\0', 116)
  if (size < maxOctal) put(`${size.toString(8).padStart(11, '0')} `, 124)
  else {
    bytes[124] = 0x80
    new DataView(bytes.buffer).setBigUint64(128, BigInt(size))
  }
  put('00000000000 ', 136)
  put('        0', 148) // its own sum as spaces; a plain file
  put('ustar\x0000', 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

/**
 * @param chunk what is stored of a file under an index, checked: a handle where the browser keeps it on disk
 * @returns one Blob that holds no byte of the model in memory where chunks are Blobs
 */
export async function pack(
  model: Pick<ModelRow, 'name'>,
  files: readonly FileRow[],
  chunk: (row: FileRow, index: number) => Promise<Blob>,
): Promise<Blob> {
  const listed = files.map((row, i) => ({
    name: row.name,
    path: row.name.length <= 100 ? row.name : `${i}-${row.name.slice(-90)}`,
    size: row.size!,
    chunkBytes: row.chunkBytes,
    hashes: row.hashes,
  }))
  const manifest: Manifest = { glassbox: 1, name: model.name, files: listed }
  const text = new TextEncoder().encode(JSON.stringify(manifest))
  const parts: BlobPart[] = [header(manifestName, text.length), text, new Uint8Array(padding(text.length))]
  for (const [i, row] of files.entries()) {
    parts.push(header(listed[i]!.path, row.size!))
    for (let index = 0; index < row.hashes.length; index++) parts.push(await chunk(row, index))
    parts.push(new Uint8Array(padding(row.size!)))
  }
  return new Blob([...parts, new Uint8Array(2 * block)], { type: 'application/x-tar' })
}

const refuse = (file: string, why: string): EngineError =>
  new EngineError(
    'FILE_FORMAT',
    `Cannot open "${file}" as a saved model: ${why}. Save the model again, or copy it again.`,
    { file, found: 'saved-model' },
  )

/** The files in a saved model, read where they lie; null when it is none. @throws FILE_TRUNCATED, FILE_FORMAT */
export async function unpack(archive: File): Promise<Unpacked | null> {
  const read = async (from: number, to: number): Promise<Uint8Array> =>
    new Uint8Array(await archive.slice(from, to).arrayBuffer())
  const latin = new TextDecoder('latin1')
  const field = (bytes: Uint8Array, from: number, length: number): string =>
    latin.decode(bytes.subarray(from, from + length)).replace(/\0[\s\S]*$/, '')
  const first = await read(0, block)
  if (first.length < block || field(first, 257, 5) !== 'ustar') return null
  if (field(first, 0, 100) !== manifestName) return null
  const found = new Map<string, File>()
  for (let at = 0; at + block <= archive.size && found.size <= maxEntries;) {
    const head = await read(at, at + block)
    if (head.every((byte) => byte === 0)) break
    if (field(head, 257, 5) !== 'ustar') throw refuse(archive.name, `at byte ${at} there is no header`)
    const digits = field(head, 124, 12).trim()
    const size =
      head[124] === 0x80
        ? Number(new DataView(head.buffer).getBigUint64(128))
        : /^[0-7]{1,12}$/.test(digits)
          ? parseInt(digits, 8)
          : NaN
    if (!Number.isSafeInteger(size)) throw refuse(archive.name, `at byte ${at} there is no size`)
    const path = [field(head, 345, 155), field(head, 0, 100)].filter(Boolean).join('/').replace(/^\.\//, '')
    if (at + block + size > archive.size) {
      const needed = at + block + size
      throw new EngineError(
        'FILE_TRUNCATED',
        `Cannot open "${archive.name}": "${path}" in it ends at byte ${needed}, and there are ${archive.size}. The copy of the saved model was cut short; copy it again.`,
        { file: archive.name, needed, size: archive.size },
      )
    }
    const type = String.fromCharCode(head[156]!)
    if (type === '0' || type === '\0') found.set(path, new File([archive.slice(at + block, at + block + size)], path))
    at += block + size + padding(size)
  }
  const manifest = found.get(manifestName)!
  const { name, files } = await readManifest(archive.name, manifest)
  return {
    name,
    files: files.map(({ name: as, path, size, chunkBytes, hashes }) => {
      const file = found.get(path)
      if (!file || file.size !== size) throw refuse(archive.name, `"${as}" of ${size} bytes is not in it`)
      return { file: new File([file], as), expected: { chunkBytes, hashes } }
    }),
  }
}

async function readManifest(archive: string, file: File): Promise<Manifest> {
  const wrong = (why: string): EngineError => refuse(archive, `its ${manifestName} ${why}`)
  if (file.size > maxManifest) throw wrong('is too long')
  let value: unknown
  try {
    value = JSON.parse(await file.text())
  } catch {
    throw wrong('is no JSON')
  }
  const { glassbox, name, files } = Object(value) as Record<string, unknown>
  if (glassbox !== 1) throw wrong('is of another version of this page')
  const good = (one: unknown): boolean => {
    const { name: as, path, size, chunkBytes, hashes } = Object(one) as Record<string, unknown>
    return (
      typeof as === 'string' &&
      safeName(as) &&
      typeof path === 'string' &&
      Number.isSafeInteger(size) &&
      (size as number) >= 0 &&
      Number.isSafeInteger(chunkBytes) &&
      (chunkBytes as number) > 0 &&
      (chunkBytes as number) <= 64 * 2 ** 20 &&
      Array.isArray(hashes) &&
      hashes.length === Math.ceil((size as number) / (chunkBytes as number)) &&
      hashes.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash))
    )
  }
  if (typeof name !== 'string' || !Array.isArray(files) || files.length === 0 || !files.every(good)) {
    throw wrong('does not say what is in it')
  }
  return { glassbox: 1, name: name.slice(0, 200), files: files as Manifest['files'] }
}
