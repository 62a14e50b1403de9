// A page's way to the engine: the calls of api.ts, always settling, and what only a page knows: whether a GPU was here
// before, that options are checked before they cross, and where it lies itself. The worker starts at the first call. Which
// worker that is, whoever makes a client says: this page's own (page.ts), or the package's (library/worker.ts).

import * as Comlink from 'comlink'
import { EngineError } from '../engine/errors.ts'
import type { EngineApi } from './api.ts'
import type { Call } from './call-types.ts'
import { calls } from './calls.ts'
import { Connection, defaultPatience, type Patience } from './connection.ts'
import { toData } from './failures.ts'
import type { Client, ModelNotice } from './protocol.ts'
import { remote } from './remote.ts'
import type { LoadRequest } from './requests.ts'
import type { Tabs } from './tabs.ts'
import type { ErrorData, OthersEvent } from './wire.ts'

/** The engine's own check, of adapters that the library will open. @throws PARAM_INVALID */
async function checkOptions(options: LoadRequest | undefined): Promise<void> {
  if (options === undefined) return
  const { checkLoad } = await optionChecks()
  const { adapters } = Object(options) as LoadRequest
  const opened = Array.isArray(adapters)
    ? adapters.map((one: unknown) => ({ ...Object(one), name: (Object(one) as { id?: unknown }).id, files: new Map() }))
    : adapters
  checkLoad(adapters === undefined ? options : { ...options, adapters: opened })
}

export type { Client } from './protocol.ts'
export { toData } from './failures.ts'

/** Not needed before somebody asks for something: the page shows without it. */
const optionChecks = () => import('../engine/options.ts')

/**
 * Whether a GPU was seen in this tab; kept over reloads, because a reload by the page itself does not bring it back
 * (measured).
 */
let seen = false
function gpuWasHere(now = false): boolean {
  seen ||= now
  try {
    if (now) sessionStorage.setItem('glassbox.gpu', 'seen')
    return seen || sessionStorage.getItem('glassbox.gpu') !== null
  } catch {
    return seen
  } // private windows
}

/** A policy, a full process table: a browser may refuse to make a worker at all. */
function startWorker(make: () => Worker): Worker {
  try {
    return make()
  } catch (cause) {
    throw new EngineError(
      'WORKER_DIED',
      `The engine's thread could not be started: ${String(cause)}. Chats and stored models are kept. Start the engine again.`,
      { reason: String(cause), started: false },
      { cause },
    )
  }
}

/**
 * @param makeWorker starts the engine's worker; tests pass one with a fake engine @param allowed settles when it may
 * start @param meet where tabs share one engine: which worker it is, and this tab's own let others in
 */
export function createClient(
  makeWorker: () => Worker,
  patience: Patience = defaultPatience,
  allowed: () => Promise<void> = () => Promise.resolve(),
  meet?: (admit: (port: MessagePort) => void) => Tabs,
): Client {
  const listeners = new Set<(error: ErrorData) => void>()
  const readers = new Set<(notice: ModelNotice) => void>()
  const others = new Set<(event: OthersEvent) => void>()
  const turns = new Set<(waits: boolean) => void>()
  const tell = (error: ErrorData): void => listeners.forEach((listener) => listener(error))
  let connection: Connection | null = null
  let ended: EngineError | null = null
  /** calls that wait for the next worker */
  const waiting = new Set<(restarted: boolean) => void>()
  const next = (): void => {
    connection = null
    waiting.forEach((go) => go(true))
  }
  /** A browser that gives no GPU in a tab where it gave one before does so because its GPU process crashed. */
  const withheld = (error: EngineError): EngineError =>
    error.code !== 'NO_ADAPTER' || !gpuWasHere()
      ? error
      : new EngineError(
          'GPU_LOST',
          'The GPU’s process crashed, and the browser gives this page none any more. Reload the page with the browser’s button. Chats and stored models are kept.',
          { reason: 'withheld', reload: true, message: error.message },
        )
  /** this tab's own worker is connected, and not another tab's */
  let mine = false
  /** it was started anew for another tab, and what this one lost was with the one before */
  let renewed = false
  /** the loaded model runs on plain references, or some of it: a token may take longer than a heartbeat */
  let slowEngine = false

  function connect(): Connection {
    if (ended) throw ended
    if (connection) return connection
    mine = !tabs?.guest()
    connection = new Connection(
      startWorker(tabs ? tabs.start : makeWorker),
      patience,
      (event) => {
        if (event.type === 'lost') {
          renewed = false
          tell(event.error)
        } else if (event.type === 'notice') readers.forEach((reader) => reader(event.notice))
        else if (event.type === 'turn') turns.forEach((hear) => hear(event.waits))
        else others.forEach((hear) => hear(event))
      },
      (error) => {
        renewed = false
        turns.forEach((hear) => hear(false)) // the line ended with the engine
        if (error.facts.reason !== 'restarted' && error.facts.reason !== 'disposed') tell(toData(error))
      },
    )
    return connection
  }

  const tabs = meet?.((port) => {
    if (ended) return port.close()
    // a tab that leads since a moment may not have heard yet that the engine it reached through another one is gone
    const gone = connection !== null && (!mine || connection.dead !== null)
    if (gone) {
      connection!.die('WORKER_DIED', 'it ended by itself')
      next()
    }
    try {
      const { wire } = connect()
      renewed = gone
      port.postMessage('hello')
      void (wire.admit(Comlink.transfer(port, [port])) as Promise<void>).catch(() => undefined)
    } catch {
      port.close() // no worker can be started: the other one asks again, and then starts its own
    }
  })
  const engine = remote<EngineApi>(calls, {
    allowed: () => (tabs ? tabs.ready(connection !== null) : allowed()),
    connect,
    isSlow: (name) => (calls as Record<string, Call>)[name]?.slow === true || (slowEngine && name === 'generate'),
    understood: withheld,
    restarted: () =>
      new Promise((resolve) => {
        const go = (restarted: boolean): void => {
          clearTimeout(timer)
          waiting.delete(go)
          resolve(restarted)
        }
        const timer = setTimeout(go, patience.again, false)
        if (connection?.dead) waiting.add(go)
        else go(true)
      }),
  })
  const base = (): string => new URL(import.meta.env.BASE_URL, globalThis.location.href).pathname
  return {
    ...engine,
    models: { ...engine.models, local: () => engine.models.local(base()) },
    async plan(target, options) {
      await checkOptions(options)
      return await engine.plan(target, options)
    },
    async load(id, options, follow) {
      await checkOptions(options)
      const info = await engine.load(id, options, follow)
      slowEngine = info.device?.kind === 'reference' || Boolean(info.device?.references.length)
      if (info.adapter != null) gpuWasHere(true)
      const { refused } = info.device ?? {}
      if (refused?.code !== 'NO_ADAPTER') return info
      const { code, message, facts } = refused
      return { ...info, device: { ...info.device!, refused: toData(withheld(new EngineError(code, message, facts))) } }
    },
    async *generate(input, options = {}) {
      // here as in the engine: what cannot be asked need not cross the wall to be refused
      ;(await optionChecks()).checkGenerate(options)
      const { signal, ...request } = options
      yield* engine.generate(input, request, { signal })
    },
    async adapterFacts() {
      const facts = await engine.adapterFacts()
      if (facts !== null) gpuWasHere(true)
      return facts
    },
    // asked from the page: workers have no persist()
    storage: { ...engine.storage, persist: async () => (await navigator.storage?.persist?.()) ?? false },
    restart() {
      // another tab's engine is not this one's to end: that tab starts it anew, and this one hears of it
      if (connection && !connection.dead && (tabs?.guest() || renewed)) {
        renewed = false
        return
      }
      connection?.die('WORKER_DIED', 'restarted')
      next()
    },
    onLost(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onOthers(hear) {
      others.add(hear)
      return () => others.delete(hear)
    },
    onTurn(hear) {
      turns.add(hear)
      return () => turns.delete(hear)
    },
    guest: () => tabs?.guest() ?? false,
    onNotice(reader) {
      readers.add(reader)
      return () => readers.delete(reader)
    },
    dispose() {
      connection?.die('WORKER_DIED', 'disposed')
      ended = new EngineError('WORKER_DIED', 'The engine was ended by this page. Reload it to start again.', {
        reason: 'disposed',
      })
    },
  }
}
