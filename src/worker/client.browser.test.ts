// The client against a real worker with a fake engine: order, stop, errors, death, and that nothing hangs.
import { afterAll, afterEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import { createClient } from './client.ts'
import type { Client, GenerateEvent } from './protocol.ts'
import { tinyTokenizer } from './testing/tokenizer.ts'

const patience = { beat: 100, quiet: 8, busy: 16, start: 200, again: 0 }
const fake = () => new Worker(new URL('./testing/fake.worker.ts', import.meta.url), { type: 'module' })
let client: Client
const start = (make = fake): Client => (client = createClient(make, patience))
afterEach(() => client.dispose())
afterAll(() => {
  indexedDB.deleteDatabase('worker-test')
})

const files = (name = 'Tiny') =>
  [
    ['config.json', '{}'],
    ['tokenizer.json', '{}'],
    ['model.safetensors', 'x'.repeat(9000)],
  ].map(([file, text]) =>
    Object.defineProperty(new File([text!], file!), 'webkitRelativePath', { value: `${name}/${file}` }),
  )
async function loaded(name = 'Tiny'): Promise<Client> {
  start()
  const { id } = await client.models.import(files(name), name)
  await client.load(id)
  return client
}
const collect = async (events: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> => {
  const all: GenerateEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
const failure = (work: Promise<unknown>): Promise<EngineError> =>
  work.then(
    () => {
      throw new Error('it succeeded')
    },
    (e: unknown) => e as EngineError,
  )

test('models are stored, planned and loaded with progress', async () => {
  start()
  const copied: number[] = []
  const stored = await client.models.import(files(), 'Tiny', { onProgress: (p) => copied.push(p.loaded) })
  expect(stored).toMatchObject({ complete: true, bytes: 9004 })
  expect(await client.plan(stored.id)).toMatchObject({ family: 'fake', parameters: 3, planText: 'plan' })
  expect(await client.plan(files())).toMatchObject({ parameters: 3 })
  const phases: string[] = []
  expect(await client.load(stored.id, {}, { onProgress: (p) => phases.push(p.phase) })).toMatchObject({ name: 'Tiny' })
  expect(phases).toContain('upload')
  expect(await client.glass.attentionError(7, 0)).toBe(7)
  await client.models.remove(stored.id)
  expect((await client.models.list()).map((m) => m.id)).not.toContain(stored.id)
})

test('five thousand tokens arrive in order, their bytes without the buffer behind them', async () => {
  const events = await collect((await loaded()).generate('hi', { maxTokens: 5000 }))
  const tokens = events.filter((e) => e.type === 'token')
  expect(tokens.map((t) => t.index)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
  expect(tokens[0]!.bytes.buffer.byteLength).toBe(2)
  expect(events[0]!.type).toBe('prompt')
  expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'length' })
})

test('a stop is seen within the few tokens of credit, and the last word still comes', async () => {
  await loaded()
  const stop = new AbortController()
  const seen: GenerateEvent[] = []
  for await (const event of client.generate('hi', { maxTokens: 1e6, signal: stop.signal })) {
    seen.push(event)
    if (seen.length === 20) stop.abort()
  }
  expect(seen.length).toBeLessThan(30)
  expect(seen.at(-1)).toMatchObject({ type: 'done', reason: 'aborted' })
})

test('leaving the loop stops the engine', async () => {
  await loaded()
  for await (const event of client.generate('hi', { maxTokens: 1e6 })) {
    if (event.type === 'token' && event.index === 9) break
  }
  await expect.poll(async () => (await client.tokenize('')).ids[0], { timeout: 2000 }).toBeLessThan(20)
  expect((await collect(client.generate('again', { maxTokens: 3 }))).at(-1)).toMatchObject({ type: 'done' })
})

test('errors keep code, sentence and facts', async () => {
  await loaded()
  const full = await failure(collect(client.generate('refuse')))
  expect(full).toBeInstanceOf(EngineError)
  expect(full).toMatchObject({ code: 'CONTEXT_FULL', message: 'too long', facts: { context: 8, count: 9 } })
  expect(await failure(client.load('nobody'))).toMatchObject({ code: 'FILE_MISSING' })
  await client.unload()
  expect(await failure(client.tokenize(''))).toMatchObject({ code: 'BUSY' })
})

test('a load can be stopped', async () => {
  start()
  const { id } = await client.models.import(files('slow'), 'slow')
  const stop = new AbortController()
  const loading = failure(client.load(id, {}, { signal: stop.signal, onProgress: () => stop.abort() }))
  expect(await loading).toMatchObject({ code: 'ABORTED' })
  expect(await failure(client.load(id, {}, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'ABORTED' })

  // An engine that does not listen is left after a while.
  const deaf = await client.models.import(files('deaf'), 'deaf')
  const began = performance.now()
  expect(await failure(client.load(deaf.id, {}, { signal: AbortSignal.timeout(100) }))).toMatchObject({
    code: 'ABORTED',
  })
  expect(performance.now() - began).toBeLessThan(8000)
})

test('a lost device is told', async () => {
  await loaded()
  const told = new Promise((resolve) => {
    client.onLost(resolve)
  })
  await collect(client.generate('lose', { maxTokens: 1 }))
  expect(await told).toMatchObject({ code: 'GPU_LOST', facts: { reason: 'test' } })
})

test('what happens to a model that runs on is told', async () => {
  await loaded()
  const told = new Promise((resolve) => {
    client.onNotice(resolve)
  })
  expect((await collect(client.generate('fewer', { maxTokens: 1 }))).at(-1)).toMatchObject({ type: 'done' })
  expect(await told).toEqual({ code: 'THREAD_ENDED', facts: { threads: 3 } })
})

test('a worker that dies, closes itself or blocks rejects everything that waits, and a restart helps', async () => {
  for (const [how, code] of [
    ['die', 'WORKER_DIED'],
    ['close', 'WORKER_DIED'],
    ['clone', 'WORKER_DIED'],
    ['block', 'WORKER_TIMEOUT'],
  ] as const) {
    await loaded()
    let lost: { code: string } | null = null
    client.onLost((error) => {
      lost = error
    })
    const began = performance.now()
    const answer = failure(collect(client.generate(how)))
    const other = new Promise((r) => setTimeout(r, 200)).then(() => failure(client.storage.estimate()))
    expect((await answer).code, how).toBe(code)
    expect(await other, how).toBeInstanceOf(EngineError)
    expect(performance.now() - began, how).toBeLessThan(3000)
    expect(lost, how).toMatchObject({ code })
    expect(await failure(client.models.list()), `${how}: dead until restarted`).toMatchObject({ code })
    client.restart()
    expect((await client.models.list()).length, how).toBeGreaterThan(0)
    client.dispose()
  }
})

test('a worker that ends by itself is noticed at once, three times in a row, and each restart loads and answers', async () => {
  client = createClient(fake) // the page's own patience: no heartbeat could be that quick
  const { id } = await client.models.import(files(), 'Tiny')
  for (const how of ['close', 'die', 'close']) {
    await client.load(id)
    const waiting = [client.storage.estimate, () => client.tokenizer.facts('loaded'), () => client.models.list()].map(
      (call) =>
        call().then(
          () => null,
          (error: unknown) => error,
        ),
    )
    const began = performance.now()
    const error = await failure(collect(client.generate(how)))
    expect(error, how).toMatchObject({ code: 'WORKER_DIED', facts: { started: true } })
    expect(performance.now() - began, how).toBeLessThan(1500)
    client.restart()
    for (const outcome of await Promise.all(waiting)) if (outcome !== null) expect(outcome).toBeInstanceOf(EngineError)
  }
  await client.load(id)
  expect((await collect(client.generate('again', { maxTokens: 3 }))).at(-1)).toMatchObject({ type: 'done' })
})

test('a worker that is idle when it ends is noticed, too', async () => {
  client = createClient(fake)
  const { id } = await client.models.import(files(), 'Tiny')
  await client.load(id)
  const lost = new Promise((resolve) => {
    client.onLost(resolve)
  })
  const stop = new AbortController()
  const answer = client.generate('close', { signal: stop.signal })
  await answer.next() // the worker's end is under way, and nobody waits for a word of it
  expect(await lost).toMatchObject({ code: 'WORKER_DIED', facts: { started: true } })
  // what may be asked twice waits for the next worker, whoever starts it; the rest hears of the end
  const lists = [client.models.list(), client.chats.list()]
  expect(await failure(client.tokenizer.facts('loaded'))).toMatchObject({ code: 'WORKER_DIED' })
  client.restart()
  expect((await Promise.all(lists))[0]).not.toEqual([])
})

test('a worker that works for long without a pause is not taken for a dead one', async () => {
  start()
  const { id } = await client.models.import(files('busy'), 'busy')
  expect(await client.load(id)).toMatchObject({ name: 'busy' })
})

test('a worker that cannot be made is a typed error', async () => {
  start(() => {
    throw new DOMException('The policy refused it.', 'SecurityError')
  })
  expect(await failure(client.models.list())).toMatchObject({ code: 'WORKER_DIED', facts: { started: false } })
  expect(await failure(collect(client.generate('x')))).toMatchObject({ code: 'WORKER_DIED' })
})

test('a hanging engine in a living worker is not taken for a dead one, and can be left', async () => {
  await loaded()
  const events = client.generate('hang')
  expect((await events.next()).value).toMatchObject({ type: 'prompt' })
  const waiting = failure(events.next())
  await new Promise((r) => setTimeout(r, 1500))
  expect(await client.models.list()).not.toEqual([])
  client.restart()
  expect(await waiting).toMatchObject({ code: 'WORKER_DIED', facts: { reason: 'restarted' } })
})

test('a worker whose script is missing, is no script or throws is a typed error', async () => {
  const script = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
  for (const source of [
    '/no-such-worker.js',
    script('throw new Error("at start")'),
    script('this is no script'),
    script('import "/no-such-module.js"'),
  ]) {
    start(() => new Worker(source, { type: 'module' }))
    const error = await failure(client.models.list())
    expect(error.code).toMatch(/^WORKER_/)
    expect(error.facts.started).toBe(false)
    client.dispose()
  }
  expect(await failure(client.models.list())).toMatchObject({ code: 'WORKER_DIED', facts: { reason: 'disposed' } })
})

const json = (content: unknown, name = 'tokenizer.json') =>
  new File([typeof content === 'string' ? content : JSON.stringify(content)], name)

test('the loaded tokenizer and one beside it are asked step by step', async () => {
  start()
  const { tokenizer } = client
  expect(await failure(tokenizer.facts('loaded'))).toMatchObject({ code: 'BUSY', facts: { reason: 'none loaded' } })
  await loaded()
  const own = client.tokenizer
  expect(await own.facts('loaded')).toMatchObject({
    model: 'BPE',
    vocabSize: 7,
    merges: 2,
    added: [{ text: '<end>', special: true }],
  })
  const said = await own.explain('loaded', 'abc a')
  expect(said).toMatchObject({ ids: [5, 3, 0], agrees: true })
  expect(said.tokens.map(({ text }) => text)).toEqual(['abc', ' ', 'a'])
  expect(await own.vocabulary('loaded', '', 4, 2)).toMatchObject({
    total: 7,
    from: 4,
    rows: [
      { id: 4, text: 'ab' },
      { id: 5, text: 'abc' },
    ],
  })
  expect(await own.decode('loaded', [5, 3, 0])).toBe('abc a')
  expect((await own.vocabulary('loaded', 'b', 0, 9)).rows.map(({ id }) => id)).toEqual([1, 4, 5])
  expect(await own.ranks('loaded', ['a', 'b', 'c'])).toEqual([0, null])

  expect(await failure(own.explain('other', 'a'))).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'which' } })
  expect(await own.open(json(tinyTokenizer(['d', 'e'])))).toMatchObject({ vocabSize: 9 })
  expect((await own.explain('other', 'abd')).ids).toEqual([4, 6])
  expect(await own.open(json(tinyTokenizer(['f'])), 'lesson')).toMatchObject({ vocabSize: 8 })
  expect(await own.facts('lesson')).toMatchObject({ vocabSize: 8 })
  expect(await own.facts('other')).toMatchObject({ vocabSize: 9 })
  expect(await own.facts('loaded')).toMatchObject({ vocabSize: 7 })
})

test('a tokenizer that cannot be opened says why, and the one before stays', async () => {
  await loaded()
  await client.tokenizer.open(json(tinyTokenizer(['d'])))
  expect(await failure(client.tokenizer.open(json('{"model":', 'broken.json')))).toMatchObject({
    code: 'TOKENIZER_INVALID',
    facts: { file: 'broken.json' },
  })
  expect(await failure(client.tokenizer.open(json({ model: { type: 'Lattice' } })))).toMatchObject({
    code: 'TOKENIZER_UNSUPPORTED',
  })
  expect(await failure(client.tokenizer.open(json({})))).toMatchObject({ code: 'TOKENIZER_INVALID' })
  expect(await failure(client.tokenizer.open(json(' '.repeat(2 ** 26 + 1), 'large.json')))).toMatchObject({
    code: 'FILE_FORMAT',
    facts: { file: 'large.json', limit: 2 ** 26 },
  })
  expect(await failure(client.tokenizer.vocabulary('other', '', -1, 5))).toMatchObject({ code: 'PARAM_INVALID' })
  expect(await client.tokenizer.facts('other')).toMatchObject({ vocabSize: 8 })
})

test('options out of range are refused by name before they cross the wall, whatever they are', async () => {
  await loaded()
  const invalid: [string, unknown][] = [
    ['repetitionPenalty', 1e-308],
    ['temperature', { toString: 1 }],
    ['temperature', Symbol('x')],
    ['topK', 1n],
    ['seed', null],
    ['stop', () => 1],
    ['maxTokens', [5]],
    ['temprature', 1],
    ['logitBias', { 1: NaN }],
  ]
  for (const [param, value] of invalid) {
    expect(await failure(collect(client.generate('hi', { [param]: value }))), param).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param },
    })
  }
  for (const options of [null, 3, 'x', []]) {
    expect(await failure(collect(client.generate('hi', options as never)))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'options' },
    })
  }
  expect(await failure(collect(client.generate((() => 1) as never)))).toMatchObject({
    code: 'PARAM_INVALID',
    facts: { param: 'arguments' },
  })
  expect(await failure(client.load('x', { linear: 'q4' as never }))).toMatchObject({
    code: 'PARAM_INVALID',
    facts: { param: 'linear' },
  })
  for (const adapters of [[{ id: 'adapter:x', scale: 9 }], [{ id: 'adapter:x', scale: '1' }]]) {
    expect(await failure(client.load('x', { adapters: adapters as never }))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'adapters.scale' },
    })
  }
  const one = { id: 'adapter:x', scale: 1 }
  for (const adapters of [5, {}, [5], [null], [one, one], [{ scale: 1 }], Array.from({ length: 99 }, () => one)]) {
    expect(await failure(client.load('x', { adapters: adapters as never }))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'adapters' },
    })
  }
  expect(await failure(client.plan('x', null as never))).toMatchObject({ code: 'PARAM_INVALID' })
  expect((await collect(client.generate('hi', { maxTokens: 2 }))).at(-1)).toMatchObject({ type: 'done' })
})

test('random calls get typed answers and the worker lives', async () => {
  await loaded()
  const invalid: unknown[] = [
    null,
    undefined,
    0,
    -1,
    1e308,
    NaN,
    '',
    'x',
    [],
    {},
    { origin: null },
    new Uint8Array(3),
    new Map(),
    [{ id: 1 }],
    true,
  ]
  const door = client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  const models = client.models as unknown as typeof door,
    tokenizer = client.tokenizer as unknown as typeof door
  for (const value of invalid) {
    for (const ask of [
      models.lookup,
      models.add,
      models.resume,
      models.remove,
      door.load,
      door.tokenize,
      tokenizer.facts,
      tokenizer.open,
      client.chats.get as never,
      client.chats.write as never,
    ]) {
      const outcome = await (ask as (v: unknown) => Promise<unknown>)(value).then(
        () => null,
        (e: unknown) => e,
      )
      if (outcome !== null) expect(outcome).toBeInstanceOf(EngineError)
    }
  }
  expect(await client.models.list()).toBeInstanceOf(Array)
})

test('adapters cross the wall: dropped, listed, opened with the model under its locks, scaled, removed', async () => {
  await loaded()
  const dropped = ['one', 'two'].flatMap((name) =>
    ['adapter_config.json', 'adapter_model.safetensors'].map((file) => new File([name], `${name}/${file}`)),
  )
  const sets = await client.adapters.sets(dropped)
  expect(sets.map(({ name, files: given }) => [name, given.length])).toEqual([
    ['one', 2],
    ['two', 2],
  ])
  expect(await failure(client.adapters.import(dropped))).toMatchObject({ facts: { first: 'one', second: 'two' } })
  const moved: number[] = []
  for (const set of sets) await client.adapters.import(set.files, set.name, { onProgress: (p) => moved.push(p.loaded) })
  expect(moved.length).toBeGreaterThan(0)
  expect((await client.adapters.list()).map(({ id }) => id)).toEqual(['adapter:one', 'adapter:two'])
  expect((await client.models.list()).filter(({ id }) => id.startsWith('adapter:'))).toEqual([])
  expect(await client.adapters.setScale('adapter:one', 0.5)).toMatchObject([{ name: 'adapter:one', scale: 0.5 }])
  const held = navigator.locks.request('glassbox-model:adapter:one', { mode: 'exclusive' }, async () => {
    expect(await failure(client.load('file:Tiny', { adapters: [{ id: 'adapter:one', scale: 1 }] }))).toMatchObject({
      code: 'BUSY',
    })
    // what is being written is not shown as damaged, and what is whole is
    expect(await client.adapters.list()).toHaveLength(2)
  })
  await held
  await client.adapters.remove('adapter:one')
  expect((await client.storage.estimate()).adapters).toBe(6)
  expect(await failure(client.load('file:Tiny', { adapters: [{ id: 'adapter:one', scale: 1 }] }))).toMatchObject({
    code: 'FILE_MISSING',
  })
})
