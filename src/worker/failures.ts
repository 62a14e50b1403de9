// Errors across the thread wall: EngineError → plain data → EngineError. Comlink and streams would keep only message
// and stack.

import { EngineError, type Facts } from '../engine/errors.ts'
import type { ErrorData } from './wire.ts'

const plain = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [
      key,
      value === null || ['string', 'number', 'boolean'].includes(typeof value) ? value : String(value),
    ]),
  )

/** Anything thrown, as data. What is not ours becomes INTERNAL, with its own words. */
export function toData(error: unknown): ErrorData {
  if (error instanceof EngineError) return { code: error.code, message: error.message, facts: plain(error.facts) }
  const name = error instanceof Error ? error.name : typeof error
  const said = error instanceof Error ? error.message : String(error)
  // An AbortError is not taken for a stop: WebGPU throws one when its device goes away.
  return {
    code: 'INTERNAL',
    message: `Something failed that should not: ${name}: ${said}. Chats and stored models are kept. Reload the page and try again.`,
    facts: { message: `${name}: ${said}` },
  }
}

export const revive = ({ code, message, facts }: ErrorData): EngineError => new EngineError(code, message, facts)
