// One prompt, answered twice by the one engine: A, then B, with the same settings and the same seed. Only how strong the
// adapters are differs. Nothing of it enters the chat, and the strengths that the reader set are in force again whatever
// ends it: the engine is told, the settings are never touched, so that a page that is closed meanwhile comes back with
// the reader's own.

import { create } from 'zustand'
import type {
  AdapterInfo,
  ErrorData,
  FinishReason,
  GenerateRequest,
  Prompt,
  Reading,
  TokenEvent,
} from '../worker/protocol.ts'
import { promptNow } from './able.ts'
import { freshSeed } from './answering.ts'
import { useAdapters } from './adapters.ts'
import type { Message } from './chat-data.ts'
import { useChat } from './chat.ts'
import { getClient, toData } from './client.ts'
import { editsSettled } from './edited.ts'
import { frame } from './frame.ts'
import { useModels } from './models.ts'
import { begin, busy, end, settling, stopAnswer } from './running.ts'
import { answerOptions, biasesFor } from './sampling.ts'

export type Which = 'a' | 'b'
export const both: readonly Which[] = ['a', 'b']
/** By the adapter's id. */
export type Strengths = Readonly<Record<string, number>>

/** What came of one side. */
export interface Written {
  state: 'waiting' | 'reading' | 'writing' | 'done' | 'stopped' | 'failed'
  /** the adapters it was written with, all there were */
  strengths: Strengths
  events: readonly TokenEvent[]
  text: string
  finish: FinishReason | null
  /** of a model that reads */
  reading: Reading | null
  error: ErrorData | null
}

export interface SideBySide {
  prompt: string
  /** what stands before the prompt: the chat that it was taken from; null where it was typed here */
  before: readonly Message[] | null
  withBefore: boolean
  maxTokens: number
  /** strengths that were chosen for a side; what is absent: A 0, B as set now */
  chosen: Readonly<Record<Which, Strengths>>
  a: Written | null
  b: Written | null
  /** what they answer */
  asked: string
  seed: number | null
  running: boolean
  /** the strengths could not be put back */
  error: ErrorData | null

  setPrompt(prompt: string): void
  /** the last question of the chat, with what stands before it */
  takeQuestion(): void
  setWithBefore(on: boolean): void
  setMaxTokens(count: number): void
  choose(side: Which, id: string, strength: number): void
  /** A without any, B as set now */
  resetChosen(): void
  run(): Promise<void>
  stop(): void
}

/** Tokens of an answer, unless the reader says otherwise. */
const usual = 128
const nothing = { a: null, b: null, asked: '', seed: null, error: null }
/** Another model answers otherwise, and has other adapters. */
const otherModel = { ...nothing, chosen: { a: {}, b: {} } }

/** The reader's own, as set now. */
export const strengthsNow = (): Strengths =>
  Object.fromEntries(useAdapters.getState().live.map(({ name, scale }) => [name, scale]))

/** With what a side is written. */
export function strengthsOf(side: Which, chosen: SideBySide['chosen'], now: Strengths): Strengths {
  return Object.fromEntries(
    Object.entries(now).map(([id, scale]) => [id, chosen[side][id] ?? (side === 'a' ? 0 : scale)]),
  )
}

/** The last question of the chat on screen, and its place. */
export const lastQuestion = (messages: readonly Message[]): number =>
  messages.findLastIndex(({ role, content }) => role === 'user' && content.trim() !== '')

export const useSideBySide = create<SideBySide>()((set, get) => {
  const patch = (side: Which, change: Partial<Written>): void =>
    set((s) => ({ [side]: s[side] && { ...s[side], ...change } }) as Pick<SideBySide, Which>)

  async function write(side: Which, input: Prompt, options: GenerateRequest, signal: AbortSignal): Promise<boolean> {
    const events: TokenEvent[] = []
    let text = ''
    const show = frame(() => patch(side, { state: 'writing', events: [...events], text }))
    patch(side, { state: 'reading' })
    let whole = false
    // to its very end: the engine is free for the other side only then
    for await (const event of getClient().generate(input, { ...options, signal })) {
      if (event.type === 'token') {
        events.push(event)
        text += event.text
        show.ask()
      } else if (event.type === 'done') {
        whole = event.reason !== 'aborted'
        show.ask()
        show.flush()
        patch(side, { state: whole ? 'done' : 'stopped', finish: event.reason, text: event.text })
      }
    }
    return whole
  }

  async function read(side: Which, text: string, signal: AbortSignal): Promise<boolean> {
    patch(side, { state: 'reading' })
    const reading = await getClient().read(text, {})
    patch(side, { state: 'done', reading })
    return !signal.aborted
  }

  async function twice(): Promise<void> {
    const { prompt, before, withBefore, maxTokens, chosen } = get()
    const model = useModels.getState().active
    const { params, system } = useChat.getState()
    const { randomSeed, banned } = params
    const seed = randomSeed ? freshSeed() : params.seed
    const writes = model?.info?.does.includes('generate') ?? false
    const options: GenerateRequest = {
      ...answerOptions(params),
      seed,
      maxTokens,
      logitBias: biasesFor(banned, model?.id),
    }
    const question: Message = { id: '', role: 'user', content: prompt, state: 'done', tokens: 0, at: 0 }
    const input = promptNow(system, [...(withBefore ? (before ?? []) : []), question])
    // with what is set now, also where the engine is not told of it yet
    const now = strengthsNow()
    const fresh = (side: Which): Written => ({
      state: 'waiting',
      strengths: strengthsOf(side, chosen, now),
      events: [],
      text: '',
      finish: null,
      reading: null,
      error: null,
    })
    set({ a: fresh('a'), b: fresh('b'), asked: prompt, seed: writes ? seed : null, running: true, error: null })
    const signal = begin(null)
    const here = (): boolean => {
      const { active } = useModels.getState()
      return active?.id === model?.id && active?.state === 'ready'
    }
    let side: Which = 'a'
    try {
      await editsSettled(signal)
      for (side of both) {
        await setStrengths(get()[side]!.strengths)
        signal.throwIfAborted()
        if (!(await (writes ? write(side, input, options, signal) : read(side, prompt, signal)))) break
      }
    } catch (error) {
      patch(side, signal.aborted ? { state: 'stopped' } : { state: 'failed', error: toData(error) })
    }
    for (const one of both) if (get()[one]?.state === 'waiting') patch(one, { state: 'stopped' })
    // not to be stopped: the model must be again what the page says it is. One that is gone has nothing to put back
    if (here()) await setStrengths(strengthsNow()).catch((error: unknown) => here() && set({ error: toData(error) }))
    end()
    set({ running: false, ...(useModels.getState().active?.id !== model?.id && otherModel) })
  }

  return {
    prompt: '',
    before: null,
    withBefore: true,
    maxTokens: usual,
    running: false,
    ...otherModel,
    setPrompt: (prompt) => set({ prompt }),
    takeQuestion() {
      const { messages } = useChat.getState(),
        at = lastQuestion(messages)
      if (at >= 0) set({ prompt: messages[at]!.content, before: messages.slice(0, at) })
    },
    setWithBefore: (withBefore) => set({ withBefore }),
    setMaxTokens: (count) => set({ maxTokens: Math.max(1, Math.min(4096, Math.round(count))) }),
    choose: (side, id, strength) =>
      set(({ chosen }) => ({ chosen: { ...chosen, [side]: { ...chosen[side], [id]: strength } } })),
    resetChosen: () => set({ chosen: otherModel.chosen }),
    async run() {
      if (busy() || useModels.getState().active?.state !== 'ready' || get().prompt.trim() === '') return
      await settling(twice())
    },
    stop: () => {
      if (get().running) stopAnswer()
    },
  }
})

/** Tells the engine, and nobody else. */
export async function setStrengths(wanted: Strengths): Promise<void> {
  let now: readonly AdapterInfo[] | null = null
  // off first: of those that put something before every text one alone may be on
  for (const [id, scale] of Object.entries(wanted).sort(([, a], [, b]) => Math.abs(a) - Math.abs(b))) {
    if (now?.find(({ name }) => name === id)?.scale !== scale) now = await getClient().adapters.setScale(id, scale)
  }
}

useModels.subscribe((s, old) => {
  if (s.active?.id !== old.active?.id && !useSideBySide.getState().running) useSideBySide.setState(otherModel)
})
