// Rows from a disk that anybody may have written to: whole, or as if they were not there.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isComplete, missing, storedBytes, summary } from './chunks.ts'
import { isCompleteRow, isFileRow, isModelRow, isOrigin } from './rows.ts'

const hash = 'a'.repeat(64)
const model = {
  id: 'm',
  version: 1,
  name: 'M',
  origin: { kind: 'hub', repo: 'o/n', revision: 'x' },
  files: ['w'],
  addedAt: 1,
}
const file = {
  model: 'm',
  name: 'w',
  chunkBytes: 10,
  size: 25,
  hashes: [hash, hash],
  bad: [1],
  sha256: null,
  blob: null,
  came: null,
  etag: null,
  state: null,
  done: false,
}

test('good rows are good, with and without what older versions did not write', () => {
  expect(isModelRow(model)).toBe(true)
  expect(isFileRow(file)).toBe(true)
  expect(isFileRow({ ...file, hashes: [hash, '', hash], bad: [2] })).toBe(true)
  const { blob: _, came: __, ...old } = file
  expect(isFileRow(old)).toBe(true)
  expect(isFileRow({ ...file, state: [1, 2, 3, 4, 5, 6, 7, -8, 640], sha256: hash, came: '', etag: '"x"' })).toBe(true)
  expect(isCompleteRow({ id: 'm', digest: hash, at: 1 })).toBe(true)
  for (const origin of [
    { kind: 'import' },
    { kind: 'url', url: 'https://x.test/a.gguf' },
    { kind: 'served', base: '/m/', files: [{ name: 'a', size: 1, sha256: hash }] },
    { kind: 'hub', repo: 'o/n', files: [{ name: 'a', size: 1, sha256: hash }] },
  ]) {
    expect(isOrigin(origin)).toBe(true)
  }
  // what a list promised counts whole or not at all
  for (const file of [
    { name: '../a', size: 1, sha256: hash },
    { name: 'a', size: 1 },
    { name: 'a', sha256: hash },
  ]) {
    expect(isOrigin({ kind: 'url', url: 'https://x.test/', files: [file] })).toBe(false)
  }
})

test('every field of a wrong kind makes the row none', () => {
  const wrong = [null, undefined, 'x', -1, 1.5, NaN, Infinity, [], {}, [null], [1.5], true, 2n, new Date(0)]
  const optionalFile = new Set(['blob', 'came'])
  const allowed: Record<string, unknown[]> = {
    size: [null],
    sha256: [null],
    blob: [null, undefined],
    came: [null, undefined],
    etag: [null, 'x'],
    state: [null],
    done: [true],
    bad: [[]],
    hashes: [],
    name: ['x'],
    model: ['x'],
    id: ['x'],
    addedAt: [-1, 1.5],
    digest: [],
  }
  for (const [row, check] of [
    [model, isModelRow],
    [file, isFileRow],
    [{ id: 'm', digest: hash }, isCompleteRow],
  ] as const) {
    for (const key of Object.keys(row)) {
      for (const value of wrong) {
        if (
          (allowed[key] ?? []).some(
            (ok) => Object.is(ok, value) || (Array.isArray(ok) && Array.isArray(value) && ok.length === value.length),
          )
        ) {
          continue
        }
        if (value === undefined && optionalFile.has(key)) continue
        expect(check({ ...row, [key]: value }), `${key}: ${String(value)}`).toBe(false)
      }
    }
  }
  for (const row of [null, 7, 'x', [], new Map()]) {
    expect([isModelRow(row), isFileRow(row), isCompleteRow(row), isOrigin(row)]).toEqual([false, false, false, false])
  }
})

test('rows that contradict themselves, and those of a version to come, are none', () => {
  for (const change of [
    { version: 2 },
    { files: ['w', 'w'] },
    { files: [''] },
    { files: [] },
    { files: Array.from({ length: 2001 }, (_, i) => String(i)) },
    { origin: { kind: 'torrent' } },
    { origin: { kind: 'url', url: 'no address' } },
    { origin: { kind: 'served', base: '/', files: [{ name: '../x' }] } },
  ]) {
    expect(isModelRow({ ...model, ...change }), JSON.stringify(change).slice(0, 60)).toBe(false)
  }
  for (const change of [
    { bad: [2] },
    { bad: [0, 0] },
    { hashes: [hash, hash, hash, hash] },
    { hashes: [hash, 'short'] },
    { hashes: [hash, '', hash], bad: [], done: true },
    { hashes: [hash, '', hash], bad: [1] },
    { chunkBytes: 2 ** 40 },
    { chunkBytes: 0 },
    { size: -1 },
    { size: 2 ** 60 },
    { state: [1, 2] },
  ]) {
    expect(isFileRow({ ...file, ...change }), JSON.stringify(change)).toBe(false)
  }
})

test('whatever is accepted can be computed with', () => {
  const any = fc.record({
    model: fc.constant('m'),
    name: fc.constant('w'),
    chunkBytes: fc.oneof(fc.integer({ min: -2, max: 20 }), fc.double(), fc.string()),
    size: fc.oneof(fc.constant(null), fc.integer({ min: -2, max: 60 }), fc.double()),
    hashes: fc.oneof(
      fc.array(fc.oneof(fc.constant(hash), fc.constant(''), fc.string()), { maxLength: 4 }),
      fc.string(),
    ),
    bad: fc.oneof(fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 3 }), fc.constant(null)),
    sha256: fc.oneof(fc.constant(null), fc.constant(hash), fc.string()),
    etag: fc.oneof(fc.constant(null), fc.string()),
    state: fc.oneof(fc.constant(null), fc.array(fc.integer(), { maxLength: 9 })),
    done: fc.oneof(fc.boolean(), fc.string()),
  })
  let accepted = 0
  fc.assert(
    fc.property(any, (row: unknown) => {
      if (!isFileRow(row) || !isModelRow(model)) return
      accepted++
      const { storedBytes: sum, bytes } = summary(model, [row], undefined)
      expect(Number.isFinite(sum) && sum >= 0 && (bytes === null || bytes >= 0)).toBe(true)
      expect(storedBytes(row)).toBe(sum)
      for (const index of missing(row)) expect(index >= 0).toBe(true)
      expect(isComplete(model, [row], { id: 'm', digest: hash, at: 0 })).toBe(false)
    }),
    { numRuns: 10_000, seed: 1 },
  )
  expect(accepted).toBeGreaterThan(5)
})
