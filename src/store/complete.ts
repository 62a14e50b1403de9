// A text as the model has it, without turns: the reader writes, the model writes on from any place, and both can be taken
// back. The text then stands in the engine, and every panel that looks inside looks at it.
//
// What the model wrote is kept as its tokens, as long as nothing before them changes: they were chosen after that text, and
// after no other. So going on reads the very tokens that were written, and not what their text would be cut into.

import { create } from 'zustand'
import type { ErrorData, FinishReason, GenerateRequest, Prompt, TokenEvent } from '../worker/protocol.ts'
import { freshSeed } from './answering.ts'
import { useChat } from './chat.ts'
import { getClient, toData } from './client.ts'
import { editsSettled } from './edited.ts'
import { frame } from './frame.ts'
import { runEnded } from './inspect/follow.ts'
import { keptInTab } from './kept.ts'
import { useModels } from './models.ts'
import { begin, busy, end, settling, stopAnswer } from './running.ts'
import { answerOptions, biasesFor } from './sampling.ts'

/** A token that the model wrote, and what it is in the text: a special token by its name, so that it can be seen. */
export interface Piece {
  text: string
  event: TokenEvent
}
/** Characters [from, to) that a model wrote. */
export type Mark = readonly [from: number, to: number]

interface Version {
  text: string
  marks: readonly Mark[]
  /** what the pieces follow: its ids, as the model read them; null where no piece is known */
  base: { text: string; ids: readonly number[]; model: string } | null
  pieces: readonly Piece[]
  finish: FinishReason | null
}

interface Complete extends Version {
  past: readonly Version[]
  future: readonly Version[]
  /** the model reads, or writes */
  state: 'idle' | 'reading' | 'writing'
  error: ErrorData | null
  maxTokens: number
  setText(text: string): void
  setMaxTokens(count: number): void
  /** lets the model write on after `at` characters; what stands behind is taken away @param at absent: at its end */
  goOn(at?: number): Promise<void>
  /** writes anew from piece `index` on @param token stands there in its place; absent: another is drawn */
  instead(index: number, token?: number): Promise<void>
  stop(): void
  undo(): void
  redo(): void
}

export const longestText = 200_000
const mostVersions = 100
/** Milliseconds within which typing is one change. */
const together = 1000
const key = 'glassbox.complete'
const nothing: Version = { text: '', marks: [], base: null, pieces: [], finish: null }
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Its text in the answer; of a special token, which has none there, its name. */
function spelled({ text, bytes }: TokenEvent): string {
  if (text !== '' || bytes.length < 2) return text
  try {
    return utf8.decode(bytes)
  } catch {
    return '' // part of a character, which comes with the next one
  }
}

/** What stays true of a version when its text becomes another: what stands before the first change. */
export function changed(old: Version, text: string): Version {
  let same = 0
  while (same < text.length && same < old.text.length && text[same] === old.text[same]) same++
  const { base } = old
  let to = base?.text.length ?? 0
  const pieces = base && same >= to ? old.pieces.filter((piece) => (to += piece.text.length) <= same) : []
  return {
    text,
    marks: old.marks.flatMap(([from, till]): Mark[] => (from < same ? [[from, Math.min(till, same)]] : [])),
    base: pieces.length > 0 ? base : null,
    pieces,
    finish: null,
  }
}

/** What was typed behind the tokens that are known. */
export const tailOf = ({ text, base, pieces }: Pick<Version, 'text' | 'base' | 'pieces'>): string =>
  base ? text.slice(pieces.reduce((sum, piece) => sum + piece.text.length, base.text.length)) : ''

function read(): Pick<Complete, 'text' | 'marks' | 'maxTokens'> {
  const fallback = { text: '', marks: [], maxTokens: 64 }
  try {
    const { text, marks, maxTokens } = JSON.parse(keptInTab.getItem(key) ?? '{}') as Record<string, unknown>
    if (typeof text !== 'string' || text.length > longestText) return fallback
    const isMark = (mark: unknown): mark is Mark =>
      Array.isArray(mark) && mark.length === 2 && mark.every(Number.isInteger) && mark[0] >= 0 && mark[1] <= text.length
    return {
      text,
      marks: Array.isArray(marks) ? marks.filter(isMark) : [],
      maxTokens: checkedCount(maxTokens) ?? fallback.maxTokens,
    }
  } catch {
    return fallback
  }
}
const checkedCount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(1, Math.min(4096, Math.round(value))) : null

const versionOf = ({ text, marks, base, pieces, finish }: Complete): Version => ({ text, marks, base, pieces, finish })

export const useComplete = create<Complete>()((set, get) => {
  let typedAt = -Infinity
  /** The present version can be come back to. */
  const remember = (): Pick<Complete, 'past' | 'future'> => ({
    past: [...get().past, versionOf(get())].slice(-mostVersions),
    future: [],
  })

  async function write(start: Version, token: number | undefined): Promise<void> {
    const model = useModels.getState().active
    const { params } = useChat.getState()
    const isRun = start.base?.model === model?.id && tailOf(start) === ''
    const kept = isRun ? start : { ...start, base: null, pieces: [] }
    const before = kept.base?.ids.length ?? 0
    const input: Prompt = kept.base
      ? { ids: [...kept.base.ids, ...kept.pieces.map(({ event }) => event.id)] }
      : start.text
    const options: GenerateRequest = {
      ...answerOptions({ ...params, tools: '', format: 'auto', form: 'free', stop: [] }),
      maxTokens: get().maxTokens,
      // token i is drawn with the i-th number of its seed: a seed that stays goes on as if nobody had stopped
      seed: params.randomSeed ? freshSeed() : params.seed,
      logitBias: biasesFor(params.banned, model?.id),
      ...(kept.base && { continueFrom: before }),
      ...(token !== undefined && { force: { [kept.pieces.length]: token } }),
    }
    set({ ...remember(), ...kept, state: 'reading', error: null, finish: null })
    const pieces = [...kept.pieces]
    let { base } = kept
    let written = '',
      raw = ''
    const signal = begin(null)
    const show = frame(() =>
      set({
        state: 'writing',
        text: start.text + written,
        pieces: [...pieces],
        base,
        marks: written === '' ? kept.marks : [...kept.marks, [start.text.length, start.text.length + written.length]],
      }),
    )
    try {
      await editsSettled(signal)
      for await (const event of getClient().generate(input, { ...options, signal })) {
        if (event.type === 'prompt') base ??= { text: start.text, ids: event.ids, model: model?.id ?? '' }
        else if (event.type === 'token') {
          raw += event.text
          pieces.push({ text: spelled(event), event })
          written += pieces.at(-1)!.text
          show.ask()
        } else if (event.type === 'done') {
          // what was held back: an end that is no whole character
          const rest = event.text.slice(raw.length)
          const last = pieces.at(-1)
          if (rest !== '' && last) {
            pieces[pieces.length - 1] = { ...last, text: last.text + rest }
            written += rest
          }
          set({ finish: event.reason })
          show.ask()
        }
      }
    } catch (error) {
      if (!signal.aborted) set({ error: toData(error) })
    }
    show.flush()
    end()
    set({ state: 'idle' })
    typedAt = -Infinity
    runEnded()
  }

  const ready = (): boolean => !busy() && useModels.getState().active?.state === 'ready'

  return {
    ...nothing,
    ...read(),
    past: [],
    future: [],
    state: 'idle',
    error: null,
    setText(text) {
      if (get().state !== 'idle' || text.length > longestText || text === get().text) return
      const now = performance.now()
      const known = now - typedAt > together ? remember() : { future: [] }
      typedAt = now
      set({ ...known, ...changed(get(), text) })
    },
    setMaxTokens: (count) => set({ maxTokens: checkedCount(count) ?? get().maxTokens }),
    async goOn(at = get().text.length) {
      const text = get().text.slice(0, at)
      if (!ready() || text === '') return
      await settling(write(text === get().text ? versionOf(get()) : changed(get(), text), undefined))
    },
    async instead(index, token) {
      const { base, pieces, text } = get()
      if (!ready() || !base || !pieces[index]) return
      const length = base.text.length + pieces.slice(0, index).reduce((sum, piece) => sum + piece.text.length, 0)
      // the ids are those of the run, also where a cut of the text would lie inside a token
      const start = { ...changed(get(), text.slice(0, length)), base, pieces: pieces.slice(0, index) }
      await settling(write(start, token))
    },
    stop() {
      if (get().state !== 'idle') stopAnswer()
    },
    undo() {
      const { past, future, state } = get()
      const last = past.at(-1)
      if (state !== 'idle' || !last) return
      typedAt = -Infinity
      set({ ...last, past: past.slice(0, -1), future: [versionOf(get()), ...future], error: null })
    },
    redo() {
      const { past, future, state } = get()
      const [next, ...later] = future
      if (state !== 'idle' || !next) return
      typedAt = -Infinity
      set({ ...next, past: [...past, versionOf(get())], future: later, error: null })
    },
  }
})

useComplete.subscribe(({ text, marks, maxTokens, state }, old) => {
  if (state !== 'idle' || (old.state === 'idle' && text === old.text && maxTokens === old.maxTokens)) return
  keptInTab.setItem(key, JSON.stringify({ text, marks, maxTokens }))
})
