// Which format a pile of files is, by their first bytes and never by their names; where the
// model's folder is in it; and a helpful sentence for everything that is not a checkpoint.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource, ModelFiles } from './bytes.ts'

export type FileKind =
  | 'safetensors' | 'gguf' | 'empty' | 'zip' | 'pickle' | 'gzip' | 'hdf5' | 'ggml' | 'html' | 'lfs' | 'json' | 'text' | 'unknown'

export interface Detected {
  format: 'safetensors' | 'gguf'
  /** the model's files, names relative to the model's folder */
  files: ModelFiles
  /** names of all weight files of that format, sorted */
  weights: string[]
}

const sniffBytes = 512
/** files that are never weights */
const companions = /\.(json|jsonl|txt|md|jinja|model|py|png|jpe?g|gif|svg|ya?ml)$|(^|\/)(\.[^/]*|LICENSE[^/]*|NOTICE[^/]*|USE_POLICY[^/]*)$/i

/** @param head the first bytes of the file, at most 512 */
export function sniff(head: Uint8Array, size: number): FileKind {
  if (size === 0) return 'empty'
  const ascii = String.fromCharCode(...head.subarray(0, sniffBytes))
  if (ascii.startsWith('GGUF')) return 'gguf'
  if (/^PK[\x03\x05\x07][\x04\x06\x08]/.test(ascii)) return 'zip'
  if (/^\x80[\x01-\x05][\x80-\xff(}\]c]/.test(ascii)) return 'pickle'
  if (ascii.startsWith('\x1f\x8b')) return 'gzip'
  if (ascii.startsWith('\x89HDF')) return 'hdf5'
  if (/^(lmgg|fmgg|tjgg|algg)/.test(ascii)) return 'ggml'
  if (ascii.startsWith('version https://git-lfs')) return 'lfs'
  // the header length is below 2^32, and the header opens with {
  if (ascii[8] === '{' && ascii.slice(4, 8) === '\0\0\0\0') return 'safetensors'
  const text = ascii.replace(/^\xef\xbb\xbf/, '').trimStart()
  if (/^<(!doctype|html|head|body|!--|\?xml)/i.test(text)) return 'html'
  if (/^[[{]/.test(text)) return 'json'
  return /^[\t\n\r\x20-\x7e]+$/.test(ascii) ? 'text' : 'unknown'
}

export async function sniffFile(source: ByteSource, signal?: AbortSignal): Promise<FileKind> {
  const head = await source.read(0, Math.min(sniffBytes, source.size), signal)
  checkAborted(signal)
  return sniff(head, source.size)
}

const advice: Record<Exclude<FileKind, 'safetensors' | 'gguf' | 'empty'>, string> = {
  zip: 'it is a ZIP archive; PyTorch .bin, .pt and .ckpt files are such archives. Glassbox never runs pickled code: convert the model to safetensors, or unpack the archive and give its files',
  pickle: 'it is a Python pickle, which can run code when opened. Convert the model to safetensors',
  gzip: 'it is compressed with gzip. Unpack it first',
  hdf5: 'it is an HDF5 (Keras) file. Convert the model to safetensors',
  ggml: 'it is an old GGML file from before GGUF. Convert it to GGUF with llama.cpp',
  html: 'it is a web page, not a model: a log-in page or an error page was saved in its place. Open the address in a browser tab, then fetch the file again',
  lfs: 'it is a Git LFS pointer, a short text that stands for the real file. Fetch the file itself, for example with "git lfs pull"',
  json: 'it is JSON text, probably an error message saved in place of the file. Fetch it again',
  text: 'it is plain text, not a model. Fetch it again',
  unknown: 'its first bytes are neither those of a safetensors nor of a GGUF file. It is damaged or of another format; convert the model to safetensors',
}

/** The refusal for a file that should hold weights and is of kind `kind`. */
export function notWeights(file: string, kind: Exclude<FileKind, 'safetensors' | 'gguf'>): EngineError {
  if (kind === 'empty') {
    return new EngineError('FILE_TRUNCATED', `Cannot read "${file}": it is empty. Fetch it again.`, { file, needed: 8, size: 0 })
  }
  return new EngineError('FILE_FORMAT', `Cannot read "${file}" as model weights: ${advice[kind]}.`, { file, found: kind })
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1)
const depthOf = (name: string): number => name.split('/').length

/** Finds the model among the files: a GGUF, or safetensors beside a config.json. */
export async function detectFormat(files: ModelFiles, signal?: AbortSignal): Promise<Detected> {
  const names = [...files.keys()].sort()
  if (names.length === 0) throw new EngineError('FILE_MISSING', 'No files were given. Choose a .gguf file, or a folder with config.json and *.safetensors.', {})
  const kinds = new Map<string, FileKind>()
  for (const name of names) if (!companions.test(name)) kinds.set(name, await sniffFile(files.get(name)!, signal))
  const ofKind = (kind: FileKind): string[] => [...kinds.keys()].filter((name) => kinds.get(name) === kind)
  const safetensors = ofKind('safetensors')
  const gguf = ofKind('gguf')
  const configs = names.filter((name) => /(^|\/)config\.json$/.test(name))

  if (safetensors.length > 0 && (configs.length > 0 || gguf.length === 0)) {
    const root = shallowest(configs.filter((config) => safetensors.some((name) => name.startsWith(folderOf(config)))))
    if (root === undefined) {
      throw new EngineError('FILE_MISSING', `Cannot open "${safetensors[0]!}": "config.json" must lie beside it and is missing. Add the model's config.json.`,
        { file: 'config.json', beside: safetensors[0]! })
    }
    return inFolder('safetensors', files, folderOf(root), safetensors)
  }
  if (gguf.length > 0) return inFolder('gguf', files, folderOf(shallowest(gguf)!), gguf)

  const bad = [...kinds.keys()].find((name) => kinds.get(name) !== 'unknown') ?? [...kinds.keys()][0]
  if (bad !== undefined) throw notWeights(bad, kinds.get(bad) as Exclude<FileKind, 'safetensors' | 'gguf'>)
  throw new EngineError('FILE_MISSING',
    `No weights among the ${names.length} files given ("${names[0]!}"…): a .gguf file or *.safetensors files are needed. Add them.`,
    { files: names.length, first: names[0]! })
}

/** The path with the fewest folders; two in different folders at the same depth are two models. */
function shallowest(paths: string[]): string | undefined {
  const least = Math.min(...paths.map(depthOf))
  const best = paths.filter((path) => depthOf(path) === least)
  const other = best.find((path) => folderOf(path) !== folderOf(best[0]!))
  if (other !== undefined) {
    throw new EngineError('FILE_FORMAT', `The files hold more than one model: "${best[0]!}" and "${other}". Choose one model's folder.`, { first: best[0]!, second: other })
  }
  return best[0]
}

function inFolder(format: Detected['format'], files: ModelFiles, folder: string, weights: string[]): Detected {
  const inside = new Map<string, ByteSource>()
  for (const [name, source] of files) if (name.startsWith(folder)) inside.set(name.slice(folder.length), source)
  const own = weights.filter((name) => folderOf(name) === folder).map((name) => name.slice(folder.length))
  // shards may also lie in a folder below the config
  return { format, files: inside, weights: own.length > 0 ? own : weights.filter((n) => n.startsWith(folder)).map((n) => n.slice(folder.length)) }
}
