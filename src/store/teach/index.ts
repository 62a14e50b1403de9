// Teaching the loaded model: what is to be learnt, how far it is, and what came of it. An adapter that changes nothing is stored
// and put on, learns in the worker, and is stored again as it is then; the model's own weights stay. One run at a time; the chat
// waits, and its stop ends it.

import { create } from 'zustand'
import type { ErrorData, TrainEvent } from '../../worker/protocol.ts'
import { useAdapters } from '../adapters.ts'
import { getClient, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'
import { useSettings } from '../settings.ts'
import { homes, rehearsal, type Pair } from './homes.ts'

export type { Pair } from './homes.ts'

type Of<K extends TrainEvent['type']> = Extract<TrainEvent, { type: K }>

/** A run so far. */
export interface TeachRun {
  model: string
  name: string
  begun: Of<'begin'> | null
  steps: readonly Of<'step'>[]
  heldOut: readonly Of<'evaluation'>[]
  /** answers to the questions of `asked`, by update */
  samples: readonly Of<'sample'>[]
  asked: readonly string[]
  ended: Of<'end'> | null
  /** the stored adapter that has learnt */
  saved: string | null
}

export interface TeachState {
  rows: readonly Pair[]
  /** the rows before each one was removed, or all were replaced: the last first to come back */
  removed: readonly (readonly Pair[])[]
  /** questions whose answers it gives itself before, and learns with the rest */
  keeps: boolean
  steps: number
  lr: number
  rank: number
  seed: number
  phase: 'idle' | 'answering' | 'putting' | 'learning' | 'saving' | 'stopping'
  /** of the answers that it gives itself */
  answered: { done: number; of: number } | null
  run: TeachRun | null
  error: ErrorData | null

  set(change: Partial<Pick<TeachState, 'keeps' | 'steps' | 'lr' | 'rank' | 'seed'>>): void
  setRow(index: number, change: Partial<Pair>): void
  addRow(): void
  removeRow(index: number): void
  /** in the place of all there are */
  setRows(rows: readonly Pair[]): void
  undo(): void
  start(name: string): Promise<void>
  stop(): void
}

/** Has it a question and an answer? Others are not learnt. */
export const isWhole = ({ prompt, completion }: Pair): boolean => prompt.trim() !== '' && completion.trim() !== ''

/** Questions that a model answers itself before it learns, so many to a row. */
const rehearsed = (rows: number): number => Math.min(24, Math.max(8, rows))
/** Tokens of such an answer. */
const longest = 32

export const useTeach = create<TeachState>()((set, get) => {
  const change = (run: Partial<TeachRun>): void => set((s) => (s.run ? { run: { ...s.run, ...run } } : {}))

  async function answer(prompt: string, signal: AbortSignal): Promise<string> {
    let text = ''
    const asked = [{ role: 'user' as const, content: prompt }]
    for await (const event of getClient().generate(asked, { temperature: 0, maxTokens: longest, signal })) {
      if (event.type === 'token') text += event.text
    }
    return text
  }

  /** Its own answers, as it is now. */
  async function own(count: number, signal: AbortSignal): Promise<Pair[]> {
    const pairs: Pair[] = []
    const prompts = rehearsal(count)
    for (const prompt of prompts) {
      if (signal.aborted) break
      set({ answered: { done: pairs.length, of: prompts.length } })
      const completion = await answer(prompt, signal)
      if (completion.trim() !== '') pairs.push({ prompt, completion })
    }
    return pairs
  }

  function heard(event: TrainEvent): void {
    const { run } = get()
    if (!run) return
    if (event.type === 'begin') change({ begun: event })
    else if (event.type === 'step') change({ steps: [...run.steps, event] })
    else if (event.type === 'evaluation') change({ heldOut: [...run.heldOut, event] })
    else if (event.type === 'sample') change({ samples: [...run.samples, event] })
    else if (event.type === 'end') change({ ended: event })
  }

  /** What has learnt in the place of what had not, on the model and on the disk. */
  async function keep(fresh: string, name: string): Promise<string> {
    const client = getClient()
    const saved = await client.training.save(fresh, name)
    const { active, load } = useModels.getState()
    if (active) {
      const adapters = (active.options.adapters ?? []).map((one) => (one.id === fresh ? { ...one, id: saved.id } : one))
      await load(active.id, { ...active.options, adapters })
      useSettings.getState().setAdapters(active.id, adapters)
    }
    await useAdapters.getState().remove(fresh)
    await useAdapters.getState().refresh()
    return saved.id
  }

  async function teach(name: string): Promise<void> {
    const { keeps, steps, lr, rank, seed } = get()
    const rows = get().rows.filter(isWhole)
    const { active } = useModels.getState()
    if (active?.state !== 'ready') return
    const asked = [rows[0], rows.at(-1)].flatMap((row) => (row ? [row.prompt] : []))
    const blank = { begun: null, steps: [], heldOut: [], samples: [], ended: null, saved: null }
    set({ error: null, run: { model: active.id, name, asked, ...blank }, answered: null })
    let signal = begin(null)
    let fresh: string | null = null
    try {
      set({ phase: 'answering' })
      const learnt = [...rows, ...(keeps ? await own(rehearsed(rows.length), signal) : [])]
      end() // putting an adapter on waits for whatever the model does
      if (signal.aborted) return
      set({ phase: 'putting', answered: null })
      const made = await getClient().training.begin(active.id, `${name} (0)`, { rank, seed })
      fresh = made.id
      if (!(await useAdapters.getState().put(made.id))) {
        set({ error: useAdapters.getState().error })
        return
      }
      signal = begin(null)
      set({ phase: 'learning' })
      const samples = asked.map((content) => [{ role: 'user' as const, content }])
      const heldOut = 0 // few rows, each of which counts
      const options = {
        adapter: made.id,
        rows: learnt,
        steps,
        lr,
        seed,
        samples,
        heldOut,
        every: Math.max(5, Math.round(steps / 8)),
      }
      for await (const event of getClient().training.run(options, { signal })) heard(event)
      end()
      set({ phase: 'saving' })
      const saved = await keep(made.id, name)
      fresh = null
      change({ saved })
    } catch (error) {
      set({ error: toData(error) })
    } finally {
      if (busy()) end()
      if (fresh !== null) {
        // it has learnt nothing that is kept
        await useAdapters.getState().take(fresh)
        await useAdapters.getState().remove(fresh)
      }
      set({ phase: 'idle', answered: null })
    }
  }

  return {
    rows: homes(),
    removed: [],
    keeps: true,
    steps: 60,
    lr: 3e-3,
    rank: 8,
    seed: 0,
    phase: 'idle',
    answered: null,
    run: null,
    error: null,
    set: (choice) => set(choice),
    setRow: (index, given) =>
      set((s) => ({ rows: s.rows.map((row, i) => (i === index ? { ...row, ...given } : row)) })),
    addRow: () => set((s) => ({ rows: [...s.rows, { prompt: '', completion: '' }] })),
    removeRow: (index) => get().setRows(get().rows.filter((_, i) => i !== index)),
    setRows: (rows) => set((s) => ({ rows, removed: [s.rows, ...s.removed].slice(0, 50) })),
    undo: () => set(({ rows, removed: [last = rows, ...removed] }) => ({ rows: last, removed })),
    start: async (name) => {
      if (get().phase !== 'idle' || busy()) return
      await settling(teach(name))
    },
    stop() {
      if (get().phase === 'idle') return
      set({ phase: 'stopping' })
      stopAnswer()
    },
  }
})
