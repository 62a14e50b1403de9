// The choice of a server in the place of a model here: its address is let through by the page's policy, asked for its
// models, and used. Off until the reader does all three; another model, or the end of the visit, ends it.
//
// The policy is opened by the service worker (app/sw.ts), for one address, and holds from the next load of the page on.

import { create } from 'zustand'
import type { ErrorData } from '../../worker/protocol.ts'
import { toData } from '../client.ts'
import { useModels } from '../models.ts'
import { stopped } from '../running.ts'
import { modelsOf } from './ask.ts'
import { forgetServer, keepServer, keyNow, recallServer, setKey } from './key.ts'
import { fail, originOf, readServer, type RemoteServer } from './server.ts'

export { tokensSaid } from './said.ts'
export type { RemoteServer } from './server.ts'
export type { RemoteToken } from './stream.ts'

interface RemoteState {
  started: boolean
  /** as it is typed */
  address: string
  /** the one address that the policy lets through, beside the model hosts; null: none, undefined: nobody knows */
  open: string | null | undefined
  /** what the server offers; null: not asked */
  models: readonly string[] | null
  model: string
  /** settings that it refused, and gave its last answer without */
  without: readonly string[]
  hasKey: boolean
  keepKey: boolean
  busy: boolean
  error: ErrorData | null

  start(): Promise<void>
  setAddress(address: string): void
  setKey(key: string): void
  setKeepKey(keep: boolean): void
  setModel(model: string): void
  /** lets the page reach the address, and loads the page anew */
  allow(): Promise<void>
  /** takes that back, forgets address and key, and loads the page anew */
  close(): Promise<void>
  /** asks for the server's models */
  connect(): Promise<void>
  /** answers come from the server from now on */
  use(): Promise<void>
}

/** Milliseconds until a service worker that says nothing is none. */
const longest = 3000

/** @returns the address that is let through now; undefined where no service worker runs this page */
export async function tellPolicy(
  message: { type: 'remote-is' } | { type: 'remote-let'; origin: string | null },
): Promise<string | null | undefined> {
  const worker = typeof navigator === 'undefined' ? null : navigator.serviceWorker?.controller
  if (!worker) return undefined
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<unknown>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)
    setTimeout(() => resolve(undefined), longest)
  })
  worker.postMessage(message, [port2])
  const open = await answer
  port1.close()
  return open === null || typeof open === 'string' ? open : undefined
}

export const useRemote = create<RemoteState>()((set, get) => {
  const work = async (task: () => Promise<void>): Promise<void> => {
    if (get().busy) return
    set({ busy: true, error: null })
    await task().catch((error: unknown) => set({ error: toData(error) }))
    set({ busy: false })
  }
  /** whose key it is: a key goes to no other server than the first one that it was used with; null: it was typed since */
  let keyOf: string | null = null
  const server = (): string => {
    const base = readServer(get().address)
    if (keyNow() !== '' && keyOf !== null && keyOf !== originOf(base)) {
      setKey('')
      set({ hasKey: false })
    }
    keyOf = originOf(base)
    return base
  }
  const letThrough = async (origin: string | null): Promise<void> => {
    const open = await tellPolicy({ type: 'remote-let', origin })
    if (open !== origin) fail('closed', 'No service worker runs this page: its policy cannot be opened.')
    location.reload()
  }
  const look = async (): Promise<void> => set({ open: await tellPolicy({ type: 'remote-is' }) })
  return {
    started: false,
    address: '',
    open: undefined,
    models: null,
    model: '',
    without: [],
    hasKey: false,
    keepKey: false,
    busy: false,
    error: null,
    async start() {
      if (get().started) {
        if (get().open === undefined) await look()
        return
      }
      const kept = recallServer()
      if (kept?.key !== undefined && setKey(kept.key)) keyOf = originOf(kept.base)
      set({
        started: true,
        address: kept?.base ?? '',
        model: kept?.model ?? '',
        hasKey: keyNow() !== '',
        keepKey: kept?.key !== undefined,
      })
      // a first visit is shown before its service worker runs it
      globalThis.navigator?.serviceWorker?.addEventListener('controllerchange', () => void look())
      await look()
    },
    setAddress: (address) => set({ address, models: null, error: null }),
    setKey: (key) => {
      if (!setKey(key.trim())) return
      keyOf = null
      set({ hasKey: key.trim() !== '' })
    },
    setKeepKey: (keepKey) => {
      set({ keepKey })
      // taken back, it is gone at once
      if (!keepKey && recallServer()) keepServer({ base: recallServer()!.base, model: get().model }, false)
    },
    setModel: (model) => set({ model }),
    allow: () =>
      work(async () => {
        const base = server()
        keepServer({ base, model: get().model }, get().keepKey)
        await letThrough(originOf(base))
      }),
    close: () =>
      work(async () => {
        leaveRemote()
        forgetServer()
        set({ hasKey: false, keepKey: false, models: null, model: '', address: '' })
        await letThrough(null)
      }),
    connect: () =>
      work(async () => {
        const models = await modelsOf(server())
        set({ models, model: models.includes(get().model) ? get().model : (models[0] ?? get().model) })
      }),
    use: () =>
      work(async () => {
        const chosen = { base: server(), model: get().model.trim() }
        keepServer(chosen, get().keepKey)
        await goOver(chosen)
        set({ without: [] })
      }),
  }
})

/** No model is loaded here while a server answers: nothing must be told of one that did not write. */
async function goOver(server: RemoteServer): Promise<void> {
  await stopped()
  await useModels.getState().unload()
  useModels.setState({
    active: {
      id: `remote:${server.base}#${server.model}`,
      name: `${server.model} · ${new URL(server.base).host}`,
      state: 'ready',
      progress: null,
      info: null,
      error: null,
      options: {},
      remote: server,
    },
    error: null,
  })
}

export function leaveRemote(): void {
  if (useModels.getState().active?.remote) useModels.setState({ active: null, wanted: null })
}
