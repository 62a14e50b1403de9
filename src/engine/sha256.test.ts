import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Sha256, sha256, sha256Text } from './sha256.ts'

const bytes = (n: number) => Uint8Array.from({ length: n }, (_, i) => (i * 2654435761) >>> 13)
const oracle = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

test('agrees with Node around every block border', async () => {
  for (const n of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 4099]) {
    expect(new Sha256().update(bytes(n)).hex(), `${n} bytes`).toBe(oracle(bytes(n)))
    expect(await sha256(bytes(n))).toBe(oracle(bytes(n)))
  }
  expect(sha256Text('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('pieces of any size give the same hash', () => {
  const data = bytes(10_000)
  for (const step of [1, 7, 63, 64, 65, 999]) {
    const hash = new Sha256()
    for (let at = 0; at < data.length; at += step) hash.update(data.subarray(at, at + step))
    expect(hash.hex()).toBe(oracle(data))
  }
})

test('goes on from a saved state', () => {
  const data = bytes(640 + 17)
  const first = new Sha256().update(data.subarray(0, 640))
  const state = JSON.parse(JSON.stringify(first.state())) as number[]
  expect(new Sha256(state).update(data.subarray(640)).hex()).toBe(oracle(data))
  expect(new Sha256().update(bytes(3)).state()).toBeNull()
})
