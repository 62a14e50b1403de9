// Copies files from the user's disk into chunks. The originals are not touched and not needed afterwards.

import { EngineError, checkAborted } from '../engine/errors.ts'
import { adapterConfigName, adapterOf, isAdapterWeights } from '../engine/formats/adapters.ts'
import { blobSource } from '../engine/formats/bytes.ts'
import { isCompanionName } from '../engine/formats/detect.ts'
import { notWeights, sniffFile } from '../engine/formats/kinds.ts'
import { release } from '../engine/formats/scratch.ts'
import type { Expected } from './archive.ts'
import type { AdapterNote, Database } from './database.ts'
import {
  cleanName,
  ggufSets,
  idOf,
  indexName,
  isCompanion,
  missingCompanion,
  isGguf,
  isProjector,
  isSplitGguf,
  partsOf,
  pickFiles,
} from './names.ts'
import { Meter } from './transfer.ts'
import type { TransferProgress } from './types.ts'
import { begin, commit, FileWriter } from './write.ts'

export interface ImportPlan {
  id: string
  name: string
  /** expected: of a saved model: what its bytes must be */
  files: { name: string; file: File; expected?: Expected }[]
  adapter?: AdapterNote
}

/** Where a file lay in the dropped folder; browsers give '' for single files. */
export const pathOf = (file: File): string => file.webkitRelativePath || file.name

/**
 * Which of the given files make a model, under which clean names.
 * @throws EngineError FILE_FORMAT for adapters, pickles, archives and whatever else holds no weights, FILE_MISSING when
 *   weights or companions lack
 */
export async function planImport(given: readonly File[], name?: string): Promise<ImportPlan> {
  const shallowest = given.reduce((least, file) => Math.min(least, pathOf(file).split('/').length), Infinity)
  // One folder deep is the model; deeper ones ("original/", ".git/") are something else, but for a module's ("1_Pooling/").
  const root = await named(
    given
      .map((file) => ({
        name: pathOf(file)
          .split('/')
          .slice(shallowest - 1)
          .join('/'),
        file,
      }))
      .filter(({ name }) => !name.includes('/') || isCompanion(name))
      .map(({ name, file }) => ({ name: cleanName(name), file })),
  )
  const names = root.map((f) => f.name)
  checkNames(names)
  const all = ggufSets(names)
  const ggufs = all.length > 1 ? all.filter(([first]) => !isProjector(first!)) : all
  const sets = pickFiles(names)
  const weights = sets.filter((n) => !isCompanion(n) && n !== indexName)
  const adapter = root.find((f) => f.name === adapterConfigName)
  if (adapter && ggufs.length === 0 && weights.every(isAdapterWeights)) {
    throw await adapterOf(weights[0] ?? adapter.name, blobSource(adapter.name, adapter.file))
  }
  const picked = sets.length > 0 ? sets : (ggufs[0] ?? [])
  if (picked.length === 0) throw await nothingFor(root)
  if (sets.length === 0 && ggufs.length > 1) {
    throw new EngineError(
      'FILE_FORMAT',
      `Cannot import ${ggufs.length} .gguf models at once: each is a model of its own. Import them one by one.`,
      { file: ggufs[1]![0]!, reason: 'several' },
    )
  }
  const need = sets.length > 0 ? missingCompanion(names) : undefined
  if (need !== undefined) {
    await expectSafetensors(root.filter((f) => weights.includes(f.name)))
    throw new EngineError(
      'FILE_MISSING',
      `Cannot import the model: "${need}" is missing beside the weights. Choose all files of the model's folder together.`,
      { model: name ?? '', file: need },
    )
  }
  const folder = pathOf(given[0]!).split('/')[shallowest - 2]
  const first = weights[0] ?? picked[0]!
  const title =
    name ??
    folder ??
    root.find((f) => f.name === first)!.file.name.replace(/(-\d{5}-of-\d{5})?\.(gguf|safetensors)$/i, '')
  return {
    id: idOf(
      { kind: 'import' },
      cleanName(isGguf(picked[0]!) ? picked[0]!.replace(/-\d{5}-of-\d{5}\.gguf$/i, '.gguf') : title),
    ),
    name: title,
    files: root.filter((f) => picked.includes(f.name)),
  }
}

/** @throws FILE_FORMAT where two files would be kept under one name */
function checkNames(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) {
      throw new EngineError(
        'FILE_FORMAT',
        'Cannot import these files: two of them have the same name. Import one model at a time.',
        { file: name, reason: 'same name' },
      )
    }
    seen.add(name)
  }
}

/** Most files that are looked into to find weights under a name that hides them. */
const maxChecks = 40

/**
 * What holds weights under another name ("model.bin", a blob named by its hash) gets the ending that says what it is.
 */
async function named(root: ImportPlan['files']): Promise<ImportPlan['files']> {
  return Promise.all(
    root.map(async ({ name, file }, i) => {
      const kind =
        i < maxChecks && !isCompanionName(name) && !/\.json$/i.test(name)
          ? await sniffFile(blobSource(name, file))
          : 'unknown'
      const right = kind !== 'gguf' && kind !== 'safetensors' ? true : name.toLowerCase().endsWith(`.${kind}`)
      return { name: right ? name : `${name}.${kind}`, file }
    }),
  )
}

/** Why there is no model among the files: what the likeliest of them is, or that weights are missing. */
async function nothingFor(root: ImportPlan['files']): Promise<EngineError> {
  const parts = root.map(({ name }) => name).filter(isSplitGguf)
  if (parts.length > 0) {
    const all = partsOf(parts[0]!),
      missing = all.filter((name) => !parts.includes(name))
    return new EngineError(
      'FILE_MISSING',
      `Cannot import "${parts[0]!}": the model is split into ${all.length} files and ${missing.length} of them are missing, first "${missing[0] ?? ''}". Choose all of them together.`,
      { file: missing[0] ?? parts[0]!, missing: missing.length, shards: all.length },
    )
  }
  // pictures and texts beside a model's description are not what somebody wanted to load
  const likely = root.filter(({ name }) => !isCompanionName(name))
  const candidates = likely.length > 0 ? likely : root.some(({ name }) => /\.json$/i.test(name)) ? [] : root
  for (const { name, file } of candidates.slice(0, maxChecks)) {
    const kind = await sniffFile(blobSource(name, file))
    if (kind !== 'gguf' && kind !== 'safetensors') return notWeights(name, kind)
  }
  return new EngineError(
    'FILE_MISSING',
    `Cannot import these files: there is no .safetensors and no .gguf among them ("${root[0]?.name ?? ''}"…).`,
    { reason: 'no-weights', first: root[0]?.name ?? '' },
  )
}

/**
 * A web page saved as model.safetensors lacks no config.json: what a file is comes before what is missing beside it.
 */
async function expectSafetensors(weights: ImportPlan['files']): Promise<void> {
  for (const { name, file } of weights) {
    const kind = await sniffFile(blobSource(name, file))
    if (kind !== 'safetensors' && kind !== 'gguf') throw notWeights(name, kind)
  }
}

/** The caller holds the model's write lock, also while it removes what a stopped import left. */
export async function importFiles(
  db: Database,
  plan: ImportPlan,
  options: { onProgress?: (p: TransferProgress) => void; signal?: AbortSignal; chunkBytes?: number } = {},
): Promise<void> {
  const { id, name, adapter } = plan
  const model = { id, name, origin: { kind: 'import' as const }, ...(adapter && { adapter }) }
  const rows = await begin(
    db,
    model,
    plan.files.map(({ name, file, expected }) => ({ name, size: file.size, chunkBytes: expected?.chunkBytes })),
    options.chunkBytes,
  )
  const meter = new Meter(options.onProgress)
  for (const row of rows) meter.set(row.name, 0, row.size)
  for (const [i, { name, file, expected }] of plan.files.entries()) {
    const writer = new FileWriter(db, rows[i]!)
    await writer.reset() // another file may have had the same name and size
    const lane = writer.lane(0)
    for (let at = 0; at < file.size;) {
      checkAborted(options.signal)
      const to = Math.min(at + 4 * 1024 * 1024, file.size)
      const bytes = new Uint8Array(
        await file
          .slice(at, to)
          .arrayBuffer()
          .catch((cause: unknown) => {
            throw new EngineError(
              'FILE_TRUNCATED',
              `Cannot read "${name}": the file on your disk changed or went away while it was copied. Choose it again.`,
              { file: name, needed: to, size: file.size },
              { cause },
            )
          }),
      )
      for (let took = 0; took < bytes.length;) took += (await lane.append(bytes.subarray(took))) ?? 0
      release(bytes)
      if (expected) checkParts(name, writer.row.hashes, expected.hashes)
      meter.set(name, to, file.size)
      meter.add(name, to - at, 'copy')
      at = to
    }
    lane.release()
    await writer.finish()
  }
  checkAborted(options.signal)
  await commit(db, plan.id)
  meter.tell(plan.files.at(-1)!.name, 'done')
}

/** @throws HASH_MISMATCH where what came is not what a saved model says that it holds */
function checkParts(file: string, found: readonly string[], expected: readonly string[]): void {
  const wrong = found.findIndex((hash, i) => hash !== expected[i])
  if (wrong === -1) return
  const chunks = expected.length
  throw new EngineError(
    'HASH_MISMATCH',
    `Cannot take in "${file}": part ${wrong + 1} of ${chunks} is not what was saved. The file was damaged since. Save the model again, or copy it again; nothing of it was kept.`,
    { file, reason: 'saved', chunk: wrong + 1, chunks },
  )
}
