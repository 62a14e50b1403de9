// The measurement that is running, and the last one: it has a worker of its own, and the chat's model is put away for as
// long as it takes, so that neither slows the other. Loaded with its panel.

import { create } from 'zustand'
import { pageClient } from '../../worker/page.ts'
import type { Client, ErrorData, LoadRequest } from '../../worker/protocol.ts'
import { toData } from '../client.ts'
import { useModels } from '../models.ts'
import { useBenchHistory } from './history.ts'
import { depths, measureModel } from './measure.ts'
import type { BenchResult, Part } from './types.ts'

export { before, useBenchHistory } from './history.ts'
export { shareOf, type BenchResult, type Look, type Measured, type Part } from './types.ts'
export type DepthName = keyof typeof depths

interface BenchState {
  state: 'idle' | 'running' | 'stopping'
  /** the model that is measured, as people call it */
  name: string | null
  part: Part | null
  /** 0 to 1 */
  done: number
  result: BenchResult | null
  error: ErrorData | null
  /** measures the model that is loaded, and loads it again */
  start(depth: DepthName): Promise<void>
  stop(): void
  show(result: BenchResult | null): void
}

let stopping: AbortController | null = null

export const createBenchStore = (makeClient: () => Client) =>
  create<BenchState>()((set, get) => ({
    state: 'idle',
    name: null,
    part: null,
    done: 0,
    result: useBenchHistory.getState().runs[0] ?? null,
    error: null,
    async start(depth) {
      const { active, unload, load } = useModels.getState()
      if (get().state !== 'idle' || active?.state !== 'ready') return
      const { id, name, options } = active
      const stop = new AbortController()
      stopping = stop
      set({ state: 'running', name, part: 'cold', done: 0, error: null })
      const client = makeClient()
      // a loaded model has no ear for a stop while it measures a kernel: its worker is ended
      stop.signal.addEventListener('abort', () => client.dispose())
      try {
        await unload()
        const result = await measureModel({
          client,
          id,
          options,
          depth: depths[depth],
          signal: stop.signal,
          report: (part, done) => set({ part, done }),
        })
        const named = { ...result, model: { ...result.model, name } }
        useBenchHistory.getState().add(named)
        set({ result: named })
      } catch (error) {
        if (!stop.signal.aborted) set({ error: toData(error) })
      } finally {
        client.dispose()
        stopping = null
        set({ state: 'idle', part: null, done: 0 })
        // as it was, where nobody has loaded another one meanwhile
        if (useModels.getState().active === null) void load(id, options)
      }
    },
    stop() {
      if (get().state !== 'running') return
      set({ state: 'stopping' })
      stopping?.abort()
    },
    show: (result) => set({ result }),
  }))

/** The same without a panel, for scripts. @param report told each part and how much is done */
export async function measureHere(
  id: string,
  options: LoadRequest,
  depth: DepthName,
  report: (part: Part, done: number) => void = () => undefined,
): Promise<BenchResult> {
  const client = pageClient()
  try {
    const { signal } = new AbortController()
    return await measureModel({ client, id, options, depth: depths[depth], signal, report })
  } finally {
    client.dispose()
  }
}

export const useBench = createBenchStore(pageClient)
