// Answering: one answer at a time, from the question to the saved turn. Also how the model reads an answer again.

import type { ErrorData, TokenEvent } from '../worker/protocol.ts'
import { drawnWith, prompts, runIn, tokens, type AnswerRun, type Continuation } from './answers.ts'
import { getClient, toData } from './client.ts'
import { newId, toPrompt, type Message } from './conversation.ts'
import { mark, patch, tree, useCurrent, write } from './current.ts'
import { editsSettled, useEdited } from './edited.ts'
import { frame } from './frame.ts'
import { useModels } from './models.ts'
import { unpackRun } from './runs.ts'
import { banBias } from './sampling.ts'
import { beginWriting } from './tabs.ts'
import { pathTo } from './tree.ts'

const { getState: get, setState: set } = useCurrent
/** The running answer, if any; id null: the model only reads. */
let answer: { stop: AbortController; id: string | null } | null = null
/** resolves when the last answer has ended and is saved */
let settled: Promise<void> = Promise.resolve()
/** Milliseconds between saves while an answer grows. */
const savePause = 2000
const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!

export const busy = (): boolean => answer !== null
/** The answer that this tab is writing now. */
export const writingNow = (): string | null => answer?.id ?? null
export const run = (from?: Continuation): Promise<void> => (settled = reply(from))
export const readAgain = (messageId: string): Promise<void> => (settled = reread(messageId))

export function stopAnswer(): void {
  if (!answer) return
  set({ status: 'stopping' })
  answer.stop.abort()
}
/** Ends the running answer and resolves when it is saved. */
export async function stopped(): Promise<void> {
  answer?.stop.abort()
  await settled
}

/** The tokens of an answer, from disk where this visit did not write it; null when nothing was kept. */
export async function recall(messageId: string): Promise<AnswerRun | null> {
  const here = runIn(messageId)
  const { id, turns } = get()
  if (here || messageId === answer?.id || turns.find((turn) => turn.id === messageId)?.role !== 'assistant') return here
  const found = unpackRun(
    await getClient()
      .chats.run(id, messageId)
      .catch(() => null),
  )
  if (!found || get().id !== id || tokens.has(messageId)) return runIn(messageId)
  tokens.set(messageId, found.events)
  prompts.set(messageId, found.prompt)
  patch(messageId, { tokens: found.events.length })
  return found
}

/** Answers the messages so far, or writes an answer from one of its tokens on. */
async function reply(from?: Continuation): Promise<void> {
  const { system, params, turns } = get()
  const { randomSeed, banned, ...sampling } = params
  const model = useModels.getState().active
  const bans = banBias(banned, model?.id)
  const seed = from?.seed ?? (randomSeed ? freshSeed() : params.seed)
  const id = from?.messageId ?? newId()
  const old = turns.find((turn) => turn.id === id)
  const parent = from?.beside ? from.beside.parent : old ? old.parent : (get().leaf ?? undefined)
  const before = pathTo(turns, parent ?? null)
  const events: TokenEvent[] = [...(from?.before ?? [])]
  const kept = events.length
  let content = events.map((event) => event.text).join('')
  const message: Message = {
    id,
    ...(parent !== undefined && { parent }),
    role: 'assistant',
    content,
    state: 'streaming',
    tokens: kept,
    at: old?.at ?? Date.now(),
    seed,
    ...(model && { modelName: model.name }),
    ...(from?.fork && { fork: from.fork }),
  }
  const stop = new AbortController()
  answer = { stop, id }
  tokens.set(id, events)
  drawnWith.set(id, { ...params, seed, randomSeed: false })
  set({
    ...tree(old ? turns.map((turn) => (turn.id === id ? message : turn)) : [...turns, message], id),
    status: 'prefill',
    live: { promptTokens: 0, reusedTokens: 0, readTokens: 0, tokens: 0, secondsToFirst: null, tokensPerSecond: 0 },
  })
  mark({ turn: id, field: 'leaf' })
  const began = performance.now()
  let saved = began
  const lock = beginWriting(id)
  void lock.then(write)

  let first: number | null = null
  const show = frame(() => {
    const now = performance.now()
    const rate =
      first !== null && events.length - kept > 1 ? (events.length - kept - 1) / Math.max(1e-3, (now - first) / 1000) : 0
    const grown = (m: Message): Message => (m.id === id ? { ...m, content, tokens: events.length } : m)
    set((s) => ({
      turns: s.turns.map(grown),
      messages: s.messages.map(grown),
      status: s.status === 'prefill' && events.length > kept ? 'streaming' : s.status,
      live: s.live && {
        ...s.live,
        tokens: events.length - kept,
        tokensPerSecond: rate,
        secondsToFirst: first === null ? null : (first - began) / 1000,
      },
    }))
    if (now - saved > savePause) {
      saved = now
      mark({ turn: id })
      void write()
    }
  })
  const cut: Partial<Message> = { state: 'stopped', finish: 'aborted' }
  let end = cut
  try {
    await editsSettled(stop.signal)
    const { edits, recorded } = useEdited.getState()
    if (edits > 0 && !recorded) patch(id, { edits })
    for (const { input, options } of from?.asks ?? [{ input: toPrompt(system, before), options: {} }]) {
      end = cut
      // an answer that goes on began where its prompt ended: what stays of it counts as written, too
      const begun = from && (from.prompt ?? prompts.get(id))
      for await (const event of getClient().generate(input, {
        ...sampling,
        seed,
        ...options,
        ...(begun && { answerFrom: begun.ids.length }),
        logitBias: { ...bans, ...options.logitBias },
        signal: stop.signal,
      })) {
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
          set((s) => ({
            live: s.live && {
              ...s.live,
              promptTokens: event.ids.length,
              reusedTokens: event.reused,
              readTokens: event.reused,
            },
          }))
          if (event.notice) patch(id, { notice: event.notice })
        } else {
          if (!from) content = event.text
          end = { state: event.reason === 'aborted' ? 'stopped' : 'done', finish: event.reason, stats: event.stats }
        }
      }
      if (end.finish !== 'length') break
    }
    if (from?.finish && end.finish === 'length') {
      end = { ...end, state: from.finish === 'aborted' ? 'stopped' : 'done', finish: from.finish }
    }
  } catch (error) {
    if (!stop.signal.aborted) end = { state: 'failed', error: toData(error) }
  }
  show.flush()
  patch(id, { ...end, content, tokens: events.length })
  set({ status: 'idle', live: null })
  answer = null
  mark({ turn: id, run: id })
  const release = await lock
  await write()
  release()
}

/**
 * The model reads an answer on screen again, so that what looks inside sees this one. What is shared with the run
 * before is not read twice.
 */
async function reread(messageId: string): Promise<void> {
  const known = await recall(messageId)
  const model = useModels.getState().active
  const message = get().messages.findLast((one) => one.role === 'assistant')
  if (
    !known ||
    answer ||
    message?.id !== messageId ||
    (model && message.modelName !== model.name) ||
    known.events.length === 0
  ) {
    return
  }
  await readIds([...known.prompt.ids, ...known.events.map((event) => event.id)].slice(0, -1), known.prompt.ids.length)
}

/**
 * The model reads these tokens, and nothing is written; an answer among them begins at `answerFrom`. Tells why they
 * could not be read, or null.
 */
export function readTokens(ids: readonly number[], answerFrom: number): Promise<ErrorData | null> {
  const read = readIds(ids, answerFrom)
  settled = read.then(() => undefined)
  return read
}
async function readIds(ids: readonly number[], answerFrom: number): Promise<ErrorData | null> {
  const stop = new AbortController()
  answer = { stop, id: null }
  let failed: ErrorData | null = null
  set({
    status: 'prefill',
    live: {
      promptTokens: ids.length,
      reusedTokens: 0,
      readTokens: 0,
      tokens: 0,
      secondsToFirst: null,
      tokensPerSecond: 0,
    },
  })
  try {
    await editsSettled(stop.signal)
    for await (const event of getClient().generate(
      { ids: [...ids] },
      { maxTokens: 1, temperature: 0, answerFrom, signal: stop.signal },
    )) {
      const readTokens = event.type === 'prompt' ? event.reused : event.type === 'prefill' ? event.done : null
      if (readTokens !== null) {
        set((s) => ({
          live: s.live && { ...s.live, readTokens, ...(event.type === 'prompt' && { reusedTokens: event.reused }) },
        }))
      }
    }
  } catch (error) {
    if (!stop.signal.aborted) failed = toData(error) // no model, or none that has room: the text is shown all the same
  }
  set({ status: 'idle', live: null })
  answer = null
  return failed
}
