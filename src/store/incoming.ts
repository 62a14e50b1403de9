// Chats as they come from disk: opened here, or written to by another tab while they are on screen.

import { EngineError } from '../engine/errors.ts'
import { getClient } from './client.ts'
import type { Message } from './chat-data.ts'
import { paramsFor, put, tree, useCurrent } from './current.ts'
import { useDraft } from './draft.ts'
import { changeHeads, readHeads, useHeads } from './heads.ts'
import { beginOpening, endOpening } from './opening.ts'
import { recall } from './reading.ts'
import { busy, writingNow } from './running.ts'
import { save, writes } from './save.ts'
import { readChat } from './stored.ts'
import { whenWritten, writtenNow } from './tabs.ts'
import { endUnder, inOrder, pathTo } from './tree.ts'
import { markAll, markStored, unsaved, type Field } from './unsaved.ts'

const { getState: get, setState: set } = useCurrent
/** answers of other tabs whose end is waited for */
const awaited = new Set<string>()

/** Turns that are unfinished on disk: still being written in another tab, or left by one that is gone. */
async function settle(chat: string, turns: readonly Message[]): Promise<Message[]> {
  const open = turns.filter((turn) => turn.state === 'streaming' && turn.id !== writingNow())
  const now = await writtenNow(open.map(({ id }) => id))
  for (const id of now) {
    if (awaited.has(id)) continue
    awaited.add(id)
    void whenWritten(id).then(() => {
      awaited.delete(id)
      return takeIn(chat)
    })
  }
  return turns.map((turn) =>
    turn.state === 'streaming' && turn.id !== writingNow()
      ? { ...turn, state: now.has(turn.id) ? 'elsewhere' : 'stopped' }
      : turn,
  )
}

/**
 * Reads a chat that another tab changed, when it is the one on screen. What this tab has not saved yet stays.
 */
export async function takeIn(id: string): Promise<void> {
  if (get().id !== id || get().turns.length === 0) return
  // what this tab wrote is on disk before the disk is asked; and it is asked again where this tab wrote meanwhile
  await save()
  const before = writes()
  const file = await getClient()
    .chats.get(id)
    .catch(() => null)
  const found = file && readChat(file.row, file.turns)
  const theirs = found && 'chat' in found ? { ...found, turns: await settle(id, found.chat.turns) } : null
  const s = get()
  if (s.id !== id) return
  if (writes() !== before) return takeIn(id)
  // removed for good in another tab: what is on screen is written whole when there is something new to write
  if (!theirs) {
    if (!file && unsaved().stored) {
      markAll()
      set({ deletedAt: s.deletedAt ?? Date.now() })
    }
    return
  }
  if (theirs.current) markStored()
  const mine = new Map(s.turns.map((turn) => [turn.id, turn]))
  const merged = theirs.turns.map((turn) => {
    const own = mine.get(turn.id)
    return own &&
      (unsaved().turns.has(turn.id) || turn.id === writingNow() || JSON.stringify(own) === JSON.stringify(turn))
      ? own
      : turn
  })
  const there = new Set(merged.map((turn) => turn.id))
  const turns = inOrder([...merged, ...s.turns.filter((turn) => !there.has(turn.id))])
  // what came is shown, where it goes on from what is on screen and nothing is being written here
  const newest = merged.findLast((turn) => !mine.has(turn.id) && turn.removed === undefined)
  const anchor = newest && pathTo(turns, newest.id).findLast((turn) => mine.has(turn.id))
  const follow =
    newest &&
    !busy() &&
    Object.keys(useDraft.getState().edits).every((edit) => !mine.has(edit)) &&
    (!anchor || s.messages.some((one) => one.id === anchor.id))
  const { title, system, own, banned, deletedAt = null } = theirs.chat
  const kept = (field: Field): boolean => unsaved().fields.has(field)
  set({
    ...tree(turns, follow ? endUnder(turns, newest.id) : s.leaf),
    deletedAt,
    lost: theirs.lost,
    ...(!kept('title') && { title }),
    ...(!kept('system') && { system }),
    ...(!kept('own') && !kept('banned') && { own, params: paramsFor(own, banned) }),
  })
  const last = get().messages.at(-1)
  if (follow && last?.role === 'assistant' && last.state !== 'elsewhere') void recall(last.id)
}

/** @throws EngineError CHAT_UNREADABLE, STORAGE_… */
export async function openOne(id: string): Promise<void> {
  const head = useHeads.getState().all.find((one) => one.id === id)
  const file = await getClient().chats.get(id)
  const found = file && readChat(file.row, file.turns)
  if (!found || !('chat' in found)) {
    changeHeads(new Set([id]), (one) => ({ ...one, broken: true }))
    const where = found ? found.bad[0]! : 'it is not there any more'
    if (!file) await readHeads()
    throw new EngineError(
      'CHAT_UNREADABLE',
      `Cannot open the chat "${head?.title ?? id}": what is stored of it is not as it must be (${where}). It is kept as it is; save it to a file from the list of past chats. Other chats are not touched.`,
      { title: head?.title ?? id, where },
    )
  }
  beginOpening(id)
  const turns = await settle(id, found.chat.turns)
  put({ ...found.chat, turns }, true, found.lost)
  // a row of the version before is written anew, turn by turn, with the next change
  if (!found.current) markAll()
  const last = get().messages.findLast((message) => message.role === 'assistant')
  if (last) void recall(last.id)
  setTimeout(endOpening, 5000)
}
