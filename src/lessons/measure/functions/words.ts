// Texts as tokens, and tokens as vectors.

import { mean } from '../../../evaluation/counts.ts'
import type { Args } from '../../predicate/evaluate.ts'
import { fn } from '../../predicate/functions.ts'
import type { Value } from '../../predicate/values.ts'
import type { Asks } from '../asks.ts'
import { invalid } from '../../problem.ts'
import { Call, type Functions } from './common.ts'

export function wordFunctions(m: Asks): Functions {
  const pieces = async (args: Args) => (await m.modelOf(m.spec(args.run(1)))).cut(await args.text(0))
  /** of a token's row of the embedding with every other row */
  const cosines = (run: string, id: number): Promise<Float32Array> =>
    m.ask(run, `cosines ${id}`, (glass, _, { info }) => glass.cosines(id, [0, info.vocab]))

  /** the tokens of several words: ["Mia", "Tom"] */
  const tokensOf = async (call: Call, i: number): Promise<number[]> => {
    const { m, args, run } = call
    const words = await args.value(i)
    if (!Array.isArray(words) || words.some((one) => typeof one !== 'string')) {
      throw invalid('kind', { found: args.name, need: 'list' }, args.where(i))
    }
    const ids: number[] = []
    for (const word of words as string[]) ids.push(await m.tokenOf(word, m.spec(run), args.where(i)))
    return ids
  }
  /** The nearest other row. */
  const nearest = async (run: string, id: number): Promise<number> => {
    const all = await cosines(run, id)
    let best = id === 0 ? 1 : 0
    for (let i = 0; i < all.length; i++) if (i !== id && all[i]! > all[best]!) best = i
    return best
  }

  return {
    /** how many tokens a text is */
    tokens: fn('text run?', async (args) => (await pieces(args)).length),
    ids: fn('text run?', async (args) => (await pieces(args)).map(({ id }) => id)),
    pieces: fn('text run?', async (args) => (await pieces(args)).map(({ text }) => text)),
    /** bytes of the tokens, joined: "F0 9F 98 80" */
    hex: fn('text run?', async (args) =>
      (await pieces(args))
        .flatMap(({ bytes }) => bytes)
        .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
        .join(' '),
    ),
    /** what a text is when it is cut and joined again */
    decoded: fn('text run?', async (args) => {
      const model = await m.modelOf(m.spec(args.run(1)))
      return model.decode((await model.cut(await args.text(0))).map(({ id }) => id))
    }),
    /** of a text's tokens, those that say only: unknown */
    unknowns: fn('text run?', async (args) => {
      const unknown = await (await m.modelOf(m.spec(args.run(1)))).unknown()
      return (await pieces(args)).filter(({ id }) => id === unknown).length
    }),
    /** cosine of two tokens' rows of the embedding */
    cos: fn('word word run?', async (args) => {
      const call = new Call(m, args, args.run(2))
      const [a, b] = [await call.token(0), await call.token(1)]
      return (await cosines(call.run, a))[b]!
    }),
    /** the token whose row is nearest to this one's */
    near: fn('word run?', async (args): Promise<Value> => {
      const call = new Call(m, args, args.run(1))
      const best = await nearest(call.run, await call.token(0))
      const [piece] = await (await m.modelOf(m.spec(call.run))).pieces([best])
      return { id: best, text: piece!.text }
    }),
    /** mean cosine of the words of one group with those of another, none with itself */
    likeness: fn('value value run?', async (args) => {
      const call = new Call(m, args, args.run(2))
      const [some, others] = [await tokensOf(call, 0), await tokensOf(call, 1)]
      const all: number[] = []
      for (const id of some) {
        const row = await cosines(call.run, id)
        all.push(...others.filter((other) => other !== id).map((other) => row[other]!))
      }
      if (all.length === 0) throw invalid('nothing', { found: args.name }, args.at)
      return mean(all)
    }),
    /** share of a group's words whose nearest token is of the group, too */
    kin: fn('value run?', async (args) => {
      const call = new Call(m, args, args.run(1))
      const ids = await tokensOf(call, 0)
      const own: number[] = []
      for (const id of ids) own.push(ids.includes(await nearest(call.run, id)) ? 1 : 0)
      if (own.length === 0) throw invalid('nothing', { found: args.name }, args.at)
      return mean(own)
    }),
  }
}
