// One prompt, two sides: settings, adapters' strengths or models that differ, written beside each other, and the same
// tokens read by both.
//
// There is one engine. Where only settings differ, A and B are written in turns of a few tokens; adapters or models are
// changed between two whole answers. Nothing of it enters the chat. What was changed is put back whatever ends it: the
// reader's model with its options, their strengths, the text that panels look at.

import { create } from 'zustand'
import { EngineError } from '../../engine/errors.ts'
import type { ErrorData, GenerateRequest } from '../../worker/protocol.ts'
import { promptNow } from '../able.ts'
import { freshSeed } from '../answering.ts'
import type { Message } from '../chat-data.ts'
import { useChat } from '../chat.ts'
import { toData } from '../client.ts'
import { editsSettled } from '../edited.ts'
import { guest } from '../guest.ts'
import { useInspect } from '../inspect.ts'
import { useModels, type ActiveModel } from '../models.ts'
import { recall } from '../reading.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'
import { answerOptions, biasesFor } from '../sampling.ts'
import { both, lastQuestion, setStrengths, strengthsNow, type Which } from '../side-by-side.ts'
import {
  differenceOf,
  differs,
  drawnBy,
  readSide,
  vocabulary,
  type Difference,
  type ReadSide,
  type Text,
} from './force.ts'
import { asNow, paramsOf, samplingOf, wayOf, type Setup, type Way } from './setup.ts'
import { piece, type Answer } from './write.ts'

export type { Answer } from './write.ts'
export { isHeads, type Difference, type Heads, type HeadsOf } from './force.ts'
export { minus, type Chance } from './figures.ts'
export { numbers, wayOf, type SetNumber, type Setup, type Way } from './setup.ts'
export { both, type Which } from '../side-by-side.ts'

/** Why two sides cannot be subtracted: the first token that means something else, or heads of different widths. */
export type Refused =
  | { why: 'vocabulary'; id: number; a: string; b: string }
  | { why: 'width'; a: number; b: number }
  /** an answer of the chat that neither side's model wrote: its tokens are numbers of another vocabulary */
  | { why: 'writer'; name: string }

export interface Compare {
  prompt: string
  maxTokens: number
  setups: Readonly<Record<Which, Setup>>
  a: Answer | null
  b: Answer | null
  /** how they were written; null: they are versions out of the chat */
  way: Way | null
  asked: string
  seed: number | null
  /** what is on its way: the answers, or the same text on both sides */
  running: 'answers' | 'reading' | null
  /** whose answer both have read, and what came of it */
  of: Which | null
  difference: Difference | null
  refused: Refused | null
  error: ErrorData | null

  setPrompt(prompt: string): void
  takeQuestion(): void
  setMaxTokens(count: number): void
  set(side: Which, change: Partial<Setup>): void
  reset(): void
  run(): Promise<void>
  /** two answers of the chat in place of new ones */
  take(a: string, b: string): Promise<void>
  /** both read the answer of `of` */
  readBoth(of: Which, layer: number): Promise<void>
  stop(): void
}

/** Tokens that a side writes before it is the other's turn. */
const turn = 8
const nothing = { a: null, b: null, way: null, asked: '', seed: null }
const unread = { of: null, difference: null, refused: null, error: null }

export const useCompare = create<Compare>()((set, get) => {
  const patch = (side: Which, change: Partial<Answer>): void =>
    set((s) => ({ [side]: s[side] && { ...s[side], ...change } }) as Pick<Compare, Which>)
  const active = (): ActiveModel | null => useModels.getState().active
  const nameOf = (id: string | null): string => {
    const { stored, catalog, active: loaded } = useModels.getState()
    const named =
      id === null
        ? undefined
        : (catalog.find((one) => one.id === id)?.title ?? stored.find((one) => one.id === id)?.name)
    return named ?? loaded?.name ?? ''
  }

  /** Lets the model be as this side wants it. @throws the load's error */
  async function become(setup: Setup, home: ActiveModel, signal: AbortSignal): Promise<void> {
    const id = setup.model ?? home.id
    signal.throwIfAborted()
    if (active()?.id !== id || active()?.state !== 'ready') {
      const { load, cancelLoad } = useModels.getState()
      signal.addEventListener('abort', cancelLoad)
      const options = id === home.id ? home.options : undefined
      guest.id = id === home.id ? null : id
      const loaded = await load(id, options).finally(() => signal.removeEventListener('abort', cancelLoad))
      signal.throwIfAborted()
      if (!loaded) {
        const { code, message, facts } = active()?.error ?? {
          code: 'ABORTED',
          message: 'Another load came first.',
          facts: {},
        }
        throw new EngineError(code, message, facts)
      }
    }
    if (id === home.id) await setStrengths({ ...strengthsNow(), ...setup.strengths })
    signal.throwIfAborted()
  }

  /** Runs `work`, then lets the page's model be what it was before. */
  async function andBack(way: Way, work: (home: ActiveModel, signal: AbortSignal) => Promise<void>): Promise<void> {
    const home = active()!
    const signal = begin(null)
    const back = async (): Promise<void> => {
      const now = active()?.id
      const ours = both.some((side) => (get().setups[side].model ?? home.id) === now)
      // a model that the reader chose meanwhile is theirs
      if (now !== undefined && !ours) return
      if (now !== home.id || active()?.state !== 'ready') await useModels.getState().load(home.id, home.options)
      if (active()?.id === home.id && active()?.state === 'ready') await setStrengths(strengthsNow())
    }
    const whole = async (): Promise<void> => {
      try {
        await work(home, signal)
      } finally {
        await back().finally(() => {
          guest.id = null
        })
      }
    }
    try {
      await editsSettled(signal)
      const { aside, setEdits, edits } = useInspect.getState()
      if (way === 'models') {
        if (edits.length > 0) await setEdits([])
        await whole()
      } else await aside(whole)
    } catch (error) {
      if (!signal.aborted) set({ error: toData(error) })
    } finally {
      end()
    }
  }

  async function answers(way: Way): Promise<void> {
    const { prompt, maxTokens, setups } = get()
    const { params, system } = useChat.getState()
    const seed = params.randomSeed ? freshSeed() : params.seed
    const fresh = (side: Which): Answer => ({
      state: 'waiting',
      name: nameOf(setups[side].model),
      prompt: null,
      events: [],
      finish: null,
      error: null,
    })
    set({ ...unread, a: fresh('a'), b: fresh('b'), way, asked: prompt, seed, running: 'answers' })
    const question: Message = { id: '', role: 'user', content: prompt, state: 'done', tokens: 0, at: 0 }
    await andBack(way, async (home, signal) => {
      const left = { a: maxTokens, b: maxTokens }
      let side: Which = 'a'
      const go = async (count: number): Promise<void> => {
        patch(side, active()?.id === (setups[side].model ?? home.id) ? {} : { state: 'loading' })
        await become(setups[side], home, signal)
        const options: GenerateRequest = {
          ...answerOptions(paramsOf(setups[side], params)),
          seed,
          logitBias: biasesFor(params.banned, active()?.id),
        }
        const input = promptNow(setups[side].system ?? system, [question])
        const many = Math.min(count, left[side])
        left[side] -= many
        const more = await piece(get()[side]!, input, options, many, (change) => patch(side, change), signal)
        signal.throwIfAborted()
        if (!more) left[side] = 0
        else if (left[side] === 0) patch(side, { state: 'done', finish: 'length' })
      }
      try {
        while (left.a + left.b > 0) {
          for (side of both) if (left[side] > 0) await go(way === 'turns' ? turn : left[side])
        }
      } catch (error) {
        if (!signal.aborted) patch(side, { state: 'failed', error: toData(error) })
      }
    })
    for (const side of both) {
      const own = get()[side]
      if (own && own.state !== 'done' && own.state !== 'failed') patch(side, { state: 'stopped' })
    }
    set({ running: null })
  }

  async function reading(of: Which, layer: number, way: Way, text: Text): Promise<void> {
    set({ ...unread, of, running: 'reading' })
    const { setups, seed } = get()
    const { params } = useChat.getState()
    await andBack(way, async (home, signal) => {
      await become(setups.a, home, signal)
      if (way === 'turns') {
        const [one, other] = both.map((side) => samplingOf(paramsOf(setups[side], params), seed ?? params.seed))
        const same = await readSide(text, layer, signal)
        return set({ difference: await drawnBy(text, same, [one!, other!], signal) })
      }
      const written = way === 'models' ? await vocabulary(signal) : null
      let a: ReadSide | null = null
      // ids are those of the one who wrote: the other's are compared before it reads a single one
      if (of === 'a' || written === null) a = await readSide(text, layer, signal)
      await become(setups.b, home, signal)
      const found = written && differs(written, await vocabulary(signal))
      if (found) return set({ refused: { why: 'vocabulary', ...found } })
      const b = await readSide(text, layer, signal)
      if (!a) {
        await become(setups.a, home, signal)
        a = await readSide(text, layer, signal)
      }
      const widths = { a: a.rows[0]?.length ?? 0, b: b.rows[0]?.length ?? 0 }
      if (widths.a !== widths.b) return set({ refused: { why: 'width', ...widths } })
      const difference = await differenceOf(text, a, b)
      set({ difference })
    })
    set({ running: null })
  }

  const way = (): Way => wayOf(get().setups, active()?.id ?? '', strengthsNow())
  return {
    prompt: '',
    maxTokens: 64,
    setups: { a: asNow, b: asNow },
    ...nothing,
    ...unread,
    running: null,
    setPrompt: (prompt) => set({ prompt }),
    takeQuestion() {
      const { messages } = useChat.getState(),
        at = lastQuestion(messages)
      if (at >= 0) set({ prompt: messages[at]!.content })
    },
    setMaxTokens: (count) => set({ maxTokens: Math.max(1, Math.min(4096, Math.round(count))) }),
    set: (side, change) => set(({ setups }) => ({ setups: { ...setups, [side]: { ...setups[side], ...change } } })),
    reset: () => set({ setups: { a: asNow, b: asNow } }),
    async run() {
      if (busy() || active()?.state !== 'ready' || get().prompt.trim() === '') return
      await settling(answers(way()))
    },
    async take(...ids) {
      if (get().running) return
      const { turns } = useChat.getState()
      const found = await Promise.all(
        ids.map(async (id): Promise<Answer> => {
          const run = await recall(id)
          const message = turns.find((one) => one.id === id)
          return {
            state: 'done',
            name: message?.modelName ?? '',
            prompt: run?.prompt ?? null,
            events: run?.events ?? [],
            finish: message?.finish ?? null,
            error: null,
          }
        }),
      )
      set({ ...nothing, ...unread, a: found[0]!, b: found[1]! })
    },
    async readBoth(of, layer) {
      const { prompt, events, name = '' } = get()[of] ?? {}
      if (busy() || active()?.state !== 'ready' || !prompt || !events?.length) return
      if (!both.some((side) => nameOf(get().setups[side].model) === name)) {
        return set({ ...unread, of, refused: { why: 'writer', name } })
      }
      await settling(reading(of, layer, way(), { prompt, ids: events.map(({ id }) => id) }))
    },
    stop: () => {
      if (get().running) stopAnswer()
    },
  }
})
