// Keys and values that may be lost: what was written comes back, also what idb wrote before, and no failure is told.

import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { openDB } from 'idb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keyValue } from './key-value.ts'
import { checkedKernels } from './checked-kernels.ts'
import { deviceTrials } from './device-trials.ts'

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))
afterEach(() => vi.unstubAllGlobals())

test('what was set comes back, in another visit too', async () => {
  const first = keyValue<number[]>('things')
  expect(await first.all()).toEqual(new Map())
  await first.set([
    ['a', [1, 2]],
    ['b', []],
  ])
  await first.set([['a', [3]]])
  await first.set([])
  expect(await keyValue('things').all()).toEqual(
    new Map([
      ['a', [3]],
      ['b', []],
    ]),
  )
  expect(await keyValue('others').all()).toEqual(new Map())
})

test('what an earlier version kept is known', async () => {
  const db = await openDB('glassbox-proofs', 1, { upgrade: (made) => void made.createObjectStore('proofs') })
  await db.put('proofs', 1, 'adapter|matmul/matmul-rows/nf4|5')
  db.close()
  await checkedKernels.remember(['adapter|add/add/-|7'])
  expect(await checkedKernels.known()).toEqual(new Set(['adapter|matmul/matmul-rows/nf4|5', 'adapter|add/add/-|7']))
})

test('no connection stays open: the database can be deleted at once', async () => {
  await keyValue<number>('things').set([['a', 1]])
  const deleted = await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('glassbox-things')
    request.addEventListener('success', () => resolve('deleted'))
    request.addEventListener('blocked', () => resolve('blocked'))
  })
  expect(deleted).toBe('deleted')
  expect(await keyValue('things').all()).toEqual(new Map())
})

test('where there is no storage, or it does not answer, there is nothing', async () => {
  vi.stubGlobal('indexedDB', undefined)
  await keyValue<number>('things').set([['a', 1]])
  expect(await keyValue('things').all()).toEqual(new Map())
  vi.stubGlobal('indexedDB', new IDBFactory())
  const refused = await openDB('glassbox-things', 1, { upgrade: (made) => void made.createObjectStore('other') })
  refused.close()
  await keyValue<number>('things').set([['a', 1]])
  expect(await keyValue('things').all()).toEqual(new Map())
  vi.useFakeTimers()
  vi.stubGlobal('indexedDB', { open: () => ({}) })
  const waiting = keyValue('things').all()
  await vi.advanceTimersByTimeAsync(2000)
  expect(await waiting).toEqual(new Map())
  vi.useRealTimers()
})

test('what was measured is known the next time', async () => {
  await deviceTrials.remember('a', { gpu: 2, cpu: 1 })
  await deviceTrials.remember('b', { gpu: 1, cpu: 2 })
  expect((await deviceTrials.known()).get('a')).toEqual({ gpu: 2, cpu: 1 })
  expect((await deviceTrials.known()).get('b')).toEqual({ gpu: 1, cpu: 2 })
})
