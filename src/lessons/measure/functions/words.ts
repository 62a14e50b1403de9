// Texts as tokens, and tokens as vectors.

import type { Args } from '../../predicate/evaluate.ts'
import { fn } from '../../predicate/functions.ts'
import type { Value } from '../../predicate/values.ts'
import type { Asks } from '../asks.ts'
import { Call, type Functions } from './common.ts'

export function wordFunctions(m: Asks): Functions {
  const pieces = async (args: Args) => (await m.modelOf(m.spec(args.run(1)))).cut(await args.text(0))
  /** of a token's row of the embedding with every other row */
  const cosines = (run: string, id: number): Promise<Float32Array> =>
    m.ask(run, `cosines ${id}`, (glass, _, { info }) => glass.cosines(id, [0, info.vocab]))

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
    /** cosine of two tokens' rows of the embedding */
    cos: fn('word word run?', async (args) => {
      const call = new Call(m, args, args.run(2))
      const [a, b] = [await call.token(0), await call.token(1)]
      return (await cosines(call.run, a))[b]!
    }),
    /** the token whose row is nearest to this one's */
    near: fn('word run?', async (args): Promise<Value> => {
      const call = new Call(m, args, args.run(1))
      const id = await call.token(0)
      const all = await cosines(call.run, id)
      let best = id === 0 ? 1 : 0
      for (let i = 0; i < all.length; i++) if (i !== id && all[i]! > all[best]!) best = i
      const [piece] = await (await m.modelOf(m.spec(call.run))).pieces([best])
      return { id: best, text: piece!.text }
    }),
  }
}
