import { expect, test } from 'vitest'
import type { Glass } from '../../store/index.ts'
import { nearest } from './neighbours.ts'

// a table wide enough that 900 rows take several questions
const shape = { vocab: 900, hidden: 2 ** 14 }
const cosineOf = (id: number): number => Math.fround(Math.cos((id * id) % 37))
const fake = (asked: [number, number][]) =>
  ({
    cosines: (_: number, [from, to]: [number, number]) => {
      asked.push([from, to])
      return Promise.resolve(Float32Array.from({ length: to - from }, (_, i) => cosineOf(from + i)))
    },
  }) as unknown as Glass

test('the best of all blocks come first, lower ids on ties, the token itself not at all', async () => {
  const asked: [number, number][] = [],
    fractions: number[] = []
  const found = await nearest(
    fake(asked),
    shape,
    37,
    6,
    (fraction) => fractions.push(fraction),
    new AbortController().signal,
  )
  const all = Array.from({ length: shape.vocab }, (_, id) => ({ id, cosine: cosineOf(id) }))
    .filter(({ id }) => id !== 37)
    .sort((a, b) => b.cosine - a.cosine || a.id - b.id)
  expect(found).toEqual(all.slice(0, 6))
  expect(asked.length).toBeGreaterThan(2)
  expect([asked[0]![0], asked.at(-1)![1], ...asked.slice(1).map(([from], i) => from - asked[i]![1])]).toEqual([
    0,
    900,
    ...asked.slice(1).map(() => 0),
  ])
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
  expect(fractions.at(-1)).toBe(1)
})

test('stops between blocks', async () => {
  const asked: [number, number][] = [],
    stop = new AbortController()
  await expect(nearest(fake(asked), shape, 1, 3, () => stop.abort(), stop.signal)).rejects.toThrow(/abort/i)
  expect(asked).toHaveLength(1)
})
