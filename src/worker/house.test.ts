// Several tabs on one engine: one load and one download for all, answers in line, and a tab that goes leaves nothing behind.

import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import type { TrainEvent } from '../engine/train/events.ts'
import type { GenerateEvent, ModelInfo } from '../engine/types.ts'
import { Database } from '../storage/database.ts'
import { Library } from '../storage/library.ts'
import type { EngineDoor } from './api.ts'
import { besideModel } from './beside.ts'
import { calls } from './calls.ts'
import { Connection, defaultPatience } from './connection.ts'
import { createHost } from './host.ts'
import { House } from './house.ts'
import { Joined } from './joined.ts'
import { remote } from './remote.ts'
import type { LoadRequest } from './requests.ts'
import type { HostEvent } from './wire.ts'

const later = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** An engine whose answers end when they are told to, and the tabs that share it. */
async function house() {
  const log: string[] = []
  const ends = new Map<string, () => void>()
  let loads = 0,
    writing = 0
  const door = {
    async loadEngine({ name }: { name: string }) {
      const number = ++loads
      await later(5)
      return {
        info: { name: `${name} ${number}`, adapters: [] } as unknown as ModelInfo,
        lost: new Promise(() => undefined),
        dispose: () => log.push(`disposed ${number}`),
        glass: () =>
          Promise.resolve({ setEdits: (edits: unknown[]) => Promise.resolve(log.push(`edits ${edits.length}`)) }),
        async *generate(text: string, { signal }: { signal: AbortSignal }): AsyncGenerator<GenerateEvent> {
          if (++writing > 1) log.push('two at once')
          const told = new Promise<void>((resolve) => ends.set(text, resolve))
          log.push(`begins ${text}`)
          yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text }
          await Promise.race([told, new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))])
          log.push(`ends ${text}`)
          writing--
        },
        async *train({ signal }: { signal: AbortSignal }): AsyncGenerator<TrainEvent> {
          for (let step = 0; !signal.aborted; step++) {
            if (++writing > 1) log.push('two at once')
            await later(2)
            writing--
            yield { type: 'sample', step, index: 0, text: '' }
          }
          yield { type: 'end', why: 'asked', step: 0 }
        },
      }
    },
  } as unknown as EngineDoor
  const library = new Library(new Database(`house-${Math.floor(performance.now() * 1000)}`), { chunkBytes: 4096 })
  const file = (name: string, text: string) => new File([text], `M/${name}`)
  const stored = await Promise.all(
    ['one', 'two'].map((name) =>
      library.import(
        [file('config.json', '{}'), file('tokenizer.json', '{}'), file('model.safetensors', 'x'.repeat(99))],
        name,
      ),
    ),
  )
  const host = createHost(door, library)
  const tab = () => {
    const { port1, port2 } = new MessageChannel()
    host.admit(port2)
    const events: HostEvent[] = []
    const worker = Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker
    const connection = new Connection(
      worker,
      defaultPatience,
      (event) => events.push(event),
      () => undefined,
    )
    const end = (): void => {
      connection.die('WORKER_DIED', 'disposed')
      port2.close()
    }
    onTestFinished(end)
    const client = remote(calls, {
      allowed: () => Promise.resolve(),
      connect: () => connection,
      isSlow: () => false,
      understood: (error) => error,
      restarted: () => Promise.resolve(false),
    })
    const ask = async (text: string, signal?: AbortSignal): Promise<string[]> => {
      const types: string[] = []
      for await (const { type } of client.generate(text, {}, { signal })) types.push(type)
      return types
    }
    return {
      client,
      events,
      ask,
      end,
      heard: (type: HostEvent['type']) => events.filter((event) => event.type === type),
    }
  }
  return { log, ends, tab, library, ids: stored.map(({ id }) => id) as [string, string], loads: () => loads }
}

test('one load serves all; another model is told to all, and waits for those who write or are in line', async () => {
  const { log, ends, tab, ids, loads } = await house()
  const [a, b, c] = [tab(), tab(), tab()]
  // the same options, as each tab happened to write them down
  const asked: LoadRequest[] = [
    { device: 'cpu', withinTraining: true },
    { withinTraining: true, device: 'cpu' },
    { device: 'cpu', threads: undefined, withinTraining: true },
  ]
  const infos = await Promise.all([a, b, c].map(({ client }, i) => client.load(ids[0], asked[i])))
  expect(loads()).toBe(1)
  expect(new Set(infos.map(({ name }) => name)).size).toBe(1)
  const [one, two] = [a.ask('a'), later(20).then(() => b.ask('b'))]
  await expect.poll(() => b.heard('turn')).toEqual([{ type: 'turn', waits: true }])
  const changed = c.client.load(ids[1])
  await later(20)
  expect(loads()).toBe(1)
  ends.get('a')!()
  expect(await one).toEqual(['prompt'])
  await expect.poll(() => log.at(-1)).toBe('begins b')
  expect(b.heard('turn')).toEqual([
    { type: 'turn', waits: true },
    { type: 'turn', waits: false },
  ])
  ends.get('b')!()
  await two
  expect((await changed).name).toMatch(/ 2$/)
  expect(log).toEqual(['begins a', 'ends a', 'begins b', 'ends b', 'disposed 1'])
  // b and c heard of the first load, a and b of the second
  await expect.poll(() => [a, b, c].map((one) => one.heard('loaded').length)).toEqual([1, 2, 1])
  expect(a.heard('loaded').at(-1)).toMatchObject({ id: ids[1], info: { name: expect.stringMatching(/ 2$/) } })
  // asked for once more by who knows of it, it is loaded anew
  await c.client.load(ids[1])
  expect(loads()).toBe(3)
})

test('who stops in line is out of it, and a tab that is gone leaves the line and its answer', async () => {
  const { log, ends, tab, ids } = await house()
  const [a, b, c] = [tab(), tab(), tab()]
  await Promise.all([a, b, c].map(({ client }) => client.load(ids[0])))
  const gone = a.ask('a').catch((error: { code: string }) => error.code)
  await expect.poll(() => log).toContain('begins a')
  const stop = new AbortController()
  const stopped = b.ask('b', stop.signal)
  await expect.poll(() => b.heard('turn').length).toBe(1)
  const third = c.ask('c')
  await expect.poll(() => c.heard('turn').length).toBe(1)
  stop.abort()
  expect(await stopped).toEqual([])
  a.end()
  expect(await gone).toBe('WORKER_DIED')
  await expect.poll(() => log.at(-1)).toBe('begins c')
  ends.get('c')!()
  expect(await third).toEqual(['prompt'])
  expect(log).toEqual(['begins a', 'ends a', 'begins c', 'ends c'])
})

test('who stops a load that waits for another tab’s answer leaves that one its model', async () => {
  const { log, ends, tab, ids, loads } = await house()
  const [a, b] = [tab(), tab()]
  await Promise.all([a, b].map(({ client }) => client.load(ids[0])))
  const answer = a.ask('a')
  await expect.poll(() => log).toContain('begins a')
  const stop = new AbortController()
  const load = b.client.load(ids[1], {}, { signal: stop.signal }).catch((error: { code: string }) => error.code)
  await expect.poll(() => b.heard('turn')).toEqual([{ type: 'turn', waits: true }])
  stop.abort()
  expect(await load).toBe('ABORTED')
  await expect.poll(() => b.heard('turn').length).toBe(2) // while the answer goes on
  ends.get('a')!()
  expect(await answer).toEqual(['prompt'])
  expect([log, a.heard('unloaded'), loads()]).toEqual([['begins a', 'ends a'], [], 1])
  // and has it again at once
  await b.client.load(ids[0])
  expect(loads()).toBe(1)
})

test('edits are of the tab that made them', async () => {
  const { log, ends, tab, ids } = await house()
  const [a, b] = [tab(), tab()]
  await Promise.all([a, b].map(({ client }) => client.load(ids[0])))
  const whole = async (one: typeof a, text: string): Promise<void> => {
    const answer = one.ask(text)
    await expect.poll(() => log).toContain(`begins ${text}`)
    ends.get(text)!()
    await answer
  }
  await whole(a, 'a')
  await a.client.glass.setEdits([{ kind: 'skip' } as never])
  await whole(a, 'again')
  await whole(b, 'b')
  expect(log.filter((line) => /edits|begins/.test(line))).toEqual([
    'begins a',
    'edits 1',
    'begins again',
    'edits 0',
    'begins b',
  ])
  await expect.poll(() => a.heard('taken').length).toBe(1)
  expect(b.heard('taken')).toEqual([])
  // also where the text that was read last is not of the tab that edits
  await a.client.glass.setEdits([{ kind: 'skip' } as never])
  await whole(b, 'b again')
  expect(log.filter((line) => /edits|begins/.test(line)).slice(-3)).toEqual(['edits 1', 'edits 0', 'begins b again'])
  await expect.poll(() => a.heard('taken').length).toBe(2)
})

test('work that several ask for is done once, and ends when nobody wants it any more', async () => {
  const joined = new Joined<number, number>()
  let begun = 0,
    told = (_: number): void => undefined,
    finish = (): void => undefined,
    ended = false
  const begin = ({ onProgress, signal }: { onProgress?: (p: number) => void; signal?: AbortSignal }) => {
    begun++
    told = onProgress!
    return new Promise<number>((resolve, reject) => {
      finish = () => resolve(7)
      signal!.addEventListener('abort', () => {
        ended = true
        reject(new Error('stopped'))
      })
    })
  }
  const heard: number[][] = [[], []]
  const [stopA, stopB] = [new AbortController(), new AbortController()]
  const ask = (i: number, signal: AbortSignal) =>
    joined.run('x', { onProgress: (p) => heard[i]!.push(p), signal }, begin)
  const a = ask(0, stopA.signal).catch((error: { code: string }) => error.code)
  const b = ask(1, stopB.signal)
  told(1)
  stopA.abort()
  told(2)
  expect(await a).toBe('ABORTED')
  expect(ended).toBe(false)
  finish()
  expect([await b, begun, heard]).toEqual([7, 1, [[1], [1, 2]]])
  const c = ask(0, stopB.signal).catch((error: Error) => error.message)
  stopB.abort()
  expect([await c, begun, ended]).toEqual(['stopped', 2, true])
})

test('while one tab teaches, both ask the model between two steps; another model waits until it is over', async () => {
  const { log, ends, tab, ids, library, loads } = await house()
  const [a, b] = [tab(), tab()]
  await Promise.all([a, b].map(({ client }) => client.load(ids[0])))
  const begun = { id: 'run', model: 'm', name: 'n', adapter: 'a', fresh: null, options: { rows: [] } }
  await library.teaching.write([begun])
  const stop = new AbortController()
  let steps = 0
  const taught = (async () => {
    for await (const { type } of a.client.training.run(true, { signal: stop.signal })) if (type === 'sample') steps++
  })()
  await expect.poll(() => steps).toBeGreaterThan(2)
  await expect.poll(() => b.heard('stored').length).toBe(1) // it looks, and finds that it is taught here
  const asked = [b.ask('b')]
  await expect.poll(() => log).toContain('begins b')
  asked.push(a.ask('a'))
  const before = steps
  await later(30)
  expect(steps).toBeLessThanOrEqual(before + 1) // what was on its way to the page
  ends.get('b')!()
  await expect.poll(() => log).toContain('begins a')
  ends.get('a')!()
  await Promise.all(asked)
  const other = b.client.load(ids[1])
  await expect.poll(() => steps).toBeGreaterThan(before + 3)
  expect(loads()).toBe(1)
  stop.abort()
  await Promise.all([taught, other])
  expect(loads()).toBe(2)
  await expect.poll(() => b.heard('stored').length).toBe(2)
  expect(log).not.toContain('two at once')
})

test('who learns beside the model is over for the other tabs when it ends, or is left', async () => {
  const house = new House()
  const heard: string[] = []
  const [me, other] = [(): void => undefined, ({ type }: HostEvent) => heard.push(type)].map((tell) => ({ tell }))
  house.enter(me!)
  house.enter(other!)
  const events = async function* () {
    yield* [1, 2]
  }
  for (const left of [false, true]) {
    heard.length = 0
    for await (const one of besideModel(house, me!, events(), new AbortController())) {
      expect([one > 0, house.teaching?.by, heard]).toEqual([true, me, []])
      if (left) break
    }
    expect([house.teaching, heard]).toEqual([null, ['stored']])
  }
})
