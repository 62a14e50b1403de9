// What a file is, by its first bytes and never by its name, and a helpful sentence for everything
// that holds no weights we read. The sentences in the reader's language are in src/i18n/kinds.ts.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource } from './bytes.ts'

/** what is said of a file that is no model; the first words complete "it is …" */
const advice = {
  torch: 'a PyTorch file of pickled Python, which can run code when opened, so Glassbox never opens it',
  pickle:
    'a Python pickle, which can run code when opened, so Glassbox never opens it. Take the safetensors or GGUF files of the same model, or convert it in the program that made it, with safetensors.torch.save_file',
  zip: 'a ZIP archive. Unpack it and give the files in it',
  gzip: 'compressed with gzip. Unpack it first',
  archive: 'an archive. Unpack it and give the files in it',
  hdf5: 'an HDF5 (Keras) file. Take the safetensors or GGUF files of the same model',
  ggml: 'an old GGML file from before GGUF. Convert it to GGUF with llama.cpp',
  onnx: 'an ONNX model. Glassbox computes with its own kernels and needs plain weights: take the safetensors or GGUF files of the same model',
  tflite: 'a TensorFlow Lite (LiteRT) model. Take the safetensors or GGUF files of the same model',
  numpy: 'a NumPy array. Take the safetensors or GGUF files of the model',
  html: 'a web page, not a model: a log-in page or an error page was saved in its place. Open the address in a browser tab, then fetch the file again',
  lfs: 'a Git LFS pointer, a short text that stands for the real file. Fetch the file itself, for example with "git lfs pull"',
  json: 'JSON text, probably an error message saved in place of the file. Fetch it again',
  text: 'plain text, not a model. Fetch it again',
  jpeg: 'a JPEG picture',
  png: 'a PNG picture',
  gif: 'a GIF picture',
  webp: 'a WebP picture',
  bmp: 'a BMP picture',
  tiff: 'a TIFF picture',
  pdf: 'a PDF document',
  media: 'a sound or a film',
  database: 'an SQLite database',
  program: 'a program',
  unknown:
    'neither a safetensors nor a GGUF file, by its first bytes. It is damaged or of another format; fetch it again, or take the safetensors or GGUF files of the same model',
} as const

export type NotWeights = keyof typeof advice
export type FileKind = 'safetensors' | 'gguf' | 'empty' | NotWeights
export const notWeightsKinds = Object.keys(advice) as NotWeights[]

const sniffBytes = 512

/** kind -> what the first bytes look like, one character per byte */
const magic: readonly [FileKind, RegExp][] = [
  ['gguf', /^(GGUF|FUGG)/],
  // what torch.save writes: an archive that begins with a pickle, and before 1.6 pickles of which the first is this number
  ['torch', /^(PK\x03\x04[^]{26}[^]{0,255}?\/(data|constants)\.pkl|\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19)/],
  ['numpy', /^PK\x03\x04[^]{26}[\w./-]{0,255}?\.npy/],
  ['zip', /^PK[\x03\x05\x07][\x04\x06\x08]/],
  ['pickle', /^(\x80[\x01-\x05][\x80-\xff(}\]c]|\([dl]p\d+\n|c[\w.]+\n\w+\n)/],
  ['gzip', /^\x1f\x8b/],
  ['archive', /^(7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\xfd7zXZ\0|\x28\xb5\x2f\xfd|BZh[1-9]1AY)|^[^]{257}ustar/],
  ['hdf5', /^\x89HDF/],
  ['ggml', /^(lmgg|fmgg|tjgg|algg)/],
  ['tflite', /^([^]{4}TFL3|LITERTLM)/],
  ['numpy', /^\x93NUMPY/],
  ['lfs', /^version https:\/\/git-lfs/],
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['bmp', /^BM[^]{4}\0\0\0\0/],
  ['tiff', /^(II\*\0|MM\0\*)/],
  ['pdf', /^%PDF-/],
  ['media', /^(RIFF[^]{4}(WAVE|AVI )|ID3|\xff[\xfb\xf3\xf2]|OggS|fLaC|[^]{4}ftyp|\x1aE\xdf\xa3)/],
  ['database', /^SQLite format 3\0/],
  ['program', /^(MZ|\x7fELF|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|\0asm|#!\/)/],
]

/** @param head the first bytes of the file, at most 512 */
export function sniff(head: Uint8Array, size: number): FileKind {
  if (size === 0) return 'empty'
  const ascii = String.fromCharCode(...head.subarray(0, sniffBytes))
  // the header length is below 2^32, and the header opens with {
  if (ascii[8] === '{' && ascii.slice(4, 8) === '\0\0\0\0') return 'safetensors'
  const known = magic.find(([, pattern]) => pattern.test(ascii))
  if (known) return known[0]
  if (isOnnx(head)) return 'onnx'
  const text = ascii.replace(/^\xef\xbb\xbf/, '').trimStart()
  if (/^<(!doctype|html|head|body|!--|\?xml)/i.test(text)) return 'html'
  if (/^[[{]/.test(text)) return 'json'
  return /^[\t\n\r\x20-\x7e]+$/.test(ascii) ? 'text' : 'unknown'
}

/**
 * A protocol buffer that opens with a small ir_version (field 1) and the name of a producer (field 2) or a graph (field
 * 7).
 */
function isOnnx(head: Uint8Array): boolean {
  const [tag = 0, version = 0, next = 0, length = 0] = head
  if (tag !== 0x08 || version === 0 || version > 32) return false
  return (
    next === 0x3a ||
    (next === 0x12 &&
      length > 0 &&
      length < 64 &&
      head.subarray(4, 4 + length).every((byte) => byte >= 0x20 && byte < 0x7f))
  )
}

export async function sniffFile(source: ByteSource, signal?: AbortSignal): Promise<FileKind> {
  const head = await source.read(0, Math.min(sniffBytes, source.size), signal)
  checkAborted(signal)
  return sniff(head, source.size)
}

/** The refusal for a file that should hold weights and is of kind `kind`. */
export function notWeights(file: string, kind: NotWeights | 'empty'): EngineError {
  if (kind === 'empty') {
    return new EngineError('FILE_TRUNCATED', `Cannot read "${file}": it is empty. Fetch it again.`, {
      file,
      needed: 8,
      size: 0,
    })
  }
  if (kind === 'torch') {
    const command = torchCommand(file)
    return new EngineError(
      'FILE_FORMAT',
      `Cannot read "${file}" as model weights: it is ${advice.torch}. Take the safetensors or GGUF files of the same model, or convert it with Python's packages torch and safetensors, each of its parts where there are several: ${command}`,
      { file, found: kind, command },
    )
  }
  return new EngineError('FILE_FORMAT', `Cannot read "${file}" as model weights: it is ${advice[kind]}.`, {
    file,
    found: kind,
  })
}

/**
 * What turns a file of torch.save into safetensors without running what is in it. Weights that share memory are copied;
 * trainers put them under "state_dict".
 */
function torchCommand(file: string): string {
  const safe = /^[^'"`$\\!%]+$/.test(file) ? file : 'weights.bin'
  const made = `${safe.replace(/\.[^./]*$/, '').replace(/(^|\/)pytorch_model/, '$1model')}.safetensors`
  return `python -c "import torch, safetensors.torch as s; d = torch.load('${safe}', map_location='cpu', weights_only=True); d = d.get('state_dict', d); s.save_file({k: torch.clone(d[k], memory_format=torch.contiguous_format) for k in d if torch.is_tensor(d[k])}, '${made}', {'format': 'pt'})"`
}
