// Adapters: which are stored, which are on the loaded model and how strong, and what came of the last one that was added
// or put on. Panels load it when they need it; what every load needs is in adapter-choices.ts.
//
// Putting one on loads the model again; a slider does not. Both wait for the end of what the model writes.

import { create } from 'zustand'
import type { AdapterChoice, AdapterInfo, ErrorData, StoredAdapter, TransferProgress } from '../worker/protocol.ts'
import { problemWith, useUnfit } from './adapter-choices.ts'
import { getClient, onOthers, toData } from './client.ts'
import { useCurrent } from './current.ts'
import { useEdited } from './edited.ts'
import { frame } from './frame.ts'
import { runEnded } from './inspect/follow.ts'
import { useModels, type ActiveModel } from './models.ts'
import { useSettings } from './settings.ts'
import { until } from './until.ts'

export interface AdaptersState {
  /** false until the first look at the disk is over */
  started: boolean
  /** oldest first */
  stored: StoredAdapter[]
  /** the loaded model's, as strong as they are set: a slider that moves is followed at once */
  live: readonly AdapterInfo[]
  /** what is being copied in; with an error, what could not be */
  importing: { name: string; progress: TransferProgress | null; error: ErrorData | null } | null
  /** ids of what the last files brought */
  added: readonly string[]
  /** those of its files that were stored already, by the ids they have */
  already: readonly string[]
  /** being put on, or taken off: waits for the end of an answer, then the model is loaded again */
  moving: string | null
  /** what went wrong last with one that was put on, set or removed; and with which */
  error: ErrorData | null
  failed: string | null

  /** call when a panel opens: lists the disk, to which other tabs may have added */
  start(): Promise<void>
  refresh(): Promise<void>
  /** each adapter among the files, one after the other; the id of the last one, null where none is stored */
  import(files: readonly File[]): Promise<string | null>
  cancelImport(): void
  remove(id: string): Promise<void>
  /** puts a stored one on the loaded model; false where it does not fit (see error), and the model is as it was */
  put(id: string, scale?: number): Promise<boolean>
  take(id: string): Promise<boolean>
  /** newest wins; an answer that is being written is not disturbed */
  setScale(id: string, scale: number): void
  dismiss(): void
}

/** Milliseconds until a model that was busy with something else than an answer is asked again. */
const pause = 100
const nothing = { error: null, failed: null }
const idle = (): Promise<void> => until(useCurrent, (s) => s.status === 'idle')

const ready = (): ActiveModel | null => {
  const { active } = useModels.getState()
  return active?.state === 'ready' ? active : null
}
const adaptersOf = (active: ActiveModel | null): readonly AdapterInfo[] => active?.info?.adapters ?? []

/** What was asked for and is not in force yet, by adapter. */
const wanted = new Map<string, number>()
/** what the engine is being told: it counts as in force, so that the slider does not jump back meanwhile */
let sent: { id: string; scale: number } | null = null
const liveNow = (): AdapterInfo[] =>
  adaptersOf(ready()).map((one) => {
    const scale = wanted.get(one.name) ?? (sent?.id === one.name ? sent.scale : one.scale)
    return { ...one, scale }
  })
const sameNames = (a: readonly AdapterInfo[], b: readonly AdapterInfo[]): boolean =>
  a.length === b.length && a.every(({ name }, i) => name === b[i]!.name)
let applying: Promise<void> | null = null
let importStop: AbortController | null = null

export const useAdapters = create<AdaptersState>()((set, get) => {
  const failedWith = (id: string, error: ErrorData): void => set({ error, failed: id })

  /** Loads the model again with other adapters; false: it does not take them, and is as it was. */
  async function change(id: string, choose: (now: readonly AdapterChoice[]) => AdapterChoice[]): Promise<boolean> {
    if (get().moving !== null) return false
    set({ ...nothing, moving: id })
    try {
      await applying
      await idle()
      const { active } = useModels.getState()
      if (!active || active.state === 'loading') return false
      const before = active.options.adapters ?? []
      const adapters = choose(before)
      const options = { ...active.options, adapters }
      const error = adapters.length > 0 ? await problemWith(active.id, options) : null
      if (error) {
        failedWith(id, error)
        return false
      }
      const { load } = useModels.getState()
      const loaded = await load(active.id, options)
      const now = useModels.getState().active
      if (now?.id !== active.id) return false
      if (!loaded) {
        if (now.error) failedWith(id, now.error)
        await load(active.id, { ...active.options, adapters: before })
        return false
      }
      const kept = now.options.adapters ?? []
      useSettings.getState().setAdapters(active.id, kept)
      return kept.length === adapters.length
    } finally {
      set({ moving: null })
    }
  }

  /** Tells the engine what was asked for, one by one, between two answers. */
  async function apply(): Promise<void> {
    for (let next = first(); next; next = first()) {
      await idle()
      const active = ready()
      const [id, scale] = [next, wanted.get(next)]
      if (!active || scale === undefined) {
        wanted.clear()
        break
      }
      wanted.delete(id)
      sent = { id, scale }
      useEdited.setState((s) => ({ changing: s.changing + 1 })) // the next answer waits for it
      try {
        const adapters = await getClient().adapters.setScale(id, scale)
        const now = ready()
        if (now?.id === active.id && sameNames(adaptersOf(now), adapters)) told(now, adapters)
      } catch (error) {
        const data = toData(error)
        if (data.code === 'BUSY' && ready()?.id === active.id) {
          if (!wanted.has(id)) wanted.set(id, scale)
        } else failedWith(id, data)
      } finally {
        sent = null
        useEdited.setState((s) => ({ changing: s.changing - 1 }))
      }
      if (wanted.has(id)) await new Promise((resolve) => setTimeout(resolve, pause))
    }
    set({ live: liveNow() })
    runEnded()
  }
  const first = (): string | undefined => wanted.keys().next().value

  /** The model is so now: a restart and a new visit bring it back like this. */
  function told({ id: model, options }: ActiveModel, adapters: readonly AdapterInfo[]): void {
    const scaleOf = new Map(adapters.map(({ name, scale }) => [name, scale]))
    const choices = options.adapters?.map(({ id, scale }) => ({ id, scale: scaleOf.get(id) ?? scale }))
    useModels.setState((s) =>
      s.active?.info
        ? {
            active: {
              ...s.active,
              info: { ...s.active.info, adapters: [...adapters] },
              options: { ...s.active.options, ...(choices && { adapters: choices }) },
            },
          }
        : {},
    )
    if (choices) useSettings.getState().setAdapters(model, choices)
  }

  return {
    started: false,
    stored: [],
    live: liveNow(),
    importing: null,
    added: [],
    already: [],
    moving: null,
    ...nothing,
    start: () => get().refresh(),
    async refresh() {
      try {
        set({ stored: await getClient().adapters.list(), started: true })
      } catch (error) {
        set({ error: toData(error), failed: null, started: true })
      }
    },
    async import(files) {
      if (importStop) return null
      const stop = (importStop = new AbortController())
      const added: string[] = []
      const already: string[] = []
      let problem: AdaptersState['importing'] = null
      const client = getClient()
      const copying = (name: string) => {
        let progress: TransferProgress | null = null
        const tell = frame(() => {
          if (importStop === stop) set({ importing: { name, progress, error: null } })
        })
        set({ importing: { name, progress, error: null } })
        return (now: TransferProgress): void => {
          progress = now
          tell.ask()
        }
      }
      let name = files[0]?.name ?? ''
      try {
        copying(name)
        for (const one of await client.adapters.sets(files)) {
          name = one.name
          const onProgress = copying(name)
          try {
            const kept = await client.adapters.import(one.files, name, { onProgress, signal: stop.signal })
            ;(kept.already ? already : added).push(kept.id)
          } catch (error) {
            if (stop.signal.aborted) break
            problem ??= { name, progress: null, error: toData(error) }
          }
        }
      } catch (error) {
        problem = { name, progress: null, error: toData(error) }
      }
      importStop = null
      await get().refresh()
      void useModels.getState().refresh()
      set({ importing: problem, added, already })
      return added.at(-1) ?? already.at(-1) ?? null
    },
    cancelImport: () => importStop?.abort(),
    async remove(id) {
      if (adaptersOf(ready()).some(({ name }) => name === id) && !(await get().take(id))) return
      set(nothing)
      try {
        await getClient().adapters.remove(id)
        for (const [model, choices] of Object.entries(useSettings.getState().adapters)) {
          const left = choices.filter((one) => one.id !== id)
          if (left.length < choices.length) useSettings.getState().setAdapters(model, left)
        }
      } catch (error) {
        failedWith(id, toData(error))
      }
      await get().refresh()
      void useModels.getState().refresh()
    },
    put: (id, scale = 1) => change(id, (now) => [...now.filter((one) => one.id !== id), { id, scale }]),
    take: (id) => change(id, (now) => now.filter((one) => one.id !== id)),
    setScale(id, scale) {
      wanted.set(id, scale)
      set(nothing)
      set({ live: liveNow() })
      applying ??= apply().finally(() => {
        applying = null
      })
    },
    dismiss: () => set({ ...nothing, importing: importStop ? get().importing : null }),
  }
})

useModels.subscribe((s, old) => {
  if (s.active === old.active) return
  if (s.active?.id !== old.active?.id || s.active?.state !== 'ready') wanted.clear()
  const { failed } = useAdapters.getState()
  const isOn = (active: ActiveModel | null): boolean => adaptersOf(active).some(({ name }) => name === failed)
  // what one model said of an adapter is not true of the next, nor once it is on
  const isOver = failed !== null && (s.active?.id !== old.active?.id || (isOn(s.active) && !isOn(old.active)))
  useAdapters.setState({ live: liveNow(), ...(isOver && nothing) })
})
onOthers(({ type }) => {
  if (type === 'stored' && useAdapters.getState().started) void useAdapters.getState().refresh()
})
useUnfit.subscribe(({ unfit }) => {
  if (unfit) useAdapters.setState({ error: unfit.error, failed: unfit.id })
})
const { unfit } = useUnfit.getState()
if (unfit && unfit.model === useModels.getState().active?.id) {
  useAdapters.setState({ error: unfit.error, failed: unfit.id })
}
