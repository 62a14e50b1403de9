// Two readings of one text: the best of both beside each other, values as values, and how alike the vectors are.

import { expect, test } from 'vitest'
import type { Reading } from '../../store/index.ts'
import { readingsOf } from './readings.ts'

const reading = (more: Partial<Reading>): Reading => ({
  ids: [1, 2],
  segments: [0, 0],
  tokens: [
    { text: 'Ann', special: false },
    { text: '[SEP]', special: true },
  ],
  fills: null,
  labels: null,
  tasks: null,
  tokenLabels: null,
  spans: null,
  vector: null,
  pooled: null,
  leftOut: 0,
  ...more,
})
const label = (name: string, probability: number, score = 0) => ({ label: name, score, probability })
const words = ['cat', ' cat', 'dog', 'cow']
const fill = (...top: [string, number][]) => ({
  position: 0,
  top: top.map(([text, p]) => ({ id: words.indexOf(text), text, logprob: Math.log(p) })),
})

test('blanks show what is best on either side; what a side did not list is said so', () => {
  const { parts } = readingsOf(
    reading({ fills: [fill(['cat', 0.5], ['dog', 0.25])] }),
    reading({ fills: [fill(['cow', 0.75], ['cat', 0.125], [' cat', 0.0625])] }),
  )
  expect(parts).toMatchObject([{ kind: 'fills', n: 1, shares: true }])
  expect(parts[0]!.rows.map(({ name, a, b }) => [name, a && +a.toFixed(3), b && +b.toFixed(3)])).toEqual([
    ['cow', null, 0.75],
    ['cat', 0.5, 0.125],
    ['dog', 0.25, null],
    // another token of the same look
    ['cat', null, 0.063],
  ])
})

test('one output is a value, and of a token the labels that either side gives it are shown', () => {
  const one = readingsOf(reading({ labels: [label('stars', 1, 3.5)] }), reading({ labels: [label('stars', 1, -2)] }))
  expect(one.parts).toEqual([{ kind: 'labels', n: 1, shares: false, rows: [{ name: 'stars', a: 3.5, b: -2 }] }])
  const each = (p: number) => [[label('PER', p), label('O', 1 - p)].sort((x, y) => y.probability - x.probability), []]
  const { parts } = readingsOf(reading({ tokenLabels: each(0.75) }), reading({ tokenLabels: each(0.25) }))
  expect(parts[0]!.rows).toEqual([
    { name: 'Ann · PER', a: 0.75, b: 0.25 },
    { name: 'Ann · O', a: 0.25, b: 0.75 },
  ])
})

test('vectors are compared by the cosine of their angle', () => {
  const { cosines } = readingsOf(
    reading({ vector: Float32Array.of(1, 0), pooled: Float32Array.of(2, 2) }),
    reading({ vector: Float32Array.of(0, 3), pooled: Float32Array.of(1, 1) }),
  )
  expect(cosines).toEqual([
    { kind: 'vector', cosine: 0 },
    { kind: 'pooled', cosine: expect.closeTo(1, 6) as number },
  ])
})
