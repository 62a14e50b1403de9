// What was done in the lessons comes back whole, can be forgotten, and its room is added to a storage of before without
// a chat being lost.

import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { openDB } from 'idb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Chats } from './chats.ts'
import { Database } from './database.ts'
import { LessonRows, type LessonRow } from './lessons.ts'

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))
afterEach(() => vi.unstubAllGlobals())

test('rows come back in another visit, replace those of their key, and are forgotten when told', async () => {
  const first = new LessonRows(new Database())
  const row = (id: string, bet: number): LessonRow & { bet: number } => ({ id, bet })
  await first.write([row('b', 1), row('a', 2)])
  await first.write([row('b', 3)])
  await first.db.close()
  const second = new LessonRows(new Database())
  expect(await second.all()).toEqual([
    { id: 'a', bet: 2 },
    { id: 'b', bet: 3 },
  ])
  await second.remove(['a', 'not there'])
  expect(await second.all()).toEqual([{ id: 'b', bet: 3 }])
  await second.remove()
  expect(await second.all()).toEqual([])
  await second.db.close()
})

test('the storage of the version before gets the room and keeps its chats', async () => {
  const row = { id: 'old', title: 'Old', updatedAt: 1, messages: 0, body: {} }
  const old = await openDB('glassbox', 2, {
    upgrade(db) {
      for (const name of ['models', 'complete', 'chats']) db.createObjectStore(name, { keyPath: 'id' })
      db.createObjectStore('files', { keyPath: ['model', 'name'] })
      db.createObjectStore('chunks')
      db.createObjectStore('turns', { keyPath: ['chat', 'id'] })
      db.createObjectStore('runs', { keyPath: ['chat', 'turn'] })
    },
  })
  await old.put('chats', row)
  old.close()
  const db = new Database()
  await new LessonRows(db).write([{ id: 'l01.1' }])
  expect(await new LessonRows(db).all()).toEqual([{ id: 'l01.1' }])
  expect(await new Chats(db).get('old')).toEqual({ row, turns: [] })
  await db.close()
})
