// Which models there are, which move, and which one is loaded.

import { create } from 'zustand'
import type { AdapterFacts, ErrorData, LoadProgress, LoadRequest, ModelInfo, ModelListing, ModelOrigin, ModelPlanSummary, StorageFacts, StoredModel, TransferProgress } from '../worker/protocol.ts'
import type { CatalogEntry } from './catalog.ts'

/** A running or failed download, import or removal; gone when it succeeded. */
export interface ModelJob {
  id: string
  name: string
  kind: 'download' | 'import' | 'remove'
  state: 'running' | 'stopped' | 'failed'
  progress: TransferProgress | null
  error: ErrorData | null
}

/** The one model on the device, or on its way there. */
export interface ActiveModel {
  id: string
  name: string
  state: 'loading' | 'ready' | 'failed'
  progress: LoadProgress | null
  info: ModelInfo | null
  error: ErrorData | null
}

export interface ModelsState {
  /** false until the first look at the disk is over */
  started: boolean
  catalog: CatalogEntry[]
  stored: StoredModel[]
  /** by model id */
  jobs: Record<string, ModelJob>
  active: ActiveModel | null
  adapter: AdapterFacts | null
  adapterError: ErrorData | null
  storage: StorageFacts | null
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
  /** stops a running job; what is stored stays */
  cancel(id: string): void
  dismiss(id: string): void
  remove(id: string): Promise<void>
  /** bytes needed on the device; throws EngineError */
  plan(target: string | readonly File[], options?: LoadRequest): Promise<ModelPlanSummary>
  /** loads a stored model, replacing the loaded one; false when it failed (see active.error) */
  load(id: string, options?: LoadRequest): Promise<boolean>
  /** download when needed, then load */
  use(target: CatalogEntry): Promise<boolean>
  cancelLoad(): void
  unload(): Promise<void>
  persist(): Promise<boolean>
  /** after WORKER_DIED / WORKER_TIMEOUT / GPU_LOST: fresh worker, and the model that was loaded again */
  restart(): Promise<void>
  dismissError(): void
}

const later = (): never => { throw new Error('store/models: not written yet') }

export const useModels = create<ModelsState>()(() => ({
  started: false, catalog: [], stored: [], jobs: {}, active: null, adapter: null, adapterError: null, storage: null, error: null,
  start: async () => {}, refresh: async () => {}, lookup: later, download: later, import: later, resume: later, cancel: later,
  dismiss: later, remove: later, plan: later, load: later, use: later, cancelLoad: later, unload: later, persist: later, restart: later,
  dismissError: later,
}))
