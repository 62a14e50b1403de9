// Copies files from the user's disk into chunks. The originals are not touched and not needed afterwards.

import { EngineError, checkAborted } from '../engine/errors.ts'
import { blobSource } from '../engine/formats/bytes.ts'
import { notWeights, sniffFile } from '../engine/formats/kinds.ts'
import { release } from '../engine/formats/scratch.ts'
import type { Database } from './database.ts'
import { cleanName, idOf, indexName, isCompanion, isGguf, pickFiles, pickGguf, requiredCompanions } from './names.ts'
import { Meter } from './transfer.ts'
import type { TransferProgress } from './types.ts'
import { begin, commit, FileWriter } from './write.ts'

export interface ImportPlan { id: string; name: string; files: { name: string; file: File }[] }

/** Where a file lay in the dropped folder; browsers give '' for single files. */
const pathOf = (file: File): string => file.webkitRelativePath || file.name

/**
 * Which of the given files make a model, under which clean names.
 * @throws EngineError FILE_FORMAT for pickles, archives and weights that are none, FILE_MISSING when weights or companions lack
 */
export async function planImport(given: readonly File[], name?: string): Promise<ImportPlan> {
  const shallowest = Math.min(...given.map((f) => pathOf(f).split('/').length))
  // One folder deep is the model; deeper ones ("original/", ".git/") are something else.
  const root = given.filter((f) => pathOf(f).split('/').length === shallowest).map((file) => ({ name: cleanName(file.name), file }))
  const names = root.map((f) => f.name)
  if (new Set(names).size < names.length) throw new EngineError('FILE_FORMAT', 'Cannot import these files: two of them have the same name. Import one model at a time.', { file: names.find((n, i) => names.indexOf(n) !== i) ?? '', reason: 'same name' })
  const ggufs = pickGguf(names)
  const sets = pickFiles(names)
  const picked = sets.length > 0 ? sets : ggufs
  if (picked.length === 0) {
    const pickle = names.find((n) => /\.(bin|pt|pth|ckpt|pkl|zip|7z|tar|gz)$/i.test(n))
    if (pickle) throw new EngineError('FILE_FORMAT', `Cannot import "${pickle}": pickles and archives can run code or hide files and are refused. Use .safetensors or .gguf.`, { file: pickle, reason: 'pickle' })
    throw new EngineError('FILE_MISSING', 'Cannot import these files: there is no .safetensors and no .gguf among them.', { model: name ?? '', file: '*.safetensors' })
  }
  if (sets.length === 0 && ggufs.length > 1) throw new EngineError('FILE_FORMAT', `Cannot import ${ggufs.length} .gguf files at once: each is a model of its own. Import them one by one.`, { file: ggufs[1]!, reason: 'several' })
  const weights = root.filter((f) => picked.includes(f.name) && !isCompanion(f.name))
  const need = sets.length > 0 ? requiredCompanions.find((companion) => !names.includes(companion)) : undefined
  if (need !== undefined) {
    await expectSafetensors(weights)
    throw new EngineError('FILE_MISSING', `Cannot import the model: "${need}" is missing beside the weights. Choose all files of the model's folder together.`, { model: name ?? '', file: need })
  }
  const folder = pathOf(given[0]!).split('/').at(-2)
  const title = name ?? folder ?? weights[0]!.file.name.replace(/\.(gguf|safetensors)$/i, '')
  return { id: idOf({ kind: 'import' }, cleanName(isGguf(picked[0]!) ? picked[0]! : title)), name: title, files: root.filter((f) => picked.includes(f.name)) }
}

/** A web page saved as model.safetensors lacks no config.json: what a file is comes before what is missing beside it. */
async function expectSafetensors(weights: ImportPlan['files']): Promise<void> {
  for (const { name, file } of weights) {
    if (name === indexName) continue
    const kind = await sniffFile(blobSource(name, file))
    if (kind === 'gguf') throw new EngineError('FILE_FORMAT', `Cannot import "${name}" as safetensors: it is a GGUF file. Give it a name that ends in .gguf.`, { file: name, found: 'GGUF' })
    if (kind !== 'safetensors') throw notWeights(name, kind)
  }
}

/** The caller holds the model's write lock. A stopped import leaves nothing behind that could be opened; the caller removes the rest. */
export async function importFiles(db: Database, plan: ImportPlan, options: { onProgress?: (p: TransferProgress) => void; signal?: AbortSignal; chunkBytes?: number } = {}): Promise<void> {
  const model = { id: plan.id, name: plan.name, origin: { kind: 'import' as const } }
  const rows = await begin(db, model, plan.files.map(({ name, file }) => ({ name, size: file.size })), options.chunkBytes)
  const meter = new Meter(options.onProgress)
  for (const row of rows) meter.set(row.name, 0, row.size)
  for (const [i, { name, file }] of plan.files.entries()) {
    const writer = new FileWriter(db, rows[i]!)
    await writer.reset() // another file may have had the same name and size
    for (let at = 0; at < file.size;) {
      checkAborted(options.signal)
      const to = Math.min(at + 4 * 1024 * 1024, file.size)
      const bytes = new Uint8Array(await file.slice(at, to).arrayBuffer().catch((cause: unknown) => {
        throw new EngineError('FILE_TRUNCATED', `Cannot read "${name}": the file on your disk changed or went away while it was copied. Choose it again.`, { file: name, needed: to, size: file.size }, { cause })
      }))
      await writer.append(bytes)
      release(bytes)
      meter.add(name, to - at, 'copy')
      at = to
    }
    await writer.finish()
  }
  checkAborted(options.signal)
  await commit(db, plan.id)
  meter.tell(plan.files.at(-1)!.name, 'done')
}
