// The page's side of the wall, whatever is called: every method settles, errors come with their codes, progress and
// stop cross as messages, and streams are ordered and can be stopped.

import * as Comlink from 'comlink'
import { EngineError } from '../engine/errors.ts'
import type { Call, CallList, Follow, Remote } from './call-types.ts'
import type { Connection } from './connection.ts'
import { revive, toData } from './failures.ts'
import { receive, type Receiver } from './stream.ts'
import type { Reply, StreamItem } from './wire.ts'

export interface Line {
  /** settles when a worker may start */
  allowed(): Promise<void>
  /** to the worker that runs now, or a fresh one */
  connect(): Connection
  /** the call may compute for long without a pause */
  isSlow(name: string): boolean
  /** an error as the page understands it */
  understood(error: EngineError): EngineError
  /** after the worker's end: true once there may be another one, false where none was started for some seconds */
  restarted(): Promise<boolean>
}

/** Milliseconds that stopped work may take to say so itself. */
const stopGrace = 5000
/** The same for a stream: a long prompt is read in chunks, and a slow GPU needs its time for one. */
const streamGrace = 15_000
const aborted = (): EngineError =>
  new EngineError('ABORTED', 'The work was stopped before it finished; nothing that was complete is lost.')

/** What went wrong between the page and its worker, as an EngineError. */
const failure = (error: unknown): EngineError =>
  error instanceof EngineError
    ? error
    : error instanceof DOMException && error.name === 'DataCloneError'
      ? new EngineError('PARAM_INVALID', `Cannot ask the engine: ${error.message} Pass plain data and try again.`, {
          param: 'arguments',
          need: 'plain data',
          value: error.message,
        })
      : revive(toData(error))

/** After `signal`, `stop` is called once; work that does not end by itself within `grace` milliseconds is left. */
function stopping(signal: AbortSignal | undefined, stop: () => void, grace: number) {
  let giveUp: ReturnType<typeof setTimeout> | undefined
  let leave = (_: EngineError): void => undefined
  const left = new Promise<never>((_, reject) => {
    leave = reject
  })
  left.catch(() => undefined)
  const heard = (): void => {
    stop()
    giveUp = setTimeout(() => leave(aborted()), grace)
  }
  signal?.addEventListener('abort', heard)
  return {
    /** the work, or an ABORTED */
    race: <T>(work: Promise<T>): Promise<T> => (signal ? Promise.race([work, left]) : work),
    end(): void {
      clearTimeout(giveUp)
      signal?.removeEventListener('abort', heard)
    },
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** Resolves when nothing comes any more. */
async function toEnd(items: Receiver<StreamItem>, to: Connection): Promise<void> {
  try {
    while ((await to.race('generate', items.next())) !== null);
  } catch {
    // the worker is gone
  }
}

/** The object behind the wall, method by method. */
export function remote<A>(calls: CallList<A>, line: Line): Remote<A> {
  let nextId = 1

  async function askAgain(name: string, args: unknown[], follow: Follow<unknown>): Promise<unknown> {
    try {
      return await ask(name, args, follow)
    } catch (error) {
      const { code, facts } = error as EngineError
      const ended = code === 'WORKER_DIED' && facts.started === true && facts.reason !== 'disposed'
      if (!ended || !(await line.restarted())) throw error
      return await ask(name, args, follow)
    }
  }

  async function ask(name: string, args: unknown[], { onProgress, signal }: Follow<unknown>): Promise<unknown> {
    await line.allowed()
    if (signal?.aborted) throw aborted()
    const to = line.connect()
    const id = nextId++
    const stop = stopping(signal, () => void (to.wire.cancel(id) as Promise<void>).catch(() => undefined), stopGrace)
    const channel = onProgress ? new MessageChannel() : null
    if (channel) channel.port1.onmessage = ({ data }: MessageEvent) => onProgress!(data)
    try {
      const port = channel ? Comlink.transfer(channel.port2, [channel.port2]) : null
      const sent = to.wire.call(id, name, args, port) as Promise<Reply<unknown>>
      const reply = await to.race(name, stop.race(sent), line.isSlow(name))
      if (!reply.ok) throw line.understood(revive(reply.error))
      return reply.value
    } catch (error) {
      throw failure(error)
    } finally {
      stop.end()
      channel?.port1.close()
    }
  }

  async function* stream(name: string, args: unknown[], { signal }: Follow): AsyncGenerator<unknown, void, undefined> {
    await line.allowed()
    if (signal?.aborted) throw aborted()
    const to = line.connect()
    const { port1, port2 } = new MessageChannel()
    const items = receive<StreamItem>(port1)
    const stop = stopping(signal, () => items.stop(), streamGrace)
    /** the worker may still be at work on it */
    let runs = false
    try {
      const begun = to.wire.stream(name, args, Comlink.transfer(port2, [port2])) as Promise<Reply<null>>
      const reply = await to.race(name, begun, line.isSlow(name))
      if (!reply.ok) throw revive(reply.error)
      runs = true
      for (;;) {
        const next = await to.race(name, stop.race(items.next()), line.isSlow(name))
        if (next === null || 'error' in next) runs = false
        if (next === null) return
        if ('error' in next) throw revive(next.error)
        yield next.item
      }
    } catch (error) {
      runs = false
      throw failure(error)
    } finally {
      stop.end()
      items.stop() // left early: the worker stops before the next item, and what is asked next finds it free
      if (to.dead) items.close()
      else if (runs) await Promise.race([toEnd(items, to), pause(streamGrace)])
    }
  }

  const api: Record<string, unknown> = {}
  for (const [name, call] of Object.entries<Call>(calls)) {
    const by = call.stream ? stream : call.again ? askAgain : ask
    const before = call.follow ?? Infinity
    const method = (...args: unknown[]): unknown =>
      by(name, args.slice(0, before), (args[before] ?? {}) as Follow<unknown> & Follow)
    const [room, inner] = name.split('.') as [string, string?]
    if (inner === undefined) api[room] = method
    else ((api[room] ??= {}) as Record<string, unknown>)[inner] = method
  }
  return api as Remote<A>
}
