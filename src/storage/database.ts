// The one IndexedDB database: its schema, its connection, and its errors as EngineErrors.
//
// A write is done when its transaction completed, never when a request succeeded (on a full
// disk the request succeeds and the transaction aborts). A connection that the browser or
// another tab closed is opened again once. Knows no hashes and no downloads.

import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type OpenDBCallbacks,
  type StoreNames,
} from 'idb'
import { EngineError } from '../engine/errors.ts'
import type { DocumentRow, VectorRow } from '../retrieval/shelf.ts'
import type { ModelOrigin } from './types.ts'

/** What a model is. Written when its first file starts; the files say how far they are. */
export interface ModelRow {
  id: string
  version: 1
  name: string
  origin: ModelOrigin
  files: string[]
  addedAt: number
  /** of an adapter: what its files said when they were added */
  adapter?: AdapterNote
}
export interface AdapterNote {
  kind: string | null
  base: string | null
}

/**
 * How far one file is. hashes[i] is the SHA-256 of chunk i; a chunk is stored exactly when its hash is here: '' or none
 * where it is not (ranges come in any order).
 */
export interface FileRow {
  model: string
  name: string
  chunkBytes: number
  /** null until a server has told */
  size: number | null
  hashes: string[]
  /** chunks whose stored bytes no longer match their hash */
  bad: number[]
  /** the sender's promise for the whole file */
  sha256: string | null
  /** the sender's promise as git's blob id; older rows have none */
  blob?: string | null
  /** SHA-256 of the whole file as it came, where nobody promised one; filled in when it is done */
  came?: string | null
  etag: string | null
  /** state of the running SHA-256 over the first chunks: a resumed download hashes on without reading those back */
  state: number[] | null
  /** all bytes are here and every promise was checked */
  done: boolean
}

/** The marker that makes a model usable: written last, in a transaction of its own. */
export interface CompleteRow {
  id: string
  digest: string
  at: number
  /** when every byte was last read and was right; when it was last loaded */
  verifiedAt?: number
  usedAt?: number
}

/** One chat's head. `body` belongs to the store: this room does not look into it. */
export interface ChatRow {
  id: string
  title: string
  updatedAt: number
  /** how many turns there are, versions included */
  messages: number
  /** when it was put into the trash */
  deletedAt?: number
  /** an answer in it was written by an edited model */
  edited?: true
  /** stands before the others in the list */
  pinned?: true
  /** words that the reader sorts chats by */
  tags?: string[]
  body: unknown
}
/** One turn of a chat; its other fields belong to the store. */
export interface TurnRow {
  chat: string
  id: string
}
/** What is known of one answer token by token. */
export interface RunRow {
  chat: string
  turn: string
  run: unknown
}

/** A row of what was done in the lessons; its fields belong to the store. */
export interface LessonRow {
  id: string
}

/** A row of what is being taught, or was; its fields belong to the worker and the store. */
export interface TeachingRow {
  id: string
}

export type ChunkData = Blob | ArrayBuffer
export type ChunkKey = [model: string, file: string, index: number]

export interface Schema extends DBSchema {
  models: { key: string; value: ModelRow }
  files: { key: [string, string]; value: FileRow }
  chunks: { key: ChunkKey; value: ChunkData }
  complete: { key: string; value: CompleteRow }
  chats: { key: string; value: ChatRow; indexes: { updatedAt: number } }
  turns: { key: [chat: string, id: string]; value: TurnRow }
  runs: { key: [chat: string, turn: string]; value: RunRow }
  lessons: { key: string; value: LessonRow }
  teaching: { key: string; value: TeachingRow }
  /** what is in them is the business of retrieval/shelf.ts */
  documents: { key: string; value: DocumentRow }
  vectors: { key: [model: string, hash: string, first: number]; value: VectorRow }
}
export type Stores = StoreNames<Schema>
type Mode = 'readonly' | 'readwrite'
export type Transaction<M extends Mode> = IDBPTransaction<Schema, Stores[], M>

/**
 * 2: turns and runs are rows of their own. 3: what was done in the lessons. 4: what is taught. 5: documents and
 * vectors of them. An upgrade only adds stores: it reads no row, so that none can stop it, and a page that was rolled back
 * goes on with the stores that it knows.
 */
const schemaVersion = 5
const names: readonly Stores[] = [
  ...(['models', 'files', 'chunks', 'complete', 'chats', 'turns', 'runs', 'lessons', 'teaching', 'documents'] as const),
  'vectors',
]

/** Everything of one model (or of one of its files) in `files` and `chunks`: arrays sort after strings and numbers. */
export const under = (...prefix: string[]): IDBKeyRange => IDBKeyRange.bound(prefix, [...prefix, []])

/** Any storage failure as an EngineError; `what` completes "Cannot …". */
export function storageError(error: unknown, what: string): EngineError {
  if (error instanceof EngineError) return error
  const name = error instanceof Error ? error.name : 'unknown'
  if (name === 'QuotaExceededError') {
    return new EngineError(
      'STORAGE_QUOTA',
      `Cannot ${what}: the browser's storage is full. What is already stored is kept. Remove a model or free disk space, then go on.`,
      { what, reason: name },
      { cause: error },
    )
  }
  const text = error instanceof Error ? error.message : String(error)
  return new EngineError(
    'STORAGE_UNAVAILABLE',
    `Cannot ${what}: the browser's storage answered "${name}: ${text}". Nothing that was complete is lost. Reload the page and try again.`,
    { what, reason: name },
    { cause: error },
  )
}

export class Database {
  private connection: Promise<IDBPDatabase<Schema>> | null = null
  /** true when this visit had to create the database: it was never there, or it is gone */
  created = false

  /**
   * @param blockedAfter milliseconds until a tab that holds an older schema is called the reason
   * @param patience the same for an answer of any kind: an open request waits behind another tab's deletion without a
   *   word
   */
  constructor(
    readonly name = 'glassbox',
    readonly blockedAfter = 5000,
    readonly patience = 8000,
  ) {}

  private open(): Promise<IDBPDatabase<Schema>> {
    this.connection ??= this.connect().catch((error: unknown) => {
      this.connection = null
      throw error
    })
    return this.connection
  }

  private connect(): Promise<IDBPDatabase<Schema>> {
    return new Promise((resolve, reject) => {
      let late = false
      const give = (reason: 'blocked' | 'waiting') => () => {
        late = true
        reject(
          new EngineError(
            'STORAGE_UNAVAILABLE',
            reason === 'blocked'
              ? 'Cannot open the storage: another tab holds an older version of it. Nothing is lost. Close the other Glassbox tabs and reload this page.'
              : 'Cannot open the storage: the browser does not answer; another tab may be deleting or repairing the data. Close the other tabs of this site, then try again.',
            { what: 'open the storage', reason },
          ),
        )
      }
      let timer = setTimeout(give('waiting'), this.patience)
      const forget = () => {
        this.connection = null
      }
      const events: OpenDBCallbacks<Schema> = {
        upgrade: (db, oldVersion) => {
          if (oldVersion < 1) {
            this.created = true
            db.createObjectStore('models', { keyPath: 'id' })
            db.createObjectStore('files', { keyPath: ['model', 'name'] })
            db.createObjectStore('chunks')
            db.createObjectStore('complete', { keyPath: 'id' })
            db.createObjectStore('chats', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt')
          }
          if (oldVersion < 2) {
            db.createObjectStore('turns', { keyPath: ['chat', 'id'] })
            db.createObjectStore('runs', { keyPath: ['chat', 'turn'] })
          }
          if (oldVersion < 3) db.createObjectStore('lessons', { keyPath: 'id' })
          if (oldVersion < 4) db.createObjectStore('teaching', { keyPath: 'id' })
          if (oldVersion < 5) {
            db.createObjectStore('documents', { keyPath: 'id' })
            db.createObjectStore('vectors', { keyPath: ['model', 'hash', 'first'] })
          }
        },
        blocked: () => {
          clearTimeout(timer)
          timer = setTimeout(give('blocked'), this.blockedAfter)
        },
        blocking: (_old, _new, event) => {
          forget()
          ;(event.target as IDBDatabase).close()
        },
        terminated: forget,
      }
      openDB<Schema>(this.name, schemaVersion, events)
        .catch(async (error: unknown) => {
          if ((error as DOMException).name !== 'VersionError') throw error
          const newer = await openDB<Schema>(this.name, undefined, events)
          if (names.every((name) => newer.objectStoreNames.contains(name))) return newer
          newer.close()
          throw error
        })
        .then((db) => (late ? db.close() : resolve(db)), reject)
        .finally(() => clearTimeout(timer))
    })
  }

  /**
   * Runs `work` in one transaction and resolves when it is complete on disk.
   * @param what completes "Cannot …" in the error's sentence
   */
  async run<M extends Mode, T>(
    what: string,
    stores: Stores[],
    mode: M,
    work: (tx: Transaction<M>) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const db = await this.open()
        const tx = db.transaction(stores, mode, { durability: 'strict' })
        // The transaction's end is the truth; a failed request only tells why.
        let failed: unknown
        const result = work(tx).catch((error: unknown) => {
          failed = error
          try {
            tx.abort()
          } catch {
            /* it ended by itself */
          }
          throw error
        })
        const [value, end] = await Promise.allSettled([result, tx.done])
        if (end.status === 'rejected' && (end.reason as DOMException | null)?.name === 'QuotaExceededError') {
          throw end.reason
        }
        if (value.status === 'rejected') throw failed
        if (end.status === 'rejected') {
          throw end.reason ?? new DOMException('The transaction was aborted.', 'AbortError')
        }
        return value.value
      } catch (error) {
        const closed = error instanceof DOMException && error.name === 'InvalidStateError'
        if (closed && attempt === 0) {
          this.connection = null
          continue
        }
        throw storageError(error, what)
      }
    }
  }

  async close(): Promise<void> {
    const connection = await this.connection?.catch(() => null)
    this.connection = null
    connection?.close()
  }
}
