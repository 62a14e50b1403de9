import { expect, test } from 'vitest'
import { workOf, WorkMeter } from './work.ts'

const at = (T: number, pos = 0) => ({ T, pos, row: 0, prefix: 0 })
const matmul = { N: 3072, K: 576 }

test('work is counted for what multiplies', () => {
  expect(workOf(matmul, at(64))).toBe(2 * 3072 * 576 * 64)
  expect(workOf({ ...matmul, top: 2 }, at(1))).toBe(4 * 3072 * 576)
  expect(workOf({ H: 9, d: 64, K: 3 }, at(64, 448))).toBe(4 * 9 * 64 * 64 * 512)
  expect(workOf({ D: 576 }, at(64))).toBe(0)
})

/** Pieces that a chunk of so many equal steps is submitted in. */
function pieces(meter: WorkMeter, T: number, steps = 30): number {
  meter.begin()
  return 1 + Array.from({ length: steps }, () => meter.isFull(matmul, at(T))).filter(Boolean).length
}

test('a device that nothing is known of gets pieces that the slowest does in 50 ms', () => {
  expect(pieces(new WorkMeter(), 64)).toBe(30) // 226 million operations each, 200 million fit
  expect(pieces(new WorkMeter(), 16)).toBe(10)
})

test('a fast one gets more at a time, a token is never cut', () => {
  const meter = new WorkMeter()
  pieces(meter, 64)
  meter.took(64, 68) // 100 GFLOP/s
  expect(pieces(meter, 64)).toBe(2)
  expect(pieces(new WorkMeter(), 8, 1000)).toBe(1)
  meter.took(8, 1)
  expect(pieces(meter, 64), 'few tokens say nothing').toBe(2)
})
