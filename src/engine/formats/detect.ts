// Which format a pile of files is, by their first bytes and never by their names, and where the
// model's folder is in it.

import { EngineError } from '../errors.ts'
import { adapterConfigName, adapterOf, isAdapterWeights } from './adapters.ts'
import type { ByteSource, ModelFiles } from './bytes.ts'
import { parseJsonObject } from './config.ts'
import { notWeights, sniffFile, type FileKind, type NotWeights } from './kinds.ts'
import { readText } from './text.ts'

export interface Detected {
  format: 'safetensors' | 'gguf'
  /** the model's files, names relative to the model's folder */
  files: ModelFiles
  /** names of all weight files of that format, sorted */
  weights: string[]
}

/** files that are never weights, by their names */
const companions =
  /\.(json|jsonl|txt|md|jinja|model|py|png|jpe?g|gif|svg|ya?ml)$|(^|\/)(\.[^/]*|LICENSE[^/]*|NOTICE[^/]*|USE_POLICY[^/]*)$/i
export const isCompanionName = (name: string): boolean => companions.test(name)

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1)
const depthOf = (name: string): number => name.split('/').length

/** Finds the model among the files: a GGUF, or safetensors beside a config.json. */
export async function detectFormat(files: ModelFiles, signal?: AbortSignal): Promise<Detected> {
  const names = [...files.keys()].sort()
  if (names.length === 0) {
    throw new EngineError(
      'FILE_MISSING',
      'No files were given. Choose a .gguf file, or a folder with config.json and *.safetensors.',
      {},
    )
  }
  const kinds = new Map<string, FileKind>()
  for (const name of names) if (!companions.test(name)) kinds.set(name, await sniffFile(files.get(name)!, signal))
  const ofKind = (kind: FileKind): string[] => [...kinds.keys()].filter((name) => kinds.get(name) === kind)
  const safetensors = ofKind('safetensors')
  const gguf = ofKind('gguf')
  const configs = names.filter((name) => /(^|\/)config\.json$/.test(name))
  await refuseAdapter(files, safetensors, gguf, signal)

  if (safetensors.length > 0 && (configs.length > 0 || gguf.length === 0)) {
    const inner = await sentenceModel(files, names, signal)
    if (inner && configs.includes(`${inner.folder}config.json`)) {
      const own = inFolder('safetensors', files, inner.folder, safetensors)
      return { ...own, files: new Map([...inFolder('safetensors', files, inner.outer, []).files, ...own.files]) }
    }
    const root = shallowest(configs.filter((config) => safetensors.some((name) => name.startsWith(folderOf(config)))))
    if (root === undefined) {
      throw new EngineError(
        'FILE_MISSING',
        `Cannot open "${safetensors[0]!}": "config.json" must lie beside it and is missing. Add the model's config.json.`,
        { file: 'config.json', beside: safetensors[0]! },
      )
    }
    return inFolder('safetensors', files, folderOf(root), safetensors)
  }
  if (gguf.length > 0) return inFolder('gguf', files, folderOf(shallowest(gguf)!), gguf)

  // only pictures and the like: say what they are
  if (kinds.size === 0 && names.every((name) => !/\.(json|txt)$/i.test(name))) {
    kinds.set(names[0]!, await sniffFile(files.get(names[0]!)!, signal))
  }
  const bad = [...kinds.keys()].find((name) => kinds.get(name) !== 'unknown') ?? [...kinds.keys()][0]
  if (bad !== undefined) throw notWeights(bad, kinds.get(bad) as NotWeights | 'empty')
  throw new EngineError(
    'FILE_MISSING',
    `No weights among the ${names.length} files given ("${names[0]!}"…): a .gguf file or *.safetensors files are needed. Add them.`,
    { files: names.length, first: names[0]! },
  )
}

/** Weights that lie beside an adapter's description are the adapter, unless a whole model lies there too. */
async function refuseAdapter(
  files: ModelFiles,
  safetensors: string[],
  gguf: string[],
  signal?: AbortSignal,
): Promise<void> {
  const described = [...files.keys()].find((name) => name.split('/').at(-1) === adapterConfigName)
  const own = safetensors.filter((name) => !isAdapterWeights(name))
  if (described === undefined || own.length > 0 || gguf.length > 0) return
  throw await adapterOf(safetensors[0] ?? described, files.get(described)!, signal)
}

/**
 * Older sentence models: modules.json says that the model lies in a folder of its own (0_Transformer), beside those of
 * the layers after it. Their files then stand beside the model's own, which win.
 */
async function sentenceModel(
  files: ModelFiles,
  names: string[],
  signal?: AbortSignal,
): Promise<{ outer: string; folder: string } | null> {
  const lists = names.filter((name) => /(^|\/)modules\.json$/.test(name))
  if (lists.length !== 1) return null
  const [list] = lists as [string]
  const text = await readText(files, list, 2 ** 20, signal)
  // a list in a file whose reader knows objects
  const { modules } = parseJsonObject(list, `{"modules": ${text}}`)
  const paths = (Array.isArray(modules) ? (modules as unknown[]) : []).flatMap((module) => {
    const { type, path } = Object(module) as { type?: unknown; path?: unknown }
    return typeof type === 'string' && /(^|\.)Transformer$/.test(type) && typeof path === 'string' ? [path] : []
  })
  const outer = folderOf(list)
  return paths[0] ? { outer, folder: `${outer}${paths[0]}/` } : null
}

/** The path with the fewest folders; two in different folders at the same depth are two models. */
function shallowest(paths: string[]): string | undefined {
  const min = Math.min(...paths.map(depthOf))
  const best = paths.filter((path) => depthOf(path) === min)
  const other = best.find((path) => folderOf(path) !== folderOf(best[0]!))
  if (other !== undefined) {
    throw new EngineError(
      'FILE_FORMAT',
      `The files hold more than one model: "${best[0]!}" and "${other}". Choose one model's folder.`,
      { first: best[0]!, second: other },
    )
  }
  return best[0]
}

function inFolder(format: Detected['format'], files: ModelFiles, folder: string, weights: string[]): Detected {
  const inside = new Map<string, ByteSource>()
  for (const [name, source] of files) if (name.startsWith(folder)) inside.set(name.slice(folder.length), source)
  const own = weights.filter((name) => folderOf(name) === folder).map((name) => name.slice(folder.length))
  // shards may also lie in a folder below the config
  return {
    format,
    files: inside,
    weights: own.length > 0 ? own : weights.filter((n) => n.startsWith(folder)).map((n) => n.slice(folder.length)),
  }
}
