// The files of a drop, also those inside dropped folders.

/** Enough for the most finely sharded model; more is surely the wrong folder. */
const max = 400

export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  // entries must be taken before the first await: the list is emptied after the event
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.length === 0) return [...data.files]
  const found: File[] = []
  const open = [...entries]
  for (let entry = open.shift(); entry && found.length < max; entry = open.shift()) {
    if (entry.isFile) found.push(await fileOf(entry as FileSystemFileEntry))
    else if (entry.isDirectory && !entry.name.startsWith('.'))
      open.push(...(await childrenOf(entry as FileSystemDirectoryEntry)))
  }
  return found
}

/** A file out of a folder keeps its place in it as its name: the browser forgets the path of what is dropped. */
async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
  const at = entry.fullPath.replace(/^\/+/, '')
  return at.includes('/') ? new File([file], at, { type: file.type, lastModified: file.lastModified }) : file
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  // readEntries gives at most 100 at a time, and an empty list at the end
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0 || all.length > max) return all
    all.push(...some)
  }
}
