import { describe, expect, test } from 'vitest'
import { Pace } from './pace.ts'
import { pieceOf } from './read.ts'

/** Reads `total` tokens where a piece takes so many milliseconds; the sizes of the pieces. */
function read(pace: Pace, total: number, took: (tokens: number, piece: number) => number): number[] {
  const pieces: number[] = []
  for (let left = total; left > 0;) {
    const n = Math.min(left, pace.tokens)
    pace.took(n, took(n, pieces.length))
    pieces.push(n)
    left -= n
  }
  return pieces
}

test('a fast machine reads in full pieces', () => {
  expect(read(new Pace(256), 700, (n) => n * 0.5)).toEqual([256, 256, 188])
})
test('a slow machine is heard of about every second after its first pieces', () => {
  expect(read(new Pace(16), 40, (n) => n * 80)).toEqual([16, 8, 8, 8]) // 12.4 tokens a second
  const pieces = read(new Pace(256), 2000, (n) => n * 20)
  expect(pieces.slice(0, 4)).toEqual([256, 128, 64, 32])
  expect(pieces.slice(3).every((n) => n * 20 <= 1000)).toBe(true)
})
test('no piece is smaller than eight tokens, and none larger than fits', () => {
  expect(read(new Pace(64), 104, (n) => n * 5000)).toEqual([64, 32, 8])
  expect(read(new Pace(64), 200, (n) => n * 5000).at(-1)).toBe(8)
  expect(read(new Pace(4), 12, () => 9000)).toEqual([4, 4, 4])
})
test('where a piece costs the same however small it is, it stays large', () => {
  expect(read(new Pace(32), 208, () => 1500)).toEqual([32, 16, 32, 32, 32, 32, 32])
})
test('a machine that was busy for a moment gets its full pieces back', () => {
  const pieces = read(new Pace(64), 1000, (n, piece) => (piece < 2 ? n * 100 : n))
  expect(pieces.slice(0, 3)).toEqual([64, 32, 16])
  expect(pieces.slice(5, 9)).toEqual([64, 64, 64, 64])
})

describe('a piece', () => {
  test.each([
    [66, 32, 32],
    [66, 64, 60],
    [67, 64, 60],
    [68, 64, 64],
    [65, 64, 60],
    [64, 64, 64],
    [3, 64, 3],
    [40, 33, 32],
    [33, 33, 33],
    [10, 8, 4],
    [5, 4, 4],
    [9, 1, 1],
  ])('of %i tokens left, %i wanted: %i', (left, wanted, piece) => expect(pieceOf(left, wanted)).toBe(piece))
  test('keeps pairs together and leaves no short end, whatever is wanted from 8 on', () => {
    for (let total = 1; total < 150; total++) {
      for (let wanted = 8; wanted < 40; wanted++) {
        const ends: number[] = []
        for (let done = 0; done < total;) ends.push((done += pieceOf(total - done, wanted)))
        expect(ends.at(-1)).toBe(total)
        expect(ends.slice(0, -1).filter((end) => end % 2 === 1 || total - end < 4)).toEqual([])
      }
    }
  })
})
