// Weights packed by another program in a way that is not read (packings/ has those that are): told by config.json or
// by the names of the tensors, and refused by the packing's name.

import type { EngineError } from '../errors.ts'
import { plainly } from '../shown.ts'
import { packedError, packingOf } from './packings/index.ts'

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)

/** quant_method -> the name people know */
const methods: ReadonlyMap<string, string> = new Map([
  ['hqq', 'HQQ'],
  ['exl2', 'EXL2'],
  ['exl3', 'EXL3'],
  ['aqlm', 'AQLM'],
  ['quip', 'QuIP#'],
  ['eetq', 'EETQ'],
  ['quanto', 'Quanto'],
  ['torchao', 'torchao'],
  ['higgs', 'HIGGS'],
  ['vptq', 'VPTQ'],
  ['spqr', 'SpQR'],
  ['bitnet', 'BitNet'],
  ['auto-round', 'AutoRound'],
  ['auto-round:gptq', 'AutoRound (GPTQ)'],
  ['auto-round:awq', 'AutoRound (AWQ)'],
  ['intel/auto-round', 'AutoRound'],
  ['mxfp4', 'MXFP4'],
  ['modelopt', 'ModelOpt'],
  ['quark', 'Quark'],
  ['squeezellm', 'SqueezeLLM'],
])

/** Refuses, by its name, a way of quantizing that no tensor type tells of. */
export function checkQuantization(file: string, config: Record<string, unknown>): void {
  if (packingOf(config)) return
  const own = config.quantization_config ?? config.compression_config
  const method = isRecord(own) ? own.quant_method : undefined
  if (typeof method === 'string' && method !== '') {
    if (method.toLowerCase() === 'bitsandbytes') return
    const bits =
      isRecord(own) && Number.isInteger(own.bits ?? own.w_bit) ? ` ${plainly(own.bits ?? own.w_bit)}-bit` : ''
    throw packedError(file, `${methods.get(method.toLowerCase()) ?? method.slice(0, 40)}${bits}`)
  }
  if (isRecord(own) && ('quantization' in own || 'quant_algo' in own)) throw packedError(file, 'ModelOpt')
}

/** Suffixes that only a program's own layout has, most telling first. */
const layouts: readonly [name: string, all: readonly RegExp[]][] = [
  ['GPTQ', [/\.qweight$/, /\.g_idx$/]],
  ['AWQ or GPTQ', [/\.qweight$/, /\.qzeros$/]],
  ['EXL2', [/\.q_weight$/, /\.q_scale$/]],
  ['EXL3', [/\.trellis$/]],
  ['HQQ', [/\.W_q$/]],
  ['compressed-tensors', [/\.weight_packed$/]],
  ['AQLM', [/\.codes$/, /\.codebooks$/]],
  ['QuIP#', [/\.Qidxs$/]],
  ['VPTQ', [/\.centroids\.weight$/]],
  ['FP8', [/\.weight_scale_inv$/]],
  ['FP8 or INT8 with scales', [/\.weight_scale$/]],
  ['EETQ', [/\.weight_scales$/]],
  ['Quanto', [/\.weight\._data$/]],
  ['MXFP4', [/_blocks$/, /_scales$/]],
  ['MLX', [/\.scales$/, /\.biases$/]],
]

/** The refusal when the tensors are laid out by such a program though config.json does not say so; null otherwise. */
export function packedByTensors(file: string, names: Iterable<string>): EngineError | null {
  const all = [...names]
  const layout = layouts.find(([, patterns]) => patterns.every((pattern) => all.some((name) => pattern.test(name))))
  return layout ? packedError(file, layout[0]) : null
}
