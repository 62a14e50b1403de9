import { describe, expect, it } from 'vitest'
import type { GlassToken } from '../../store/inspect.ts'
import { hitHead, layoutHeads } from './grid-layout.ts'
import { rollout } from './read.ts'
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
