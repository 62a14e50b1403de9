// One engine for all tabs of a browser. The tab that holds a Web Lock leads: it runs the engine's worker and lets others in
// (Wire.admit); the others reach that worker through a port of their own, which the hub (hub.worker.ts) hands over. When
// the leading tab closes or crashes the browser frees the lock, the next tab leads, and every tab that worked through the
// old one hears of its end as of any worker's (pulse.ts).
//
// The lock and the hub carry the build's name in theirs: tabs of two versions do not meet. A browser without shared
// workers or locks, or a leading tab that does not answer (frozen), leaves each tab with an engine of its own.

import { spawnWorker, underPolicy } from './spawn.ts'
import type { FromHub, ToHub } from './hub.worker.ts'
import { watchPulse } from './pulse.ts'
import { workerUrl } from './trusted-types.ts'
import hubUrl from './hub.worker.ts?sharedworker&url'
import engineUrl from './engine.worker.ts?worker&url'

/**
 * How often a tab asks for the engine of another one, and milliseconds between. Long: on a busy machine the hub alone takes
 * seconds to start, and two engines make it busier. (A browser freezes no tab that holds a lock.)
 */
const tries = 15,
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

/** @param admit lets another tab into the engine of this one, which is started where it is not, and says hello to it */
export function meetTabs(admit: (port: MessagePort) => void): Tabs {
  const locks = globalThis.navigator?.locks as LockManager | undefined
  const shared = globalThis as { SharedWorker?: typeof SharedWorker }
  let hub: MessagePort | null = null
  let leads = false
  /** this tab runs its own engine: it leads, or is alone */
  let own = false
  let given: MessagePort | null = null
  let deciding: Promise<void> | null = null
  let heard = (): void => undefined

  const say = (what: ToHub, ports: MessagePort[] = []): void => hub?.postMessage(what, ports)
  /** This tab runs its own engine, and waits for no other's. */
  const alone = (): void => {
    own = true
    heard()
  }
  /** Leads from now on, until the tab ends. */
  const lead = (): Promise<never> => {
    leads = true
    say('lead')
    alone()
    return new Promise<never>(() => undefined)
  }

  function open(): boolean {
    if (!locks || !shared.SharedWorker) return false
    try {
      const worker = new shared.SharedWorker(workerUrl(hubUrl), { type: 'module', name: 'tabs' })
      worker.onerror = alone // its script did not load
      hub = worker.port
    } catch {
      return false
    }
    hub.onmessage = ({ data, ports: [port] }: MessageEvent<FromHub>) => {
      if (data === 'serve') admit(port!)
      else watchPulse(data.pulse, () => open() && leads && say('lead'))
    }
    return true
  }

  async function begin(): Promise<void> {
    await underPolicy()
    if (!open()) return alone()
    await new Promise<void>((resolve) => {
      const failed = (): void => {
        alone() // a browser that refuses locks
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

  function join(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    say('join', [port2])
    return port1
  }

  /**
   * A port to the engine of the tab that leads; null when this tab leads meanwhile, or none answers. Asked again and again,
   * because the tab or the hub that was asked may be gone; a late answer to an earlier question is as good.
   */
  function ask(): Promise<MessagePort | null> {
    const asked: MessagePort[] = []
    return new Promise((resolve) => {
      const end = (port: MessagePort | null): void => {
        clearInterval(timer)
        heard = () => undefined
        for (const one of asked) {
          one.onmessage = null
          if (one !== port) one.close()
        }
        resolve(port)
      }
      const again = (): void => {
        if (asked.length === tries) return end(null)
        const port = join()
        asked.push(port)
        port.onmessage = () => end(port)
      }
      const timer = setInterval(again, patience)
      heard = () => end(null)
      again()
    })
  }

  let begun: Promise<void> | null = null
  async function decide(): Promise<void> {
    await (begun ??= begin())
    if (own || given) return
    given = await ask()
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
      const port = given
      given = null
      if (own) {
        port?.close() // it leads since
        return spawnWorker()
      }
      // what it was let into may have ended between ready() and now
      const to = port ?? join()
      return Object.assign(to, { terminate: () => to.close() }) as unknown as Worker
    },
  }
}
