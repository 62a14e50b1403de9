// Adapters through the real engine and a library in memory: added, put on at load, scaled, at 0 the model itself, refused; and what
// it would take to teach one, which leaves nothing behind.

import 'fake-indexeddb/auto'
import { readdirSync, readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { namesIn } from '../engine/formats/testing.ts'
import * as engine from '../engine/index.ts'
import { Database } from '../storage/database.ts'
import { Library } from '../storage/library.ts'
import { createApi, type EngineApi } from './api.ts'
import { MEASURED, type PriceEvent } from './price.ts'
import type { LoadRequest } from './requests.ts'
import type { TeachTask } from './teaching.ts'
import { tinyTokenizer } from './testing/tokenizer.ts'

const golden = 'fixtures/golden/llama'
const bytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path))
/** A folder's files as they are dropped: the place of each in its name. */
const dropped = (folder: string, under = folder.split('/').at(-1)!): File[] =>
  namesIn(folder).map((name) => new File([bytes(`${folder}/${name}`)], `${under}/${name}`))
const modelFiles = (folder = golden): File[] => [
  ...namesIn(folder).flatMap((name) => (name === 'golden.json' ? [] : [new File([bytes(`${folder}/${name}`)], name)])),
  new File([JSON.stringify(tinyTokenizer())], 'tokenizer.json'),
]

const exact: LoadRequest = { linear: 'keep', embedding: 'keep', device: 'reference' }
let api: EngineApi
let model: string
let library: Library
let visits = 0
/** A new visit: the same disk, a new worker. */
const visit = (): void => {
  library = new Library(new Database(`adapters ${visits}`), { chunkBytes: 4096 })
  api = createApi(engine, library, { tell: () => undefined })
}
const arrive = async (): Promise<void> => {
  visits++
  visit()
  model = (await api.models.import(modelFiles(), 'base')).id
}
beforeEach(arrive)
const lora = (): Promise<{ id: string }> =>
  api.adapters.import(dropped('fixtures/adapters/lora_two/adapter'), 'mine', {})

/** Ids of a greedy answer, with the log-probability of each. */
async function answer(): Promise<[number, number][]> {
  const found: [number, number][] = []
  const prompt = { ids: [5, 9, 17, 3, 44, 21, 8] }
  for await (const event of api.generate(prompt, { temperature: 0, maxTokens: 6 })) {
    if (event.type === 'token') found.push([event.id, event.logprob])
  }
  return found
}
async function with_(adapters: LoadRequest['adapters']): Promise<[number, number][]> {
  await api.load(model, { ...exact, ...(adapters && { adapters }) })
  return answer()
}

test('one that was added is there, apart from the models, and changes what the model says', async () => {
  const { id } = await lora()
  expect(await api.adapters.list()).toMatchObject([{ id, name: 'mine', kind: 'LoRA', base: 'llama' }])
  expect((await api.models.list()).map((one) => one.id)).toEqual([model])
  const plain = await with_(undefined)
  const on = await with_([{ id, scale: 1 }])
  expect(on).not.toEqual(plain)
  expect(await api.adapters.setScale(id, 0)).toMatchObject([{ name: id, scale: 0 }])
  expect(await answer()).toEqual(plain)
  await api.adapters.setScale(id, 1)
  expect(await answer()).toEqual(on)
  visit()
  expect(await with_([{ id, scale: 1 }])).toEqual(on)
  expect(await with_([{ id, scale: 0 }])).toEqual(plain)
})

test('an adapter is no model, and files that are none say what they are', async () => {
  const { id } = await lora()
  await expect(api.load(id)).rejects.toMatchObject({
    code: 'FILE_FORMAT',
    facts: { found: 'adapter', adapter: 'LoRA' },
  })
  await expect(api.adapters.import(modelFiles(), 'x')).rejects.toMatchObject({
    code: 'FILE_FORMAT',
    facts: { found: 'model', file: 'model.safetensors' },
  })
  expect(await api.adapters.list()).toHaveLength(1)
})

test('one that does not fit fails the load by its sentence; without it the model loads', async () => {
  const { id } = await lora()
  const dora = await api.adapters.import(dropped('fixtures/adapters/lora_gpt2/adapter'), 'other model', {})
  const adapters = [id, dora.id].map((one) => ({ id: one, scale: 1 }))
  await expect(api.load(model, { ...exact, adapters })).rejects.toMatchObject({
    code: 'ADAPTER_MISFIT',
    facts: { adapter: dora.id },
  })
  expect(await api.load(model, { ...exact, adapters: adapters.slice(0, 1) })).toMatchObject({
    adapters: [{ name: id }],
  })
  await api.adapters.remove(id)
  await expect(api.load(model, { ...exact, adapters: adapters.slice(0, 1) })).rejects.toMatchObject({
    code: 'FILE_MISSING',
    facts: { adapter: id, reason: 'absent' },
  })
})

test('while the model writes a strength is refused, and the answer is as if nobody had asked', async () => {
  const { id } = await lora()
  const whole = await with_([{ id, scale: 1 }])
  await api.load(model, { ...exact, adapters: [{ id, scale: 1 }] })
  const said: [number, number][] = []
  for await (const event of api.generate({ ids: [5, 9, 17, 3, 44, 21, 8] }, { temperature: 0, maxTokens: 6 })) {
    if (event.type !== 'token') continue
    said.push([event.id, event.logprob])
    await expect(api.adapters.setScale(id, 0)).rejects.toMatchObject({ code: 'BUSY' })
  }
  expect(said).toEqual(whole)
  await expect(api.adapters.setScale('adapter:nobody', 0)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await expect(api.adapters.setScale(id, NaN)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
})

test.for(readdirSync('fixtures/adapters'))('%s is added as it is dropped, and fits its model', async (name) => {
  const folder = `fixtures/adapters/${name}`
  const { base } = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as { base: string }
  const given = dropped(folder).filter((one) => !one.name.endsWith('golden.json'))
  const sets = api.adapters.sets(given)
  expect(sets.length).toBe(readdirSync(folder).length - 1)
  const added = await Promise.all(sets.map(({ files, name: called }) => api.adapters.import(files, called, {})))
  expect(added.map(({ kind }) => kind)).not.toContain(null)
  const { id } = await api.models.import(modelFiles(`fixtures/golden/${base}`), name)
  await api.plan(id, { adapters: added.map((one) => ({ id: one.id, scale: 1 })) })
})

test('a look inside says which are on', async () => {
  const { id } = await lora()
  await with_([{ id, scale: 0.5 }])
  expect((await api.glass.info()).adapters).toEqual([{ name: id, scale: 0.5 }])
  await api.adapters.setScale(id, 0)
  expect((await api.glass.info()).adapters).toBeUndefined()
})

const rows = [
  [5, 9, 17, 3],
  [44, 21, 8, 2, 30],
  [7, 7, 31],
].map((ids) => ({ ids }))
const options = { rows, steps: 4, batch: 2, lr: 1e-2, samples: [{ ids: [5, 9] }] }
const task = (): TeachTask => ({ model, name: 'n', fresh: { rank: 4, seed: 3 }, options })
/** Begun, and put on. */
const begun = async (): Promise<unknown> => {
  const { id } = await api.training.begin(task())
  return api.load(model, { ...exact, adapters: [{ id, scale: 1 }] })
}
/** The last state of a run, as it is stored. */
async function taught(): Promise<unknown> {
  await begun()
  for await (const event of api.training.run(true)) void event
  return ((await library.teaching.get(['state']))[0] as { state: unknown }).state
}

test('what teaching would take is measured, and the run that follows is that of a model never measured, to the bit', async () => {
  const plain = await with_(undefined)
  const events: PriceEvent[] = []
  for await (const event of api.training.price(task(), exact)) events.push(event)
  const steps = Array.from({ length: 1 + MEASURED }, () => 'step')
  expect(events.map(({ type }) => type)).toEqual(['answer', 'look', 'look', 'begin', ...steps])
  for (const event of events) if (event.type !== 'begin') expect(event.ms).toBeGreaterThan(0)
  expect(events[3]).toMatchObject({ rows: 3, tokens: 12 })
  expect(await answer()).toEqual(plain)
  expect(await api.adapters.list()).toEqual([])
  expect(await library.teaching.get(['run', 'state'])).toEqual([undefined, undefined])
  const state = await taught()
  await arrive()
  expect(state).toEqual(await taught())
})

test('while that is measured nothing is taught, and the other way round; stopped, it is over', async () => {
  await api.load(model, exact)
  const stop = new AbortController()
  const measuring = api.training.price(task(), exact, { signal: stop.signal })
  await measuring.next()
  await begun()
  await expect(api.training.run(true).next()).rejects.toMatchObject({ code: 'BUSY', facts: { reason: 'taught' } })
  stop.abort()
  for await (const { type } of measuring) expect(type).not.toBe('step')
  const run = api.training.run(true)
  await run.next()
  await expect(api.training.price(task(), exact).next()).rejects.toMatchObject({ code: 'BUSY' })
  await run.return(undefined)
})
