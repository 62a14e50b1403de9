// Models that stay on the reader's disk: opened without a copy, and refused by name where they are not what they were.

import { beforeEach, expect, test } from 'vitest'
import type { KeyValue } from './key-value.ts'
import { Places, type PlaceHandle, type PlaceRow } from './places.ts'

const rows = new Map<string, PlaceRow>()
const store: KeyValue<PlaceRow> = {
  all: () => Promise.resolve(new Map(rows)),
  set: (pairs) => {
    for (const [key, value] of pairs) rows.set(key, value)
    return Promise.resolve()
  },
  remove: (key) => {
    rows.delete(key)
    return Promise.resolve()
  },
}
const places = new Places(store)
let now: File
let state: PermissionState
const handle: PlaceHandle = {
  name: 'm.gguf',
  getFile: () => (now ? Promise.resolve(now) : Promise.reject(new DOMException('gone', 'NotFoundError'))),
  queryPermission: () => Promise.resolve(state),
}
const made = (text: string, lastModified = 1): File => new File([text], 'm.gguf', { lastModified })
beforeEach(async () => {
  rows.clear()
  now = made('GGUF and more')
  state = 'granted'
  await places.add('m', [{ name: 'm.gguf', file: now, handle }])
})

test('a model is read where it lies, and nothing of it is stored', async () => {
  expect(await places.list()).toMatchObject([
    { id: 'place:m', name: 'm', origin: { kind: 'place' }, bytes: 13, storedBytes: 0, complete: true },
  ])
  const source = (await places.open('place:m')).get('m.gguf')!
  expect(new TextDecoder().decode(await source.read(5, 3))).toBe('and')
  await expect(source.read(10, 9)).rejects.toMatchObject({ code: 'FILE_TRUNCATED' })
  await places.used('place:m')
  expect((await places.get('place:m'))!.usedAt).toBeTypeOf('number')
  await places.remove('place:m')
  expect(await places.list()).toEqual([])
  await expect(places.open('place:m')).rejects.toMatchObject({ code: 'FILE_MISSING', facts: { reason: 'absent' } })
})

test('no permission, no file, another file: each is said as what it is', async () => {
  const why = () =>
    places.open('place:m').then(
      () => 'opened',
      (error: { facts: { reason: string } }) => error.facts.reason,
    )
  state = 'prompt'
  expect(await why()).toBe('permission')
  state = 'granted'
  now = made('GGUF and more', 2)
  expect(await why()).toBe('touched')
  now = made('GGUF and much more')
  expect(await why()).toBe('touched')
  now = undefined as unknown as File
  expect(await why()).toBe('moved')
  now = made('GGUF and more')
  expect(await why()).toBe('opened')
})

test('a file that changes while it is read is not read on; rows that are none are not shown', async () => {
  const torn = Object.assign(made('GGUF and more'), {
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) }),
  })
  now = torn
  const source = (await places.open('place:m')).get('m.gguf')!
  await expect(source.read(0, 4)).rejects.toMatchObject({ code: 'FILE_MISSING', facts: { reason: 'touched' } })
  rows.set('place:odd', { id: 'place:odd', files: 3 } as unknown as PlaceRow)
  expect((await places.list()).map(({ id }) => id)).toEqual(['place:m'])
})

test('a browser that keeps no handles says so', async () => {
  const forgetful = new Places({ ...store, all: () => Promise.resolve(new Map()) })
  await expect(forgetful.add('n', [{ name: 'm.gguf', file: now, handle }])).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
  })
})
