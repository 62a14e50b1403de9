// The files of a drop, also those inside dropped folders, and where they belong: models, adapters, recorded runs. Loaded
// with the first drop, or the first files that are chosen.

import type { ErrorData } from '../../store/index.ts'
import { filesUnder, maxFiles, type Entry } from './folders.ts'
import { addAdapters, usePending } from './pending.ts'

/**
 * @param handles what the browser gives of each item, where it has handles @param entries of the event's items, taken while
 *   it lasted @param files where there are none
 */
export async function droppedFiles(
  entries: readonly FileSystemEntry[],
  files: readonly File[],
  handles: readonly Promise<Entry | null>[] = [],
): Promise<File[]> {
  const given = (await Promise.all(handles)).filter((entry) => entry !== null)
  if (given.length > 0 && given.length === handles.length) {
    const shown = await filesUnder(given).catch(() => [])
    if (shown.length > 0) return shown
  }
  if (entries.length === 0) return [...files]
  const found: File[] = []
  const open = [...entries]
  for (let entry = open.shift(); entry && found.length < maxFiles; entry = open.shift()) {
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
    if (some.length === 0 || all.length > maxFiles) return all
    all.push(...some)
  }
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const folderOf = (path: string): string => path.slice(0, path.length - nameOf(path).length)
/** Names that only an adapter's files have, and those of a whole model's weights. */
const ofAdapter = /^(adapter_config\.json|adapter_model\.(safetensors|bin)|adapter\.safetensors|pytorch_adapter\.bin)$/
const ofModel = /^(model|pytorch_model)\b.*\.(safetensors|bin)$|\.gguf$/i

/**
 * What of a drop is adapters, and what is a model: an adapter's folder says so by its names. On the panel of adapters all
 * of it is meant for that.
 */
export function sorted(files: readonly File[], onAdapters: boolean): { adapters: File[]; model: File[] } {
  if (onAdapters) return { adapters: [...files], model: [] }
  const paths = files.map(pathOf)
  const foldersWith = (pattern: RegExp): Set<string> =>
    new Set(paths.flatMap((path) => (pattern.test(nameOf(path)) ? [folderOf(path)] : [])))
  const [adapted, whole] = [foldersWith(ofAdapter), foldersWith(ofModel)]
  const adapters = files.filter((_, i) => adapted.has(folderOf(paths[i]!)))
  // a whole model may bring its adapter with it, in one folder
  const model = files.filter((_, i) => {
    const folder = folderOf(paths[i]!)
    return !adapted.has(folder) || (whole.has(folder) && !ofAdapter.test(nameOf(paths[i]!)))
  })
  return { adapters, model: adapters.length === 0 || model.some(({ name }) => weights.test(name)) ? model : [] }
}
const weights = /\.(gguf|safetensors|bin|pt|pth)$/i

/** Takes files to where they belong. Tells what is wrong with a recording that is damaged. */
export async function take(files: readonly File[]): Promise<ErrorData | null> {
  if (files.length === 0) return null
  const recording = files.find((file) => file.name.endsWith('.glasstrace'))
  if (recording) return lookAt(recording)
  if (files.length === 1 && /catalog\.json$/i.test(files[0]!.name)) {
    const { useOwnCatalog } = await import('../../store/own-catalog.ts')
    await useOwnCatalog.getState().addFile(files[0]!)
    location.hash = '#/models'
    return null
  }
  if (files.length === 1 && files[0]!.name.endsWith('.agent.json')) {
    const { useAgent } = await import('../../store/agent/index.ts')
    location.hash = '#/agent'
    await useAgent.getState().open(files[0]!)
    return null
  }
  const lesson =
    files.length === 1 && (files[0]!.name.endsWith('.lesson.json') || location.hash.startsWith('#/lessons'))
  if (lesson) {
    const { useOffered } = await import('../../store/lessons/offered.ts')
    useOffered.setState({ file: files[0]! })
    location.hash = '#/lessons'
    return null
  }
  const { adapters, model } = sorted(files, location.hash.startsWith('#/adapters'))
  if (adapters.length > 0) addAdapters(adapters, model.length === 0)
  if (model.length === 0) return null
  usePending.getState().offer(model)
  location.hash = '#/models'
  return null
}

/** A recorded run is no model: the panels that look inside open it. */
async function lookAt(recording: File): Promise<ErrorData | null> {
  const { useInspect } = await import('../../store/inspect.ts')
  const error = await useInspect.getState().openRecording(recording)
  if (!error && !/^#\/(attention|probabilities|lens|inside)\b/.test(location.hash)) location.hash = '#/attention'
  return error
}
