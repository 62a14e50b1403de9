// Writing a model: begin() plans what can be kept, FileWriter stores one file chunk by chunk
// (chunk and hash in one transaction), commit() sets the marker that makes the model usable.
// The caller holds the model's write lock (locks.ts).

import { EngineError } from '../engine/errors.ts'
import { release } from '../engine/formats/scratch.ts'
import { chunkBytes, chunkLength, manifestDigest } from './chunks.ts'
import { under, type AdapterNote, type ChunkData, type Database, type FileRow } from './database.ts'
import { readRows } from './models.ts'
import { sha1 } from './sha1.ts'
import { Sha256, sha256 } from '../engine/sha256.ts'
import type { ModelOrigin } from './types.ts'

export interface NewModel {
  id: string
  name: string
  origin: ModelOrigin
  adapter?: AdapterNote
}
/** `blob`: git's id of the content; `hash`: nobody promises anything, so what comes is hashed, to be shown */
export interface NewFile {
  name: string
  size?: number
  sha256?: string
  blob?: string
  hash?: boolean
}

/**
 * Chunks are Blobs where those are safe: written 2x and read 3x as fast as ArrayBuffers, and a
 * range is read without loading the record (Chromium, measured). WebKit has killed its process
 * over Blobs in IndexedDB, so it gets ArrayBuffers. Readers take both.
 */
export const blobsAreSafe = (userAgent: string): boolean =>
  !/AppleWebKit/.test(userAgent) || /Chrome|Chromium/.test(userAgent)

/** Makes the rows of a model, keeping every stored chunk that still belongs to the wanted files. */
export function begin(
  db: Database,
  model: NewModel,
  files: readonly NewFile[],
  chunk = chunkBytes,
): Promise<FileRow[]> {
  return db.run(`store "${model.name}"`, ['models', 'files', 'chunks', 'complete'], 'readwrite', async (tx) => {
    const old = await readRows(tx, model.id)
    const sameOrigin = JSON.stringify(old?.model.origin) === JSON.stringify(model.origin)
    const kept: FileRow[] = []
    for (const file of files) {
      const row = old?.files.find((f) => f.name === file.name)
      const fits =
        row &&
        (file.size === undefined || row.size === null || row.size === file.size) &&
        (file.sha256 ? row.sha256 === file.sha256 : file.blob ? row.blob === file.blob : sameOrigin)
      if (fits) kept.push({ ...row, size: row.size ?? file.size ?? null })
      else {
        await tx.objectStore('chunks').delete(under(model.id, file.name))
        kept.push({
          model: model.id,
          name: file.name,
          chunkBytes: chunk,
          size: file.size ?? null,
          hashes: [],
          bad: [],
          sha256: file.sha256 ?? null,
          blob: file.blob ?? null,
          came: file.hash ? '' : null,
          etag: null,
          state: null,
          done: false,
        })
      }
    }
    for (const row of old?.files ?? []) {
      if (!files.some((f) => f.name === row.name)) await tx.objectStore('chunks').delete(under(model.id, row.name))
    }
    await tx.objectStore('files').delete(under(model.id))
    for (const row of kept) await tx.objectStore('files').put(row)
    await tx
      .objectStore('models')
      .put({ ...model, version: 1, files: files.map((f) => f.name), addedAt: old?.model.addedAt ?? Date.now() })
    if (!old?.marker || old.marker.digest !== manifestDigest(model, kept)) {
      await tx.objectStore('complete').delete(model.id)
    }
    return kept
  })
}

/** Sets the complete marker: last, alone, after reading back that every file is done. */
export async function commit(db: Database, id: string): Promise<void> {
  const rows = await db.run(`finish "${id}"`, ['models', 'files', 'complete'], 'readonly', (tx) => readRows(tx, id))
  const open = rows?.model.files.filter(
    (name) => !rows.files.some((f) => f.name === name && f.done && f.bad.length === 0),
  ) ?? [id]
  if (!rows || open.length > 0) {
    throw new EngineError('INTERNAL', `Cannot finish "${id}": "${open.join('", "')}" is not whole.`, {
      model: id,
      file: open[0] ?? id,
    })
  }
  const digest = manifestDigest(rows.model, rows.files)
  await db.run(`finish "${id}"`, ['complete'], 'readwrite', (tx) =>
    tx.objectStore('complete').put({ id, digest, at: Date.now() }),
  )
}

export class FileWriter {
  private buffer = new Uint8Array(0)
  private held = 0
  private hash: Sha256

  constructor(
    readonly db: Database,
    public row: FileRow,
    readonly asBlob = blobsAreSafe(globalThis.navigator?.userAgent ?? ''),
  ) {
    this.hash = new Sha256(row.state)
  }

  /** Bytes taken so far: stored and held. */
  get position(): number {
    return (this.row.done ? (this.row.size ?? 0) : this.row.hashes.length * this.row.chunkBytes) + this.held
  }

  /** Remembers what a server told about the file. */
  learn(facts: { size?: number | null; etag?: string | null }): void {
    if (facts.size !== undefined) this.row = { ...this.row, size: facts.size }
    if (facts.etag !== undefined) this.row = { ...this.row, etag: facts.etag }
  }

  /** Takes bytes; resolves when every chunk they filled is on disk. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.row.chunkBytes - this.held)
      this.reserve(this.held + part.length)
      this.buffer.set(part, this.held)
      this.held += part.length
      at += part.length
      if (this.held === this.row.chunkBytes) await this.flush()
    }
  }

  /** Stores the rest and checks every promise. On a broken promise everything of the file is dropped. */
  async finish(): Promise<void> {
    const { name, size, sha256: promised } = this.row
    if (size !== null && size !== this.position) {
      throw new EngineError('INTERNAL', `Cannot finish "${name}": ${this.position} of ${size} bytes were written.`, {
        file: name,
      })
    }
    const total = this.position
    const actual = this.hashes ? new Sha256(this.row.state).update(this.buffer.subarray(0, this.held)).hex() : null
    if (promised && actual !== promised) {
      await this.reset()
      throw new EngineError(
        'HASH_MISMATCH',
        `Cannot keep "${name}": its SHA-256 is ${actual}, but ${promised} was promised. It was damaged or changed on its way and is dropped. Download it again.`,
        { file: name, expected: promised, actual },
      )
    }
    const { blob } = this.row
    if (blob) {
      const found = await this.blobId(total)
      if (found !== blob) {
        await this.reset()
        throw new EngineError(
          'HASH_MISMATCH',
          `Cannot keep "${name}": its git blob id is ${found}, but ${blob} was promised. It was damaged or changed on its way and is dropped. Download it again.`,
          { file: name, expected: blob, actual: found },
        )
      }
    }
    this.learn({ size: total })
    if (!promised && actual !== null) this.row = { ...this.row, came: actual }
    await this.flush(true)
    release(this.buffer)
    this.buffer = new Uint8Array(0)
  }

  /** Replaces one damaged chunk; false when the bytes are not the ones that were stored. */
  async repair(index: number, bytes: Uint8Array): Promise<boolean> {
    if (bytes.length !== chunkLength(this.row, index) || (await sha256(bytes)) !== this.row.hashes[index]) return false
    await this.save({ ...this.row, bad: this.row.bad.filter((i) => i !== index) }, index, bytes)
    return true
  }

  /** Drops every byte of this file, to start again. @param size what is still believed of its length */
  async reset(size: number | null = this.row.size): Promise<void> {
    const row: FileRow = {
      ...this.row,
      size,
      hashes: [],
      bad: [],
      came: typeof this.row.came === 'string' ? '' : null,
      etag: null,
      state: null,
      done: false,
    }
    await this.db.run(`store "${row.name}"`, ['files', 'chunks', 'complete'], 'readwrite', async (tx) => {
      await tx.objectStore('complete').delete(row.model)
      await tx.objectStore('chunks').delete(under(row.model, row.name))
      await tx.objectStore('files').put(row)
    })
    this.row = row
    this.held = 0
    this.hash = new Sha256()
  }

  private reserve(needed: number): void {
    if (this.buffer.length >= needed) return
    const { size, hashes, chunkBytes: max } = this.row
    const guess = size === null ? Math.max(65536, this.buffer.length * 2) : size - hashes.length * max
    const grown = new Uint8Array(Math.max(needed, Math.min(max, guess)))
    grown.set(this.buffer.subarray(0, this.held))
    release(this.buffer)
    this.buffer = grown
  }

  /** a hash of the whole file runs along: it was promised, or is to be shown */
  private get hashes(): boolean {
    return this.row.sha256 !== null || typeof this.row.came === 'string'
  }

  /**
   * Git's id of all bytes, those on disk and those in hand. Only small files have one: the hub keeps large ones by
   * their SHA-256.
   */
  private async blobId(total: number): Promise<string> {
    const parts: Uint8Array[] = [new TextEncoder().encode(`blob ${total}\0`)]
    for (let index = 0; index < this.row.hashes.length; index++) {
      const data = await this.db.run(`read "${this.row.name}"`, ['chunks'], 'readonly', (tx) =>
        tx.objectStore('chunks').get([this.row.model, this.row.name, index]),
      )
      parts.push(new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : (data ?? new ArrayBuffer(0))))
    }
    return sha1([...parts, this.buffer.subarray(0, this.held)])
  }

  private async flush(done = false): Promise<void> {
    const bytes = this.buffer.subarray(0, this.held)
    if (bytes.length === 0) return done ? this.save({ ...this.row, done }) : undefined
    const hash = await sha256(bytes)
    if (this.hashes) this.hash.update(bytes)
    const row = { ...this.row, hashes: [...this.row.hashes, hash], state: this.hashes ? this.hash.state() : null, done }
    await this.save(row, this.row.hashes.length, bytes)
    this.held = 0
  }

  private async save(row: FileRow, index?: number, bytes?: Uint8Array): Promise<void> {
    const data: ChunkData | undefined =
      bytes && (this.asBlob ? new Blob([bytes as Uint8Array<ArrayBuffer>]) : (bytes.slice().buffer as ArrayBuffer))
    await this.db.run(`store "${row.name}"`, ['files', 'chunks'], 'readwrite', async (tx) => {
      await Promise.all([
        tx.objectStore('files').put(row),
        data && tx.objectStore('chunks').put(data, [row.model, row.name, index!]),
      ])
    })
    this.row = row
  }
}
