// Rows that stay on the device, on a buffer of numbers: each is what was copied, until another lies in its place.

import { expect, test, vi } from 'vitest'
import type { Commands, Stretch } from '../gpu/queue.ts'
import type { Piece } from './inspect.ts'
import { KeptRows } from './kept-rows.ts'

const V = 3

/** So many places for rows, and commands that copy at once. */
function places(slots: number) {
  const memory = new Float32Array(slots * V)
  const readMany = vi.fn<(pieces: readonly Piece[]) => Promise<Float32Array[]>>((pieces) =>
    Promise.resolve(pieces.map(({ offset, count }) => memory.slice(offset, offset + count))),
  )
  const rows = new KeptRows({ readMany }, {} as Stretch['buffer'], slots, V)
  const commands = (value: number) =>
    ({
      copy: (from: Stretch, _: unknown, at: number) => memory.fill(value, at, at + from.count),
    }) as unknown as Commands
  return {
    readMany,
    keep: (value: number) => rows.keep(commands(value), { buffer: {} as Stretch['buffer'], offset: 0 }),
  }
}

test('the newest are there, and those in whose place others lie are not', async () => {
  const { keep } = places(3)
  const kept = [10, 11, 12, 13, 14].map(keep)
  const values = await Promise.all(kept.map(async (row) => row.read()))
  expect(values.map((row) => row && [...row])).toEqual([null, null, ...[12, 13, 14].map((v) => [v, v, v])])
})

test('one that is asked for again and again is read once', async () => {
  const { keep, readMany } = places(2)
  const [first, second] = [keep(1), keep(2)]
  const row = await first.read()
  keep(3)
  expect(await first.read(), 'what was read stays').toBe(row)
  expect(readMany).toHaveBeenCalledTimes(1)
  expect(await second.read()).toEqual(Float32Array.of(2, 2, 2))
  expect(first.read()).toBeNull()
})
