// The list of model families: one line each.

import { EngineError } from '../../errors.ts'
import type { Description, Family } from '../describe.ts'
import { readConfig } from '../config.ts'
import { llama } from './llama.ts'
import { mistral } from './mistral.ts'
import { qwen2 } from './qwen2.ts'
import { qwen3 } from './qwen3.ts'

export const families: Family[] = [llama, mistral, qwen2, qwen3]

/** The description of the model that config.json declares; throws FAMILY_UNSUPPORTED or CONFIG_INVALID. */
export function describe(raw: Record<string, unknown>): Description {
  const config = readConfig(raw)
  const type = config.text('model_type', 'none')
  const family = families.find((f) => f.types.includes(type))
  if (!family) {
    throw new EngineError('FAMILY_UNSUPPORTED',
      `Cannot load this model: its model_type is "${type}"; this version knows ${families.flatMap((f) => f.types).join(', ')}.`,
      { type, known: families.flatMap((f) => f.types).join(', ') })
  }
  return family.describe(config)
}
