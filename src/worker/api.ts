// Everything that the page can ask of its worker, on the engine library and the storage room. The page's client and the
// wire between them are derived from the type of this object: a new call is a method here and its line in calls.ts.
// It forwards; what to load and what to show is decided elsewhere.

import { EngineError } from '../engine/errors.ts'
import {
  blobSource,
  type AdapterFacts,
  type AdapterSource,
  type Bench,
  type Engine,
  type GenerateEvent,
  type Glass,
  type LoadOptions,
  type LoadProgress,
  type MemoryPlan,
  type MemoryProbe,
  type ModelFiles,
  type ModelInfo,
  type ModelNotice,
  type ModelSource,
  type Prompt,
  type PromptOptions,
  type ReadOptions,
  type TokenizerFacts,
  type TokenizerLab,
  type WeightErrors,
} from '../engine/index.ts'
import type { ChatChange } from '../storage/chats.ts'
import { adapterSets, planModel, type ReadAdapter } from '../storage/adapters.ts'
import type { LessonRow } from '../storage/lessons.ts'
import type { Library } from '../storage/library.ts'
import type { PlaceHandle } from '../storage/places.ts'
import type { AdapterSet, ModelOrigin, TransferProgress } from '../storage/types.ts'
import type { Follow } from './call-types.ts'
import { compact } from './compact.ts'
import { toData } from './failures.ts'
import type {
  AdapterChoice,
  AddRequest,
  Counted,
  GenerateRequest,
  LoadRequest,
  ModelPlanSummary,
  BesideTokenizer,
  WhichTokenizer,
} from './requests.ts'
import type { HostEvent } from './wire.ts'

/** What is needed of engine/index.ts. */
export interface EngineDoor {
  loadEngine(
    source: ModelSource,
    options: LoadOptions,
  ): Promise<
    Pick<
      Engine,
      'info' | 'generate' | 'read' | 'tokenize' | 'lab' | 'glass' | 'bench' | 'setAdapter' | 'lost' | 'dispose'
    >
  >
  planModel(
    source: ModelSource,
    options: LoadOptions,
  ): Promise<{ info: ModelInfo } & Pick<ModelPlanSummary, 'planText' | 'sizes'>>
  weightErrors(source: ModelSource, follow: Follow<Counted>): Promise<WeightErrors>
  adapterSummary: ReadAdapter
  adapterFacts?(): Promise<AdapterFacts | null>
  probeMemory?(bytes: MemoryPlan, device: 'gpu' | 'cpu'): Promise<MemoryProbe>
  openTokenizerLab(json: unknown): Promise<TokenizerLab>
}

type Loaded = Awaited<ReturnType<EngineDoor['loadEngine']>>

/** Milliseconds that a stopped answer may take to end before its engine is taken away. */
const longestEnd = 5000
/** Bytes of a tokenizer.json, as beside a model's weights. */
const largestTokenizer = 64 * 2 ** 20

/** Options with what the worker adds; nonsense stays what it is, for the engine to refuse. */
const withOwn = <T>(options: T, own: object): T =>
  typeof options === 'object' && options !== null && !Array.isArray(options) ? { ...options, ...own } : options

/** An object of promises that is opened anew for every question. */
const opened = <T extends object>(open: () => Promise<T>): T =>
  new Proxy({} as T, {
    get:
      (_, question: string) =>
      async (...args: unknown[]) => {
        const room = (await open()) as Record<string, (...args: unknown[]) => Promise<unknown>>
        return compact(await room[question]!(...args))
      },
  })

export type EngineApi = ReturnType<typeof createApi>

/** @param tell what the page hears unasked */
export function createApi(door: EngineDoor, library: Library, tell: (event: HostEvent) => void) {
  let engine: Loaded | null = null
  let loading = false
  /** the tokenizers opened beside the model's */
  const beside = new Map<BesideTokenizer, TokenizerLab>()
  const answers = new Map<AbortController, Promise<void>>()

  const loaded = (): Loaded => {
    if (!engine) {
      throw new EngineError('BUSY', 'Cannot ask the model: none is loaded. Load one first.', { reason: 'none loaded' })
    }
    return engine
  }
  const lab = (which: WhichTokenizer): TokenizerLab => {
    if (which !== 'other' && which !== 'lesson') return loaded().lab()
    const other = beside.get(which)
    if (!other) {
      throw new EngineError(
        'PARAM_INVALID',
        'Cannot compare: no second tokenizer is open. Choose a tokenizer.json first.',
        { param: 'which', value: which },
      )
    }
    return other
  }
  /** Opens the chosen adapters for the time of `work`, one inside the other: nobody can remove one meanwhile. */
  async function withAdapters<T>(options: LoadRequest, work: (own: LoadOptions) => Promise<T>): Promise<T> {
    const open = (left: readonly AdapterChoice[], done: readonly AdapterSource[]): Promise<T> => {
      const [next, ...others] = left
      if (!next) return work(withOwn(options as LoadOptions, { adapters: done }))
      const { id, scale } = next
      return library.adapters.using(id, (files) => open(others, [...done, { name: id, files, scale }]))
    }
    return options?.adapters?.length ? open(options.adapters, []) : work(options as LoadOptions)
  }
  async function unload(): Promise<void> {
    for (const stop of answers.keys()) stop.abort()
    await Promise.race([Promise.all(answers.values()), new Promise((resolve) => setTimeout(resolve, longestEnd))])
    engine?.dispose()
    engine = null
  }
  /** Opens a stored model, or files that are not imported yet, for the time of `work`. */
  async function filesOf<T>(
    target: string | readonly File[],
    work: (name: string, files: ModelFiles) => Promise<T>,
  ): Promise<T> {
    if (typeof target === 'string') return library.using(target, (files) => work(target, files))
    const { name, files } = await planModel(target, undefined, door.adapterSummary)
    return work(name, new Map(files.map((one) => [one.name, blobSource(one.name, one.file)])))
  }
  /** An answer that unload() waits for, from now on. */
  function answering(events: AsyncGenerator<GenerateEvent>, stop: AbortController): AsyncGenerator<GenerateEvent> {
    let end = (): void => undefined
    answers.set(stop, new Promise((resolve) => (end = resolve)))
    return (async function* () {
      try {
        yield* events
      } finally {
        answers.delete(stop)
        end()
      }
    })()
  }

  return {
    models: {
      list: () => library.list(),
      /** entries served at models/local/index.json; [] when there is none. @param base path of the page */
      local: (base: string) => library.local(base),
      /** what a hub id or URL offers: files, sizes, licence, .gguf choices; downloads no weights */
      lookup: (origin: ModelOrigin, { signal }: Follow = {}) => library.lookup(origin, signal),
      /** downloads, or goes on with what is already stored */
      add: ({ origin, name }: AddRequest, follow: Follow<TransferProgress> = {}) => library.add(origin, name, follow),
      /** goes on with an interrupted download by the origin kept in its manifest */
      resume: (id: string, follow: Follow<TransferProgress> = {}) => library.resume(id, follow),
      import: (files: readonly File[], name?: string, follow: Follow<TransferProgress> = {}) =>
        library.import(files, name, follow, door.adapterSummary),
      /** remembers where files lie, and copies nothing */
      place: (files: readonly File[], handles: readonly PlaceHandle[], name?: string) =>
        library.place(files, handles, name, door.adapterSummary),
      /** of a model that lies on the reader's disk: only the page can ask for them */
      handles: (id: string) => library.places.handles(id),
      remove: (id: string) => library.remove(id),
      /** reads every byte that is stored of it; also of an adapter */
      verify: (id: string, follow: Follow<TransferProgress> = {}) => library.models.verify(id, follow),
      /** a whole model as one file, to be taken in by import(); every byte is checked first */
      export: (id: string, follow: Follow<TransferProgress> = {}) => library.models.export(id, follow),
    },
    adapters: {
      /** oldest first */
      list: () => library.adapters.list(),
      /** which of the files are one adapter each, to be imported one by one */
      sets: (files: readonly File[]): AdapterSet[] => adapterSets(files),
      /** of one adapter; refused by name where the files are none */
      import: (files: readonly File[], name?: string, follow: Follow<TransferProgress> = {}) =>
        library.importAdapter(files, name, door.adapterSummary, follow),
      remove: (id: string) => library.removeAdapter(id),
      /** of the loaded model: 1 as it was trained, 0 off. @throws BUSY while it writes */
      setScale: (id: string, scale: number) => loaded().setAdapter(id, scale),
    },
    /** bytes needed on the device, for a stored model or for files not yet imported */
    async plan(target: string | readonly File[], options: LoadRequest = {}): Promise<ModelPlanSummary> {
      const summary = async (name: string, files: ModelFiles): Promise<ModelPlanSummary> => {
        const { info, ...plan } = await withAdapters(options, (own) => door.planModel({ name, files }, own))
        const { title, family, parameters, formats, bytes, context, maxContext, contextLimit, notices } = info
        return { title, family, parameters, formats, bytes, context, maxContext, contextLimit, notices, ...plan }
      }
      return filesOf(target, summary)
    },
    /** asks the device for memory of a plan's sizes, and gives it back */
    async probe(bytes: MemoryPlan, device: 'gpu' | 'cpu'): Promise<MemoryProbe> {
      return (await door.probeMemory?.(bytes, device)) ?? { asked: bytes.total, given: bytes.total }
    },
    /** how far its weights would be from what the files hold, by what they become; reads a sample of them */
    weightErrors: (target: string | readonly File[], follow: Follow<Counted> = {}): Promise<WeightErrors> =>
      filesOf(target, (name, files) => door.weightErrors({ name, files }, follow)),
    async load(id: string, options: LoadRequest = {}, follow: Follow<LoadProgress> = {}): Promise<ModelInfo> {
      if (loading) {
        throw new EngineError('BUSY', 'Cannot load two models at once: one is still on its way. Stop it or wait.', {
          reason: 'loading',
        })
      }
      loading = true
      let fresh: Loaded | null = null
      const onNotice = (notice: ModelNotice): void => {
        if (fresh !== null && engine === fresh) tell({ type: 'notice', notice })
      }
      try {
        await unload()
        const name = (await library.get(id))?.name ?? id
        fresh = await library.using(id, (files) =>
          withAdapters(options, (own) => door.loadEngine({ name, files }, withOwn(own, { ...follow, onNotice }))),
        )
        engine = fresh
        void library.used(id).catch(() => undefined) // a full disk keeps no date
        void fresh.lost.then((error) => {
          if (engine !== fresh) return
          engine = null
          tell({ type: 'lost', error: toData(error) })
        })
        return fresh.info
      } finally {
        loading = false
      }
    },
    unload,
    /** ordered events; after a stop the last one is 'done' with reason 'aborted' */
    generate(input: Prompt, options: GenerateRequest = {}, { signal }: Follow = {}) {
      const stop = new AbortController()
      signal?.addEventListener('abort', () => stop.abort(), { once: true })
      return answering(loaded().generate(input, withOwn(options, { signal: stop.signal })), stop)
    },
    tokenize: (input: Prompt, options: PromptOptions = {}) => loaded().tokenize(input, options),
    /** what an encoder says of a text */
    read: (text: string, options: Omit<ReadOptions, 'signal'> = {}) => loaded().read(text, options),
    /** a tokenizer step by step, and its vocabulary */
    tokenizer: {
      facts: (which: WhichTokenizer) => lab(which).facts(),
      explain: (which: WhichTokenizer, text: string) => lab(which).explain(text),
      decode: (which: WhichTokenizer, ids: readonly number[]) => lab(which).decode(ids),
      vocabulary: (which: WhichTokenizer, query: string, from: number, count: number) =>
        lab(which).vocabulary(query, from, count),
      /** BPE: the rank of joining each piece with the next */
      ranks: (which: WhichTokenizer, pieces: readonly string[]) => lab(which).ranks(pieces),
      /** which of `count` tokens from `from` on never come back when their own text is encoded */
      survey: (which: WhichTokenizer, from: number, count: number) => lab(which).survey(from, count),
      /** reads a tokenizer.json; from now on it is 'other', or 'lesson' */
      async open(file: File, as: BesideTokenizer = 'other'): Promise<TokenizerFacts> {
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
        const fresh = await door.openTokenizerLab(json)
        const facts = fresh.facts()
        beside.set(as, fresh)
        return facts
      },
    },
    /** questions about the last run of the loaded model */
    glass: opened<Glass>(() => loaded().glass()),
    /** what can be measured of the loaded model; no answer meanwhile */
    bench: opened<Bench>(() => loaded().bench()),
    adapterFacts: async () => (door.adapterFacts ? door.adapterFacts() : (engine?.info.adapter ?? null)),
    storage: {
      estimate: () => library.estimate(),
      /** what this page keeps in the browser, part by part */
      inventory: () => library.inventory(),
    },
    chats: {
      /** newest first, without bodies */
      list: () => library.chats.list(),
      get: async (id: string) => (await library.chats.get(id)) ?? null,
      /** what was kept of an answer token by token; undefined when nothing was */
      run: (id: string, turn: string) => library.chats.run(id, turn),
      runs: (id: string) => library.chats.runs(id),
      /**
       * all or none; resolves when they are on disk, with the ids of those that are not there any more (see
       * ChatChange.create)
       */
      write: (changes: readonly ChatChange[]) => library.chats.write(changes),
      /** for good; `trashed`: only what still lies in the trash. Resolves with the ids that were removed */
      remove: (ids: readonly string[], trashed?: boolean) => library.chats.remove(ids, trashed),
    },
    lessons: {
      /** what was done in the lessons, unchecked */
      all: () => library.lessons.all(),
      /** all or none; resolves when they are on disk */
      write: (rows: readonly LessonRow[]) => library.lessons.write(rows),
      /** for good; absent: all */
      remove: (ids?: readonly string[]) => library.lessons.remove(ids),
    },
  }
}
