// What a run is set to: defaults, ranges, and what goes with which way to learn. A setting that would have no effect is refused
// like one that is out of its range: a run with other settings would be one that nobody asked for.

import { EngineError } from '../errors.ts'
import { known } from '../options.ts'
import { refuse, shown } from '../sampler/params.ts'
import { isList } from './data.ts'
import type { TrainOptions } from './events.ts'

/** Tokens of a row at most: kernels are chosen for so many. */
const LONGEST = 512

/** rows: to be imitated; pairs: of which one is preferred (DPO); scores: the same, for a reward model; answers: its own, which are rewarded (GRPO) */
export type Kind = 'rows' | 'pairs' | 'scores' | 'answers'

export type Settings = ReturnType<typeof settingsOf>

const misfit = (param: string, need: string, value: unknown): EngineError => {
  const found = shown(value)
  return new EngineError('PARAM_INVALID', `Cannot train with "${param}" = ${found}: it must be ${need}.`, {
    param,
    need,
    found,
  })
}

/** What each way to learn has beside what all have. */
const own = {
  rows: [],
  pairs: ['beta', 'reference', 'objective'],
  scores: ['objective', 'head'],
  answers: ['reference', 'reward', 'measures', 'group', 'kl', 'maxTokens'],
} as const satisfies Record<Kind, readonly (keyof TrainOptions)[]>
const whose: Record<(typeof own)['pairs' | 'scores' | 'answers'][number], string> = {
  beta: 'rows of a prompt with "chosen" and "rejected"',
  reference: 'rows of "chosen" and "rejected", or with "reward"',
  objective: 'rows of a prompt with "chosen" and "rejected"',
  head: 'the objective "reward"',
  reward: 'rows of prompts',
  measures: '"reward"',
  group: '"reward"',
  kl: '"reward"',
  maxTokens: '"reward"',
}

/** Every option of train(); TypeScript asks for the one that was forgotten. */
const optionNames: Record<keyof TrainOptions, true> = {
  adapter: true,
  rows: true,
  steps: true,
  batch: true,
  lr: true,
  beta: true,
  reference: true,
  reward: true,
  measures: true,
  objective: true,
  head: true,
  group: true,
  kl: true,
  maxTokens: true,
  watch: true,
  warm: true,
  schedule: true,
  clip: true,
  decay: true,
  beta1: true,
  beta2: true,
  seed: true,
  longest: true,
  heldOut: true,
  every: true,
  memory: true,
  samples: true,
  resume: true,
  signal: true,
}

/** What is looked at before the model is. @throws PARAM_INVALID names an option that nobody knows, or that is of another kind */
export function expectOptions(options: TrainOptions): void {
  known('train', options, optionNames)
  const { samples, signal } = options
  if (samples !== undefined && !isList(samples)) refuse('train', 'samples', 'a list of prompts', samples)
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse('train', 'signal', 'an AbortSignal', signal)
}

/** One whose own fields are all that it has: no list, no Map. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))

function isReward(reward: unknown): boolean {
  // one that is both is read as neither
  if (typeof reward === 'function') return !('adapter' in reward || 'head' in reward)
  if (!isPlain(reward)) return false
  const { adapter, head, ...rest } = reward
  if (Object.keys(rest).length > 0) return false
  return typeof adapter === 'string' && head instanceof Float32Array && head.every(Number.isFinite)
}

const isPair = (row: unknown): boolean =>
  typeof row === 'object' && row !== null && ('chosen' in row || 'rejected' in row)

function kindOf({ rows, reward, objective }: TrainOptions): Kind {
  if (!Array.isArray(rows) || rows.length === 0) {
    const need = 'at least one row to learn from'
    throw new EngineError('PARAM_INVALID', `Cannot train with "rows": it must be ${need}.`, { param: 'rows', need })
  }
  if (!isList(rows)) throw misfit('rows', 'a list without gaps', rows)
  if (reward !== undefined) return 'answers'
  if (!rows.some(isPair)) return 'rows'
  return objective === 'reward' ? 'scores' : 'pairs'
}

/** @throws PARAM_INVALID names what does not fit */
export function settingsOf(options: TrainOptions, { parameters, context }: { parameters: number; context: number }) {
  const kind = kindOf(options)
  for (const name of Object.keys(whose) as (keyof typeof whose)[]) {
    if (options[name] === undefined || (own[kind] as readonly string[]).includes(name)) continue
    throw misfit(name, `left out: it goes with ${whose[name]} alone`, options[name])
  }
  const { rows, steps = 60, warm = 5, clip = 1, decay = 0, beta1 = 0.9, beta2 = 0.99 } = options
  const { batch = kind === 'answers' ? 1 : 4, seed = 0, longest = Math.min(256, context), every = 10 } = options
  const usual = parameters < 1e8 ? 3e-3 : 2e-4
  const { lr = kind === 'rows' ? usual : usual / 3 } = options
  const { heldOut = rows.length >= 10 && kind !== 'answers' ? 0.1 : 0 } = options
  // by kind: a number that a run has none of is none of what tells it from others
  const forPairs = kind === 'pairs' ? { beta: options.beta ?? 0.1 } : {}
  const { group = 8, kl = 0.1, maxTokens = 48 } = options
  const forAnswers = kind === 'answers' ? { group, kl, maxTokens } : {}
  const whole = (low: number, high: number) => ({ low, high, whole: true })
  const ranges: Record<string, { value: number; low: number; high: number; whole?: boolean }> = {
    steps: { value: steps, ...whole(1, 1e6) },
    batch: { value: batch, ...whole(1, 1024) },
    warm: { value: warm, ...whole(0, 1e6) },
    longest: { value: longest, ...whole(2, Math.min(LONGEST, context)) },
    every: { value: every, ...whole(1, 1e6) },
    seed: { value: seed, ...whole(0, Number.MAX_SAFE_INTEGER) },
    lr: { value: lr, low: 0, high: 10 },
    clip: { value: clip, low: 0, high: 1e6 },
    decay: { value: decay, low: 0, high: 10 },
    beta1: { value: beta1, low: 0, high: 0.9999 },
    beta2: { value: beta2, low: 0, high: 0.99999 },
    heldOut: { value: heldOut, low: 0, high: kind === 'answers' ? 0 : 0.9 },
    ...(forPairs.beta !== undefined && { beta: { value: forPairs.beta, low: 1e-4, high: 100 } }),
    ...(kind === 'answers' && {
      group: { value: group, ...whole(2, 64) },
      kl: { value: kl, low: 0, high: 100 },
      maxTokens: { value: maxTokens, ...whole(1, LONGEST) },
    }),
  }
  for (const [param, { value, low, high, whole: isWhole }] of Object.entries(ranges)) {
    if (typeof value === 'number' && value >= low && value <= high && (!isWhole || Number.isInteger(value))) continue
    throw misfit(param, low === high ? String(low) : `a ${isWhole ? 'whole ' : ''}number from ${low} to ${high}`, value)
  }
  const { memory, watch, reward, objective, head, schedule = 'cosine' } = options
  if (objective !== undefined && !['preference', 'reward'].includes(objective)) {
    throw misfit('objective', "'preference' or 'reward'", objective)
  }
  if (kind === 'scores' && watch !== undefined) {
    throw misfit('watch', 'left out: a head that scores writes nothing', watch)
  }
  if (head !== undefined && !(head instanceof Float32Array && head.every(Number.isFinite))) {
    throw misfit('head', 'a Float32Array of finite numbers', head)
  }
  // where all of the model learns, there is no model without what learns
  const references = options.adapter === null ? ['start'] : ['base', 'start']
  const { reference = references[0] as 'base' | 'start' } = options
  if (memory !== undefined && !['keep', 'checkpoint'].includes(memory)) {
    throw misfit('memory', "'keep' or 'checkpoint'", memory)
  }
  if (!['cosine', 'constant'].includes(schedule)) throw misfit('schedule', "'cosine' or 'constant'", schedule)
  if (!references.includes(reference)) {
    throw misfit('reference', references.map((one) => `'${one}'`).join(' or '), reference)
  }
  if (watch !== undefined && !isList(watch)) throw misfit('watch', 'a list of rows', watch)
  if (kind === 'answers' && !isReward(reward)) {
    throw misfit('reward', "a function, or a reward model's adapter and head alone", reward)
  }
  const { measures = {} } = options
  const isMeasured = isPlain(measures) && Object.values(measures).every((one) => typeof one === 'function')
  if (!isMeasured) throw misfit('measures', 'an object of functions by name', measures)
  return {
    // what an update learns from goes first: a state that was kept is told by all of it, in this order
    ...{ steps, batch, lr, warm, clip, decay, beta1, beta2, seed, longest, every, heldOut, memory },
    ...(schedule === 'constant' && { schedule }),
    kind,
    ...(forPairs as { beta?: number }),
    ...(forAnswers as { group?: number; kl?: number; maxTokens?: number }),
    ...(kind === 'rows' || kind === 'scores' ? {} : { reference }),
  } as const
}
