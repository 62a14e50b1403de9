// Where models come from: engines that are handed over, or the page's client with the models that it has stored. Both
// are the same to the endpoints: a list of names, of which some are loaded and can be asked.

import type { Engine, VocabPage } from '../engine/index.ts'
import type {
  GenerateEvent,
  GenerateOptions,
  LoadOptions,
  LoadProgress,
  ModelInfo,
  Prompt,
  Reading,
} from '../engine/types.ts'
import { EngineError } from '../engine/errors.ts'
import { refuse } from '../engine/sampler/params.ts'
import { Queue, unless } from './queue.ts'

/** How long work is followed. */
export interface Follow {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: LoadProgress) => void) | undefined
}
export type ModelLoadOptions = Omit<LoadOptions, 'signal' | 'onProgress'>

export interface LoadedModel {
  id: string
  info: ModelInfo
  /** those who ask it at once */
  queue: Queue
  generate(input: Prompt, options: GenerateOptions): AsyncGenerator<GenerateEvent, void, undefined>
  read(text: string, signal: AbortSignal | undefined): Promise<Reading>
  vocabulary(query: string, from: number, count: number): VocabPage | Promise<VocabPage>
}
export interface ShelfEntry {
  id: string
  /** milliseconds since 1970 */
  since: number
  ownedBy: string
}
export interface Shelf {
  list(): Promise<ShelfEntry[]>
  loaded(id: string): LoadedModel | undefined
  load(id: string, options: ModelLoadOptions, follow: Follow): Promise<LoadedModel>
  unload(id: string): Promise<void>
  remove(id: string): Promise<void>
}

/** What is needed of an Engine. */
export type Asked = Pick<Engine, 'info' | 'generate' | 'read' | 'lab' | 'dispose'>

/** Starts a model that is asked for by its name. */
export type LoadEngine = (id: string, options: LoadOptions) => Promise<Asked>

/** What is needed of the page's client (worker/client.ts). */
export interface AskedClient {
  generate(input: Prompt, options?: GenerateOptions): AsyncGenerator<GenerateEvent, void, undefined>
  read(text: string): Promise<Reading>
  tokenizer: { vocabulary(which: 'loaded', query: string, from: number, count: number): Promise<VocabPage> }
  load(id: string, options?: object, follow?: Follow): Promise<ModelInfo>
  unload(): Promise<void>
  onLost(listener: () => void): unknown
  models: {
    list(): Promise<
      readonly { id: string; addedAt: number; complete: boolean; origin: { kind: string; repo?: string } }[]
    >
    remove(id: string): Promise<unknown>
  }
}

/** The engines that are loaded, by their names (ModelInfo.name). */
export function engineShelf(engines: readonly Asked[], load?: LoadEngine): Shelf {
  const here = new Map<string, { model: LoadedModel; since: number; engine: Asked }>()
  const put = (engine: Asked, id = engine.info.name): LoadedModel => {
    if (here.has(id)) refuse('serve', 'engines', 'engines with names that differ', id)
    const lab = engine.lab()
    const model: LoadedModel = {
      id,
      info: engine.info,
      queue: new Queue(),
      generate: (input, options) => engine.generate(input, options),
      read: (text, signal) => engine.read(text, { signal }),
      vocabulary: (query, from, count) => lab.vocabulary(query, from, count),
    }
    here.set(id, { model, since: Date.now(), engine })
    return model
  }
  for (const engine of engines) put(engine)
  const loads = new Queue() // who asks twice for one gets the same
  return {
    list: () => Promise.resolve([...here].map(([id, { since }]) => ({ id, since, ownedBy: 'local' }))),
    loaded: (id) => here.get(id)?.model,
    async load(id, options, follow) {
      if (!load) return refuse('load', 'model', 'one of the engines that were given: nothing here says how to load', id)
      const start = async (): Promise<LoadedModel> =>
        here.get(id)?.model ?? put(await load(id, { ...options, ...follow }), id)
      return loads.run(start, follow.signal)
    },
    async unload(id) {
      const { model, engine } = here.get(id)!
      here.delete(id)
      await model.queue.run(() => Promise.resolve(engine.dispose()))
    },
    remove: (id) => refuse('delete', 'model', 'a stored model: engines that were given have no files here', id),
  }
}

/** The models that the client has stored; it has one loaded at a time. @param now the one that it has loaded already */
export function clientShelf(client: AskedClient, now: { id: string; info: ModelInfo } | null = null): Shelf {
  const queue = new Queue()
  client.onLost(() => (now = null))
  const loaded = (id: string): LoadedModel | undefined => {
    if (now?.id !== id) return undefined
    /** Another may have been loaded while somebody waited in line. */
    const still = (): AskedClient => {
      if (now?.id === id) return client
      throw new EngineError('ABORTED', `Cannot answer: "${id}" was unloaded meanwhile. Load it, and ask again.`, { id })
    }
    return {
      ...now,
      queue,
      generate: (input, options) => still().generate(input, options),
      read: (text, signal) => unless(signal, still().read(text)),
      vocabulary: (query, from, count) => client.tokenizer.vocabulary('loaded', query, from, count),
    }
  }
  const unload = async (id: string): Promise<void> => {
    if (!loaded(id)) return
    now = null
    await client.unload() // stops what it writes
  }
  return {
    async list() {
      const stored = await client.models.list()
      return stored
        .filter(({ complete }) => complete)
        .map(({ id, addedAt, origin }) => ({ id, since: addedAt, ownedBy: origin.repo?.split('/')[0] ?? 'local' }))
    },
    loaded,
    async load(id, options, follow) {
      now = null
      now = { id, info: await client.load(id, options, follow) }
      return loaded(id)!
    },
    unload,
    async remove(id) {
      await unload(id)
      await client.models.remove(id)
    },
  }
}
