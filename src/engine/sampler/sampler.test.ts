// Every stage against a slow and plain implementation of HF's processors; the draw by
// chi-square; PCG32 by its published numbers.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import type { SamplingParams } from '../types.ts'
import { topPositions } from './candidates.ts'
import { checkSampling, defaultSampling, nonFinite, Sampler } from './chain.ts'
import { drawMany } from './draws.ts'
import { parameters, perParameter } from './params.ts'
import { Pcg32 } from './pcg.ts'
import { traceSampling } from './trace.ts'

const off: SamplingParams = { ...perParameter((name) => parameters[name].off), seed: 1, logitBias: {} }
const softmax = (l: number[]): number[] => {
  const max = Math.max(...l)
  const e = l.map((x) => Math.exp(x - max))
  const sum = e.reduce((a, b) => a + b, 0)
  return e.map((x) => x / sum)
}

/** transformers' chain in full vectors: removed tokens are -Infinity. Returns final probabilities. */
function reference(logits: number[], p: SamplingParams, history: number[]): number[] {
  let s = logits.slice()
  for (const [id, b] of Object.entries(p.logitBias)) if (Number(id) < s.length) s[Number(id)]! += b
  for (const id of new Set(history)) {
    if (id >= s.length) continue
    s[id] = s[id]! < 0 ? s[id]! * p.repetitionPenalty : s[id]! / p.repetitionPenalty
    s[id]! -= p.presencePenalty + p.frequencyPenalty * history.filter((x) => x === id).length
  }
  if (p.temperature === 0) {
    const best = s.indexOf(Math.max(...s))
    return s.map((_, i) => (i === best ? 1 : 0))
  }
  s = s.map((x) => x / p.temperature)
  if (p.topK > 0) {
    const kth = s.slice().sort((a, b) => b - a)[Math.min(p.topK, s.length) - 1]!
    s = s.map((x) => (x < kth ? -Infinity : x))
  }
  if (p.topP < 1) {
    const probs = softmax(s)
    const ascending = s.map((_, i) => i).sort((a, b) => s[a]! - s[b]! || b - a)
    let sum = 0
    ascending.forEach((id, i) => {
      sum += probs[id]!
      if (sum <= 1 - p.topP && i < s.length - 1) s[id] = -Infinity
    })
  }
  if (p.minP > 0) {
    const probs = softmax(s)
    const limit = p.minP * Math.max(...probs)
    s = s.map((x, i) => (probs[i]! < limit ? -Infinity : x))
  }
  return softmax(s)
}

/** Final probabilities of our chain, through the trace of all tokens. */
function ours(logits: number[], p: SamplingParams, history: number[]): number[] {
  const out = new Array<number>(logits.length).fill(0)
  for (const row of traceSampling(Float32Array.from(logits), p, history, { top: logits.length }).rows) {
    out[row.id] = row.probability
  }
  return out
}

const logitRow = fc.array(
  fc.integer({ min: -80, max: 80 }).map((x) => x / 8),
  { minLength: 1, maxLength: 40 },
)
const anyParams = fc
  .record({
    temperature: fc.constantFrom(0, 0.1, 0.5, 1, 1.7, 5),
    topK: fc.constantFrom(0, 1, 2, 3, 10, 100),
    topP: fc.constantFrom(1, 0.999, 0.913, 0.501, 0.103, 0.001),
    minP: fc.constantFrom(0, 0.05001, 0.3001, 1),
    repetitionPenalty: fc.constantFrom(1, 1.3, 0.7),
    presencePenalty: fc.constantFrom(0, 0.5, -1),
    frequencyPenalty: fc.constantFrom(0, 0.25),
    seed: fc.integer(),
    logitBias: fc.dictionary(fc.integer({ min: 0, max: 50 }).map(String), fc.integer({ min: -5, max: 5 }), {
      maxKeys: 3,
    }),
  })
  .map((some): SamplingParams => ({ ...off, ...some }))
const history = fc.array(fc.integer({ min: 0, max: 45 }), { maxLength: 20 })

describe('stages', () => {
  const single: Partial<SamplingParams>[] = [
    { temperature: 0 },
    { temperature: 0.3 },
    { temperature: 3 },
    { topK: 1 },
    { topK: 4 },
    { topP: 0.9 },
    { topP: 0.3 },
    { minP: 0.1001 },
    { repetitionPenalty: 1.5 },
    { presencePenalty: 1 },
    { frequencyPenalty: 0.5 },
    { logitBias: { 0: 3, 2: -100 } },
  ]
  test.each(single)('%o is as the plain implementation has it', (change) => {
    fc.assert(fc.property(logitRow, history, (logits, seen) => compare(logits, { ...off, ...change }, seen)))
  })
  test('any mixture is as the plain implementation has it', () => {
    fc.assert(fc.property(logitRow, anyParams, history, compare), { numRuns: 500 })
  })
  function compare(logits: number[], params: SamplingParams, seen: number[]): void {
    const expected = reference(logits, params, seen),
      got = ours(logits, params, seen)
    expect(got.length).toBe(expected.length)
    got.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 9))
  }
  test("transformers' own processors give the same probabilities", () => {
    const cases = JSON.parse(
      readFileSync(new URL('../../../fixtures/sampler/processors.json', import.meta.url), 'utf8'),
    ) as { logits: number[]; params: Partial<SamplingParams>; history: number[]; probabilities: number[] }[]
    for (const { logits, params, history: seen, probabilities } of cases) {
      ours(logits, { ...off, ...params }, seen).forEach((p, i) =>
        expect(p, JSON.stringify(params)).toBeCloseTo(probabilities[i]!, 9),
      )
    }
  })
  test('top-k keeps ties at the border, top-p does not', () => {
    expect(ours([2, 1, 1, 0], { ...off, topK: 2 }, []).filter((p) => p > 0).length).toBe(3)
    expect(ours([0, 0, 0, 0], { ...off, topP: 0.5 }, [])).toEqual([0.5, 0.5, 0, 0])
    expect(ours([1, 2, 3], { ...off, topP: 0 }, [])).toEqual([0, 0, 1])
  })
  test('reports say what went', () => {
    const { stages } = new Sampler({ ...off, topK: 2, topP: 0.6 }).sample(
      Float32Array.from([Math.log(4), Math.log(3), Math.log(2), 0]),
      { top: 0 },
    )
    expect(stages.map((s) => [s.stage, s.kept, s.removed])).toEqual([
      ['temperature', 4, 0],
      ['top-k', 2, 2],
      ['top-p', 2, 0],
      ['pick', 1, 1],
    ])
    expect(stages[1]!.removedMass).toBeCloseTo(0.3, 6)
  })
})

describe("the model's own distribution", () => {
  test('logprob, rank, entropy and top ignore every stage', () => {
    fc.assert(
      fc.property(logitRow, anyParams, (logits, params) => {
        const result = new Sampler(params).sample(Float32Array.from(logits), { top: 5 })
        const p = softmax(logits)
        expect(result.logprob).toBeCloseTo(Math.log(p[result.id]!), 9)
        expect(result.entropy).toBeCloseTo(-p.reduce((sum, x) => sum + x * Math.log(x), 0), 9)
        const order = logits.map((_, i) => i).sort((a, b) => logits[b]! - logits[a]! || a - b)
        expect(result.rank).toBe(order.indexOf(result.id))
        expect(result.top.map((t) => t.id)).toEqual(order.slice(0, 5))
      }),
    )
  })
  test('the best k by heap are the best k by sorting', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.nat(30), (values, k) => {
        const sorted = values
          .map((_, i) => i)
          .sort((a, b) => values[b]! - values[a]! || a - b)
          .slice(0, k)
        expect([...topPositions(values, values.length, k)]).toEqual(sorted)
      }),
    )
  })
  test('masked tokens are never picked; NaN, +Infinity and nothing at all are refused', () => {
    const masked = Float32Array.from([-Infinity, 1, -Infinity, 1])
    const sampler = new Sampler(off)
    for (let i = 0; i < 50; i++) expect([1, 3]).toContain(sampler.sample(masked, { top: 4 }).id)
    expect(sampler.sample(masked, { top: 4 })).toMatchObject({ entropy: Math.log(2) })
    expect(sampler.sample(masked, { top: 4 }).top.length).toBe(2)
    for (const bad of [[1, NaN], [NaN], [Infinity, 1], [-Infinity, -Infinity]]) {
      expect(() => sampler.sample(Float32Array.from(bad), { top: 1 })).toThrow(
        expect.objectContaining({ code: 'NUMERIC' }) as Error,
      )
    }
    expect(nonFinite(Float32Array.from([1, -Infinity]))).toBe(1)
    expect(nonFinite(Float32Array.from([1, 2]))).toBe(-1)
  })
})

describe('the draw', () => {
  test('greedy takes the lowest id of the best and draws nothing', () => {
    const result = new Sampler({ ...off, temperature: 0 }).sample(Float32Array.from([1, 3, 3, 2, 3]), { top: 3 })
    expect(result).toMatchObject({ id: 1, draw: null, rank: 0 })
    expect(result.top.map((t) => t.id)).toEqual([1, 2, 4])
  })
  test('PCG32 gives the published numbers', () => {
    const random = new Pcg32(42n, 54n)
    expect(Array.from({ length: 6 }, () => random.next())).toEqual([
      0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e,
    ])
  })
  test('the same seed gives the same ids; a sampler that passes over numbers goes on with them', () => {
    const logits = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i * 12.9898) * 3)
    const params = { ...off, seed: 7, frequencyPenalty: 0.1 }
    const run = (sampler: Sampler, n: number): number[] =>
      Array.from({ length: n }, () => {
        const { id } = sampler.sample(logits, { top: 0 })
        sampler.observe(id)
        return id
      })
    const whole = run(new Sampler(params), 40)
    expect(run(new Sampler(params), 40)).toEqual(whole)
    expect(run(new Sampler({ ...params, seed: 8 }), 40)).not.toEqual(whole)
    const first = new Sampler(params)
    const start = run(first, 15)
    const second = new Sampler(params)
    for (const id of start) second.observe(id)
    second.skip(15)
    expect([...start, ...run(second, 25)]).toEqual(whole)
  })
  test('a token that is put there is measured as a drawn one, and takes its number with it', () => {
    const logits = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i * 12.9898) * 3)
    const drawn = new Sampler({ ...off, seed: 3 }),
      mixed = new Sampler({ ...off, seed: 3 })
    const [a, b, c] = [1, 2, 3].map(() => drawn.sample(logits, { top: 5 }))
    expect(mixed.sample(logits, { top: 5 })).toEqual(a)
    expect(mixed.put(b!.id, logits, { top: 5 })).toEqual({ ...b, draw: null, stages: [] })
    expect(mixed.sample(logits, { top: 5 })).toEqual(c)
    mixed.restart()
    expect(mixed.sample(logits, { top: 5 })).toEqual(a)
  })
  test.each([
    { temperature: 0.8, topP: 0.9 },
    { temperature: 0 },
    { temperature: 1.5, repetitionPenalty: 1.3, topK: 30 },
  ])('many draws from one row are those of a sampler asked again and again: %j', (change) => {
    const logits = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i * 12.9898) * 3)
    const params = { ...off, seed: 11, ...change },
      history = [3, 3, 14]
    const sampler = new Sampler(params)
    for (const id of history) sampler.observe(id)
    const asked = Array.from({ length: 60 }, () => sampler.sample(logits, { top: 0 }))
    const { counts, uniforms } = drawMany(logits, params, history, 60)
    expect(uniforms).toEqual(asked.flatMap(({ draw }) => draw ?? []))
    for (const { id, count } of counts) expect(count).toBe(asked.filter((one) => one.id === id).length)
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(60)
  })
  test('10^5 draws follow the probabilities (chi-square)', () => {
    const logits = [2, 1.5, 1.5, 1, 0.5, 0, 0, -1, -1.5, -2]
    const expected = reference(logits, { ...off, temperature: 1.2, minP: 0.05 }, [])
    const sampler = new Sampler({ ...off, temperature: 1.2, minP: 0.05, seed: 3 })
    const counts = new Array<number>(10).fill(0)
    const n = 100_000
    for (let i = 0; i < n; i++) counts[sampler.sample(Float32Array.from(logits), { top: 0 }).id]!++
    let chi = 0,
      free = -1
    expected.forEach((p, i) => {
      if (p === 0) return expect(counts[i]).toBe(0)
      chi += (counts[i]! - n * p) ** 2 / (n * p)
      free++
    })
    expect(free).toBe(8)
    expect(chi).toBeLessThan(26.1) // the 0.1 % point for 8 degrees of freedom
  })
  test('the token lies under the number when candidates are laid out best first', () => {
    fc.assert(
      fc.property(logitRow, fc.integer(), (logits, seed) => {
        const result = new Sampler({ ...off, seed }).sample(Float32Array.from(logits), { top: logits.length })
        let low = 0
        for (const t of result.top.slice(0, result.rank)) low += Math.exp(t.logprob)
        expect(result.draw).toBeGreaterThanOrEqual(low - 1e-9)
        expect(result.draw).toBeLessThan(low + Math.exp(result.logprob) + 1e-9)
      }),
    )
  })
})

describe('checkSampling', () => {
  test('fills in defaults, and leaves what is in range as it is', () => {
    expect(checkSampling({})).toEqual(defaultSampling)
    expect(checkSampling({ topP: 0.3, temperature: 0, maxTokens: 5 } as Partial<SamplingParams>)).toEqual({
      ...defaultSampling,
      topP: 0.3,
      temperature: 0,
    })
    expect(checkSampling({ temperature: undefined }).temperature).toBe(defaultSampling.temperature)
  })
  const bad: object[] = [
    { temperature: NaN },
    { temperature: -1 },
    { temperature: '1' },
    { topK: -1 },
    { topP: -0.1 },
    { topP: null },
    { minP: NaN },
    { repetitionPenalty: 0 },
    { repetitionPenalty: -1 },
    { seed: 1.5 },
    { seed: NaN },
    { seed: 1e300 },
    { logitBias: [1] },
    { logitBias: null },
    { logitBias: { a: 1 } },
    { logitBias: { 1: NaN } },
    { logitBias: { '-1': 1 } },
    { presencePenalty: 'x' },
    { frequencyPenalty: {} },
  ]
  test.each(bad)('%o is refused with a sentence', (params) => {
    expect(() => checkSampling(params as Partial<SamplingParams>)).toThrow(EngineError)
    try {
      checkSampling(params as Partial<SamplingParams>)
    } catch (error) {
      expect(error).toMatchObject({ code: 'PARAM_INVALID', facts: { param: Object.keys(params)[0] } })
      expect((error as Error).message).toMatch(/^Cannot sample with ".*it must be .*\.$/)
    }
  })
})

describe('trace', () => {
  test('shows what each stage did to each token', () => {
    const trace = traceSampling(
      Float32Array.from([3, 2, 1, 0, -1]),
      { ...off, topK: 2, minP: 0.2, repetitionPenalty: 2, logitBias: { 4: 9 } },
      [0, 0],
      { top: 2 },
    )
    expect(trace.rows.map((r) => [r.id, r.penalized, r.removedBy])).toEqual([
      [0, 1.5, 'top-k'],
      [1, 2, 'min-p'],
      [4, 8, null],
    ])
    expect(trace.rows[2]!.probability).toBe(1)
    expect(trace.tail).toMatchObject({ count: 2, finalMass: 0 })
    expect(trace.stages.map((s) => s.stage)).toEqual(['bias', 'repetition', 'temperature', 'top-k', 'min-p'])
  })
  test('lists a token with a bias wherever it stands, while it can be drawn; a banned one only among the best', () => {
    const logits = Float32Array.from({ length: 50 }, (_, i) => -i / 10)
    const ids = (logitBias: Record<number, number>, more = {}) =>
      traceSampling(logits, { ...off, logitBias, ...more }, [], { top: 2 }).rows.map(({ id }) => id)
    expect(ids({ 30: 0.5, 40: -3 })).toEqual([0, 1, 30, 40])
    expect(ids({ 30: -1e4, 99: 5 })).toEqual([0, 1])
    expect(ids({ 30: 0.5 }, { topK: 3 })).toEqual([0, 1])
  })
})

test('speed over a vocabulary of 152k', () => {
  const random = new Pcg32(5n)
  const rows = Array.from({ length: 4 }, () =>
    Float32Array.from({ length: 151_936 }, () => (random.uniform() + random.uniform() + random.uniform() - 1.5) * 8),
  )
  const lines = Object.entries({
    greedy: { ...off, temperature: 0 },
    defaults: defaultSampling,
    'top-p only': { ...off, topP: 0.95 },
    'nothing on': off,
  }).map(([name, params]) => {
    const sampler = new Sampler(params)
    for (const row of rows) sampler.sample(row, { top: 20 })
    const start = performance.now()
    for (let i = 0; i < 8; i++) sampler.sample(rows[i % 4]!, { top: 20 })
    return `${name} ${((performance.now() - start) / 8).toFixed(1)} ms`
  })
  console.info(`sampler, V = 151936: ${lines.join(', ')}`)
})
