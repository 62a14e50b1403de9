import { describe, expect, test } from 'vitest'
import type { SamplingView } from '../../store/index.ts'
import { formats } from '../../i18n/format.ts'
import { bits, entropyAfter, onBar, readPipeline } from './pipeline.ts'
import { valueOf } from './stages.ts'

/** The chain in its plainest words, over the whole vocabulary, listing the first `top`. */
function view(
  logits: number[],
  { temperature = 1, topK = 0, topP = 1, minP = 0 },
  top: number,
): { view: SamplingView; final: number[]; beforeTopP: number[] } {
  const softmax = (values: number[]) => {
    const e = values.map(Math.exp),
      sum = e.reduce((a, b) => a + b, 0)
    return e.map((v) => v / sum)
  }
  const renormalize = (p: number[], keep: (v: number, i: number) => boolean) => {
    const k = p.map((v, i) => (keep(v, i) ? v : 0)),
      sum = k.reduce((a, b) => a + b, 0)
    return { p: k.map((v) => v / sum), removedMass: 1 - sum }
  }
  const own = softmax(logits)
  let p = softmax(logits.map((l) => l / temperature))
  const removedBy: (string | null)[] = logits.map(() => null)
  const stages: SamplingView['stages'] = []
  const cut = (stage: string, keep: (v: number, i: number) => boolean) => {
    const before = p
    const next = renormalize(p, (v, i) => v > 0 && keep(v, i))
    before.forEach((v, i) => {
      if (v > 0 && next.p[i] === 0) removedBy[i] ??= stage
    })
    p = next.p
    stages.push({
      stage,
      kept: p.filter((v) => v > 0).length,
      removed: before.filter((v) => v > 0).length - p.filter((v) => v > 0).length,
      removedMass: next.removedMass,
    })
  }
  const sorted = (values: number[]) => values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b)
  if (topK) {
    const best = new Set(sorted(p).slice(0, topK))
    cut('top-k', (_, i) => best.has(i))
  }
  const beforeTopP = p
  if (topP < 1) {
    let sum = 0
    const keep = new Set<number>()
    for (const i of sorted(p)) {
      if (sum >= topP) break
      keep.add(i)
      sum += p[i]!
    }
    cut('top-p', (_, i) => keep.has(i))
  }
  if (minP) {
    const best = Math.max(...p)
    cut('min-p', (v) => v >= minP * best)
  }
  const listed = sorted(logits).slice(0, top)
  const rows = listed.map((id) => ({
    id,
    text: String(id),
    logit: logits[id]!,
    logprob: Math.log(own[id]!),
    penalized: logits[id]!,
    scaled: logits[id]! / temperature,
    removedBy: removedBy[id]!,
    probability: p[id]!,
  }))
  return {
    view: {
      rows,
      stages,
      tail: {
        count: logits.length - top,
        mass: 0,
        finalMass: Math.max(0, 1 - rows.reduce((a, r) => a + r.probability, 0)),
      },
      entropy: 0,
      position: 1,
      draw: null,
      chosen: null,
    },
    final: p,
    beforeTopP,
  }
}
const logits = Array.from({ length: 200 }, (_, i) => 3 * Math.sin(i * 12.9898) + 2 * Math.cos(i * 4.1))

describe("the pipeline, from a part of it and the engine's masses", () => {
  test.each([
    { topK: 20, topP: 0.8, minP: 0.1 },
    { topP: 0.95 },
    { temperature: 2, topP: 0.6 },
    { temperature: 0.5, topK: 30, topP: 0.99, minP: 0.02 },
  ])('%o: what top-p added up is what it saw', (params) => {
    const { view: seen, beforeTopP } = view(logits, params, 25)
    const { rows } = readPipeline(seen, 200)
    for (const row of rows) {
      if (row.cumulative === null) {
        expect(row.removedBy).toBe('top-k')
        continue
      }
      const expected = beforeTopP.reduce(
        (sum, p, i) => (logits[i]! > logits[row.id]! || i === row.id ? sum + p : sum),
        0,
      )
      expect(row.cumulative).toBeCloseTo(expected, 9)
      if (row.removedBy === null) expect(row.cumulative - beforeTopP[row.id]!).toBeLessThan(params.topP)
    }
  })
  test('entropy is exact when all that is left is listed, and held between two ends when not', () => {
    const exact = (p: number[]) => p.reduce((sum, v) => (v > 0 ? sum - v * Math.log(v) : sum), 0)
    const few = view(logits, { topK: 10 }, 25)
    const { entropy, kept, listed } = readPipeline(few.view, 200)
    expect([kept, listed]).toEqual([10, 10])
    expect(entropy.from).toBeCloseTo(exact(few.final), 9)
    expect(entropy.to).toBe(entropy.from)
    for (const temperature of [0.5, 1, 3]) {
      const many = view(logits, { temperature }, 25)
      const between = readPipeline(many.view, 200).entropy
      expect(between.from).toBeLessThanOrEqual(exact(many.final) + 1e-9)
      expect(between.to).toBeGreaterThanOrEqual(exact(many.final) - 1e-9)
    }
    expect(entropyAfter([1], 0, 0)).toEqual({ from: 0, to: 0 })
  })
  test('the bar lays candidates side by side, best first', () => {
    const { view: seen } = view(logits, { topK: 5 }, 25)
    const bar = onBar(seen.rows, 40)
    expect(bar).toHaveLength(5)
    expect(bar[0]!.from).toBe(0)
    expect(bar.at(-1)!.to).toBeCloseTo(1, 12)
    bar.slice(1).forEach((row, i) => {
      expect(row.from).toBe(bar[i]!.to)
      expect(row.probability).toBeLessThanOrEqual(bar[i]!.probability)
    })
  })
})

test('writes what rounds to nothing without a sign', () => {
  expect(bits(-0)).toBe(0)
  // log-softmax in floats can end a little above 0
  expect(bits(-1e-7)).toBe(0)
  expect(bits(Math.LN2)).toBe(1)
  expect([valueOf(-0.001), valueOf(-0.25), valueOf(3)]).toEqual(['0.00', '-0.25', '3.00'])
  for (const lang of ['en', 'zh'] as const) {
    expect([formats(lang).number(-0.01, 1), formats(lang).short(-0), formats(lang).number(-2.5, 1)]).toEqual([
      '0',
      '0',
      '-2.5',
    ])
  }
})
