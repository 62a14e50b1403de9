// Who looks where: weights, scores and what heads are for.

import { mean } from '../../../evaluation/counts.ts'
import type { AttentionRequest } from '../../../engine/glass/types.ts'
import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'
import { Call, type Functions } from './common.ts'

export function attentionFunctions(m: Asks): Functions {
  /** A head's row of one query, or all rows one after the other. Absent cells are NaN. */
  const tile = async (call: Call, query: number | null, more: Pick<AttentionRequest, 'branch' | 'what'>) => {
    const { run } = call
    const [layer, head] = [await call.layer(1), await call.head(2)]
    const { ids, source } = await m.ready(run)
    return m.ask(run, `tile ${JSON.stringify([layer, head, query, more])}`, async (glass) => {
      const encodes = layer < ((await glass.info()).encoder?.layers ?? 0)
      const columns = encodes || more.branch === 'cross' ? (source ?? []).length : ids.length
      const rows: [number, number] = query === null ? [0, encodes ? columns : ids.length] : [query, query + 1]
      const size = { maxRows: rows[1] - rows[0], maxCols: columns }
      const { values } = await glass.attention({ layer, heads: [head], rows, cols: [0, columns], ...size, ...more })
      return [...values]
    })
  }
  const query = async (call: Call): Promise<number | null> => (call.args.has(3) ? call.place(3) : null)
  /** a key that is not seen has no weight */
  const seen = (values: readonly number[]): number[] => values.map((one) => (Number.isNaN(one) ? 0 : one))

  const weights = (branch: 'attn' | 'cross') =>
    fn('run number number place? place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      const values = seen(await tile(call, await query(call), { branch }))
      if (!args.has(4)) return values
      const key = await args.place(4, call.run, branch === 'cross' ? 'source' : undefined)
      const value = values[key]
      if (value === undefined) throw invalid('beyond', { found: key, need: `0 … ${values.length - 1}` }, args.where(4))
      return value
    })

  return {
    /** weight of a query on a key; on all keys; of all queries, one after the other */
    A: weights('attn'),
    /** the same, from the text to an encoder's source */
    cross: weights('cross'),
    /** raw scores of a query, before the softmax; those of keys that it does not see are absent */
    scores: fn('run number number place', async (args) => {
      const call = new Call(m, args, args.run(0))
      return tile(call, await query(call), { what: 'scores' })
    }),
    /** how many keys all queries see together */
    pairs: fn('run number number', async (args) => {
      const values = await tile(new Call(m, args, args.run(0)), null, { what: 'scores' })
      return values.filter((one) => !Number.isNaN(one)).length
    }),
    /** mean weight on the token so many places back */
    back: fn('run number number number', async (args) => {
      const call = new Call(m, args, args.run(0))
      const { length } = (await m.ready(call.run)).ids
      const by = await args.whole(3, 0, length)
      const values = seen(await tile(call, null, {}))
      return mean(Array.from({ length: length - by }, (_, i) => values[(i + by) * length + i]!))
    }),
    /** how far the weights times the values are from what the kernel computed */
    proof: fn('run number place?', async (args) => {
      const call = new Call(m, args, args.run(0))
      const [layer, position] = [await call.layer(1), await call.at(2)]
      return m.ask(call.run, `proof ${layer} ${position}`, (glass) => glass.attentionError(layer, position))
    }),
  }
}
