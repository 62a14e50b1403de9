// The worker's side of the wall: every call of the protocol on the engine library and the storage room.
// It forwards and encodes; what to load and what to show is decided elsewhere. The engine comes in as
// an argument, so that tests can put a fake one here.

import { EngineError } from '../engine/errors.ts'
import {
  blobSource,
  type AdapterFacts,
  type Engine,
  type LoadOptions,
  type ModelFiles,
  type ModelSource,
  type TokenizerLab,
} from '../engine/index.ts'
import { planImport } from '../storage/import.ts'
import type { Library } from '../storage/library.ts'
import { toData } from './failures.ts'
import { compact, glassMethods, watched } from './glass.ts'
import { holdPulse } from './pulse.ts'
import { send } from './stream.ts'
import type {
  CallName,
  Calls,
  HostEvent,
  LoadRequest,
  ModelInfo,
  ModelPlanSummary,
  Reply,
  StreamItem,
  TokenizerFacts,
  WhichTokenizer,
  Wire,
} from './protocol.ts'

/** What the host needs of engine/index.ts. */
export interface EngineDoor {
  loadEngine(
    source: ModelSource,
    options: LoadOptions,
  ): Promise<Pick<Engine, 'info' | 'generate' | 'tokenize' | 'lab' | 'glass' | 'lost' | 'dispose'>>
  planModel(source: ModelSource, options: LoadOptions): Promise<{ info: ModelInfo; planText: string }>
  adapterFacts?(): Promise<AdapterFacts | null>
  openTokenizerLab(json: unknown): TokenizerLab
}

interface Context {
  signal: AbortSignal
  report: (progress: unknown) => void
}
type Operations = {
  [K in CallName]: (
    context: Context,
    ...args: Parameters<Calls[K]>
  ) => ReturnType<Calls[K]> | Promise<ReturnType<Calls[K]>>
}
type Loaded = Awaited<ReturnType<EngineDoor['loadEngine']>>

/** Milliseconds that a stopped answer may take to end before its engine is taken away. */
const longestEnd = 5000
/** Bytes of a tokenizer.json, as beside a model's weights. */
const largestTokenizer = 64 * 2 ** 20

export function createHost(door: EngineDoor, library: Library): Wire {
  const running = new Map<number, AbortController>()
  let engine: Loaded | null = null
  let loading = false
  const answers = new Map<AbortController, Promise<void>>()
  let events: MessagePort | null = null

  const tell = (event: HostEvent): void => events?.postMessage(event)
  const loaded = (): Loaded => {
    if (!engine) {
      throw new EngineError('BUSY', 'Cannot ask the model: none is loaded. Load one first.', { reason: 'none loaded' })
    }
    return engine
  }
  /** the tokenizer opened beside the model's */
  let other: TokenizerLab | null = null
  const lab = (which: WhichTokenizer): TokenizerLab => {
    if (which !== 'other') return loaded().lab()
    if (!other) {
      throw new EngineError(
        'PARAM_INVALID',
        'Cannot compare: no second tokenizer is open. Choose a tokenizer.json first.',
        { param: 'which', value: which },
      )
    }
    return other
  }
  async function openTokenizer(file: File): Promise<TokenizerFacts> {
    if (file.size > largestTokenizer) {
      throw new EngineError(
        'FILE_FORMAT',
        `Cannot open "${file.name}" as a tokenizer: it is ${file.size} bytes, a tokenizer.json has at most ${largestTokenizer}.`,
        { file: file.name, size: file.size, limit: largestTokenizer },
      )
    }
    let json: unknown
    try {
      json = JSON.parse(await file.text())
    } catch (cause) {
      throw new EngineError(
        'TOKENIZER_INVALID',
        `Cannot read "${file.name}": it is not valid JSON (${String(cause)}).`,
        { file: file.name },
        { cause },
      )
    }
    const fresh = door.openTokenizerLab(json)
    const facts = fresh.facts()
    other = fresh
    return facts
  }
  /** Options with what the worker adds; nonsense stays what it is, for the engine to refuse. */
  const withOwn = <T>(options: T, own: object): T =>
    typeof options === 'object' && options !== null && !Array.isArray(options) ? { ...options, ...own } : options
  async function unload(): Promise<void> {
    for (const stop of answers.keys()) stop.abort()
    await Promise.race([Promise.all(answers.values()), new Promise((resolve) => setTimeout(resolve, longestEnd))])
    engine?.dispose()
    engine = null
  }
  async function load({ signal, report }: Context, id: string, options: LoadRequest = {}): Promise<ModelInfo> {
    if (loading) {
      throw new EngineError('BUSY', 'Cannot load two models at once: one is still on its way. Stop it or wait.', {
        reason: 'loading',
      })
    }
    loading = true
    try {
      await unload()
      const name = (await library.models.get(id))?.name ?? id
      const fresh = await library.using(id, (files) =>
        door.loadEngine({ name, files }, withOwn(options, { onProgress: report, signal })),
      )
      engine = fresh
      void fresh.lost.then((error) => {
        if (engine !== fresh) return
        engine = null
        tell({ type: 'lost', error: toData(error) })
      })
      return fresh.info
    } finally {
      loading = false
    }
  }
  async function plan(
    _: Context,
    target: string | readonly File[],
    options: LoadRequest = {},
  ): Promise<ModelPlanSummary> {
    const summary = async (name: string, files: ModelFiles): Promise<ModelPlanSummary> => {
      const { info, planText } = await door.planModel({ name, files }, options)
      const { title, family, parameters, formats, bytes, context, maxContext, contextLimit, notices } = info
      return { title, family, parameters, formats, bytes, context, maxContext, contextLimit, planText, notices }
    }
    if (typeof target === 'string') return library.using(target, (files) => summary(target, files))
    const given = await planImport(target)
    return summary(given.name, new Map(given.files.map(({ name, file }) => [name, blobSource(name, file)])))
  }

  const operations: Operations = {
    'models.list': () => library.list(),
    'models.local': (_, base) => library.local(base),
    'models.lookup': ({ signal }, origin) => library.lookup(origin, signal),
    'models.add': ({ signal, report }, { origin, name }) => library.add(origin, name, { signal, onProgress: report }),
    'models.resume': ({ signal, report }, id) => library.resume(id, { signal, onProgress: report }),
    'models.import': ({ signal, report }, files, name) => library.import(files, name, { signal, onProgress: report }),
    'models.remove': (_, id) => library.remove(id),
    plan,
    load,
    unload,
    tokenize: (_, input) => loaded().tokenize(input),
    'tokenizer.facts': (_, which) => lab(which).facts(),
    'tokenizer.explain': (_, which, text) => lab(which).explain(text),
    'tokenizer.vocabulary': (_, which, query, from, count) => lab(which).vocabulary(query, from, count),
    'tokenizer.ranks': (_, which, pieces) => lab(which).ranks(pieces),
    'tokenizer.survey': (_, which, from, count) => lab(which).survey(from, count),
    'tokenizer.open': (_, file) => openTokenizer(file),
    glass: async ({ signal, report }, method, args) => {
      if (!glassMethods.includes(method)) {
        throw new EngineError('INTERNAL', `There is no question "${method}".`, { message: method })
      }
      const glass = await loaded().glass()
      return compact(
        await (glass[method] as (...args: unknown[]) => Promise<unknown>)(
          ...args,
          ...(method in watched ? [{ signal, onProgress: report }] : []),
        ),
      )
    },
    adapterFacts: async () => (door.adapterFacts ? door.adapterFacts() : (engine?.info.adapter ?? null)),
    'storage.estimate': () => library.estimate(),
    'chats.list': () => library.chats.list(),
    'chats.get': async (_, id) => (await library.chats.get(id)) ?? null,
    'chats.run': (_, id, turn) => library.chats.run(id, turn),
    'chats.runs': (_, id) => library.chats.runs(id),
    'chats.write': (_, changes) => library.chats.write(changes),
    'chats.remove': (_, ids, trashed) => library.chats.remove(ids, trashed),
  }

  return {
    ping: () => undefined,
    events: (port) => {
      events = port
    },
    hold: holdPulse,
    cancel: (id) => running.get(id)?.abort(),
    async call(id, name, args, progress): Promise<Reply<unknown>> {
      const stop = new AbortController()
      running.set(id, stop)
      try {
        if (!Object.hasOwn(operations, name)) {
          throw new EngineError('INTERNAL', `The worker has no call "${name}".`, {
            message: `the worker has no call "${name}"`,
          })
        }
        const report = (p: unknown): void => progress?.postMessage(p)
        const run = operations[name] as (context: Context, ...args: unknown[]) => unknown
        return { ok: true, value: await run({ signal: stop.signal, report }, ...args) }
      } catch (error) {
        return { ok: false, error: toData(error) }
      } finally {
        running.delete(id)
        progress?.close()
      }
    },
    generate(input, options, port): Reply<null> {
      try {
        const stop = new AbortController()
        const iterator = loaded().generate(input, withOwn(options, { signal: stop.signal }))
        const ended = send<StreamItem>(
          iterator,
          port,
          stop,
          (error) => ({ type: 'error', error: toData(error) }),
          compact,
        )
        answers.set(stop, ended)
        void ended.then(() => answers.delete(stop))
        return { ok: true, value: null }
      } catch (error) {
        port.close()
        return { ok: false, error: toData(error) }
      }
    },
  }
}
