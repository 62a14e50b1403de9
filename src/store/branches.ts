// Other ways an answer could have gone: "continue with this token instead". Each branch is a whole run (its tokens and
// the prompt before them); the message in the chat shows one of them. What branches share stays in the model's cache
// and is not read again.
//
// The other token is put in its place by a bias that leaves the draw no choice, so that its event is as true as any
// (own logprob, rank, bytes), and the answer goes on from there with the chat's settings.

import { create } from 'zustand'
import type { GlassToken, PromptEvent, TokenEvent } from '../worker/protocol.ts'
import { promptOf, tokensOf, type AnswerRun } from './answers.ts'
import { useChat, type Message } from './chat.ts'
import { newId } from './conversation.ts'

export interface Branch {
  id: string
  /** the branch it left, null for the first answer */
  parent: string | null
  /** index in the answer of the token that differs; 0 for the first answer */
  at: number
  /** the differing token and what stood there, '' for the first answer */
  token: string
  instead: string
  /** the token that stood there was banned, and another one drawn */
  banned?: boolean
  /** given by the reader; '' or absent: none */
  name?: string
  /** as the chat's message has it; of the branch on show, the message itself is newer */
  message: Message
}
export interface BranchSet { active: string; list: readonly Branch[] }

export interface BranchesState {
  /** by message id; absent while an answer has not been branched */
  of: Record<string, BranchSet>
  /** writes the latest answer anew from token `index` on, with another token there; false when it cannot */
  fork(messageId: string, index: number, token: { id: number; text: string }): Promise<boolean>
  /** never draws the token at `index` again in this conversation, and draws the answer anew from there; false when it cannot */
  ban(messageId: string, index: number): Promise<boolean>
  /** an empty name takes it away */
  rename(messageId: string, branchId: string, name: string): void
  show(messageId: string, branchId: string): Promise<void>
  /** the last branch stays */
  remove(messageId: string, branchId: string): Promise<void>
}

/** What leaves the draw one way to go: more than any logit (the engine's own limit), for one token. */
export const forced = (id: number): { logitBias: Record<number, number>; maxTokens: number } => ({ logitBias: { [id]: 1e4 }, maxTokens: 1 })
const runs = new Map<string, AnswerRun>()
/** The tokens of a branch that is not on show. */
export const runOf = (branchId: string): AnswerRun | null => runs.get(branchId) ?? null

const messageOf = (id: string): Message | undefined => useChat.getState().messages.find((m) => m.id === id)
const latestAnswer = (): Message | undefined => useChat.getState().messages.at(-1)
const factsOf = ({ content, state, tokens, finish, stats, seed, modelName, error }: Message): Partial<Message> => ({ content, state, tokens, finish, stats, seed, modelName, error })

/** Only the newest answer can go another way: what came after it was asked about it. */
export const canFork = (messageId: string): boolean =>
  useChat.getState().status === 'idle' && latestAnswer()?.id === messageId && promptOf(messageId) !== null && tokensOf(messageId).length > 0

export const useBranches = create<BranchesState>()((set, get) => {
  const put = (messageId: string, change: (now: BranchSet) => BranchSet): void =>
    set((s) => { const now = s.of[messageId]; return now ? { of: { ...s.of, [messageId]: change(now) } } : s })

  /** Takes down the run on show, as it is now. */
  function keep(messageId: string): void {
    const message = messageOf(messageId), prompt = promptOf(messageId)
    if (!message || !prompt) return
    const known = get().of[messageId] ?? { active: newId(), list: [] }
    runs.set(known.active, { prompt, events: tokensOf(messageId) })
    const list = known.list.length === 0 ? [{ id: known.active, parent: null, at: 0, token: '', instead: '', message }] : known.list.map((b) => (b.id === known.active ? { ...b, message } : b))
    set((s) => ({ of: { ...s.of, [messageId]: { active: known.active, list } } }))
  }

  /** Leaves the answer at `index`: with `token` there, or, null, with whatever is drawn when the one there is banned. */
  async function branch(messageId: string, index: number, token: { id: number; text: string } | null): Promise<boolean> {
    const prompt = promptOf(messageId), events = tokensOf(messageId), replaced = events[index]
    if (!canFork(messageId) || !prompt || !replaced || replaced.id === token?.id) return false
    keep(messageId)
    if (!token) useChat.getState().ban({ id: replaced.id, text: textOf(replaced) })
    const id = newId()
    const parent = parentAt(get().of[messageId]!, index)
    const fresh: Branch = { id, parent, at: index, token: token?.text ?? '…', instead: textOf(replaced), ...(!token && { banned: true }), message: messageOf(messageId)! }
    put(messageId, (now) => ({ active: id, list: [...now.list, fresh] }))
    const before = events.slice(0, index)
    const ids = [...prompt.ids, ...before.map((event) => event.id)]
    await useChat.getState().continueAnswer({
      messageId, prompt, before, seed: messageOf(messageId)?.seed ?? 0,
      asks: token ? [{ input: { ids }, options: forced(token.id) }, { input: { ids: [...ids, token.id] }, options: {} }] : [{ input: { ids }, options: {} }],
      place: placer(before, token !== null),
    })
    const drawn = tokensOf(messageId)[index]
    if (!token && drawn) put(messageId, (now) => ({ ...now, list: now.list.map((b) => (b.id === id ? { ...b, token: textOf(drawn) } : b)) }))
    keep(messageId)
    return true
  }

  // answers that are gone take their branches along
  useChat.subscribe((s, old) => {
    if (s.messages === old.messages || s.status !== 'idle') return
    const here = new Set(s.messages.map((m) => m.id))
    const gone = Object.keys(get().of).filter((id) => !here.has(id))
    if (gone.length === 0) return
    for (const id of gone) for (const branch of get().of[id]!.list) runs.delete(branch.id)
    set(({ of }) => ({ of: Object.fromEntries(Object.entries(of).filter(([id]) => here.has(id))) }))
  })

  return {
    of: {},
    fork: (messageId, index, token) => branch(messageId, index, token),
    ban: (messageId, index) => branch(messageId, index, null),
    rename(messageId, branchId, name) {
      const given = name.trim().slice(0, 80)
      put(messageId, (now) => ({ ...now, list: now.list.map((b) => (b.id === branchId ? { ...b, name: given } : b)) }))
    },
    async show(messageId, branchId) {
      const here = get().of[messageId]
      const branch = here?.list.find((b) => b.id === branchId), run = runs.get(branchId)
      if (!here || !branch || !run || here.active === branchId || useChat.getState().status !== 'idle') return
      keep(messageId)
      put(messageId, (now) => ({ ...now, active: branchId }))
      await useChat.getState().showRun(messageId, run, factsOf(branch.message))
    },
    async remove(messageId, branchId) {
      const here = get().of[messageId]
      const branch = here?.list.find((b) => b.id === branchId)
      if (!here || !branch || here.list.length < 2 || useChat.getState().status !== 'idle') return
      if (here.active === branchId) await get().show(messageId, branch.parent ?? here.list.find((b) => b.id !== branchId)!.id)
      runs.delete(branchId)
      put(messageId, (now) => ({ ...now, list: now.list.filter((b) => b.id !== branchId).map((b) => (b.parent === branchId ? { ...b, parent: branch.parent } : b)) }))
    },
  }
})

/** The branch that a fork at `index` leaves: the one on show, or the earlier one whose token still stands there. */
function parentAt({ active, list }: BranchSet, index: number): string {
  let now = list.find((b) => b.id === active)!
  while (now.parent !== null && index <= now.at) {
    const up = list.find((b) => b.id === now.parent)
    if (!up) break
    now = up
  }
  return now.id
}

// ---- text over the seam -------------------------------------------------------

export const utf8 = (): TextDecoder => new TextDecoder('utf-8', { ignoreBOM: true })
/** A token for people: its own text also where it is half a character. */
export const textOf = (event: TokenEvent): string => event.top.find((t) => t.id === event.id)?.text ?? (event.text || utf8().decode(event.bytes))

/** Bytes at the end that begin a character and do not end it. */
export function openBytes(events: readonly Pick<TokenEvent, 'bytes' | 'text'>[]): Uint8Array {
  const bytes = events.slice(-4).flatMap((event) => [...event.bytes])
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const lead = bytes.at(-back)!
    if ((lead & 0xc0) === 0x80) continue
    const need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
    return Uint8Array.from(need > back ? bytes.slice(-back) : [])
  }
  return new Uint8Array()
}

/**
 * Tokens of a new call as they stand in the whole answer. The engine begins a text at every call: a character that
 * was open when it was cut, and the space before a first word, are put right here from the tokens' own bytes.
 */
function placer(before: readonly TokenEvent[], byHand: boolean): (event: TokenEvent, so: readonly TokenEvent[]) => TokenEvent {
  let decoder: TextDecoder | null = null
  return (event, so) => {
    const first = so.length === before.length, put = byHand && first
    // a token that is put here is a call of its own: the next one begins a text once more
    if (first && (openBytes(before).length > 0 || (put && openBytes([...before, event]).length > 0))) {
      decoder = utf8()
      decoder.decode(openBytes(before), { stream: true })
    }
    const own = utf8().decode(event.bytes)
    let { text } = event
    if (decoder) text = text === '' && !own.includes('\ufffd') ? '' : decoder.decode(event.bytes, { stream: true })
    else if (so.length > 0 && so.length <= before.length + 1 && text !== '' && own === ` ${text}`) text = own
    // nothing was drawn for a token that was put here, and no stage chose it
    return { ...event, index: so.length, text, ...(put && { draw: null, stages: [] }) }
  }
}

// ---- which answer the model has read ----------------------------------------

/** The answer whose tokens these are: prompt and answer are the run that the Glass shows. */
export function answerOf(tokens: readonly GlassToken[]): { message: Message; prompt: PromptEvent; events: readonly TokenEvent[] } | null {
  const message = latestAnswer()
  const prompt = message && promptOf(message.id)
  if (!message || !prompt) return null
  const events = tokensOf(message.id)
  const from = prompt.ids.length
  if (tokens.length < from || tokens.length > from + events.length) return null
  const same = prompt.ids.every((id, i) => tokens[i]!.id === id) && tokens.slice(from).every((t, i) => t.id === events[i]!.id)
  return same ? { message, prompt, events } : null
}
