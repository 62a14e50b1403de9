// What a run writes, how often it is right, and what it could draw with its `sampling`.

import { mean } from '../../../evaluation/counts.ts'
import type { Args } from '../../predicate/evaluate.ts'
import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'
import { plainSampling } from '../host.ts'
import { Call, type Functions } from './common.ts'

const MOST_DRAWS = 1000
/** candidates that the sampler's view lists */
const LISTED = 64

export function writingFunctions(m: Asks): Functions {
  const view = (run: string, position: number) =>
    m.ask(run, `sampling ${position}`, (glass, { spec }) =>
      glass.sampling(position + 1, { ...plainSampling, ...spec.sampling }, LISTED),
    )

  const rights = async (args: Args): Promise<number[]> => {
    const run = args.run(0)
    const spec = m.spec(run)
    const { over, expect } = spec
    if (over === undefined || !expect) throw invalid('field', { found: run, need: 'over, expect' }, args.at)
    const all: number[] = []
    for (const cast of m.set(over, args.at)) {
      const { answer } = await m.write(run, cast)
      all.push(answer.trim() === m.filled(expect, spec, cast).trim() ? 1 : 0)
    }
    return all
  }

  return {
    /** what the run writes, at most `write` tokens of it */
    text: fn('run?', async (args) => (await m.write(args.run(0))).text),
    /** tokens that the run reads */
    length: fn('run?', async (args) => (await m.ready(args.run(0))).ids.length),
    /** share of the casts of `over` for which the answer is what `expect` says */
    acc: fn('run', async (args) => mean(await rights(args))),
    /** 1 for each of these casts whose answer is that, else 0 */
    rights: fn('run', rights),
    /** chance of being drawn */
    drawn: fn('word run? place?', async (args) => {
      const call = new Call(m, args, args.run(1))
      const id = await call.token(0)
      const { rows } = await view(call.run, await call.at(2))
      const row = rows.find((one) => one.id === id)
      if (!row) throw invalid('beyond', { found: args.name, need: `1 … ${LISTED}` }, args.at)
      return row.probability
    }),
    /** how many tokens can be drawn */
    keeps: fn('run? place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      const { stages } = await view(call.run, await call.at(1))
      return stages.at(-1)?.kept ?? (await call.info).vocab
    }),
    /** share of so many draws, with a seed, that gave this token */
    share: fn('word run number number? place?', async (args) => {
      const call = new Call(m, args, args.run(1))
      const id = await call.token(0)
      const [count, seed] = [await args.whole(2, 1, MOST_DRAWS + 1), await args.whole(3, 0, 2 ** 31, 0)]
      const position = (await call.at(4)) + 1
      const { counts } = await m.ask(call.run, `draws ${position} ${count} ${seed}`, (glass, { spec }) =>
        glass.draws(position, { ...plainSampling, ...spec.sampling }, count, seed),
      )
      return (counts.find((one) => one.id === id)?.count ?? 0) / count
    }),
  }
}
