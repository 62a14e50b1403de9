// A chat that once kept the page from opening is not opened by itself again: while one is brought on screen a
// mark names it, and the mark goes when the page has drawn it and answers. A page that finds an old mark leaves that
// one closed.

import { kept } from './kept.ts'

const key = 'glassbox.chat.opening'
/** Milliseconds that a mark may be young: another tab may be opening its own right now. */
const young = 2000

/** The chat that was being opened when a page stopped answering, or null. */
export function stuckChat(now = Date.now()): string | null {
  const [id, at] = (kept.getItem(key) ?? '').split(' ')
  const since = now - Number(at)
  if (!id || !at || !(since > young)) return null
  try {
    return decodeURIComponent(id)
  } catch {
    return null
  } // no mark of ours
}

let marked: string | null = null
export function beginOpening(id: string, now = Date.now()): void {
  marked = `${encodeURIComponent(id)} ${now}`
  kept.setItem(key, marked)
}

/** The chat is on screen and the page answers. */
export function endOpening(): void {
  if (marked !== null && kept.getItem(key) === marked) kept.removeItem(key)
  marked = null
}

/** For the chat that was left closed: opened by hand it may be tried again. */
export const forgetStuck = (): void => kept.removeItem(key)
// leaving a page that answers is no accident
if (typeof addEventListener === 'function') addEventListener('pagehide', endOpening)
