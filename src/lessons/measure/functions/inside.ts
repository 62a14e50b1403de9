// The numbers between the layers, and what pushed a token up.

import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'
import { Call, type Functions } from './common.ts'

export function insideFunctions(m: Asks): Functions {
  const pushes = async (call: Call, word: number, place: number) => {
    const [id, position] = [await call.token(word), await call.at(place)]
    return m.ask(call.run, `pushes ${id} ${position}`, async (glass) => {
      const { embed, bias, attn, mlp } = await glass.contributions(position, id)
      return { embed, bias, attn: [...attn], mlp: [...mlp] }
    })
  }

  return {
    /** the running sum behind a block; -1: the embedding */
    state: fn('run number place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      return m.state(call.run, await call.layer(1, -1), await call.at(2))
    }),
    /** a number of public interest, by its name in the plan: "blocks.0.attn.q" */
    probe: fn('run text place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      const [site, position] = [await args.text(1), await call.at(2)]
      return m.ask(call.run, `probe ${site} ${position}`, async (glass) => [
        ...(await glass.probe({ site, position })).values,
      ])
    }),
    /** what one part pushed a token's logit by: push("mlp", 1, answer, plain) */
    push: fn('text number word run? place?', async (args) => {
      const call = new Call(m, args, args.run(3))
      const { embed, attn, mlp } = await pushes(call, 2, 4)
      const list = new Map([
        ['embed', [embed]],
        ['attn', attn],
        ['mlp', mlp],
      ]).get(await args.text(0))
      if (!list) throw invalid('kind', { found: await args.text(0), need: 'attn, mlp, embed' }, args.where(0))
      return list[await args.whole(1, 0, list.length)]!
    }),
    /** of all parts: the embedding, every attention, every MLP, the biases; their sum is the logit */
    pushes: fn('word run? place?', async (args) => {
      const { embed, attn, mlp, bias } = await pushes(new Call(m, args, args.run(1)), 0, 2)
      return [embed, ...attn, ...mlp, bias]
    }),
    /** a fact: layers, heads, kvHeads, headDim, hidden, vocab, context, parameters, weightBytes, cacheBytes */
    model: fn('text run?', async (args) => {
      const info = await new Call(m, args, args.run(1)).info
      // one by one: a recorded run does not know all of them
      const facts: Record<string, () => number> = {
        layers: () => info.layers,
        heads: () => info.heads,
        kvHeads: () => info.kvHeads,
        headDim: () => info.headDim,
        hidden: () => info.hidden,
        vocab: () => info.vocab,
        context: () => info.context,
        parameters: () => info.parameters,
        weightBytes: () => info.bytes.weights,
        cacheBytes: () => info.bytes.cache,
      }
      const value = new Map(Object.entries(facts)).get(await args.text(0))?.()
      if (value === undefined) throw invalid('name', { found: await args.text(0) }, args.where(0))
      return value
    }),
  }
}
