// Teaching the loaded model: what is to be learnt, how far it is, and what came of it. An adapter that changes nothing is stored
// and put on, learns in the worker, and is stored again as it is then; the model's own weights stay. One run at a time, which
// outlives the page: until its adapter is stored, it waits in the storage to go on (worker/teaching.ts).

import { create } from 'zustand'
import type { CountedRows, ErrorData, KeptRun, Merged } from '../../worker/protocol.ts'
import { useAdapters } from '../adapters.ts'
import { getClient, onOthers, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { comesBack } from '../recovery.ts'
import { begin, busy, end, settling } from '../running.ts'
import { useSettings } from '../settings.ts'
import { keepDraft, loadDraft, readRun, settings, type Draft, type RoadDraft } from './draft.ts'
import { homes, inLanguage, LONGEST_OWN, recipe, rehearsal, type Pair } from './homes.ts'
import { isJudging, judgeOf, refreshJudge } from './judge.ts'
import { isWhole, lessonOf, taskOf, type Lesson } from './lesson.ts'
import { readRecipe, recipeHash, type Recipe } from './recipe.ts'
import { askedOf, blankRun, heard, runOf, speedOf, type TeachRun } from './run.ts'

export type { Pair } from './homes.ts'
export { isWhole, lessonOf, likeRehearsal } from './lesson.ts'
export type { TeachRun } from './run.ts'
export type { CountedRows, Frame, Moved } from '../../worker/protocol.ts'

export interface TeachState {
  /** false until the storage was looked at */
  started: boolean
  rows: readonly Pair[]
  /** the rows before each one was removed, or all were replaced: the last first to come back */
  removed: readonly (readonly Pair[])[]
  /** questions whose answers it gives itself before, and learns with the rest */
  keeps: boolean
  steps: number
  lr: number
  rank: number
  seed: number
  /** the part of the rows that is asked, and never learnt */
  heldOut: number
  /** what the adapter is called; '': as the panel says */
  name: string
  /** the row whose tokens are shown, of those that are whole */
  shown: number
  /** tokens a second, as they were measured last */
  speed: { model: string; tokens: number } | null
  /** what is liked, as road.ts has it; null: nothing was written yet */
  road: RoadDraft | null
  phase: 'idle' | 'answering' | 'putting' | 'learning' | 'saving' | 'merging' | 'stopping'
  /** of the answers that it gives itself */
  answered: { done: number; of: number } | null
  run: TeachRun | null
  /** a run that is not over: another tab's, or one that was interrupted */
  kept: KeptRun | null
  /** so often the device, or the engine's thread, was lost in this run, and it went on */
  losses: number
  /** of a link that was opened, not used yet */
  offered: Recipe | null
  error: ErrorData | null

  /** when the panel opens */
  open(): Promise<void>
  set(
    change: Partial<Pick<TeachState, 'keeps' | 'steps' | 'lr' | 'rank' | 'seed' | 'heldOut' | 'name' | 'shown'>>,
  ): void
  setRow(index: number, change: Partial<Pair>): void
  addRow(): void
  removeRow(index: number): void
  /** in the place of all there are */
  setRows(rows: readonly Pair[]): void
  undo(): void
  /** an address that holds a recipe: it is offered, and nothing else happens */
  offer(data: string): Promise<void>
  /** what is offered stands where pairs and settings stand; or is left */
  take(use: boolean): void
  /** the address of pairs and settings as they are; null: too long for one */
  link(): Promise<string | null>
  start(name: string): Promise<void>
  /** the same from something else than pairs to say: from preferences, or by reward */
  startWith(name: string, lesson: Lesson): Promise<void>
  stop(): void
  /** the run that waits: from its last state on */
  goOn(): Promise<void>
  /** stores what it has learnt by then */
  keep(): Promise<void>
  discard(): Promise<void>
  /** what it has learnt by then, as the files of a PEFT folder; null: see error */
  files(): Promise<Record<string, Uint8Array> | null>
  /** a whole model with what was taught in its weights */
  merge(): Promise<void>
  merged: Merged | null
}

/** So often a run that came back takes its model back from another tab. */
const RETAKES = 2

/** What a button that stops must know of a run; null: there is none. */
export const runsIn = (phase: TeachState['phase']): { mayStop: boolean; isStopping: boolean } | null =>
  phase === 'idle' ? null : { mayStop: phase === 'learning' || phase === 'answering', isStopping: phase === 'stopping' }

/** What the model would learn of these rows; null: it cannot say now. */
export const countRows = (rows: readonly Pair[], shown: number): Promise<CountedRows | null> =>
  getClient()
    .training.rows(rows, shown)
    .catch(() => null)

export const useTeach = create<TeachState>()((set, get) => {
  let stopping = new AbortController()
  /** whose weights are those of the last state: put back, or learnt just now */
  let inForce: string | null = null
  /** another tab has loaded something since the run began */
  let taken = false

  async function answer(prompt: string, signal: AbortSignal): Promise<string> {
    let text = ''
    const asked = [{ role: 'user' as const, content: prompt }]
    for await (const event of getClient().generate(asked, { temperature: 0, maxTokens: LONGEST_OWN, signal })) {
      if (event.type === 'token') text += event.text
    }
    return text
  }

  /** Its own answers, as it is now. */
  async function own(count: number): Promise<Pair[]> {
    const pairs: Pair[] = []
    const prompts = rehearsal(count)
    const writing = begin(null)
    const signal = AbortSignal.any([writing, stopping.signal])
    try {
      for (const prompt of prompts) {
        if (signal.aborted) break
        set({ answered: { done: pairs.length, of: prompts.length } })
        const completion = await answer(prompt, signal)
        if (completion.trim() !== '') pairs.push({ prompt, completion })
      }
      if (writing.aborted) stopping.abort()
      return pairs
    } finally {
      end() // putting an adapter on waits for whatever the model does
      set({ answered: null })
    }
  }

  async function refresh(): Promise<void> {
    const kept = await getClient().training.kept()
    await refreshJudge()
    set(({ phase, run }) => ({
      kept,
      // events come from a disk: what cannot be drawn is left out
      ...(kept &&
        phase === 'idle' &&
        (!run || kept.isRunning) && {
          run: readRun(runOf(kept), '', []) ?? blankRun(kept.model, kept.name, askedOf(kept)),
        }),
    }))
  }

  /** What has learnt in the place of what had not, on the model and on the disk; a reward model has nothing to say there. */
  async function store({ adapter: fresh, name, judge, ...task }: KeptRun): Promise<void> {
    set({ phase: 'saving' })
    const client = getClient()
    const { active, load } = useModels.getState()
    const judging = isJudging(task)
    const saved = await client.training.save(fresh, name, judging ? judgeOf(task.model, get().run!) : undefined)
    if (active) {
      const stays = (active.options.adapters ?? []).filter(({ id }) => id !== judge && !(judging && id === fresh))
      const adapters = stays.map((one) => (one.id === fresh ? { ...one, id: saved.id } : one))
      await load(active.id, { ...active.options, adapters })
      useSettings.getState().setAdapters(active.id, adapters)
    }
    await client.training.forget()
    inForce = null
    await useAdapters.getState().remove(fresh)
    await useAdapters.getState().refresh()
    set(({ run }) => ({ kept: null, run: run && { ...run, saved: saved.id } }))
  }

  /** @param learns false: only what it had learnt is put back */
  async function follow(task: KeptRun, learns: boolean): Promise<void> {
    const { adapter, name, model, options, judge } = task
    set({ phase: 'putting' })
    // a reward model's adapter is there, and off: it is asked beside the model, not in it
    for (const [id, scale] of [...(judge === undefined ? [] : [[judge, 0] as const]), [adapter, 1] as const]) {
      const { active } = useModels.getState()
      const isOn = active?.info?.adapters.some((one) => one.name === id && one.scale === scale)
      if (isOn || (await useAdapters.getState().put(id, scale))) continue
      set({ error: useAdapters.getState().error })
      return
    }
    const own = useModels.getState().active
    taken = false
    for (let lost = 0, retakes = 0; ; lost++) {
      set({ phase: 'learning', losses: lost, run: blankRun(model, name, askedOf({ options })) })
      const before = useModels.getState().active?.info ?? null
      try {
        const events = getClient().training.run(learns && !stopping.signal.aborted, { signal: stopping.signal })
        for await (const event of events) {
          set(({ run }) => ({ run: run && heard(run, event) }))
          const tokens = speedOf(get().run?.steps ?? [])
          if (event.type === 'step' && tokens !== null) set({ speed: { model, tokens } })
        }
        break
      } catch (error) {
        const loss = toData(error)
        if (loss.code === 'ABORTED' && stopping.signal.aborted) {
          // stopped before it began, or it did not end in time: it waits at its last state
          const step = get().run?.keptAt ?? 0
          set(({ run }) => ({ run: run && { ...run, ended: { type: 'end', why: 'asked', step } } }))
          return
        }
        if (await comesBack(loss, before, stopping.signal)) continue
        // between the load and the run another tab had its turn, and what it loaded is there, or on its way: ours again
        const { active, load } = useModels.getState()
        const isOthers = taken || (lost > 0 && active?.id === own?.id)
        if (!isOthers || !own || stopping.signal.aborted || ++retakes > RETAKES) throw error
        if (!(await load(own.id, own.options))) throw error
      }
    }
    inForce = adapter
    if (!learns || get().run?.ended?.why !== 'asked') await store(task)
  }

  async function learn(name: string, lesson: Lesson): Promise<void> {
    const { active } = useModels.getState()
    if (active?.state !== 'ready') return
    set({ phase: 'answering', run: blankRun(active.id, name, lesson.asked) })
    const { count } = lesson.own
    const answers = count > 0 ? await own(count) : []
    if (stopping.signal.aborted) return set({ run: null })
    set({ phase: 'putting' })
    const task = taskOf(active.id, name, lesson, answers)
    const made = await getClient().training.begin(task)
    await follow({ ...task, adapter: made.id, step: 0, events: [], isRunning: false }, true)
  }

  /** One thing at a time, and whatever ends it, the panel says so. */
  async function alone(work: () => Promise<void>): Promise<void> {
    if (get().phase !== 'idle' || busy()) return
    stopping = new AbortController()
    set({ error: null, losses: 0, merged: null, phase: 'putting' })
    await settling(
      work()
        .catch((error: unknown) => set({ error: toData(error) }))
        .finally(() => set({ phase: 'idle' })),
    )
    await refresh().catch((error: unknown) => set({ error: toData(error) }))
  }

  let opening: Promise<void> | null = null
  async function read(): Promise<void> {
    try {
      set(await loadDraft())
      await refresh()
    } catch (error) {
      set({ error: toData(error) })
    }
    const inOurs = (): void => set(({ rows }) => ({ rows: inLanguage(rows, useSettings.getState().lang) }))
    inOurs()
    useSettings.subscribe((now, old) => {
      if (now.lang !== old.lang && get().phase === 'idle') inOurs()
    })
    set({ started: true })
    useTeach.subscribe((now, old) => {
      const isOver = now.run === null || now.run.saved !== null
      if (settings.every((key) => now[key] === old[key]) && !(isOver && now.run !== old.run)) return
      const draft = Object.fromEntries(settings.map((key) => [key, now[key]])) as Pick<Draft, (typeof settings)[number]>
      keepDraft({ ...draft, run: isOver ? now.run : null })
    })
    useModels.subscribe((s, old) => {
      if (s.active?.info === old.active?.info) return
      inForce = null
      // with an engine that ended, what was taught in another tab ended too: it may be ours to go on with
      if (s.active?.info && get().kept?.isRunning && get().phase === 'idle') void refresh().catch(() => undefined)
    })
    onOthers(({ type }) => {
      taken ||= type === 'loaded'
      if (type === 'stored' && get().phase === 'idle') void refresh().catch(() => undefined)
    })
  }

  return {
    started: false,
    rows: homes(),
    removed: [],
    ...recipe,
    name: '',
    shown: 0,
    speed: null,
    road: null,
    phase: 'idle',
    answered: null,
    run: null,
    kept: null,
    losses: 0,
    offered: null,
    merged: null,
    error: null,
    open: () => (opening ??= read()),
    set: (choice) => set(choice),
    setRow: (index, given) =>
      set((s) => ({ rows: s.rows.map((row, i) => (i === index ? { ...row, ...given } : row)) })),
    addRow: () => set((s) => ({ rows: [...s.rows, { prompt: '', completion: '' }] })),
    removeRow: (index) => get().setRows(get().rows.filter((_, i) => i !== index)),
    setRows: (rows) => set((s) => ({ rows, removed: [s.rows, ...s.removed].slice(0, 50) })),
    undo: () => set(({ rows, removed: [last = rows, ...removed] }) => ({ rows: last, removed })),
    async offer(data) {
      try {
        set({ offered: await readRecipe(data), error: null })
      } catch (error) {
        set({ offered: null, error: toData(error) })
      }
    },
    take(use) {
      const { offered } = get()
      set({ offered: null })
      if (!use || !offered || get().phase !== 'idle') return
      const { rows, model: _, ...choices } = offered
      get().setRows(rows)
      set({ ...choices, shown: 0 })
    },
    async link() {
      const { rows, keeps, steps, lr, rank, seed, heldOut, name } = get()
      const model = useModels.getState().active?.id ?? ''
      const own = rows.filter(isWhole)
      const hash = await recipeHash({ rows: own, keeps, steps, lr, rank, seed, heldOut, name, model })
      return hash === null ? null : `${location.origin}${location.pathname}${hash}`
    },
    start: (name) => alone(() => learn(name, lessonOf(get()))),
    startWith: (name, lesson) => alone(() => learn(name, lesson)),
    stop() {
      if (get().phase === 'idle') return
      set({ phase: 'stopping' })
      stopping.abort()
    },
    async goOn() {
      const { kept } = get()
      if (kept) await alone(() => follow(kept, true))
    },
    async keep() {
      const { kept } = get()
      if (kept) await alone(() => (inForce === kept.adapter ? store(kept) : follow(kept, false)))
    },
    async discard() {
      const { kept } = get()
      if (!kept) return
      await alone(async () => {
        await useAdapters.getState().remove(kept.adapter)
        await getClient().training.forget()
        set({ run: null, kept: null })
      })
    },
    async merge() {
      const { run } = get()
      const adapter = run?.saved
      if (!adapter) return
      const { model, name, asked, samples } = run
      // the panel's pairs may be others by now, or of another way: what this run was asked, and says since it has learnt
      const rows = asked.flatMap((prompt, i) => {
        const completion = samples.findLast(({ index }) => index === i)?.text ?? ''
        return isWhole({ prompt, completion }) ? [{ prompt, completion }] : []
      })
      if (rows.length === 0) rows.push(...get().rows.filter(isWhole))
      await alone(async () => {
        set({ phase: 'merging', merged: null })
        begin(null)
        try {
          const request = { model, adapter, name: `${name} f16`, rows }
          set({ merged: await getClient().training.merge(request) })
        } finally {
          end()
        }
        await useModels.getState().refresh()
      })
    },
    async files() {
      const adapter = get().kept?.adapter ?? get().run?.saved
      if (!adapter) return null
      try {
        return await getClient().training.files(adapter)
      } catch (error) {
        set({ error: toData(error) })
        return null
      }
    },
  }
})
