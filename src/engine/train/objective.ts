// What learns from what: an objective says which gradients an update asks for, and what is to be known of it. Examples to imitate
// (here), pairs of answers of which one is preferred (prefer.ts), answers of its own that are rewarded (reinforce.ts). The loop
// (train.ts) is the same for all.

import type { Example } from './data.ts'
import type { StepEvent } from './events.ts'
import { batches, split } from './order.ts'
import type { Sequence, TrainSession } from './session.ts'
import type { Settings } from './settings.ts'

export interface Objective {
  /** for the event 'begin' */
  readonly counts: Counts
  /** what tells a run's rows from another's */
  readonly print: unknown
  /** most tokens of a sequence */
  readonly longest: number
  /** the loss goes up where it gets worse: a run that diverges can be told by it */
  readonly tells: boolean
  /** asks for the gradients of an update; null: it was stopped meanwhile, and nothing is to be learnt of it */
  update(session: TrainSession, step: number): Promise<Asked | null>
  /** of what is held out; null where nothing is */
  evaluate(session: TrainSession): Promise<Evaluated | null>
}
export interface Counts {
  rows: number
  heldOut: number
  tokens: number
  targets: number
  cut: number
}
export interface Asked {
  /** tokens that were read */
  tokens: number
  /** before the update; without: as the session says */
  loss?: number
  /** when the device began to learn, where something else went before; performance.now() */
  since?: number
  told?: Pick<StepEvent, 'pairs' | 'answers'>
}

/** Of what is held out: its loss, and of pairs what an update says of those that it learns from. */
export type Evaluated = Pick<StepEvent, 'loss' | 'pairs'>

export const targetsOf = ({ isTarget }: Example): number[] => isTarget.flatMap((is, i) => (is ? [i] : []))

/** @param by the weight of each target, or of all */
export function sequenceOf(example: Example, by: number | readonly number[]): Sequence {
  const targets = targetsOf(example)
  return {
    ids: example.ids,
    rows: targets.map((i) => i - 1),
    targets: targets.map((i) => example.ids[i]!),
    by: typeof by === 'number' ? targets.map(() => by) : by,
  }
}

export function countsOf(examples: readonly Example[], rows: number, heldOut: number): Counts {
  const sum = (of: (one: Example) => number): number => examples.reduce((n, one) => n + of(one), 0)
  return {
    rows,
    heldOut,
    tokens: sum(({ ids }) => ids.length),
    targets: sum((one) => targetsOf(one).length),
    cut: sum(({ cut }) => Number(cut > 0)),
  }
}
export const longestOf = (examples: readonly Example[]): number =>
  examples.reduce((most, { ids }) => Math.max(most, ids.length), 0)
/** Tokens and targets alone: how often a row was cut changes nothing. */
export const printOf = (examples: readonly Example[]): unknown => examples.map(({ ids, isTarget }) => [ids, isTarget])

/** Nats of each target of the sequence; no gradient is made. */
export async function nllOf(session: TrainSession, example: Example): Promise<Float32Array> {
  const sequence = sequenceOf(example, 0)
  session.look(sequence)
  return session.losses(sequence.rows.length)
}

/** Nats per target of all of them; no gradient is made. */
export async function lossOf(session: TrainSession, examples: readonly Example[]): Promise<number> {
  let [loss, count] = [0, 0]
  for (const one of examples) {
    const nll = await nllOf(session, one)
    for (const own of nll) loss += own
    count += nll.length
  }
  return loss / count
}

/** To say what examples say: every target of an update counts as much as every other. */
export function imitation(examples: readonly Example[], set: Settings): Objective {
  const { learning, heldOut } = split(examples, set.heldOut, ({ ids }) => ids)
  const rowsOf = batches(learning, set.seed, set.batch)
  return {
    counts: countsOf(examples, learning.length, heldOut.length),
    print: printOf(learning),
    longest: longestOf(examples),
    tells: true,
    update(session, step) {
      const rows = rowsOf(step)
      const count = rows.reduce((n, one) => n + targetsOf(one).length, 0)
      session.clear()
      for (const one of rows) session.add(sequenceOf(one, 1 / count))
      return Promise.resolve({ tokens: rows.reduce((n, { ids }) => n + ids.length, 0) })
    },
    evaluate: async (session) => (heldOut.length > 0 ? { loss: await lossOf(session, heldOut) } : null),
  }
}
