// Chances of a few tokens at a few places; a place that the run has not is the claim's fault, and told as that.

import { expect, test } from 'vitest'
import { parseExpression } from '../../predicate/parse.ts'
import { valueOf } from '../../predicate/evaluate.ts'
import type { Asks } from '../asks.ts'
import { attentionFunctions } from './attention.ts'
import { nextFunctions } from './next.ts'

const logits = [0, 1, 2].map((one) =>
  Float32Array.of(Math.log(0.5), Math.log(0.3 - one / 10), Math.log(0.2 + one / 10)),
)
const m = {
  spec: () => ({}),
  modelOf: () => Promise.resolve({ info: { heads: 2, vocab: 3 } }),
  ready: () => Promise.resolve({ ids: [0, 1, 2], answerFrom: 2, predicting: 2, tokens: [] }),
  tokenOf: () => Promise.resolve(1),
  logits: (_: string, at = 2) => Promise.resolve(logits[at]),
  ask: (_: string, key: string) => (key === 'layers' ? Promise.resolve(2) : Promise.reject(new Error(key))),
} as unknown as Asks
const functions = new Map(Object.entries({ ...nextFunctions(m), ...attentionFunctions(m) }))
const scope = {
  functions,
  runs: new Set(['plain']),
  run: 'plain',
  words: new Map(),
  position: () => Promise.resolve(1),
}
const value = (text: string) => valueOf(parseExpression(text), scope as never)

test('chances and surprise, by hand', async () => {
  expect(await value('p("a", plain)')).toBeCloseTo(0.1, 6)
  expect(await value('p("a", plain, 1, last)')).toBeCloseTo(0.2, 6)
  expect(await value('rank("a", plain)')).toBe(3)
  expect(await value('H(plain)')).toBeCloseTo(-0.5 * Math.log2(0.5) - 0.1 * Math.log2(0.1) - 0.4 * Math.log2(0.4), 5)
  expect(await value('logp(plain, 1, 2)')).toBeCloseTo(Math.log(0.3) + Math.log(0.3), 6)
})

test.each([
  'p("a", plain, 1, 3)',
  'p("a", plain, 1, -1)',
  'p("a", plain, 0, 1.5)',
  'H(plain, 1, 1e9)',
  'kl(plain, plain, 1, 3)',
  'nll(plain, 1.5)',
  'A(plain, 0, 0, 3)',
])('%s is beyond the run', async (text) => {
  await expect(value(text)).rejects.toMatchObject({
    code: 'LESSON_INVALID',
    facts: { reason: 'beyond', need: '0 … 2' },
  })
})
