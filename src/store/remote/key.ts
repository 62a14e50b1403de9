// The server's key: in memory, gone with the page, unless the reader wants it kept. And the address that was used last, so
// that it need not be typed again. Nothing here is part of a chat, a link or an exported file.

import type { RemoteServer } from './server.ts'
import { readServer } from './server.ts'

const at = 'glassbox-remote'
const longest = 4096
let key = ''
/** as headers take it: no control characters, no line's end */
const isKey = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longest && /^[\x21-\x7e]*$/.test(value)

interface Kept extends RemoteServer {
  key?: string
}

export const keyNow = (): string => key
/** @returns whether it can be sent at all */
export function setKey(value: string): boolean {
  if (!isKey(value)) return false
  key = value
  return true
}

/** What was kept of an earlier visit; what is damaged is nothing. */
export function recallServer(): Kept | null {
  try {
    const { base, model, key: own } = JSON.parse(localStorage.getItem(at) ?? 'null') as Record<string, unknown>
    if (typeof base !== 'string' || typeof model !== 'string' || model.length > 500) return null
    return { base: readServer(base), model, ...(isKey(own) && { key: own }) }
  } catch {
    return null
  }
}

/** @param withKey the reader wants the key kept in this browser, too */
export function keepServer({ base, model }: RemoteServer, withKey: boolean): void {
  try {
    localStorage.setItem(at, JSON.stringify({ base, model, ...(withKey && key !== '' && { key }) }))
  } catch {
    // no room or no storage: it is typed again next time
  }
}
export function forgetServer(): void {
  key = ''
  try {
    localStorage.removeItem(at)
  } catch {
    // nothing is kept where there is no storage
  }
}
