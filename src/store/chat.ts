// The current conversation: its messages, the answer that is streaming, and its parameters.
//
// Token events lie in answers.ts. A message's `tokens` count changes at most once per frame and tells panels to look.

import { create } from 'zustand'
import type { ErrorData, TokenEvent } from '../worker/protocol.ts'
import { drawnWith, prompts, tokens, type AnswerRun, type Continuation } from './answers.ts'
import { getClient, toData } from './client.ts'
import { fromFile, fromRow, newId, titleFrom, toFile, toPrompt, toRow, type Conversation, type Message } from './conversation.ts'
import { frame } from './frame.ts'
import { useModels } from './models.ts'
import { banBias, defaultParams, useSettings, type TurnParams } from './settings.ts'

export type { Message, MessageState } from './conversation.ts'

export interface ConversationSummary { id: string; title: string; updatedAt: number; messages: number }

/** Live numbers of the running answer. */
export interface LiveStats { promptTokens: number; reusedTokens: number; /** tokens of the prompt that are read */ readTokens: number; tokens: number; secondsToFirst: number | null; tokensPerSecond: number }

export interface ChatState {
  conversations: ConversationSummary[]
  id: string
  title: string
  messages: Message[]
  system: string
  params: TurnParams
  /** 'prefill' = before the first token; 'stopping' = stop was asked */
  status: 'idle' | 'prefill' | 'streaming' | 'stopping'
  live: LiveStats | null
  /** a failure to read or save conversations */
  error: ErrorData | null

  /** call once when the page starts: reads the conversations and opens the newest */
  start(): Promise<void>
  send(text: string): Promise<void>
  stop(): void
  /** writes an answer anew from a token on (store/branches.ts) */
  continueAnswer(from: Continuation): Promise<void>
  /** puts another run in the place of an answer's, and lets the model read it (store/branches.ts) */
  showRun(messageId: string, run: AnswerRun, change: Partial<Message>): Promise<void>
  /** answers the last user message again, replacing the last answer */
  regenerate(): Promise<void>
  /** replaces a user message, drops everything after it and answers */
  editAndResend(messageId: string, text: string): Promise<void>
  setSystem(system: string): void
  setParams(change: Partial<TurnParams>): void
  resetParams(): void
  /** this token of the running model is not drawn any more, in this conversation */
  ban(token: { id: number; text: string }): void
  unban(id: number, model: string): void
  newChat(): void
  /** shows a conversation that is not stored, e.g. from a link; it is saved with its first answer */
  restore(chat: Pick<Conversation, 'title' | 'system' | 'params' | 'messages'>): Promise<void>
  open(id: string): Promise<void>
  rename(id: string, title: string): Promise<void>
  remove(id: string): Promise<void>
  removeAll(): Promise<void>
  /** all conversations as JSON text, and back; import returns how many were added, and throws what is not an export */
  exportAll(): Promise<string>
  importAll(json: string): Promise<number>
  dismissError(): void
}

/** The running answer, if any; only one at a time. */
let answer: AbortController | null = null
/** resolves when the last answer has ended and is saved */
let settled: Promise<void> = Promise.resolve()
let saveSoon: ReturnType<typeof setTimeout> | undefined
let starting: Promise<void> | null = null
const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!

export const useChat = create<ChatState>()((set, get) => {
  const patch = (id: string, change: Partial<Message>): void =>
    set((s) => ({ messages: s.messages.map((message) => (message.id === id ? { ...message, ...change } : message)) }))
  const fail = (error: unknown): void => set({ error: toData(error) })
  const blank = () => {
    const { params, system } = useSettings.getState()
    for (const known of [tokens, prompts, drawnWith]) known.clear()
    return { id: newId(), title: '', messages: [], system, params: { ...params }, status: 'idle' as const, live: null }
  }

  const show = ({ id, title, system, params, messages }: Conversation): void => set({ ...blank(), id, title, system, params, messages })

  /** Writes the current conversation; an empty one is not worth a row. */
  async function save(): Promise<void> {
    clearTimeout(saveSoon)
    const { id, title, system, params, messages } = get()
    if (messages.length === 0) return
    const row = toRow({ id, title, system, params, messages, updatedAt: Date.now() })
    try {
      await getClient().chats.put([row])
      const { body: _, ...head } = row
      set((s) => ({ conversations: [head, ...s.conversations.filter((c) => c.id !== id)] }))
    } catch (error) {
      fail(error)
    }
  }

  async function stopped(): Promise<void> {
    answer?.abort()
    await settled
  }

  /** A change that is no turn: saved when the typing pauses. */
  function touch(): void {
    clearTimeout(saveSoon)
    if (answer) return // the turn's end saves
    saveSoon = setTimeout(() => void save(), 500)
  }

  const run = (from?: Continuation): Promise<void> => (settled = reply(from))

  /** Answers the messages so far, or writes an answer anew from one of its tokens. */
  async function reply(from?: Continuation): Promise<void> {
    const { system, params, messages } = get()
    const { randomSeed, banned, ...sampling } = params
    const bans = banBias(banned, useModels.getState().active?.id)
    const seed = from?.seed ?? (randomSeed ? freshSeed() : params.seed)
    const id = from?.messageId ?? newId()
    const events: TokenEvent[] = [...from?.before ?? []]
    const kept = events.length
    let content = events.map((event) => event.text).join('')
    const message: Message = { id, role: 'assistant', content, state: 'streaming', tokens: kept, at: Date.now(), seed, modelName: useModels.getState().active?.name }
    const stop = new AbortController()
    answer = stop
    tokens.set(id, events)
    drawnWith.set(id, { ...params, seed, randomSeed: false })
    set({ messages: from ? messages.map((m) => (m.id === id ? message : m)) : [...messages, message], status: 'prefill', live: { promptTokens: 0, reusedTokens: 0, readTokens: 0, tokens: 0, secondsToFirst: null, tokensPerSecond: 0 } })
    void save()

    const began = performance.now()
    let first: number | null = null
    const show = frame(() => {
      const now = performance.now()
      const rate = first !== null && events.length - kept > 1 ? (events.length - kept - 1) / Math.max(1e-3, (now - first) / 1000) : 0
      set((s) => ({
        messages: s.messages.map((m) => (m.id === id ? { ...m, content, tokens: events.length } : m)),
        status: s.status === 'prefill' && events.length > kept ? 'streaming' : s.status,
        live: s.live && { ...s.live, tokens: events.length - kept, tokensPerSecond: rate, secondsToFirst: first === null ? null : (first - began) / 1000 },
      }))
    })
    const cut: Partial<Message> = { state: 'stopped', finish: 'aborted' }
    let end = cut
    try {
      for (const { input, options } of from?.asks ?? [{ input: toPrompt(system, messages), options: {} }]) {
        end = cut
        // an answer that goes on began where its prompt ended: what stays of it counts as written, too
        const begun = from && (from.prompt ?? prompts.get(id))
        for await (const event of getClient().generate(input, { ...sampling, seed, ...options, ...(begun && { answerFrom: begun.ids.length }), logitBias: { ...bans, ...options.logitBias }, signal: stop.signal })) {
          if (event.type === 'token') {
            first ??= performance.now()
            const token = from ? from.place(event, events) : event
            events.push(token)
            content += token.text
            show.ask()
          } else if (event.type === 'prefill') {
            set((s) => ({ live: s.live && { ...s.live, readTokens: event.done } }))
          } else if (event.type === 'prompt') {
            prompts.set(id, from?.prompt ?? prompts.get(id) ?? event)
            set((s) => ({ live: s.live && { ...s.live, promptTokens: event.ids.length, reusedTokens: event.reused, readTokens: event.reused } }))
            if (event.notice) patch(id, { notice: event.notice })
          } else {
            if (!from) content = event.text
            end = { state: event.reason === 'aborted' ? 'stopped' : 'done', finish: event.reason, stats: event.stats }
          }
        }
        if (end.finish !== 'length') break
      }
      if (from?.finish && end.finish === 'length') end = { ...end, state: from.finish === 'aborted' ? 'stopped' : 'done', finish: from.finish }
    } catch (error) {
      if (!stop.signal.aborted) end = { state: 'failed', error: toData(error) }
    }
    show.flush()
    patch(id, { ...end, content, tokens: events.length })
    set({ status: 'idle', live: null })
    answer = null
    await save()
  }

  /** The model reads a run again, so that what looks inside sees this one. What is shared with the run before is not read twice. */
  async function reread(ids: number[], answerFrom: number): Promise<void> {
    const stop = new AbortController()
    answer = stop
    set({ status: 'prefill' })
    try {
      for await (const _ of getClient().generate({ ids }, { maxTokens: 1, temperature: 0, answerFrom, signal: stop.signal }));
    } catch { /* no model, or none that has room: the text is shown all the same */ }
    set({ status: 'idle' })
    answer = null
  }

  async function say(text: string, before: Message[]): Promise<void> {
    if (text.trim() === '' || answer) return
    const message: Message = { id: newId(), role: 'user', content: text, state: 'done', tokens: 0, at: Date.now() }
    set((s) => ({ messages: [...before, message], title: before.length === 0 || s.title === '' ? titleFrom(text) : s.title }))
    await run()
  }

  async function start(): Promise<void> {
    // A page that goes away in the middle of an answer keeps what was written so far.
    if (typeof document !== 'undefined') document.addEventListener('visibilitychange', () => { if (document.hidden && answer) void save() })
    try {
      const conversations = await getClient().chats.list()
      set({ conversations })
      const newest = conversations[0] && fromRow(await getClient().chats.get(conversations[0].id))
      if (newest && get().messages.length === 0 && !answer) show(newest)
    } catch (error) {
      fail(error)
    }
  }

  return {
    conversations: [], ...blank(), error: null,
    start: () => (starting ??= start()),
    send: (text) => say(text, get().messages),
    stop() {
      if (!answer) return
      set({ status: 'stopping' })
      answer.abort()
    },
    async continueAnswer(from) {
      if (!answer) await run(from)
    },
    async showRun(messageId, { prompt, events }, change) {
      if (answer) return
      tokens.set(messageId, events)
      prompts.set(messageId, prompt)
      patch(messageId, { ...change, tokens: events.length })
      await (settled = reread([...prompt.ids, ...events.map((event) => event.id)].slice(0, -1), prompt.ids.length))
      await save()
    },
    async regenerate() {
      if (answer) return
      const { messages } = get()
      const lastQuestion = messages.findLastIndex((message) => message.role === 'user')
      if (lastQuestion < 0) return
      set({ messages: messages.slice(0, lastQuestion + 1) })
      await run()
    },
    async editAndResend(messageId, text) {
      const at = get().messages.findIndex((message) => message.id === messageId && message.role === 'user')
      if (at >= 0) await say(text, get().messages.slice(0, at))
    },
    setSystem(system) {
      set({ system })
      touch()
    },
    setParams(change) {
      set((s) => ({ params: { ...s.params, ...change } }))
      useSettings.getState().setParams(change)
      touch()
    },
    resetParams() {
      get().setParams({ ...defaultParams, stop: [], banned: [] })
    },
    // not for the conversations to come: nobody would remember why a word never comes
    ban({ id, text }) {
      const model = useModels.getState().active?.id
      if (model === undefined) return
      set(({ params }) => ({ params: { ...params, banned: [...params.banned.filter((b) => b.id !== id || b.model !== model), { id, text, model }] } }))
      touch()
    },
    unban(id, model) {
      set(({ params }) => ({ params: { ...params, banned: params.banned.filter((b) => b.id !== id || b.model !== model) } }))
      touch()
    },
    newChat() {
      if (!answer) set(blank())
    },
    async restore({ title, system, params, messages }) {
      await stopped()
      set({ ...blank(), title, system, params, messages })
    },
    async open(id) {
      try {
        await stopped()
        const chat = fromRow(await getClient().chats.get(id))
        if (!chat) throw new Error(`the conversation "${get().conversations.find((c) => c.id === id)?.title ?? id}" is not readable`)
        show(chat)
      } catch (error) {
        fail(error)
      }
    },
    async rename(id, title) {
      try {
        if (get().id === id) {
          set({ title })
          return await save()
        }
        const row = await getClient().chats.get(id)
        if (row) await getClient().chats.put([{ ...row, title }])
        set((s) => ({ conversations: s.conversations.map((c) => (c.id === id ? { ...c, title } : c)) }))
      } catch (error) {
        fail(error)
      }
    },
    async remove(id) {
      try {
        if (get().id === id) await stopped()
        await getClient().chats.remove(id)
        set((s) => ({ conversations: s.conversations.filter((c) => c.id !== id), ...(s.id === id && blank()) }))
      } catch (error) {
        fail(error)
      }
    },
    async removeAll() {
      try {
        await stopped()
        await getClient().chats.clear()
        set({ conversations: [], ...blank() })
      } catch (error) {
        fail(error)
      }
    },
    async exportAll() {
      const heads = await getClient().chats.list()
      const rows = await Promise.all(heads.map(({ id }) => getClient().chats.get(id)))
      return toFile(rows.filter((row) => row !== null))
    },
    async importAll(json) {
      const chats = fromFile(json)
      if (!chats) throw new TypeError('The file is not an export of Glassbox conversations. Nothing was changed.')
      const taken = new Set((await getClient().chats.list()).map((c) => c.id))
      // An id that is in use keeps its conversation; the imported one gets another.
      await getClient().chats.put(chats.map((chat) => toRow(taken.has(chat.id) ? { ...chat, id: newId() } : chat)))
      set({ conversations: await getClient().chats.list() })
      return chats.length
    },
    dismissError: () => set({ error: null }),
  }
})
