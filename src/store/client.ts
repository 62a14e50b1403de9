// The one client of this page. Made at first use, so that tests (and scripts) can put their own in first.

import { createClient, toData } from '../worker/client.ts'
import type { Client, ErrorData } from '../worker/protocol.ts'

let client: Client | null = null
const watchers = new Set<(error: ErrorData) => void>()

export function getClient(): Client {
  return client ?? setClient(createClient())
}

export function setClient(next: Client): Client {
  client = next
  next.onLost((error) => watchers.forEach((watch) => watch(error)))
  return next
}

/** Told when the worker dies or the device is lost, whichever client it is. */
export const onLost = (watch: (error: ErrorData) => void): void => {
  watchers.add(watch)
}

export { toData }
