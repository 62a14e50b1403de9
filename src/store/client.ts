// The one client of this page. Made at first use, so that tests (and scripts) can put their own in first.

import { toData } from '../worker/client.ts'
import { pageClient } from '../worker/page.ts'
import type { Client, ErrorData, ModelNotice, OthersEvent } from '../worker/protocol.ts'

let client: Client | null = null
const watchers = new Set<(error: ErrorData) => void>()
const readers = new Set<(notice: ModelNotice) => void>()
const others = new Set<(event: OthersEvent) => void>()
const turns = new Set<(waits: boolean) => void>()

export function getClient(): Client {
  return client ?? setClient(pageClient())
}

export function setClient(next: Client): Client {
  client = next
  next.onLost((error) => watchers.forEach((watch) => watch(error)))
  next.onNotice((notice) => readers.forEach((read) => read(notice)))
  next.onOthers((event) => others.forEach((hear) => hear(event)))
  next.onTurn((waits) => turns.forEach((hear) => hear(waits)))
  return next
}

/** Told when the worker dies or the device is lost, whichever client it is. */
export const onLost = (watch: (error: ErrorData) => void): void => {
  watchers.add(watch)
}

/** Told of what happens to the loaded model while it runs, whichever client it is. */
export const onNotice = (read: (notice: ModelNotice) => void): void => {
  readers.add(read)
}

/** Told what other tabs do with the engine that all use, whichever client it is. */
export const onOthers = (hear: (event: OthersEvent) => void): void => {
  others.add(hear)
}

/** Told when what was asked for waits for another tab's answer, and when its turn has come. */
export const onTurn = (hear: (waits: boolean) => void): void => {
  turns.add(hear)
}

export { toData }
