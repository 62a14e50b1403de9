// Mixtures of experts, told by their config.json or by a GGUF's expert_count, and refused with their number unless the
// model's family computes with that key.

import { EngineError } from '../errors.ts'

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)

/** How many experts a config speaks of. */
const expertKeys = [
  'num_local_experts',
  'num_experts',
  'n_routed_experts',
  'moe_num_experts',
  'num_moe_experts',
  'n_experts',
  'moe_num_routed_experts',
  'num_routed_experts',
]

/**
 * Refuses mixtures of experts, with their number.
 * @param computed keys that the model's family computes with
 */
export function checkExperts(file: string, config: Record<string, unknown>, computed: readonly string[]): void {
  for (const scope of [config, config.ffn_config, config.text_config]) {
    if (!isRecord(scope)) continue
    const keys = expertKeys.filter((key) => !computed.includes(key))
    const count = keys.map((key) => scope[key]).find((value) => Number.isInteger(value) && (value as number) > 1)
    if (count !== undefined) {
      throw expertsError(
        file,
        typeof config.model_type === 'string' ? config.model_type.slice(0, 40) : 'none',
        count as number,
      )
    }
  }
}

export function expertsError(file: string, type: string, experts: number): EngineError {
  return new EngineError(
    'FAMILY_UNSUPPORTED',
    `Cannot load "${file}": a mixture of experts (${experts}) is not supported; its architecture is "${type}". Each layer holds ${experts} networks of which a token uses a few. Choose a model of another architecture, or one without experts.`,
    { file, type, experts },
  )
}
