// A note outside IndexedDB (in OPFS) that data was stored. A browser that loses its database
// says nothing: the next visit would look like the first. The note tells the two apart.

const file = 'glassbox-stored'

const folder = (): Promise<FileSystemDirectoryHandle> | undefined =>
  (globalThis.navigator as Navigator | undefined)?.storage?.getDirectory?.()

/** Never fails: without OPFS there is no note, and nothing else depends on it. */
export async function note(stored: boolean): Promise<void> {
  try {
    const root = await folder()
    if (stored) await root?.getFileHandle(file, { create: true })
    else await root?.removeEntry(file)
  } catch {
    /* no OPFS here, or no note to remove */
  }
}

export async function noted(): Promise<boolean> {
  try {
    return (await (await folder())?.getFileHandle(file)) !== undefined
  } catch {
    return false
  }
}
