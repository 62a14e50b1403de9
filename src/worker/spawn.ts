// Starts the engine worker under the page's policies: its address passes the page's one Trusted Types policy.

import { workerUrl } from './trusted-types.ts'
import url from './engine.worker.ts?worker&url'

/**
 * Milliseconds that the engine waits for its policy, on the first visit to a host that sends none: so long where no service
 * worker is on its way (a browser may refuse one), and so long at most while one is downloaded.
 */
const patience = { idle: 5000, most: 60_000 }
/** what our own policy is recognized by */
const guarded = (csp: string): boolean =>
  csp.includes("default-src 'none'") && csp.includes("require-trusted-types-for 'script'")

async function wait(): Promise<void> {
  const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker
  if (!import.meta.env.PROD || !container || container.controller) return
  const sent = await fetch(url, { method: 'HEAD' }).then(
    ({ headers }) => headers.get('content-security-policy') ?? '',
    () => '',
  )
  if (guarded(sent) || container.controller) return
  const began = performance.now()
  let last = began
  while (!container.controller && last - began < patience.most && performance.now() - last < patience.idle) {
    const registration = await container.getRegistration().catch(() => undefined)
    if (registration?.installing) last = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

let governed: Promise<void> | null = null
/**
 * Settles when a worker would start under the page's policy. A policy in the page does not bind its workers (measured):
 * it comes with the worker's own script, from the server or, where that sends none, from the service worker.
 */
export const underPolicy = (): Promise<void> => (governed ??= wait())

export const spawnWorker = (): Worker => new Worker(workerUrl(url), { type: 'module', name: 'engine' })
