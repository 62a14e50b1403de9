// The documents of one reader: taken in, cut, found. Texts and vectors lie in the rows it is given; chunks and the index of
// words are made of the texts again, since that takes less time than reading them would. Vectors belong to a model and to a
// text's hash: those of another model are never looked at, and what is there already is not made again, so that making them
// goes on where it stopped.

import { checkAborted, EngineError } from '../engine/errors.ts'
import {
  bestWithin,
  depth,
  dotRows,
  fuse,
  mostUnknown,
  packRows,
  unknownShare,
  type Chunk,
  type Hit,
  type Near,
  type Rows,
} from './index.ts'
import { lookInto, type IndexKind, type IndexLook } from './teaching/index.ts'
import { limits, refuse, timeFor } from './read/refuse.ts'
import { readDocument, type DocumentKind, type Encoding, type ReadPdf } from './read/index.ts'
import { cutText, cuts, hashOf, Indexed, readerOf, type Done } from './indexed.ts'
import { turns } from './turns.ts'

export interface DocumentRow {
  id: string
  name: string
  kind: DocumentKind
  text: string
  /** SHA-256 of the text: what vectors and quotes belong to */
  hash: string
  /** the bytes said nothing of it, and it was told by how they look */
  encoding?: Encoding
  /** something of the file could not be read */
  partly?: true
  /** so many pages hold no text: pictures, or nothing */
  bare?: number
  addedAt: number
  /** when it was put away; for good at the next visit */
  deletedAt?: number
}
/** Vectors of the chunks from `first` on, of one text by one model. */
export interface VectorRow {
  model: string
  hash: string
  first: number
  dims: number
  codes: Int8Array
  scales: Float32Array
  /** of the tokens that the model read */
  unknown: number
  tokens: number
}
/** Where rows lie. Each write is whole or not at all. */
export interface ShelfRows {
  documents(): Promise<DocumentRow[]>
  put(row: DocumentRow): Promise<void>
  /** documents by id, and vectors of all models by hash, for good */
  drop(ids: readonly string[], hashes: readonly string[]): Promise<void>
  vectors(model: string): Promise<VectorRow[]>
  putVectors(row: VectorRow): Promise<void>
}
/** A model that makes vectors of texts. */
export interface Reader {
  /** tells apart what gives other vectors */
  model: string
  read(
    text: string,
  ): Promise<{ vector: Float32Array | null; tokens: readonly { text: string; special: boolean }[]; leftOut: number }>
  /** all dot products of stored codes with the question's, on its device; null where it has no faster way than `dotRows` */
  scan?(codes: Int8Array, question: Int8Array): Promise<Int32Array | null>
}
export interface DocumentHead extends Omit<DocumentRow, 'text'> {
  characters: number
  chunks: number
}
/** one more with every change of what is read of a chunk: vectors of others are not looked at */
const edition = 4
const batch = 16
const most = 20_000

/**
 * What search by meaning can do with a model: it is ready, but for `unread` chunks whose script the model does not know; not
 * all vectors are there; or it knows too little of all that there is, or of the question.
 */
export type Meaning =
  | { state: 'ready'; unread?: number }
  | { state: 'missing'; chunks: number }
  | { state: 'unknown'; share: number }

export interface FoundChunk extends Omit<Hit, 'index'> {
  document: string
  name: string
  hash: string
  /** which chunk of the document */
  chunk: number
  start: number
  end: number
  path: readonly string[]
  text: string
}

export class Shelf {
  private opened: Promise<Map<string, DocumentRow>> | null = null
  /** null: to be made when it is asked for. One document after the other comes to it */
  private index: Promise<Indexed<DocumentRow>> | null = null
  private storing: Promise<unknown> = Promise.resolve()
  private held: Held | null = null
  /** one more with every document and vector that comes or goes: what was read before then is read again */
  private changes = 0

  constructor(
    readonly rows: ShelfRows,
    private readonly readPdf?: ReadPdf,
  ) {}

  /** Those that were put away before this visit go for good. */
  private open(): Promise<Map<string, DocumentRow>> {
    this.opened ??= (async () => {
      const all = await this.rows.documents()
      const kept = all.filter(({ deletedAt }) => deletedAt === undefined)
      const hashes = new Set(kept.map(({ hash }) => hash))
      const gone = all.filter(({ deletedAt }) => deletedAt !== undefined)
      if (gone.length > 0) {
        await this.rows.drop(
          gone.map(({ id }) => id),
          gone.map(({ hash }) => hash).filter((hash) => !hashes.has(hash)),
        )
      }
      return new Map(kept.map((row) => [row.id, row]))
    })().catch((error: unknown) => {
      this.opened = null
      throw error
    })
    return this.opened
  }

  private async all(): Promise<DocumentRow[]> {
    return [...(await this.open()).values()].filter(({ deletedAt }) => deletedAt === undefined)
  }

  private indexed(): Promise<Indexed<DocumentRow>> {
    return this.kept(async () => {
      const index = new Indexed<DocumentRow>()
      const rest = turns()
      for (const row of await this.all()) await index.put({ row, chunks: await cutText(row, rest) }, rest)
      return index
    })
  }

  /** The index that is there or on its way, else one that is made. One that fails is made anew. */
  private kept(make: () => Promise<Indexed<DocumentRow>>): Promise<Indexed<DocumentRow>> {
    if (this.index) return this.index
    const making = make().catch((error: unknown) => {
      if (this.index === making) this.index = null
      throw error
    })
    return (this.index = making)
  }

  /** Oldest first. */
  async list(): Promise<DocumentHead[]> {
    const { shelved } = await this.indexed()
    return [...shelved.values()]
      .sort((a, b) => a.row.addedAt - b.row.addedAt)
      .map(({ row: { text, ...head }, chunks }) => ({ ...head, characters: text.length, chunks: chunks.length }))
  }

  /** A document that is there already, word for word, is not taken in twice. @throws DOCUMENT_REFUSED, STORAGE_QUOTA */
  async add(
    file: Blob,
    name: string,
    now: number,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: Done) => void } = {},
  ): Promise<DocumentHead> {
    if (file.size > limits.file) throw refuse(name, 'large') // before a byte of it is read
    const pulse = timeFor(name)
    const bytes = new Uint8Array(await file.arrayBuffer())
    const { text, ...read } = await readDocument(name, bytes, pulse, this.readPdf, signal)
    checkAborted(signal)
    // one after the other: two tabs may bring the same text at once
    const check = (): void => {
      checkAborted(signal)
      pulse()
    }
    const stored = this.storing.then(() => this.store({ name, text, ...read }, now, check, onProgress))
    this.storing = stored.catch(() => undefined)
    return stored
  }

  private async store(
    read: Pick<DocumentRow, 'name' | 'text' | 'kind' | 'encoding' | 'partly' | 'bare'>,
    now: number,
    check: () => void,
    told?: (done: Done) => void,
  ): Promise<DocumentHead> {
    const rest = turns()
    const hash = await hashOf(read.text, rest)
    const rows = await this.open()
    const same = [...rows.values()].find((row) => row.hash === hash && row.deletedAt === undefined)
    if (!same) {
      const id = `${hash.slice(0, 16)}-${now.toString(36)}`
      const row: DocumentRow = { id, hash, addedAt: now, ...read }
      const chunks = await cutText(row, rest, check)
      if (chunks.length > most) throw refuse(read.name, 'long')
      await this.rows.put(row)
      rows.set(id, row)
      // what is there is not cut and counted again
      const before = this.index
      if (before) {
        this.index = null
        await this.kept(async () => {
          const index = await before
          await index.put({ row, chunks }, rest, told)
          return index
        })
      }
      this.changed()
    }
    return (await this.list()).find((head) => head.hash === hash)!
  }

  /** Puts a document away, or back. */
  async put(id: string, away: boolean, now: number): Promise<void> {
    const rows = await this.open()
    const row = rows.get(id)
    if (!row) return
    const { deletedAt: _, ...kept } = row
    const next = away ? { ...kept, deletedAt: now } : kept
    await this.rows.put(next)
    rows.set(id, next)
    this.index = null
    this.changed()
  }

  /** A document's text and where it is cut. @returns null where it is gone */
  async text(id: string): Promise<{ text: string; hash: string; chunks: Chunk[] } | null> {
    const found = (await this.indexed()).shelved.get(id)
    return found ? { text: found.row.text, hash: found.row.hash, chunks: found.chunks } : null
  }

  private async vectorsOf(model: string): Promise<Map<string, VectorRow[]>> {
    const byHash = new Map<string, VectorRow[]>()
    for (const row of await this.rows.vectors(model)) {
      const rows = byHash.get(row.hash)
      if (rows) rows.push(row)
      else byHash.set(row.hash, [row])
    }
    return byHash
  }

  /** Makes the vectors that are not there yet; stopped or cut off, what is made stays. @param done told after every batch */
  async embed(
    reader: Reader,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (p: { loaded: number; total: number }) => void },
  ) {
    const { shelved } = await this.indexed()
    const key = keyOf(reader.model)
    const there = await this.vectorsOf(key)
    const missing = [...shelved.values()].map((document) => {
      const made = new Set(there.get(document.row.hash)?.map(({ first }) => first))
      return { document, firsts: batchesOf(document.chunks.length).filter((first) => !made.has(first)) }
    })
    const total = missing.reduce(
      (sum, { document: { chunks }, firsts }) =>
        firsts.reduce((all, first) => all + Math.min(batch, chunks.length - first), sum),
      0,
    )
    let done = 0
    this.changed()
    onProgress?.({ loaded: done, total })
    const batches = function* () {
      for (const { document, firsts } of missing) {
        const read = readerOf(document)
        for (const first of firsts) {
          yield { row: document.row, first, chunks: document.chunks.slice(first, first + batch).map(read) }
        }
      }
    }
    for (const { row, chunks, first } of batches()) {
      const vectors: Float32Array[] = []
      const tokens: { text: string; special: boolean }[] = []
      for (const { reading: text } of chunks) {
        checkAborted(signal)
        const reading = await reader.read(text)
        if (!reading.vector) {
          throw new EngineError('TASK_UNSUPPORTED', 'Cannot search by meaning: the model gives no vectors.', {
            asked: 'embed',
          })
        }
        vectors.push(reading.vector)
        tokens.push(...reading.tokens)
        onProgress?.({ loaded: ++done, total })
      }
      const dims = vectors[0]!.length
      const all = new Float32Array(dims * vectors.length)
      vectors.forEach((vector, i) => all.set(vector, i * dims))
      const unknown = Math.round(unknownShare(tokens) * tokens.length)
      await this.rows.putVectors({
        model: key,
        hash: row.hash,
        first,
        ...packRows(all, dims),
        unknown,
        tokens: tokens.length,
      })
    }
  }

  /** What search by meaning can do with this model now. */
  async meaning(model: string): Promise<Meaning> {
    const { shelved, places } = await this.indexed()
    const there = await this.vectorsOf(keyOf(model))
    const rows = [...shelved.values()].flatMap(({ row }) => there.get(row.hash) ?? [])
    const made = rows.reduce((sum, { scales }) => sum + scales.length, 0)
    if (made < places.length) return { state: 'missing', chunks: places.length - made }
    const unread = rows.filter((row) => !isRead(row)).reduce((sum, { scales }) => sum + scales.length, 0)
    if (unread === 0) return { state: 'ready' }
    if (unread < places.length) return { state: 'ready', unread }
    const tokens = rows.reduce((sum, row) => sum + row.tokens, 0)
    return { state: 'unknown', share: rows.reduce((sum, { unknown }) => sum + unknown, 0) / tokens }
  }

  /**
   * The best `k` chunks. By meaning only where a reader is given and all its vectors are there; `meaning` says what stood
   * against it.
   */
  async search(
    question: string,
    k: number,
    reader: Reader | null,
  ): Promise<{ hits: FoundChunk[]; meaning: Meaning | null }> {
    // one index for all of it: documents may come and go while a question is read
    const index = await this.indexed()
    const { words, places } = index
    const byWords = words.search(question, depth)
    const isHeld = reader !== null && this.isHeld(reader.model, index)
    let meaning: Meaning | null = reader && (isHeld ? { state: 'ready' } : await this.meaning(reader.model))
    let byMeaning: Near[] = []
    if (reader && meaning?.state === 'ready' && places.length > 0) {
      const asked = await reader.read(question)
      const share = unknownShare(asked.tokens)
      if (share > mostUnknown) meaning = { state: 'unknown', share }
      else if (asked.vector) byMeaning = await this.nearest(reader, index, asked.vector, depth)
    }
    const hits = fuse(byWords, byMeaning, k).map(({ index, ...hit }): FoundChunk => {
      const { document, chunk } = places[index]!
      const { start, end, path } = document.chunks[chunk]!
      const { id, name, hash, text } = document.row
      return { ...hit, document: id, name, hash, chunk, start, end, path, text: text.slice(start, end) }
    })
    // what was put away meanwhile is not shown
    const there = new Set((await this.all()).map(({ id }) => id))
    return { hits: hits.filter(({ document }) => there.has(document)), meaning }
  }

  /** How alike texts and passages are by a model's vectors: cosines, a row per text; null where a vector is not made. */
  async likeness(
    reader: Reader,
    texts: readonly string[],
    passages: readonly { hash: string; chunk: number }[],
  ): Promise<(number | null)[][]> {
    const there = await this.vectorsOf(keyOf(reader.model))
    const rows = passages.map(({ hash, chunk }) => {
      const row = there.get(hash)?.find(({ first, scales }) => chunk >= first && chunk < first + scales.length)
      return row && { row, at: chunk - row.first }
    })
    const out: (number | null)[][] = []
    for (const text of texts) {
      const { vector, tokens } = await reader.read(text)
      const isKnown = vector !== null && unknownShare(tokens) <= mostUnknown
      out.push(
        rows.map((one) => (isKnown && one?.row.dims === vector.length ? cosineOf(vector, one.row, one.at) : null)),
      )
    }
    return out
  }

  /** A question asked of a teaching index over the stored vectors; null where search by meaning is not ready. */
  async lookInto(reader: Reader, question: string, kind: IndexKind, wide: number): Promise<IndexLook | null> {
    const index = await this.indexed()
    if ((await this.meaning(reader.model)).state !== 'ready' || index.places.length === 0) return null
    const { vector } = await reader.read(question)
    if (!vector) return null
    return lookInto((await this.heldRows(reader.model, index)).rows, vector, kind, wide)
  }

  private changed(): void {
    this.changes++
    this.held = null
  }

  private isHeld(model: string, index: Indexed<DocumentRow>): boolean {
    const { held } = this
    const isOf = held?.model === model && held.index === index && held.chunks === index.places.length
    return isOf && held.changes === this.changes
  }

  /** What is searched by meaning: the same rows until a document or a vector comes or goes: a device keeps them. */
  private async heldRows(model: string, index: Indexed<DocumentRow>): Promise<Held> {
    if (this.held && this.isHeld(model, index)) return this.held
    const { changes } = this
    return (this.held = { model, index, changes, ...(await this.readRows(model, index)) })
  }

  private async nearest(reader: Reader, index: Indexed<DocumentRow>, vector: Float32Array, k: number): Promise<Near[]> {
    const { rows, places, documents } = await this.heldRows(reader.model, index)
    if (places.length === 0) return []
    const asked = packRows(vector, vector.length)
    const scanned = rows.dims === vector.length ? reader.scan?.(rows.codes, asked.codes) : null
    const dots = await scanned?.catch((error: unknown) => {
      // it has no room for them beside the model: they are searched here
      if (error instanceof EngineError && error.code === 'GPU_OUT_OF_MEMORY') return null
      throw error
    })
    const found = bestWithin(dots ?? dotRows(rows, asked.codes), rows.scales, asked.scales[0]!, k, documents)
    return found.map(({ index, ...near }) => ({ ...near, index: places[index]! }))
  }

  /** Vectors of all that the model can read, and the places of their chunks. */
  private async readRows(
    model: string,
    { shelved, places: { length: chunks } }: Indexed<DocumentRow>,
  ): Promise<Omit<Held, 'model' | 'index' | 'changes'>> {
    const there = await this.vectorsOf(keyOf(model))
    let before = 0
    const read: { row: VectorRow; place: number; document: number }[] = []
    for (const [document, { row: of, chunks }] of [...shelved.values()].entries()) {
      const rows = (there.get(of.hash) ?? []).filter(isRead).toSorted((a, b) => a.first - b.first)
      read.push(...rows.map((row) => ({ row, place: before + row.first, document })))
      before += chunks.length
    }
    const dims = read[0]?.row.dims ?? 0
    const count = read.reduce((sum, { row }) => sum + row.scales.length, 0)
    const codes = new Int8Array(count * dims)
    const scales = new Float32Array(count)
    const places = new Int32Array(count)
    const documents = new Int32Array(count)
    let at = 0
    for (const { row, place, document } of read) {
      codes.set(row.codes, at * dims)
      scales.set(row.scales, at)
      documents.fill(document, at, at + row.scales.length)
      for (let i = 0; i < row.scales.length; i++) places[at++] = place + i
    }
    return { rows: { dims, codes, scales }, places, documents, chunks }
  }
}

/** What is searched by meaning: rows, and of each which chunk it is, of all, and of which document, both from 0. */
interface Held {
  model: string
  /** of the documents that this index knew, when it had so many chunks and so much had changed */
  index: Indexed<DocumentRow>
  chunks: number
  changes: number
  rows: Rows
  places: Int32Array
  documents: Int32Array
}

/** Of vectors of length 1. */
function cosineOf(vector: Float32Array, { codes, scales, dims }: Rows, row: number): number {
  return vector.reduce((sum, v, i) => sum + v * codes[row * dims + i]!, 0) * scales[row]!
}

/** Vectors of a script that the model does not know say nothing: those chunks are found by words. */
const isRead = ({ unknown, tokens }: VectorRow): boolean => unknown <= mostUnknown * tokens
const batchesOf = (chunks: number): number[] => Array.from({ length: Math.ceil(chunks / batch) }, (_, i) => i * batch)
const keyOf = (model: string): string => `${model} cut ${edition} ${cuts.size}/${cuts.overlap}`
