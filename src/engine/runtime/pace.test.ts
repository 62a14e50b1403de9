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
  expect(read(new Pace(32), 80, (n) => n * 40)).toEqual([32, 16, 16, 16]) // 25 tokens a second
  const pieces = read(new Pace(256), 2000, (n) => n * 20)
  expect(pieces.slice(0, 4)).toEqual([256, 128, 64, 32])
  expect(pieces.slice(3).every((n) => n * 20 <= 1000)).toBe(true)
})
test('no piece is smaller than sixteen tokens, and none larger than fits', () => {
  expect(read(new Pace(128), 208, (n) => n * 5000)).toEqual([128, 64, 16])
  expect(read(new Pace(64), 400, (n) => n * 5000).at(-1)).toBe(16)
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
    [66, 32, 256, 32],
    [66, 64, 64, 34],
    [66, 64, 256, 66],
    [72, 64, 64, 36],
    [73, 64, 64, 64],
    [65, 64, 64, 34],
    [64, 64, 64, 64],
    [3, 64, 64, 3],
    [41, 33, 40, 32],
    [40, 33, 40, 40],
    [33, 33, 33, 33],
    [10, 8, 8, 8],
    [9, 1, 1, 1],
  ])('of %i tokens left, %i wanted, %i at most: %i', (left, wanted, most, piece) =>
    expect(pieceOf(left, wanted, most)).toBe(piece),
  )
  test('keeps pairs together and leaves no short end, whatever is wanted from 18 on', () => {
    for (let total = 1; total < 150; total++) {
      for (let wanted = 16; wanted < 40; wanted++) {
        for (const most of wanted < 18 ? [wanted + 8] : [wanted, wanted + 5, 100]) {
          const ends: number[] = []
          for (let done = 0; done < total;) ends.push((done += pieceOf(total - done, wanted, Math.max(wanted, most))))
          expect(ends.at(-1)).toBe(total)
          expect(ends.slice(0, -1).filter((end) => end % 2 === 1 || total - end < 9)).toEqual([])
          if (total > 8) expect(ends.filter((end, i) => end - (ends[i - 1] ?? 0) < 9)).toEqual([])
        }
      }
    }
  })
})
