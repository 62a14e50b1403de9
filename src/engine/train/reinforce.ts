// Answers of its own, rewarded: group relative policy optimization (Shao et al. 2024, arXiv 2402.03300). Of each prompt a group of
// answers is drawn from all that the model could say (temperature 1, nothing cut off), the caller's function says what each is
// worth, and an answer's advantage is by how much it is better than its group, A = (r − mean) / (std + 1e-4). One update learns of
// answers that it drew itself, so that the ratio of new to old is 1. Beside it, held to the reference by k3 = e^d − d − 1 with
// d = ln ρ − ln π (Schulman 2020). With N tokens in the update, dL / d nll of a token is (A − kl (1 − e^d)) / N.

import { EngineError } from '../errors.ts'
import { shown } from '../sampler/params.ts'
import { Pcg32 } from '../sampler/pcg.ts'
import type { ChatMessage } from '../types.ts'
import { askedIn, expectFields, misfit, type Example, type PromptRow, type Writer } from './data.ts'
import type { Drawn, RewardFunction } from './events.ts'
import { nllOf, sequenceOf, targetsOf, type Objective } from './objective.ts'
import { batches } from './order.ts'
import type { TrainSession } from './session.ts'
import type { Settings } from './settings.ts'

/** Draws `count` answers to a prompt; null: stopped meanwhile. */
export type Draws = (
  prompt: readonly ChatMessage[],
  options: { seed: number; count: number; maxTokens: number; signal?: AbortSignal | undefined },
) => Promise<Drawn[] | null>

interface Asking {
  row: number
  messages: readonly ChatMessage[]
  ids: readonly number[]
}
interface Answer extends Example {
  text: string
  reward: number
  measured: readonly number[]
  advantage: number
}

/** By how much each is better than its group, as TRL and PyTorch have it: the deviation of a sample, n − 1. */
export function advantages(rewards: readonly number[]): number[] {
  const mean = rewards.reduce((sum, r) => sum + r, 0) / rewards.length
  const square = rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0)
  const std = Math.sqrt(square / Math.max(1, rewards.length - 1))
  return rewards.map((r) => (r - mean) / (std + 1e-4))
}

/** The pieces of what a token's loss is made of. @param d ln ρ − ln π */
export const k3 = (d: number): number => Math.expm1(d) - d

/**
 * @param options.draw an answer of its own @param options.room most tokens that a text may have
 * @throws PARAM_INVALID
 */
export function reinforcement(
  rows: readonly PromptRow[],
  writer: Writer,
  set: Settings,
  {
    draw,
    reward,
    measures,
    signal,
    room,
  }: {
    draw: Draws
    reward: RewardFunction
    measures: Readonly<Record<string, RewardFunction>>
    signal?: AbortSignal | undefined
    room: number
  },
): Objective {
  const { seed, batch } = set
  const keys = Object.keys(measures)
  const [group, kl, maxTokens] = [set.group!, set.kl!, set.maxTokens!]
  const longest = Math.min(set.longest, room)
  const asked = rows.map((row, i): Asking => {
    const messages = askedIn(row, i)
    expectFields(row, i, ['prompt'])
    const ids = writer.chat(messages, true)
    if (ids.length + maxTokens <= longest) return { row: i, messages, ids }
    const need = `a prompt that leaves room for "maxTokens" = ${maxTokens} of ${longest} tokens`
    throw misfit(i, need, `${ids.length} tokens long`)
  })
  const promptsOf = batches(asked, seed, batch)

  /** @param param whose function it is; null: stopped meanwhile */
  async function worth(
    param: string,
    by: RewardFunction,
    { row, messages }: Asking,
    { text, ids, isWhole }: Drawn,
  ): Promise<number | null> {
    const found: unknown = await untilStopped(by({ row, prompt: messages, text, ids, isWhole }), signal)
    if (found === null && signal?.aborted) return null
    if (typeof found === 'number' && Number.isFinite(found)) return found
    const need = 'a function that gives a finite number'
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot train with "${param}": it must be ${need}, it gave ${shown(found)}.`,
      { param, need, found: shown(found) },
    )
  }
  /** What else is to be known of an answer, in the order of `measures`; null: stopped meanwhile. */
  async function measured(one: Asking, answer: Drawn): Promise<number[] | null> {
    const found: number[] = []
    for (const [name, by] of Object.entries(measures)) {
      const value = await worth(`measures.${name}`, by, one, answer)
      if (value === null) return null
      found.push(value)
    }
    return found
  }

  /** A group of answers to each prompt of the update; null: stopped meanwhile. */
  async function drawn(step: number): Promise<{ answers: Answer[]; flat: number } | null> {
    const random = new Pcg32(BigInt(seed), BigInt(2 ** 32 + step))
    const answers: Answer[] = []
    let flat = 0
    for (const one of promptsOf(step)) {
      const own = await draw(one.messages, { seed: random.next(), count: group, maxTokens, signal })
      if (!own) return null
      const rewards: number[] = []
      const known: number[][] = []
      for (const answer of own) {
        const value = await worth('reward', reward, one, answer)
        const others = value === null ? null : await measured(one, answer)
        if (value === null || others === null) return null
        rewards.push(value)
        known.push(others)
      }
      flat += Number(rewards.every((r) => r === rewards[0]))
      const better = advantages(rewards)
      own.forEach(({ ids, text }, i) => {
        if (ids.length === 0) return
        answers.push({
          ids: [...one.ids, ...ids],
          isTarget: [...one.ids.map(() => false), ...ids.map(() => true)],
          cut: 0,
          text,
          reward: rewards[i]!,
          measured: known[i]!,
          advantage: better[i]!,
        })
      })
    }
    return { answers, flat }
  }

  return {
    counts: {
      rows: rows.length,
      heldOut: 0,
      tokens: asked.reduce((n, { ids }) => n + ids.length, 0),
      targets: 0,
      cut: 0,
    },
    print: [asked.map(({ ids }) => ids), group, kl, maxTokens, set.reference],
    longest: asked.reduce((most, { ids }) => Math.max(most, ids.length), 0) + maxTokens,
    tells: false,
    async update(session, step) {
      const found = await drawn(step)
      if (!found || signal?.aborted) return null
      const { answers, flat } = found
      const since = performance.now()
      session.clear()
      const before = await session.asReference(() => nllOfAll(session, answers))
      const count = answers.reduce((n, one) => n + targetsOf(one).length, 0)
      let [policy, held] = [0, 0]
      for (const [i, one] of answers.entries()) {
        const now = await nllOf(session, one)
        const d = Array.from(now, (nll, at) => nll - before[i]![at]!)
        for (const apart of d) held += k3(apart) / count
        policy -= (one.advantage * d.length) / count
        session.addLooked(
          sequenceOf(
            one,
            d.map((apart) => (one.advantage + kl * Math.expm1(apart)) / count),
          ),
        )
      }
      const mean = (of: (one: Answer) => number): number =>
        answers.reduce((sum, one) => sum + of(one), 0) / Math.max(1, answers.length)
      const best = answers.reduce<Answer | null>((a, b) => (a && a.reward >= b.reward ? a : b), null)
      return {
        tokens: 2 * answers.reduce((n, { ids }) => n + ids.length, 0),
        loss: policy + kl * held,
        since,
        told: {
          answers: {
            reward: mean((one) => one.reward),
            kl: held,
            tokens: mean((one) => targetsOf(one).length),
            flat: flat / batch,
            best: best ? { text: best.text, reward: best.reward } : null,
            ...(keys.length > 0 && {
              measured: Object.fromEntries(keys.map((key, i) => [key, mean((one) => one.measured[i]!)])),
            }),
          },
        },
      }
    },
    evaluate: () => Promise.resolve(null),
  }
}

/** null: stopped before it was there. What comes later, or never, keeps no run from its end. */
async function untilStopped<T>(found: T | Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (!signal) return found
  let stop = (): void => undefined
  const stopped = new Promise<null>((resolve) => (stop = () => resolve(null)))
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([found, ...(signal.aborted ? [null] : [stopped])])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function nllOfAll(session: TrainSession, answers: readonly Example[]): Promise<Float32Array[]> {
  const all: Float32Array[] = []
  for (const one of answers) all.push((await nllOf(session, one)).slice())
  return all
}
