// Pairs of answers, of which one is preferred: direct preference optimization (Rafailov et al. 2023, arXiv 2305.18290). With π what
// learns and ρ the reference, m = β [(ln π_c − ln ρ_c) − (ln π_r − ln ρ_r)] and L = −ln σ(m), the mean over the pairs of an update.
// dL / d nll is β σ(−m) for every token of the chosen answer and as much below zero for the rejected one's, so that the loss of
// imitation with weights of both signs is all that it takes.

import { answerOf, askedIn, expectFields, misfit, type Example, type PreferenceRow, type Writer } from './data.ts'
import { countsOf, longestOf, nllOf, printOf, sequenceOf, type Objective } from './objective.ts'
import { batches, split } from './order.ts'
import type { Sequence, TrainSession } from './session.ts'
import type { Settings } from './settings.ts'

interface Pair {
  chosen: Example
  rejected: Example
}

/** @throws PARAM_INVALID */
function pairOf(writer: Writer, row: PreferenceRow, index: number, longest: number): Pair {
  const prompt = askedIn(row, index)
  for (const name of ['chosen', 'rejected'] as const) {
    if (typeof row[name] !== 'string') throw misfit(index, `a pair with a text "${name}"`, 'one without')
  }
  expectFields(row, index, ['prompt', 'chosen', 'rejected'])
  if (row.chosen === row.rejected) throw misfit(index, 'a pair of two different answers', 'the same one twice')
  return {
    chosen: answerOf(writer, prompt, row.chosen, index, longest),
    rejected: answerOf(writer, prompt, row.rejected, index, longest),
  }
}

/** The logarithm of how likely the model holds an answer, in nats. */
const logp = async (session: TrainSession, answer: Example): Promise<number> =>
  -(await nllOf(session, answer)).reduce((sum, nll) => sum + nll, 0)

/** −ln σ(m), without overflow. */
const lossAt = (m: number): number => Math.log1p(Math.exp(-Math.abs(m))) + Math.max(0, -m)

interface PairLearning {
  /** what else tells a run from another's */
  print: readonly unknown[]
  /** by how much the chosen one is ahead: the loss is −ln σ of it */
  marginOf(session: TrainSession, pair: Pair): Promise<number>
  /** an answer whose part in the gradient is `by` */
  sequence(answer: Example, by: number): Sequence
  /** dL / d(what `sequence` weighs) of the chosen answer, over σ(−m); the rejected one's is as much on the other side */
  slope: number
}

/** All that learning from pairs has in common (Bradley & Terry 1952). */
export function ofPairs(
  rows: readonly PreferenceRow[],
  writer: Writer,
  set: Settings,
  { print, marginOf, sequence, slope }: PairLearning,
): Objective {
  const pairs = rows.map((row, i) => pairOf(writer, row, i, set.longest))
  const { learning, heldOut } = split(pairs, set.heldOut, ({ chosen }) => chosen.ids)
  const pairsOf = batches(learning, set.seed, set.batch)
  const both = (of: readonly Pair[]): Example[] => of.flatMap(({ chosen, rejected }) => [chosen, rejected])
  return {
    counts: countsOf(both(pairs), learning.length, heldOut.length),
    print: [printOf(both(learning)), ...print],
    longest: longestOf(both(pairs)),
    tells: true,
    async update(session, step) {
      const own = pairsOf(step)
      session.clear()
      let [loss, margin, right, tokens] = [0, 0, 0, 0]
      for (const pair of own) {
        const m = await marginOf(session, pair)
        const by = slope / (1 + Math.exp(m)) / own.length
        // the rejected one was looked at last
        session.addLooked(sequence(pair.rejected, -by))
        session.add(sequence(pair.chosen, by))
        loss += lossAt(m) / own.length
        margin += m / own.length
        right += Number(m > 0) / own.length
        tokens += 2 * pair.chosen.ids.length + pair.rejected.ids.length
      }
      return { tokens, loss, told: { pairs: { margin, right } } }
    },
    async evaluate(session) {
      if (heldOut.length === 0) return null
      const margins: number[] = []
      for (const pair of heldOut) margins.push(await marginOf(session, pair))
      const mean = (of: (m: number) => number): number => margins.reduce((sum, m) => sum + of(m), 0) / margins.length
      return { loss: mean(lossAt), pairs: { margin: mean((m) => m), right: mean((m) => Number(m > 0)) } }
    },
  }
}

export function preference(rows: readonly PreferenceRow[], writer: Writer, set: Settings): Objective {
  const beta = set.beta!
  /** by how much the reference prefers the chosen one: asked once of each pair */
  const known = new Map<Pair, number>()
  const apart = async (session: TrainSession, { chosen, rejected }: Pair): Promise<number> =>
    (await logp(session, chosen)) - (await logp(session, rejected))
  return ofPairs(rows, writer, set, {
    print: [beta, set.reference],
    slope: beta,
    sequence: sequenceOf,
    async marginOf(session, pair) {
      const before = known.get(pair) ?? (await session.asReference(() => apart(session, pair)))
      known.set(pair, before)
      return beta * ((await apart(session, pair)) - before)
    },
  })
}
