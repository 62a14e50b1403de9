// adapter_config.json, key by key: each is read by the adapter's kind, known to say nothing of the numbers, refused by
// name because it changes them, or listed as ignored.

import { EngineError } from '../errors.ts'
import { parseJsonObject } from '../formats/config.ts'
import { adapterConfigName } from '../formats/adapters.ts'
import { shown } from '../shown.ts'
import { unsupported } from './errors.ts'

/** How an adapter was trained, where it came from, which program wrote it. */
const inert = new Set(
  `auto_mapping base_model_name_or_path peft_version revision task_type inference_mode peft_type lora_dropout
  megatron_core qalora_group_size loftq_config eva_config init_ia3_weights init_weights beta1 beta2 deltaT
  orth_reg_weight target_r tfinal tinit total_step layers_pattern runtime_config`.split(/\s+/),
)
/** Settings that change the numbers, and that no kind here computes; empty values say nothing. */
const refused =
  `layer_replication target_parameters trainable_token_indices alora_invocation_tokens use_qalora use_bdlora
  arrow_config corda_config kasa_config monteclora_config velora_config lora_ga_config megatron_config
  exclude_parameters`.split(/\s+/)

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === 'object' && Object.keys(value as object).length === 0)

/** Names, or patterns of them, in one key. */
const mostNames = 10_000

export class AdapterConfig {
  private readonly values: Readonly<Record<string, unknown>>
  private readonly read = new Set<string>()

  constructor(
    /** the adapter's name, for messages */
    private readonly adapter: string,
    text: string,
    private readonly file = adapterConfigName,
  ) {
    this.values = parseJsonObject(file, text)
    for (const key of refused) if (!isEmpty(this.raw(key))) throw unsupported(adapter, key, this.values[key])
  }

  raw(key: string): unknown {
    this.read.add(key)
    return Object.hasOwn(this.values, key) ? this.values[key] : undefined
  }
  has(key: string): boolean {
    return !isEmpty(this.raw(key))
  }
  flag(key: string): boolean {
    const value = this.raw(key) ?? false
    return typeof value === 'boolean' ? value : this.refuse(key, 'true or false')
  }
  /** A finite number; whole and at least `low` where `low` is given. */
  number(key: string, low?: number): number {
    const value = this.raw(key)
    const right =
      typeof value === 'number' &&
      Number.isFinite(value) &&
      (low === undefined || (Number.isInteger(value) && value >= low))
    return right ? value : this.refuse(key, low === undefined ? 'a number' : `a whole number, ${low} or more`)
  }
  text(key: string): string {
    const value = this.raw(key)
    return typeof value === 'string' ? value : this.refuse(key, 'a word')
  }
  /** Names in a list, or one text; null where there are none. */
  names(key: string): readonly string[] | string | null {
    const value = this.raw(key)
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return value
    return Array.isArray(value) && value.length <= mostNames && value.every((item) => typeof item === 'string')
      ? (value as string[])
      : this.refuse(key, 'a list of names, or a text')
  }
  /** Numbers by pattern of a module's name; none where the key is absent. */
  numbers(key: string): ReadonlyMap<string, number> {
    const value = this.raw(key) ?? {}
    const need = 'an object from patterns to numbers'
    if (typeof value !== 'object' || Array.isArray(value)) return this.refuse(key, need)
    const entries = Object.entries(value as object) as [string, unknown][]
    if (entries.length > mostNames || !entries.every(([, n]) => typeof n === 'number' && Number.isFinite(n))) {
      return this.refuse(key, need)
    }
    return new Map(entries as [string, number][])
  }

  /** Keys that nobody read and nobody knows, with their values. */
  get ignored(): string[] {
    return Object.entries(this.values).flatMap(([key, value]) =>
      this.read.has(key) || inert.has(key) || isEmpty(value) ? [] : [`${key.slice(0, 60)} = ${shown(value, 60)}`],
    )
  }

  /** The complaint about a key. */
  refuse(key: string, need: string): never {
    const found = shown(this.values[key], 80)
    throw new EngineError(
      'CONFIG_INVALID',
      `Cannot use the adapter "${this.adapter}": "${key}" of its ${this.file} must be ${need}, found ${found}.`,
      { file: this.file, key, need, found },
    )
  }
}

/** Numbers of layers in a list; none where the key is absent. */
export function layersIn(config: AdapterConfig, key: string): number[] {
  const value: unknown = config.raw(key) ?? []
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
    ? (value as number[])
    : config.refuse(key, 'a list of numbers of layers')
}
