// The page's side of an object whose calls cross a real port, without a worker: for tests of a call.

import * as Comlink from 'comlink'
import { onTestFinished } from 'vitest'
import type { CallList, Remote } from '../call-types.ts'
import { Connection, defaultPatience } from '../connection.ts'
import { remote } from '../remote.ts'
import type { Wire } from '../wire.ts'

/**
 * Everything behaves as on the page: arguments and results are copied, errors, progress and stops are messages. The
 * port is closed when the test is finished, so this is called inside of one.
 * @param list the calls, as `calls` of calls.ts
 * @param wire the worker's side: `serve(list, …)`, or `createHost(…)` for the product's own calls
 */
export function across<A extends object>(list: CallList<A>, wire: Wire): Remote<A> {
  const { port1, port2 } = new MessageChannel()
  Comlink.expose(wire, port2)
  const terminate = (): void => {
    port1.close()
    port2.close()
  }
  const worker = Object.assign(port1, { terminate }) as unknown as Worker
  const connection = new Connection(
    worker,
    defaultPatience,
    () => undefined,
    () => undefined,
  )
  onTestFinished(() => connection.die('WORKER_DIED', 'disposed'))
  return remote<A>(list, {
    allowed: () => Promise.resolve(),
    connect: () => connection,
    isSlow: () => false,
    understood: (error) => error,
    restarted: () => Promise.resolve(false),
  })
}
