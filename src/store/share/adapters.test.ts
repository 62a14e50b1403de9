// A link to an answer that adapters had a part in: with those of its names that are here, without the reader's own, and
// never silent about those that are not.

import { beforeEach, expect, test } from 'vitest'
import type { AdapterInfo, ModelInfo } from '../../worker/protocol.ts'
import { useChat } from '../chat.ts'
import { setClient } from '../client.ts'
import { useHistory } from '../history.ts'
import { useModels } from '../models.ts'
import { stopped } from '../running.ts'
import { useSettings } from '../settings.ts'
import { adapter, fakeClient, info, stored, type Fake } from '../testing.ts'
import { pack, unpack } from './link.ts'
import { collect } from './make.ts'
import { bring, placeOf } from './model.ts'
import { reopen } from './reopen.ts'
import type { SharedRun } from './run.ts'

let fake: Fake
const model = (): ModelInfo => ({ ...info, adapters: [] as AdapterInfo[] }) as ModelInfo
beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  fake.models.set('m', stored('m'))
  fake.adapters = [adapter('adapter:pirate'), adapter('adapter:own')]
  fake.load = (_, _signal, options) =>
    Promise.resolve({
      ...model(),
      adapters: (options?.adapters ?? []).map(({ id, scale }) => ({ name: id, scale }) as AdapterInfo),
    })
  useModels.setState({ started: false, stored: [], jobs: {}, active: null, error: null, adapterError: null })
  await useModels.getState().refresh()
  await useHistory.getState().start()
  useChat.getState().newChat()
})
const loads = () => fake.asked.filter(({ name }) => name === 'load').map(({ args }) => args[1])
const on = (...given: [string, number][]) => given.map(([name, scale]) => ({ id: `adapter:${name}`, scale }))

/** An answer with these on, as a link that was packed and read. */
async function shared(...given: [string, number][]): Promise<SharedRun> {
  await useModels.getState().load('m', { adapters: on(...given) })
  await useChat.getState().send('Hello')
  return unpack(await pack(await collect('chat')))
}

test('the link names them, and is opened with them', async () => {
  const run = await shared(['pirate', 0.5])
  expect(run.adapters).toEqual([{ name: 'pirate', scale: 0.5 }])
  expect(placeOf(run)).toEqual({ at: 'loaded', id: 'm' })
  useSettings.getState().setAdapters('m', on(['own', 1]))
  await useModels.getState().load('m')
  expect(loads().at(-1)).toEqual(on(['own', 1]))
  const place = placeOf(run)
  expect(place).toEqual({ at: 'stored', id: 'm' })
  expect(await bring(run, place, null)).toBe(true)
  expect(loads().at(-1)).toEqual(on(['pirate', 0.5]))
  expect((await reopen(run, () => undefined)).missing).toBeUndefined()
  expect(useSettings.getState().adapters).toEqual({ m: on(['own', 1]) })
})

test('a link that knows of none is opened without the reader’s own', async () => {
  const run = await shared()
  useSettings.getState().setAdapters('m', on(['own', 1]))
  await useModels.getState().load('m')
  expect(await bring(run, placeOf(run), null)).toBe(true)
  expect(loads().at(-1)).toEqual([])
})

test('what is not here is said', async () => {
  const run = await shared(['pirate', 0.5], ['own', 1])
  fake.adapters = [adapter('adapter:own')]
  useModels.setState({ active: null })
  expect(await bring(run, placeOf(run), null)).toBe(true)
  expect(loads().at(-1)).toEqual(on(['own', 1]))
  expect((await reopen(run, () => undefined)).missing).toEqual([{ name: 'pirate', scale: 0.5 }])
})

test('an answer whose tokens were put there without its adapters still says that they wrote it', async () => {
  const run = await shared(['pirate', 0.5])
  fake.adapters = []
  useModels.setState({ active: null })
  expect(await bring(run, placeOf(run), null)).toBe(true)
  const ids = run.answer!.ids.map((id) => id + 1)
  const outcome = await reopen({ ...run, answer: { ...run.answer!, ids } }, () => undefined)
  expect(outcome).toMatchObject({ answer: 'put', missing: [{ name: 'pirate', scale: 0.5 }] })
  expect(useChat.getState().messages.at(-1)!.adapters).toEqual([{ name: 'pirate', scale: 0.5 }])
})
