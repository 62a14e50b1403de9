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

/** A template that could not be used, and what stood in: the answer is to another prompt than the model was trained on. */
export const noticesOf = ({ notice }: PromptEvent): string[] | undefined =>
  notice?.error ? [`${notice.error.message} The built-in format "${notice.format}" stands in.`] : undefined
