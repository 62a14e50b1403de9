// The shape of a lesson's data, field by field: what is not listed is refused by its path, and so is what has another
// kind or size. What comes out is a copy with nothing else in it.

import { inside } from './json.ts'
import { isPlace, PLACES } from './measure/places.ts'
import { deedIds, figureIds, panelIds } from './panels.ts'
import { invalid } from './problem.ts'
import type {
  Act,
  Both,
  Cast,
  EditSpec,
  Head,
  Lesson,
  LessonText,
  PromptSpec,
  RunSpec,
  Step,
  StepText,
} from './types.ts'

/** Gives the value back, copied. @throws LESSON_INVALID with its path */
type Check<T> = (value: unknown, path: string) => T

const shown = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? '[…]' : typeof value === 'object' ? '{…}' : String(value)
function refuse(path: string, need: string, value: unknown): never {
  throw invalid('field', { path, need, ...(value !== undefined && { found: shown(value) }) })
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text =
  (most: number, least = 0): Check<string> =>
  (value, path) =>
    typeof value === 'string' && value.length >= least && value.length <= most
      ? value
      : refuse(path, `text ${least} … ${most}`, typeof value === 'string' ? value.length : value)
const matching =
  (pattern: RegExp, need: string): Check<string> =>
  (value, path) =>
    typeof value === 'string' && pattern.test(value) ? value : refuse(path, need, value)
const number =
  (low: number, high: number, whole = false): Check<number> =>
  (value, path) =>
    typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))
      ? value
      : refuse(path, `${whole ? 'whole' : 'number'} ${low} … ${high}`, value)
const oneOf =
  <const T extends string | true>(...all: readonly T[]): Check<T> =>
  (value, path) =>
    all.includes(value as T) ? (value as T) : refuse(path, all.join(', '), value)
const either =
  <A, B>(first: Check<A>, isFirst: (value: unknown) => boolean, second: Check<B>): Check<A | B> =>
  (value, path) =>
    isFirst(value) ? first(value, path) : second(value, path)
const list =
  <T>(item: Check<T>, most: number, least = 0): Check<T[]> =>
  (value, path) =>
    Array.isArray(value) && value.length >= least && value.length <= most
      ? value.map((one, i) => item(one, inside(path, i)))
      : refuse(path, `list ${least} … ${most}`, Array.isArray(value) ? value.length : value)
const name = /^[\p{L}][\p{L}\p{N}_]{0,39}$/u
const record =
  <T>(item: Check<T>, most: number, key = name): Check<Record<string, T>> =>
  (value, path) => {
    if (!isRecord(value)) return refuse(path, 'object', value)
    const entries = Object.entries(value)
    if (entries.length > most) return refuse(path, `object 0 … ${most}`, entries.length)
    return Object.fromEntries(
      entries.map(([field, one]) => {
        if (!key.test(field)) throw invalid('unknownField', { path: inside(path, field), found: field })
        return [field, item(one, inside(path, field))]
      }),
    )
  }
type Fields<T> = { [K in keyof T]-?: Check<Exclude<T[K], undefined>> }
const object =
  <T extends object>(fields: Fields<T>, ...absent: (keyof T & string)[]): Check<T> =>
  (value, path) => {
    if (!isRecord(value)) return refuse(path, 'object', value)
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key))
    if (unknown !== undefined) throw invalid('unknownField', { path: inside(path, unknown), found: unknown })
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      if (value[key] === undefined && absent.includes(key)) continue
      copy[key] = (fields[key] as Check<unknown>)(value[key], inside(path, key))
    }
    return copy as T
  }
/** Both languages, or one that stands for both. */
const both =
  <T>(item: Check<T>): Check<Both<T>> =>
  (value, path) => {
    if (!isRecord(value) || !('en' in value || 'zh' in value)) return refuse(path, 'en, zh', value)
    const { en, zh } = object<{ en?: T; zh?: T }>(
      { en: item, zh: item } as Fields<{ en?: T; zh?: T }>,
      'en',
      'zh',
    )(value, path)
    return { en: (en ?? zh)!, zh: (zh ?? en)! }
  }
/** A field that says which of several shapes it is. */
const kinds =
  <T extends { kind: string }>(checks: { [K in T['kind']]: Check<Extract<T, { kind: K }>> }): Check<T> =>
  (value, path) => {
    const kind = isRecord(value) ? value['kind'] : undefined
    return typeof kind === 'string' && Object.hasOwn(checks, kind)
      ? checks[kind as T['kind']](value, path)
      : refuse(inside(path, 'kind'), Object.keys(checks).join(', '), kind)
  }

const said = text(600, 1)
const claim = text(2000, 1)
const place: Check<string> = (value, path) =>
  isPlace(text(80, 1)(value, path)) ? (value as string) : refuse(path, PLACES, value)
const id = matching(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'a-z 0-9 . _ -')
const panel: Check<string> = oneOf(...panelIds)
const word = matching(name, 'name')
const layer = number(-1, 999, true)
const languages = <T>(item: Check<T>): Check<T | Both<T>> => either(both(item), isRecord, item)
const aloneOr = <A>(all: string, item: Check<A>): Check<A> =>
  either(oneOf(all as never) as unknown as Check<A>, (value) => typeof value === 'string', item)

const head: Check<Head> = languages(number(0, 999, true))

const edit: Check<EditSpec> = kinds<EditSpec>({
  cut: object(
    {
      kind: oneOf('cut'),
      layer: aloneOr('all', layer as Check<number | 'all'>),
      head: aloneOr('all', head as Check<Head | 'all'>),
      queries: list(place, 16, 1),
      keys: list(place, 16, 1),
      branch: oneOf('cross'),
    },
    'branch',
  ),
  causal: object({ kind: oneOf('causal'), layer: number(0, 999, true) }),
  'scale-head': object({
    kind: oneOf('scale-head'),
    layer,
    head: aloneOr('all', head as Check<Head | 'all'>),
    factor: number(-100, 100),
  }),
  skip: object({ kind: oneOf('skip'), layer, part: oneOf('attn', 'cross', 'mlp', 'block') }),
  turn: object<Extract<EditSpec, { kind: 'turn' }>>({
    kind: oneOf('turn'),
    by: (value, path) => (value === null ? null : number(0, 2 ** 20, true)(value, path)),
  }),
  drop: object({ kind: oneOf('drop'), keys: list(place, 16, 1) }),
  patch: object({
    kind: oneOf('patch'),
    layer,
    at: place,
    from: object<{ run: string; at: string }>({ run: word, at: place }),
  }),
  direction: object(
    { kind: oneOf('direction'), layer, at: place, towards: word, from: word, strength: number(-100, 100) },
    'from',
  ),
})

const act: Check<Act> = kinds<Act>({
  load: object({ kind: oneOf('load'), run: word }),
  open: object(
    { kind: oneOf('open'), panel, layer, head, query: languages(place), key: place, view: text(40, 1) },
    'layer',
    'head',
    'query',
    'key',
    'view',
  ),
  edit: object({ kind: oneOf('edit'), run: word }),
  undo: object({ kind: oneOf('undo') }),
  write: object({ kind: oneOf('write'), run: word }),
  pick: object({ kind: oneOf('pick'), run: word }),
  type: object({ kind: oneOf('type'), text: both(text(400, 1)) }),
  adapt: object({ kind: oneOf('adapt'), run: word }),
  do: object<Extract<Act, { kind: 'do' }>>(
    { kind: oneOf('do'), what: oneOf(...deedIds), set: word, text: both(text(400, 1)), name: id },
    'set',
    'text',
    'name',
  ),
  look: object({ kind: oneOf('look'), at: oneOf(...Object.values(figureIds).flat()) }, 'at'),
})

const run: Check<RunSpec> = object<RunSpec>(
  {
    prompt: word,
    then: both(text(400)),
    edits: list(edit, 64),
    model: id,
    trace: id,
    adapters: record(number(0, 1), 8, /^[\w.-]{1,40}$/),
    write: number(1, 200, true),
    begin: number(1, 1000, true),
    sampling: object<NonNullable<RunSpec['sampling']>>(
      {
        temperature: number(0, 100),
        topK: number(0, 1e6, true),
        topP: number(0, 1),
        minP: number(0, 1),
        repetitionPenalty: number(0.01, 100),
        presencePenalty: number(-1000, 1000),
        frequencyPenalty: number(-1000, 1000),
        seed: number(0, 2 ** 31, true),
      },
      ...(['temperature', 'topK', 'topP', 'minP', 'repetitionPenalty'] as const),
      ...(['presencePenalty', 'frequencyPenalty', 'seed'] as const),
    ),
    over: word,
    expect: both(text(400)),
    slots: record(both(text(4000)), 16),
  },
  ...([
    'then',
    'edits',
    'model',
    'trace',
    'adapters',
    'write',
    'begin',
    'sampling',
    'over',
    'expect',
    'slots',
  ] as const),
)

const step: Check<Step> = object<Step>(
  {
    id,
    options: list(object<{ id: string; right?: true }>({ id, right: oneOf(true) }, 'right'), 6, 2),
    runs: record(run, 16),
    act: list(act, 12),
    predicate: languages(claim),
    show: list(languages(claim), 8),
    own: oneOf(true),
  },
  'options',
  'own',
)

const cast: Check<Cast> = record(text(4000), 40)
const message = object<NonNullable<PromptSpec['messages']>[number]>({
  role: oneOf('system', 'developer', 'user', 'assistant', 'tool', 'observation', 'ipython', 'function'),
  content: text(8000),
})
const prompt: Check<PromptSpec> = object<PromptSpec>(
  { messages: list(message, 40, 1), text: text(8000), then: text(400) },
  ...(['messages', 'text', 'then'] as const),
)

export const lessonShape: Check<Lesson> = object<Lesson>(
  {
    id,
    minutes: number(1, 60, true),
    model: id,
    panel,
    seeds: list(text(80, 1), 12),
    glossary: list(id, 24),
    words: record(both(text(4000)), 40),
    casts: both(list(cast, 40, 1)),
    own: list(word, 12),
    sets: record(both(list(cast, 200, 1)), 8),
    prompts: record(both(prompt), 24),
    steps: list(step, 12, 1),
  },
  'sets',
)

const option = object<{ label: string; reply: string }>({ label: text(200, 1), reply: said })
const stepText: Check<StepText> = object<StepText>(
  {
    ask: said,
    options: record(option, 6, /^[a-z0-9][a-z0-9._-]*$/),
    act: said,
    show: list(text(120, 1), 8),
    claim: said,
    say: said,
  },
  'ask',
  'options',
  'claim',
)
const lessonText: Check<LessonText> = object<LessonText>({
  title: text(80, 1),
  idea: text(200, 1),
  takeaway: text(200, 1),
  own: record(text(80, 1), 12),
  steps: record(stepText, 12, /^[a-z0-9][a-z0-9._-]*$/),
})
export const textShape: Check<Both<LessonText>> = both(lessonText)
