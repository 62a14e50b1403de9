// Models that stay where they are on the reader's disk: no copy, only handles to their files (File System Access). A browser
// gives a handle back at the next visit, but lets nobody read through it until the reader says yes again, by a click.
//
// Whatever happens to a file since it was added is told by its size and time before it is read, and by the browser while it
// is: a model is never computed from two versions of a file.

import { EngineError } from '../engine/errors.ts'
import { checkRange, type ByteSource, type ModelFiles } from '../engine/formats/bytes.ts'
import { handOver } from '../engine/formats/scratch.ts'
import { keyValue, type KeyValue } from './key-value.ts'
import type { StoredModel } from './types.ts'

/** What of a handle is used; browsers without File System Access have none. */
export interface PlaceHandle {
  name: string
  getFile(): Promise<File>
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>
}
export interface PlaceRow {
  id: string
  name: string
  addedAt: number
  usedAt?: number
  files: { name: string; handle: PlaceHandle; size: number; modified: number }[]
}

const mark = 'place:'
export const isPlace = (id: string): boolean => id.startsWith(mark)

const missing = (reason: 'permission' | 'moved' | 'touched', model: string, file: string, why: string): EngineError =>
  new EngineError('FILE_MISSING', `Cannot read "${file}" of "${model}" where it lies: ${why}`, { model, file, reason })

export class Places {
  constructor(readonly rows: KeyValue<PlaceRow> = keyValue('places')) {}

  async list(): Promise<StoredModel[]> {
    return [...(await this.rows.all()).values()].filter(isRow).map(shown)
  }

  async get(id: string): Promise<StoredModel | undefined> {
    const row = (await this.rows.all()).get(id)
    return isRow(row) ? shown(row) : undefined
  }

  /** @throws STORAGE_UNAVAILABLE where the browser keeps no handles */
  async add(name: string, files: readonly { name: string; file: File; handle: PlaceHandle }[]): Promise<StoredModel> {
    const row: PlaceRow = {
      id: `${mark}${name}`,
      name,
      addedAt: Date.now(),
      files: files.map(({ name: as, file, handle }) => ({
        name: as,
        handle,
        size: file.size,
        modified: file.lastModified,
      })),
    }
    await this.rows.set([[row.id, row]])
    const kept = await this.get(row.id)
    if (kept) return kept
    throw new EngineError(
      'STORAGE_UNAVAILABLE',
      `Cannot remember where "${name}" lies: this browser keeps no handles to files. Nothing is lost; store a copy of it instead.`,
      { what: `remember where "${name}" lies`, reason: 'no handles' },
    )
  }

  remove(id: string): Promise<void> {
    return this.rows.remove(id)
  }

  async used(id: string): Promise<void> {
    const row = (await this.rows.all()).get(id)
    if (isRow(row)) await this.rows.set([[id, { ...row, usedAt: Date.now() }]])
  }

  /** For the page, which alone may ask the reader. */
  async handles(id: string): Promise<PlaceHandle[]> {
    return (await this.rows.all()).get(id)?.files.map(({ handle }) => handle) ?? []
  }

  /** @throws FILE_MISSING: reason 'permission', 'moved', 'touched', 'absent' */
  async open(id: string): Promise<ModelFiles> {
    const row = (await this.rows.all()).get(id)
    if (!isRow(row)) {
      throw new EngineError(
        'FILE_MISSING',
        `Cannot open "${id}": this browser no longer knows where it lies. Open it again.`,
        { model: id, reason: 'absent' },
      )
    }
    const opened = await Promise.all(
      row.files.map(async ({ name, handle, size, modified }) => {
        if (((await handle.queryPermission?.({ mode: 'read' })) ?? 'granted') !== 'granted') {
          throw missing('permission', row.name, name, 'the browser asks for your permission again at every visit.')
        }
        const file = await handle.getFile().catch(() => {
          throw missing('moved', row.name, name, 'it was moved, renamed or deleted. Open it again where it is now.')
        })
        if (file.size !== size || file.lastModified !== modified) {
          throw missing('touched', row.name, name, 'it was changed since it was opened first. Open it again.')
        }
        return [name, source(row.name, name, file)] as const
      }),
    )
    return new Map(opened)
  }
}

function source(model: string, name: string, file: File): ByteSource {
  return {
    name,
    size: file.size,
    async read(offset, length, _signal, into) {
      checkRange({ name, size: file.size }, offset, length)
      // the browser refuses a file that is another one than when it was opened
      const bytes = await file
        .slice(offset, offset + length)
        .arrayBuffer()
        .catch(() => {
          throw missing('touched', model, name, 'it was changed while it was read. Open it again.')
        })
      return handOver(new Uint8Array(bytes), into)
    },
  }
}

const isRow = (row: PlaceRow | undefined): row is PlaceRow =>
  row !== undefined &&
  Array.isArray(row.files) &&
  row.files.length > 0 &&
  row.files.every(({ handle }) => Boolean(handle))

const shown = ({ id, name, addedAt, usedAt, files }: PlaceRow): StoredModel => ({
  id,
  name,
  origin: { kind: 'place' },
  files: files.map((file) => ({ name: file.name, size: file.size, stored: 0, sha256: null })),
  bytes: files.reduce((sum, { size }) => sum + size, 0),
  storedBytes: 0,
  complete: true,
  addedAt,
  ...(usedAt !== undefined && { usedAt }),
})
