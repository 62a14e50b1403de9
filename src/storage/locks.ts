// One Web Lock per model, across all tabs: exclusive to write or remove, shared to read.
// A lock ends with its tab or worker, so a crash never leaves one behind; none is ever stolen.

import { EngineError } from '../engine/errors.ts'

const patience = 2000
const lockMark = 'glassbox-model:'

async function holding<T>(id: string, mode: LockMode, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined
  if (!locks) return work() // insecure context: one tab at a time is the user's care
  let held = false
  try {
    return await locks.request(`${lockMark}${id}`, { mode, signal: AbortSignal.timeout(patience) }, () => {
      held = true
      return work()
    })
  } catch (error) {
    if (held || !(error instanceof DOMException) || error.name !== 'TimeoutError') throw error
    throw busyError(id, mode)
  }
}

export const busyError = (id: string, mode: LockMode): EngineError =>
  new EngineError(
    'BUSY',
    `Cannot ${mode === 'shared' ? 'read' : 'change'} "${id}": it is being ${mode === 'shared' ? 'changed' : 'used'} right now, here or in another tab. Wait for that to end, or close the other tab.`,
    { model: id, mode },
  )

/** Marks what this thread writes where the browser has no Web Locks. */
const here = new Set<string>()

/** Runs `work` when nobody reads or writes the model, here or in another tab; false at once when somebody does. */
export async function ifFree(id: string, work: () => Promise<boolean>): Promise<boolean> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined
  if (locks) {
    return locks.request(`${lockMark}${id}`, { mode: 'exclusive', ifAvailable: true }, (lock) =>
      lock === null ? false : work(),
    )
  }
  if (here.has(id)) return false
  here.add(id)
  try {
    return await work()
  } finally {
    here.delete(id)
  }
}

/** What is being written or read now, here or in another tab; nothing where nobody can tell. */
export async function locked(): Promise<ReadonlySet<string>> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined
  if (!locks) return new Set(here)
  const { held = [] } = await locks.query()
  return new Set(held.flatMap(({ name }) => (name?.startsWith(lockMark) ? [name.slice(lockMark.length)] : [])))
}

export const writing = <T>(id: string, work: () => Promise<T>): Promise<T> => holding(id, 'exclusive', work)
export const reading = <T>(id: string, work: () => Promise<T>): Promise<T> => holding(id, 'shared', work)
