// The chat: asking, answering again, its settings. What there is of it stands in current.ts, how an answer is
// written in answering.ts, its versions in branches.ts, past chats in history.ts.
//
// Nothing written is ever replaced: an answer again, a question changed, another token are turns beside the first.
// Token events lie in answers.ts. A message's `tokens` count changes at most once per frame and tells panels to look.

import type { StoreApi, UseBoundStore } from 'zustand'
import { run } from './answering.ts'
import type { Continuation } from './answers.ts'
import { newId, titleFrom, uniqueTitle, type Message } from './chat-data.ts'
import { blank, paramsFor, put, tree, useCurrent, type Current } from './current.ts'
import { opened, useEdited } from './edited.ts'
import { titlesInUse } from './heads.ts'
import { useModels } from './models.ts'
import { busy, stopAnswer, stopped } from './running.ts'
import { anyModel, largestBias, mostBiased, ownFrom, withChange, type TurnParams } from './sampling.ts'
import { useSettings } from './settings.ts'
import { mark, unsaved } from './unsaved.ts'
import { keepCurrent, touch, write } from './write.ts'

export type { Message, MessageState } from './chat-data.ts'
export type { LiveStats } from './current.ts'

export interface ChatState extends Current {
  /** @param title of a new chat; absent: from the text */
  send(text: string, title?: string): Promise<void>
  stop(): void
  /** writes an answer from a token on, or otherwise than the chat would (branches.ts, share/reopen.ts) */
  continueAnswer(from: Continuation): Promise<void>
  /** answers the last question, or result of a tool, again; the answers before stay beside it. @param count so many, side by side */
  regenerate(count?: number): Promise<void>
  /** asks a user message otherwise; the message and everything after it stay beside it */
  editAndResend(messageId: string, text: string): Promise<void>
  setSystem(system: string): void
  setParams(change: Partial<TurnParams>): void
  /** what the reader set for this model, or for any, is forgotten: its own defaults are in force again */
  resetParams(): void
  /** this token of the running model is not drawn any more, in this chat */
  ban(token: { id: number; text: string }): void
  /** a bias of this token in this chat, in place of the one it has @param bias null: it is never drawn */
  setBias(token: { id: number; text: string }, bias: number | null): void
  unban(id: number, model: string): void
  newChat(): void
  /** shows a chat that is not stored, e.g. from a link; it is saved with its first answer */
  restore(chat: { title: string; system: string; params: TurnParams; messages: readonly Message[] }): Promise<void>
  dismissError(): void
}

const { getState: get, setState: set } = useCurrent
const modelId = (): string | undefined => useModels.getState().active?.id

/** Asks `text` after the turn `parent`. */
async function say(text: string, parent: string | null, title?: string): Promise<void> {
  if (useEdited.getState().opening) await opened()
  const s = get()
  // an answer that another tab still writes has no end yet to go on from
  if (text.trim() === '' || busy() || s.turns.some((one) => one.id === parent && one.state === 'elsewhere')) return
  const message: Message = {
    id: newId(),
    ...(parent !== null && { parent }),
    role: 'user',
    content: text,
    state: 'done',
    tokens: 0,
    at: Date.now(),
  }
  // a title that was made from the first message goes with it; one that the reader gave stays
  const made = s.turns.filter((turn) => turn.parent === undefined).map((turn) => titleFrom(turn.content))
  const fresh =
    s.title === '' || (parent === null && made.some((one) => s.title === one || s.title.startsWith(`${one} (`)))
  void keepCurrent()
  set({
    ...tree([...get().turns, message], message.id),
    ...(fresh && { title: uniqueTitle(title ?? titleFrom(text), titlesInUse(s.id)) }),
  })
  mark({ turn: message.id, field: 'leaf' })
  if (fresh) mark({ field: 'title' })
  await run()
}

useCurrent.setState({
  send: (text, title) => say(text, get().leaf, title),
  stop: stopAnswer,
  async continueAnswer(from) {
    if (!busy()) await run(from)
  },
  async regenerate(count = 1) {
    if (useEdited.getState().opening) await opened()
    const { messages, turns } = get()
    // a tool's result is answered, too
    const question = messages.findLast((message) => message.role !== 'assistant')
    if (busy() || !question || messages.at(-1)?.state === 'elsewhere') return
    set(tree(turns, question.id))
    await run(undefined, count)
  },
  async editAndResend(messageId, text) {
    const turn = get().turns.find((one) => one.id === messageId && one.role === 'user')
    if (turn) await say(text, turn.parent ?? null)
  },
  setSystem(system) {
    set({ system })
    touch('system')
  },
  setParams({ banned, ...change }) {
    const settings = useSettings.getState()
    const own = withChange(get().own, settings.own, modelId(), change)
    settings.setOwn(modelId(), change)
    set((s) => ({ own, params: paramsFor(own, banned ?? s.params.banned) }))
    if (banned) touch('banned')
    touch('own')
  },
  resetParams() {
    useSettings.getState().forgetOwn(modelId())
    const own = Object.fromEntries(
      Object.entries(get().own).filter(([name]) => name !== anyModel && name !== modelId()),
    )
    set({ own, params: paramsFor(own, []) })
    touch('own')
    touch('banned')
  },
  // not for the chats to come: nobody would remember why a word never comes
  ban: (token) => useChat.getState().setBias(token, null),
  setBias({ id, text }, bias) {
    const model = modelId()
    if (model === undefined) return
    const token = {
      id,
      text,
      model,
      ...(bias !== null && { bias: Math.max(-largestBias, Math.min(largestBias, bias)) }),
    }
    set(({ params: { banned, ...params } }) => {
      const at = banned.findIndex((b) => b.id === id && b.model === model)
      if (at < 0 && banned.length >= mostBiased) return {}
      return { params: { ...params, banned: at < 0 ? [...banned, token] : banned.with(at, token) } }
    })
    touch('banned')
  },
  unban(id, model) {
    set(({ params }) => ({
      params: { ...params, banned: params.banned.filter((b) => b.id !== id || b.model !== model) },
    }))
    touch('banned')
  },
  newChat() {
    if (busy()) return
    if (unsaved().fields.size > 0) void write()
    set(blank())
  },
  async restore({ title, system, params, messages }) {
    await stopped()
    if (unsaved().fields.size > 0) await write()
    const turns = messages.map((message, i): Message => ({
      ...message,
      at: message.at + i,
      ...(i > 0 && { parent: messages[i - 1]!.id }),
    }))
    put(
      {
        id: newId(),
        title: uniqueTitle(title, titlesInUse('')),
        system,
        own: ownFrom(params, modelId() ?? ''),
        banned: params.banned,
        turns,
        leaf: turns.at(-1)?.id ?? null,
      },
      false,
    )
  },
  dismissError: () => set({ error: null, leftClosed: null }),
} as Partial<ChatState> as Partial<Current>)

export const useChat = useCurrent as unknown as UseBoundStore<StoreApi<ChatState>>
