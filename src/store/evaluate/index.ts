// The set that is being asked of the loaded model, and the last result. While it runs the chat waits, as it does for any other
// answer: a model writes one text at a time. Loaded with its panel.

import { create } from 'zustand'
import { readSet, type ReadSet } from '../../evaluation/set.ts'
import type { ErrorData } from '../../worker/protocol.ts'
import { useAdapters } from '../adapters.ts'
import { getClient, toData } from '../client.ts'
import { useEdited } from '../edited.ts'
import { goTo, stand } from '../lessons/stage.ts'
import { useModels } from '../models.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'
import { setStrengths, strengthsNow, type Strengths } from '../side-by-side.ts'
import { useResults } from './history.ts'
import { runRow, tokenizerOf, type RowRun } from './run.ts'
import type { EvalResult, EvalSettings, RowResult } from './types.ts'

export { useResults } from './history.ts'
export { example } from './examples.ts'
export type { EvalResult, EvalSettings, RowResult } from './types.ts'

export interface LoadedSet extends ReadSet {
  name: string
  hash: string
}
interface EvaluateState {
  set: LoadedSet | null
  settings: EvalSettings
  /** tokens: written or scored so far; left: seconds, by the rows that are done; null before the first */
  running: { done: number; total: number; tokens: number; left: number | null } | null
  /** grows row by row while it runs */
  result: EvalResult | null
  error: ErrorData | null
  /** two models are being compared (two.ts): rows and settings are theirs until both are done */
  paired: boolean
  /** when the result was made that stands beside the one on screen at first; null: none was chosen */
  beside: number | null
  /** the line whose run is being opened */
  opening: number | null
  /** @param text null: the file is in another encoding */
  take(name: string, text: string | null): void
  setSettings(change: Partial<EvalSettings>): void
  /** @param as one of two that are compared @returns what came of it; null: nothing */
  start(as?: { settings: EvalSettings; strength: number; beside: number | null }): Promise<EvalResult | null>
  stop(): void
  show(result: EvalResult | null): void
  /** A lesson's rows and settings in place of the reader's, kept nowhere; null: those are back. */
  lend(lesson: { name: string; text: string; settings: EvalSettings } | null): void
  /** Lets the model read a row's run again and goes to Probabilities. */
  open(line: number): Promise<void>
}

/** Enough to tell one set from another in this browser (FNV-1a, and the length). */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return `${text.length}-${(hash >>> 0).toString(16)}`
}

export const ranges = { maxTokens: [1, 1024], temperature: [0, 2], seed: [0, 2 ** 31 - 1] } as const
const clamp = (value: number, [low, high]: readonly [number, number], old: number): number =>
  Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : old

/** What the model had read of each row of the result on screen, by line. */
let runs = new Map<number, RowRun>()
/** what stood here before a lesson's rows; null: no lesson's are here */
let own: Pick<EvaluateState, 'set' | 'settings' | 'result'> | null = null
const ready = () => {
  const { active } = useModels.getState()
  return active?.state === 'ready' ? active : null
}

export const useEvaluate = create<EvaluateState>()((set, get) => {
  /** With the adapters at a share of what the reader set, and as the reader set them again whatever ends it. */
  async function withAdapters(strength: number, work: () => Promise<void>): Promise<void> {
    const id = ready()?.id
    await setStrengths(weaker(strengthsNow(), strength))
    try {
      await work()
    } finally {
      // a model that is gone has nothing to put back
      if (strength !== 1 && ready()?.id === id) await setStrengths(strengthsNow())
    }
  }

  async function run(
    { rows, ...loaded }: LoadedSet,
    settings: EvalSettings,
    strength: number,
    signal: AbortSignal,
  ): Promise<void> {
    const model = ready()!
    const started = performance.now()
    const tokenizer = tokenizerOf(rows)
    const seconds = (): number => (performance.now() - started) / 1000
    const about: EvalResult = {
      version: 1,
      // results are told apart by it
      at: Math.max(Date.now(), (get().result?.at ?? 0) + 1),
      set: { name: loaded.name, hash: loaded.hash, rows: rows.length },
      model: { id: model.id, name: model.name, format: model.info?.formats?.linear ?? '' },
      adapters: useAdapters
        .getState()
        .live.map(({ name, scale }) => ({ name, scale: scale * strength }))
        .filter(({ scale }) => scale !== 0),
      settings,
      tokenizer,
      rows: [],
      seconds: 0,
      tokens: 0,
      whole: false,
    }
    let result = about
    runs = new Map()
    set({ result, running: { done: 0, total: rows.length, tokens: 0, left: null } })
    try {
      await withAdapters(strength, async () => {
        for (const row of rows) {
          const told = await runRow(row, { client: getClient(), settings, tokenizer, signal })
          if (told.run) runs.set(row.line, told.run)
          const all: RowResult[] = [...result.rows, told.result]
          const tokens = result.tokens + told.tokens
          result = { ...about, rows: all, tokens, seconds: seconds(), whole: all.length === rows.length }
          const left = (seconds() / all.length) * (rows.length - all.length)
          set({ result, running: { done: all.length, total: rows.length, tokens, left } })
        }
      })
    } finally {
      // what was asked before a stop or an error is a result of so many rows
      if (result.rows.length > 0 && !own) useResults.getState().add(result)
      if (result.rows.length === 0) set({ result: null, beside: null })
    }
  }

  return {
    set: null,
    settings: { maxTokens: 32, temperature: 0, seed: 0, stop: '', adapters: true },
    running: null,
    result: useResults.getState().results[0] ?? null,
    error: null,
    paired: false,
    beside: null,
    opening: null,
    take(name, text) {
      if (get().running || get().paired) return
      const read: ReadSet =
        text === null ? { rows: [], ignored: [], wrong: { problem: 'encoding', line: null } } : readSet(text)
      const hash = hashOf(text ?? '')
      // a result of other rows is among the earlier ones; under these it would be taken for theirs
      set((s) => ({ set: { ...read, name, hash }, error: null, result: s.result?.set.hash === hash ? s.result : null }))
    },
    setSettings(change) {
      const { settings: old } = get()
      const settings = { ...old, ...change }
      set({
        settings: {
          ...settings,
          maxTokens: Math.round(clamp(settings.maxTokens, ranges.maxTokens, old.maxTokens)),
          temperature: clamp(settings.temperature, ranges.temperature, old.temperature),
          seed: Math.round(clamp(settings.seed, ranges.seed, old.seed)),
          stop: settings.stop.slice(0, 100),
        },
      })
    },
    async start(as) {
      const { set: loaded, running, paired } = get()
      // edits belong to another text, and would change what the model says
      const changed = useEdited.getState().edits > 0
      if (running || busy() || changed || !ready() || !loaded || loaded.rows.length === 0) return null
      if (paired !== (as !== undefined)) return null
      const { settings, strength } = as ?? { settings: get().settings, strength: get().settings.adapters ? 1 : 0 }
      const signal = begin(null)
      set({ error: null, beside: as?.beside ?? null })
      await settling(
        run(loaded, settings, strength, signal)
          .catch((error: unknown) => {
            if (!signal.aborted) set({ error: toData(error) })
          })
          .finally(() => {
            end()
            set({ running: null })
          }),
      )
      return get().result
    },
    stop: () => {
      if (get().running) stopAnswer()
    },
    show(result) {
      if (get().running || get().paired) return
      runs = new Map()
      set({ result, error: null, beside: null })
    },
    lend(lesson) {
      if (get().running || get().paired || (!lesson && !own)) return
      const { set: loaded, settings, result } = get()
      runs = new Map()
      if (lesson) {
        own ??= { set: loaded, settings, result }
        set({ settings: lesson.settings, result: null })
        get().take(lesson.name, lesson.text)
      } else {
        set({ ...own, error: null })
        own = null
      }
    },
    async open(line) {
      const { set: loaded, result, opening } = get()
      const row = loaded?.rows.find((one) => one.line === line)
      if (opening !== null || busy() || !row || !result || !canOpen(get(), ready()?.id)) return
      set({ opening: line, error: null })
      try {
        let known = runs.get(line)
        if (!known) {
          const signal = begin(null)
          const work = (async () => {
            const { settings, tokenizer } = result
            await withAdapters(strengthOf(result), async () => {
              const told = await runRow(row, { client: getClient(), settings, tokenizer, signal })
              known = told.run ?? undefined
              if (told.result.error) set({ error: told.result.error })
            })
          })()
          await settling(work).finally(end)
        }
        if (!known) return
        runs.set(line, known)
        const { ids, answerFrom, source } = known
        const failed = await stand({ ids, answerFrom, ...(source && { source }) })
        if (failed) set({ error: failed })
        else goTo({ panel: 'probabilities' })
      } catch (error) {
        if (toData(error).code !== 'ABORTED') set({ error: toData(error) })
      } finally {
        set({ opening: null })
      }
    },
  }
})

const weaker = (strengths: Strengths, by: number): Strengths =>
  Object.fromEntries(Object.entries(strengths).map(([id, scale]) => [id, scale * by]))
/** Of a result whose adapters are still there: the share of what is set now; else as the settings say. */
function strengthOf({ adapters, settings }: EvalResult): number {
  const now = strengthsNow()
  const [first] = adapters
  const set = first && now[first.name]
  return first && set ? first.scale / set : settings.adapters ? 1 : 0
}

/** A row's run is that of its own set and model: another one said other things. */
export const canOpen = ({ set, result }: Pick<EvaluateState, 'set' | 'result'>, model: string | undefined): boolean =>
  result !== null && set !== null && set.hash === result.set.hash && model === result.model.id

/** Earlier results of the same set, that can stand beside this one. */
export const comparable = (results: readonly EvalResult[], result: EvalResult): EvalResult[] =>
  results.filter(({ at, set }) => at !== result.at && set.hash === result.set.hash)
