// The loop of training: rows in a seeded order, their gradients one sequence after the other, one step of AdamW, and now and then
// a look at what is held out. The weights that learn are the adapter's own, in place, so that the model says at once what it
// has learnt.

import { EngineError } from '../errors.ts'
import { fnv1a } from '../gpu/shaders.ts'
import type { Plan } from '../model/plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { Pcg32 } from '../sampler/pcg.ts'
import type { Prompt } from '../types.ts'
import { tensorName } from '../adapters/adapter.ts'
import { exampleOf, type Example, type Writer } from './data.ts'
import { differentiate } from './differentiate.ts'
import { learningRate } from './schedule.ts'
import { trainingBytes, TrainSession, type Sequence } from './session.ts'
import { isSound, put, restore, stateOf } from './state.ts'
import type { TrainEvent, TrainOptions, TrainState } from './events.ts'

export interface TrainWork {
  runtime: Runtime
  writer: Writer
  /** of the model without adapters */
  parameters: number
  /** what tells its weights from another model's (baseOf in state.ts) */
  base: string
  /** most tokens that the model was made for */
  context: number
  /** adapters that are off now */
  off: ReadonlySet<string>
  /** greedy, as the model is now */
  answer(prompt: Prompt): Promise<string>
}

/** Updates, or milliseconds, between two states that are kept. */
const SAVED_EVERY = 20
const SAVED_MS = 10_000
/**
 * The loss may rise to this much of the first for so many updates before the run is ended; and to one nat in any case: rows that it
 * knew may come first.
 */
const DIVERGED = 3
const DIVERGED_NATS = 1
/** Above this, what blocks keep is made twice instead, where nobody said. */
const KEPT_BYTES = 2 ** 29
/** Tokens of a row at most: kernels are chosen for so many. */
const LONGEST = 512
const PATIENCE = 5

/** @throws PARAM_INVALID, TRAIN_UNSUPPORTED, GPU_OUT_OF_MEMORY, LIMIT_TOO_SMALL, KERNEL_FAILED */
export async function* train(work: TrainWork, options: TrainOptions): AsyncGenerator<TrainEvent> {
  const set = settings(options, work)
  const { runtime } = work
  const examples = options.rows.map((row, i) => exampleOf(work.writer, row, i, set.longest))
  const { learning, heldOut } = split(examples, set.heldOut)
  const longest = examples.reduce((most, { ids }) => Math.max(most, ids.length), 0)
  const { plan } = runtime
  const learns = weightsOf(plan, options.adapter)
  const ways = [false, true].map((checkpoints) => differentiate(plan, learns, longest, { off: work.off, checkpoints }))
  const [keep, checkpoint] = ways.map((one) => trainingBytes(one, longest, plan.dims.V)) as [number, number]
  const mode = set.memory ?? (keep > KEPT_BYTES && checkpoint < keep ? 'checkpoint' : 'keep')
  const training = ways[mode === 'keep' ? 0 : 1]!
  const session = await TrainSession.create(runtime.inspection(), training, longest)
  const fingerprint = fnv1a(
    JSON.stringify([
      { ...set, memory: undefined },
      work.base,
      training.trainables,
      learning.map(({ ids, isTarget }) => [ids, isTarget]),
    ]),
  )
  let seen: TrainState['seen'] = { first: null, best: null }
  let begun = 0
  if (options.resume !== undefined) {
    const state = restore(session, options.resume, fingerprint, set.steps)
    begun = state.step
    seen = { ...state.seen }
  }
  const sum = (of: (one: Example) => number): number => examples.reduce((n, one) => n + of(one), 0)
  yield {
    type: 'begin',
    numbers: training.trainables.reduce((n, { count }) => n + count, 0),
    bytes: mode === 'keep' ? keep : checkpoint,
    memory: { mode, keep, checkpoint },
    rows: learning.length,
    heldOut: heldOut.length,
    tokens: sum(({ ids }) => ids.length),
    targets: sum(({ isTarget }) => isTarget.filter(Boolean).length),
    cut: sum(({ cut }) => Number(cut > 0)),
  }

  const order = orders(learning.length, set.seed)
  let good = await stateOf(session, begun, fingerprint, seen)
  /** The state as it is now; null where a number is lost, which the next update would find: then the last good one is back. */
  const now = async (step: number): Promise<TrainState | null> => {
    const state = await stateOf(session, step, fingerprint, seen)
    if (isSound(state)) return state
    put(session, good)
    return null
  }
  const lost = (): TrainEvent => ({ type: 'end', why: 'numbers', step: good.step })
  let above = 0
  let savedAt = performance.now()
  for (let step = begun; step < set.steps; step++) {
    if (options.signal?.aborted) {
      // where it only got worse of late, it would go on from before that
      const state = above > 0 ? good : await now(step)
      if (!state) {
        yield lost()
        return
      }
      yield { type: 'saved', state }
      yield { type: 'end', why: 'asked', step }
      return
    }
    const from = performance.now()
    const rows = Array.from({ length: set.batch }, (_, i) => learning[order(step * set.batch + i)]!)
    const lr = learningRate(step, set.steps, set.lr, set.warm)
    const tokens = gradients(session, rows)
    const { loss, norm, wrong } = await session.update({ ...set, lr, eps: 1e-8, step: step + 1 })
    const ms = performance.now() - from
    session.took(tokens, ms)
    if (wrong > 0 || !Number.isFinite(loss) || !Number.isFinite(norm)) {
      put(session, good)
      yield lost()
      return
    }
    seen.first ??= loss
    above = loss > Math.max(DIVERGED * seen.first, DIVERGED_NATS) ? above + 1 : 0
    yield { type: 'step', step: step + 1, steps: set.steps, loss, norm, lr, tokens, ms }
    if (above >= PATIENCE) {
      put(session, good)
      yield { type: 'end', why: 'diverged', step: good.step }
      return
    }
    const isLast = step + 1 === set.steps
    if ((step + 1) % set.every === 0 || isLast) {
      if (heldOut.length > 0) {
        const asked = await lossOf(session, heldOut)
        const best = asked < (seen.best ?? Infinity)
        yield { type: 'evaluation', step: step + 1, loss: asked, best }
        if (best) seen.best = asked
      }
      for (const [index, prompt] of (options.samples ?? []).entries()) {
        const text = await work.answer(prompt).catch(isLost)
        if (text === null) {
          put(session, good)
          yield lost()
          return
        }
        yield { type: 'sample', step: step + 1, index, text }
      }
    }
    if ((step + 1) % SAVED_EVERY === 0 || isLast || performance.now() - savedAt > SAVED_MS) {
      savedAt = performance.now()
      // one in which it gets worse is none to go back to; at the end it is what it is
      if (above === 0 || isLast) {
        const state = await now(step + 1)
        if (!state) {
          yield lost()
          return
        }
        good = state
      }
      yield { type: 'saved', state: good }
    }
  }
  yield { type: 'end', why: 'done', step: set.steps }
}

/** A model whose numbers are lost gives no answer; whatever else fails is the caller's. */
function isLost(error: unknown): null {
  if (error instanceof EngineError && error.code === 'NUMERIC') return null
  throw error
}

function settings(options: TrainOptions, { parameters, context }: TrainWork) {
  if (!Array.isArray(options.rows) || options.rows.length === 0) {
    const need = 'at least one row to learn from'
    throw new EngineError('PARAM_INVALID', `Cannot train with "rows": it must be ${need}.`, { param: 'rows', need })
  }
  const { rows, steps = 60, batch = 4, warm = 5, clip = 1, decay = 0, beta1 = 0.9, beta2 = 0.99 } = options
  const { lr = parameters < 1e8 ? 3e-3 : 2e-4, seed = 0, longest = Math.min(256, context), every = 10 } = options
  const { heldOut = rows.length >= 10 ? 0.1 : 0 } = options
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
    heldOut: { value: heldOut, low: 0, high: 0.9 },
  }
  for (const [param, { value, low, high, whole: isWhole }] of Object.entries(ranges)) {
    if (typeof value === 'number' && value >= low && value <= high && (!isWhole || Number.isInteger(value))) continue
    const need = `a ${isWhole ? 'whole ' : ''}number from ${low} to ${high}`
    throw new EngineError('PARAM_INVALID', `Cannot train with "${param}" = ${value}: it must be ${need}.`, {
      param,
      need,
      found: String(value),
    })
  }
  if (options.memory !== undefined && !['keep', 'checkpoint'].includes(options.memory)) {
    const need = "'keep' or 'checkpoint'"
    throw new EngineError('PARAM_INVALID', `Cannot train with "memory" = ${options.memory}: it must be ${need}.`, {
      param: 'memory',
      need,
      found: options.memory,
    })
  }
  return { steps, batch, lr, warm, clip, decay, beta1, beta2, seed, longest, every, heldOut, memory: options.memory }
}

/** The matrices of an adapter, or all that is the model's own, as the Plan names them. */
function weightsOf(plan: Plan, adapter: string | null): ReadonlySet<string> {
  if (adapter === null) {
    const isOwn = ([, { parts }]: [string, { parts: readonly unknown[] }]): boolean => parts.length > 0
    const all = [...Object.entries(plan.weights), ...Object.entries(plan.vectors)]
    return new Set(all.filter(isOwn).map(([name]) => name))
  }
  const prefix = tensorName(adapter, '')
  const found = Object.keys(plan.weights).filter((name) => name.startsWith(prefix))
  if (found.length > 0) return new Set(found)
  const need = 'the name of an adapter with matrices that is on'
  throw new EngineError('PARAM_INVALID', `Cannot train "${adapter}": it must be ${need}. Load the model with it.`, {
    param: 'adapter',
    need,
    found: adapter,
  })
}

/** By a hash of its tokens, so that a row stays on its side whatever else is there. */
function split(examples: readonly Example[], part: number): { learning: Example[]; heldOut: Example[] } {
  const order = examples
    .map((example, i) => ({ example, key: parseInt(fnv1a(`${example.ids.join()} ${i}`), 16) }))
    .sort((a, b) => a.key - b.key)
    .map(({ example }) => example)
  const count = Math.floor(part * examples.length)
  const heldOut = new Set(order.slice(0, Math.min(count, examples.length - 1)))
  return { learning: examples.filter((one) => !heldOut.has(one)), heldOut: [...heldOut] }
}

/** Which row is the n-th to be learnt from: every row once before one comes again, each round in another order. */
function orders(count: number, seed: number): (n: number) => number {
  let [round, order] = [-1, [] as number[]]
  return (n) => {
    const now = Math.floor(n / count)
    if (now !== round) [round, order] = [now, shuffled(count, new Pcg32(BigInt(seed), BigInt(now + 1)))]
    return order[n % count]!
  }
}

/** 0 to count - 1 in an order of chance (Fisher & Yates). */
function shuffled(count: number, random: Pcg32): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

const targetsOf = ({ isTarget }: Example): number[] => isTarget.flatMap((is, i) => (is ? [i] : []))

/** @param weight of each target */
function sequenceOf(example: Example, weight: number): Sequence {
  const targets = targetsOf(example)
  return {
    ids: example.ids,
    rows: targets.map((i) => i - 1),
    targets: targets.map((i) => example.ids[i]!),
    by: targets.map(() => weight),
  }
}

/** Asks for the gradients of rows, of which every target counts as much as every other. @returns their tokens */
function gradients(session: TrainSession, rows: readonly Example[]): number {
  const count = rows.reduce((n, one) => n + targetsOf(one).length, 0)
  session.clear()
  for (const one of rows) session.add(sequenceOf(one, 1 / count))
  return rows.reduce((n, { ids }) => n + ids.length, 0)
}

/** Nats per target; no gradient is made. */
async function lossOf(session: TrainSession, rows: readonly Example[]): Promise<number> {
  let [loss, count] = [0, 0]
  for (const one of rows) {
    const sequence = sequenceOf(one, 0)
    session.look(sequence)
    for (const nll of await session.losses(sequence.rows.length)) loss += nll
    count += sequence.rows.length
  }
  return loss / count
}
