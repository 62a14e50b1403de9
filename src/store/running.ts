// The one piece of work that the model does for this page: an answer that is written, or a text that is read again.

import { useCurrent } from './current.ts'

const { setState: set } = useCurrent
const state: {
  /** answer null: the model only reads */
  now: { stop: AbortController; answer: string | null } | null
  /** resolves when the last work has ended and is saved */
  settled: Promise<unknown>
} = { now: null, settled: Promise.resolve() }

export const busy = (): boolean => state.now !== null
/** The answer that this tab is writing now. */
export const writingNow = (): string | null => state.now?.answer ?? null

/** The work goes on until end(). @param answer which one is written, if any @returns aborted when it is to stop */
export function begin(answer: string | null): AbortSignal {
  const stop = new AbortController()
  state.now = { stop, answer }
  set({
    status: 'prefill',
    live: { promptTokens: 0, reusedTokens: 0, readTokens: 0, tokens: 0, secondsToFirst: null, tokensPerSecond: 0 },
  })
  return stop.signal
}
export function end(): void {
  set({ status: 'idle', live: null })
  state.now = null
}
/** stopped() waits for this, saving included. */
export function settling<T>(work: Promise<T>): Promise<T> {
  state.settled = work.catch(() => undefined)
  return work
}

export function stopAnswer(): void {
  if (!state.now) return
  set({ status: 'stopping' })
  state.now.stop.abort()
}
/** Ends the running work and resolves when it is saved. */
export async function stopped(): Promise<void> {
  state.now?.stop.abort()
  await state.settled
}
