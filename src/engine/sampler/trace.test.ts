// The pipeline of a panel at the size of a large vocabulary: against the chain written out over every token in f64, and
// how long a slider would wait (printed: machines differ).

import { describe, expect, test } from 'vitest'
import type { SamplingParams } from '../types.ts'
import { defaultSampling } from './params.ts'
import { traceSampling } from './trace.ts'

const V = 151_936
/** A few likely tokens over a wide tail, as models give them; always the same. */
function logitsOf(seed: number): Float32Array {
  let state = seed >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return Float32Array.from({ length: V }, () => 4 * (next() + next() + next() - 1.5) - 2).map((v, i) =>
    i % 9973 === 17 ? v + 9 : v,
  )
}
const logits = logitsOf(7),
  history = Array.from({ length: 300 }, (_, i) => (i * 9973 + 17) % V)

/**
 * temperature, top-k, top-p, min-p and penalties in their plainest words: probability by id, 0 where a token was cut.
 */
function reference({ temperature, topK, topP, minP, repetitionPenalty }: SamplingParams): Float64Array {
  const seen = new Set(history)
  const scores = Float64Array.from(
    logits,
    (l, id) => (seen.has(id) ? (l > 0 ? l / repetitionPenalty : l * repetitionPenalty) : l) / temperature,
  )
  const max = Math.max(
    ...Array.from({ length: 16 }, (_, i) =>
      scores
        .subarray(Math.floor((i * V) / 16), Math.floor(((i + 1) * V) / 16))
        .reduce((a, b) => Math.max(a, b), -Infinity),
    ),
  )
  let p = scores.map((s) => Math.exp(s - max))
  const order = Array.from(p.keys()).sort((a, b) => p[b]! - p[a]! || a - b)
  const keep = (ids: readonly number[]): void => {
    const left = new Float64Array(V)
    let sum = 0
    for (const id of ids) sum += p[id]!
    for (const id of ids) left[id] = p[id]! / sum
    p = left
  }
  keep(topK ? order.filter((id) => p[id]! >= p[order[topK - 1]!]!) : order)
  if (topP < 1) {
    let sum = 0
    const kept: number[] = []
    for (const id of order) {
      if (sum >= topP || !p[id]) break
      kept.push(id)
      sum += p[id]!
    }
    keep(kept)
  }
  if (minP > 0) keep(order.filter((id) => p[id]! > 0 && p[id]! >= minP * p[order[0]!]!))
  return p
}

describe(`the pipeline over ${V.toLocaleString('en')} tokens`, () => {
  test.each([
    ['everything off', { temperature: 1, topK: 0, topP: 1, minP: 0 }],
    ['as the chat starts', {}],
    ['hot, penalized, wide', { temperature: 2.5, topK: 0, topP: 0.99, minP: 0, repetitionPenalty: 1.3 }],
  ])('%s: every listed chance and the whole tail', (name, change) => {
    const params: SamplingParams = { ...defaultSampling, ...change }
    const truth = reference(params)
    const times: number[] = []
    let view = traceSampling(logits, params, history, { top: 40 })
    for (let i = 0; i < 9; i++) {
      const from = performance.now()
      view = traceSampling(logits, params, history, { top: 40 })
      times.push(performance.now() - from)
    }
    console.log(`${name}: ${times.sort((a, b) => a - b)[4]!.toFixed(1)} ms for one view (median of 9)`)
    expect(view.rows.length).toBeGreaterThanOrEqual(40)
    for (const row of view.rows) {
      expect(Math.abs(row.probability - truth[row.id]!), `token ${row.id}`).toBeLessThan(1e-6)
    }
    const listed = new Set(view.rows.map((row) => row.id))
    expect(view.tail.count).toBe(V - listed.size)
    expect(
      Math.abs(view.tail.finalMass - truth.reduce((sum, p, id) => (listed.has(id) ? sum : sum + p), 0)),
    ).toBeLessThan(1e-6)
    const kept = truth.reduce((sum, p) => sum + (p > 0 ? 1 : 0), 0)
    // a sum that meets top-p to the last bit may fall either way
    expect(Math.abs((view.stages.at(-1)?.kept ?? V) - kept)).toBeLessThanOrEqual(1)
  })
})
