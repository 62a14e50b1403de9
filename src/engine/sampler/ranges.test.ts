// In its whole range every parameter gives a token, for any finite logits; outside of it, a sentence with the range.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import type { SamplingParams } from '../types.ts'
import { checkSampling, Sampler } from './chain.ts'
import { drawMany } from './draws.ts'
import { samplingRanges, type Range } from './params.ts'
import { traceSampling } from './trace.ts'

type Name = keyof typeof samplingRanges
const names = Object.keys(samplingRanges) as Name[]
const max = 3.4028234663852886e38 // the largest f32

const refusal = (params: unknown): EngineError | null => {
  try {
    checkSampling(params as Partial<SamplingParams>)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return error
  }
  return null
}

describe('the ends of every range', () => {
  test.each(names)('%s', (name) => {
    const { low, high, whole, or, need } = samplingRanges[name]
    const step = (value: number): number => (whole ? 1 : Math.max(Math.abs(value) * 1e-9, 1e-9))
    for (const inside of [low, high, ...(or === undefined ? [] : [or])]) {
      expect(checkSampling({ [name]: inside })[name], `${inside}`).toBe(inside)
    }
    for (const outside of [
      low - step(low),
      high + step(high),
      NaN,
      Infinity,
      -Infinity,
      1e308,
      -1e308,
      ...(low > 0 ? [1e-308, -0.5] : []),
      ...(whole ? [0.5] : []),
    ]) {
      if (Number.isSafeInteger(outside) && outside >= low && outside <= high) continue
      expect(refusal({ [name]: outside }), `${outside}`).toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param: name, need },
      })
      expect(refusal({ [name]: outside })!.message).toContain(need)
    }
    for (const invalid of [
      null,
      '1',
      '',
      [],
      [1],
      {},
      { toString: 1 },
      { valueOf: () => 1 },
      1n,
      true,
      Symbol('x'),
      () => 1,
      new Date(0),
    ]) {
      expect(refusal({ [name]: invalid }), typeof invalid).toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param: name, need },
      })
    }
    expect(
      refusal(
        Object.defineProperty({}, name, {
          enumerable: true,
          get: () => {
            throw new Error('no')
          },
        }),
      ),
    ).toMatchObject({ code: 'PARAM_INVALID', facts: { param: name } })
    if (low <= 0 && high >= 0) expect(Object.is(checkSampling({ [name]: -0 })[name], 0)).toBe(true)
  })
})

/** Whole ranges, their ends more often than their middle. */
const inRange = ({ low, high, whole, or }: Range): fc.Arbitrary<number> => {
  const ends = fc.constantFrom(low, high, ...(or === undefined ? [] : [or]), ...(low <= 1 && high >= 1 ? [1] : []))
  return fc.oneof(
    ends,
    whole
      ? fc.integer({ min: Math.max(low, -(2 ** 31)), max: Math.min(high, 2 ** 31 - 1) })
      : fc.double({ min: low, max: high, noNaN: true }),
    ...(low > 0
      ? [
          fc
            .double({ min: Math.log(low), max: Math.log(high), noNaN: true })
            .map((x) => Math.min(high, Math.max(low, Math.exp(x)))),
        ]
      : []),
  )
}
const anyParams = fc.record(
  {
    ...Object.fromEntries(names.map((name) => [name, inRange(samplingRanges[name])])),
    logitBias: fc.dictionary(
      fc.integer({ min: 0, max: 50 }).map(String),
      fc.oneof(fc.constantFrom(-1e4, 1e4), fc.double({ min: -1e4, max: 1e4, noNaN: true })),
      { maxKeys: 5 },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<SamplingParams>>
const logit = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, max, -max, 1e-45, -1e-45, 3e38, -3e38),
  fc.float({ min: -20, max: 20, noNaN: true }),
)
const row = fc.oneof(
  fc.array(logit, { minLength: 1, maxLength: 60 }),
  fc.tuple(logit, fc.integer({ min: 1, max: 300 })).map(([value, n]) => new Array<number>(n).fill(value)), // all equal
  fc
    .array(fc.oneof(logit, fc.constant(-Infinity)), { minLength: 1, maxLength: 80 })
    .map((values) => (values.every((v) => v === -Infinity) ? [0, ...values] : values)), // masked
)
const history = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 })

describe('any parameters in range, any logits', () => {
  test('give a token of the vocabulary, and numbers that are numbers', () => {
    fc.assert(
      fc.property(row, anyParams, history, fc.integer({ min: 0, max: 400 }), (values, given, seen, top) => {
        const logits = Float32Array.from(values),
          params = checkSampling(given)
        const sampler = new Sampler(params)
        for (const id of seen) sampler.observe(id)
        for (let i = 0; i < 2; i++) {
          const result = sampler.sample(logits, { top })
          if (
            !(Number.isInteger(result.id) && result.id >= 0 && result.id < values.length) ||
            logits[result.id] === -Infinity
          ) {
            throw new Error(`token ${result.id}`)
          }
          const numbers = [
            result.entropy,
            ...result.top.map((t) => t.logprob),
            ...result.stages.flatMap((s) => [s.kept, s.removed, s.removedMass]),
          ]
          if (!numbers.every(Number.isFinite) || Number.isNaN(result.logprob) || result.logprob > 1e-9) {
            throw new Error(JSON.stringify(result))
          }
          if (result.stages.some((s) => s.kept < 1 || s.removedMass < 0 || s.removedMass > 1)) {
            throw new Error(JSON.stringify(result.stages))
          }
          sampler.observe(result.id)
        }
      }),
      { numRuns: 20_000 },
    )
  })
  test('show in a panel as probabilities that add up, and draw tokens that are there', () => {
    fc.assert(
      fc.property(row, anyParams, history, (values, given, seen) => {
        const logits = Float32Array.from(values),
          params = checkSampling(given)
        const { rows, tail } = traceSampling(logits, params, seen, { top: values.length })
        if (
          !rows.every(
            (r) =>
              r.probability >= 0 &&
              r.probability <= 1 + 1e-9 &&
              Number.isFinite(r.penalized) &&
              Number.isFinite(r.scaled),
          )
        ) {
          throw new Error(JSON.stringify(rows))
        }
        expect(rows.reduce((sum, r) => sum + r.probability, 0)).toBeCloseTo(1, 6)
        expect(tail.finalMass).toBeLessThan(1e-6)
        for (const { id } of drawMany(logits, params, seen, 5).counts) {
          if (!(id >= 0 && id < values.length) || logits[id] === -Infinity) throw new Error(`token ${id}`)
        }
      }),
      { numRuns: 5000 },
    )
  })
})
