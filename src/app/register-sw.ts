// Registers the service worker and reports a new version. It never reloads by
// itself: the page decides when it is idle, shows a prompt, and calls apply()
// after a click. Other open tabs keep running the version they started with.
import { workerUrl } from '../worker/trusted-types.ts'

/** A version that is downloaded and waits. apply() starts it and reloads this page. */
export interface Update {
  apply(): void
}

/**
 * @param onUpdate called when a new version waits; show a prompt once the page is idle
 *   (no answer is written, nothing is downloaded, nothing unsent is typed)
 */
export async function registerServiceWorker(onUpdate: (update: Update) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  const container = navigator.serviceWorker
  try {
    const registration = await container.register(workerUrl(new URL('sw.js', document.baseURI).href))
    const offer = (worker: ServiceWorker | null) => {
      // Without a controller this is the first visit: there is nothing to replace.
      if (!worker || !container.controller) return
      onUpdate({
        apply() {
          container.addEventListener('controllerchange', () => location.reload(), { once: true })
          worker.postMessage('skip-waiting')
        },
      })
    }
    // a forced reload goes past the service worker: its worker would start without a policy (worker/spawn.ts)
    if (registration.active && !container.controller) registration.active.postMessage('claim')
    offer(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') offer(worker)
      })
    })
  } catch {
    // A page without a service worker is a page that needs the network to start: not worth an error.
  }
}
