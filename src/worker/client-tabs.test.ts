// What a tab does as the one that leads, and as a guest, at the moments at which another tab or its engine ends.

import * as Comlink from 'comlink'
import { expect, onTestFinished, test, vi } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { CallList } from './call-types.ts'
import { createClient } from './client.ts'
import { Connection, defaultPatience } from './connection.ts'
import { serve, type Guest } from './serve.ts'
import type { Wire } from './wire.ts'

const later = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
interface FakeWorker {
  worker: Worker
  admitted: number
  ended: boolean
  /** how it says something unasked */
  events: MessagePort | null
}
/** Workers that answer every call of the wire, and are counted. */
function workers() {
  const made: FakeWorker[] = []
  const make = (): Worker => {
    const { port1, port2 } = new MessageChannel()
    const self: FakeWorker = { worker: null!, admitted: 0, ended: false, events: null }
    const wire = {
      ping: () => undefined,
      events: (port: MessagePort) => {
        self.events = port
      },
      hold: () => false,
      admit: (port: MessagePort) => {
        self.admitted++
        port.close()
      },
      cancel: () => undefined,
      call: () => ({ ok: true, value: [] }),
    } as unknown as Wire
    Comlink.expose(wire, port2)
    const terminate = (): void => {
      self.ended = true
      port1.close()
      port2.close()
    }
    self.worker = Object.assign(port1, { terminate }) as unknown as Worker
    made.push(self)
    return self.worker
  }
  return { made, make }
}
/** A client among tabs; `leads` is told from outside. */
function clientOf(start: () => Worker) {
  const state = { guest: false }
  let admit = (_: MessagePort): void => undefined
  const client = createClient(start, defaultPatience, undefined, (let_in) => {
    admit = let_in
    return { ready: () => Promise.resolve(), guest: () => state.guest, start }
  })
  onTestFinished(() => client.dispose())
  const knock = async (): Promise<boolean> => {
    const { port1, port2 } = new MessageChannel()
    const hello = new Promise<boolean>((resolve) => {
      port1.onmessage = () => resolve(true)
      setTimeout(resolve, 200, false)
    })
    admit(port2)
    const heard = await hello
    port1.close()
    return heard
  }
  return { client, state, knock }
}

test('a tab that leads since a moment lets nobody into the engine of the one before', async () => {
  const { made, make } = workers()
  const { client, state, knock } = clientOf(make)
  const lost: string[] = []
  client.onLost(({ code }) => lost.push(code))
  state.guest = true
  await client.chats.list() // through the other tab
  state.guest = false // which closes: this one leads, and has not heard of the end of its engine
  expect(await knock()).toBe(true)
  await later(20)
  expect(made.map(({ admitted, ended }) => [admitted, ended])).toEqual([
    [0, true],
    [1, false],
  ])
  expect(lost).toEqual(['WORKER_DIED'])
})

test('an engine that was started anew for another tab is not ended by this one’s own start; a later one is', async () => {
  const { made, make } = workers()
  const { client, knock } = clientOf(make)
  await client.chats.list()
  made[0]!.worker.dispatchEvent(new Event('messageerror')) // its end
  expect(await knock()).toBe(true)
  client.restart()
  await client.chats.list()
  expect(made.map(({ ended }) => ended)).toEqual([true, false])
  client.restart()
  await client.chats.list()
  expect(made.map(({ ended }) => ended)).toEqual([true, true, false])
})

test('who waits in line waits no more when the engine ends, whatever it still had to say', async () => {
  const { made, make } = workers()
  const { client } = clientOf(make)
  const heard: boolean[] = []
  client.onTurn((waits) => heard.push(waits))
  await client.chats.list()
  const [{ events, worker }] = made as [FakeWorker]
  events!.postMessage({ type: 'turn', waits: true })
  await expect.poll(() => heard).toEqual([true])
  events!.postMessage({ type: 'turn', waits: true })
  worker.dispatchEvent(new Event('messageerror')) // its end
  await later(20)
  expect(heard).toEqual([true, false])
})

test('where no worker can be started the tab that asks is not greeted', async () => {
  const { knock } = clientOf(() => {
    throw new EngineError('INTERNAL', 'no more processes')
  })
  expect(await knock()).toBe(false)
})

test('nothing is begun for a tab that ends before it is known how its end is heard', async () => {
  const entered: Guest[] = []
  let calls = 0
  const list = { work: {} } as CallList<{ work(): number }>
  const wire = serve(list, (guest) => {
    entered.push(guest)
    return { work: () => ++calls }
  })
  const { port1, port2 } = new MessageChannel()
  wire.admit(port2)
  // its lock is not granted yet when it asks for something, and it is gone before it is
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } })
  const ends = Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker
  const connection = new Connection(
    ends,
    defaultPatience,
    () => undefined,
    () => undefined,
  )
  void Promise.resolve(connection.wire.call(1, 'work', [], null)).catch(() => undefined)
  await later(20)
  expect([calls, entered]).toEqual([0, []])
  connection.die('WORKER_DIED', 'disposed')
  vi.unstubAllGlobals()

  // one that is there is served
  const other = new MessageChannel()
  wire.admit(other.port2)
  const second = new Connection(
    Object.assign(other.port1, { terminate: () => other.port1.close() }) as unknown as Worker,
    defaultPatience,
    () => undefined,
    () => undefined,
  )
  expect(await second.wire.call(1, 'work', [], null)).toEqual({ ok: true, value: 1 })
  expect(entered).toHaveLength(1)
  second.die('WORKER_DIED', 'disposed')
})
