// The pairs, the settings and the last result, over a reload. What an earlier visit stored is read field by field: what is not as it
// must be is left out.

import { getClient } from '../client.ts'
import { fields, flag, listOf, loose, text, type Reader } from '../stored.ts'
import type { Pair } from './homes.ts'
import type { TeachRun } from './run.ts'

export interface Draft {
  rows: readonly Pair[]
  keeps: boolean
  steps: number
  lr: number
  rank: number
  seed: number
  name: string
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
const event =
  <T extends object>(type: string, numbers: readonly string[], texts: readonly string[] = []): Reader<T> =>
  (value, at, bad) => {
    const given = loose(value)
    const isRight =
      given?.['type'] === type &&
      numbers.every((key) => number(given[key], at, bad) !== undefined) &&
      texts.every((key) => text(given[key]) !== undefined)
    return isRight ? (given as T) : undefined
  }
const run: Reader<TeachRun> = (value, at, bad) => {
  const given = loose(value)
  if (!given) return undefined
  const { begun, ended, saved, keptAt, ...rest } = given
  const found = fields<Pick<TeachRun, 'model' | 'name' | 'asked' | 'steps' | 'heldOut' | 'samples'>>(rest, at, bad, {
    model: (v) => text(v, 1000),
    name: (v) => text(v, 1000),
    asked: listOf((v) => text(v), 20),
    steps: listOf(event('step', ['step', 'steps', 'loss', 'norm', 'lr', 'tokens', 'ms']), mostUpdates),
    heldOut: listOf(event('evaluation', ['step', 'loss']), mostUpdates),
    samples: listOf(event('sample', ['step', 'index'], ['text']), mostUpdates),
  })
  const { model, name, asked, steps = [], heldOut = [], samples = [] } = found
  if (model === undefined || name === undefined || asked === undefined) return undefined
  const facts = ['numbers', 'bytes', 'rows', 'heldOut', 'tokens', 'targets', 'cut']
  const ends = event<NonNullable<TeachRun['ended']>>('end', ['step'], ['why'])(ended, at, bad)
  return {
    model,
    name,
    asked,
    steps,
    heldOut,
    samples,
    begun: event<NonNullable<TeachRun['begun']>>('begin', facts)(begun, at, bad) ?? null,
    ended: ends && ['done', 'asked', 'numbers', 'diverged'].includes(ends.why) ? ends : null,
    saved: text(saved, 1000) ?? null,
    keptAt: step(keptAt, at, bad) ?? null,
    unkept: null,
  }
}

export const settingReaders = {
  rows: listOf(pair, mostRows),
  keeps: flag,
  steps: between(1, 400),
  lr: between(0.0001, 0.02, false),
  rank: between(1, 32),
  seed: between(0, Number.MAX_SAFE_INTEGER),
  name: (value: unknown) => text(value, 80),
}

export function readDraft(stored: unknown): Partial<Draft> {
  const { id: _, ...given } = loose(stored) ?? {}
  return fields<Draft>(given, '', [], { ...settingReaders, run })
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
