// Adapters on disk: kept in the models' rows and chunks under ids of their own (names.ts), so that hashes, locks, quota
// and interrupted copies are the models'. What an adapter is, is asked of the engine: `read`. Knows no kind of adapter.

import { checkAborted, EngineError } from '../engine/errors.ts'
import { adapterConfigName, adapterError, isAdapterWeights } from '../engine/formats/adapters.ts'
import { blobSource, type ByteSource, type ModelFiles } from '../engine/formats/bytes.ts'
import { notWeights, sniffFile } from '../engine/formats/kinds.ts'
import { release } from '../engine/formats/scratch.ts'
import { unpack } from './archive.ts'
import { isComplete } from './chunks.ts'
import { importFiles, pathOf, planImport, type ImportPlan } from './import.ts'
import { ifFree, locked } from './locks.ts'
import { byAge, type ModelRows, type StoredModels } from './models.ts'
import { adapterId, adapterTitle, cleanName, isAdapter, isGeneric, isGguf, tellingName } from './names.ts'
import type { AdapterSet, StoredAdapter, TransferProgress } from './types.ts'

/** Loose files of several adapters. @throws FILE_FORMAT where two would be kept under one name */
function checkNotTwice(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice === undefined) return
  throw new EngineError(
    'FILE_FORMAT',
    `Cannot add these files as one adapter: "${twice}" is there twice. Add one adapter's folder or files at a time.`,
    { first: twice, second: twice, found: 'adapters' },
  )
}

/** The engine's answer to what files are: null where they are no adapter, an error where one cannot be used. */
export type ReadAdapter = (
  files: ModelFiles,
  signal?: AbortSignal,
) => Promise<{ kind: string; base: string | null } | EngineError | null>

/** Characters of what is told of an adapter; a row with more would be taken for damaged. */
const longestName = 200

interface Watch {
  onProgress?: ((p: TransferProgress) => void) | undefined
  signal?: AbortSignal | undefined
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const stem = (path: string): string => path.replace(/\.(gguf|safetensors|bin|pt|pth)$/i, '')

/**
 * Which of the given files are one adapter each: the files of every folder that holds an adapter_config.json, and every
 * .gguf elsewhere. Where there is neither, all of the shallowest folder is one, for the engine to say what it lacks.
 */
export function adapterSets(given: readonly File[]): AdapterSet[] {
  const folders = new Map<string, File[]>()
  for (const file of given) {
    const folder = folderOf(pathOf(file))
    const others = folders.get(folder)
    if (others) others.push(file)
    else folders.set(folder, [file])
  }
  const isWhole = (files: readonly File[]): boolean => files.some((file) => baseOf(pathOf(file)) === adapterConfigName)
  const whole = [...folders].filter(([, files]) => isWhole(files))
  const alone = [...folders].flatMap(([, files]) =>
    isWhole(files) ? [] : files.filter((file) => isGguf(pathOf(file))),
  )
  const sets = [
    ...whole.map(([folder, files]) => ({ path: folder, name: nameOf(folder, files), files })),
    ...alone.map((file) => ({ path: pathOf(file), name: tellingName(stem(pathOf(file))), files: [file] })),
  ]
  if (sets.length === 0 && given.length > 0) {
    const [folder, files] = [...folders].sort(([a], [b]) => a.split('/').length - b.split('/').length)[0]!
    sets.push({ path: folder, name: nameOf(folder, files), files })
  }
  // the same name in several folders: the whole path tells them apart
  const seen = new Set<string>(),
    twice = new Set<string>()
  for (const { name } of sets) (seen.has(name) ? twice : seen).add(name)
  return sets.map(({ path, name, files }) => ({ name: twice.has(name) && path !== '' ? path : name, files }))
}

function nameOf(folder: string, files: readonly File[]): string {
  if (folder !== '') return tellingName(folder)
  const ends = (pattern: RegExp): File | undefined => files.find((file) => pattern.test(file.name))
  const weights = ends(/\.(safetensors|gguf)$/i) ?? ends(/\.(bin|pt|pth)$/i)
  return weights ? stem(weights.name) : 'adapter'
}

/** Loose files called adapter_model and no more: what it is and what it was made for says more. */
const ofFacts = ({ kind, base }: { kind: string; base: string | null }): string =>
  base === null ? kind : `${kind} ${tellingName(base)}`

export class StoredAdapters {
  constructor(readonly models: StoredModels) {}

  /** Oldest first; what another tab, or this one, is still copying is left out. */
  async list(): Promise<StoredAdapter[]> {
    const busy = await locked().catch(() => new Set<string>())
    const all = (await this.models.all(isAdapter)).map(({ id, rows }) => shown(id, rows))
    return all.filter(({ id, damaged }) => !damaged || !busy.has(id)).sort(byAge)
  }

  async get(id: string): Promise<StoredAdapter | undefined> {
    return (await this.list()).find((one) => one.id === id)
  }

  /** Opens an adapter for the time of `work`: nobody can remove it meanwhile. @throws FILE_MISSING, STORAGE_CORRUPT */
  async using<T>(id: string, work: (files: ModelFiles) => Promise<T>): Promise<T> {
    if (!isAdapter(id)) {
      throw new EngineError('FILE_MISSING', `Cannot put on "${id}": no adapter of that name is stored.`, {
        model: id,
        adapter: id,
        reason: 'absent',
      })
    }
    return this.models.using(id, work)
  }

  /**
   * Copies one adapter's files under the first free one of "name", "name (2)" …, as models are.
   * Files that are stored already, to the byte, are not stored again: that one is given back, marked so.
   * @throws EngineError the engine's, where the files are no adapter
   */
  async import(
    given: readonly File[],
    name: string | undefined,
    read: ReadAdapter,
    watch: Watch & { chunkBytes?: number | undefined },
  ): Promise<StoredAdapter> {
    const [set, other] = adapterSets(given)
    if (!set || other) {
      throw new EngineError(
        set ? 'FILE_FORMAT' : 'FILE_MISSING',
        set
          ? `Cannot add these files as one adapter: "${set.name}" and "${other!.name}" are one each. Add them one by one.`
          : 'Cannot add an adapter: no files were given.',
        set
          ? { first: set.name, second: other!.name, found: 'adapters' }
          : { file: adapterConfigName, adapter: name ?? '' },
      )
    }
    const called = adapterTitle(name ?? set.name)
    const files = ownFiles(set.files)
    checkNotTwice(files.map(nameIn))
    const facts = await read(sourcesOf(files, called), watch.signal)
    if (facts === null || facts instanceof EngineError) throw await whyNone(facts, sourcesOf(set.files, called))
    const adapter = { kind: facts.kind.slice(0, longestName), base: facts.base?.slice(0, longestName) ?? null }
    const twin = await this.twin(files, watch.signal)
    if (twin) return { ...twin, already: true }
    const title = isGeneric(called) ? adapterTitle(ofFacts(adapter)) : called
    for (let n = 1; ; n++) {
      checkAborted(watch.signal)
      const one = n === 1 ? title : `${title} (${n})`
      const id = adapterId(one)
      const kept = files.map((file) => ({ name: nameIn(file), file }))
      const plan = { id, name: one, files: kept, adapter }
      const taken = await ifFree(id, async () => {
        const [here] = await this.models.all((one) => one === id)
        if (here?.rows && isWhole(here.rows)) return false
        try {
          await importFiles(this.models.db, plan, {
            ...(watch.onProgress && { onProgress: watch.onProgress }),
            ...(watch.signal && { signal: watch.signal }),
            ...(watch.chunkBytes !== undefined && { chunkBytes: watch.chunkBytes }),
          })
        } catch (error) {
          await this.models.erase(id).catch(() => undefined)
          throw error
        }
        return true
      })
      if (taken) return shown(id, (await this.models.all((one) => one === id))[0]?.rows)
    }
  }

  /** The stored adapter of the same bytes; of one that is damaged or in use nothing is known. */
  private async twin(files: readonly File[], signal: AbortSignal | undefined): Promise<StoredAdapter | undefined> {
    const sizes = new Map(files.map((file) => [nameIn(file), file.size]))
    for (const one of await this.list()) {
      const alike = one.files.length === files.length && one.files.every(({ name, size }) => sizes.get(name) === size)
      if (one.damaged || !alike) continue
      const same = await this.models
        .using(one.id, async (stored) => {
          for (const file of files) {
            if (!(await sameBytes(stored.get(nameIn(file))!, blobSource(file.name, file), signal))) return false
          }
          return true
        })
        .catch(() => false)
      checkAborted(signal)
      if (same) return one
    }
    return undefined
  }

  async remove(id: string): Promise<void> {
    if (isAdapter(id)) await this.models.remove(id)
  }
}

/**
 * planImport, for files that may be an adapter's: those are refused by what they are, not by what a model would lack.
 * @throws EngineError FILE_FORMAT for an adapter, what the engine says of one that it cannot use, and planImport's
 */
export async function planModel(
  dropped: readonly File[],
  title: string | undefined,
  read: ReadAdapter,
): Promise<ImportPlan> {
  const saved = dropped.length === 1 ? await unpack(dropped[0]!) : null
  const given = saved ? saved.files.map(({ file }) => file) : dropped
  const name = title ?? saved?.name
  const planned = await planImport(given, name).catch((error: unknown) => error as EngineError)
  const [set] = adapterSets(given)
  const files = 'files' in planned ? planned.files.map(({ file }) => file) : set ? ownFiles(set.files) : []
  const facts = files.length > 0 ? await read(sourcesOf(files, set?.name ?? '')) : null
  if (facts instanceof EngineError) throw facts
  if (facts !== null) throw adapterError(set?.name ?? nameIn(files[0]!), facts.kind, facts.base)
  if (!('files' in planned)) throw planned
  const expected = new Map(saved?.files.map((one) => [one.file, one.expected]))
  return { ...planned, files: planned.files.map((one) => ({ ...one, expected: expected.get(one.file) })) }
}

const isWhole = ({ model, files, marker }: ModelRows): boolean => isComplete(model, files, marker)

function shown(id: string, rows: ModelRows | undefined): StoredAdapter {
  const files = (rows?.files ?? []).map(({ name, size }) => ({ name, size: size ?? 0 }))
  return {
    id,
    // one name everywhere: what answers and links know it by
    name: id.replace(/^[a-z]+:/, ''),
    files,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    addedAt: rows?.model.addedAt ?? 0,
    kind: rows?.model.adapter?.kind ?? null,
    base: rows?.model.adapter?.base ?? null,
    ...(!(rows && isWhole(rows)) && { damaged: true as const }),
  }
}

const nameIn = (file: File): string => cleanName(baseOf(pathOf(file)))
/** Bytes that are compared at a time. */
const compared = 4 * 2 ** 20
async function sameBytes(a: ByteSource, b: ByteSource, signal: AbortSignal | undefined): Promise<boolean> {
  for (let at = 0; at < a.size; at += compared) {
    checkAborted(signal)
    const length = Math.min(compared, a.size - at)
    const [one, other] = await Promise.all([a.read(at, length), b.read(at, length)])
    const same = one.every((byte, i) => byte === other[i])
    release(one)
    release(other)
    if (!same) return false
  }
  return true
}
/** In a folder of the adapter's name: messages say it. */
const sourcesOf = (files: readonly File[], folder: string): ModelFiles =>
  new Map(files.map((file) => [`${folder}/${nameIn(file)}`, blobSource(nameIn(file), file)]))

/** Of a folder, what the adapter is made of: trainers leave much beside it, a whole model too. */
function ownFiles(files: readonly File[]): File[] {
  const called = (test: (name: string) => boolean): File[] => files.filter((file) => test(nameIn(file)))
  const config = called((name) => name === adapterConfigName)
  const weights = called((name) => /\.safetensors$/i.test(name))
  const own = weights.filter((file) => isAdapterWeights(nameIn(file)))
  const head = called((name) => name === 'head_config.json')
  if (config.length > 0) return [...config, ...head, ...(own.length > 0 ? own : weights)]
  return called((name) => name === 'config.json' || isGguf(name) || /\.safetensors$/i.test(name))
}

/** Pickles that trainers leave beside an adapter, and that are none. */
const trainers = /^(training_args|optimizer|scheduler|rng_state|scaler)/i

const isPickle = (kind: unknown): kind is 'torch' | 'pickle' | 'zip' =>
  kind === 'torch' || kind === 'pickle' || kind === 'zip'

/** Why files are no adapter. Weights that were pickled say so before anything that is missing beside them. */
async function whyNone(reason: EngineError | null, files: ModelFiles): Promise<EngineError> {
  const [folder = ''] = [...files.keys()].map(folderOf)
  const pickled = ({ code, message, facts }: EngineError): EngineError =>
    new EngineError(code, message, { ...facts, adapter: folder })
  if (reason && reason.code !== 'FILE_MISSING') return isPickle(reason.facts['found']) ? pickled(reason) : reason
  let model: string | undefined
  for (const source of files.values()) {
    const { name } = source
    if (trainers.test(name)) continue
    const kind = await sniffFile(source)
    if (isPickle(kind) && !/\.zip$/i.test(name)) return pickled(notWeights(name, kind))
    if (kind === 'gguf' || (kind === 'safetensors' && !isAdapterWeights(name))) model ??= name
  }
  if (reason) return reason
  if (model !== undefined) {
    return new EngineError(
      'FILE_FORMAT',
      `Cannot add "${model}" as an adapter: it is a model, or a part of one. Add it as a model; an adapter is a folder with adapter_config.json and adapter_model.safetensors, or a .gguf that was made of one.`,
      { file: model, found: 'model' },
    )
  }
  return new EngineError(
    'FILE_MISSING',
    `Cannot use the adapter "${folder}": its "${adapterConfigName}" is missing. Give adapter_config.json and adapter_model.safetensors together.`,
    { file: adapterConfigName, adapter: folder },
  )
}
