// Reading an untrusted tokenizer file: limits, and errors that name what was found.

import { EngineError } from '../errors.ts'

/** Most that a tokenizer may hold; real ones stay below a third of each. */
export const limits = { vocab: 1_000_000, merges: 1_000_000, tokenLength: 1024, added: 10_000, depth: 8 } as const

export type Json = Record<string, unknown>

export function invalid(what: string, facts: Record<string, string | number> = {}): EngineError {
  return new EngineError('TOKENIZER_INVALID', `Cannot load the tokenizer: ${what}. The file is damaged or was written by an unknown tool.`, { what, ...facts })
}

export function unsupported(what: string): EngineError {
  return new EngineError('TOKENIZER_UNSUPPORTED', `Cannot load the tokenizer: ${what} is not supported, and guessing would give wrong tokens.`, { what })
}

export function asObject(value: unknown, name: string): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid(`"${name}" must be an object`)
  return value as Json
}

export function asArray(value: unknown, name: string, most: number): unknown[] {
  if (!Array.isArray(value)) throw invalid(`"${name}" must be a list`)
  if (value.length > most) throw invalid(`"${name}" may hold ${most} entries, the file has ${value.length}`)
  return value
}

export function asString(value: unknown, name: string, most: number = limits.tokenLength): string {
  if (typeof value !== 'string') throw invalid(`"${name}" must be a text`)
  if (value.length > most) throw invalid(`"${name}" may be ${most} characters long, the file has ${value.length}`)
  return value
}

export function asId(value: unknown, name: string): number {
  if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) < limits.vocab)) {
    throw invalid(`the id of "${clip(name)}" must be a whole number below ${limits.vocab}, the file has ${clip(String(value))}`)
  }
  return value as number
}

/** Foreign text for a message: short and on one line. */
export function clip(text: string, most = 80): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '?')
  return line.length > most ? `${line.slice(0, most)}…` : line
}
