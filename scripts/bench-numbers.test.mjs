// What the tables of the bench say: which device ran, and how numbers of threads compare.
import { expect, it } from 'vitest'
import { summary } from './bench-formats.mjs'
import { sectionRows, shareOf } from './bench-sections.mjs'
import { deviceWords, median, scaling } from './bench-numbers.mjs'

const facts = { why: 'asked', refused: null, speeds: null, threads: null, single: null, references: [] }

it('says which device ran, with how many threads, why, and what has no kernel there', () => {
  const cpu = (more) => deviceWords({ adapter: null, device: { ...facts, kind: 'cpu', threads: 2, ...more } })
  expect(cpu({})).toBe('processor, 2 threads; as asked')
  expect(cpu({ threads: 1, single: 'asked' })).toBe('processor, 1 thread; as asked')
  expect(cpu({ threads: 1, single: 'not-isolated', why: 'only' })).toBe(
    'processor, 1 thread, because the page is not isolated; no GPU can be used',
  )
  expect(cpu({ references: ['conv'] })).toContain('; on plain references: conv')
  const adapter = { vendor: 'google', architecture: 'swiftshader', kind: 'software' }
  expect(deviceWords({ adapter, device: { ...facts, kind: 'gpu', why: 'measured' } })).toBe(
    'GPU: google swiftshader (software); the faster one in its trial',
  )
  expect(
    deviceWords({ adapter: { ...adapter, forced: ['f32', 'class=gpu'] }, device: { ...facts, kind: 'gpu' } }),
  ).toBe('GPU: google swiftshader (software), forced to f32,class=gpu; as asked')
})

it('compares each number of threads with the one before it', () => {
  const runs = [
    { threads: 1, decodeMs: 60, prefillPerSecond: 50 },
    { threads: 2, decodeMs: 30, prefillPerSecond: 100 },
    { threads: 4, decodeMs: 36, prefillPerSecond: 90 },
  ]
  expect(scaling(runs)).toEqual([
    { name: '2 threads : 1', words: 'decode 0.5 x the time, prefill 2 x the rate' },
    { name: '4 threads : 2', words: 'decode 1.2 x the time, prefill 0.9 x the rate' },
  ])
  expect(median([3, 1, NaN, 2])).toBe(2)
  expect(median([null, undefined])).toBe(null)
})

it('compares formats by the byte and by the weight, whatever else slowed some turns', () => {
  // half of the bytes in twice the time: a quarter per byte, half per weight
  const turns = Array.from({ length: 24 }, (_, i) => (i < 10 ? [1, 2] : [1 + i, 9 * i]))
  const size = { N: 4, K: 8, bytes: { base: 32, own: 16 }, decode: turns, prefill: turns.map(([a, b]) => [b, a]) }
  expect(summary([size, size])).toEqual({
    bits: 4,
    decode: { perByte: 0.25, perWeight: 0.5 },
    prefill: { perByte: 1, perWeight: 2 },
  })
})

it('prints the sections of the panel, with the share of the memory that decoding reaches', () => {
  const at = (median) => ({ median, min: median, max: median })
  const result = {
    checked: 8,
    decode: [
      { context: 0, ms: at(10) },
      { context: 512, ms: { median: 25, min: 20, max: 40 } },
    ],
    prefill: [{ tokens: 64, perSecond: at(100) }],
    firstToken: { tokens: 64, seconds: at(0.5) },
    load: { cold: 2, warm: at(1) },
    compile: null,
    looks: [{ look: 'kept', ms: at(30) }],
    kernels: [
      { rows: 1, times: [{ op: 'matmul', shape: [4, 2], format: 'nf4', count: 3, microseconds: 500, runs: 9 }] },
    ],
    memory: { weights: 2 ** 20, cache: 2 ** 20, activations: 2 ** 20 },
    traffic: { weights: 1e6, cache: 5e5, activations: 5e5, context: 512 },
    bandwidth: 1e9,
  }
  expect(shareOf(result)).toBeCloseTo(0.1)
  const rows = Object.fromEntries(sectionRows(result))
  expect(rows['decode behind 512']).toBe('25 (20–40) ms')
  expect(rows['memory reads at most']).toBe('1 GB/s, of which decode reaches 10 %')
  expect(rows['  matmul']).toBe('4 x 2 nf4: 3 x 500 µs = 1.5 ms')
  expect(shareOf({ ...result, bandwidth: null })).toBe(null)
})
