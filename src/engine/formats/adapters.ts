// Files that change a model and are none: LoRA and its relatives (PEFT), and adapter-hub's, and what
// llama.cpp makes of them. Recognized to be named, with the model they belong to; nothing here applies one.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource } from './bytes.ts'

export const adapterConfigName = 'adapter_config.json'
/** Is a file, by its name, an adapter's weights: PEFT's, or adapter-hub's with a head beside them? */
export const isAdapterWeights = (name: string): boolean =>
  /(^|\/)(adapter_[^/]*|adapter\.safetensors|model_head\.safetensors|pytorch_(adapter|model_head)\.bin)$/.test(name)
const maxConfigBytes = 2 ** 20

/** peft_type -> the name people know */
const peftNames: ReadonlyMap<string, string> = new Map([
  ['LORA', 'LoRA'],
  ['ADALORA', 'AdaLoRA'],
  ['LOHA', 'LoHa'],
  ['LOKR', 'LoKr'],
  ['IA3', 'IA³'],
  ['VERA', 'VeRA'],
  ['OFT', 'OFT'],
  ['BOFT', 'BOFT'],
  ['HRA', 'HRA'],
  ['PREFIX_TUNING', 'prefix tuning'],
  ['PROMPT_TUNING', 'prompt tuning'],
  ['P_TUNING', 'p-tuning'],
  ['MULTITASK_PROMPT_TUNING', 'prompt tuning'],
  ['ADAPTION_PROMPT', 'LLaMA-Adapter'],
  ['POLY', 'Poly'],
  ['LN_TUNING', 'LayerNorm tuning'],
  ['XLORA', 'X-LoRA'],
  ['FOURIERFT', 'FourierFT'],
  ['VBLORA', 'VB-LoRA'],
  ['BONE', 'Bone'],
  ['RANDLORA', 'RandLora'],
])

/** adapter-hub's kinds; those without an "architecture" are its first, the bottlenecks. */
function hubName(config: unknown): string {
  const { architecture: given } = Object(config) as { architecture?: unknown }
  if (typeof given !== 'string') return 'bottleneck'
  return peftNames.get(given.toUpperCase()) ?? given.slice(0, 40)
}

/** Names of tensors that only an adapter has, and what it is called. */
const tensorSigns: readonly [RegExp, string][] = [
  [/(\.|_)lora_(A|B|down|up|embedding_[AB]|magnitude_vector)\b/i, 'LoRA'],
  [/\.lora_[ab]$/i, 'LoRA'],
  [/\.hada_w[12]_[ab]/, 'LoHa'],
  [/\.lokr_w[12]/, 'LoKr'],
  [/\.ia3_l\b/, 'IA³'],
  [/\.vera_lambda_[bd]/, 'VeRA'],
  [/^prompt_embeddings$/, 'prompt tuning'],
  [/\.oft_[Rrs]\b/, 'OFT'],
  [/\.adapters?\.[^.]+\.adapter_(down|up)\b|_adapters\.[^.]+\.adapter_(down|up)\b/, 'bottleneck'],
  [/\.(loras|prefix_tunings)\.[^.]+\./, 'adapter-hub'],
]

/** The refusal for an adapter: what kind it is, and of which model. */
export function adapterError(file: string, adapter: string, base: string | null): EngineError {
  return new EngineError(
    'FILE_FORMAT',
    `Cannot load "${file}" as a model: this is a ${adapter} adapter${base ? ` for "${base}"` : ''}, a set of changes to a model and not a model. Load ${base ? `"${base}"` : 'the model it was made for'}, and give this among its adapters.`,
    { file, found: 'adapter', adapter, base },
  )
}

/** The same from an adapter_config.json, which may hold anything. */
export async function adapterOf(file: string, config: ByteSource, signal?: AbortSignal): Promise<EngineError> {
  const bytes = await config.read(0, Math.min(config.size, maxConfigBytes), signal)
  checkAborted(signal)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    value = null
  }
  return adapterFromConfig(file, value)
}

export function adapterFromConfig(file: string, value: unknown): EngineError {
  const {
    peft_type: type,
    config,
    base_model_name_or_path: peftBase,
    model_name: hubBase,
  } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const isHub = type === undefined && config !== undefined
  const name = typeof type === 'string' ? (peftNames.get(type.toUpperCase()) ?? type.slice(0, 40)) : 'PEFT'
  const base = isHub ? hubBase : peftBase
  return adapterError(
    file,
    isHub ? hubName(config) : name,
    typeof base === 'string' && base.trim() !== '' ? base.slice(0, 200) : null,
  )
}

/** The refusal when a safetensors file holds an adapter's tensors, most of them; null otherwise. */
export function adapterByTensors(file: string, names: readonly string[]): EngineError | null {
  const signs = names.flatMap((name) => tensorSigns.find(([pattern]) => pattern.test(name))?.[1] ?? [])
  return signs.length > 0 && signs.length * 2 > names.length ? adapterError(file, signs[0]!, null) : null
}
