// The texts of a shelf, cut into chunks, and the index of their words. Both are made in slices (turns.ts): a million Chinese
// characters take seconds, and the thread they take them from also runs the model.

import { Sha256 } from '../engine/sha256.ts'
import { cutting, type Chunk } from './chunks.ts'
import type { Turns } from './turns.ts'
import { chunkReader, WordIndex } from './word-index.ts'

export interface Text {
  id: string
  name: string
  /** of a plain text no line is a heading */
  kind: string
  text: string
}
export interface Shelved<Row extends Text> {
  row: Row
  chunks: Chunk[]
}
/** What of a text is done already, in its characters. */
export interface Done {
  loaded: number
  total: number
}

/** How a text is cut: a change of it is another key of vectors. */
export const cuts = { size: 120, overlap: 24 }
/** Bytes that are hashed in one go. */
const hashed = 2 ** 17

/** Documents in the order of their places, and every chunk's words. Nothing is to be searched while a document comes to it. */
export class Indexed<Row extends Text> {
  readonly words = new WordIndex()
  readonly places: { document: Shelved<Row>; chunk: number }[] = []
  readonly shelved = new Map<string, Shelved<Row>>()

  /** One that is there already stays what it is. */
  async put(document: Shelved<Row>, rest: Turns, told?: (done: Done) => void): Promise<void> {
    const { row, chunks } = document
    if (this.shelved.has(row.id)) return
    const add = this.words.document()
    const read = readerOf(document)
    for (const chunk of chunks) {
      add(read(chunk))
      const wait = rest()
      if (!wait) continue
      told?.({ loaded: chunk.end, total: row.text.length })
      await wait
    }
    this.shelved.set(row.id, document)
    chunks.forEach((_, chunk) => this.places.push({ document, chunk }))
  }
}

/** @param check may throw, to end what takes too long */
export async function cutText({ text, kind }: Text, rest: Turns, check?: () => void): Promise<Chunk[]> {
  const steps = cutting(text, { ...cuts, markdown: kind !== 'text' })
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    check?.()
    const wait = rest()
    if (wait) await wait
  }
}

/** SHA-256 of a text in UTF-8, lower-case hex. */
export async function hashOf(text: string, rest: Turns): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const hash = new Sha256()
  for (let at = 0; at < bytes.length; at += hashed) {
    hash.update(bytes.subarray(at, at + hashed))
    await rest()
  }
  return hash.hex()
}

export const readerOf = <Row extends Text>({ row: { name, text, kind }, chunks }: Shelved<Row>) =>
  chunkReader(name, text, chunks, kind !== 'text')
