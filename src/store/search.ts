// Search over all chats in this browser: titles, and every version of every message. One chat after the other, newest
// first, so that the first finds stand while others are still read. What lies in the trash, or cannot be read, is left out.

import { getClient } from './client.ts'
import { whole } from './current.ts'
import { useChat } from './chat.ts'
import { inUse, useHeads } from './heads.ts'
import { readChat } from './stored.ts'
import { inOrder, pathTo } from './tree.ts'
import type { Chat } from './chat-data.ts'

/** A chat that says it. */
export interface Found {
  id: string
  title: string
  /** the first message that says it, those on screen before other versions; null: only the title does */
  turn: string | null
  /** the place, with a few words around it */
  piece: { before: string; said: string; after: string }
  /** how many messages say it */
  count: number
}

/** Characters shown on either side of a find. */
const AROUND = 48

/** Finds the words as they were typed; capitals and the length of spaces do not count. null: nothing was typed */
export function finder(wanted: string): RegExp | null {
  const words = wanted.trim().split(/\s+/).filter(Boolean)
  if (words.length === 0) return null
  return new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('\\s+'), 'iu')
}

/** Where a text says it, with what stands around it on one line. */
export function pieceOf(text: string, wanted: RegExp): Found['piece'] | null {
  const found = wanted.exec(text)
  if (!found) return null
  const end = found.index + found[0].length
  const line = (piece: string): string => piece.replace(/\s+/g, ' ')
  const start = Math.max(0, found.index - AROUND)
  return {
    before: `${start > 0 ? '…' : ''}${line(text.slice(start, found.index))}`,
    said: line(found[0]),
    after: `${line(text.slice(end, end + AROUND))}${end + AROUND < text.length ? '…' : ''}`,
  }
}

/** What one chat says of it. */
export function findIn({ id, title, turns, leaf }: Chat, wanted: RegExp): Found | null {
  const shown = pathTo(turns, leaf)
  const onPath = new Set(shown)
  const others = inOrder(turns).filter((turn) => !onPath.has(turn) && turn.removed === undefined)
  const saying = [...shown, ...others].filter(({ content }) => wanted.test(content))
  const [first] = saying
  const piece = pieceOf(first?.content ?? title, wanted)
  return piece && { id, title, turn: first?.id ?? null, piece, count: saying.length }
}

async function chatOf(id: string): Promise<Chat | null> {
  if (useChat.getState().id === id) return whole()
  const file = await getClient().chats.get(id)
  const read = file && readChat(file.row, file.turns)
  return read && 'chat' in read ? read.chat : null
}

/**
 * @yields after each chat: how many were read, and what this one says
 * @throws STORAGE_UNAVAILABLE
 */
export async function* searchChats(
  wanted: RegExp,
  signal: AbortSignal,
): AsyncGenerator<{ read: number; of: number; found: Found | null }, void, undefined> {
  const heads = inUse(useHeads.getState().all)
  for (const [n, head] of heads.entries()) {
    const chat = await chatOf(head.id)
    if (signal.aborted) return
    yield { read: n + 1, of: heads.length, found: chat && findIn(chat, wanted) }
  }
}

/** Messages of other chats that say it, for a tool: the chat's title, and the words around the find. @param but this chat is left out */
export async function passages(
  query: string,
  most: number,
  but: string,
  signal: AbortSignal,
): Promise<{ chat: string; text: string }[]> {
  const wanted = finder(query)
  const found: { chat: string; text: string }[] = []
  if (!wanted) return found
  for await (const { found: one } of searchChats(wanted, signal)) {
    const { before, said, after } = one?.piece ?? { before: '', said: '', after: '' }
    if (one && one.id !== but) found.push({ chat: one.title, text: `${before}${said}${after}` })
    if (found.length >= most) break
  }
  return found
}
