// What a model makes of whole texts: a reward model's number, the log-probability of what was put behind a prompt, how long
// an answer is. Each of the step's own story, and of every one of a set (`over`).

import type { Args } from '../../predicate/evaluate.ts'
import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Cast } from '../../types.ts'
import type { Asks } from '../asks.ts'
import { logprobOf } from '../rows.ts'
import type { Functions } from './common.ts'

export function preferenceFunctions(m: Asks): Functions {
  const score = async (args: Args, cast?: Cast): Promise<number> => {
    const labels = await m.ask(
      args.run(0),
      'labels',
      async (_, { prompt }, model) =>
        model.info.does.includes('labels') ? (await model.read(prompt.text ?? '')).labels : null,
      cast,
    )
    if (!labels?.[0]) throw invalid('nothing', { found: args.name }, args.at)
    return labels[0].score
  }
  const put = (args: Args, cast: Cast): Promise<number> =>
    m.ask(
      args.run(0),
      'put',
      async (glass, { ids, answerFrom }) => {
        if (answerFrom < 1 || answerFrom >= ids.length) throw invalid('nothing', { found: args.name }, args.at)
        let sum = 0
        for (let p = answerFrom; p < ids.length; p++) {
          const { values } = await glass.probe({ site: 'logits', position: p - 1 })
          sum += logprobOf(values, ids[p]!)
        }
        return sum
      },
      cast,
    )
  const written = async (args: Args, cast: Cast): Promise<number> => {
    const { text } = await m.write(args.run(0), cast)
    return (await (await m.modelOf(m.spec(args.run(0)))).cut(text)).length
  }
  /** one after the other: a model is asked one thing at a time */
  const each = (of: (args: Args, cast: Cast) => Promise<number>) =>
    fn('run', async (args) => {
      const { over } = m.spec(args.run(0))
      if (over === undefined) throw invalid('field', { found: args.run(0), need: 'over' }, args.at)
      const all: number[] = []
      for (const cast of m.set(over, args.at)) all.push(await of(args, cast))
      return all
    })

  return {
    /** of a model that gives labels, a reward model above all: the logit of the first */
    score: fn('run?', (args) => score(args)),
    scored: each(score),
    /** log-probabilities of what was put behind the prompt, in nats */
    logps: each(put),
    /** tokens that it writes */
    lengths: each(written),
  }
}
