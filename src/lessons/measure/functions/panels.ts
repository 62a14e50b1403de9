// What stands on the panels that a step has something done on.

import { metrics, scored, scoredRow, type Metric, type Score } from '../../../evaluation/scores.ts'
import type { Args } from '../../predicate/evaluate.ts'
import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'
import type { Functions } from './common.ts'

export function panelFunctions(m: Asks): Functions {
  const metricOf = async (args: Args): Promise<Metric> => {
    const name = await args.text(0)
    const metric = metrics.find((one) => one === name)
    if (!metric) throw invalid('name', { found: name, need: metrics.join(', ') }, args.where(0))
    return metric
  }
  /** Of all rows that have such a score. */
  const scoreOf = async (args: Args): Promise<Score> => {
    const rows = (await m.panels()).scored.flatMap((row) => row ?? [])
    const score = scored(await metricOf(args), rows)
    if (!score) throw invalid('nothing', { found: args.name }, args.at)
    return score
  }
  return {
    /** the passage of this rank, from 1; without one an empty text */
    found: fn('number?', async (args) => (await m.panels()).found[(await args.whole(0, 1, 1000, 1)) - 1] ?? ''),
    /** rank of the first passage that has this text in it; 0: none */
    foundAt: fn('text', async (args) => {
      const text = await args.text(0)
      return (await m.panels()).found.findIndex((passage) => passage.includes(text)) + 1
    }),
    marked: fn('', async () => (await m.panels()).marked),
    replied: fn('', async () => (await m.panels()).replied),
    /** how often a tool ran; without a name, any */
    ran: fn('text?', async (args) => {
      const { ran } = await m.panels()
      if (!args.has(0)) return ran.length
      const name = await args.text(0)
      return ran.filter((one) => one === name).length
    }),
    waits: fn('', async () => (await m.panels()).waits),
    observed: fn('', async () => (await m.panels()).observed),
    /** a score of all rows, or of the row of this number, from 1 */
    metric: fn('text number?', async (args) => {
      if (!args.has(1)) return (await scoreOf(args)).value
      const { scored: rows } = await m.panels()
      const row = rows[(await args.whole(1, 1, rows.length + 1)) - 1]
      if (!row) throw invalid('nothing', { found: args.name }, args.at)
      return scoredRow(await metricOf(args), row)
    }),
    /** half the width of that score's 95 % interval */
    spread: fn('text', async (args) => {
      const { low, high } = (await scoreOf(args)).interval
      return (high - low) / 2
    }),
  }
}
