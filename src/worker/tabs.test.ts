// Tabs that meet: the real election and the real hub, on fake locks and shared workers that a test can end at any moment.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Tabs } from './tabs.ts'
import { FakeLocks } from './testing/locks.ts'

vi.mock('./spawn.ts', () => ({ underPolicy: () => Promise.resolve(), spawnWorker: () => 'own worker' }))
vi.mock('./trusted-types.ts', () => ({ workerUrl: (url: string) => url }))

interface Hub {
  connect: (event: unknown) => void
  tab: object
  ports: MessagePort[]
}
let locks: FakeLocks
let hub: Hub | null
let hubsStarted: number
let hubDelay: number

const later = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const put = (key: string, value: unknown): void =>
  void Object.defineProperty(globalThis, key, { value, configurable: true, writable: true })

/** The hub's own code, in a worker of its own as far as it can tell. */
async function startHub(): Promise<Hub> {
  const tab = {}
  let connect: Hub['connect'] = () => undefined
  hubsStarted++
  await later(hubDelay)
  const before = globalThis.navigator
  put('navigator', { locks: locks.of(tab) })
  put('addEventListener', (_: string, listener: Hub['connect']) => (connect = listener))
  vi.resetModules()
  await import('./hub.worker.ts')
  put('navigator', before)
  return { connect, tab, ports: [] }
}
let starting: Promise<Hub> | null = null
class FakeSharedWorker {
  readonly port: MessagePort
  onerror: (() => void) | null = null
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    void (starting ??= startHub().then((made) => (hub = made))).then((made) => {
      made.ports.push(port2)
      made.connect({ ports: [port2] })
    })
  }
}
/** As the process it ran in crashes: no port answers any more. */
function crashHub(): void {
  for (const port of hub!.ports) port.close()
  locks.end(hub!.tab)
  hub = starting = null
}

interface Tab {
  name: string
  tabs: Tabs
  /** ports that were let in here */
  let: MessagePort[]
  /** as closing or crashing: its locks are free, and it hears nothing any more */
  end(): void
}
const ports = new Set<MessagePort>()
let meetTabs: (typeof import('./tabs.ts'))['meetTabs']
/** @param deaf milliseconds that its page takes to answer anything */
function open(name: string, deaf = 0): Tab {
  const own = {}
  put('navigator', { locks: locks.of(own) })
  let gone = false
  const tab: Tab = {
    name,
    let: [],
    tabs: meetTabs((port) => {
      ports.add(port)
      if (gone) return port.close()
      setTimeout(() => {
        tab.let.push(port)
        port.postMessage('hello')
      }, deaf)
    }),
    end() {
      gone = true
      locks.end(own)
    },
  }
  return tab
}
/** What the tab computes with, as soon as it knows. */
async function engineOf({ tabs }: Tab): Promise<'own' | 'another tab’s'> {
  await tabs.ready(false)
  const started = tabs.start() as unknown
  if (started === 'own worker') return 'own'
  ports.add(started as MessagePort)
  return 'another tab’s'
}

beforeEach(async () => {
  vi.stubGlobal('SharedWorker', FakeSharedWorker)
  locks = new FakeLocks()
  hub = starting = null
  hubsStarted = hubDelay = 0
  ;({ meetTabs } = await import('./tabs.ts'))
})
afterEach(() => {
  for (const port of ports) port.close()
  for (const port of hub?.ports ?? []) port.close()
  ports.clear()
  vi.useRealTimers()
})

test('three at once: one leads, however long hub and leader take to answer', { timeout: 20_000 }, async () => {
  hubDelay = 2500 // more than one question is asked meanwhile
  const all = [open('a', 1400), open('b'), open('c')]
  expect(await Promise.all(all.map(engineOf))).toEqual(['own', 'another tab’s', 'another tab’s'])
  expect(all.map(({ tabs }) => tabs.guest())).toEqual([false, true, true])
  expect(hubsStarted).toBe(1)
})

test('a leader that closes while another tab asks for its engine', async () => {
  const [a, b] = [open('a', 60_000), open('b')]
  expect(await engineOf(a)).toBe('own')
  const asked = engineOf(b)
  await later(50)
  a.end()
  expect(await asked).toBe('own') // without waiting for the rest of its patience
  const c = open('c')
  expect(await engineOf(c)).toBe('another tab’s')
  expect(b.let).toHaveLength(1)
})

test('the hub crashes with the tab that it ran in: the others meet at a new one', async () => {
  const [a, b, c] = [open('a'), open('b'), open('c')]
  expect(await Promise.all([a, b, c].map(engineOf))).toEqual(['own', 'another tab’s', 'another tab’s'])
  await later(20)
  a.end()
  crashHub()
  await expect.poll(() => [b, c].filter(({ tabs }) => !tabs.guest())).toEqual([b])
  expect(await Promise.all([b, c].map(engineOf))).toEqual(['own', 'another tab’s'])
  expect(b.let).toHaveLength(1)
})

test('the hub crashes alone: the tab that leads is found at the new one', async () => {
  const a = open('a')
  expect(await engineOf(a)).toBe('own')
  await later(20)
  crashHub()
  expect(await engineOf(open('b'))).toBe('another tab’s')
})

test('a hub that does not load, no locks, no shared workers: each tab has its own engine at once', async () => {
  put(
    'SharedWorker',
    class {
      readonly port = new MessageChannel().port1
      constructor() {
        setTimeout(() => (this as unknown as { onerror(): void }).onerror(), 5)
      }
    },
  )
  expect(await Promise.all([open('a'), open('b')].map(engineOf))).toEqual(['own', 'own'])
  put('SharedWorker', undefined)
  expect(await engineOf(open('c'))).toBe('own')
})

test('an engine that ends between ready() and start() is asked for once more, and not started here', async () => {
  const [a, b] = [open('a'), open('b')]
  await engineOf(a)
  await engineOf(b)
  await b.tabs.ready(true) // a call that found its engine in use, and then it was gone
  ports.add(b.tabs.start() as unknown as MessagePort)
  await expect.poll(() => a.let.length).toBe(2)
  expect(b.tabs.guest()).toBe(true)
})
