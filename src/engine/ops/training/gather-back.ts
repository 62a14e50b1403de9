// The gradient of an embedding: each word's row gets the sum of its tokens' gradients, in the order of the text. The host sorts
// the tokens by word (sortedByWord), so that each row has one owner and no atomics are needed.

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

/**
 * (word, first, count) of each different word, ascending, padded to `most` triples; behind them the tokens' places by word.
 * @returns the words of the tensor that gather-back reads, and how many different words there are
 */
export function sortedByWord(ids: readonly number[], most: number): { words: Uint32Array; count: number } {
  const order = ids.map((_, i) => i).sort((a, b) => ids[a]! - ids[b]! || a - b)
  const words = new Uint32Array(3 * most + most)
  let count = 0
  order.forEach((place, i) => {
    words[3 * most + i] = place
    if (i > 0 && ids[order[i - 1]!] === ids[place]) words[3 * count - 1]!++
    else words.set([ids[place]!, i, 1], 3 * count++)
  })
  return { words, count }
}

export const gatherBack = defineOp({
  name: 'gather-back',
  args: { ids: 'ids', dy: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/gather-back',
        perElement(({ D }, { T }) => T * D!),
      ),
      name: 'gather-back',
    },
  ],
  reference({ tensors: { dy, dw }, ids, params, step: { T } }) {
    const { D, at, most } = params as Record<'D' | 'at' | 'most', number>
    for (let n = 0; n < T; n++) {
      const [word, first, count] = [ids![3 * n]!, ids![3 * n + 1]!, ids![3 * n + 2]!]
      for (let i = 0; i < D; i++) {
        let sum = 0
        for (let j = first; j < first + count; j++) sum += dy![ids![3 * most + j]! * D + i]!
        dw![at + word * D + i]! += sum
      }
    }
  },
  cases: [
    {
      params: { D: 10, at: 5, most: 6 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { dy: 50, dw: 75 },
      ids: [...sortedByWord([6, 2, 6, 0, 6], 6).words],
    },
  ],
})
