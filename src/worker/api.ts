// Everything that the page can ask of its worker, on the engine library and the storage room. The page's client and the
// wire between them are derived from the type of this object: a new call is a method here and its line in calls.ts.
// It forwards; what to load and what to show is decided elsewhere. Long because every call that a page makes stands here.

import { EngineError } from '../engine/errors.ts'
import {
  blobSource,
  type AdapterSource,
  type Bench,
  type Glass,
  type LoadOptions,
  type LoadProgress,
  type MemoryPlan,
  type MemoryProbe,
  type ModelFiles,
  type ModelInfo,
  type ModelNotice,
  type Prompt,
  type PromptOptions,
  type ReadOptions,
  type TokenizerFacts,
  type TokenizerLab,
  type TrainOptions,
  type TrainRow,
  type WeightErrors,
} from '../engine/index.ts'
import type { ChatChange } from '../storage/chats.ts'
import { adapterSets, planModel } from '../storage/adapters.ts'
import type { LessonRow } from '../storage/lessons.ts'
import type { Library } from '../storage/library.ts'
import type { PlaceHandle } from '../storage/places.ts'
import type { AdapterSet, ModelOrigin, TransferProgress } from '../storage/types.ts'
import type { Follow } from './call-types.ts'
import type { Documents } from './documents.ts'
import { opened, type Within } from './opened.ts'
import { besideModel } from './beside.ts'
import { Births, learner, type BirthTask } from './birth.ts'
import { House, keyOf } from './house.ts'
import type { EngineDoor, Loaded } from './door.ts'
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
import type { Guest } from './serve.ts'
import { taught } from './keeping.ts'
import { idsOf, looker } from './looks.ts'
import { merge, type MergeRequest } from './merging.ts'
import { fresh, price } from './price.ts'
import type { JudgeFacts } from './judging.ts'
import { counted, Teaching, type TeachEvent, type TeachTask } from './teaching.ts'

export type { EngineDoor, Loaded } from './door.ts'

/** Milliseconds that a stopped answer may take to end before its engine is taken away. */
const longestEnd = 5000
/** Bytes of a tokenizer.json, as beside a model's weights. */
const largestTokenizer = 64 * 2 ** 20

/** Options with what the worker adds; nonsense stays what it is, for the engine to refuse. */
const withOwn = <T>(options: T, own: object): T =>
  typeof options === 'object' && options !== null && !Array.isArray(options) ? { ...options, ...own } : options

/** Settles with `work`, or rejects with ABORTED. */
const waitFor = (work: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> =>
  signal
    ? Promise.race([
        work,
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new EngineError('ABORTED', 'The load was stopped.')), {
            once: true,
          }),
        ),
      ])
    : work

const asFile = (name: string, bytes: Uint8Array): File => new File([bytes as Uint8Array<ArrayBuffer>], name)

export type EngineApi = ReturnType<typeof createApi>

/** @param me the tab that asks @param house what all tabs share that use this engine */
export function createApi(door: EngineDoor, library: Library, me: Guest, house = new House()) {
  house.enter(me)
  /** the tokenizers opened beside the model's */
  const beside = new Map<BesideTokenizer, TokenizerLab>()
  const answers = new Map<AbortController, Promise<void>>()
  const teaching = new Teaching(library.teaching)
  const births = new Births(library.teaching)
  const within: Within = (work) => house.betweenSteps(work)

  const loaded = (): Loaded => {
    if (!house.engine) {
      if (house.lost) throw house.lost
      throw new EngineError('BUSY', 'Cannot ask the model: none is loaded. Load one first.', { reason: 'none loaded' })
    }
    return house.engine
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
  /** @throws ABORTED where `signal` ends the waiting for other tabs: their model is as it was */
  async function unload(signal?: AbortSignal): Promise<void> {
    for (const stop of answers.keys()) stop.abort()
    await Promise.race([Promise.all(answers.values()), new Promise((resolve) => setTimeout(resolve, longestEnd))])
    await house.othersDone(me, signal)
    if (signal?.aborted) throw new EngineError('ABORTED', 'The load was stopped.')
    house.engine?.dispose()
    house.engine = house.lastRun = house.edited = null
    house.knows.clear()
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
  /** An answer, or training, that unload() waits for, from now on. */
  function answering<T>(events: AsyncGenerator<T>, stop: AbortController): AsyncGenerator<T> {
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

  /** An answer, or training, when it is this tab's turn. */
  async function* inTurn<T>(work: () => AsyncGenerator<T>, stop: AbortController): AsyncGenerator<T, void, undefined> {
    const end = await house.turn(me, stop.signal)
    if (!end) return
    try {
      await take()
      yield* work()
    } finally {
      end()
    }
  }
  /** A training, when it is this tab's turn: step by step, so that the model can be asked in between. */
  async function* stepByStep(
    events: AsyncGenerator<TeachEvent>,
    stop: AbortController,
  ): AsyncGenerator<TeachEvent, void, undefined> {
    const line = new AbortController() // what is only put back waits in line, too
    if (!stop.signal.aborted) stop.signal.addEventListener('abort', () => line.abort(), { once: true })
    const mayBegin = await house.turn(me, line.signal)
    if (!mayBegin) return
    let over = (): void => undefined
    const own = { by: me, ended: new Promise<void>((resolve) => (over = resolve)) }
    try {
      if (house.teaching) throw taught()
      await take()
      house.teaching = own
      mayBegin()
      for (let isFirst = true; ; isFirst = false) {
        const next = await house.lane.within(() => events.next())
        if (next.done) return
        if (isFirst) house.tell({ type: 'stored' }, me) // other tabs see that it is on its way
        yield next.value
      }
    } finally {
      mayBegin()
      await events.return(undefined)
      if (house.teaching === own) house.teaching = null
      over()
      house.tell({ type: 'stored' }, me) // other tabs see that it is over
    }
  }
  /** The other tabs look again. */
  const storing = async <T>(work: Promise<T>): Promise<T> => {
    const done = await work
    house.tell({ type: 'stored' }, me)
    return done
  }
  /** The model reads this tab's text from now on, as it is without another one's edits. */
  async function take(): Promise<void> {
    const { lastRun, edited } = house
    if (edited !== null && edited !== me) {
      await (await loaded().glass()).setEdits([])
      house.edited = null
    }
    house.lastRun = me
    for (const one of new Set([lastRun, edited])) if (one !== me) one?.tell({ type: 'taken' })
  }

  return {
    models: {
      list: () => library.list(),
      /** entries served at models/local/index.json; [] when there is none. @param base path of the page */
      local: (base: string) => library.local(base),
      /** what a hub id or URL offers: files, sizes, licence, .gguf choices; downloads no weights */
      lookup: (origin: ModelOrigin, { signal }: Follow = {}) => library.lookup(origin, signal),
      /** downloads, or goes on with what is already stored */
      add: ({ origin, name }: AddRequest, follow: Follow<TransferProgress> = {}) =>
        storing(house.downloads.run(keyOf(origin), follow, (all) => library.add(origin, name, all))),
      /** goes on with an interrupted download by the origin kept in its manifest */
      resume: (id: string, follow: Follow<TransferProgress> = {}) =>
        storing(house.downloads.run(id, follow, (all) => library.resume(id, all))),
      import: (files: readonly File[], name?: string, follow: Follow<TransferProgress> = {}) =>
        storing(library.import(files, name, follow, door.adapterSummary)),
      /** remembers where files lie, and copies nothing */
      place: (files: readonly File[], handles: readonly PlaceHandle[], name?: string) =>
        storing(library.place(files, handles, name, door.adapterSummary)),
      /** of a model that lies on the reader's disk: only the page can ask for them */
      handles: (id: string) => library.places.handles(id),
      remove: (id: string) => storing(library.remove(id)),
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
        storing(library.importAdapter(files, name, door.adapterSummary, follow)),
      remove: (id: string) => storing(library.removeAdapter(id)),
      /** of the loaded model: 1 as it was trained, 0 off. @throws BUSY while it writes */
      async setScale(id: string, scale: number) {
        const adapters = await loaded().setAdapter(id, scale)
        house.tell({ type: 'adapters', adapters }, me)
        return adapters
      },
    },
    /** bytes needed on the device, for a stored model or for files not yet imported */
    async plan(target: string | readonly File[], options: LoadRequest = {}): Promise<ModelPlanSummary> {
      const summary = async (name: string, files: ModelFiles): Promise<ModelPlanSummary> => {
        const { info, ...plan } = await withAdapters(options, (own) => door.planModel({ name, files }, own))
        const { title, family, parameters, formats, bytes, context, maxContext, contextLimit, notices, does } = info
        return { title, family, parameters, formats, bytes, context, maxContext, contextLimit, notices, does, ...plan }
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
    /** Where another tab has loaded the same already, it is that one. */
    async load(id: string, options: LoadRequest = {}, follow: Follow<LoadProgress> = {}): Promise<ModelInfo> {
      if (house.loading?.by === me) {
        throw new EngineError('BUSY', 'Cannot load two models at once: one is still on its way. Stop it or wait.', {
          reason: 'loading',
        })
      }
      const key = keyOf([id, options])
      while (house.loading) await waitFor(house.loading.ended, follow.signal)
      if (house.engine && house.key === key && !house.knows.has(me)) {
        house.knows.add(me)
        return house.engine.info
      }
      let ended = (): void => undefined
      house.loading = { by: me, ended: new Promise<void>((resolve) => (ended = resolve)) }
      let fresh: Loaded | null = null
      const onNotice = (notice: ModelNotice): void => {
        if (fresh !== null && house.engine === fresh) house.tell({ type: 'notice', notice })
      }
      try {
        await unload(follow.signal)
        const name = (await library.get(id))?.name ?? id
        fresh = await library.using(id, (files) =>
          withAdapters(options, (own) => door.loadEngine({ name, files }, withOwn(own, { ...follow, onNotice }))),
        )
        Object.assign(house, { engine: fresh, key, lost: null })
        house.knows.add(me)
        void library.used(id).catch(() => undefined) // a full disk keeps no date
        void fresh.lost.then((error) => {
          if (house.engine !== fresh) return
          Object.assign(house, { engine: null, lost: error })
          house.tell({ type: 'lost', error: toData(error) })
        })
        house.tell({ type: 'loaded', id, options, info: fresh.info }, me)
        return fresh.info
      } catch (error) {
        if (house.engine) house.knows.delete(me)
        else house.tell({ type: 'unloaded' }, me)
        throw error
      } finally {
        house.loading = null
        ended()
      }
    },
    async unload() {
      await unload()
      house.tell({ type: 'unloaded' }, me)
    },
    /** ordered events; after a stop the last one is 'done' with reason 'aborted' */
    generate(input: Prompt, options: GenerateRequest = {}, { signal }: Follow = {}) {
      const stop = new AbortController()
      signal?.addEventListener('abort', () => stop.abort(), { once: true })
      loaded() // refused at once, in line or not
      const write = () => house.between(() => loaded().generate(input, withOwn(options, { signal: stop.signal })))
      return answering(inTurn(write, stop), stop)
    },
    training: {
      /** writes down what is to be learnt, and stores an adapter that changes nothing yet: put it on, then run() */
      begin: async (task: TeachTask) => {
        const { model, name, fresh } = task
        const files = await library.using(model, (own) => door.newAdapter({ name: model, files: own }, fresh))
        const picked = await Promise.all(
          [...files].map(async ([path, file]) => asFile(path, await file.read(0, file.size))),
        )
        const made = await library.importAdapter(picked, `${name} (0)`, door.adapterSummary, {})
        try {
          await teaching.begin(task, made.id)
        } catch (error) {
          await library.removeAdapter(made.id)
          throw error
        }
        return storing(Promise.resolve(made))
      },
      /**
       * ordered events, those of before first; after a stop the last one is 'end' with why 'asked'
       * @param learn false: only what it had learnt is put back
       */
      run(learn: boolean, { signal }: Follow = {}) {
        const stop = new AbortController()
        if (!learn) stop.abort()
        signal?.addEventListener('abort', () => stop.abort(), { once: true })
        loaded() // refused at once, in line or not
        const train = (options: Omit<TrainOptions, 'signal'>) => loaded().train({ ...options, signal: stop.signal })
        const events = teaching.run(train, async ({ adapter, look = 0, options: { rows } }) =>
          looker(loaded(), adapter, await idsOf(loaded(), rows[look] ?? rows[0]!)),
        )
        return answering(stepByStep(events, stop), stop)
      },
      /**
       * two layers of attention, or an LSTM, learn from nothing, beside the loaded model
       * @param goesOn from the last state that is kept of this kind
       */
      birth(task: BirthTask, goesOn: boolean, { signal }: Follow = {}) {
        const stop = new AbortController()
        signal?.addEventListener('abort', () => stop.abort(), { once: true })
        return besideModel(house, me, births.run(task, goesOn, learner(door, task, stop.signal)), stop)
      },
      births: () => births.kept(),
      forgetBirths: () => births.forget(),
      /**
       * what a run would take: some answers and its first updates, by a copy of the model that is thrown away
       * @param options as the model is loaded
       */
      price(task: Omit<TeachTask, 'name'>, options: LoadRequest = {}, { signal }: Follow = {}) {
        const stop = new AbortController()
        signal?.addEventListener('abort', () => stop.abort(), { once: true })
        const open = (name: string): Promise<Loaded> =>
          library.using(task.model, (files) =>
            withAdapters(options, (own) =>
              fresh(door, { name: task.model, files }, name, task.fresh, withOwn(own, { signal: stop.signal })),
            ),
          )
        return besideModel(house, me, price(open, task, stop.signal, teaching.judges.of(task)), stop)
      },
      /** what waits to go on; null: nothing */
      kept: () => teaching.kept(),
      forget: () => storing(teaching.forget()),
      /** rows as the model would learn them: how many tokens, and which of row `shown` it is to say */
      rows: async (rows: readonly TrainRow[], shown: number) => counted(rows, shown, loaded()),
      /** an adapter of the loaded model as it is now, as the files of a PEFT folder */
      files: (id: string) => loaded().saveAdapter(id),
      /** stores it under another name @param judge it is a reward model, of which this is known: its head is kept, too */
      save: async (id: string, name: string, judge?: Omit<JudgeFacts, 'adapter' | 'name'>) => {
        const files = Object.entries(await loaded().saveAdapter(id)).map(([path, bytes]) => asFile(path, bytes))
        const made = await storing(library.importAdapter(files, name, door.adapterSummary, {}))
        if (judge) await teaching.judges.keep({ ...judge, adapter: made.id, name })
        return made
      },
      /** the reward model that was taught last; null: none, or its adapter was removed */
      judge: () => teaching.judges.kept((id) => library.adapters.get(id)),
      /** a whole model with the adapter in its weights, stored beside the others, and how far it is from the two */
      merge: (request: MergeRequest) =>
        storing(within(() => (house.teaching ? Promise.reject(taught()) : merge(door, library, loaded(), request)))),
      /** pairs and settings as they were written, unchecked; null: none */
      draft: async () => (await library.teaching.get(['draft']))[0] ?? null,
      keepDraft: (draft: object) => library.teaching.write([{ ...draft, id: 'draft' }]),
    },
    tokenize: (input: Prompt, options: PromptOptions = {}) => loaded().tokenize(input, options),
    /** what an encoder says of a text */
    read: (text: string, options: Omit<ReadOptions, 'signal'> = {}) => within(() => loaded().read(text, options)),
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
    glass: opened<Glass>(async () => {
      const glass = await loaded().glass()
      return new Proxy(glass, {
        get(_, question: keyof Glass) {
          const method = glass[question] as ((...given: unknown[]) => unknown) | undefined
          if (question === 'setEdits') house.edited = me // nobody else's are left
          return method && ((...args: unknown[]) => method.apply(glass, args))
        },
      })
    }, within),
    /** what can be measured of the loaded model; no answer meanwhile */
    bench: opened<Bench>(() => loaded().bench(), within),
    adapterFacts: async () => (door.adapterFacts ? door.adapterFacts() : (house.engine?.info.adapter ?? null)),
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
    /** the reader's documents: their texts, and finding what stands in them */
    documents: opened<Documents>(
      async () => {
        const { documentsOf, openShelf } = await import('./documents.ts')
        house.shelf ??= openShelf(library.documents, house.startPdf)
        return documentsOf(house.shelf, () => house.engine)
      },
      (work) => work(),
    ),
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
