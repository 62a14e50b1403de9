// Which models there are, which move, and which one is loaded.

import { create } from 'zustand'
import type {
  AdapterFacts,
  Counted,
  ErrorData,
  Follow,
  LoadProgress,
  LoadRequest,
  ModelInfo,
  ModelListing,
  ModelNotice,
  ModelOrigin,
  ModelPlanSummary,
  StorageFacts,
  StoredModel,
  TransferProgress,
  WeightErrors,
} from '../worker/protocol.ts'
import { withoutUnfit } from './adapter-choices.ts'
import { withForce } from './forced.ts'
import { builtinCatalog, localEntry, type CatalogEntry } from './catalog.ts'
import { getClient, onLost, onNotice, toData } from './client.ts'
import { pickDevice, withNotice, withoutGpu } from './engine-facts.ts'
import { frame } from './frame.ts'
import { askToRead } from './places.ts'
import type { RemoteServer } from './remote/server.ts'
import { withMark } from './removed.ts'
import { optionsFor, useSettings } from './settings.ts'
import { tinyCatalog } from './tiny.ts'

/** A running, stopped or failed download, import or removal; gone when it succeeded. */
export interface ModelJob {
  id: string
  name: string
  kind: 'download' | 'import' | 'remove'
  state: 'running' | 'stopped' | 'failed'
  progress: TransferProgress | null
  error: ErrorData | null
  /** of a download: where it comes from */
  origin?: ModelOrigin
}

/** The one model on the device, or on its way there. */
export interface ActiveModel {
  id: string
  name: string
  state: 'loading' | 'ready' | 'failed'
  progress: LoadProgress | null
  info: ModelInfo | null
  error: ErrorData | null
  /** what it is or was loaded with; `remote`: nothing is, and a server answers (remote/index.ts) */
  options: LoadRequest
  remote?: RemoteServer
}

export interface ModelsState {
  /** false until the first look at the disk is over */
  started: boolean
  catalog: CatalogEntry[]
  stored: StoredModel[]
  /** by model id */
  jobs: Record<string, ModelJob>
  active: ActiveModel | null
  /** the model that the page or the reader last asked for, until the reader closes it: what "Try again" tries */
  wanted: string | null
  adapter: AdapterFacts | null
  /** why the browser gives no GPU that can be used: models run on the processor then */
  noGpu: ErrorData | null
  /** the question for the GPU was never answered: it is the worker that fails */
  adapterError: ErrorData | null
  storage: StorageFacts | null
  /** was not loaded by itself, because the page died while it loaded last time */
  skipped: { id: string; name: string } | null
  /** the last error that belongs to no job and no load (e.g. the worker died) */
  error: ErrorData | null

  /** call once when the page starts: lists disk, catalog, adapter, storage */
  start(): Promise<void>
  refresh(): Promise<void>
  /** what a hub id or URL offers; throws EngineError */
  lookup(origin: ModelOrigin): Promise<ModelListing>
  /** downloads (or goes on); resolves true when stored, false when stopped or failed (see jobs[id]) */
  download(target: CatalogEntry | ModelListing): Promise<boolean>
  import(files: readonly File[], name?: string): Promise<string | null>
  resume(id: string): Promise<boolean>
  /** the same model from another hub, by the reader's choice: what is stored and is the same there is kept */
  from(id: string, host: string): Promise<boolean>
  /** drops what is stored of a model that is not whole, and fetches it again */
  startOver(id: string): Promise<boolean>
  /** stops a running job; what is stored stays */
  cancel(id: string): void
  dismiss(id: string): void
  remove(id: string): Promise<void>
  /** bytes needed on the device; throws EngineError */
  plan(target: string | readonly File[], options?: LoadRequest): Promise<ModelPlanSummary>
  /** how far its weights would be from what the files hold, by what they become; throws EngineError */
  weightErrors(target: string | readonly File[], follow?: Follow<Counted>): Promise<WeightErrors>
  /** loads a stored model, replacing the loaded one; false when it failed (see active.error) */
  load(id: string, options?: LoadRequest): Promise<boolean>
  /** download when needed, then load */
  use(target: CatalogEntry, options?: LoadRequest): Promise<boolean>
  cancelLoad(): void
  unload(): Promise<void>
  persist(): Promise<boolean>
  /**
   * after anything that failed: looks again, with a fresh worker where the old one or its GPU is gone, and brings the
   * wanted model, loaded as it was but for `change`
   */
  restart(change?: LoadRequest): Promise<void>
  dismissError(): void
}

/** Where the page lies on its server, e.g. "/". */
const base = (): string =>
  typeof location === 'undefined' ? '/' : new URL(import.meta.env.BASE_URL, location.href).pathname

const jobStops = new Map<string, AbortController>()
let imports = 0
let loading: { stop: AbortController; ended: Promise<unknown> } | null = null
let starting: Promise<void> | null = null
let restarting: Promise<void> | null = null

export const useModels = create<ModelsState>()((set, get) => {
  const setJob = (job: ModelJob): void => set((s) => ({ jobs: { ...s.jobs, [job.id]: job } }))
  const dropJob = (id: string): void =>
    set((s) => ({ jobs: Object.fromEntries(Object.entries(s.jobs).filter(([key]) => key !== id)) }))
  const setActive = (change: Partial<ActiveModel>): void =>
    set((s) => (s.active ? { active: { ...s.active, ...change } } : {}))
  /** notices that overtook the answer of the load they belong to */
  let early: ModelNotice[] = []
  const find = (id: string): StoredModel | undefined => get().stored.find((model) => model.id === id)
  /** where its download comes from, or would */
  const originOf = (id: string): ModelOrigin | undefined =>
    get().jobs[id]?.origin ?? find(id)?.origin ?? get().catalog.find((entry) => entry.id === id)?.origin
  const nameOf = (id: string): string =>
    get().catalog.find((entry) => entry.id === id)?.title ?? get().jobs[id]?.name ?? find(id)?.name ?? id
  const add = async (id: string, name: string, origin: ModelOrigin): Promise<boolean> =>
    (await runJob(id, name, 'download', (watch) => getClient().models.add({ origin, name }, watch), origin)) !== null

  /** Runs one download, import or removal as a job; null when it was stopped or failed. */
  async function runJob<T>(
    id: string,
    name: string,
    kind: ModelJob['kind'],
    work: (watch: { signal: AbortSignal; onProgress: (p: TransferProgress) => void }) => Promise<T>,
    origin?: ModelOrigin,
  ): Promise<T | null> {
    if (get().jobs[id]?.state === 'running') return null
    const stop = new AbortController()
    jobStops.set(id, stop)
    const job: ModelJob = { id, name, kind, state: 'running', progress: null, error: null, ...(origin && { origin }) }
    let progress: TransferProgress | null = null
    const show = frame(() => {
      if (jobStops.get(id) === stop) setJob({ ...job, progress })
    })
    setJob(job)
    try {
      const result = await work({
        signal: stop.signal,
        onProgress: (p) => {
          progress = p
          show.ask()
        },
      })
      jobStops.delete(id)
      await get().refresh()
      dropJob(id)
      return result
    } catch (error) {
      jobStops.delete(id)
      const data = toData(error)
      await get().refresh()
      if (!stop.signal.aborted) setJob({ ...job, state: 'failed', progress, error: data })
      else if (find(id)) setJob({ ...job, state: 'stopped', progress })
      else dropJob(id)
      return null
    }
  }

  /**
   * restart(), once at a time: a button is pressed twice when nothing seems to happen, so the page is at work from the
   * first moment on.
   */
  async function again(change: LoadRequest): Promise<void> {
    const { active, wanted, error, adapterError, catalog } = get()
    // a worker that died is replaced already (onLost); one whose GPU is gone, or that never ran, is left for a new one
    const failed = [error, active?.error, adapterError].filter((one) => one != null)
    if (
      failed.some(
        ({ code, facts }) =>
          code === 'GPU_LOST' || ((code === 'WORKER_DIED' || code === 'WORKER_TIMEOUT') && facts.started !== true),
      )
    ) {
      getClient().restart()
    }
    const id = active?.id ?? wanted
    const name = catalog.find((item) => item.id === id)?.title ?? find(id ?? '')?.name ?? active?.name ?? id
    set({
      error: null,
      adapterError: null,
      noGpu: null,
      wanted: id,
      ...(id !== null && {
        active: { id, name: name!, info: null, options: {}, ...active, state: 'loading', progress: null, error: null },
      }),
    })
    await look()
    if (get().wanted !== id || id === null) return // stopped meanwhile, or nothing to bring
    const { adapterError: still } = get()
    if (still) return setActive({ state: 'failed', error: still })
    const entry = catalog.find((item) => item.id === id)
    const { load: chosen } = useSettings.getState()
    // whatever it was loaded with before, the device is the one that is chosen now
    const options = { ...(active?.options ?? chosen), ...pickDevice(chosen), ...change }
    if (active || find(id)?.complete || !entry) await get().load(id, options)
    else {
      set({ active: null }) // the download speaks for itself
      await get().use(entry, options)
    }
  }

  /**
   * The embedded model comes in builds: where another one lies beside the page than in the store, that one is fetched.
   * Where it cannot be, the old one does.
   */
  async function renew(id: string, signal: AbortSignal): Promise<void> {
    const entry = get().catalog.find((item) => item.id === id && item.version !== undefined),
      here = find(id)
    if (!entry || !here?.complete || JSON.stringify(here.origin) === JSON.stringify(entry.origin)) return
    const stop = (): void => get().cancel(id)
    signal.addEventListener('abort', stop)
    if (!(await get().download(entry))) get().dismiss(id)
    signal.removeEventListener('abort', stop)
  }

  /**
   * What of a stored model is not whole any more is fetched again from where it came. Resolves with null when it is
   * whole now,
   * with the reason when it could not be fetched, and with undefined when there was nothing to fetch.
   */
  async function heal(id: string, signal: AbortSignal): Promise<ErrorData | null | undefined> {
    const here = find(id)
    if (!here || here.complete || here.damaged || here.origin.kind === 'import' || signal.aborted) return undefined
    const stop = (): void => get().cancel(id)
    signal.addEventListener('abort', stop)
    const healed = await get().resume(id)
    signal.removeEventListener('abort', stop)
    const error = get().jobs[id]?.error ?? undefined
    get().dismiss(id)
    return healed ? null : error
  }

  async function load(
    id: string,
    options: LoadRequest,
    stop: AbortController,
    healed = false,
    known: ModelNotice[] = [],
  ): Promise<boolean> {
    const entry = get().catalog.find((item) => item.id === id)
    set({
      active: {
        id,
        name: entry?.title ?? find(id)?.name ?? id,
        state: 'loading',
        progress: null,
        info: null,
        error: null,
        options,
      },
      error: null,
    })
    const mine = (): boolean => loading?.stop === stop
    early = []
    await renew(id, stop.signal)
    let progress: LoadProgress | null = null
    const show = frame(() => {
      if (mine()) setActive({ progress })
    })
    try {
      const info = await getClient().load(id, withForce(options), {
        signal: stop.signal,
        onProgress: (p) => {
          progress = p
          show.ask()
        },
      })
      show.flush()
      if (mine()) setActive({ state: 'ready', info: [...early, ...known].reduce(withNotice, info), progress: null })
      set((s) => ({ adapter: info.adapter ?? s.adapter }))
      return mine()
    } catch (error) {
      let data = toData(error)
      if (data.code === 'STORAGE_CORRUPT' || data.code === 'FILE_MISSING') {
        await get().refresh() // a damaged chunk was found, now or before
        const cause = healed || !mine() ? undefined : await heal(id, stop.signal)
        if (cause === null && mine() && !stop.signal.aborted) return load(id, options, stop, true, known)
        if (data.code === 'STORAGE_CORRUPT') {
          data = { ...data, facts: { ...data.facts, imported: find(id)?.origin.kind === 'import' } }
        } else if (cause) data = cause
      }
      if (mine() && !stop.signal.aborted && options.adapters?.length) {
        const left = await withoutUnfit(id, options)
        if (left && mine() && !stop.signal.aborted) return load(id, left.options, stop, healed, [...known, left.notice])
      }
      if (mine()) {
        if (stop.signal.aborted) set({ active: null, wanted: null })
        else setActive({ state: 'failed', error: data })
      }
      return false
    }
  }

  const refused = (error: ErrorData): Partial<ModelsState> =>
    withoutGpu.has(error.code)
      ? { adapter: null, noGpu: error, adapterError: null }
      : { noGpu: null, adapterError: error }

  async function look(): Promise<void> {
    const client = getClient()
    const [stored, storage, local, adapter, tiny] = await Promise.allSettled([
      client.models.list(),
      client.storage.estimate(),
      client.models.local(),
      client.adapterFacts(),
      tinyCatalog(base()),
    ])
    set((s) => ({
      ...(stored.status === 'fulfilled' && { stored: stored.value }),
      ...(storage.status === 'fulfilled' && { storage: withMark(storage.value, s.storage) }),
      ...(local.status === 'fulfilled' && {
        catalog: [
          ...builtinCatalog(base()),
          ...(tiny.status === 'fulfilled' ? tiny.value : []),
          ...local.value.map(localEntry),
        ],
      }),
      ...(adapter.status === 'fulfilled'
        ? { adapter: adapter.value ?? s.adapter, noGpu: null, adapterError: null }
        : refused(toData(adapter.reason))),
      ...(stored.status === 'rejected' && { error: toData(stored.reason) }),
      started: true,
    }))
  }

  onNotice((notice) => {
    const info = get().active?.info
    if (info) setActive({ info: withNotice(info, notice) })
    else early.push(notice)
  })
  onLost((error) => {
    set({ error })
    if (!get().active?.remote) setActive({ state: 'failed', error, progress: null })
    // one that once ran is replaced at the next call, so that disk and chats stay reachable
    if (error.code !== 'GPU_LOST' && error.facts.started === true) getClient().restart()
  })

  return {
    started: false,
    catalog: builtinCatalog(base()),
    stored: [],
    jobs: {},
    active: null,
    wanted: null,
    skipped: null,
    adapter: null,
    noGpu: null,
    adapterError: null,
    storage: null,
    error: null,
    start: () =>
      get().started
        ? Promise.resolve()
        : (starting ??= look().finally(() => {
            starting = null
          })),
    async refresh() {
      if (!get().started || get().adapterError) return look()
      const [stored, storage] = await Promise.allSettled([getClient().models.list(), getClient().storage.estimate()])
      set((s) => ({
        stored: stored.status === 'fulfilled' ? stored.value : s.stored,
        storage: storage.status === 'fulfilled' ? withMark(storage.value, s.storage) : s.storage,
      }))
    },
    lookup: (origin) => getClient().models.lookup(origin),
    async download(target) {
      const { id, origin } = target
      const name = 'title' in target ? target.title : target.name
      const here = find(id)
      // a started hub download stays at its pinned revision
      if (here && !here.complete && !here.damaged) return get().resume(id)
      const from: ModelOrigin =
        origin.kind === 'hub' && !origin.host ? { ...origin, host: useSettings.getState().hubHost } : origin
      return add(id, name, from)
    },
    async import(files, name) {
      const title = name ?? files[0]?.name ?? ''
      return (
        (await runJob(`import:${++imports}`, title, 'import', (watch) => getClient().models.import(files, name, watch)))
          ?.id ?? null
      )
    },
    resume: async (id) =>
      (await runJob(
        id,
        find(id)?.name ?? id,
        'download',
        (watch) => getClient().models.resume(id, watch),
        originOf(id),
      )) !== null,
    from: (id, host) => {
      const origin = originOf(id)
      if (origin?.kind !== 'hub') return Promise.resolve(false)
      useSettings.getState().setHubHost(host)
      return add(id, nameOf(id), { ...origin, host })
    },
    async startOver(id) {
      const [origin, name] = [originOf(id), nameOf(id)]
      if (!origin || origin.kind === 'import') return false
      await get().remove(id)
      return add(id, name, origin)
    },
    cancel(id) {
      if (get().wanted === id && get().active?.id !== id) set({ wanted: null })
      jobStops.get(id)?.abort()
    },
    dismiss(id) {
      if (get().jobs[id]?.state !== 'running') dropJob(id)
    },
    async remove(id) {
      get().cancel(id)
      if (get().active?.id === id) await get().unload()
      if (get().jobs[id]?.state !== 'running') dropJob(id)
      await runJob(id, find(id)?.name ?? id, 'remove', () => getClient().models.remove(id))
    },
    async plan(target, options = useSettings.getState().load) {
      const wanted = optionsFor(typeof target === 'string' ? target : null, options)
      const plan = (more: LoadRequest = {}) => getClient().plan(target, { ...wanted, ...more })
      // a load would take off what does not fit, too
      return wanted.adapters?.length ? plan().catch(() => plan({ adapters: [] })) : plan()
    },
    weightErrors: (target, follow) => getClient().weightErrors(target, follow),
    async load(id, options = useSettings.getState().load) {
      set({ wanted: id, ...(get().skipped?.id === id && { skipped: null }) })
      const before = loading
      const stop = new AbortController()
      before?.stop.abort()
      let finish = (): void => undefined
      loading = {
        stop,
        ended: new Promise<void>((resolve) => {
          finish = resolve
        }),
      }
      try {
        await Promise.all([before?.ended, askToRead(id)])
        if (!stop.signal.aborted) return await load(id, optionsFor(id, options), stop)
        if (loading?.stop === stop) set({ active: null, wanted: null })
        return false
      } finally {
        if (loading?.stop === stop) loading = null
        finish()
      }
    },
    async use(target, options) {
      set({ wanted: target.id })
      const here = find(target.id)?.complete || (await get().download(target)) // another may be asked for meanwhile
      return here && [target.id, null].includes(get().wanted) && get().load(target.id, options)
    },
    cancelLoad() {
      if (loading) loading.stop.abort()
      else if (restarting) set({ active: null, wanted: null })
    },
    async unload() {
      get().cancelLoad()
      await loading?.ended
      set({ wanted: null })
      try {
        if (get().active?.state === 'ready' && !get().active?.remote) await getClient().unload()
        set({ active: null })
      } catch (error) {
        set({ active: null, error: toData(error) })
      }
    },
    async persist() {
      const kept = await getClient()
        .storage.persist()
        .catch(() => false)
      await get().refresh()
      return kept
    },
    restart: (change = {}) =>
      (restarting ??= again(change).finally(() => {
        restarting = null
      })),
    dismissError: () => set({ error: null }),
  }
})
