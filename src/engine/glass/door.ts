// What can be asked of a run, question by question: kinds, ranges and counts as data. Every argument is looked at and
// copied before anything is done, whoever asks (a panel, a script, another thread) and whatever answers (the model, a
// recording): a question out of range is refused by name, never answered with rows that are not there.

import { EngineError } from '../errors.ts'
import { checkSampling, samplingRanges, shown } from '../sampler/params.ts'
import { isWord, wholeSites } from './sites.ts'
import { sites, type Edit, type Glass } from './types.ts'

/** What of a run can be asked about. */
export interface RunShape {
  layers: number
  heads: number
  hidden: number
  vocab: number
  /** of an encoder–decoder: its first layers, which run over the source, and the source's tokens */
  side?: { layers: number; length: number; kept: number }
  /** columns of attention, where they are not `length` */
  keys?: number
  /** first position that is kept, and the number of positions run */
  kept: number
  length: number
  /** whose positions a site is read at by its full name in the Plan; null where it is not */
  sideOf?: (site: string) => 'text' | 'source' | null
  /** the text is read both ways: something is predicted for every position, its own token */
  whole?: boolean
  /** rows and columns of a weight, null where the model has none of that name */
  weight: (tensor: string) => { rows: number; cols: number } | null
}

/** Most edits in one list; as many as a recording holds. */
export const MAX_EDITS = 4096
/** Most candidates and followed tokens in one cell of the lens. */
export const MAX_CANDIDATES = 64,
  MAX_TARGETS = 32
/** Places that tokens can be moved on: beyond any context. */
const MAX_SHIFT = 2 ** 20
const anyCount = 2 ** 31,
  largestFloat = 3.4028234663852886e38

type Refuse = (param: string, need: string, value: unknown) => never
interface Asked {
  run: RunShape
  refuse: Refuse
}
/** Gives the value back, copied. @throws PARAM_INVALID */
type Check = (value: unknown, name: string, asked: Asked) => unknown
/** A number, or what is that number for this run. */
type Of = number | ((run: RunShape) => number)
const of = (bound: Of, run: RunShape): number => (typeof bound === 'number' ? bound : bound(run))

const whole =
  (low: Of, high: Of): Check =>
  (value, name, { run, refuse }) => {
    const from = of(low, run),
      to = of(high, run)
    if (!(Number.isInteger(value) && (value as number) >= from && (value as number) <= to)) {
      refuse(
        name,
        from > to ? 'a position in a text that was run, and none was' : `a whole number from ${from} to ${to}`,
        value,
      )
    }
    return (value as number) || 0 // no -0
  }
const finite: Check = (value, name, { refuse }) =>
  typeof value === 'number' && Math.abs(value) <= largestFloat
    ? value
    : refuse(name, `a number from ${-largestFloat} to ${largestFloat}`, value)
const oneOf =
  (...words: readonly string[]): Check =>
  (value, name, { refuse }) =>
    words.includes(value as string) ? value : refuse(name, `one of ${words.join(', ')}`, value)
const text =
  (max: number): Check =>
  (value, name, { refuse }) =>
    typeof value === 'string' && value.length <= max
      ? value
      : refuse(name, `a text of at most ${max} characters`, value)
/** [from, to) inside [low, high); `empty`: may hold nothing. */
const span =
  (low: Of, high: Of, empty = false): Check =>
  (value, name, asked) => {
    if (!Array.isArray(value) || value.length !== 2) {
      return asked.refuse(name, 'a list of two numbers, from and to', value)
    }
    const from = whole(low, (run) => of(high, run) - Number(!empty))(value[0], name, asked) as number
    return [from, whole(empty ? from : from + 1, high)(value[1], name, asked)]
  }
/** Different whole numbers. */
const list =
  (low: Of, high: Of, min: number, max: Of, again = false): Check =>
  (value, name, asked) => {
    const count = of(max, asked.run)
    if (!Array.isArray(value) || value.length < min || value.length > count) {
      return asked.refuse(name, `a list of ${min} to ${count} numbers`, Array.isArray(value) ? value.length : value)
    }
    const one = whole(low, high)
    const items = Array.from(value, (item: unknown) => one(item, name, asked))
    if (!again && new Set(items).size !== items.length) {
      asked.refuse(
        name,
        'a list of different numbers',
        items.find((item, i) => items.indexOf(item) !== i),
      )
    }
    return items
  }
const vector: Check = (value, name, asked) => {
  const { hidden } = asked.run
  if (!(Array.isArray(value) || value instanceof Float32Array) || value.length !== hidden) {
    return asked.refuse(name, `a list of ${hidden} finite numbers`, value)
  }
  return Array.from(value as ArrayLike<unknown>, (item) => finite(item, name, asked))
}
/** Fields by name; a name that nobody knows is a mistyped one. Those in `absent` may be left out. */
const object =
  (checks: Record<string, Check>, ...absent: string[]): Check =>
  (value, name, asked) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return asked.refuse(name, 'an object', value)
    }
    const given = value as Record<string, unknown>
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(checks, key) && given[key] !== undefined)
    if (unknown !== undefined) asked.refuse(unknown, `one of ${Object.keys(checks).join(', ')}`, given[unknown])
    for (const key of Object.keys(checks)) {
      if (given[key] === undefined && !absent.includes(key)) checks[key]!(undefined, key, asked)
    }
    return Object.fromEntries(
      Object.keys(given)
        .filter((key) => given[key] !== undefined)
        .map((key) => [key, checks[key]!(given[key], key, asked)]),
    )
  }

const layer = whole(0, (run) => run.layers - 1),
  anyLayer = whole(-1, (run) => run.layers - 1),
  head = whole(0, (run) => run.heads - 1)
const kept = (run: RunShape): number => run.kept,
  length = (run: RunShape): number => run.length
const position = whole(kept, (run) => run.length - 1),
  token = whole(0, (run) => run.vocab - 1)
/** a position that something was predicted for */
const predicted = whole(
  (run) => run.kept + Number(!run.whole),
  (run) => run.length - Number(Boolean(run.whole)),
)
const size = whole(1, anyCount)
const params: Check = (value) => checkSampling(value as object)
const place = span(0, anyCount, true)

const editKinds: Record<Edit['kind'], Check> = {
  'scale-head': object({ kind: text(20), layer, head, factor: finite }),
  skip: object({ kind: text(20), layer, part: oneOf('attn', 'cross', 'mlp') }),
  'mask-edges': object(
    {
      kind: text(20),
      layer: anyLayer,
      head: whole(-1, (run) => run.heads - 1),
      queries: place,
      keys: place,
      branch: oneOf('cross'),
    },
    'branch',
  ),
  direction: object(
    {
      kind: text(20),
      layer: anyLayer,
      positions: place,
      mode: oneOf('add', 'ablate'),
      factor: finite,
      direction: vector,
      label: text(4096),
    },
    'label',
  ),
  patch: object(
    { kind: text(20), layer: anyLayer, position: whole(0, anyCount), values: vector, label: text(4096) },
    'label',
  ),
  evict: object({ kind: text(20), keys: place }),
  turn: object({
    kind: text(20),
    by: (value, name, asked) => (value === null ? null : whole(0, MAX_SHIFT)(value, name, asked)),
  }),
}
const edit: Check = (value, name, asked) => {
  if (typeof value !== 'object' || value === null) return asked.refuse(name, 'an object', value)
  const { kind } = value as { kind: unknown }
  oneOf(...Object.keys(editKinds))(kind, 'kind', asked)
  return editKinds[kind as Edit['kind']](value, name, asked)
}
const edits: Check = (value, name, asked) => {
  if (!Array.isArray(value) || value.length > MAX_EDITS) {
    return asked.refuse(name, `a list of at most ${MAX_EDITS} changes`, Array.isArray(value) ? value.length : value)
  }
  return Array.from(value, (item: unknown) => edit(item, name, asked))
}
const tensor: Check = (value, name, { run, refuse }) =>
  typeof value === 'string' && run.weight(value) ? value : refuse(name, 'the name of one of the weights', value)
const site: Check = (value, name, asked) =>
  typeof value === 'string' && !isWord(value) && asked.run.sideOf?.(value) ? value : oneOf(...sites)(value, name, asked)
/** which there are is the model's to say: a recording knows none */
const adapter = text(4096)
const watch: Check = (value, _, asked) => {
  if (value === undefined) return value
  return object(
    {
      signal: (v, n, { refuse }) => (v instanceof AbortSignal ? v : refuse(n, 'an AbortSignal', v)),
      onProgress: (v, n, { refuse }) => (typeof v === 'function' ? v : refuse(n, 'a function', v)),
    },
    'signal',
    'onProgress',
  )(value, 'watch', asked)
}

/** By question: its arguments in order. TypeScript asks for the one that was forgotten. */
const questions: Record<keyof Glass, [name: string, check: Check][]> = {
  read: [['watch', watch]],
  info: [],
  tokens: [],
  headStats: [],
  weights: [],
  plan: [],
  timings: [],
  probe: [['request', object({ site, layer, head, position }, 'layer', 'head', 'reduce')]],
  attention: [
    [
      'request',
      object(
        {
          layer,
          branch: oneOf('attn', 'cross'),
          heads: list(
            0,
            (run) => run.heads - 1,
            1,
            (run) => run.heads,
          ),
          rows: span(kept, length),
          cols: span(0, (run) => run.keys ?? run.length),
          maxRows: size,
          maxCols: size,
          what: oneOf('probs', 'scores'),
        },
        'what',
        'branch',
      ),
    ],
  ],
  valueNorms: [['layer', layer]],
  thumbnails: [
    ['size', whole(1, 4096)],
    ['layer', layer],
  ],
  lens: [
    [
      'request',
      object(
        {
          positions: list(kept, (run) => run.length - 1, 0, length),
          layers: list(
            -1,
            (run) => run.layers - 1,
            0,
            (run) => run.layers + 1,
          ),
          part: oneOf('resid', 'attn', 'mlp'),
          topK: whole(1, MAX_CANDIDATES),
          targets: list(0, (run) => run.vocab - 1, 0, MAX_TARGETS, true),
        },
        'targets',
      ),
    ],
  ],
  adapterNorms: [],
  adapterChange: [['request', object({ without: adapter, topK: whole(1, MAX_CANDIDATES) }, 'without')]],
  adapterLens: [['request', object({ without: adapter, position, topK: whole(1, MAX_CANDIDATES) }, 'without')]],
  adapterAttention: [
    [
      'request',
      object(
        {
          without: adapter,
          layer,
          branch: oneOf('attn', 'cross'),
          head,
          rows: span(kept, length),
          cols: span(0, (run) => run.keys ?? run.length),
          maxRows: size,
          maxCols: size,
        },
        'without',
        'branch',
      ),
    ],
  ],
  contributions: [
    ['position', position],
    ['token', token],
  ],
  direction: [['token', token]],
  sampling: [
    ['position', predicted],
    ['params', params],
    ['candidates', whole(0, 1e6)],
  ],
  draws: [
    ['position', predicted],
    ['params', params],
    ['count', whole(1, 1000)],
    ['seed', whole(samplingRanges.seed.low, samplingRanges.seed.high)],
  ],
  attentionError: [
    ['layer', layer],
    ['position', position],
    ['branch', (value, name, asked) => (value === undefined ? value : oneOf('attn', 'cross')(value, name, asked))],
  ],
  cosines: [
    ['token', token],
    ['tokens', span(0, (run) => run.vocab)],
  ],
  weightTile: [
    ['tensor', tensor],
    ['row', whole(0, anyCount)],
    ['col', whole(0, anyCount)],
    ['rows', size],
    ['cols', size],
  ],
  setEdits: [
    ['edits', edits],
    ['watch', watch],
  ],
}

/** The run as the layer sees it that is asked about: the encoder's over the source, cross-attention from text to source. */
function sidesOf(arguments_: readonly [string, Check][], given: readonly unknown[], run: RunShape): RunShape {
  const { side } = run
  if (!side) return run
  const at = arguments_.findIndex(([name]) => name === 'layer' || name === 'request')
  const asked = given[at] as { layer?: unknown; branch?: unknown; site?: unknown } | number | undefined
  const named = typeof asked === 'object' && typeof asked?.site === 'string' ? asked.site : null
  if (named !== null && (!isWord(named) || wholeSites.includes(named))) {
    return run.sideOf?.(named) === 'source' ? { ...run, length: side.length, kept: side.kept } : run
  }
  const layer_ = typeof asked === 'object' && asked !== null ? asked.layer : asked
  const cross = typeof asked === 'object' && asked !== null && asked.branch === 'cross'
  if (typeof layer_ !== 'number' || layer_ >= side.layers) return cross ? { ...run, keys: side.length } : run
  return { ...run, length: side.length, kept: side.kept }
}

/**
 * The arguments of one question, checked against the run and copied.
 * @throws EngineError PARAM_INVALID naming the argument, what it must be and what came
 */
export function checkQuestion<M extends keyof Glass>(
  question: M,
  given: readonly unknown[],
  run: RunShape,
): Parameters<Glass[M]> {
  const refuse: Refuse = (param, need, value) => {
    const found = shown(value),
      name = param.slice(0, 40)
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot ask "${question}" with "${name}" = ${found}: it must be ${need}. Nothing was changed. Correct it and ask again.`,
      { param: name, need, value: found, question },
    )
  }
  // objects can throw at anything that is done with them (proxies, getters): that, too, is a refusal
  try {
    const sides = sidesOf(questions[question], given, run)
    return questions[question].map(([name, check], i) => check(given[i], name, { run: sides, refuse })) as Parameters<
      Glass[M]
    >
  } catch (error) {
    if (error instanceof EngineError) throw error
    return refuse('request', 'an object of plain values', undefined)
  }
}
