import { describe, expect, it } from 'vitest'
import type { AttentionRequest, AttentionTile, Glass, GlassToken } from '../../store/inspect.ts'
import { hitHead, layoutHeads } from './grid-layout.ts'
import { difference } from './before.ts'
import { rollout } from './read.ts'
import { columnWithout, pictureOf, rowWithout } from './sink.ts'
import { maskOf, softmaxUnder } from './toy-mask.ts'
import {
  bestTarget,
  maskEdge,
  foundHeads,
  hasEdit,
  isSilenced,
  lookupTargets,
  rankHeads,
  rankLookups,
  sourcesOf,
  strongest,
  strongestPush,
  toggleEdit,
  toggleEdits,
  toggleSilenced,
  winners,
} from './scores.ts'

const token = (
  position: number,
  id: number,
  text: string,
  generated = false,
  logprob: number | null = -1,
): GlassToken => ({
  position,
  id,
  text,
  bytes: [],
  special: text.startsWith('<'),
  generated,
  logprob,
  rank: 0,
  entropy: 0,
  margin: 0,
  top: [],
})
// <s> the key is under the table . where ? | under the table .
const tokens = ['<s>', 'the', 'key', 'is', 'under', 'the', 'table', '.', 'where', '?'].map((text, i) =>
  token(i, text.length * 31 + text.charCodeAt(0), text),
)
for (const text of ['under', 'the', 'table', '.']) {
  tokens.push(token(tokens.length, text.length * 31 + text.charCodeAt(0), text, true))
}

describe('looking up', () => {
  it('knows which words of the answer stand in the text, and which says most', () => {
    expect(lookupTargets(tokens)).toEqual([10, 11, 12]) // the full stop is no word
    expect(sourcesOf(tokens, 11)).toEqual([1, 5])
    expect(bestTarget(tokens)).toBe(10)
    expect(bestTarget(tokens.slice(0, 10))).toBeNull()
  })
  it('ranks heads by their weight on the sources', () => {
    const rows = [Float32Array.of(0.1, 0.9, 0, 0.5, 0.2, 0.3), null, Float32Array.of(1, 0, 0, 0, 0.4, 0.6)]
    expect(rankLookups(rows, 2, [1, 2]).map((r) => [r.layer, r.head, Number(r.value.toFixed(3))])).toEqual([
      [2, 1, 1],
      [0, 0, 0.9],
      [0, 1, 0.5],
      [2, 0, 0],
    ])
  })
  it('finds the heads that looked, as many as can be masked together, and the strongest one when none did', () => {
    const ranked = [
      [1, 6, 1],
      [3, 2, 0.4],
      [1, 0, 0.06],
      [0, 0, 0.04],
    ].map(([layer, head, value]) => ({ layer: layer!, head: head!, value: value! }))
    const names = (list: { layer: number; head: number }[]) => list.map((r) => `${r.layer}.${r.head}`)
    expect(names(foundHeads(ranked, 1))).toEqual(['1.6', '3.2', '1.0'])
    expect(names(foundHeads(ranked, 40))).toEqual(['1.6', '3.2']) // 64 edges a layer
    expect(names(foundHeads(ranked.slice(3), 1))).toEqual(['0.0'])
    expect(strongestPush(Float32Array.of(-3, 0.5, 2, 1), 2)).toEqual({ layer: 1, head: 0 })
  })
  it('masks all of them, or gives all back, and leaves other edits alone', () => {
    const [a, b, other] = [
      maskEdge({ layer: 1, head: 6 }, 9, 3),
      maskEdge({ layer: 3, head: 2 }, 9, 3),
      maskEdge({ layer: 0, head: 0 }, 2, 1),
    ]
    expect(toggleEdits([other, a], [a, b])).toEqual([other, a, b])
    expect(toggleEdits([other, a, b], [a, b])).toEqual([other])
  })
})

describe('heads', () => {
  const zeros = () => new Float32Array(4)
  const stats = {
    self: zeros(),
    previous: Float32Array.of(0.1, 0.8, 0.3, 0),
    induction: Float32Array.of(0, 0, 0, 0.5),
    entropy: zeros(),
    relativeEntropy: zeros(),
    distance: zeros(),
    distanceVariance: zeros(),
    sink: zeros(),
  }
  it('are ranked by a score, and the first gets its badge', () => {
    expect(rankHeads(stats, 'previous', 2).map((r) => [r.layer, r.head])).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
      [1, 1],
    ])
    expect([...winners(stats, 2)]).toEqual([
      [1, ['previous']],
      [3, ['induction']],
    ])
  })
  it.each([
    [320, 4, 8, 4],
    [900, 24, 14, 2],
    [300, 2, 32, 32],
  ])('fit %i pixels and are found where they are drawn', (width, layers, heads, kvHeads) => {
    for (const order of [
      null,
      Array.from({ length: layers * heads }, (_, i) => ({ layer: Math.floor(i / heads), head: i % heads, value: i })),
    ]) {
      const layout = layoutHeads(width, { layers, heads, kvHeads }, order)
      expect(layout.cells).toHaveLength(layers * heads)
      for (const cell of layout.cells) {
        expect(hitHead(layout, cell.x + cell.size / 2, cell.y + cell.size / 2)).toEqual({
          layer: cell.layer,
          head: cell.head,
        })
      }
      if (heads < 32) expect(Math.max(...layout.cells.map((c) => c.x + c.size))).toBeLessThanOrEqual(width)
      // layers go up, as on every panel; sorted heads stand in their order
      const at = (layer: number): number => layout.cells.find((c) => c.layer === layer && c.head === 0)!.y
      if (!order) expect(at(layers - 1)).toBeLessThan(at(0))
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
  it('rollout without the sink: what went there is lost, or shared out among the rest', () => {
    const mean = Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5)
    const hidden = rollout([mean], 3, 2, 0.01, 'hidden')
    expect([...hidden.source].map((v) => Number(v.toFixed(6)))).toEqual([0, 0.15, 0.75])
    expect(hidden.lost).toBeCloseTo(0.1, 6)
    const two = rollout([mean, mean], 3, 2, 0.01, 'hidden')
    expect(two.source.reduce((a, b) => a + b, 0) + two.lost).toBeCloseTo(1, 6)
    const shared = rollout([mean], 3, 2, 0.01, 'renormalised')
    expect(shared.source[1]).toBeCloseTo((0.5 * 0.3) / 0.8, 6)
    expect([shared.source.reduce((a, b) => a + b, 0), shared.lost].map((v) => Number(v.toFixed(6)))).toEqual([1, 0])
    const all = Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 1, 0, 0)
    expect(rollout([all], 3, 2, 0.01, 'renormalised')).toMatchObject({ lost: 0.5 })
    expect(rollout([mean], 3, 0, 0.01, 'hidden').source[0]).toBeCloseTo(1, 6)
  })
})

describe('edits', () => {
  const head = { layer: 1, head: 2 }
  it('toggle', () => {
    const silenced = toggleSilenced([], head)
    expect([isSilenced(silenced, head), isSilenced(toggleSilenced(silenced, head), head)]).toEqual([true, false])
    const edge = maskEdge(head, 5, 3)
    expect([hasEdit(toggleEdit([], edge), edge), toggleEdit([edge], maskEdge(head, 5, 3))]).toEqual([true, []])
  })
})

describe('layers in range', () => {
  const zeros = () => new Float32Array(6)
  const stats = {
    self: zeros(),
    previous: Float32Array.of(0.9, 0.8, 0.3, 0.4, 0.2, 0),
    induction: zeros(),
    entropy: zeros(),
    relativeEntropy: zeros(),
    distance: zeros(),
    distanceVariance: zeros(),
    sink: zeros(),
  }
  it('are ranked and laid out alone, and keep their numbers', () => {
    expect(rankHeads(stats, 'previous', 2, [1, 2]).map((r) => [r.layer, r.head])).toEqual([
      [1, 1],
      [1, 0],
      [2, 0],
      [2, 1],
    ])
    expect([...winners(stats, 2, [1, 2]).keys()]).toEqual([3])
    const { cells, rows } = layoutHeads(300, { layers: 3, heads: 2, kvHeads: 2 }, null, [1, 2])
    expect(cells.map((c) => [c.layer, c.head])).toEqual([
      [2, 0],
      [2, 1],
      [1, 0],
      [1, 1],
    ])
    expect(rows.map((r) => r.text)).toEqual(['L2', 'L1'])
  })
})

describe('without the sink', () => {
  const T = 11
  const weights = Array.from({ length: T }, (_, r) => {
    const raw = Array.from({ length: r + 1 }, (__, c) => Math.exp(Math.sin(r * 3 + c * 5) * 2 + (c === 0 ? 1.5 : 0)))
    const sum = raw.reduce((a, b) => a + b, 0)
    return raw.map((v) => v / sum)
  })
  weights[4] = [0.9999, 0.0001, 0, 0, 0]
  const at = (r: number, c: number): number => weights[r]?.[c] ?? NaN
  /** answers like the engine: the largest of every pool, never more cells than asked */
  const glass = {
    attention: ({ heads, rows, cols, maxRows, maxCols }: AttentionRequest): Promise<AttentionTile> => {
      const pr = Math.ceil((rows[1] - rows[0]) / maxRows),
        pc = Math.ceil((cols[1] - cols[0]) / maxCols)
      const height = Math.ceil((rows[1] - rows[0]) / pr),
        width = Math.ceil((cols[1] - cols[0]) / pc)
      const values = heads.flatMap(() =>
        Array.from({ length: height * width }, (_, i) =>
          largest([rows[0] + Math.floor(i / width) * pr, pr, rows[1]], [cols[0] + (i % width) * pc, pc, cols[1]], at),
        ),
      )
      return Promise.resolve({ heads, rows: height, cols: width, pool: [pr, pc], values: Float32Array.from(values) })
    },
  } as unknown as Glass
  function largest([r0, pr, r1]: number[], [c0, pc, c1]: number[], of: (r: number, c: number) => number): number {
    let best = NaN
    for (let r = r0!; r < Math.min(r1!, r0! + pr!); r++) {
      for (let c = c0!; c < Math.min(c1!, c0! + pc!); c++) {
        if (!Number.isNaN(of(r, c)) && !(of(r, c) <= best)) best = of(r, c)
      }
    }
    return best
  }
  const renormalised = (r: number, c: number): number =>
    c === 0 || 1 - at(r, 0) < 1e-3 ? NaN : at(r, c) / (1 - at(r, 0))

  it('rows add up to 1 again, and a row with nothing beside the sink is absent', () => {
    const row = rowWithout(Float32Array.from(weights[7]!), 'renormalised')
    expect(row[0]).toBeNaN()
    expect(row.slice(1).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
    expect([...rowWithout(Float32Array.from(weights[4]!), 'renormalised')].every(Number.isNaN)).toBe(true)
    expect(rowWithout(Float32Array.from(weights[7]!), 'hidden')[3]).toBeCloseTo(at(7, 3), 6)
  })
  it('a column is divided row by row', () => {
    const rows = [5, 6, 7],
      of = (c: number) => Float32Array.from(rows, (r) => at(r, c))
    columnWithout(of(2), of(0), 'renormalised').forEach((v, i) => expect(v).toBeCloseTo(renormalised(rows[i]!, 2), 5))
  })
  it.each([
    [T, T],
    [4, 3],
    [1, 5],
  ])('a picture of %i x %i samples pools after the division', async (maxRows, maxCols) => {
    const rows: [number, number] = [1, T],
      cols: [number, number] = [1, T]
    const tile = await pictureOf(glass, 'renormalised', { layer: 0, heads: [0, 1], rows, cols, maxRows, maxCols })
    const [pr, pc] = tile.pool
    expect(tile.values).toHaveLength(2 * tile.rows * tile.cols)
    tile.values.forEach((v, i) => {
      const r = Math.floor(i / tile.cols) % tile.rows,
        c = i % tile.cols
      const expected = largest([1 + r * pr, pr, T], [1 + c * pc, pc, T], renormalised)
      if (Number.isNaN(expected)) expect(v).toBeNaN()
      else expect(v).toBeCloseTo(expected, 5)
    })
  })
})

describe('two runs', () => {
  const span = { from: 0, to: 2 }
  const tile = (...values: number[]) => ({
    rows: span,
    cols: span,
    height: 2,
    width: 2,
    values: Float32Array.from(values),
  })
  it('a masked edge has lost all its weight, and has no score to subtract', () => {
    const after = tile(1, NaN, NaN, 0.75),
      before = tile(1, NaN, 0.5, 0.5)
    expect([...difference(after, before, false)!.values]).toEqual([0, NaN, -0.5, 0.25])
    expect([...difference(after, before, true)!.values]).toEqual([0, NaN, NaN, 0.25])
    expect(difference(after, { ...before, rows: { from: 1, to: 3 } }, false)).toBeNull()
  })
})

describe('masks to play with', () => {
  const n = 5,
    options = { prefix: 2, window: 2 }
  const rows = (kind: Parameters<typeof maskOf>[0]) =>
    Array.from({ length: n }, (_, r) => [...maskOf(kind, n, options).subarray(r * n, (r + 1) * n)].join(''))
  it('let see what they say', () => {
    expect(rows('causal')).toEqual(['10000', '11000', '11100', '11110', '11111'])
    expect(rows('bidirectional')).toEqual(Array<string>(n).fill('11111'))
    expect(rows('prefix')).toEqual(['11000', '11000', '11100', '11110', '11111'])
    expect(rows('window')).toEqual(['10000', '11000', '01100', '00110', '00011'])
  })
  it('share out every row among what it sees', () => {
    const scores = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i) * 300) // a plain exp would overflow
    const mask = maskOf('window', n, options)
    mask.fill(0, n, 2 * n)
    const weights = softmaxUnder(scores, mask, n)
    expect([...weights.subarray(n, 2 * n)].every(Number.isNaN)).toBe(true)
    for (const r of [0, 2, 3, 4]) {
      const [a, b] = [Math.max(0, r - 1), r].map((c) => scores[r * n + c]!) as [number, number]
      expect(weights[r * n + r]).toBeCloseTo(r === 0 ? 1 : 1 / (1 + Math.exp(a - b)), 6)
    }
  })
})
