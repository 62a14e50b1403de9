// Adapters on a model as people put them on, move and take them off: what is loaded, kept, told and left alone.

import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { AdapterInfo, LoadRequest, ModelInfo } from '../worker/protocol.ts'
import { useAdapters } from './adapters.ts'
import { useUnfit } from './adapter-choices.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useEdited } from './edited.ts'
import { useHistory } from './history.ts'
import { useModels } from './models.ts'
import { useSettings } from './settings.ts'
import { adapter, fakeClient, info, stored, tokens, type Fake } from './testing.ts'

let fake: Fake
/** the engine's: adapters of the loaded model, and which it refuses */
let live: AdapterInfo[]
let misfits: Set<string>

const misfit = (id: string): EngineError => new EngineError('ADAPTER_MISFIT', 'other model', { adapter: id })
const refusal = (options?: LoadRequest): EngineError | null => {
  const bad = options?.adapters?.find(({ id }) => misfits.has(id))
  return bad ? misfit(bad.id) : null
}
const of = (id: string, scale: number): AdapterInfo => ({
  name: id,
  kind: 'LoRA',
  scale,
  rank: 2,
  modules: ['q'],
  parameters: 4,
  ignored: [],
})
beforeEach(async () => {
  useSettings.getState().reset()
  fake = fakeClient()
  live = []
  misfits = new Set()
  fake.plan = (_, options) => {
    const error = refusal(options)
    return error ? Promise.reject(error) : Promise.resolve({} as never)
  }
  fake.load = (_, _signal, options) => {
    const error = refusal(options)
    if (error) return Promise.reject(error)
    live = (options?.adapters ?? []).map(({ id, scale }) => of(id, scale))
    return Promise.resolve({ ...info, notices: [] as ModelInfo['notices'], adapters: live } as ModelInfo)
  }
  fake.setScale = (id, scale) => {
    live = live.map((one) => (one.name === id ? { ...one, scale } : one))
    return Promise.resolve(live)
  }
  fake.models.set('m', stored('m')).set('other', stored('other'))
  fake.adapters = ['a', 'b'].map((name) => adapter(`adapter:${name}`))
  setClient(fake.client)
  useUnfit.setState({ unfit: null })
  useModels.setState({ started: false, stored: [], jobs: {}, active: null, error: null, adapterError: null })
  useAdapters.setState({ started: false, stored: [], importing: null, error: null, failed: null, moving: null })
  await useModels.getState().refresh()
  await useHistory.getState().start()
  await useModels.getState().load('m')
})
const now = () => useAdapters.getState()
const loads = () => fake.asked.filter(({ name }) => name === 'load').map(({ args }) => args)
const scales = () => fake.asked.filter(({ name }) => name === 'setScale').map(({ args }) => args)
const kept = () => useSettings.getState().adapters
const quiet = async () => {
  await expect.poll(() => useEdited.getState().changing).toBe(0)
}

test('put on, it is loaded with the model, and comes back with every load of that model', async () => {
  expect(await now().put('adapter:a')).toBe(true)
  expect(now().live).toMatchObject([{ name: 'adapter:a', scale: 1 }])
  expect(kept()).toEqual({ m: [{ id: 'adapter:a', scale: 1 }] })
  expect(await now().put('adapter:b')).toBe(true)
  await useModels.getState().load('other')
  expect(now().live).toEqual([])
  await useModels.getState().load('m')
  expect(loads().at(-1)).toEqual([
    'm',
    [
      { id: 'adapter:a', scale: 1 },
      { id: 'adapter:b', scale: 1 },
    ],
  ])
  expect(await now().take('adapter:a')).toBe(true)
  expect(now().live.map(({ name }) => name)).toEqual(['adapter:b'])
  expect(await now().take('adapter:b')).toBe(true)
  expect(kept()).toEqual({})
})

test('one that does not fit is never loaded: the model stays, the error is kept, the choice is not', async () => {
  await now().put('adapter:a')
  misfits.add('adapter:b')
  const before = loads().length
  expect(await now().put('adapter:b')).toBe(false)
  expect(loads()).toHaveLength(before)
  expect(now()).toMatchObject({ failed: 'adapter:b', error: { code: 'ADAPTER_MISFIT' }, live: [{ name: 'adapter:a' }] })
  expect(kept()).toEqual({ m: [{ id: 'adapter:a', scale: 1 }] })
  expect(useModels.getState().active).toMatchObject({ state: 'ready', id: 'm' })
})

test('what one model said of an adapter is gone with the model', async () => {
  misfits.add('adapter:b')
  expect(await now().put('adapter:b')).toBe(false)
  expect(now()).toMatchObject({ failed: 'adapter:b' })
  misfits.clear()
  await useModels.getState().load('other')
  expect(now()).toMatchObject({ failed: null, error: null })
})

test('one that is on was refused no more', async () => {
  misfits.add('adapter:b')
  await now().put('adapter:b')
  misfits.clear()
  await useModels.getState().load('m', { adapters: [{ id: 'adapter:b', scale: 1 }] })
  expect(now()).toMatchObject({ failed: null, error: null, live: [{ name: 'adapter:b' }] })
})

test('a load that fails with it brings the model back as it was', async () => {
  await now().put('adapter:a')
  const load = fake.load
  fake.load = (id, signal, options) =>
    options?.adapters?.some((one) => one.id === 'adapter:b')
      ? Promise.reject(new EngineError('GPU_OUT_OF_MEMORY', 'full', { bytes: 9 }))
      : load(id, signal, options)
  expect(await now().put('adapter:b')).toBe(false)
  expect(now()).toMatchObject({ failed: 'adapter:b', error: { code: 'GPU_OUT_OF_MEMORY' } })
  expect(useModels.getState().active).toMatchObject({ state: 'ready', info: { adapters: [{ name: 'adapter:a' }] } })
  expect(kept()).toEqual({ m: [{ id: 'adapter:a', scale: 1 }] })
})

test('one that another tab holds for a moment is left out, and stays chosen', async () => {
  await now().put('adapter:a')
  const held = (): Promise<never> => Promise.reject(new EngineError('BUSY', 'in use', { model: 'adapter:a' }))
  const { plan, load } = fake
  fake.plan = (target, options) => (options?.adapters?.length ? held() : plan(target, options))
  fake.load = (id, signal, options) => (options?.adapters?.length ? held() : load(id, signal, options))
  expect(await useModels.getState().load('m')).toBe(true)
  expect(now().live).toEqual([])
  expect(kept()).toEqual({ m: [{ id: 'adapter:a', scale: 1 }] })
  Object.assign(fake, { plan, load })
  await useModels.getState().load('m')
  expect(now().live).toMatchObject([{ name: 'adapter:a', scale: 1 }])
})

test('a model whose adapter is broken since the last visit comes without it, and says so', async () => {
  useSettings.getState().setAdapters('m', [
    { id: 'adapter:a', scale: 1 },
    { id: 'adapter:b', scale: 0.5 },
  ])
  misfits.add('adapter:a')
  expect(await useModels.getState().load('m')).toBe(true)
  expect(now()).toMatchObject({ failed: 'adapter:a', error: { code: 'ADAPTER_MISFIT' } })
  expect(now().live).toMatchObject([{ name: 'adapter:b', scale: 0.5 }])
  expect(useModels.getState().active?.info?.notices).toEqual([
    { code: 'ADAPTERS_LEFT_OUT', facts: { adapters: '“a”' } },
  ])
  expect(kept()).toEqual({ m: [{ id: 'adapter:b', scale: 0.5 }] })
})

test('a model is planned with its adapters, and without them where one does not fit', async () => {
  const planned: unknown[] = []
  const { plan } = fake
  fake.plan = (id, options) => {
    planned.push(options?.adapters)
    return plan(id, options)
  }
  const on = [{ id: 'adapter:a', scale: 1 }]
  useSettings.getState().setAdapters('m', on)
  await useModels.getState().plan('m')
  expect(planned).toEqual([on])
  misfits.add('adapter:a')
  await useModels.getState().plan('m')
  expect(planned).toEqual([on, on, []])
})

test('a load that fails for another reason keeps its error, and the adapters', async () => {
  useSettings.getState().setAdapters('m', [{ id: 'adapter:a', scale: 1 }])
  fake.load = () => Promise.reject(new EngineError('GPU_OUT_OF_MEMORY', 'full', { bytes: 9 }))
  expect(await useModels.getState().load('m')).toBe(false)
  expect(useModels.getState().active).toMatchObject({ state: 'failed', error: { code: 'GPU_OUT_OF_MEMORY' } })
  expect(kept()).toEqual({ m: [{ id: 'adapter:a', scale: 1 }] })
  expect(useUnfit.getState().unfit).toBeNull()
})

test('a slider: shown at once, the newest wins, kept when it is in force', async () => {
  await now().put('adapter:a')
  let go = (): void => undefined
  const { setScale } = fake
  fake.setScale = async (id, scale) => {
    await new Promise<void>((resolve) => (go = resolve))
    return setScale(id, scale)
  }
  for (const scale of [0.9, 0.5, 0.1]) now().setScale('adapter:a', scale)
  expect(now().live[0]!.scale).toBe(0.1)
  await expect.poll(scales).toHaveLength(1)
  for (const scale of [0.2, 0.3]) now().setScale('adapter:a', scale)
  expect(now().live[0]!.scale).toBe(0.3)
  go()
  await expect.poll(scales).toHaveLength(2)
  go()
  await expect.poll(kept).toEqual({ m: [{ id: 'adapter:a', scale: 0.3 }] })
  expect(scales().at(-1)).toEqual(['adapter:a', 0.3])
  expect(useModels.getState().active?.info?.adapters).toMatchObject([{ scale: 0.3 }])
})

test('while the model writes it waits for the end of the answer; the next answer waits for it, and says it', async () => {
  await now().put('adapter:a')
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  fake.answer = async function* (_, { signal }) {
    await gate
    yield* tokens(2, signal)
  }
  const first = useChat.getState().send('q')
  await expect.poll(() => useChat.getState().status).toBe('prefill')
  now().setScale('adapter:a', 0.25)
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(scales()).toEqual([])
  open()
  await first
  expect(useChat.getState().messages.at(-1)).toMatchObject({ state: 'done', adapters: [{ name: 'a', scale: 1 }] })
  await expect.poll(scales).toEqual([['adapter:a', 0.25]])
  await quiet()
  await useChat.getState().send('r')
  expect(useChat.getState().messages.at(-1)).toMatchObject({ adapters: [{ name: 'a', scale: 0.25 }] })
  now().setScale('adapter:a', 0)
  await expect.poll(() => live[0]!.scale).toBe(0)
  await quiet()
  await useChat.getState().send('s')
  expect(useChat.getState().messages.at(-1)!.adapters).toBeUndefined()
})

test('a model that is busy is asked again; what it refuses moves the slider back', async () => {
  await now().put('adapter:a')
  const { setScale } = fake
  let busy = 2
  fake.setScale = (id, scale) => (busy-- > 0 ? Promise.reject(new EngineError('BUSY', 'reading')) : setScale(id, scale))
  now().setScale('adapter:a', 0.5)
  await expect.poll(() => live[0]!.scale).toBe(0.5)
  fake.setScale = () => Promise.reject(new EngineError('PARAM_INVALID', 'no', { param: 'scale' }))
  now().setScale('adapter:a', 0.7)
  expect(now().live[0]!.scale).toBe(0.7)
  await expect.poll(() => now().error?.code).toBe('PARAM_INVALID')
  await expect.poll(() => now().live[0]!.scale).toBe(0.5)
  expect(kept()).toEqual({ m: [{ id: 'adapter:a', scale: 0.5 }] })
})

test('several in one drop are added one by one; one that is none does not stop the others', async () => {
  const add = fake.client.adapters.import
  fake.client.adapters.import = (files, name, follow) =>
    name === 'bad' ? Promise.reject(new EngineError('FILE_FORMAT', 'no')) : add(files, name, follow)
  const files = ['c', 'bad', 'd'].map((name) => new File([], name))
  expect(await now().import(files)).toBe('adapter:d')
  expect(now().stored.map(({ id }) => id)).toEqual(['adapter:a', 'adapter:b', 'adapter:c', 'adapter:d'])
  expect(now().importing).toMatchObject({ name: 'bad', error: { code: 'FILE_FORMAT' } })
  now().dismiss()
  expect(now().importing).toBeNull()
})

test('one that is removed is taken off first, and forgotten by every model', async () => {
  await now().put('adapter:a')
  useSettings.getState().setAdapters('other', [
    { id: 'adapter:a', scale: 1 },
    { id: 'adapter:b', scale: 1 },
  ])
  await now().remove('adapter:a')
  expect(now().stored.map(({ id }) => id)).toEqual(['adapter:b'])
  expect(now().live).toEqual([])
  expect(kept()).toEqual({ other: [{ id: 'adapter:b', scale: 1 }] })
})

test('a restart brings them back as strong as they were set', async () => {
  await now().put('adapter:a')
  now().setScale('adapter:a', 0.4)
  await expect.poll(kept).toEqual({ m: [{ id: 'adapter:a', scale: 0.4 }] })
  fake.lose({ code: 'WORKER_DIED', message: 'x', facts: { started: true } })
  await useModels.getState().restart()
  expect(loads().at(-1)).toEqual(['m', [{ id: 'adapter:a', scale: 0.4 }]])
})
