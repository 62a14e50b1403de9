// A reward model (Ouyang et al. 2022, arXiv 2203.02155): what a text is worth is r = v . h, h its last residual, normed, at its last
// token. Of a pair of answers the better one is to be worth more, L = -ln sigma(r_c - r_r) (Bradley & Terry 1952); dL / dr_c is
// -sigma(r_r - r_c), and as much above zero for the other. What was learnt then rewards answers (reinforce.ts): an adapter of its
// own on the same base, and the head.

import { tensorName } from '../adapters/adapter.ts'
import { EngineError } from '../errors.ts'
import type { Plan } from '../model/plan.ts'
import type { PreferenceRow, Writer } from './data.ts'
import { differentiate } from './differentiate.ts'
import type { LearnedReward } from './events.ts'
import type { Objective } from './objective.ts'
import { ofPairs } from './prefer.ts'
import { TrainSession, trainingBytes, type Inside, type Sequence } from './session.ts'
import type { Settings } from './settings.ts'

/** The last token of a text, and how the loss changes with its score. */
const lastOf = (ids: readonly number[], by: number): Sequence => ({
  ids,
  rows: [ids.length - 1],
  targets: [0],
  by: [by],
})

async function scoreOf(session: TrainSession, ids: readonly number[]): Promise<number> {
  session.look(lastOf(ids, 0))
  return (await session.losses(1))[0]!
}

/** To tell the better of two answers by a number. @throws PARAM_INVALID */
export function judgement(
  rows: readonly PreferenceRow[],
  writer: Writer,
  set: Settings,
  head: Float32Array | undefined,
): Objective {
  return ofPairs(rows, writer, set, {
    print: [head && [...head]],
    slope: -1,
    sequence: ({ ids }, by) => lastOf(ids, by),
    marginOf: async (session, { chosen, rejected }) =>
      (await scoreOf(session, chosen.ids)) - (await scoreOf(session, rejected.ids)),
  })
}

/** The same runtime with tensors of training of its own: a session beside another's. */
function beside(inside: Inside): Inside {
  const own = (name: string): string => (/^train[:.#]/.test(name) ? `judge ${name}` : name)
  return {
    plan: inside.plan,
    size: inside.size,
    tensor: (name, floats) => inside.tensor(own(name), floats),
    write: (name, data, offset) => inside.write(own(name), data, offset),
    floatsOf: (weight) => inside.floatsOf(weight),
    prepare: (steps) =>
      inside.prepare(
        steps.map((step) => ({
          ...step,
          name: `judge ${step.name}`,
          args: Object.fromEntries(Object.entries(step.args).map(([arg, name]) => [arg, own(name)])),
        })),
      ),
    submitAll: (parts) =>
      inside.submitAll(
        parts.map((part) => ({
          ...part,
          work: part.work.map((one) => ('run' in one ? one : { ...one, copy: own(one.copy), to: own(one.to) })),
        })),
      ),
    readMany: (pieces) => inside.readMany(pieces.map((piece) => ({ ...piece, tensor: own(piece.tensor) }))),
  }
}

export interface Judge {
  /** bytes that it takes beside the model's */
  bytes: number
  scoreOf(ids: readonly number[]): Promise<number>
}

/**
 * A reward model at work beside a training: its adapter is on, all others are off, whatever they are elsewhere.
 * @param tokens most tokens of a text
 * @throws PARAM_INVALID where the adapter or the head is another model's
 */
export async function judgeOf(
  inside: Inside,
  plan: Plan,
  { adapter, head }: LearnedReward,
  tokens: number,
): Promise<Judge> {
  const adapters = new Set(plan.steps.flatMap(({ when }) => when ?? []))
  const wrong = (need: string, found: string): EngineError =>
    new EngineError('PARAM_INVALID', `Cannot train with "reward": it must be ${need}, it is of ${found}.`, {
      param: 'reward',
      need,
      found,
    })
  const has = Object.keys(plan.weights).some((name) => name.startsWith(tensorName(adapter, '')))
  if (!has) throw wrong('of an adapter that the model was loaded with', `"${adapter}"`)
  const off = new Set([...adapters].filter((name) => name !== adapter))
  const training = differentiate(plan, new Set(), tokens, { off, score: true })
  if (head.length !== training.score) throw wrong(`a head of ${training.score} numbers`, String(head.length))
  const session = await TrainSession.create(beside(inside), training, tokens, { score: head })
  return { bytes: trainingBytes(training, tokens, plan.dims.V), scoreOf: (ids) => scoreOf(session, ids) }
}
