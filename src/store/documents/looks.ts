// How much an answer looked at each passage, out of the run itself: the attention of all layers and heads, summed over the
// tokens of the passage.

import { spansOf } from '../../retrieval/cite.ts'
import { getClient } from '../client.ts'

/** cells of attention that are read at most, of a layer: a long answer to long passages is not measured */
const mostCells = 2 ** 20

/**
 * @param written passages as they stand in the prompt
 * @param told after every layer, of all
 * @returns a share for each passage, the mean of layers, heads and tokens of the answer; null where it is unknown
 */
export async function looksOf(
  written: readonly string[],
  signal: AbortSignal,
  told: (done: number, layers: number) => void,
): Promise<(number | null)[] | null> {
  const glass = getClient().glass
  const info = await glass.info()
  const tokens = await glass.tokens()
  const from = tokens.findIndex(({ generated }) => generated)
  if (from < 1) return null
  const spans = spansOf(tokens.slice(0, from), written)
  const sums = spans.map(() => 0)
  // the row of a token is what it looked at while the next one was drawn
  const rows: [number, number] = [from - 1, tokens.length - 1]
  const heads = Array.from({ length: info.heads }, (_, i) => i)
  if (heads.length * (rows[1] - rows[0]) * from > mostCells) return null
  for (let layer = 0; layer < info.layers; layer++) {
    if (signal.aborted) return null
    told(layer, info.layers)
    const size = { maxRows: rows[1] - rows[0], maxCols: from }
    const tile = await glass.attention({ layer, heads, rows, cols: [0, from], ...size })
    spans.forEach((span, i) => {
      if (!span) return
      for (let row = 0; row < heads.length * tile.rows; row++) {
        for (let col = span[0]; col < span[1]; col++) {
          const cell = tile.values[row * tile.cols + col]!
          if (!Number.isNaN(cell)) sums[i]! += cell
        }
      }
    })
  }
  const all = info.layers * heads.length * (rows[1] - rows[0])
  return spans.map((span, i) => (span ? sums[i]! / all : null))
}
