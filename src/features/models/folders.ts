// Files that the reader shows to the page: those of a folder, each with the handle by which it can be read where it lies,
// where the browser has handles (File System Access). Elsewhere a folder is a list of files, to be copied.

import type { PlaceHandle } from '../../store/index.ts'

/** Enough for the most finely sharded model; more is surely the wrong folder. */
export const maxFiles = 400

interface Folder {
  kind: 'directory'
  name: string
  values(): AsyncIterable<Entry>
}
export type Entry = (PlaceHandle & { kind: 'file' }) | Folder

interface Pickers {
  showDirectoryPicker?(options: { id: string; mode: 'read' }): Promise<Folder>
  showOpenFilePicker?(options: { id: string; multiple: true }): Promise<(PlaceHandle & { kind: 'file' })[]>
}
const pickers = (): Pickers => globalThis as unknown as Pickers

export const canOpenInPlace = (): boolean => pickers().showDirectoryPicker !== undefined

const handles = new WeakMap<File, PlaceHandle>()

/** The handles of these files in their order; null where one of them has none. */
export function handlesOf(files: readonly File[]): PlaceHandle[] | null {
  const all = files.map((file) => handles.get(file))
  return all.every((handle) => handle !== undefined) ? all : null
}

/** All files below, each named by its way from the first folder on. */
export async function filesUnder(entries: readonly Entry[]): Promise<File[]> {
  const found: File[] = []
  const open = entries.map((entry) => ({ entry, path: entry.name }))
  for (let next = open.shift(); next && found.length < maxFiles; next = open.shift()) {
    const { entry, path } = next
    if (entry.kind === 'file') {
      const file = await entry.getFile()
      // the browser forgets the way to a file in a folder: the name keeps it
      const named = path.includes('/') ? new File([file], path, { lastModified: file.lastModified }) : file
      handles.set(named, entry)
      found.push(named)
    } else if (!entry.name.startsWith('.')) {
      for await (const inner of entry.values()) open.push({ entry: inner, path: `${path}/${inner.name}` })
    }
  }
  return found
}

/** Asks for a folder, or for files; [] when the reader thinks better of it. */
export async function pick(what: 'folder' | 'files'): Promise<File[]> {
  const { showDirectoryPicker, showOpenFilePicker } = pickers()
  try {
    const entries =
      what === 'folder'
        ? [await showDirectoryPicker!.call(globalThis, { id: 'glassbox', mode: 'read' })]
        : await showOpenFilePicker!.call(globalThis, { id: 'glassbox', multiple: true })
    return await filesUnder(entries)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return []
    throw error
  }
}
