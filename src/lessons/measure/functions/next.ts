// What comes next: chances, ranks and doubt, behind the last layer or an earlier one, and how well a text was foreseen.

import { mean } from '../../../evaluation/counts.ts'
import { fn } from '../../predicate/functions.ts'
import type { Value } from '../../predicate/values.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'
import { chancesOf, entropyOf, logprobOf, rankOf } from '../rows.ts'
import { Call, type Functions } from './common.ts'

export function nextFunctions(m: Asks): Functions {
  /** layer? and place? from argument `i` on; the last layer is null: its logits are whole. */
  const where = async (call: Call, i: number): Promise<{ layer: number | null; position: number }> => {
    const last = (await call.layers) - 1
    const layer = await call.layer(i, -1, last)
    return { layer: layer === last ? null : layer, position: await call.at(i + 1) }
  }
  /** What the model would say behind a layer. */
  const lens = async (run: string, layer: number, position: number, id?: number) => {
    const targets = id === undefined ? {} : { targets: [id] }
    const [cell] = await m.ask(run, `lens ${layer} ${position} ${id}`, (glass) =>
      glass.lens({ positions: [position], layers: [layer], part: 'resid', topK: 1, ...targets }),
    )
    return cell!
  }
  /** Nats at every token from a place to another, both included. */
  const surprises = async (call: Call, i: number): Promise<number[]> => {
    const { run, args } = call
    const { ids, answerFrom, recorded } = await m.ready(run)
    const from = args.has(i) ? await call.place(i) : answerFrom
    const to = args.has(i + 1) ? await call.place(i + 1) : ids.length - 1
    if (from < 1 || to < from || to >= ids.length) {
      throw invalid('beyond', { found: `${from} … ${to}`, need: `1 … ${ids.length - 1}` }, args.at)
    }
    // of a recorded run the surprise of every token is known, not every row of logits
    if (recorded) return recorded.slice(from, to + 1).map(({ logprob }) => -(logprob ?? NaN))
    const all: number[] = []
    for (let p = from; p <= to; p++) all.push(-logprobOf(await m.logits(run, p - 1), ids[p]!))
    return all
  }

  return {
    /** probability of a token */
    p: fn('word run? number? place?', async (args) => {
      const call = new Call(m, args, args.run(1))
      const id = await call.token(0)
      const { layer, position } = await where(call, 2)
      if (layer !== null) return Math.exp((await lens(call.run, layer, position, id)).targets[0]!.logprob)
      return Math.exp(logprobOf(await m.logits(call.run, position), id))
    }),
    /** 1: the likeliest */
    rank: fn('word run? number? place?', async (args) => {
      const call = new Call(m, args, args.run(1))
      const id = await call.token(0)
      const { layer, position } = await where(call, 2)
      if (layer !== null) return (await lens(call.run, layer, position, id)).targets[0]!.rank + 1
      return rankOf(await m.logits(call.run, position), id)
    }),
    /** doubt, in bits */
    H: fn('run? number? place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      const { layer, position } = await where(call, 1)
      if (layer !== null) return (await lens(call.run, layer, position)).entropy / Math.LN2
      return entropyOf(await m.logits(call.run, position)) / Math.LN2
    }),
    /** the likeliest token */
    top: fn('run? number? place?', async (args): Promise<Value> => {
      const call = new Call(m, args, args.run(0))
      const { layer, position } = await where(call, 1)
      if (layer === null) return m.top(call.run, position)
      const { id, text } = (await lens(call.run, layer, position)).top[0]!
      return { id, text }
    }),
    /** the nth likeliest token, 1 the first */
    candidate: fn('run number place?', async (args): Promise<Value> => {
      const call = new Call(m, args, args.run(0))
      const nth = await args.whole(1, 1, (await call.info).vocab + 1)
      return m.top(call.run, await call.at(2), nth)
    }),
    logit: fn('word run? place?', async (args) => {
      const call = new Call(m, args, args.run(1))
      const id = await call.token(0)
      return (await m.logits(call.run, await call.at(2)))[id]!
    }),
    /** of all tokens */
    logits: fn('run? place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      return [...(await m.logits(call.run, await call.at(1)))]
    }),
    /** bits that the second run's chances are away from the first's: KL(first ‖ second) */
    kl: fn('run run place? place?', async (args) => {
      const [first, second] = [new Call(m, args, args.run(0)), new Call(m, args, args.run(1))]
      const p = chancesOf(await m.logits(first.run, await first.at(2)))
      const q = chancesOf(await m.logits(second.run, await second.at(args.has(3) ? 3 : 2)))
      return p.reduce((sum, one, i) => (one > 0 ? sum + one * Math.log2(one / q[i]!) : sum), 0)
    }),
    /** mean surprise in nats, at the tokens that were put behind the prompt, or from one place to another */
    nll: fn('run? place? place?', async (args) => mean(await surprises(new Call(m, args, args.run(0)), 1))),
    perplexity: fn('run? place? place?', async (args) =>
      Math.exp(mean(await surprises(new Call(m, args, args.run(0)), 1))),
    ),
    /** log-probability of these tokens together, in nats */
    logp: fn('run? place? place?', async (args) =>
      (await surprises(new Call(m, args, args.run(0)), 1)).reduce((sum, one) => sum - one, 0),
    ),
  }
}
