// Writing chats, one write after the other. What could not be written is kept and written with the next; until
// then the page says that it is not saved. Other tabs are told of what was.

import { create } from 'zustand'
import type { ChatChange, ErrorData } from '../worker/protocol.ts'
import { getClient, toData } from './client.ts'
import { tellChanged } from './tabs.ts'

/** What there is to write: the change, and the whole, for when the chat is not on disk any more. */
export interface Job {
  change: ChatChange
  whole: () => ChatChange
}

interface Saving {
  /** why the last write failed; null when everything is on disk */
  failed: ErrorData | null
  /** chats with something unwritten */
  waiting: readonly string[]
}
export const useSaving = create<Saving>()(() => ({ failed: null, waiting: [] }))

const queue: {
  jobs: Job[]
  /** resolves when the last write has ended */
  running: Promise<boolean>
  /** how many jobs there ever were */
  count: number
} = { jobs: [], running: Promise.resolve(true), count: 0 }

const withoutRuns = ({ runs: _, ...change }: ChatChange): ChatChange => change

async function write(changes: readonly ChatChange[]): Promise<string[]> {
  const { chats } = getClient()
  try {
    return await chats.write(changes)
  } catch (error) {
    // on a full disk the words come before the numbers
    if (toData(error).code !== 'STORAGE_QUOTA' || !changes.some((change) => change.runs?.length)) throw error
    return chats.write(changes.map(withoutRuns))
  }
}

async function drain(): Promise<boolean> {
  const now = queue.jobs
  queue.jobs = []
  if (now.length === 0) return true
  try {
    const gone = new Set(await write(now.map(({ change }) => change)))
    // removed in another tab, or by the browser: what is on this page is written again, whole
    const again = new Map(
      now.filter(({ change }) => gone.has(change.id)).map(({ change, whole }) => [change.id, whole]),
    )
    if (again.size > 0) await write([...again.values()].map((whole) => whole()))
    useSaving.setState({ failed: null, waiting: [] })
    tellChanged([...new Set(now.map(({ change }) => change.id))])
    return true
  } catch (error) {
    queue.jobs = [...now, ...queue.jobs]
    useSaving.setState({ failed: toData(error), waiting: [...new Set(queue.jobs.map(({ change }) => change.id))] })
    return false
  }
}

/** Grows with everything that is given to be written. */
export const writes = (): number => queue.count

/** Resolves true when this and all before it is on disk. */
export function save(...more: Job[]): Promise<boolean> {
  queue.jobs.push(...more)
  queue.count += more.length
  queue.running = queue.running.then(drain, drain)
  return queue.running
}

/** What waits to be written of a chat is not wanted any more. */
export function forget(ids: ReadonlySet<string>): void {
  queue.jobs = queue.jobs.filter(({ change }) => !ids.has(change.id))
  if (queue.jobs.length === 0) useSaving.setState({ failed: null, waiting: [] })
}

/** Whole chats that are not on disk, or not as they are here. */
export const unwritten = (): ChatChange[] =>
  [...new Map(queue.jobs.map(({ change, whole }) => [change.id, whole])).values()].map((whole) => whole())
