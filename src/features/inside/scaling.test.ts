// What each way of scaling keeps and what it divides, and which frequencies have a base at all.

import { expect, test } from 'vitest'
import { baseOf, scaled, waveOf } from './scaling.ts'

const plain = Array.from({ length: 32 }, (_, j) => 10_000 ** (-j / 32))
const ratios = (kind: 'linear' | 'ntk' | 'yarn', factor: number, trained = 2048): number[] => {
  const { inv } = scaled(32, 10_000, { kind, factor, trained })
  return plain.map((speed, j) => speed / inv[j]!)
}

test('the base of plain frequencies is found; scaled ones have none', () => {
  expect(baseOf(plain)).toBeCloseTo(10_000, 6)
  expect(baseOf(plain.map((v) => v / 4))).toBeNull()
  expect(baseOf([...scaled(32, 10_000, { kind: 'yarn', factor: 8, trained: 2048 }).inv])).toBeNull()
  expect(baseOf(plain.map((v, j) => (j < 16 ? v : 0)))).toBeNull()
  expect([baseOf([]), baseOf([1])]).toEqual([null, null])
})

test('linear divides all; NTK the slowest alone by the whole factor; YaRN by how often a pair turned', () => {
  for (const ratio of ratios('linear', 4)) expect(ratio).toBeCloseTo(4, 9)
  const ntk = ratios('ntk', 4)
  expect([ntk[0], ntk.at(-1)]).toEqual([1, expect.closeTo(4, 9)])
  expect(ntk.every((ratio, j) => j === 0 || ratio > ntk[j - 1]!)).toBe(true)
  const yarn = ratios('yarn', 4)
  const turns = plain.map((speed) => 2048 / waveOf(speed))
  expect(yarn.filter((_, j) => turns[j]! > 40).every((ratio) => Math.abs(ratio - 1) < 1e-9)).toBe(true)
  expect(yarn.filter((_, j) => turns[j]! < 0.8).every((ratio) => Math.abs(ratio - 4) < 1e-9)).toBe(true)
  expect(yarn.some((ratio) => ratio > 1.2 && ratio < 3.8)).toBe(true)
  expect(scaled(32, 10_000, { kind: 'yarn', factor: 4, trained: 2048 }).factor).toBeCloseTo(1.1386, 4)
})

test('factor 1 changes nothing', () => {
  for (const kind of ['linear', 'ntk', 'yarn'] as const) {
    for (const ratio of ratios(kind, 1)) expect(ratio).toBeCloseTo(1, 12)
  }
})
