// A model with what an adapter has learnt in its weights: W' = W + s B A in f32, rounded to f16 once, as a checkpoint that any
// program reads. Never packed into 4 bits again: what was learnt is smaller than the steps between such codes.

import { EngineError, checkAborted } from '../errors.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import type { Checkpoint } from '../formats/types.ts'
import { isTurned } from '../formats/transpose.ts'
import { readSample, readVector } from '../formats/weights.ts'
import { openModel } from '../load.ts'
import type { Plan } from '../model/plan.ts'
import { floatToHalf } from '../tensor/half.ts'

export interface MergeOptions {
  signal?: AbortSignal
  /** numbers that were written, of all */
  onProgress?: (done: { loaded: number; total: number }) => void
}

/** Numbers that are made at a time. */
const atOnce = 2 ** 20
const weightsFile = 'model.safetensors'

const refuse = (need: string, found: string): EngineError =>
  new EngineError(
    'PARAM_INVALID',
    `Cannot merge the adapter: it must be ${need}, it is ${found}. Nothing was changed.`,
    { param: 'adapter', need, found },
  )

interface LowRank {
  rank: number
  cols: number
  a: Float32Array
  b: Float32Array
}

/** The matrices of a LoRA folder, by the tensor that they change. */
async function lowRanks(files: ModelFiles): Promise<{ scale: number; by: Map<string, LowRank> }> {
  const [config, weights] = [files.get('adapter_config.json'), files.get('adapter_model.safetensors')]
  if (!config || !weights) throw refuse('a LoRA in a folder as PEFT writes it', 'another one')
  const set = JSON.parse(new TextDecoder().decode(await config.read(0, config.size))) as Record<string, unknown>
  // fan_in_fan_out says how the model's file lies, which the Plan knows
  const plain = ['use_dora', 'use_rslora', 'lora_bias', 'rank_pattern', 'alpha_pattern']
  const other = plain.find((key) => set[key] === true || Object.keys(Object(set[key])).length > 0)
  const [rank, alpha] = [Number(set['r']), Number(set['lora_alpha'])]
  if (set['peft_type'] !== 'LORA' || other || !(rank > 0)) {
    throw refuse('a plain LoRA', other ?? String(set['peft_type']))
  }
  const { entries } = await readSafetensors(weights)
  const read = async (name: string): Promise<{ shape: number[]; values: Float32Array } | null> => {
    const entry = entries.get(name)
    if (!entry || entry.dtype !== 'F32' || entry.shape.length !== 2) return null
    const bytes = await weights.read(entry.begin, entry.end - entry.begin)
    return { shape: entry.shape, values: new Float32Array(bytes.slice().buffer) }
  }
  const by = new Map<string, LowRank>()
  for (const name of entries.keys()) {
    const [, path, which] = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/.exec(name) ?? []
    if (path === undefined) throw refuse('a LoRA of two matrices per module', `one with "${name}"`)
    if (which === 'B') continue
    const [a, b] = [await read(name), await read(name.replace('.lora_A.', '.lora_B.'))]
    if (!a || !b || a.shape[0] !== rank || b.shape[1] !== rank) {
      throw refuse('a whole LoRA', `one without one of "${path}"`)
    }
    by.set(`${path}.weight`, { rank, cols: a.shape[1]!, a: a.values, b: b.values })
  }
  return { scale: alpha / rank, by }
}

/** Tensors that their file keeps turned, as [in, out]. */
const turnedIn = ({ weights }: Plan, { tensors }: Checkpoint): ReadonlySet<string> =>
  new Set(
    Object.values(weights)
      .flatMap(({ parts }) => parts)
      .flatMap(({ tensor, transpose }) => (transpose && isTurned(tensors.get(tensor)!) ? [tensor] : [])),
  )

/** The transpose of B A, as its file keeps it. */
function turned({ rank, cols, a, b }: LowRank): LowRank {
  const rows = b.length / rank
  const turn = (matrix: Float32Array, width: number): Float32Array =>
    matrix.map((_, at) => matrix[(at % (matrix.length / width)) * width + Math.floor((at * width) / matrix.length)]!)
  return { rank, cols: rows, a: turn(b, rank), b: turn(a, cols) }
}

/** Adds s B A to rows [from, from + count) of a matrix. */
function add(values: Float32Array, from: number, count: number, scale: number, { rank, cols, a, b }: LowRank): void {
  for (let n = 0; n < count; n++) {
    for (let k = 0; k < cols; k++) {
      let sum = 0
      for (let i = 0; i < rank; i++) sum += b[(from + n) * rank + i]! * a[i * cols + k]!
      values[n * cols + k]! += scale * sum
    }
  }
}

function halves(name: string, values: Float32Array): Uint16Array<ArrayBuffer> {
  const found = Uint16Array.from(values, floatToHalf)
  const at = found.findIndex((half) => (half & 0x7c00) === 0x7c00)
  if (at < 0) return found
  throw new EngineError('NUMERIC', `Cannot merge: ${values[at]} in "${name}" does not fit into 16 bits.`, {
    tensor: name,
  })
}

/** config.json of the same model in f16. */
async function configOf({ files }: Checkpoint): Promise<string> {
  const source = files.get('config.json')!
  const config = JSON.parse(new TextDecoder().decode(await source.read(0, source.size))) as Record<string, unknown>
  const plain = (part: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(part)
        .filter(([key]) => key !== 'quantization_config' && key !== 'compression_config')
        .map(([key, value]) => [key, key === 'torch_dtype' || key === 'dtype' ? 'float16' : value]),
    )
  const nested = config['text_config']
  return `${JSON.stringify(
    {
      ...plain(config),
      torch_dtype: 'float16',
      ...(typeof nested === 'object' && nested !== null && { text_config: plain(nested as Record<string, unknown>) }),
    },
    null,
    1,
  )}\n`
}

/**
 * The files of the merged model: config.json, model.safetensors (f16), and what lies beside a model's weights.
 * @param files of the model, as safetensors @param adapter of a LoRA folder
 * @throws PARAM_INVALID for a GGUF, and where the adapter is no plain LoRA or not of this model; NUMERIC
 */
export async function mergeAdapter(
  files: ModelFiles,
  adapter: ModelFiles,
  { signal, onProgress }: MergeOptions = {},
): Promise<Map<string, Blob>> {
  const { checkpoint, plain } = await openModel({ name: '', files }, { ...(signal && { signal }) })
  if (checkpoint.format !== 'safetensors') throw refuse('a LoRA of a model in safetensors', 'one of a GGUF')
  const { scale, by } = await lowRanks(adapter)
  const keptTurned = turnedIn(plain, checkpoint)
  for (const [name, low] of by) if (keptTurned.has(name)) by.set(name, turned(low))
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  const tensors = [...checkpoint.tensors.values()]
  const sizeOf = (shape: readonly number[]): number => shape.reduce((n, axis) => n * axis, 1)
  let end = 0
  for (const { name, shape } of tensors) {
    header[name] = { dtype: 'F16', shape, data_offsets: [end, end + 2 * sizeOf(shape)] }
    end += 2 * sizeOf(shape)
  }
  for (const [name, { cols, b, rank }] of by) {
    const { shape = [] } = checkpoint.tensors.get(name) ?? {}
    if (shape.length !== 2 || shape[1] !== cols || shape[0] !== b.length / rank) {
      throw refuse('a LoRA of this model', `one with a matrix for "${name}" of another shape`)
    }
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const words = new Uint8Array(8 * Math.ceil(text.length / 8)).fill(0x20)
  words.set(text)
  const length = new DataView(new ArrayBuffer(8))
  length.setBigUint64(0, BigInt(words.length), true)
  const parts: BlobPart[] = [length.buffer, words]
  let loaded = 0
  for (const { name, shape } of tensors) {
    const low = by.get(name)
    const [rows = 1, ...rest] = shape
    const cols = sizeOf(rest)
    if (shape.length === 1) parts.push(halves(name, await readVector(checkpoint, name, { ...(signal && { signal }) })))
    else {
      const step = Math.max(1, Math.floor(atOnce / cols))
      for (let from = 0; from < rows; from += step) {
        checkAborted(signal)
        const count = Math.min(step, rows - from)
        const own = Array.from({ length: count }, (_, i) => from + i)
        const values = await readSample(checkpoint, { tensor: name }, cols, own, { ...(signal && { signal }) })
        if (low) add(values, from, count, scale, low)
        parts.push(halves(name, values))
        onProgress?.({ loaded: loaded + (from + count) * cols, total: end / 2 })
        await new Promise((resolve) => setTimeout(resolve))
      }
    }
    loaded += sizeOf(shape)
  }
  const found = new Map([
    ['config.json', new Blob([await configOf(checkpoint)])],
    [weightsFile, new Blob(parts)],
  ])
  for (const [name, source] of files) {
    if (found.has(name) || /\.(safetensors|safetensors\.index\.json|bin|gguf)$/i.test(name)) continue
    found.set(name, new Blob([(await source.read(0, source.size)).slice()]))
  }
  return found
}
