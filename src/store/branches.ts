// Versions: other answers to the same question, other ways to ask it, and other ways an answer could have gone
// ("continue with this token instead"). All are turns beside each other (tree.ts); one of them is on screen with what
// followed it. What versions share stays in the model's cache and is not read again.
//
// The other token is put in its place by a bias that leaves the draw no choice, so that its event is as true as any
// (own logprob, rank, bytes), and the answer goes on from there with the chat's settings.

import { create } from 'zustand'
import type { GlassToken, PromptEvent, TokenEvent } from '../worker/protocol.ts'
import { busy, readAgain, run } from './answering.ts'
import { promptOf, runIn, tokensOf } from './answers.ts'
import { useChat, type Message } from './chat.ts'
import { newId, toChange } from './conversation.ts'
import { mark, patch, touch, tree, wasSeen, whole, write } from './current.ts'
import { useModels } from './models.ts'
import { save } from './save.ts'
import { endUnder, isUnder, versionsOf } from './tree.ts'

export interface BranchesState {
  /** writes the latest answer anew from token `index` on, with another token there; false when it cannot */
  fork(messageId: string, index: number, token: { id: number; text: string }): Promise<boolean>
  /**
   * never draws the token at `index` again in this conversation, and draws the answer anew from there; false when it
   * cannot
   */
  ban(messageId: string, index: number): Promise<boolean>
  /** an empty name takes it away */
  rename(messageId: string, name: string): void
  /** brings a version on screen, with what followed it, and lets the model read that */
  show(messageId: string): Promise<void>
  /** puts a version away, with all that followed it; the last one stays */
  remove(messageId: string): Promise<void>
  bringBack(messageId: string): Promise<void>
}

/** What leaves the draw one way to go: more than any logit (the engine's own limit), for one token. */
export const forced = (id: number): { logitBias: Record<number, number>; maxTokens: number } => ({
  logitBias: { [id]: 1e4 },
  maxTokens: 1,
})

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
  const id = newId(),
    { prompt } = here
  const before = here.events.slice(0, index)
  const ids = [...prompt.ids, ...before.map((event) => event.id)]
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
    prompt,
    before,
    seed: message.seed ?? 0,
    asks: token
      ? [
          { input: { ids }, options: forced(token.id) },
          { input: { ids: [...ids, token.id] }, options: {} },
        ]
      : [{ input: { ids }, options: {} }],
    place: placer(before, token !== null),
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

export const useBranches = create<BranchesState>()(() => ({
  fork: (messageId, index, token) => branch(messageId, index, token),
  ban: (messageId, index) => branch(messageId, index, null),
  rename(messageId, name) {
    patch(messageId, { name: name.trim().slice(0, 80) })
    mark({ turn: messageId })
    touch('leaf')
  },
  async show(messageId) {
    const { turns, leaf } = get()
    if (busy() || !turnOf(messageId)) return
    set(tree(turns, endUnder(turns, messageId, wasSeen)))
    if (get().leaf === leaf) return
    touch('leaf')
    await readShown()
  },
  async remove(messageId) {
    const { turns, leaf } = get()
    const turn = turnOf(messageId)
    const beside =
      turn && versionsOf(turns, turn).filter(({ id, removed }) => id !== messageId && removed === undefined)
    if (!turn || busy() || !beside?.length) return
    const now = turns.map((one) => (one.id === messageId ? { ...one, removed: Date.now() } : one))
    // what it left, else the one beside it
    const to =
      beside.find(({ id }) => id === turn.fork?.from) ?? beside.findLast(({ at }) => at <= turn.at) ?? beside[0]!
    const away = leaf !== null && isUnder(turns, leaf, messageId)
    set(tree(now, away ? endUnder(now, to.id, wasSeen) : leaf))
    mark({ turn: messageId, field: 'leaf' })
    await write()
    if (away) await readShown()
  },
  async bringBack(messageId) {
    if (busy() || turnOf(messageId)?.removed === undefined) return
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

// ---- text over the seam -------------------------------------------------------

export const utf8 = (): TextDecoder => new TextDecoder('utf-8', { ignoreBOM: true })
/** A token for people: its own text also where it is half a character. */
export const textOf = (event: TokenEvent): string =>
  event.top.find((t) => t.id === event.id)?.text ?? (event.text || utf8().decode(event.bytes))

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
function placer(
  before: readonly TokenEvent[],
  byHand: boolean,
): (event: TokenEvent, so: readonly TokenEvent[]) => TokenEvent {
  let decoder: TextDecoder | null = null
  return (event, so) => {
    const first = so.length === before.length,
      put = byHand && first
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
export function answerOf(
  tokens: readonly GlassToken[],
): { message: Message; prompt: PromptEvent; events: readonly TokenEvent[] } | null {
  const message = latestAnswer()
  const prompt = message && promptOf(message.id)
  if (!message || !prompt) return null
  const events = tokensOf(message.id)
  const from = prompt.ids.length
  if (tokens.length < from || tokens.length > from + events.length) return null
  const same =
    prompt.ids.every((id, i) => tokens[i]!.id === id) && tokens.slice(from).every((t, i) => t.id === events[i]!.id)
  return same ? { message, prompt, events } : null
}

/**
 * The token that was drawn last and that the model has not read: the one that ended the answer. null when it is not
 * known.
 */
export function endOf(
  tokens: readonly GlassToken[],
): { id: number; text: string; bytes: number[]; logprob: number; rank: number } | null {
  const answer = answerOf(tokens),
    event = answer?.events[tokens.length - answer.prompt.ids.length]
  // a special token has no text in an answer: its name stands among the candidates
  return event
    ? {
        id: event.id,
        text: event.top.find((c) => c.id === event.id)?.text ?? event.text,
        bytes: [...event.bytes],
        logprob: event.logprob,
        rank: event.rank,
      }
    : null
}
