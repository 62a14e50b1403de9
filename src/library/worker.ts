// glassbox/worker: the engine in a worker of its own, with this browser's storage of models. What the page of this repository
// talks to, for any other page.

import { createClient } from '../worker/client.ts'
import type { Client } from '../worker/protocol.ts'

export { EngineError, errorCodes } from '../engine/errors.ts'
export type * from '../worker/protocol.ts'

/** Everything that can be asked of the engine's worker; what only our own page keeps there is left out. */
export type EngineClient = Omit<Client, 'chats' | 'lessons'>

/**
 * An engine in a worker, which starts at the first call. Every call settles: a worker that dies, or hangs, rejects with
 * WORKER_DIED, and the next call starts a fresh one.
 * @param makeWorker for a page whose policy, or whose other origin, needs a worker made in a way of its own: of the
 * package's file `glassbox/engine-worker.js`
 */
export const startEngine = (makeWorker: () => Worker = ownWorker): EngineClient => createClient(makeWorker)

/** Written so that bundlers see it is a worker. The file lies beside this one once it is built (scripts/package.mjs). */
const ownWorker = (): Worker =>
  new Worker(new URL(/* @vite-ignore */ './engine-worker.js', import.meta.url), { type: 'module', name: 'engine' })
