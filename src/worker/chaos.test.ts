// Chaos: a seeded random walk over what people do and what breaks, on the real worker, engine and storage, two tabs on one
// engine. The device fails at its edge (a forward that is told to be lost) and the disk at its own (bytes that change). What
// must be: every answer token for token as an undisturbed engine gives it, every chat that was said to be kept still there,
// nothing that never ends, no error without a code. The seed is printed with the first act that went wrong.
//
// GLASSBOX_CHAOS=30 walks over so many seeds.

import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EngineError, errorCodes } from '../engine/errors.ts'
import { namesIn } from '../engine/formats/testing.ts'
import * as engine from '../engine/index.ts'
import { seeded } from '../engine/ops/inputs.ts'
import { Database } from '../storage/database.ts'
import { Library } from '../storage/library.ts'
import type { EngineDoor } from './api.ts'
import { calls } from './calls.ts'
import { Connection, defaultPatience } from './connection.ts'
import { createHost } from './host.ts'
import { remote } from './remote.ts'
import type { LoadRequest } from './requests.ts'
import { tinyTokenizer } from './testing/tokenizer.ts'
import type { HostEvent, Wire } from './wire.ts'

const seeds = Number(process.env['GLASSBOX_CHAOS'] ?? 1),
  acts = 100
/** Milliseconds after which something hangs. */
const longest = 10_000
const exact = { linear: 'keep', embedding: 'keep', device: 'reference' } as const satisfies LoadRequest
const prompts = [
  [5, 9, 17, 3, 44, 21, 8],
  [5, 9, 17, 60, 2],
  [71, 25, 33, 12, 90, 44, 8, 5, 60, 17],
]
const tokens = 8
const models = ['llama', 'qwen2'] as const

const later = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const filesOf = (name: string): File[] => [
  ...namesIn(`fixtures/golden/${name}`).flatMap((file) =>
    file === 'golden.json' ? [] : [new File([new Uint8Array(readFileSync(`fixtures/golden/${name}/${file}`))], file)],
  ),
  new File([JSON.stringify(tinyTokenizer())], 'tokenizer.json'),
]

/** A device that is lost after so many more tokens. */
const edge = { tokensLeft: Infinity }
const door: EngineDoor = {
  ...engine,
  async loadEngine(source, options) {
    const real = await engine.loadEngine(source, options)
    let lose = (_: EngineError): void => undefined
    const lost = new Promise<EngineError>((resolve) => (lose = resolve))
    return Object.assign(Object.create(real) as typeof real, {
      info: real.info,
      lost: Promise.race([lost, real.lost]),
      dispose: () => real.dispose(),
      async *generate(input: engine.Prompt, given?: engine.GenerateOptions) {
        for await (const event of real.generate(input, given)) {
          if (event.type === 'token' && edge.tokensLeft-- <= 0) {
            edge.tokensLeft = Infinity
            const gone = new EngineError('GPU_LOST', 'The GPU went away.', { reason: 'unknown' })
            lose(gone)
            throw gone
          }
          yield event
        }
      },
    })
  },
}

interface Counts {
  acts: number
  faults: number
  answers: number
  hangs: number
  lostChats: number
  wrongTokens: number
  untyped: number
}

/** One browser: a disk, the worker there is now, and its tabs. */
class Browser {
  readonly ids = new Map<string, string>()
  readonly wanted = new Map<string, number[]>()
  /** what was said to be kept: texts of the turns of each chat */
  readonly chats = new Map<string, string[]>()
  private wire: Wire | null = null
  tabs: ReturnType<Browser['open']>[] = []

  constructor(
    readonly disk: string,
    readonly draw: (below: number) => number,
    readonly counts: Counts,
  ) {}

  library = (): Library => new Library(new Database(this.disk), { chunkBytes: 4096 })

  open() {
    const { port1, port2 } = new MessageChannel()
    this.wire ??= createHost(door, this.library())
    this.wire.admit(port2)
    const events: HostEvent['type'][] = []
    const close = (): void => {
      port1.close()
      port2.close()
    }
    const connection = new Connection(
      Object.assign(port1, { terminate: close }) as unknown as Worker,
      defaultPatience,
      ({ type }) => void events.push(type),
      () => undefined,
    )
    const client = remote(calls, {
      allowed: () => Promise.resolve(),
      connect: () => connection,
      isSlow: () => true,
      understood: (error) => error,
      restarted: () => Promise.resolve(false),
    })
    return { client, connection, close: () => connection.die('WORKER_DIED', 'it ended by itself') }
  }

  /** The worker ends at this moment, and another one is started. */
  kill(): void {
    this.counts.faults++
    for (const tab of this.tabs) tab.close()
    this.wire = null
    this.tabs = [this.open(), this.open()]
  }

  /** What comes of a promise: a value, or a code. Counts what hangs, and errors without a code. */
  async settle<T>(work: Promise<T>): Promise<T | string> {
    const never = {}
    const end = await Promise.race([
      work.catch((error: unknown) => {
        const { code } = error as { code?: string }
        if (error instanceof EngineError && (errorCodes as readonly string[]).includes(code!) && code !== 'INTERNAL') {
          return code!
        }
        this.counts.untyped++
        return `untyped: ${String(error)}`
      }),
      later(longest).then(() => never),
    ])
    if (end !== never) return end as T | string
    this.counts.hangs++
    return 'hang'
  }

  /** An answer to a prompt under a seed: its ids, and how it ended. `leave`: after so many tokens. */
  async answer(
    tab: ReturnType<Browser['open']>,
    [prompt, seed]: [number, number],
    how: { from?: readonly number[]; signal?: AbortSignal; leave?: number; at?: (count: number) => void } = {},
  ): Promise<{ ids: number[]; end: string }> {
    const ids = [...(how.from ?? [])]
    let end = 'left'
    const said = await this.settle(
      (async () => {
        const base = prompts[prompt]!
        const options = { temperature: 1.5, topK: 0, topP: 1, seed, maxTokens: tokens - ids.length }
        const again = ids.length > 0 ? { continueFrom: base.length } : {}
        const events = tab.client.generate({ ids: [...base, ...ids] }, { ...options, ...again }, { signal: how.signal })
        for await (const event of events) {
          if (event.type === 'done') end = event.reason
          if (event.type !== 'token') continue
          ids.push(event.id)
          how.at?.(ids.length)
          if (ids.length === how.leave) break
        }
      })(),
    )
    this.counts.answers++
    return { ids, end: typeof said === 'string' ? said : end }
  }

  /** Wrong where it is not the beginning of what an undisturbed engine wrote, or all of it where it was to be whole. */
  check(model: string, [prompt, seed]: [number, number], ids: readonly number[], whole: boolean): boolean {
    const want = this.wanted.get(`${model} ${prompt} ${seed}`)!
    const good = ids.every((id, i) => id === want[i]) && (!whole || ids.length === want.length)
    if (!good) this.counts.wrongTokens++
    return good
  }
}

async function walk(seed: number, counts: Counts): Promise<string[]> {
  const random = seeded(seed)
  const draw = (below: number): number => Math.floor(random() * below)
  const browser = new Browser(`chaos ${seed}`, draw, counts)
  const log: string[] = []
  const library = browser.library()
  for (const name of models) {
    browser.ids.set(name, (await library.import(filesOf(name), name)).id)
    const alone = await library.using(browser.ids.get(name)!, (files) => engine.loadEngine({ name, files }, exact))
    for (const prompt of prompts.keys()) {
      for (const own of [1, 2]) {
        const ids: number[] = []
        const options = { temperature: 1.5, topK: 0, topP: 1, seed: own, maxTokens: tokens }
        for await (const event of alone.generate({ ids: prompts[prompt]! }, options)) {
          if (event.type === 'token') ids.push(event.id)
        }
        browser.wanted.set(`${name} ${prompt} ${own}`, ids)
      }
    }
    alone.dispose()
  }
  browser.tabs = [browser.open(), browser.open()]
  let model: (typeof models)[number] = 'llama'
  const tab = (i = draw(2)) => browser.tabs[i]!
  const which = (): [number, number] => [draw(prompts.length), 1 + draw(2)]
  const load = async (to = model, one = tab()): Promise<unknown> => {
    const end = await browser.settle(one.client.load(browser.ids.get(to)!, exact))
    if (typeof end !== 'string') model = to
    return typeof end === 'string' ? end : 'loaded'
  }
  const whole = async (one = tab(), asked = which()): Promise<string> => {
    const { ids, end } = await browser.answer(one, asked)
    browser.check(model, asked, ids, true)
    return end
  }
  /** An answer that something happens to at its k-th token; then `mend`, and it goes on to its end. */
  const broken = async (happen: () => void, mend: () => Promise<unknown>): Promise<string> => {
    const asked = which(),
      k = 1 + draw(tokens - 1)
    const first = await browser.answer(tab(), asked, { at: (n) => n === k && happen() })
    browser.check(model, asked, first.ids, false)
    await mend()
    const left = first.ids.length < browser.wanted.get(`${model} ${asked[0]} ${asked[1]}`)!.length
    const rest = left ? await browser.answer(tab(), asked, { from: first.ids }) : first
    browser.check(model, asked, rest.ids, true)
    return `${first.end} at ${first.ids.length}, then ${rest.end}`
  }

  const acting: Record<string, () => Promise<unknown>> = {
    answer: () => whole(),
    async stop() {
      const asked = which(),
        stop = new AbortController(),
        k = draw(tokens)
      if (k === 0) stop.abort()
      const { ids, end } = await browser.answer(tab(), asked, {
        signal: stop.signal,
        at: (n) => n === k && stop.abort(),
      })
      browser.check(model, asked, ids, false)
      return end
    },
    async leave() {
      const asked = which()
      const { ids } = await browser.answer(tab(), asked, { leave: 1 + draw(tokens) })
      browser.check(model, asked, ids, false)
    },
    async 'send twice'() {
      const one = tab(),
        asked = which(),
        second = which()
      const [a, b] = await Promise.all([browser.answer(one, asked), browser.answer(one, second)])
      browser.check(model, asked, a.ids, true)
      // refused, or so late that the first one was over
      if (b.end !== 'BUSY') browser.check(model, second, b.ids, true)
      return b.end
    },
    'both tabs': () => Promise.all([whole(tab(0)), whole(tab(1))]),
    async 'a tab closes'() {
      counts.faults++
      const i = draw(2)
      const one = tab(i),
        asked = which(),
        k = 1 + draw(tokens - 1)
      const cut = browser.answer(one, asked, { at: (n) => n === k && one.close() })
      const other = whole(tab(1 - i))
      browser.check(model, asked, (await cut).ids, false)
      await other
      browser.tabs[i] = browser.open()
    },
    'the worker ends': () =>
      broken(
        () => browser.kill(),
        () => load(),
      ),
    'the device is lost': () =>
      broken(
        () => {
          counts.faults++
          edge.tokensLeft = 0
        },
        () => load(),
      ),
    'another model': () => load(models[draw(models.length)]),
    async 'another model in the middle'() {
      const one = tab(),
        asked = which(),
        k = 1 + draw(tokens - 1),
        before = model
      const changes: Promise<unknown>[] = []
      const to = models[draw(2)]
      const { ids, end } = await browser.answer(one, asked, {
        at: (n) => void (n === k && changes.push(load(to, one))),
      })
      browser.check(before, asked, ids, false)
      await Promise.all(changes)
      return end
    },
    async 'a load is stopped'() {
      const stop = new AbortController()
      const at = draw(6)
      let heard = 0
      if (at === 0) stop.abort()
      const onProgress = (): void => void (++heard === at && stop.abort())
      const to = models[draw(2)]!
      const end = await browser.settle(
        tab().client.load(
          browser.ids.get(to)!,
          { ...exact, context: 32 + draw(4) },
          { signal: stop.signal, onProgress },
        ),
      )
      await load()
      return typeof end === 'string' ? end : 'loaded'
    },
    async 'unload in the middle'() {
      const one = tab(),
        asked = which(),
        k = 1 + draw(tokens - 1)
      const gone: Promise<unknown>[] = []
      const { ids } = await browser.answer(one, asked, {
        at: (n) => void (n === k && gone.push(browser.settle(one.client.unload()))),
      })
      browser.check(model, asked, ids, false)
      await Promise.all(gone)
      if (gone.length === 0) await one.client.unload()
      if ((await browser.answer(tab(), which())).end !== 'BUSY') counts.untyped++
      await load()
    },
    async 'a byte of the disk changes'() {
      counts.faults++
      const db = new Database(browser.disk)
      const id = browser.ids.get(model)!
      await db.run('test', ['chunks'], 'readwrite', async (tx) => {
        const keys = (await tx.objectStore('chunks').getAllKeys()).filter(
          ([owner, file]) => owner === id && file === 'model.safetensors',
        )
        const key = keys[draw(keys.length)]!
        const old = (await tx.objectStore('chunks').get(key)) as ArrayBuffer
        const bytes = new Uint8Array(old.slice(0))
        const at = draw(bytes.length)
        bytes[at]! ^= 1 << draw(8)
        await tx.objectStore('chunks').put(bytes.buffer, key)
      })
      await db.close()
      browser.kill()
      const end = await load()
      if (end !== 'STORAGE_CORRUPT') counts.wrongTokens++
      await tab().client.models.remove(id)
      await browser.library().import(filesOf(model), model) // a File crosses no port of Node's
      await load()
      return end
    },
    async edits() {
      const i = draw(2)
      await browser.settle(tab(i).client.glass.setEdits([{ kind: 'skip', layer: draw(2), part: 'mlp' } as never]))
      await whole(tab(1 - i)) // another tab's answer is without them
    },
    async 'write a chat'() {
      const id = `chat ${draw(4)}`
      const text = `text ${draw(1000)}`
      const turns = browser.chats.get(id) ?? []
      await tab().client.chats.write([
        {
          id,
          create: true,
          head: { title: id, updatedAt: turns.length, messages: turns.length + 1 },
          turns: [{ id: `turn ${String(turns.length).padStart(4, '0')}`, text }],
        },
      ])
      browser.chats.set(id, [...turns, text])
      if (draw(2) === 0) browser.kill()
      await load()
    },
    async 'remove a chat'() {
      const id = `chat ${draw(4)}`
      await tab().client.chats.remove([id])
      browser.chats.delete(id)
    },
    async 'call nonsense'() {
      counts.faults++
      const { connection } = tab()
      const name = ['nothing', 'constructor', 'glass.__proto__', 'models.toString'][draw(4)]!
      const reply = await connection.wire.call(-1, name, [draw(9), null, { a: undefined }], null)
      if (reply.ok) counts.untyped++
    },
  }
  await load()
  const names = Object.keys(acting)
  for (let i = 0; i < acts; i++) {
    const name = names[draw(names.length)]!
    const before = JSON.stringify(counts, ['hangs', 'lostChats', 'wrongTokens', 'untyped'])
    const outcome = await browser.settle(acting[name]!())
    counts.acts++
    log.push(`${i} ${name}: ${JSON.stringify(outcome)?.slice(0, 200)}`)
    if (JSON.stringify(counts, ['hangs', 'lostChats', 'wrongTokens', 'untyped']) !== before) {
      log.push(`seed ${seed}: this one went wrong`)
      break
    }
  }
  // what is on the disk is what was said to be
  browser.kill()
  for (let i = 0; i < 4; i++) {
    const file = await tab().client.chats.get(`chat ${i}`)
    const turns = ((file?.turns ?? []) as { text: string }[]).map(({ text }) => text)
    if (JSON.stringify(turns) !== JSON.stringify(browser.chats.get(`chat ${i}`) ?? [])) counts.lostChats++
  }
  for (const one of browser.tabs) one.close()
  return log
}

test('chaos: what people do and what breaks, in any order', { timeout: seeds * 60_000 }, async () => {
  const counts: Counts = { acts: 0, faults: 0, answers: 0, hangs: 0, lostChats: 0, wrongTokens: 0, untyped: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    const log = await walk(seed, counts)
    if (log.at(-1)?.startsWith('seed')) console.log(log.slice(-12).join('\n'))
  }
  console.log(`chaos, ${seeds} seeds: ${JSON.stringify(counts)}`)
  expect(counts).toMatchObject({ acts: seeds * acts, hangs: 0, lostChats: 0, wrongTokens: 0, untyped: 0 })
  expect(counts.faults).toBeGreaterThan(seeds * 10)
})
