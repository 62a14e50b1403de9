// Reading an untrusted tokenizer file: limits, and errors that name what was found.

import { EngineError } from '../errors.ts'
import { shown } from '../shown.ts'

/** Most that a tokenizer may hold; real ones stay below a third of each. */
export const limits = {
  vocab: 1_000_000,
  merges: 1_000_000,
  tokenLength: 1024,
  added: 10_000,
  depth: 8,
  steps: 64,
  decoders: 32,
} as const

export type Json = Record<string, unknown>

export function invalid(what: string, facts: Record<string, string | number> = {}): EngineError {
  return new EngineError(
    'TOKENIZER_INVALID',
    `Cannot load the tokenizer: ${what}. The file is damaged or was written by an unknown tool.`,
    { what, ...facts },
  )
}

export function unsupported(what: string): EngineError {
  return new EngineError(
    'TOKENIZER_UNSUPPORTED',
    `Cannot load the tokenizer: ${what} is not supported, and guessing would give wrong tokens.`,
    { what },
  )
}

export function asObject(value: unknown, name: string): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid(`"${name}" must be an object`)
  return value as Json
}

export function asArray(value: unknown, name: string, max: number): unknown[] {
  if (!Array.isArray(value)) throw invalid(`"${name}" must be a list`)
  if (value.length > max) throw invalid(`"${name}" may hold ${max} entries, the file has ${value.length}`)
  return value
}

export function asString(value: unknown, name: string, max: number = limits.tokenLength): string {
  if (typeof value !== 'string') throw invalid(`"${name}" must be a text`)
  if (value.length > max) throw invalid(`"${name}" may be ${max} characters long, the file has ${value.length}`)
  return value
}

export function asId(value: unknown, name: string): number {
  if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) < limits.vocab)) {
    throw invalid(
      `the id of "${clip(name)}" must be a whole number below ${limits.vocab}, the file has ${clip(shown(value))}`,
    )
  }
  return value as number
}

/**
 * Reads a step of the file, or a `Sequence` of them (in `key`, maybe nested), each with `read`.
 * @throws TOKENIZER_INVALID past `limits.depth` or `limits.steps`
 */
export function eachStep<T>(node: unknown, key: string, read: (step: Json, type: string) => T[]): T[] {
  let count = 0
  const walk = (value: unknown, depth: number): T[] => {
    if (depth > limits.depth) throw invalid(`its ${key} are nested deeper than ${limits.depth} levels`)
    if (++count > limits.steps) throw invalid(`it may have ${limits.steps} ${key}, the file has more`)
    const step = asObject(value, key)
    const type = asString(step.type, `${key}.type`)
    return type === 'Sequence'
      ? asArray(step[key], key, limits.steps).flatMap((child) => walk(child, depth + 1))
      : read(step, type)
  }
  return node === null || node === undefined ? [] : walk(node, 0)
}

/** Foreign text for a message: short and on one line. */
export function clip(text: string, max = 80): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '?')
  return line.length > max ? `${line.slice(0, max)}…` : line
}
