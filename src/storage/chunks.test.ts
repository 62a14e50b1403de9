import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkLength, isComplete, manifestDigest, missing, spans, storedBytes, summary } from './chunks.ts'
import type { FileRow, ModelRow } from './database.ts'

const model: ModelRow = {
  id: 'm',
  version: 1,
  name: 'M',
  origin: { kind: 'import' },
  files: ['a.json', 'w.safetensors'],
  addedAt: 1,
}
const row = (change: Partial<FileRow> = {}): FileRow => ({
  model: 'm',
  name: 'w.safetensors',
  chunkBytes: 10,
  size: 35,
  hashes: ['0', '1', '2', '3'],
  bad: [],
  sha256: null,
  etag: null,
  state: null,
  done: true,
  ...change,
})
const small = row({ name: 'a.json', size: 4, hashes: ['x'] })

test('spans cover exactly the asked range, touching only needed chunks', () => {
  expect(spans(0, 0, 10)).toEqual([])
  expect(spans(9, 2, 10)).toEqual([
    { index: 0, from: 9, to: 10 },
    { index: 1, from: 0, to: 1 },
  ])
  expect(spans(20, 10, 10)).toEqual([{ index: 2, from: 0, to: 10 }])
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(300), fc.integer({ min: 1, max: 64 }), (offset, length, size) => {
      const list = spans(offset, length, size)
      let at = offset
      for (const s of list) {
        expect(s.index * size + s.from).toBe(at)
        expect(s.to).toBeGreaterThan(s.from)
        expect(s.to).toBeLessThanOrEqual(size)
        at += s.to - s.from
      }
      expect(at).toBe(offset + length)
    }),
  )
})

test('only what is missing is fetched', () => {
  expect(missing(row())).toEqual([])
  expect(missing(row({ done: false, hashes: [] }))).toEqual([0, 1, 2, 3])
  expect(missing(row({ done: false, hashes: ['0', '', '2'] }))).toEqual([1, 3])
  expect(missing(row({ bad: [3, 1] }))).toEqual([1, 3])
  expect(missing(row({ done: false, size: null, hashes: ['0'] }))).toEqual([1])
  expect(missing(row({ done: false, size: null, hashes: ['0', '', '2'] }))).toEqual([1])
  expect(missing(row({ done: false, size: 0, hashes: [] }))).toEqual([])
})

test('sizes of stored parts', () => {
  expect(chunkLength(row(), 3)).toBe(5)
  expect(storedBytes(row({ bad: [0] }))).toBe(25)
  expect(storedBytes(row({ hashes: ['0', '', '2'] }))).toBe(20)
  expect(summary(model, [small, row({ hashes: ['0'], done: false })], undefined)).toMatchObject({
    bytes: 39,
    storedBytes: 14,
    complete: false,
  })
})

test('a model is complete only when marker, files and hashes agree', () => {
  const files = [small, row()]
  const marker = { id: 'm', digest: manifestDigest(model, files), at: 1 }
  expect(isComplete(model, files, marker)).toBe(true)
  expect(isComplete(model, [...files].reverse(), marker)).toBe(true)
  for (const [why, changed] of Object.entries({
    'file missing': [small],
    'chunk missing': [small, row({ hashes: ['0', '1', '2'] })],
    'chunk never came': [small, row({ hashes: ['0', '', '2', '3'] })],
    'other hash': [small, row({ hashes: ['0', '1', '2', 'z'] })],
    'chunk marked bad': [small, row({ bad: [0] })],
    'not done': [small, row({ done: false })],
    'other size': [small, row({ size: 36 })],
    'foreign file': [small, row({ name: 'b' })],
    'broken row': [small, row({ hashes: null as unknown as string[] })],
  })) {
    expect(isComplete(model, changed, marker), why).toBe(false)
  }
  expect(isComplete(model, files, undefined)).toBe(false)
})
