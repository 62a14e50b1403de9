// The pairs, the settings and the last result, over a reload. What an earlier visit stored is read field by field: what is not as it
// must be is left out.

import type { Frame, LookEvent, Moved } from '../../worker/protocol.ts'
import { getClient } from '../client.ts'
import { fields, flag, listOf, loose, text, type Reader } from '../stored.ts'
import type { Pair } from './homes.ts'
import type { TeachRun } from './run.ts'

/** Two answers to one story, and which one is liked better; '' before they are written. */
export interface Judged {
  prompt: string
  a: string
  b: string
  liked: 'a' | 'b' | null
}
/** What is liked, and by which rule (road.ts). */
export interface RoadDraft {
  way: 'rows' | 'pairs' | 'answers'
  pairs: readonly Judged[]
  plus: string
  minus: string
  beta: number
  kl: number
  /** what learns from the pairs: the model itself, or a reward model */
  learner: 'model' | 'judge'
  /** what rewards answers: the rule, or that reward model */
  by: 'rule' | 'judge'
}

export interface Draft {
  rows: readonly Pair[]
  keeps: boolean
  steps: number
  lr: number
  rank: number
  seed: number
  heldOut: number
  name: string
  speed: { model: string; tokens: number } | null
  road: RoadDraft | null
  run: TeachRun | null
}

const mostRows = 2000,
  mostUpdates = 100_000

export const between =
  (low: number, high: number, isWhole = true): Reader<number> =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high && (!isWhole || Number.isInteger(value))
      ? value
      : undefined
const pair: Reader<Pair> = (value) => {
  const { prompt, completion } = loose(value) ?? {}
  const [asked, answered] = [text(prompt), text(completion)]
  return asked === undefined || answered === undefined ? undefined : { prompt: asked, completion: answered }
}
const step = between(0, 1e6)
const number = between(-Infinity, Infinity, false)
/** An event of a run with these numbers, and these texts. */
export const event =
  <T extends object>(type: string, numbers: readonly string[], texts: readonly string[] = []): Reader<T> =>
  (value, at, bad) => {
    const given = loose(value)
    const isRight =
      given?.['type'] === type &&
      numbers.every((key) => number(given[key], at, bad) !== undefined) &&
      texts.every((key) => text(given[key]) !== undefined)
    return isRight ? (given as T) : undefined
  }
const moved: Reader<Moved> = (value, at, bad) => {
  const given = loose(value)
  const isRight =
    given &&
    text(given['name'], 1000) !== undefined &&
    [given['layer'], given['delta'], given['base']].every((v) => number(v, at, bad) !== undefined)
  return isRight ? (given as unknown as Moved) : undefined
}
export const frame: Reader<Frame> = (value, at, bad) => {
  const { texts, layers, heads, cells } = loose(value) ?? {}
  const names = listOf((v) => text(v, 1000), 64)(texts, at, bad)
  const [l, h] = [between(1, 1000)(layers, at, bad), between(1, 1000)(heads, at, bad)]
  if (!names || !l || !h || !(cells instanceof Uint8Array)) return undefined
  if (cells.length !== l * h * names.length ** 2) return undefined
  return { texts: names, layers: l, heads: h, cells }
}
const look: Reader<LookEvent> = (value, at, bad) => {
  const given = event<LookEvent>('look', ['step'])(value, at, bad)
  return (
    given && { ...given, moved: listOf(moved)(given.moved, at, bad) ?? [], frame: frame(given.frame, at, bad) ?? null }
  )
}
/** Means of what an update learnt from pairs or answers: those that are no numbers are left out. */
const update: Reader<TeachRun['steps'][number]> = (value, at, bad) => {
  const given = event<TeachRun['steps'][number]>('step', ['step', 'steps', 'loss', 'norm', 'lr', 'tokens', 'ms'])(
    value,
    at,
    bad,
  )
  if (!given) return undefined
  const { pairs, answers, ...rest } = given
  const has = (one: unknown, keys: readonly string[]): boolean =>
    keys.every((key) => number(loose(one)?.[key], at, bad) !== undefined)
  const best = loose(loose(answers)?.['best'])
  const others = loose(loose(answers)?.['measured']) ?? {}
  const isBest = text(best?.['text']) !== undefined && number(best?.['reward'], at, bad) !== undefined
  return {
    ...rest,
    ...(pairs && has(pairs, ['margin', 'right']) && { pairs }),
    ...(answers &&
      has(answers, ['reward', 'tokens', 'kl', 'flat']) && {
        answers: {
          ...answers,
          best: isBest ? answers.best : null,
          measured: has(others, Object.keys(others)) ? (others as Record<string, number>) : {},
        },
      }),
  }
}
/** A loss of what is held out, and what is told of its pairs where that is numbers. */
const evaluation: Reader<TeachRun['heldOut'][number]> = (value, at, bad) => {
  const given = event<TeachRun['heldOut'][number]>('evaluation', ['step', 'loss'])(value, at, bad)
  if (!given) return undefined
  const { pairs, ...rest } = given
  const isRight = ['margin', 'right'].every((key) => number(loose(pairs)?.[key], at, bad) !== undefined)
  return { ...rest, ...(pairs && isRight && { pairs }) }
}
export const readRun: Reader<TeachRun> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const { begun, ended, saved, keptAt, ...rest } = given
  const found = fields<
    Pick<TeachRun, 'model' | 'name' | 'asked' | 'steps' | 'heldOut' | 'watched' | 'samples' | 'looks'>
  >(rest, at, bad, {
    model: (v) => text(v, 1000),
    name: (v) => text(v, 1000),
    asked: listOf((v) => text(v), 20),
    steps: listOf(update, mostUpdates),
    heldOut: listOf(evaluation, mostUpdates),
    watched: listOf(event('watched', ['step', 'loss']), mostUpdates),
    samples: listOf(event('sample', ['step', 'index'], ['text']), mostUpdates),
    looks: listOf(look, mostUpdates),
  })
  const { model, name, asked, steps = [], heldOut = [], watched = [], samples = [], looks = [] } = found
  if (model === undefined || name === undefined || asked === undefined) return undefined
  const facts = ['numbers', 'bytes', 'rows', 'heldOut', 'tokens', 'targets', 'cut']
  const ends = event<NonNullable<TeachRun['ended']>>('end', ['step'], ['why'])(ended, at, bad)
  return {
    model,
    name,
    asked,
    steps,
    heldOut,
    watched,
    samples,
    looks,
    begun: event<NonNullable<TeachRun['begun']>>('begin', facts)(begun, at, bad) ?? null,
    ended: ends && ['done', 'asked', 'numbers', 'diverged'].includes(ends.why) ? ends : null,
    saved: text(saved, 1000) ?? null,
    keptAt: step(keptAt, at, bad) ?? null,
    unkept: null,
  }
}

const speed: Reader<{ model: string; tokens: number }> = (value, at, bad) => {
  const given = loose(value)
  const [model, tokens] = [text(given?.['model'], 1000), between(1e-3, 1e9, false)(given?.['tokens'], at, bad)]
  return model === undefined || tokens === undefined ? undefined : { model, tokens }
}

const oneOf =
  <T extends string>(words: readonly T[]): Reader<T> =>
  (value) =>
    words.find((word) => word === value)
const judged: Reader<Judged> = (value, at, bad) => {
  const { prompt, a, b, liked } = loose(value) ?? {}
  const [asked, first, second] = [text(prompt), text(a), text(b)]
  if (asked === undefined || first === undefined || second === undefined) return undefined
  return { prompt: asked, a: first, b: second, liked: oneOf(['a', 'b'] as const)(liked, at, bad) ?? null }
}
const road: Reader<RoadDraft> = (value, at, bad) => {
  const found = fields<RoadDraft>(loose(value) ?? {}, at, bad, {
    way: oneOf(['rows', 'pairs', 'answers']),
    pairs: listOf(judged, mostRows),
    plus: (v) => text(v, 400),
    minus: (v) => text(v, 400),
    beta: between(0.001, 10, false),
    kl: between(0, 10, false),
    learner: oneOf(['model', 'judge']),
    by: oneOf(['rule', 'judge']),
  })
  // of an earlier version, which had no reward model
  const all = { learner: 'model', by: 'rule', ...found } as const
  const isWhole = found.pairs !== undefined && found.pairs.length > 0 && Object.keys(all).length === 8
  return isWhole ? (all as RoadDraft) : undefined
}

export const settingReaders = {
  rows: listOf(pair, mostRows),
  keeps: flag,
  steps: between(1, 400),
  lr: between(0.0001, 0.02, false),
  rank: between(1, 32),
  seed: between(0, Number.MAX_SAFE_INTEGER),
  heldOut: between(0, 0.5, false),
  name: (value: unknown) => text(value, 80),
}
/** What is kept beside the run. */
export const settings = ['rows', 'keeps', 'steps', 'lr', 'rank', 'seed', 'heldOut', 'name', 'speed', 'road'] as const

export function readDraft(stored: unknown): Partial<Draft> {
  const { id: _, ...given } = loose(stored) ?? {}
  return fields<Draft>(given, '', [], { ...settingReaders, speed, road, run: readRun })
}

const pause = 300
let waiting: ReturnType<typeof setTimeout> | null = null
let latest: Draft | null = null

/** Keeps what stands there a moment later; a disk that is full keeps what it had. */
export function keepDraft(draft: Draft): void {
  latest = draft
  waiting ??= setTimeout(() => {
    waiting = null
    void getClient()
      .training.keepDraft(latest!)
      .catch(() => undefined)
  }, pause)
}
export const loadDraft = async (): Promise<Partial<Draft>> => readDraft(await getClient().training.draft())
