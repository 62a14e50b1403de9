// Chats read back: from rows on disk, of this version and the one before, and from exported files. Pure.
//
// Everything is checked and copied field by field: rows and files come from anywhere. What is amiss is told by its path
// (`turns[3].stats`). A file's chat is taken whole or not at all, so that what was taken is written out the
// same again; a row of this browser keeps what can be read of it, because its text is the reader's own.

import { inRange, perParameter, samplingRanges } from '../engine/sampler/params.ts'
import type { ErrorData, DrawnByHost, GenerateStats, TemplateNotice } from '../worker/protocol.ts'
import { newId, type AdapterOn, type Chat, type Fork, type Message } from './chat-data.ts'
import {
  defaultParams,
  formatChoices,
  formKinds,
  largestBias,
  mostBiased,
  ownFrom,
  readTools,
  type BannedToken,
  type OwnParams,
  type TurnParams,
} from './sampling.ts'
import { inOrder, repaired } from './tree.ts'

export const limits = {
  turns: 20_000,
  text: 2_000_000,
  id: 100,
  title: 1000,
  models: 1000,
  list: 1000,
  tag: 40,
  tags: 20,
}
type Loose = Record<string, unknown>
export const loose = (value: unknown): Loose | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : null
export const text = (value: unknown, max = limits.text): string | undefined =>
  typeof value === 'string' && value.length <= max ? value : undefined
const id = (value: unknown): string | undefined => (value === '' ? undefined : text(value, limits.id))
const finite = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)
export const pick =
  <T extends string>(...allowed: T[]) =>
  (value: unknown): T | undefined =>
    allowed.find((one) => one === value)
export const listOf =
  <T>(one: (value: unknown, at: string, bad: string[]) => T | undefined, max = limits.list) =>
  (value: unknown, at: string, bad: string[]): T[] | undefined => {
    if (!Array.isArray(value) || value.length > max) return undefined
    return value.flatMap((item, i) => {
      const found = one(item, `${at}[${i}]`, bad)
      if (found === undefined) bad.push(`${at}[${i}]`)
      return found === undefined ? [] : [found]
    })
  }

export type Reader<T> = (value: unknown, at: string, bad: string[]) => T | undefined
/**
 * An object's fields by their readers. A field that is there and is not as it must be, or that nobody knows, is named
 * in `bad` and left out.
 */
export function fields<T extends object>(
  value: Loose,
  at: string,
  bad: string[],
  readers: { [K in keyof T]-?: Reader<NonNullable<T[K]>> },
): Partial<T> {
  const found: Partial<T> = {}
  for (const key of Object.keys(value)) {
    if (value[key] === undefined) continue
    const path = at === '' ? key : `${at}.${key}`
    const read = Object.hasOwn(readers, key) ? readers[key as keyof T] : null
    const got = read ? read(value[key], path, bad) : undefined
    if (got === undefined) bad.push(path)
    else found[key as keyof T] = got
  }
  return found
}

export const whole =
  (low: number, high: number): Reader<number> =>
  (value) => {
    const n = count(value)
    return n !== undefined && n >= low && n <= high ? n : undefined
  }
const short = (value: unknown): string | undefined => text(value, 1000)
/** As wide as the engine takes them. */
const ownReaders: { [K in keyof Required<OwnParams>]: Reader<NonNullable<OwnParams[K]>> } = {
  ...perParameter(
    (name): Reader<number> =>
      (value) =>
        inRange(samplingRanges[name], value) ? value + 0 : undefined,
  ),
  seed: whole(0, 2 ** 53 - 1),
  randomSeed: flag,
  maxTokens: whole(1, 1e6),
  format: pick(...formatChoices),
  tools: (v) => (typeof v === 'string' && v.length <= 100_000 && readTools(v) ? v : undefined),
  form: pick(...formKinds),
  formSchema: (v) => text(v, 100_000),
  formPattern: (v) => text(v, 10_000),
  stop: listOf(short, 100),
}
export const readOwn: Reader<OwnParams> = (value, at, bad) => {
  const given = loose(value)
  return given ? fields<OwnParams>(given, at, bad, ownReaders) : undefined
}
const readBias: Reader<number> = (value) => {
  const bias = finite(value)
  return bias !== undefined && Math.abs(bias) <= largestBias ? bias : undefined
}
export const readBanned: Reader<BannedToken> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const known = fields<BannedToken>(given, at, bad, { id: count, text: short, model: short, bias: readBias })
  const { id: token, text: said, model, bias } = known
  // a bias that is none is no ban
  if (token === undefined || said === undefined || model === undefined || (bias === undefined && 'bias' in given)) {
    return undefined
  }
  return { id: token, text: said, model, ...(bias !== undefined && { bias }) }
}
export const readOwns: Reader<Record<string, OwnParams>> = (value, at, bad) => {
  const given = loose(value)
  if (!given || Object.keys(given).length > limits.models) return undefined
  return Object.fromEntries(
    Object.entries(given).flatMap(([model, own]): [string, OwnParams][] => {
      const found = model === '__proto__' || model.length > 2200 ? undefined : readOwn(own, `${at}.${model}`, bad)
      if (!found) bad.push(`${at}.${model.slice(0, 40)}`)
      return found ? [[model, found]] : []
    }),
  )
}

/** Numbers that every stored answer has; others came later. */
const countedAlways = [
  'promptTokens',
  'reusedTokens',
  'generatedTokens',
  'prefillSeconds',
  'decodeSeconds',
  'dispatchesPerToken',
  'submitsPerToken',
  'readBytesPerToken',
] as const
const readStats: Reader<GenerateStats> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const rate: Reader<number> = (v) => finite(v)
  const { drawnByHost, ...counted } = given
  const why = pick<DrawnByHost>('model', 'settings', 'watched', 'kernels', 'software', 'soon', 'row')(drawnByHost)
  const {
    prefillPerSecond = null,
    decodePerSecond = null,
    drafted = 0, // older ones do not say
    accepted = 0,
    ...numbers
  } = fields<{ [K in keyof Required<Omit<GenerateStats, 'drawnByHost'>>]: number }>(
    Object.fromEntries(Object.entries(counted).filter(([key, v]) => v !== null || !key.endsWith('PerSecond'))),
    at,
    bad,
    {
      promptTokens: rate,
      reusedTokens: rate,
      generatedTokens: rate,
      prefillSeconds: rate,
      decodeSeconds: rate,
      dispatchesPerToken: rate,
      submitsPerToken: rate,
      readBytesPerToken: rate,
      passesPerToken: rate,
      writesPerToken: rate,
      waitsPerToken: rate,
      drawnOnDevice: rate,
      prefillPerSecond: rate,
      decodePerSecond: rate,
      drafted: rate,
      accepted: rate,
    },
  )
  return countedAlways.every((name) => name in numbers)
    ? ({
        ...numbers,
        prefillPerSecond,
        decodePerSecond,
        drafted,
        accepted,
        ...(why && { drawnByHost: why }),
      } as GenerateStats)
    : undefined
}
const readError: Reader<ErrorData> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const facts: Reader<ErrorData['facts']> = (v, path, inner) => {
    const list = loose(v)
    return list
      ? (Object.fromEntries(
          Object.entries(list).filter(([key, fact]) => {
            const good =
              key !== '__proto__' &&
              (fact === null ||
                finite(fact) !== undefined ||
                typeof fact === 'boolean' ||
                text(fact, 100_000) !== undefined)
            if (!good) inner.push(`${path}.${key}`)
            return good
          }),
        ) as ErrorData['facts'])
      : undefined
  }
  const {
    code,
    message,
    facts: told = {},
  } = fields<ErrorData>(given, at, bad, {
    code: ((v) => (typeof v === 'string' && /^[A-Z_]{1,60}$/.test(v) ? v : undefined)) as Reader<ErrorData['code']>,
    message: (v) => text(v, 100_000),
    facts,
  })
  return code === undefined || message === undefined ? undefined : { code, message, facts: told }
}
const readNotice: Reader<TemplateNotice> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const { format, error = null } = fields<{ format: string; error: ErrorData }>(
    given['error'] === null ? { format: given['format'] } : given,
    at,
    bad,
    { format: (v) => text(v, 100), error: readError },
  )
  return format === undefined ? undefined : { format, error }
}
const readFork: Reader<Fork> = (value, at, bad) => {
  const given = loose(value)
  const {
    from,
    at: index,
    token,
    instead,
    banned,
  } = given
    ? fields<Fork>(given, at, bad, {
        from: id,
        at: count,
        token: short,
        instead: short,
        banned: (v) => (v === true ? v : undefined),
      })
    : {}
  return from === undefined || index === undefined || token === undefined || instead === undefined
    ? undefined
    : { from, at: index, token, instead, ...(banned && { banned }) }
}

const readCall: Reader<NonNullable<Message['calls']>[number]> = (value, at, bad) => {
  const given = loose(value)
  const { name, args } = given ? fields(given, at, bad, { name: short, args: (v: unknown) => text(v, 1e6) }) : {}
  return name === undefined || args === undefined ? undefined : { name, args }
}

const readTool: Reader<NonNullable<Message['tool']>> = (value, at, bad) => {
  const given = loose(value)
  const { name, call, outcome } = given
    ? fields<NonNullable<Message['tool']>>(given, at, bad, {
        name: short,
        call: whole(0, 127),
        outcome: pick('failed', 'refused'),
      })
    : {}
  return name === undefined || call === undefined ? undefined : { name, call, ...(outcome && { outcome }) }
}

const readAdapterOn: Reader<AdapterOn> = (value, at, bad) => {
  const given = loose(value)
  const { name, scale } = given ? fields<AdapterOn>(given, at, bad, { name: short, scale: finite }) : {}
  return name === undefined || scale === undefined ? undefined : { name, scale }
}

/** A turn out of a row or a file; undefined when it has no text that could be shown. */
export const readTurn: Reader<Message> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const { chat: _, ...own } = given // the row's key
  // visits before this one kept the notice as a text
  if (typeof own['notice'] === 'string') delete own['notice']
  const turn = fields<Message>(own, at, bad, {
    id,
    parent: id,
    role: pick('user', 'assistant', 'tool'),
    content: (v) => text(v),
    state: pick('done', 'streaming', 'stopped', 'failed'),
    tokens: count,
    at: finite,
    modelName: (v) => text(v, 1000),
    finish: pick('stop', 'length', 'context', 'aborted', 'dead-end'),
    stats: readStats,
    seed: finite,
    notice: readNotice,
    error: readError,
    edits: count,
    adapters: listOf(readAdapterOn, 128),
    thinks: (v) => (v === true ? v : undefined),
    plain: (v) => (v === true ? v : undefined),
    calls: listOf(readCall, 128),
    beside: (v) => text(v),
    tool: readTool,
    form: pick('json', 'schema', 'pattern'),
    fits: flag,
    fork: readFork,
    left: count,
    name: (v) => text(v, 80),
    removed: finite,
  })
  const { id: key, role, content, state, tokens, at: when, ...rest } = turn
  if (key === undefined || role === undefined || content === undefined) return undefined
  // a result of nobody knows what
  if ((role === 'tool') !== (rest.tool !== undefined)) return undefined
  return {
    id: key,
    role,
    content,
    state: state ?? (role === 'assistant' ? 'stopped' : 'done'),
    tokens: tokens ?? 0,
    at: when ?? 0,
    ...rest,
  }
}

/**
 * What was read of a chat. bad: paths of what was not as it must be. lost: rows of turns that could not be
 * read.
 */
export interface Found {
  chat: Chat
  bad: string[]
  lost: number
  /** it lies on disk as this version writes it */ current: boolean
}

interface Head {
  id: string
  title: string
  updatedAt: number
  deletedAt: number
}

/** A chat out of its head and turns. `file`: taken from a file, where whatever is amiss refuses the whole. */
export function readChat(
  row: unknown,
  turnRows: readonly unknown[] | null,
  { file = false } = {},
): Found | { bad: string[] } {
  const given = loose(row)
  const body = loose(given?.['body'])
  const bad: string[] = []
  const fail = (path: string): { bad: string[] } => ({ bad: [path, ...bad] })
  if (!given || !body) return fail(given ? 'body' : '(the whole)')
  const head = fields<Head & { messages: number; edited: boolean; pinned: true; tags: string[]; body: Loose }>(
    given,
    '',
    bad,
    {
      id,
      title: (v) => text(v, limits.title),
      updatedAt: finite,
      deletedAt: finite,
      messages: count,
      edited: flag,
      pinned: (v) => (v === true ? v : undefined),
      tags: listOf((v) => text(v, limits.tag) || undefined, limits.tags),
      body: () => body,
    },
  )
  if (head.id === undefined) return fail('id')
  if (head.title === undefined) return fail('title')
  const { version } = body
  if (version !== 1 && version !== 2) return fail('body.version')
  const listed = version === 1 ? body['messages'] : (turnRows ?? body['turns'])
  const name = version === 1 ? 'body.messages' : 'turns'
  if (!Array.isArray(listed) || listed.length > limits.turns) return fail(name)
  const turns: Message[] = []
  const seen = new Set<string>()
  let lost = 0
  for (const [i, item] of listed.entries()) {
    let turn = readTurn(item, `${name}[${i}]`, bad)
    if (!turn || (seen.has(turn.id) && file)) {
      bad.push(`${name}[${i}]${turn ? '.id' : ''}`)
      lost++
      continue
    }
    if (seen.has(turn.id)) {
      bad.push(`${name}[${i}].id`)
      turn = { ...turn, id: newId() }
    }
    if (version === 1) {
      const before = turns.at(-1)?.id
      turn = { ...turn, ...(before !== undefined && { parent: before }) }
    }
    seen.add(turn.id)
    turns.push(turn)
  }
  const sound = repaired(version === 1 ? turns : inOrder(turns))
  if (sound.moved > 0) bad.push(`${name}: ${sound.moved} without the turn they follow`)
  const body1 = (): Pick<Chat, 'system' | 'own' | 'banned'> => {
    const { system = '', params = {} } = fields<{
      version: number
      messages: unknown[]
      system: string
      params: Partial<TurnParams>
    }>(body, 'body', bad, {
      version: finite,
      messages: () => [],
      system: (v) => text(v),
      params: (v, at, inner) => {
        const all = loose(v)
        return all
          ? fields<TurnParams>(all, at, inner, { ...ownReaders, banned: listOf(readBanned, mostBiased) })
          : undefined
      },
    })
    const whole: TurnParams = { ...defaultParams, stop: [], banned: [], ...params }
    return { system, own: Object.keys(params).length ? ownFrom(whole, undefined) : {}, banned: whole.banned }
  }
  const body2 = (): Pick<Chat, 'system' | 'own' | 'banned'> & { leaf?: string | undefined } => {
    const found = fields<{
      version: number
      turns: unknown[]
      system: string
      own: Chat['own']
      banned: BannedToken[]
      leaf: string
    }>(body['leaf'] === null ? { ...body, leaf: undefined } : body, 'body', bad, {
      version: finite,
      turns: () => [],
      system: (v) => text(v),
      own: readOwns,
      banned: listOf(readBanned, mostBiased),
      leaf: id,
    })
    return {
      system: found.system ?? '',
      own: found.own ?? {},
      banned: found.banned ?? [],
      ...(found.leaf !== undefined && { leaf: found.leaf }),
    }
  }
  const { leaf = null, ...rest }: Omit<ReturnType<typeof body2>, 'leaf'> & { leaf?: string | null | undefined } =
    version === 1 ? { ...body1(), leaf: sound.turns.at(-1)?.id } : body2()
  const there = leaf !== null && sound.turns.some((turn) => turn.id === leaf)
  if (leaf !== null && !there) bad.push('body.leaf')
  if (file && bad.length > 0) return { bad }
  const { updatedAt = 0, deletedAt, pinned, tags } = head
  return {
    chat: {
      id: head.id,
      title: head.title,
      updatedAt,
      ...rest,
      turns: sound.turns,
      leaf: there ? leaf : null,
      ...(deletedAt !== undefined && { deletedAt }),
      ...(pinned && { pinned }),
      ...(tags && tags.length > 0 && { tags }),
    },
    bad,
    lost,
    current: version === 2,
  }
}
