// How the page knows at once that the worker is gone: the worker holds a Web Lock for as long as it lives, and the page
// waits for it. The browser frees it within milliseconds of any end (an error, close(), a crash: measured), and never
// before, however busy the worker is. Where a page has no locks (plain http), only the heartbeat of connection.ts is
// left.

const locks = (): LockManager | undefined => globalThis.navigator?.locks

/** The worker's side: takes the lock and never gives it back. False where there are no locks, or another holds it. */
export const holdPulse = (name: string): Promise<boolean> =>
  new Promise((resolve) => {
    const held = locks()?.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock && new Promise<never>(() => undefined)
    })
    if (!held) resolve(false)
    else {
      held.catch(() => {
        resolve(false)
      })
    }
  })

/** Holds the lock of this name until `signal`; resolves when it is held, or cannot be. */
export const holdUntil = (name: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const held = locks()?.request(name, () => {
      resolve(true)
      return new Promise<void>((end) => signal.addEventListener('abort', () => end(), { once: true }))
    })
    if (!held) resolve(false)
    else held.catch(() => resolve(false))
  })

/** The page's side: calls `ended` when the worker that holds the lock is gone. Returns what stops the waiting. */
export function watchPulse(name: string, ended: () => void): () => void {
  const stop = new AbortController()
  void locks()
    ?.request(name, { signal: stop.signal }, ended)
    .catch(() => undefined)
  return () => {
    stop.abort()
  }
}

/** A name that no other tab and no other worker has. */
export const newPulse = (): string =>
  `glassbox-engine-${Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
