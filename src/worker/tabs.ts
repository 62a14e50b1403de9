// One engine for all tabs of a browser. The tab that holds a Web Lock leads: it runs the engine's worker and lets others in
// (Wire.admit); the others reach that worker through a port of their own, which the hub (hub.worker.ts) hands over. When
// the leading tab closes or crashes the browser frees the lock, the next tab leads, and every tab that worked through the
// old one hears of its end as of any worker's (pulse.ts).
//
// The lock and the hub carry the build's name in theirs: tabs of two versions do not meet. A browser without shared
// workers or locks, or a leading tab that does not answer (frozen), leaves each tab with an engine of its own.

import { spawnWorker, underPolicy } from './spawn.ts'
import type { ToHub } from './hub.worker.ts'
import { workerUrl } from './trusted-types.ts'
import hubUrl from './hub.worker.ts?sharedworker&url'
import engineUrl from './engine.worker.ts?worker&url'

/** How often a tab asks for the engine of another one, and milliseconds that each time may take. */
const tries = 5,
  patience = 1000
const leadName = `glassbox-leads:${engineUrl}`

export interface Tabs {
  /** settles when start() may be called. @param connected the engine that was started last is still in use */
  ready(connected: boolean): Promise<void>
  /** the engine of another tab is used */
  guest(): boolean
  /** the engine's worker, or a port to it */
  start(): Worker
}

/** @param admit lets another tab into the engine of this one, which is started where it is not */
export function meetTabs(admit: (port: MessagePort) => void): Tabs {
  const locks = globalThis.navigator?.locks as LockManager | undefined
  const shared = globalThis as { SharedWorker?: typeof SharedWorker }
  let hub: MessagePort | null = null
  /** this tab runs its own engine: it leads, or is alone */
  let own = false
  let given: MessagePort | null = null
  let deciding: Promise<void> | null = null
  let heard = (): void => undefined

  const say = (what: ToHub, ports: MessagePort[] = []): void => hub?.postMessage(what, ports)
  /** Leads from now on, until the tab ends. */
  const lead = (): Promise<never> => {
    own = true
    say('lead')
    heard()
    return new Promise<never>(() => undefined)
  }

  function open(): boolean {
    if (!locks || !shared.SharedWorker) return false
    try {
      hub = new shared.SharedWorker(workerUrl(hubUrl), { type: 'module', name: 'tabs' }).port
    } catch {
      return false
    }
    hub.onmessage = ({ ports: [port] }: MessageEvent) => {
      port!.postMessage('hello')
      admit(port!)
    }
    return true
  }

  async function begin(): Promise<void> {
    await underPolicy()
    if (!open()) {
      own = true
      return
    }
    await new Promise<void>((resolve) => {
      const failed = (): void => {
        own = true // a browser that refuses locks
        resolve()
      }
      locks!
        .request(leadName, { ifAvailable: true }, (lock) => {
          if (lock) void lead()
          else locks!.request(leadName, lead).catch(failed)
          resolve()
          return lock && new Promise<never>(() => undefined)
        })
        .catch(failed)
    })
  }

  /** A port to the engine of the tab that leads, or null. */
  function ask(): Promise<MessagePort | null> {
    const { port1, port2 } = new MessageChannel()
    return new Promise((resolve) => {
      const end = (port: MessagePort | null): void => {
        clearTimeout(timer)
        port1.onmessage = null
        heard = () => undefined
        if (!port) port1.close()
        resolve(port)
      }
      const timer = setTimeout(() => end(null), patience)
      heard = () => end(null)
      port1.onmessage = () => end(port1)
      say('join', [port2])
    })
  }

  let begun: Promise<void> | null = null
  async function decide(): Promise<void> {
    await (begun ??= begin())
    for (let i = 0; i < tries && !own && !given; i++) given = await ask()
    if (!given) own = true
  }

  return {
    ready: (connected) => {
      if (connected || own || given) return own ? underPolicy() : Promise.resolve()
      return (deciding ??= decide().finally(() => {
        deciding = null
      }))
    },
    guest: () => !own,
    start() {
      if (own || !given) return spawnWorker()
      const port = given
      given = null
      return Object.assign(port, { terminate: () => port.close() }) as unknown as Worker
    },
  }
}
