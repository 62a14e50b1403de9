// The hubs that a model can come from: the same repositories, the same files, other servers. Pure.

import type { ErrorData, ModelOrigin } from '../../store/index.ts'

/** In the order in which they are offered. */
export const hubs = ['https://huggingface.co', 'https://hf-mirror.com'] as const

export const hostName = (host: string): string => host.replace(/^https?:\/\//, '')

/**
 * The hub to offer where this one did not answer, or failed; null where another one would not help. It is only offered:
 * who runs a server sees what is asked of it.
 */
export function otherHub(origin: ModelOrigin | undefined, error: ErrorData): string | null {
  if (origin?.kind !== 'hub') return null
  const silent = error.code === 'NETWORK' && error.facts['reason'] !== 'length'
  const failed = error.code === 'HTTP_STATUS' && (Number(error.facts['status']) >= 500 || error.facts['status'] === 429)
  const part = error.code === 'HASH_MISMATCH' && error.facts['reason'] === 'part'
  if (!silent && !failed && !part) return null
  return hubs.find((host) => host !== (origin.host ?? hubs[0])) ?? null
}
