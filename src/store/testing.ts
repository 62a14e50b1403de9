// A client that answers from memory. Tests only.

import { EngineError } from '../engine/errors.ts'
import type {
  AdapterInfo,
  ChatChange,
  ChatFile,
  ChatHead,
  Client,
  ErrorData,
  GenerateEvent,
  GenerateStats,
  LessonRow,
  LoadRequest,
  ModelInfo,
  ModelNotice,
  ModelPlanSummary,
  StoredAdapter,
  StoredModel,
  TokenEvent,
} from '../worker/protocol.ts'

export const stats: GenerateStats = {
  promptTokens: 3,
  reusedTokens: 1,
  generatedTokens: 0,
  prefillSeconds: 0.1,
  decodeSeconds: 0.2,
  prefillPerSecond: 20,
  decodePerSecond: null,
  dispatchesPerToken: 1,
  submitsPerToken: 1,
  readBytesPerToken: 8,
  drafted: 0,
  accepted: 0,
}
export const token = (index: number): TokenEvent => ({
  type: 'token',
  index,
  position: index,
  id: index,
  bytes: new Uint8Array(),
  text: `w${index} `,
  logprob: -1,
  rank: 0,
  entropy: 1,
  top: [],
  stages: [],
  draw: 0.5,
})
export const info = { name: 'M', adapter: null } as unknown as ModelInfo
export const stored = (id: string, complete = true): StoredModel => ({
  id,
  name: id.toUpperCase(),
  origin: { kind: 'import' },
  files: [],
  bytes: 10,
  storedBytes: complete ? 10 : 4,
  complete,
  addedAt: 1,
})

export const adapter = (id: string): StoredAdapter => ({
  id,
  name: id.replace('adapter:', ''),
  files: [{ name: 'adapter_model.safetensors', size: 10 }],
  bytes: 10,
  addedAt: 1,
  kind: 'LoRA',
  base: null,
})

export interface Disk {
  head: ChatHead
  body: Record<string, unknown>
  turns: Map<string, Record<string, unknown>>
  runs: Map<string, unknown>
}
type Fields = Record<string, unknown>
const merged = (old: object, change: object): Fields =>
  Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined))

/** As storage/chats.ts, in memory. */
function diskOf(chats: Fake['chats']): Client['chats'] {
  const later = <T>(value: T): Promise<T> => Promise.resolve(structuredClone(value))
  const writeOne = ({ id, create, head = {}, body, fresh, turns = [], runs = [] }: ChatChange): boolean => {
    const old = chats.get(id)
    if (!old && !create) return false
    const now: Disk = old ?? { head: { id } as ChatHead, body: {}, turns: new Map(), runs: new Map() }
    chats.set(id, now)
    now.head = merged(now.head, head) as unknown as ChatHead
    if (body) now.body = merged(fresh ? {} : now.body, body)
    for (const turn of turns) now.turns.set(turn.id, merged(now.turns.get(turn.id) ?? {}, turn))
    for (const { turn, run } of runs) now.runs.set(turn, run)
    return true
  }
  return {
    list: () => later([...chats.values()].map(({ head }) => head).sort((a, b) => b.updatedAt - a.updatedAt)),
    get: (id) => {
      const chat = chats.get(id)
      return later<ChatFile | null>(
        chat
          ? {
              row: { ...chat.head, body: chat.body },
              turns: [...chat.turns.values()].map((turn): Fields => ({ chat: id, ...turn })),
            }
          : null,
      )
    },
    run: (id, turn) => later(chats.get(id)?.runs.get(turn)),
    runs: (id) => later(Object.fromEntries(chats.get(id)?.runs ?? [])),
    write: (changes) =>
      later(
        structuredClone(changes)
          .filter((change) => !writeOne(change))
          .map(({ id }) => id),
      ),
    remove: (ids, trashed) =>
      later(ids.filter((id) => (!trashed || chats.get(id)?.head.deletedAt !== undefined) && chats.delete(id))),
  }
}

export interface Fake {
  client: Client
  /** what lies on disk, whole: heads with their body, turns by id, runs by turn */
  chats: Map<string, Disk>
  lessons: Map<string, LessonRow>
  models: Map<string, StoredModel>
  asked: { name: string; args: unknown[] }[]
  /** what generate() does; default: three tokens */
  answer: (
    input: unknown,
    options: { signal?: AbortSignal; seed?: number },
  ) => AsyncGenerator<GenerateEvent, void, undefined>
  load: (id: string, signal?: AbortSignal, options?: LoadRequest) => Promise<ModelInfo>
  plan: (id: string, options?: LoadRequest) => Promise<ModelPlanSummary>
  adapters: StoredAdapter[]
  setScale: (id: string, scale: number) => Promise<readonly AdapterInfo[]>
  add: (id: string, signal?: AbortSignal) => Promise<StoredModel>
  lose(error: ErrorData): void
  notice(notice: ModelNotice): void
  restarts: number
}

export async function* tokens(count: number, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, undefined> {
  yield { type: 'prompt', ids: [1, 2, 3], answerFrom: 3, reused: 1, text: 'p' }
  let text = ''
  for (let i = 0; i < count && !signal?.aborted; i++) {
    text += token(i).text
    yield token(i)
    await new Promise((r) => setTimeout(r, i % 10 === 9 ? 1 : 0))
  }
  yield { type: 'done', reason: signal?.aborted ? 'aborted' : 'stop', text, stats }
}

export const untilAborted = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new EngineError('ABORTED', 'stopped'))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
  })

export function fakeClient(): Fake {
  const listeners = new Set<(error: ErrorData) => void>()
  const readers = new Set<(notice: ModelNotice) => void>()
  const later = <T>(value: T): Promise<T> => Promise.resolve(structuredClone(value))
  const fake: Fake = {
    chats: new Map(),
    lessons: new Map(),
    models: new Map(),
    asked: [],
    restarts: 0,
    answer: (_, { signal }) => tokens(3, signal),
    load: () => Promise.resolve(info),
    plan: () => Promise.reject(new Error('unused')),
    adapters: [],
    setScale: () => Promise.resolve([]),
    add: (id) => {
      const model = stored(id)
      fake.models.set(id, model)
      return Promise.resolve(model)
    },
    lose: (error) => listeners.forEach((listener) => listener(error)),
    notice: (notice) => readers.forEach((reader) => reader(notice)),
    client: {
      models: {
        list: () => later([...fake.models.values()]),
        local: () => later([]),
        lookup: () => Promise.reject(new Error('unused')),
        add: ({ origin, name }, watch) => {
          fake.asked.push({ name: 'add', args: [origin, name] })
          return fake.add(origin.kind === 'hub' ? `hf:${origin.repo}` : 'storyteller', watch?.signal)
        },
        resume: (id, watch) => {
          fake.asked.push({ name: 'resume', args: [id] })
          return fake.add(id, watch?.signal)
        },
        import: (files, name) => fake.add(`file:${name ?? files[0]!.name}`),
        remove: (id) => {
          fake.models.delete(id)
          return Promise.resolve()
        },
        place: (files) => fake.add(`place:${files[0]!.name}`),
        handles: () => later([]),
        verify: () => later({ chunks: 1, bad: 0 }),
        export: () => later(new Blob(['tar'])),
      },
      adapters: {
        list: () => later(fake.adapters),
        sets: (files) => Promise.resolve(files.map((file) => ({ name: file.name, files: [file] }))),
        import: (files, name = files[0]!.name) => {
          const added = adapter(`adapter:${name}`)
          fake.adapters.push(added)
          return later(added)
        },
        remove: (id) => {
          fake.adapters = fake.adapters.filter((one) => one.id !== id)
          return Promise.resolve()
        },
        setScale: (id, scale) => {
          fake.asked.push({ name: 'setScale', args: [id, scale] })
          return fake.setScale(id, scale)
        },
      },
      training: {} as Client['training'],
      plan: (id, options) => fake.plan(id as string, options),
      probe: ({ total }) => later({ asked: total, given: total }),
      weightErrors: () => Promise.reject(new Error('unused')),
      load: (id, options, watch) => {
        fake.asked.push({ name: 'load', args: [id, ...(options?.adapters ? [options.adapters] : [])] })
        return fake.load(id, watch?.signal, options)
      },
      unload: () => {
        fake.asked.push({ name: 'unload', args: [] })
        return Promise.resolve()
      },
      generate: (input, options = {}) => {
        fake.asked.push({ name: 'generate', args: [structuredClone(input), { ...options, signal: undefined }] })
        return fake.answer(input, options)
      },
      tokenize: () => later({ ids: [], texts: [] }),
      read: () => later({} as Awaited<ReturnType<Client['read']>>),
      tokenizer: {} as Client['tokenizer'],
      glass: {} as Client['glass'],
      bench: {} as Client['bench'],
      adapterFacts: () => later(null),
      storage: {
        estimate: () =>
          later({ usage: 0, quota: 0, persisted: false, models: 0, adapters: 0, created: false, evicted: false }),
        inventory: () => later({ parts: [], usage: 0 }),
        persist: () => later(true),
      },
      chats: {} as Client['chats'],
      documents: {} as Client['documents'],
      lessons: {
        all: () => later([...fake.lessons.values()]),
        write: (rows) => {
          for (const row of structuredClone(rows)) fake.lessons.set(row.id, row)
          return Promise.resolve()
        },
        remove: (ids = [...fake.lessons.keys()]) => {
          for (const id of ids) fake.lessons.delete(id)
          return Promise.resolve()
        },
      },
      restart: () => {
        fake.restarts++
      },
      onLost: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      onOthers: () => () => undefined,
      onTurn: () => () => undefined,
      guest: () => false,
      onNotice: (reader) => {
        readers.add(reader)
        return () => readers.delete(reader)
      },
      dispose: () => undefined,
    },
  }
  fake.client.chats = diskOf(fake.chats)
  return fake
}
