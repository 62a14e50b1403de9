// Answering: one answer at a time, from the question to the saved turn. How its tokens come to be is the engine's.

import type { ErrorData, FinishReason, GenerateEvent, PromptEvent, TokenEvent } from '../worker/protocol.ts'
import { drawnWith, prompts, tokens, withSource, type Continuation } from './answers.ts'
import { adaptersOn } from './adapter-choices.ts'
import { promptNow, saysPlain } from './able.ts'
import { newId, type Message } from './chat-data.ts'
import { getClient, toData } from './client.ts'
import { patch, tree, useCurrent } from './current.ts'
import { editsSettled, useEdited } from './edited.ts'
import { frame, type Frame } from './frame.ts'
import { useModels } from './models.ts'
import { comesBack } from './recovery.ts'
import { begin, end, settling } from './running.ts'
import { answerOptions, biasesFor, constraintOf } from './sampling.ts'
import type { Others } from './others.ts'
import type { RemoteServer } from './remote/server.ts'
import { useSettings } from './settings.ts'
import { toCall, type EndOf } from './several.ts'
import { beginWriting } from './tabs.ts'
import { pathTo } from './tree.ts'
import { mark } from './unsaved.ts'
import { write } from './write.ts'

const { getState: get, setState: set } = useCurrent
/** Milliseconds between saves while an answer grows. */
const savePause = 2000
export const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!

/**
 * Answers the messages so far, or writes an answer as `from` says. Resolves when it is saved.
 * @param count so many answers side by side (several.ts)
 */
export const run = (from?: Continuation, count = 1): Promise<void> => settling(reply(from, count))

async function reply(from: Continuation | undefined, count: number): Promise<void> {
  const answer = beginAnswer(from)
  const { id, events } = answer
  const kept = events.length
  let first = from?.after?.prompt ?? null
  const signal = begin(id)
  const lock = beginWriting(id)
  void lock.then(write)
  const growth = showGrowth(answer)
  let others: Others | null = null
  let ending: Partial<Message> = { state: 'stopped', finish: 'aborted' }
  try {
    if (count > 1) others = new (await import('./others.ts')).Others(id, count, endOf)
    await editsSettled(signal)
    if (!from?.after && !from?.input && !isRemote() && useSettings.getState().atLimit === 'drop') await leaveOut(answer)
    const { edits, recorded } = useEdited.getState()
    if (edits > 0 && !recorded) patch(id, { edits })
    const model = useModels.getState().active
    const adapters = model ? adaptersOn(model) : []
    if (adapters.length > 0) patch(id, { adapters })
    const server = model?.remote
    const write = async (): Promise<void> => {
      if (server) {
        const { finish } = await answerFrom(server, answer, { ...answer.options, n: count, signal }, growth.token)
        ending = { state: 'done', finish }
        return
      }
      for await (const event of getClient().generate(answer.input, {
        ...answer.options,
        ...(others && { n: count }),
        signal,
      })) {
        if (others && event.answer) others.take(event.answer, event)
        else if (event.type === 'token') {
          events.push(event)
          answer.content += event.text
          growth.token()
        } else if (event.type === 'done') {
          answer.content = answer.before + event.text
          ending = endOf(event.reason === 'length' && from?.finish ? { ...event, reason: from.finish } : event)
        } else {
          growth.read(event)
          if (event.type === 'prompt') {
            first ??= event
            prompts.set(id, first)
            if (event.said !== undefined) retell(answer, event.said)
            if (first.thinks) patch(id, { thinks: true })
            if (event.notice) patch(id, { notice: event.notice })
          }
        }
      }
    }
    for (let written = false; !written;) {
      const loaded = useModels.getState().active?.info ?? null
      written = await write().then(
        () => true,
        async (error: unknown) => {
          // edits of the model went with it: what came now would be written by another one
          if (signal.aborted || edits > 0 || !(await comesBack(toData(error), loaded, signal))) throw error
          if (JSON.stringify(adaptersOn(useModels.getState().active!)) !== JSON.stringify(adapters)) throw error
          others?.again()
          goOn(answer, first, kept, count > 1)
          return false
        },
      )
    }
  } catch (error) {
    if (!signal.aborted) ending = failedWith(toData(error))
  }
  growth.flush()
  patch(id, { ...ending, content: answer.content, tokens: events.length })
  others?.settle()
  end()
  mark({ turn: id, run: id })
  const release = await lock
  await write()
  release()
  if (ending.calls && ending.state === 'done') for (const hear of calling) hear(id)
}

/** Those who want to know of an answer that calls tools, when it is saved (calls.ts). */
export const calling = new Set<(messageId: string) => void>()

const isRemote = (): boolean => useModels.getState().active?.remote !== undefined
/** A server writes it: its words alone, whose tokens are none of a model here (remote/said.ts). */
async function answerFrom(
  server: RemoteServer,
  growing: Growing,
  options: Growing['options'],
  grown: () => void,
): Promise<{ finish: FinishReason }> {
  const [{ answer }, { begin: telling }, { useRemote }] = await Promise.all([
    import('./remote/ask.ts'),
    import('./remote/said.ts'),
    import('./remote/index.ts'),
  ])
  const said = telling(growing.id)
  let finish: FinishReason = 'stop'
  for await (const event of answer(server, growing.input, options)) {
    if (event.type === 'end') finish = event.reason
    else if (event.type === 'without') useRemote.setState({ without: event.names })
    else {
      growing.content += event.text
      said.push(...event.tokens)
      growing.pieces++
      grown()
    }
  }
  return { finish }
}

/** What of the chat is read, where it has no room for all of it; the answer says what was not. */
async function leaveOut(answer: Growing): Promise<void> {
  const { fit } = await import('./fit.ts')
  const { turns } = get()
  const found = await fit(pathTo(turns, answer.id).slice(0, -1))
  if (!found || found.left === 0) return
  answer.input = found.input
  patch(answer.id, { left: found.left })
}

/**
 * After a loss: asks for what is still to come. The engine reads again what it wrote, and draws on with the same seed:
 * token i of an answer is drawn with its i-th number, so that nobody sees where it was cut.
 *
 * @param kept tokens that were there before this answer was asked for @param anew several at once are begun again: the same
 *   seeds write the same
 */
function goOn(answer: Growing, prompt: PromptEvent | null, kept: number, anew: boolean): void {
  const { events, options, limit } = answer
  if (anew) events.length = kept
  // one more is asked for than none: what was lost with the last token is its end
  else if (events.length > kept && events.length - kept >= limit) events.pop()
  answer.before = answer.content = events.map((event) => event.text).join('')
  if (!prompt || events.length === 0) return
  answer.input = withSource(prompt, [...prompt.ids, ...events.map((event) => event.id)])
  answer.options = { ...options, continueFrom: prompt.ids.length, maxTokens: limit - (events.length - kept) }
}

/**
 * The tokens that stay say what the engine holds of them: what stop texts held back, or did not, when they were written
 * may be another part than now.
 */
function retell(answer: Growing, said: string): void {
  if (said === answer.before) return
  let at = 0
  const last = answer.events.length - 1
  answer.events.forEach((event, i) => {
    const end = i === last || !said.startsWith(event.text, at) ? said.length : at + event.text.length
    answer.events[i] = { ...event, text: said.slice(at, end) }
    at = end
  })
  answer.before = answer.content = said
}

const stateAt = (reason: FinishReason): Message['state'] => (reason === 'aborted' ? 'stopped' : 'done')
const endOf: EndOf = ({ reason, stats, calls, beside, fits }) => ({
  state: stateAt(reason),
  finish: reason,
  stats,
  ...(fits !== undefined && { fits }),
  ...(calls && { calls: calls.map(toCall), beside: beside ?? '' }),
})
const failedWith = (error: ErrorData): Partial<Message> => ({ state: 'failed', error })

interface Growing {
  id: string
  events: TokenEvent[]
  /** text of the tokens that stay, and of all so far */
  before: string
  content: string
  /** pieces that a server sent; a model here writes tokens */
  pieces: number
  /** tokens that may be written */
  limit: number
  input: Parameters<ReturnType<typeof getClient>['generate']>[0]
  options: NonNullable<Parameters<ReturnType<typeof getClient>['generate']>[1]>
}

/** Puts the turn on screen, and says what to ask the engine for it. */
function beginAnswer(from?: Continuation): Growing {
  const { system, params, turns, leaf } = get()
  const { randomSeed, banned } = params
  const model = useModels.getState().active
  const seed = from?.seed ?? (randomSeed ? freshSeed() : params.seed)
  const id = from?.messageId ?? newId()
  const old = turns.find((turn) => turn.id === id)
  const parent = from?.beside ? from.beside.parent : old ? old.parent : (leaf ?? undefined)
  const events = [...(from?.after?.events ?? [])]
  const before = events.map((event) => event.text).join('')
  const message: Message = {
    id,
    ...(parent !== undefined && { parent }),
    role: 'assistant',
    content: before,
    state: 'streaming',
    tokens: events.length,
    at: old?.at ?? Date.now(),
    seed,
    ...(model && { modelName: model.name }),
    ...(saysPlain(model?.info, params) && { plain: true as const }),
    ...(from?.fork && { fork: from.fork }),
    ...(params.form !== 'free' && constraintOf(params) !== undefined && { form: params.form }),
  }
  tokens.set(id, events)
  drawnWith.set(id, { ...params, seed, randomSeed: false })
  set(tree(old ? turns.map((turn) => (turn.id === id ? message : turn)) : [...turns, message], id))
  mark({ turn: id, field: 'leaf' })
  const prompt = from?.after?.prompt
  return {
    id,
    events,
    before,
    content: before,
    pieces: 0,
    limit: from?.options.maxTokens ?? params.maxTokens,
    input: prompt
      ? withSource(prompt, [...prompt.ids, ...events.map((event) => event.id)])
      : (from?.input ?? promptNow(system, pathTo(turns, parent ?? null))),
    options: {
      ...answerOptions(params),
      seed,
      ...from?.options,
      ...(prompt && { continueFrom: prompt.ids.length }),
      logitBias: biasesFor(banned, model?.id),
    },
  }
}

/** Shows an answer while it grows, once a frame, and saves it now and then. */
function showGrowth(answer: Growing): {
  token(): void
  read(event: Extract<GenerateEvent, { type: 'prompt' | 'prefill' }>): void
  flush: Frame['flush']
} {
  const { id, events } = answer
  const kept = events.length,
    began = performance.now()
  let saved = began,
    first: number | null = null
  const show = frame(() => {
    const now = performance.now()
    const fresh = events.length - kept + answer.pieces
    const rate = first !== null && fresh > 1 ? (fresh - 1) / Math.max(1e-3, (now - first) / 1000) : 0
    const grown = (m: Message): Message => (m.id === id ? { ...m, content: answer.content, tokens: events.length } : m)
    set((s) => ({
      turns: s.turns.map(grown),
      messages: s.messages.map(grown),
      status: s.status === 'prefill' && fresh > 0 ? 'streaming' : s.status,
      live: s.live && {
        ...s.live,
        tokens: fresh,
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
  return {
    token() {
      first ??= performance.now()
      show.ask()
    },
    read(event) {
      const known =
        event.type === 'prefill'
          ? { readTokens: event.done }
          : { promptTokens: event.ids.length, reusedTokens: event.reused, readTokens: event.reused }
      set((s) => ({ live: s.live && { ...s.live, ...known } }))
    },
    flush: show.flush,
  }
}
