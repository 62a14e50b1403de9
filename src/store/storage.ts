// What this page keeps in the browser, for the storage page: its parts, and models that are checked or saved as a file.

import { create } from 'zustand'
import type { ErrorData, Inventory, TransferProgress, Verified } from '../worker/protocol.ts'
import { getClient, toData } from './client.ts'
import { useModels } from './models.ts'

/** One model or adapter that is being read from end to end, or what came of that. */
export interface Reading {
  kind: 'verify' | 'export'
  state: 'running' | 'done' | 'failed'
  progress: TransferProgress | null
  found: Verified | null
  error: ErrorData | null
}

interface StorageState {
  inventory: Inventory | null
  error: ErrorData | null
  /** by id */
  readings: Record<string, Reading>
  look(): Promise<void>
  verify(id: string): Promise<Verified | null>
  /** the model as one file; null when it was stopped, or is not whole (see readings[id]) */
  export(id: string): Promise<Blob | null>
  stop(id: string): void
  dismiss(id: string): void
}

const begun: Reading = { kind: 'verify', state: 'running', progress: null, found: null, error: null }
const stops = new Map<string, AbortController>()

export const useStorage = create<StorageState>()((set, get) => {
  const put = (id: string, change: Partial<Reading>): void =>
    set((s) => ({ readings: { ...s.readings, [id]: { ...(s.readings[id] ?? begun), ...change } } }))
  const drop = (id: string): void =>
    set((s) => ({ readings: Object.fromEntries(Object.entries(s.readings).filter(([key]) => key !== id)) }))

  async function read<T>(
    id: string,
    kind: Reading['kind'],
    work: (follow: { signal: AbortSignal; onProgress: (p: TransferProgress) => void }) => Promise<T>,
    found: (result: T) => Verified | null,
  ): Promise<T | null> {
    if (stops.has(id)) return null
    const stop = new AbortController()
    stops.set(id, stop)
    put(id, { ...begun, kind })
    try {
      const result = await work({ signal: stop.signal, onProgress: (progress) => put(id, { progress }) })
      put(id, { state: 'done', found: found(result) })
      return result
    } catch (error) {
      if (stop.signal.aborted) drop(id)
      else put(id, { state: 'failed', error: toData(error) })
      return null
    } finally {
      stops.delete(id)
      await useModels.getState().refresh()
    }
  }

  return {
    inventory: null,
    error: null,
    readings: {},
    async look() {
      try {
        set({ inventory: await getClient().storage.inventory(), error: null })
      } catch (error) {
        set({ error: toData(error) })
      }
    },
    verify: (id) =>
      read(
        id,
        'verify',
        (follow) => getClient().models.verify(id, follow),
        (found) => found,
      ),
    export: (id) =>
      read(
        id,
        'export',
        (follow) => getClient().models.export(id, follow),
        () => null,
      ),
    stop: (id) => stops.get(id)?.abort(),
    dismiss(id) {
      if (get().readings[id]?.state !== 'running') drop(id)
    },
  }
})
