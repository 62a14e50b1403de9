// Two sides on the real engine: what they write and what is told of them are the numbers of separate runs, adapters and
// models are put back, vocabularies that differ are refused by the token that does.

import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { namesIn } from '../../engine/formats/testing.ts'
import * as engine from '../../engine/index.ts'
import { Database } from '../../storage/database.ts'
import { Library } from '../../storage/library.ts'
import { createApi, type EngineApi } from '../../worker/api.ts'
import type { Client, LoadRequest, TokenEvent } from '../../worker/protocol.ts'
import { tinyTokenizer } from '../../worker/testing/tokenizer.ts'
import { useChat } from '../chat.ts'
import { setClient } from '../client.ts'
import { guest } from '../guest.ts'
import { useModels } from '../models.ts'
import { stopped } from '../running.ts'
import { useSettings } from '../settings.ts'
import { fakeClient } from '../testing.ts'
import { asNow } from './setup.ts'
import { isHeads, useCompare } from './index.ts'

const bytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path))
const filesOf = (folder: string, tokenizer: object = tinyTokenizer()): File[] => [
  ...namesIn(folder).flatMap((name) => (name === 'golden.json' ? [] : [new File([bytes(`${folder}/${name}`)], name)])),
  new File([JSON.stringify(tokenizer)], 'tokenizer.json'),
]
const dropped = (folder: string): File[] =>
  namesIn(folder).map((name) => new File([bytes(`${folder}/${name}`)], `adapter/${name}`))
const exact: LoadRequest = { linear: 'keep', embedding: 'keep', device: 'reference' }

let api: EngineApi
let model: string
let visits = 0
const state = () => useCompare.getState()

beforeEach(async () => {
  await stopped()
  const library = new Library(new Database(`compare ${visits++}`), { chunkBytes: 4096 })
  api = createApi(engine, library, { tell: () => undefined })
  const fake = fakeClient()
  setClient({
    ...fake.client,
    ...api,
    models: { ...fake.client.models, ...api.models },
    storage: fake.client.storage,
  } as unknown as Client)
  useSettings.getState().reset()
  model = (await api.models.import(filesOf('fixtures/golden/llama'), 'base')).id
  useModels.setState({ active: null, catalog: [], stored: await api.models.list() })
  useChat.getState().newChat()
  useChat.getState().setParams({ format: 'Text', temperature: 0, randomSeed: false, seed: 3 })
  state().reset()
  useCompare.setState({
    prompt: 'b c a b',
    maxTokens: 20,
    a: null,
    b: null,
    difference: null,
    refused: null,
    error: null,
  })
})

/** A run by itself, as nobody compared it. */
async function alone(
  options: object,
  input: Parameters<EngineApi['generate']>[0] = [{ role: 'user', content: 'b c a b' }],
): Promise<TokenEvent[]> {
  const events: TokenEvent[] = []
  for await (const event of api.generate(input, { format: 'Text', seed: 3, maxTokens: 20, ...options })) {
    if (event.type === 'token') events.push(event)
  }
  return events
}
const numbers = (events: readonly TokenEvent[] | undefined) =>
  events?.map(({ id, logprob, rank }) => ({ id, logprob, rank }))
const ids = (events: readonly TokenEvent[] | undefined) => events?.map(({ id }) => id)

test('two settings are written in turns, token for token as two runs by themselves', async () => {
  await useModels.getState().load(model, exact)
  state().set('b', { numbers: { temperature: 2, topK: 0 } })
  const seen: string[] = []
  const off = useCompare.subscribe(({ a, b }) => seen.push(`${a?.events.length ?? 0} ${b?.events.length ?? 0}`))
  await state().run()
  off()
  expect(state()).toMatchObject({
    way: 'turns',
    running: null,
    error: null,
    a: { state: 'done' },
    b: { state: 'done' },
  })
  expect(ids(state().a!.events)).toEqual(ids(await alone({ temperature: 0 })))
  expect(ids(state().b!.events)).toEqual(ids(await alone({ temperature: 2, topK: 0 })))
  expect(ids(state().a!.events)).not.toEqual(ids(state().b!.events))
  // in step: neither is more than a turn ahead of the other
  const both = seen.map((one) => one.split(' ').map(Number))
  expect(both.some(([a, b]) => a! < 20 && b! > 0)).toBe(true)
  expect(Math.max(...both.map(([a, b]) => a! - b!))).toBeLessThanOrEqual(8)
})

test('adapters: both read one text, and the numbers are those of two runs', async () => {
  const { id } = await api.adapters.import(dropped('fixtures/adapters/lora_two/adapter'), 'mine', {})
  await useModels.getState().load(model, { ...exact, adapters: [{ id, scale: 1 }] })
  state().set('a', { strengths: { [id]: 0 } })
  await state().run()
  expect(state()).toMatchObject({ way: 'adapters', error: null })
  await state().readBoth('a', 0)
  const { difference, a } = state()
  expect(state()).toMatchObject({ refused: null, error: null })
  const text = { ids: [...a!.prompt!.ids, ...a!.events.map((event) => event.id)] }
  const from = a!.prompt!.ids.length

  // two runs of their own: every number again, from the other end
  const rows: Float32Array[][] = []
  const maps: Float32Array[] = []
  for (const scale of [0, 1]) {
    await api.adapters.setScale(id, scale)
    await alone({ temperature: 0, maxTokens: 1, continueFrom: from }, text)
    const own: Float32Array[] = []
    for (let i = 0; i < a!.events.length; i++) {
      own.push((await api.glass.probe({ site: 'logits', position: from + i - 1 })).values)
    }
    rows.push(own)
    const span: [number, number] = [0, text.ids.length]
    maps.push(
      (await api.glass.attention({ layer: 1, heads: [1], rows: span, cols: span, maxRows: 1024, maxCols: 1024 }))
        .values,
    )
  }
  const softmax = (row: Float32Array): number[] => {
    const sum = row.reduce((all, value) => all + Math.exp(value), 0)
    return [...row].map((value) => Math.exp(value) / sum)
  }
  expect(difference!.kl).toHaveLength(a!.events.length)
  for (const [i, chances] of difference!.chances.entries()) {
    const [p, q] = rows.map((own) => softmax(own[i]!))
    for (const one of chances) {
      expect(one.a).toBeCloseTo(p![one.id]!, 6)
      expect(one.b).toBeCloseTo(q![one.id]!, 6)
    }
    expect(difference!.kl![i]).toBeCloseTo(
      p!.reduce((sum, x, at) => sum + x * Math.log(x / q![at]!), 0),
      6,
    )
  }
  expect(Math.max(...difference!.kl!)).toBeGreaterThan(1e-4)
  const [one, other] = [difference!.a, difference!.b].map((heads) =>
    isHeads(heads) ? heads.maps.get(1 * heads.heads + 1) : null,
  )
  expect(one).toEqual(maps[0])
  expect(other).toEqual(maps[1])
  expect(one).not.toEqual(other)
})

test('the strengths and the model are as they were, whatever ends it', async () => {
  const { id } = await api.adapters.import(dropped('fixtures/adapters/lora_two/adapter'), 'mine', {})
  await useModels.getState().load(model, { ...exact, adapters: [{ id, scale: 0.5 }] })
  const before = await alone({ temperature: 0 })
  state().set('a', { strengths: { [id]: 2 } })
  const off = useCompare.subscribe(({ a, stop }) => {
    if (a?.state === 'reading') stop()
  })
  await state().run()
  off()
  expect(state()).toMatchObject({ running: null, a: { state: 'stopped' }, b: { state: 'stopped' } })
  expect(useChat.getState().status).toBe('idle')
  expect(numbers(await alone({ temperature: 0 }))).toEqual(numbers(before))
})

test('two models: one after the other, and the first is back; other tokens are refused by name', async () => {
  const other = (await api.models.import(filesOf('fixtures/golden/gpt2'), 'other')).id
  useModels.setState({ stored: await api.models.list() })
  await useModels.getState().load(model, exact)
  useSettings.getState().setLoad({ ...exact })
  state().set('b', { model: other })
  const guests = new Set<string>()
  const off = useModels.subscribe(({ active }) => void guests.add(`${active?.id === other} ${guest.id === other}`))
  await state().run()
  off()
  // never loaded but as a guest: a page that is closed now does not begin with it
  expect([...guests].toSorted()).toEqual(['false true', 'true true'])
  expect(guest.id).toBeNull()
  expect(state()).toMatchObject({
    way: 'models',
    error: null,
    a: { state: 'done', name: 'base' },
    b: { state: 'done', name: 'other' },
  })
  expect(useModels.getState().active).toMatchObject({ id: model, state: 'ready', options: exact })
  expect(ids(state().a!.events)).toEqual(ids(await alone({ temperature: 0 })))
  await state().readBoth('b', 0)
  const { difference, refused } = state()
  expect({ difference, refused }).toMatchObject({ refused: null, difference: { whole: true } })
  expect(difference!.kl!.every((kl) => kl > 0)).toBe(true)

  const odd = tinyTokenizer() as { model: { vocab: Record<string, number> } }
  delete odd.model.vocab[' ']
  odd.model.vocab['_'] = 3
  const third = (await api.models.import(filesOf('fixtures/golden/gpt2', odd), 'third')).id
  useModels.setState({ stored: await api.models.list() })
  state().set('b', { ...asNow, model: third })
  await state().readBoth('a', 0)
  expect(state()).toMatchObject({ difference: null, refused: { why: 'vocabulary', id: 3, a: ' ', b: '_' } })
  expect(useModels.getState().active).toMatchObject({ id: model, state: 'ready' })
})

test('an answer that another model wrote is no text for these', async () => {
  await useModels.getState().load(model, exact)
  await state().run()
  useCompare.setState((s) => ({ a: { ...s.a!, name: 'somebody else' } }))
  await state().readBoth('a', 0)
  expect(state()).toMatchObject({ refused: { why: 'writer', name: 'somebody else' }, running: null })
})
