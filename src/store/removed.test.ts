import { expect, test } from 'vitest'
import type { StorageFacts } from '../worker/protocol.ts'
import { withMark } from './removed.ts'

const facts = (change: Partial<StorageFacts>): StorageFacts => ({
  usage: 0,
  quota: 0,
  persisted: false,
  models: 0,
  adapters: 0,
  created: false,
  evicted: false,
  ...change,
})

test('an empty database is a first visit once; after something was stored it is one that was removed', () => {
  const first = withMark(facts({ created: true }), null)
  expect(first.evicted, 'the first visit').toBe(false)
  expect(withMark(facts({ created: true, models: 9 }), first).evicted).toBe(false)
  expect(withMark(facts({}), null).evicted, 'all deleted by the reader: the database is still there').toBe(false)
  const gone = withMark(facts({ created: true }), null)
  expect(gone.evicted, 'made anew by this visit').toBe(true)
  expect(withMark(facts({ created: true, models: 5 }), gone).evicted, 'and the page fetched its own model').toBe(true)
  expect(withMark(facts({ evicted: true }), null).evicted).toBe(true)
})
