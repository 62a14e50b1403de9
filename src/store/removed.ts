// A mark outside the database that something was stored in it. A browser that drops a database says nothing, and a damaged
// one is made anew, empty: without the mark the next visit would look like the first. The worker keeps one in OPFS
// (storage/sentinel.ts), which often goes with the database; this one lies in localStorage.

import type { StorageFacts } from '../worker/protocol.ts'
import { kept } from './kept.ts'

const mark = 'glassbox.stored'

/** What the worker says of its storage, with what only a page can know. @param before what was known in this visit */
export function withMark(facts: StorageFacts, before: StorageFacts | null): StorageFacts {
  const anything = facts.models + facts.adapters > 0
  const marked = kept.getItem(mark) !== null
  if (anything && !marked) kept.setItem(mark, '1')
  const removed = facts.created && marked && !anything
  // it stays said while the page fetches its own model again
  return { ...facts, evicted: facts.evicted || removed || before?.evicted === true }
}
