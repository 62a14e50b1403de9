// What every object that comes back begins with: an id, the time, the model, and a fingerprint of what computed it.

import { sha256Text } from '../engine/sha256.ts'
import type { ModelInfo, PromptEvent } from '../engine/types.ts'
import type { LoadedModel } from './shelf.ts'

/** The same for the same weights, kept the same, on the same kind of device, with the same build. */
export function fingerprint({ name, family, parameters, formats, adapters, device }: ModelInfo, build: string): string {
  const { linear, embedding, held } = formats
  const facts = [name, family, parameters, linear, embedding, held, adapters, device?.kind ?? null, build]
  return `fp_${sha256Text(JSON.stringify(facts)).slice(0, 12)}`
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
export const newId = (kind: string): string => `${kind}-${hex(crypto.getRandomValues(new Uint8Array(12)))}`

/** @param kind of id: 'chatcmpl', 'cmpl' */
export const madeBy = (kind: string, { id, info }: LoadedModel, build: string) => ({
  id: newId(kind),
  created: Math.floor(Date.now() / 1000),
  model: id,
  system_fingerprint: fingerprint(info, build),
})

/**
 * What is to be known before an answer is trusted: a template that could not be used, so that it is to another prompt than
 * the model was trained on; keywords of a schema that it is not held to.
 */
export function noticesOf({ notice, ignored = [] }: PromptEvent): string[] | undefined {
  const notices = ignored.map((one) => `The answer is not held to the schema's ${one}`)
  if (notice?.error) notices.push(`${notice.error.message} The built-in format "${notice.format}" stands in.`)
  return notices.length > 0 ? notices : undefined
}
