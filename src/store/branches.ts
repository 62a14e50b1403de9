// Versions: other answers to the same question, other ways to ask it, and other ways an answer could have gone
// ("continue with this token instead"). All are turns beside each other (tree.ts); one of them is on screen with what
// followed it. What versions share stays in the model's cache and is not read again.
//
// The engine puts the other token in its place, with the model's own numbers for it, and the answer goes on from there
// with the chat's settings, drawn anew with the seed.

import { create } from 'zustand'
import { run } from './answering.ts'
import { runIn, textOf, tokensOf } from './answers.ts'
import { useChat, type Message } from './chat.ts'
import { newId, titleFrom, toChange } from './chat-data.ts'
import { patch, tree, wasSeen, whole } from './current.ts'
import { useHistory } from './history.ts'
import { useModels } from './models.ts'
import { readAgain } from './reading.ts'
import { busy } from './running.ts'
import { save } from './save.ts'
import { useSeveral } from './several.ts'
import { endUnder, isUnder, versionsOf } from './tree.ts'
import { useUndo } from './undo.ts'
import { mark } from './unsaved.ts'
import { write } from './write.ts'

export interface BranchesState {
  /** writes the latest answer anew from token `index` on, with another token there; false when it cannot */
  fork(messageId: string, index: number, token: { id: number; text: string }): Promise<boolean>
  /**
   * never draws the token at `index` again in this chat, and draws the answer anew from there; false when it
   * cannot
   */
  ban(messageId: string, index: number): Promise<boolean>
  /** answers the last question `count` times, side by side (several.ts) */
  several(count: number): Promise<void>
  /** an empty name takes it away */
  rename(messageId: string, name: string): void
  /** brings a version on screen, with what followed it, and lets the model read that */
  show(messageId: string): Promise<void>
  /** puts a message, or a version of one, away, with all that followed it; what is on screen then: the version beside it, else what came before */
  remove(messageId: string): Promise<void>
  bringBack(messageId: string): Promise<void>
}

const { getState: get, setState: set } = useChat
const turnOf = (id: string): Message | undefined => get().turns.find((m) => m.id === id)
const latestAnswer = (): Message | undefined => get().messages.at(-1)

/**
 * Only the newest answer can go another way, where the model that wrote it is loaded: what came after it was asked
 * about it.
 */
export const canFork = (messageId: string): boolean => {
  const last = latestAnswer(),
    model = useModels.getState().active
  return (
    get().status === 'idle' &&
    last?.id === messageId &&
    last.state !== 'elsewhere' &&
    runIn(messageId) !== null &&
    tokensOf(messageId).length > 0 &&
    (model === null || last.modelName === model.name)
  )
}

/** Leaves the answer at `index`: with `token` there, or, null, with whatever is drawn when the one there is banned. */
async function branch(messageId: string, index: number, token: { id: number; text: string } | null): Promise<boolean> {
  const message = turnOf(messageId),
    here = runIn(messageId),
    replaced = here?.events[index]
  if (!canFork(messageId) || busy() || !message || !here || !replaced || replaced.id === token?.id) return false
  if (!token) get().ban({ id: replaced.id, text: textOf(replaced) })
  const id = newId()
  const fork = {
    from: leftAt(message, index),
    at: index,
    token: token?.text ?? '…',
    instead: textOf(replaced),
    ...(!token && { banned: true as const }),
  }
  await run({
    messageId: id,
    beside: message.parent === undefined ? {} : { parent: message.parent },
    fork,
    after: { prompt: here.prompt, events: here.events.slice(0, index) },
    seed: message.seed ?? 0,
    options: token
      ? // the reader's limit is for what is drawn
        { force: { [index]: token.id }, seedAt: [index + 1], maxTokens: get().params.maxTokens + 1 }
      : { seedAt: [index] },
  })
  const drawn = tokensOf(id)[index]
  if (!token && drawn) {
    patch(id, { fork: { ...fork, token: textOf(drawn) } })
    mark({ turn: id })
    await write()
  }
  return true
}

/**
 * The version that a fork at `index` leaves: the one on show, or the one that it left itself where it had not begun
 * yet.
 */
function leftAt(message: Message, index: number): string {
  let at = message
  while (at.fork && at.fork.at >= index) {
    const before = turnOf(at.fork.from)
    if (!before) break
    at = before
  }
  return at.id
}

async function readShown(): Promise<void> {
  const last = latestAnswer()
  if (last?.role === 'assistant') await readAgain(last.id)
}

export const useBranches = create<BranchesState>()((_, own) => ({
  fork: (messageId, index, token) => branch(messageId, index, token),
  ban: (messageId, index) => branch(messageId, index, null),
  async several(count) {
    await get().regenerate(count)
    // side by side the model has read none of them as its text
    if (useSeveral.getState().first === get().leaf) await readShown()
  },
  rename(messageId, name) {
    patch(messageId, { name: name.trim().slice(0, 80) })
    mark({ turn: messageId })
    void write()
  },
  async show(messageId) {
    const { turns, leaf } = get()
    if (busy() || !turnOf(messageId)) return
    set(tree(turns, endUnder(turns, messageId, wasSeen)))
    if (get().leaf === leaf) return
    // a choice is one act: it is kept over a reload that follows at once
    mark({ field: 'leaf' })
    void write()
    await readShown()
  },
  async remove(messageId) {
    const { turns, leaf } = get()
    const turn = turnOf(messageId)
    if (!turn || busy()) return
    const beside = versionsOf(turns, turn).filter(({ id, removed }) => id !== messageId && removed === undefined)
    const now = turns.map((one) => (one.id === messageId ? { ...one, removed: Date.now() } : one))
    // what it left, else the one beside it
    const to =
      beside.find(({ id }) => id === turn.fork?.from) ?? beside.findLast(({ at }) => at <= turn.at) ?? beside[0]
    const away = leaf !== null && isUnder(turns, leaf, messageId)
    set(tree(now, away ? (to ? endUnder(now, to.id, wasSeen) : (turn.parent ?? null)) : leaf))
    mark({ turn: messageId, field: 'leaf' })
    const chat = get().id
    useUndo.getState().offer({
      what: 'message',
      ids: [messageId],
      title: turn.name ?? titleFrom(turn.content),
      async back() {
        if (get().id !== chat) await useHistory.getState().open(chat)
        await own().bringBack(messageId)
      },
    })
    await write()
    if (away) await readShown()
  },
  async bringBack(messageId) {
    if (busy() || turnOf(messageId)?.removed === undefined) return
    useUndo.getState().forget('message', [messageId])
    const now = get().turns.map((one): Message => {
      if (one.id !== messageId) return one
      const { removed: _, ...back } = one
      return back
    })
    set(tree(now, endUnder(now, messageId, wasSeen)))
    mark({ field: 'leaf' })
    // a field that goes must be named
    await save({
      change: { id: get().id, create: false, turns: [{ id: messageId, removed: undefined }] },
      whole: () => toChange(whole()),
    })
    await write()
    await readShown()
  },
}))
