// config.json read with suspicion: every value is checked, every complaint says key, value and need.

import { EngineError } from '../errors.ts'
import type { Config, ModelFormat, Wording } from './describe.ts'
import { shown } from '../shown.ts'

/** Transformers' own words, and a GGUF's keys put into them: llama.cpp takes some of them differently. */
export const wordings: Readonly<Record<ModelFormat, Wording>> = {
  safetensors: { biases: 'declared', ropeKinds: [], partialRope: false, beside: true },
  gguf: { biases: 'present', ropeKinds: ['custom'], partialRope: true, beside: false },
}

const invalid = (key: string, need: string, found: unknown): EngineError =>
  new EngineError('CONFIG_INVALID', `Cannot use config.json: "${key}" must be ${need}, the file has ${shown(found)}.`, {
    key,
    need,
    found: shown(found),
  })

/** `keys` may list aliases separated by "|", first found wins (hidden_size|n_embd). */
export function readConfig(
  raw: Record<string, unknown>,
  wording: Wording = wordings.safetensors,
  ignored: Config['ignored'] = [],
  over: Record<string, unknown> = {},
): Config {
  const find = (keys: string): [string, unknown] => {
    for (const key of keys.split('|')) {
      const from = Object.hasOwn(over, key) ? over : raw
      if (Object.hasOwn(from, key) && from[key] !== null) return [key, from[key]]
    }
    return [keys.split('|')[0]!, undefined]
  }
  const number = (keys: string, fallback?: number): number => {
    const [key, value] = find(keys)
    if (value === undefined && fallback !== undefined) return fallback
    if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(key, 'a number', value)
    return value
  }
  return {
    wording,
    ignored,
    but: (values) => readConfig(raw, wording, ignored, { ...over, ...values }),
    number,
    has: (key) => find(key)[1] !== undefined,
    count(keys, fallback) {
      const value = number(keys, fallback)
      if (!Number.isSafeInteger(value) || value < 1 || value > 2 ** 32) {
        throw invalid(find(keys)[0], 'a positive whole number', value)
      }
      return value
    },
    flag(key, fallback) {
      const value = find(key)[1] ?? fallback
      if (typeof value !== 'boolean') throw invalid(key, 'true or false', value)
      return value
    },
    text(key, fallback) {
      const value = find(key)[1] ?? fallback
      if (typeof value !== 'string') throw invalid(key, 'a text', value)
      return value
    },
    raw: (key) => find(key)[1],
    rawOrNull: (key) => (Object.hasOwn(over, key) ? over[key] : Object.hasOwn(raw, key) ? raw[key] : undefined),
    invalid,
  }
}
