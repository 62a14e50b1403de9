// The worker's side of the wall, whatever is called: finds the method, gives it a signal and a way to tell how far it
// is, and sends what comes of it, failures as data. Each tab that is let in has an object and a wire of its own; what a tab
// that is gone had asked for is stopped.

import * as Comlink from 'comlink'
import { EngineError } from '../engine/errors.ts'
import type { Call, CallList } from './call-types.ts'
import { compact } from './compact.ts'
import { toData } from './failures.ts'
import { holdPulse, watchPulse } from './pulse.ts'
import { send } from './stream.ts'
import type { HostEvent, Reply, StreamItem, Wire } from './wire.ts'

type Method = (...args: unknown[]) => unknown

/** Who asks: one tab. */
export interface Guest {
  /** says something unasked */
  tell(event: HostEvent): void
}

/** @param make the object whose methods are called, for each tab @param left a tab is gone */
export function serve<A extends object>(
  calls: CallList<A>,
  make: (guest: Guest) => A,
  left: (guest: Guest) => void = () => undefined,
): Wire {
  const running = new Map<number, AbortController>()
  const streams = new Set<AbortController>()
  let events: MessagePort | null = null
  const guest: Guest = { tell: (event) => events?.postMessage(event) }
  let api: Record<string, Method | Record<string, Method>> | null = null
  // nothing is begun for a tab before it is known how its end is heard; and a tab that asked for the engine twice, or gave
  // up asking, is no guest
  let enter = (): void => undefined
  const entered = new Promise<void>((resolve) => {
    enter = () => {
      api ??= make(guest) as Record<string, Method | Record<string, Method>>
      resolve()
    }
  })

  /** Calls the method with what follows it in its place. */
  function run(name: string, args: unknown[], signal: AbortSignal, progress: MessagePort | null): unknown {
    if (!Object.hasOwn(calls, name)) {
      const message = `the worker has no call "${name}"`
      throw new EngineError('INTERNAL', `The worker has no call "${name}".`, { message })
    }
    const { follow } = (calls as Record<string, Call>)[name]!
    const given = follow === undefined ? args : Array.from({ length: follow }, (_, i) => args[i])
    if (follow !== undefined) given.push({ signal, onProgress: (p: unknown) => progress?.postMessage(p) })
    const [room, method] = name.split('.') as [string, string?]
    return method === undefined
      ? (api![room] as Method)(...given)
      : (api![room] as Record<string, Method>)[method]!(...given)
  }

  return {
    ping: () => undefined,
    events: (port) => {
      events = port
    },
    hold: (name, tab) => {
      enter()
      if (tab !== null) {
        watchPulse(tab, () => {
          for (const stop of [...running.values(), ...streams]) stop.abort()
          left(guest)
        })
      }
      return holdPulse(name)
    },
    admit: (port) => Comlink.expose(serve(calls, make, left), port),
    cancel: (id) => running.get(id)?.abort(),
    async call(id, name, args, progress): Promise<Reply<unknown>> {
      const stop = new AbortController()
      running.set(id, stop)
      await entered
      try {
        return { ok: true, value: await run(name, args, stop.signal, progress) }
      } catch (error) {
        return { ok: false, error: toData(error) }
      } finally {
        running.delete(id)
        progress?.close()
      }
    },
    async stream(name, args, port): Promise<Reply<null>> {
      const stop = new AbortController()
      await entered
      try {
        const items = run(name, args, stop.signal, null) as AsyncGenerator
        streams.add(stop)
        void send<StreamItem>(wrapped(items), port, stop, (error) => ({ error: toData(error) })).finally(() =>
          streams.delete(stop),
        )
        return { ok: true, value: null }
      } catch (error) {
        port.close()
        return { ok: false, error: toData(error) }
      }
    },
  }
}

async function* wrapped(items: AsyncGenerator): AsyncGenerator<StreamItem, void, undefined> {
  for await (const item of items) yield { item: compact(item) }
}
