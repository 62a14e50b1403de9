import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** Reads `total` tokens on a machine of so many milliseconds a token; the sizes of the pieces. */
function read(pace: Pace, total: number, perToken: (piece: number) => number): number[] {
  const pieces: number[] = []
  for (let left = total; left > 0;) {
    const n = Math.min(left, pace.tokens)
    pace.took(n, n * perToken(pieces.length))
    pieces.push(n)
    left -= n
  }
  return pieces
}

test('a fast machine reads in full pieces', () => {
  expect(read(new Pace(256), 700, () => 0.5)).toEqual([256, 256, 188])
})
test('a slow machine is heard of about every second after its first piece, and never takes less than four tokens', () => {
  const pieces = read(new Pace(16), 100, () => 80) // 12.4 tokens a second
  expect(pieces[0]).toBe(16)
  expect(pieces.slice(1).every((n) => n * 80 <= 1000)).toBe(true)
  expect(Math.min(...read(new Pace(64), 100, () => 5000).slice(1, -1))).toBe(4)
})
test('a machine that was busy for a moment gets its full pieces back', () => {
  const pieces = read(new Pace(64), 1000, (n) => (n === 0 ? 100 : 1))
  expect(pieces[1]).toBeLessThan(64)
  expect(pieces.at(-2)).toBe(64)
})
