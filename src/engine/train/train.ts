// The loop of training: rows in a seeded order, their gradients one sequence after the other, one step of AdamW, and now and then
// a look at what is held out. The weights that learn are the adapter's own, in place, so that the model says at once what it
// has learnt.

import { EngineError } from '../errors.ts'
import { fnv1a } from '../gpu/shaders.ts'
import type { Plan } from '../model/plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Prompt } from '../types.ts'
import { tensorName } from '../adapters/adapter.ts'
import { exampleOf, type Example, type PreferenceRow, type PromptRow, type TrainRow, type Writer } from './data.ts'
import { differentiate } from './differentiate.ts'
import { judgement, judgeOf, type Judge } from './judge.ts'
import { imitation, longestOf, lossOf, type Objective } from './objective.ts'
import { preference } from './prefer.ts'
import { reinforcement, type Draws } from './reinforce.ts'
import { learningRate } from './schedule.ts'
import { trainingBytes, TrainSession } from './session.ts'
import { settingsOf, type Settings } from './settings.ts'
import { isSound, put, restore, stateOf } from './state.ts'
import type { LearnedReward, RewardFunction, TrainEvent, TrainOptions, TrainState } from './events.ts'

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
  /** drawn from all that it could say now */
  draw: Draws
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
const PATIENCE = 5

/** @throws PARAM_INVALID, TRAIN_UNSUPPORTED, GPU_OUT_OF_MEMORY, LIMIT_TOO_SMALL, KERNEL_FAILED */
export async function* train(work: TrainWork, options: TrainOptions): AsyncGenerator<TrainEvent> {
  const set = settingsOf(options, work)
  const { runtime } = work
  const isScored = set.kind === 'scores'
  if (isLearned(options.reward) && options.reward.adapter === options.adapter) {
    const need = 'of another adapter than the one that learns'
    throw new EngineError('PARAM_INVALID', `Cannot train with "reward": it must be ${need}, it is of the same.`, {
      param: 'reward',
      need,
      found: options.adapter,
    })
  }
  const judge = isLearned(options.reward)
    ? await judgeOf(runtime.inspection(), runtime.plan, options.reward, Math.min(set.longest, runtime.context))
    : null
  const objective = objectiveOf(work, options, set, judge)
  const watched = (options.watch ?? []).map((row, i) => watchedOf(work.writer, row, i, set.longest))
  const longest = Math.max(objective.longest, longestOf(watched))
  const { plan } = runtime
  const frozen = set.reference !== undefined
  const learns = weightsOf(plan, options.adapter)
  const ways = [false, true].map((checkpoints) =>
    differentiate(plan, learns, longest, { off: work.off, checkpoints, score: isScored }),
  )
  const [keep, checkpoint] = ways.map(
    (one) => trainingBytes(one, longest, plan.dims.V, frozen) + (judge?.bytes ?? 0),
  ) as [number, number]
  const mode = set.memory ?? (keep > KEPT_BYTES && checkpoint < keep ? 'checkpoint' : 'keep')
  const training = ways[mode === 'keep' ? 0 : 1]!
  const { head } = options
  if (head && head.length !== training.score) {
    const need = `${training.score} numbers, as wide as the model`
    throw new EngineError('PARAM_INVALID', `Cannot train with "head" = ${head.length}: it must be ${need}.`, {
      param: 'head',
      need,
      found: String(head.length),
    })
  }
  const session = await TrainSession.create(runtime.inspection(), training, longest, { frozen, score: head })
  const fingerprint = fnv1a(
    JSON.stringify([
      { ...set, memory: undefined, kind: set.kind === 'rows' ? undefined : set.kind },
      work.base,
      training.trainables,
      objective.print,
    ]),
  )
  let seen: TrainState['seen'] = { first: null, best: null }
  let begun = 0
  if (options.resume !== undefined) {
    const state = restore(session, options.resume, fingerprint, set)
    begun = state.step
    seen = { ...state.seen }
  } else if (set.reference === 'start') session.freeze()
  yield {
    type: 'begin',
    numbers: training.trainables.reduce((n, { count }) => n + count, 0),
    bytes: mode === 'keep' ? keep : checkpoint,
    memory: { mode, keep, checkpoint },
    ...objective.counts,
  }

  if (watched.length > 0 && options.resume === undefined) {
    yield { type: 'watched', step: 0, loss: await lossOf(session, watched) }
  }
  const first = set.reference === 'start' ? { frozen: (await session.read('frozen')).slice() } : {}
  const stateAt = async (step: number): Promise<TrainState> => ({
    ...(await stateOf(session, step, fingerprint, seen)),
    ...first,
  })
  let good = await stateAt(begun)
  /** The state as it is now; null where a number is lost, which the next update would find: then the last good one is back. */
  const now = async (step: number): Promise<TrainState | null> => {
    const state = await stateAt(step)
    if (isSound(state)) return state
    put(session, good)
    return null
  }
  const lost = (): TrainEvent => ({ type: 'end', why: 'numbers', step: good.step })
  let above = 0
  let savedAt = performance.now()
  for (let step = begun; step < set.steps; step++) {
    const from = performance.now()
    const asked = options.signal?.aborted ? null : await objective.update(session, step).catch(isLost)
    if (asked === LOST) {
      put(session, good)
      yield lost()
      return
    }
    if (!asked) {
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
    const { tokens, told } = asked
    const lr = learningRate(step, set.steps, set.lr, set.warm, set.schedule !== 'constant')
    const { norm, wrong, ...said } = await session.update({ ...set, lr, eps: 1e-8, step: step + 1 })
    const loss = asked.loss ?? said.loss
    const ms = performance.now() - from
    session.took(tokens, performance.now() - (asked.since ?? from))
    if (wrong > 0 || !Number.isFinite(loss) || !Number.isFinite(norm)) {
      put(session, good)
      yield lost()
      return
    }
    if (objective.tells) seen.first ??= loss
    above = seen.first !== null && loss > Math.max(DIVERGED * seen.first, DIVERGED_NATS) ? above + 1 : 0
    yield { type: 'step', step: step + 1, steps: set.steps, loss, norm, lr, tokens, ms, ...told }
    if (above >= PATIENCE) {
      put(session, good)
      yield { type: 'end', why: 'diverged', step: good.step }
      return
    }
    const isLast = step + 1 === set.steps
    if ((step + 1) % set.every === 0 || isLast) {
      const found = await objective.evaluate(session)
      if (found !== null) {
        const best = found.loss < (seen.best ?? Infinity)
        yield { type: 'evaluation', step: step + 1, ...found, best }
        if (best) seen.best = found.loss
      }
      if (watched.length > 0) yield { type: 'watched', step: step + 1, loss: await lossOf(session, watched) }
      for (const [index, prompt] of (options.samples ?? []).entries()) {
        const text = await work.answer(prompt).catch(isLost)
        if (text === LOST) {
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

const isLearned = (reward: TrainOptions['reward']): reward is LearnedReward => typeof reward === 'object'

const LOST = Symbol('lost')
/** A model whose numbers are lost gives no answer; whatever else fails is the caller's. */
function isLost(error: unknown): typeof LOST {
  if (error instanceof EngineError && error.code === 'NUMERIC') return LOST
  throw error
}

/** @throws PARAM_INVALID that names the row of `watch` */
function watchedOf(writer: Writer, row: TrainRow, index: number, longest: number): Example {
  try {
    return exampleOf(writer, row, index, longest)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const [mine, own] = [`rows[${index}]`, `watch[${index}]`]
    const named = String(error.facts['param'])
    const param = named.startsWith(mine) ? named.replace(mine, own) : own
    throw new EngineError(error.code, error.message.replace(mine, own), { ...error.facts, param })
  }
}

/** @throws PARAM_INVALID */
function objectiveOf(
  { writer, draw, runtime }: TrainWork,
  options: TrainOptions,
  set: Settings,
  judge: Judge | null,
): Objective {
  const { signal } = options
  const reward: RewardFunction = isLearned(options.reward)
    ? ({ prompt, ids }) => judge!.scoreOf([...writer.chat(prompt, true), ...ids])
    : options.reward!
  switch (set.kind) {
    case 'answers': {
      const rows = options.rows as readonly PromptRow[]
      const { measures = {} } = options
      return reinforcement(rows, writer, set, { draw, reward, measures, signal, room: runtime.context })
    }
    case 'pairs':
      return preference(options.rows as readonly PreferenceRow[], writer, set)
    case 'scores':
      return judgement(options.rows as readonly PreferenceRow[], writer, set, options.head)
    case 'rows': {
      const rows = options.rows as readonly TrainRow[]
      return imitation(
        rows.map((row, i) => exampleOf(writer, row, i, set.longest)),
        set,
      )
    }
  }
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
