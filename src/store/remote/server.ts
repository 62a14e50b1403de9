// A server on the network that answers in the place of a model here: its address, and what can go wrong with it. Pure.

import { EngineError, type Facts } from '../../engine/errors.ts'

/** Any server that speaks OpenAI's chat completions. The key is not a part of it: it is kept apart (key.ts). */
export interface RemoteServer {
  /** where `/chat/completions` and `/models` are, without a slash at its end */
  base: string
  /** as the server calls it */
  model: string
}

export type RemoteWhy =
  | 'address'
  | 'blocked'
  | 'closed'
  | 'unreachable'
  | 'key'
  | 'status'
  | 'answer'
  | 'cut'
  | 'unsupported'

/** @throws always */
export function fail(why: RemoteWhy, sentence: string, facts: Facts = {}): never {
  throw new EngineError('REMOTE_FAILED', sentence, { why, ...facts })
}

// repeated in app/policy.ts, which alone decides; tested equal there
const origin = /^(https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?$/

/** @throws REMOTE_FAILED where the page may never ask this address */
export function readServer(text: string): string {
  const url = URL.parse(text.trim())
  const good = url !== null && origin.test(url.origin) && url.username + url.password + url.search + url.hash === ''
  if (!good) {
    fail(
      'address',
      `Cannot ask "${text.slice(0, 200)}": give https, or http on this computer, with no name or password in it.`,
      { url: text.slice(0, 200) },
    )
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/(chat\/completions|models)$/, '')
  return url.origin + (path || '/v1')
}

export const originOf = (base: string): string => new URL(base).origin
