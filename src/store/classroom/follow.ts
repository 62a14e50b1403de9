// A window that follows a presenter's: shows the newest state of its room, and asks the presenter's run for its numbers.
// It loads no model, keeps no chat and changes nothing that is stored.

import { create } from 'zustand'
import { EngineError } from '../../engine/errors.ts'
import type { ErrorCode, Facts, Glass } from '../../worker/protocol.ts'
import { useInspect } from '../inspect.ts'
import { changeRun, look } from '../inspect/follow.ts'
import { isNewer, join, type ClassState, type Message } from './message.ts'
import { takeViews } from './views.ts'

export interface Followed {
  /** null: nobody presents in this room yet */
  state: ClassState | null
  ended: boolean
}
export const useFollowed = create<Followed>()(() => ({ state: null, ended: false }))

/** Milliseconds until a presenter is asked for again, and until an answer is not waited for any more. */
const again = 1500,
  patience = 60_000

/** The presenter's run: every question goes to its window. */
function remoteGlass(ask: (method: string, args: unknown[]) => Promise<unknown>): Glass {
  const read = (): Promise<void> => Promise.resolve()
  return new Proxy({} as Glass, {
    get: (_, method) =>
      method === 'read'
        ? read
        : typeof method === 'string' && method !== 'then'
          ? (...args: unknown[]) => ask(method, args)
          : undefined,
  })
}

/** Follows a room until the returned function is called. */
export function follow(room: string): () => void {
  const from = crypto.randomUUID()
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let asked = 0,
    applying: ReturnType<typeof setTimeout> | undefined

  const apply = (): void => {
    applying = undefined
    const { state } = useFollowed.getState()
    if (!state) return
    takeViews(state.views)
    // a run that comes later must not move it to its own end
    useInspect.setState({ locked: state.selection.position !== null })
    useInspect.getState().select(state.selection)
  }
  const hear = (message: Message): void => {
    if (message.kind === 'end') useFollowed.setState({ ended: true })
    if (message.kind === 'state') {
      const before = useFollowed.getState().state
      if (!isNewer(before, message.state)) return
      useFollowed.setState({ state: message.state, ended: false })
      if (message.state.run !== before?.run || message.state.driver !== before.driver) void look()
      // of many that come at once, as after sleep, the newest
      applying ??= setTimeout(apply)
    }
    if (message.kind === 'answer' && message.to === from) {
      const { id, value, error } = message
      const waits = open.get(id)
      open.delete(id)
      if (error) waits?.reject(new EngineError(error.code as ErrorCode, error.message, error.facts as Facts))
      else waits?.resolve(value)
    }
  }
  const channel = join(room, hear)
  const ask = (method: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++asked
      const timer = setTimeout(() => {
        open.delete(id)
        reject(
          new EngineError('WORKER_TIMEOUT', 'The presenter’s window did not answer. Open it again.', {
            seconds: patience / 1000,
          }),
        )
      }, patience)
      const settled =
        <T>(work: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer)
          work(value)
        }
      open.set(id, { resolve: settled(resolve), reject: settled(reject) })
      channel.send({ kind: 'ask', room, from, id, method, args })
    })
  changeRun({ glass: remoteGlass(ask), file: new Blob() })
  const hello = (): void => {
    const { state, ended } = useFollowed.getState()
    if (state === null || ended) channel.send({ kind: 'hello', room, from })
  }
  const bye = (): void => channel.send({ kind: 'bye', room, from })
  hello()
  const timer = setInterval(hello, again)
  addEventListener('pagehide', bye)
  return () => {
    bye()
    clearInterval(timer)
    clearTimeout(applying)
    removeEventListener('pagehide', bye)
    channel.close()
    changeRun(null)
    useFollowed.setState({ state: null, ended: false })
  }
}
