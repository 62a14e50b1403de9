// What a share link holds, and the strict reading of it: links come from anywhere. Every field is checked and copied,
// a field that is not known is refused, and nothing here is big enough to hurt.

import { EngineError } from '../../engine/errors.ts'
import { inRange, parameterNames, samplingRanges } from '../../engine/sampler/params.ts'
import type { Edit, FinishReason, LoadRequest } from '../../worker/protocol.ts'
import type { AdapterOn, Message } from '../chat-data.ts'
import { defaultParams, formatChoices, formKinds, largestBias, readTools, type TurnParams } from '../sampling.ts'
import { packFloats, unpackFloats } from './base64.ts'

/** Where the reader can get the model. No server is named: hub models come from the reader's own choice of server. */
export type SharedOrigin =
  | { kind: 'embedded' | 'local' | 'file' }
  | { kind: 'hub'; repo: string; revision?: string; file?: string }
  | { kind: 'url'; url: string }

export interface SharedModel {
  id: string
  name: string
  from: SharedOrigin
  /** of the embedded model: which build of it */ version?: string
}

/** The last answer, token by token, so that it can stand again and be compared. */
export interface SharedAnswer {
  ids: number[]
  /** indices in ids of the tokens that a person put there instead of the drawn one (branches) */
  forced: number[]
  /** where the drawing began anew with nothing put: the token that had been there was banned */
  redrawn: number[]
  /** the tokens before the answer, where they are not what the chat gives today */
  prompt: number[] | null
  /** of an encoder–decoder, along with `prompt`: what its encoder read */
  source?: number[]
  finish: FinishReason | null
}

/** With the calls of an answer, and what their results are of. */
export type SharedTurn = Pick<Message, 'role' | 'calls' | 'beside' | 'tool'> & { text: string }

export interface SharedRun {
  model: SharedModel
  /** how it was loaded, where that was chosen */
  load: Pick<LoadRequest, 'context' | 'linear' | 'embedding'>
  system: string
  /** in turn, the last answer's text too */
  turns: SharedTurn[]
  /** with the seed of the last answer */
  params: TurnParams
  /** null where the tokens of the last answer are not known (read back from disk) or there is none */
  answer: SharedAnswer | null
  /** on while the last answer was written, else now; by their names, which the reader's own have too or have not */
  adapters: AdapterOn[]
  /** in force now */
  edits: Edit[]
  /** in force while the last answer was written */
  drawn: Edit[]
  at: { panel: string; position: number | null; layer: number; head: number }
}

export const version = 1
const limits = {
  text: 100_000,
  turns: 200,
  calls: 128,
  ids: 16_384,
  id: 2 ** 24,
  edits: 128,
  adapters: 16,
  floats: 16_384,
  positions: 2 ** 20,
  layers: 1024,
}

// ---- to plain data ------------------------------------------------------------

/** Two kinds have an older word in links than everywhere else: a tab with an older page opens them too. */
function writeEdit(edit: Edit): unknown {
  switch (edit.kind) {
    case 'patch':
      return { ...edit, values: packFloats(edit.values) }
    case 'direction':
      return { ...edit, direction: packFloats(edit.direction) }
    case 'mask-edges':
      return { ...edit, kind: 'cut' }
    case 'evict':
      return { ...edit, kind: 'drop' }
    default:
      return edit
  }
}

const letters = { user: 'u', assistant: 'a', tool: 't' } as const
function writeTurn({ role, text, calls, beside, tool }: SharedTurn): unknown[] {
  if (tool) return [letters[role], text, tool.name, tool.call, ...(tool.outcome ? [tool.outcome] : [])]
  return [letters[role], text, ...(calls?.length ? [calls.map(({ name, args }) => [name, args]), beside ?? ''] : [])]
}

/** What weights become has a key of its own: the older ones spoke of floats alone (readLoad). */
const writeLoad = ({ context, linear, embedding }: SharedRun['load']): Record<string, unknown> => ({
  ...(context !== undefined && { context }),
  ...((linear || embedding) && { weights: { ...(linear && { linear }), ...(embedding && { embedding }) } }),
})

/** Leaves out what is usual: most links hold a few lines. */
export function toWire({
  model,
  load,
  system,
  turns,
  params,
  answer,
  adapters,
  edits,
  drawn,
  at,
}: SharedRun): Record<string, unknown> {
  const { randomSeed: _, ...given } = { ...params, banned: params.banned.map(({ model: _m, ...token }) => token) }
  const changed = Object.entries(given).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(defaultParams[key as keyof TurnParams]),
  )
  return {
    v: version,
    model,
    at,
    ...(Object.keys(load).length && { load: writeLoad(load) }),
    ...(system !== '' && { system }),
    ...(turns.length && { turns: turns.map(writeTurn) }),
    ...(changed.length && { params: Object.fromEntries(changed) }),
    ...(answer && {
      answer: {
        ids: answer.ids,
        ...(answer.forced.length && { forced: answer.forced }),
        ...(answer.redrawn.length && { redrawn: answer.redrawn }),
        ...(answer.prompt && { prompt: answer.prompt }),
        ...(answer.source && { source: answer.source }),
        ...(answer.finish && { finish: answer.finish }),
      },
    }),
    ...(adapters.length && { adapters: adapters.map(({ name, scale }) => [name, scale]) }),
    ...(edits.length && { edits: edits.map(writeEdit) }),
    ...(drawn.length && { drawn: drawn.map(writeEdit) }),
  }
}

// ---- and back, believing nothing ----------------------------------------------

const refuse = (field: string, need: string): never => {
  throw new EngineError(
    'LINK_INVALID',
    `Cannot open this link: "${field}" in it must be ${need}. The link was damaged or made by something else; nothing was changed.`,
    { reason: 'content', field, need },
  )
}

type Loose = Record<string, unknown>
/** A plain object with no other fields than these. */
function fields(value: unknown, at: string, known: readonly string[]): Loose {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object')
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  return unknown === undefined ? (value as Loose) : refuse(`${at}.${unknown.slice(0, 40)}`, 'absent')
}
const text = (value: unknown, at: string, max: number): string =>
  typeof value === 'string' && value.length <= max ? value : refuse(at, `a text of at most ${max} characters`)
const name = (value: unknown, at: string, pattern: RegExp, max = 200): string =>
  pattern.test(text(value, at, max)) ? (value as string) : refuse(at, 'a plain name')
const number = (value: unknown, at: string, low: number, high: number): number =>
  typeof value === 'number' && value >= low && value <= high ? value : refuse(at, `a number from ${low} to ${high}`)
const whole = (value: unknown, at: string, low: number, high: number): number =>
  Number.isInteger(value) ? number(value, at, low, high) : refuse(at, 'a whole number')
const one = <const T extends string>(value: unknown, at: string, allowed: readonly T[]): T =>
  allowed.find((a) => a === value) ?? refuse(at, `one of ${allowed.join(', ')}`)
const list = <T>(value: unknown, at: string, max: number, item: (value: unknown, at: string) => T): T[] =>
  Array.isArray(value) && value.length <= max
    ? value.map((entry, i) => item(entry, `${at}[${i}]`))
    : refuse(at, `a list of at most ${max}`)
const optional = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
  value === undefined ? undefined : read(value)
/** without the keys whose value is undefined */
const present = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T

const part = '[A-Za-z0-9][A-Za-z0-9._-]*'
const path = /^(?!.*\.\.)[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/

function readOrigin(value: unknown): SharedOrigin {
  const { kind, repo, revision, file, url } = fields(value, 'model.from', ['kind', 'repo', 'revision', 'file', 'url'])
  const what = one(kind, 'model.from.kind', ['embedded', 'local', 'file', 'hub', 'url'])
  if (what === 'hub') {
    return present({
      kind: what,
      repo: name(repo, 'model.from.repo', new RegExp(`^${part}/${part}$`)),
      revision: optional(revision, (v) => name(v, 'model.from.revision', path)),
      file: optional(file, (v) => name(v, 'model.from.file', path)),
    })
  }
  if (what !== 'url') return { kind: what }
  let found: URL
  try {
    found = new URL(text(url, 'model.from.url', 2000))
  } catch {
    return refuse('model.from.url', 'a web address')
  }
  if (!/^https?:$/.test(found.protocol) || found.username || found.password) {
    refuse('model.from.url', 'a web address without a login in it')
  }
  return { kind: what, url: found.href }
}

const layerOf = (value: unknown, at: string): number => whole(value, at, -1, limits.layers)
function range(value: unknown, at: string): [number, number] {
  const [from, to] = list(value, at, 2, (v, a) => whole(v, a, 0, limits.positions))
  return from !== undefined && to !== undefined && from <= to ? [from, to] : refuse(at, 'a range [from, to)')
}
const vector = (value: unknown, at: string): number[] =>
  unpackFloats(text(value, at, limits.floats * 6), limits.floats) ?? refuse(at, 'a vector of finite numbers')

function readEdit(value: unknown, at: string): Edit {
  const kind = one((value as Loose | null)?.['kind'], `${at}.kind`, [
    'scale-head',
    'skip',
    'cut',
    'direction',
    'patch',
    'drop',
    'turn',
  ])
  const given = (...names: string[]): Loose => fields(value, at, ['kind', ...names])
  const label = (v: unknown): string | undefined => optional(v, (found) => text(found, `${at}.label`, 100))
  switch (kind) {
    case 'scale-head': {
      const e = given('layer', 'head', 'factor')
      return {
        kind,
        layer: layerOf(e['layer'], at),
        head: layerOf(e['head'], at),
        factor: number(e['factor'], `${at}.factor`, -1e3, 1e3),
      }
    }
    case 'skip': {
      const e = given('layer', 'part')
      return { kind, layer: layerOf(e['layer'], at), part: one(e['part'], `${at}.part`, ['attn', 'cross', 'mlp']) }
    }
    case 'cut': {
      const e = given('layer', 'head', 'queries', 'keys', 'branch')
      return present({
        kind: 'mask-edges',
        layer: layerOf(e['layer'], at),
        head: layerOf(e['head'], at),
        queries: range(e['queries'], `${at}.queries`),
        keys: range(e['keys'], `${at}.keys`),
        branch: optional(e['branch'], (v) => one(v, `${at}.branch`, ['cross'])),
      })
    }
    case 'direction': {
      const e = given('layer', 'positions', 'mode', 'factor', 'direction', 'label')
      return present({
        kind,
        label: label(e['label']),
        layer: layerOf(e['layer'], at),
        positions: range(e['positions'], `${at}.positions`),
        mode: one(e['mode'], `${at}.mode`, ['add', 'ablate']),
        factor: number(e['factor'], `${at}.factor`, -1e6, 1e6),
        direction: vector(e['direction'], `${at}.direction`),
      })
    }
    case 'patch': {
      const e = given('layer', 'position', 'values', 'label')
      return present({
        kind,
        label: label(e['label']),
        layer: layerOf(e['layer'], at),
        position: whole(e['position'], `${at}.position`, 0, limits.positions),
        values: vector(e['values'], `${at}.values`),
      })
    }
    case 'drop':
      return { kind: 'evict', keys: range(given('keys')['keys'], `${at}.keys`) }
    case 'turn': {
      const { by } = given('by')
      return { kind, by: by === null ? null : whole(by, `${at}.by`, 0, limits.positions) }
    }
  }
}

/** Which model a banned token is of needs no saying: the link's. */
const readBanned =
  (model: string) =>
  (value: unknown, at: string): TurnParams['banned'][number] => {
    const given = fields(value, at, ['id', 'text', 'bias'])
    return present({
      id: whole(given['id'], `${at}.id`, 0, limits.id),
      text: text(given['text'], `${at}.text`, 1000),
      model,
      bias: optional(given['bias'], (v) => number(v, `${at}.bias`, -largestBias, largestBias)),
    })
  }

function readParams(value: unknown, model: string): TurnParams {
  const given = fields(
    value,
    'params',
    Object.keys(defaultParams).filter((key) => key !== 'randomSeed'),
  )
  const params: TurnParams = {
    ...defaultParams,
    randomSeed: false,
    stop: optional(given['stop'], (v) => list(v, 'params.stop', 100, (s, at) => text(s, at, 1000))) ?? [],
    banned: optional(given['banned'], (v) => list(v, 'params.banned', 100, readBanned(model))) ?? [],
  }
  for (const name of parameterNames) {
    const value = given[name]
    if (value === undefined) continue
    if (!inRange(samplingRanges[name], value)) refuse(`params.${name}`, samplingRanges[name].need)
    else params[name] = value
  }
  params.seed = optional(given['seed'], (v) => whole(v, 'params.seed', 0, 2 ** 32 - 1)) ?? params.seed
  params.format = optional(given['format'], (v) => one(v, 'params.format', formatChoices)) ?? params.format
  params.tools = optional(given['tools'], (v) => text(v, 'params.tools', 100_000)) ?? params.tools
  if (!readTools(params.tools)) refuse('params.tools', 'a JSON list of objects')
  params.form = optional(given['form'], (v) => one(v, 'params.form', formKinds)) ?? params.form
  params.formSchema = optional(given['formSchema'], (v) => text(v, 'params.formSchema', 100_000)) ?? params.formSchema
  params.formPattern =
    optional(given['formPattern'], (v) => text(v, 'params.formPattern', 10_000)) ?? params.formPattern
  params.maxTokens =
    optional(given['maxTokens'], (v) => whole(v, 'params.maxTokens', 1, limits.ids)) ?? params.maxTokens
  return params
}

function readAnswer(value: unknown): SharedAnswer {
  const given = fields(value, 'answer', ['ids', 'forced', 'redrawn', 'prompt', 'source', 'finish'])
  const id = (v: unknown, at: string): number => whole(v, at, 0, limits.id)
  const ids = list(given['ids'], 'answer.ids', limits.ids, id)
  const places = (key: 'forced' | 'redrawn'): number[] => {
    const found = list(given[key] ?? [], `answer.${key}`, ids.length, (n, at) => whole(n, at, 0, ids.length - 1))
    return found.some((at, i) => i > 0 && at <= found[i - 1]!) ? refuse(`answer.${key}`, 'in order') : found
  }
  return present({
    ids,
    forced: places('forced'),
    redrawn: places('redrawn'),
    prompt: optional(given['prompt'], (v) => list(v, 'answer.prompt', limits.ids, id)) ?? null,
    source: optional(given['source'], (v) => list(v, 'answer.source', limits.ids, id)),
    finish:
      optional(given['finish'], (v) => one(v, 'answer.finish', ['stop', 'length', 'context', 'aborted', 'dead-end'])) ??
      null,
  })
}

const choices = ['keep', 'nf4', 'i8', 'f16'] as const

/**
 * Older links say `linear` and `embedding` here and mean floats alone: what they made of those is the usual now, and
 * packed weights stayed as they were.
 */
function readLoad(value: unknown): SharedRun['load'] {
  const load = fields(value, 'load', ['context', 'weights', 'linear', 'embedding'])
  const weights = fields(load['weights'] ?? {}, 'load.weights', ['linear', 'embedding'])
  const linear = optional(load['linear'], (v) => one(v, 'load.linear', ['nf4', 'keep']))
  const embedding = optional(load['embedding'], (v) => one(v, 'load.embedding', ['i8', 'nf4', 'keep']))
  return present({
    context: optional(load['context'], (v) => whole(v, 'load.context', 1, limits.positions)),
    linear:
      optional(weights['linear'], (v) => one(v, 'load.weights.linear', choices)) ??
      (linear === 'nf4' ? undefined : linear),
    embedding:
      optional(weights['embedding'], (v) => one(v, 'load.weights.embedding', choices)) ??
      (embedding === 'i8' ? undefined : embedding),
  })
}

function readTurn(value: unknown, at: string): SharedTurn {
  const [who, said, ...more] = list(value, at, 5, (v) => v)
  const letter = one(who, `${at}[0]`, ['u', 'a', 't'])
  const spoken = text(said, `${at}[1]`, limits.text)
  if (letter === 't') {
    const [called, call, outcome, ...rest] = more
    if (rest.length > 0) refuse(at, 'a result of a tool')
    return {
      role: 'tool',
      text: spoken,
      tool: present({
        name: text(called, `${at}[2]`, 256),
        call: whole(call, `${at}[3]`, 0, limits.calls - 1),
        outcome: optional(outcome, (v) => one(v, `${at}[4]`, ['failed', 'refused'])),
      }),
    }
  }
  if (more.length === 0) return { role: letter === 'u' ? 'user' : 'assistant', text: spoken }
  const [calls, beside] = more
  if (letter === 'u' || more.length > 2) refuse(at, 'a turn of two')
  return {
    role: 'assistant',
    text: spoken,
    calls: list(calls, `${at}[2]`, limits.calls, (call, where) => {
      const [called, args] = list(call, where, 2, (v) => v)
      return { name: text(called, `${where}[0]`, 256), args: text(args, `${where}[1]`, limits.text) }
    }),
    beside: text(beside, `${at}[3]`, limits.text),
  }
}

function readAdapter(value: unknown, at: string): AdapterOn {
  const [called, scale] = list(value, at, 2, (v) => v)
  return { name: text(called, `${at}[0]`, 200), scale: number(scale, `${at}[1]`, -4, 4) }
}

/** @throws EngineError LINK_INVALID naming the field that is not as it must be */
export function fromWire(value: unknown): SharedRun {
  const given = fields(value, 'link', [
    'v',
    'model',
    'load',
    'system',
    'turns',
    'params',
    'answer',
    'adapters',
    'edits',
    'drawn',
    'at',
  ])
  if (given['v'] !== version) {
    const found = typeof given['v'] === 'number' ? given['v'] : null
    throw new EngineError(
      'LINK_INVALID',
      `Cannot open this link: it is of version ${found ?? 'unknown'}, this page reads version ${version}. Reload the page to get its newest version; nothing was changed.`,
      { reason: 'version', found: found ?? '?', need: version },
    )
  }
  const model = fields(given['model'], 'model', ['id', 'name', 'from', 'version'])
  const at = fields(given['at'], 'at', ['panel', 'position', 'layer', 'head'])
  const turns = list(given['turns'] ?? [], 'turns', limits.turns, readTurn)
  const answer = optional(given['answer'], readAnswer) ?? null
  const invalid = turns.findIndex(
    ({ role }, i) => role === 'assistant' && !['user', 'tool'].includes(turns[i - 1]?.role ?? ''),
  )
  if (invalid >= 0) refuse(`turns[${invalid}]`, 'the answer to a question')
  const alone = turns.findIndex(({ role }, i) => role === 'tool' && ['user', undefined].includes(turns[i - 1]?.role))
  if (alone >= 0) refuse(`turns[${alone}]`, 'the result of a call')
  if (answer && turns.at(-1)?.role !== 'assistant') refuse('answer', 'absent where the last turn is a question')
  const id = text(model['id'], 'model.id', 2200)
  return {
    model: present({
      id,
      name: text(model['name'], 'model.name', 200),
      from: readOrigin(model['from']),
      version: optional(model['version'], (v) => name(v, 'model.version', /^[0-9a-f]{8,64}$/)),
    }),
    load: readLoad(given['load'] ?? {}),
    system: text(given['system'] ?? '', 'system', limits.text),
    turns,
    params: readParams(given['params'] ?? {}, id),
    answer,
    adapters: list(given['adapters'] ?? [], 'adapters', limits.adapters, readAdapter),
    edits: list(given['edits'] ?? [], 'edits', limits.edits, readEdit),
    drawn: list(given['drawn'] ?? [], 'drawn', limits.edits, readEdit),
    at: {
      panel: name(at['panel'], 'at.panel', /^[a-z-]+$/, 40),
      position: at['position'] === null ? null : whole(at['position'], 'at.position', 0, limits.positions),
      layer: layerOf(at['layer'], 'at.layer'),
      head: whole(at['head'], 'at.head', 0, limits.layers),
    },
  }
}
