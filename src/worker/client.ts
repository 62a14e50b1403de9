// The page's way to the engine: typed calls that always settle, errors with their codes, an ordered
// token stream that can be stopped. The worker starts at the first call.

import * as Comlink from 'comlink'
import { EngineError } from '../engine/errors.ts'
import { checkGenerate, checkLoad } from '../engine/options.ts'
import { Connection, defaultPatience, type Patience } from './connection.ts'
import { revive, toData } from './failures.ts'
import { remoteGlass } from './glass.ts'
import type {
  CallName,
  Calls,
  Client,
  ErrorData,
  GenerateRequest,
  HostEvent,
  Prompt,
  Reply,
  StreamItem,
} from './protocol.ts'
import { receive } from './stream.ts'
import { spawnWorker, underPolicy } from './spawn.ts'

export type { Client } from './protocol.ts'
export { toData } from './failures.ts'

interface Watch<P> {
  onProgress?: (progress: P) => void
  signal?: AbortSignal
}

/** Calls that may compute long without a pause. */
const slow: ReadonlySet<CallName> = new Set([
  'load',
  'plan',
  'glass',
  'tokenizer.facts',
  'tokenizer.explain',
  'tokenizer.vocabulary',
  'tokenizer.ranks',
  'tokenizer.survey',
  'tokenizer.open',
])
/** Milliseconds that stopped work may take to say so itself. */
const stopGrace = 5000
/** The same for an answer: a long prompt is read in chunks, and a slow GPU needs its time for one. */
const answerGrace = 15_000
const aborted = (): EngineError =>
  new EngineError('ABORTED', 'The work was stopped before it finished; nothing that was complete is lost.')

/** What went wrong between the page and its worker, as an EngineError. */
const failure = (error: unknown): EngineError =>
  error instanceof EngineError
    ? error
    : error instanceof DOMException && error.name === 'DataCloneError'
      ? new EngineError('PARAM_INVALID', `Cannot ask the engine: ${error.message} Pass plain data and try again.`, {
          param: 'arguments',
          need: 'plain data',
          value: error.message,
        })
      : revive(toData(error))

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
 * start
 */
export function createClient(
  makeWorker: () => Worker = spawnWorker,
  patience: Patience = defaultPatience,
  allowed: () => Promise<void> = makeWorker === spawnWorker ? underPolicy : () => Promise.resolve(),
): Client {
  const listeners = new Set<(error: ErrorData) => void>()
  const tell = (error: ErrorData): void => listeners.forEach((listener) => listener(error))
  let connection: Connection | null = null
  let ended: EngineError | null = null
  let nextId = 1
  /** A browser that gives no GPU in a tab where it gave one before does so because its GPU process crashed. */
  const withheld = (error: EngineError): EngineError =>
    error.code !== 'NO_ADAPTER' || !gpuWasHere()
      ? error
      : new EngineError(
          'GPU_LOST',
          'The GPU stopped: its process crashed, and the browser gives this page no graphics device any more. Reload the page with the browser’s own reload button (a page cannot do that itself), or restart the browser. Chats and stored models are kept, and the model is loaded again.',
          { reason: 'withheld', reload: true, message: error.message },
        )
  /** the loaded model runs on the plain references: a token may take longer than a heartbeat */
  let slowEngine = false

  function connect(): Connection {
    if (ended) throw ended
    connection ??= new Connection(
      startWorker(makeWorker),
      patience,
      (event: HostEvent) => tell(event.error),
      (error) => {
        if (error.facts.reason !== 'restarted' && error.facts.reason !== 'disposed') tell(toData(error))
      },
    )
    return connection
  }

  async function call<K extends CallName>(
    name: K,
    args: Parameters<Calls[K]>,
    watch: Watch<never> = {},
  ): Promise<Awaited<ReturnType<Calls[K]>>> {
    const { onProgress, signal } = watch as Watch<unknown>
    await allowed()
    if (signal?.aborted) throw aborted()
    const to = connect()
    const id = nextId++
    let giveUp: ReturnType<typeof setTimeout> | undefined
    let leave = (_: EngineError): void => undefined
    const left = new Promise<never>((_, reject) => {
      leave = reject
    })
    left.catch(() => undefined)
    const stop = (): void => {
      void (to.wire.cancel(id) as Promise<void>).catch(() => undefined)
      giveUp = setTimeout(() => leave(aborted()), stopGrace)
    }
    const channel = onProgress ? new MessageChannel() : null
    if (channel) channel.port1.onmessage = ({ data }: MessageEvent) => onProgress!(data)
    signal?.addEventListener('abort', stop)
    try {
      const port = channel ? Comlink.transfer(channel.port2, [channel.port2]) : null
      const sent = to.wire.call(id, name, args, port) as Promise<Reply<Awaited<ReturnType<Calls[K]>>>>
      const reply = await to.race(name, signal ? Promise.race([sent, left]) : sent, slow.has(name))
      if (!reply.ok) throw withheld(revive(reply.error))
      return reply.value
    } catch (error) {
      throw failure(error)
    } finally {
      clearTimeout(giveUp)
      signal?.removeEventListener('abort', stop)
      channel?.port1.close()
    }
  }

  async function* generate(
    input: Prompt,
    options: GenerateRequest & { signal?: AbortSignal } = {},
  ): ReturnType<Client['generate']> {
    checkGenerate(options) // here as in the engine: what cannot be asked need not cross the wall to be refused
    const { signal, ...request } = options
    await allowed()
    if (signal?.aborted) throw aborted()
    const to = connect()
    const { port1, port2 } = new MessageChannel()
    const items = receive<StreamItem>(port1)
    let giveUp: ReturnType<typeof setTimeout> | undefined
    let leave = (_: EngineError): void => undefined
    const left = new Promise<never>((_, reject) => {
      leave = reject
    })
    left.catch(() => undefined)
    const stop = (): void => {
      items.stop()
      giveUp = setTimeout(() => leave(aborted()), answerGrace)
    }
    signal?.addEventListener('abort', stop)
    try {
      const started = to.wire.generate(input, request, Comlink.transfer(port2, [port2])) as Promise<Reply<null>>
      const reply = await to.race('generate', started, slowEngine)
      if (!reply.ok) throw revive(reply.error)
      for (;;) {
        const item = await to.race('generate', Promise.race([items.next(), left]), slowEngine)
        if (item === null) return
        if (item.type === 'error') throw revive(item.error)
        yield item
      }
    } catch (error) {
      throw failure(error)
    } finally {
      clearTimeout(giveUp)
      signal?.removeEventListener('abort', stop)
      items.stop() // left early: the engine stops within one token
      if (to.dead) items.close()
    }
  }

  const base = (): string => new URL(import.meta.env.BASE_URL, globalThis.location.href).pathname
  return {
    models: {
      list: () => call('models.list', []),
      local: () => call('models.local', [base()]),
      lookup: (origin) => call('models.lookup', [origin]),
      add: (request, watch) => call('models.add', [request], watch as Watch<never>),
      resume: (id, watch) => call('models.resume', [id], watch as Watch<never>),
      import: (files, name, watch) => call('models.import', [[...files], name], watch as Watch<never>),
      remove: (id) => call('models.remove', [id]),
    },
    async plan(target, options) {
      if (options !== undefined) checkLoad(options)
      return await call('plan', [target, options])
    },
    async load(id, options, watch) {
      if (options !== undefined) checkLoad(options)
      const info = await call('load', [id, options], watch as Watch<never>)
      slowEngine = options?.cpu === true
      if (info.adapter != null) gpuWasHere(true)
      return info
    },
    unload: () => call('unload', []),
    generate,
    tokenize: (input) => call('tokenize', [input]),
    tokenizer: {
      facts: (which) => call('tokenizer.facts', [which]),
      explain: (which, text) => call('tokenizer.explain', [which, text]),
      vocabulary: (which, query, from, count) => call('tokenizer.vocabulary', [which, query, from, count]),
      ranks: (which, pieces) => call('tokenizer.ranks', [which, pieces]),
      survey: (which, from, count) => call('tokenizer.survey', [which, from, count]),
      open: (file) => call('tokenizer.open', [file]),
    },
    glass: remoteGlass((method, args, watch) => call('glass', [method, args], watch as Watch<never>)),
    async adapterFacts() {
      const facts = await call('adapterFacts', [])
      if (facts !== null) gpuWasHere(true)
      return facts
    },
    storage: {
      estimate: () => call('storage.estimate', []),
      // asked from the page: workers have no persist()
      persist: async () => (await navigator.storage?.persist?.()) ?? false,
    },
    chats: {
      list: () => call('chats.list', []),
      get: (id) => call('chats.get', [id]),
      run: (id, turn) => call('chats.run', [id, turn]),
      runs: (id) => call('chats.runs', [id]),
      write: (changes) => call('chats.write', [changes]),
      remove: (ids, trashed) => call('chats.remove', [ids, trashed]),
    },
    restart() {
      connection?.die('WORKER_DIED', 'restarted')
      connection = null
    },
    onLost(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispose() {
      connection?.die('WORKER_DIED', 'disposed')
      ended = new EngineError('WORKER_DIED', 'The engine was ended by this page. Reload it to start again.', {
        reason: 'disposed',
      })
    },
  }
}
