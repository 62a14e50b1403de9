import { describe, expect, it } from 'vitest'
import type { AttentionRequest, AttentionTile, Edit, Glass, GlassToken } from '../../store/inspect.ts'
import { hitHead, layoutHeads } from './grid-layout.ts'
import { attentionTile } from './mask.ts'
import { exact, rollout } from './read.ts'
import { bestTarget, cutEdge, hasEdit, isSilenced, lookupTargets, rankHeads, rankLookups, sourcesOf, strongest, toggleEdit, toggleSilenced, winners } from './scores.ts'

const token = (position: number, id: number, text: string, generated = false, logprob: number | null = -1): GlassToken =>
  ({ position, id, text, bytes: [], special: text.startsWith('<'), generated, logprob, rank: 0, entropy: 0, margin: 0, top: [] })
// <s> the key is under the table . where ? | under the table .
const tokens = ['<s>', 'the', 'key', 'is', 'under', 'the', 'table', '.', 'where', '?'].map((text, i) => token(i, text.length * 31 + text.charCodeAt(0), text))
for (const text of ['under', 'the', 'table', '.']) tokens.push(token(tokens.length, text.length * 31 + text.charCodeAt(0), text, true))

describe('looking up', () => {
  it('knows which words of the answer stand in the text, and which says most', () => {
    expect(lookupTargets(tokens)).toEqual([10, 11, 12]) // the full stop is no word
    expect(sourcesOf(tokens, 11)).toEqual([1, 5])
    expect(bestTarget(tokens)).toBe(10)
    expect(bestTarget(tokens.slice(0, 10))).toBeNull()
  })
  it('ranks heads by their weight on the sources', () => {
    const rows = [Float32Array.of(0.1, 0.9, 0, 0.5, 0.2, 0.3), null, Float32Array.of(1, 0, 0, 0, 0.4, 0.6)]
    expect(rankLookups(rows, 2, [1, 2]).map((r) => [r.layer, r.head, Number(r.value.toFixed(3))])).toEqual([[2, 1, 1], [0, 0, 0.9], [0, 1, 0.5], [2, 0, 0]])
  })
})

describe('heads', () => {
  const zeros = () => new Float32Array(4)
  const stats = { self: zeros(), previous: Float32Array.of(0.1, 0.8, 0.3, 0), induction: Float32Array.of(0, 0, 0, 0.5), entropy: zeros(), relativeEntropy: zeros(), distance: zeros(), distanceVariance: zeros(), sink: zeros() }
  it('are ranked by a score, and the first gets its badge', () => {
    expect(rankHeads(stats, 'previous', 2).map((r) => [r.layer, r.head])).toEqual([[0, 1], [1, 0], [0, 0], [1, 1]])
    expect([...winners(stats, 2)]).toEqual([[1, ['previous']], [3, ['induction']]])
  })
  it.each([[320, 4, 8, 4], [900, 24, 14, 2], [300, 2, 32, 32]])('fit %i pixels and are found where they are drawn', (width, layers, heads, kvHeads) => {
    for (const order of [null, Array.from({ length: layers * heads }, (_, i) => ({ layer: Math.floor(i / heads), head: i % heads, value: i }))]) {
      const layout = layoutHeads(width, { layers, heads, kvHeads }, order)
      expect(layout.cells).toHaveLength(layers * heads)
      for (const cell of layout.cells) expect(hitHead(layout, cell.x + cell.size / 2, cell.y + cell.size / 2)).toEqual({ layer: cell.layer, head: cell.head })
      if (heads < 32) expect(Math.max(...layout.cells.map((c) => c.x + c.size))).toBeLessThanOrEqual(width)
      expect(layout.brackets).toHaveLength(order || heads === kvHeads ? 0 : kvHeads)
    }
  })
})

describe('edges', () => {
  it('keeps the strongest until they hold the mass', () => {
    const row = Float32Array.of(0.5, 0.05, 0.3, 0.15)
    expect(strongest(row, 0.7, false).map((e) => e.key)).toEqual([0, 2])
    expect(strongest(row, 0.7, true).map((e) => e.key)).toEqual([2, 3])
    expect(strongest(new Float32Array(3), 0.7, false)).toEqual([])
  })
  it('rollout keeps all of the mass', () => {
    const mean = Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5)
    const { source, edges, levels } = rollout([mean, mean], 3, 2, 0.01)
    expect(source.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
    expect(levels).toHaveLength(3)
    expect(source[2]).toBeCloseTo(0.75 ** 2, 6)
    expect(edges.every((e) => e.to <= e.from && e.flow >= 0.01)).toBe(true)
  })
})

describe('edits', () => {
  const head = { layer: 1, head: 2 }
  it('toggle', () => {
    const silenced = toggleSilenced([], head)
    expect([isSilenced(silenced, head), isSilenced(toggleSilenced(silenced, head), head)]).toEqual([true, false])
    const edge = cutEdge(head, 5, 3)
    expect([hasEdit(toggleEdit([], edge), edge), toggleEdit([edge], cutEdge(head, 5, 3))]).toEqual([true, []])
  })
})

describe('a cut look is not drawn', () => {
  const T = 6
  const weight = (r: number, c: number) => (c > r ? NaN : (r * 7 + c * 3 + 1) / 100)
  /** pools as the engine does and knows nothing of cuts */
  const fake = (edits: Edit[]) => ({
    info: () => Promise.resolve({ edits }),
    attention: ({ heads, rows, cols, maxRows, maxCols }: AttentionRequest): Promise<AttentionTile> => {
      const pr = Math.ceil((rows[1] - rows[0]) / maxRows), pc = Math.ceil((cols[1] - cols[0]) / maxCols)
      const height = Math.ceil((rows[1] - rows[0]) / pr), width = Math.ceil((cols[1] - cols[0]) / pc)
      const values = heads.flatMap(() => Array.from({ length: height * width }, (_, i) => {
        let best = NaN
        for (let r = rows[0] + Math.floor(i / width) * pr; r < Math.min(rows[1], rows[0] + (Math.floor(i / width) + 1) * pr); r++) {
          for (let c = cols[0] + (i % width) * pc; c < Math.min(cols[1], cols[0] + ((i % width) + 1) * pc); c++) if (!(weight(r, c) <= best) && !Number.isNaN(weight(r, c))) best = weight(r, c)
        }
        return best
      }))
      return Promise.resolve({ heads, rows: height, cols: width, pool: [pr, pc], values: Float32Array.from(values) })
    },
  }) as unknown as Glass
  it('cell by cell, for its head only, and in later rows for what was dropped', async () => {
    const glass = fake([cutEdge({ layer: 0, head: 1 }, 4, 2), { kind: 'drop', keys: [0, 1] }])
    const values = await exact(glass, 0, [0, 1], [0, T], [0, T])
    const at = (h: number, r: number, c: number) => values[(h * T + r) * T + c]!
    expect(at(0, 4, 2)).toBeCloseTo(weight(4, 2))
    expect(at(1, 4, 2)).toBeNaN()
    expect([at(0, 0, 0), at(0, 1, 0)].map(Number.isNaN)).toEqual([false, true])
    expect(await exact(glass, 1, [1], [4, 5], [2, 3])).toEqual(Float32Array.of(weight(4, 2)))
  })
  it('inside a pooled cell the next strongest stands', async () => {
    const tile = await attentionTile(fake([cutEdge({ layer: 0, head: 0 }, 3, 3)]), { layer: 0, heads: [0], rows: [0, T], cols: [0, T], maxRows: 3, maxCols: 3 })
    expect(tile.pool).toEqual([2, 2])
    expect(tile.values[4]).toBeCloseTo(Math.max(weight(2, 2), weight(3, 2)))
    expect(tile.values[0]).toBeCloseTo(weight(1, 1))
  })
})
