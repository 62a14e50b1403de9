import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { DeviceFacts } from '../engine/types.ts'
import { defaultSampling } from '../engine/sampler/params.ts'
import { setClient } from './client.ts'
import { useModels } from './models.ts'
import { defaultParams, useSettings } from './settings.ts'
import { fakeClient, info, stored, untilAborted, type Fake } from './testing.ts'

let fake: Fake
const models = () => useModels.getState()
beforeEach(async () => {
  fake = fakeClient()
  setClient(fake.client)
  useModels.setState({ started: false, stored: [], jobs: {}, active: null, error: null, adapterError: null })
  await models().refresh()
})
const entry = () => models().catalog.find((e) => e.id === 'hf:HuggingFaceTB/SmolLM2-135M-Instruct')!

test("the slider defaults are the engine's", () => {
  const { logitBias: _, ...sampling } = defaultSampling
  expect(defaultParams).toMatchObject(sampling)
})

test('the first look', () => {
  expect(models().started).toBe(true)
  expect(models().catalog.map((e) => e.group)).toContain('embedded')
  expect(models().catalog.find((e) => e.gated)?.title).toContain('Llama')
})

test('use() downloads from the chosen host, then loads', async () => {
  useSettings.getState().setHubHost('https://hf-mirror.com')
  expect(await models().use(entry())).toBe(true)
  expect(fake.asked.find((a) => a.name === 'add')!.args[0]).toMatchObject({
    repo: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    host: 'https://hf-mirror.com',
  })
  expect(models()).toMatchObject({
    jobs: {},
    active: { id: entry().id, state: 'ready', info: { name: 'M' } },
    stored: [{ id: entry().id, complete: true }],
  })
  fake.asked.length = 0
  await models().use(entry())
  expect(fake.asked.map((a) => a.name)).toEqual(['load'])
})

test('of two that are asked for the later is loaded, also where the first comes over the network after it', async () => {
  const fetch = fake.add
  let arrive = (): void => undefined
  const late = new Promise<void>((resolve) => (arrive = resolve))
  fake.add = async (id, signal) => {
    await late
    return fetch(id, signal)
  }
  const first = models().use(entry())
  expect(await models().load('b')).toBe(true)
  arrive()
  expect(await first).toBe(false)
  expect(models()).toMatchObject({ active: { id: 'b', state: 'ready' }, wanted: 'b' })
  expect(models().stored).toMatchObject([{ id: entry().id, complete: true }])
})

test('another hub is asked by a click only: at the same revision, and remembered', async () => {
  useSettings.getState().setHubHost('https://huggingface.co')
  fake.add = (id) => {
    const origin = { kind: 'hub' as const, repo: 'o/n', revision: 'c'.repeat(40) }
    fake.models.set(id, { ...stored(id, false), origin })
    return Promise.reject(new EngineError('NETWORK', 'silent', { reason: 'connection' }))
  }
  const { id } = entry()
  expect(await models().download(entry())).toBe(false)
  expect(models().jobs[id]).toMatchObject({ state: 'failed', error: { code: 'NETWORK' }, origin: { kind: 'hub' } })
  expect(fake.asked.filter(({ name }) => name === 'add')).toHaveLength(1)
  models().dismiss(id)
  fake.asked.length = 0
  expect(await models().from(id, 'https://hf-mirror.com')).toBe(false)
  expect(fake.asked.find(({ name }) => name === 'add')!.args[0]).toEqual({
    kind: 'hub',
    repo: 'o/n',
    revision: 'c'.repeat(40),
    host: 'https://hf-mirror.com',
  })
  expect(useSettings.getState().hubHost).toBe('https://hf-mirror.com')
  fake.asked.length = 0
  await models().startOver(id)
  expect(fake.asked.map(({ name }) => name)).toEqual(['add'])
})

test('a stopped download stays as a partial model and goes on', async () => {
  fake.add = async (id, signal) => {
    fake.models.set(id, stored(id, false))
    return untilAborted(signal)
  }
  const work = models().download(entry())
  await expect.poll(() => models().jobs[entry().id]?.state).toBe('running')
  expect(await models().download(entry()), 'the second click does nothing').toBe(false)
  models().cancel(entry().id)
  expect(await work).toBe(false)
  expect(models()).toMatchObject({ jobs: { [entry().id]: { state: 'stopped' } }, stored: [{ complete: false }] })
  fake.add = (id) => {
    fake.models.set(id, stored(id))
    return Promise.resolve(stored(id))
  }
  expect(await models().download(entry())).toBe(true)
  expect(fake.asked.at(-1)!.name).toBe('resume')
})

test('a failed job keeps its error until it is dismissed', async () => {
  fake.add = () => Promise.reject(new EngineError('NETWORK', 'no', { reason: 'html' }))
  expect(await models().download(entry())).toBe(false)
  expect(models().jobs[entry().id]).toMatchObject({
    state: 'failed',
    error: { code: 'NETWORK', facts: { reason: 'html' } },
  })
  models().dismiss(entry().id)
  expect(models().jobs).toEqual({})
})

test('a second load replaces the first; stopping leaves none', async () => {
  fake.models.set('a', stored('a')).set('b', stored('b'))
  await models().refresh()
  fake.load = (_, signal) => untilAborted(signal)
  const first = models().load('a')
  await expect.poll(() => models().active?.state).toBe('loading')
  fake.load = () => Promise.resolve(info)
  expect(await models().load('b')).toBe(true)
  expect(await first).toBe(false)
  expect(models().active).toMatchObject({ id: 'b', name: 'B', state: 'ready' })
  fake.load = (_, signal) => untilAborted(signal)
  const third = models().load('a')
  await expect.poll(() => models().active?.state).toBe('loading')
  models().cancelLoad()
  expect(await third).toBe(false)
  expect(models().active).toBeNull()
})

test('a failed load says why and can be closed', async () => {
  fake.load = () => Promise.reject(new EngineError('GPU_OUT_OF_MEMORY', 'too big', { bytes: 9 }))
  expect(await models().load('a')).toBe(false)
  expect(models().active).toMatchObject({ state: 'failed', error: { code: 'GPU_OUT_OF_MEMORY' } })
  await models().unload()
  expect(models().active).toBeNull()
})

test('a dead worker fails the model, and restart loads it again', async () => {
  await models().use(entry())
  fake.lose({ code: 'WORKER_DIED', message: 'x', facts: { started: true } })
  expect(models()).toMatchObject({ error: { code: 'WORKER_DIED' }, active: { state: 'failed' } })
  expect(fake.restarts).toBe(1)
  await models().restart()
  expect(models()).toMatchObject({ error: null, active: { id: entry().id, state: 'ready' } })
})

test('a worker that never started is not started again and again', async () => {
  fake.lose({ code: 'WORKER_DIED', message: 'x', facts: { started: false } })
  expect(fake.restarts).toBe(0)
})

test('removing the loaded model unloads it first', async () => {
  await models().use(entry())
  await models().remove(entry().id)
  expect(fake.asked.at(-1)!.name).toBe('unload')
  expect(models()).toMatchObject({ active: null, stored: [], jobs: {} })
})

test('no GPU is no error: the page knows why, and works', async () => {
  fake.client.adapterFacts = () => Promise.reject(new EngineError('NO_WEBGPU', 'none'))
  useModels.setState({ started: false })
  await models().start()
  expect(models()).toMatchObject({ noGpu: { code: 'NO_WEBGPU' }, adapterError: null, adapter: null })
  expect(await models().use(entry())).toBe(true)
})

test('a worker that does not answer is an error that a retry can clear', async () => {
  fake.client.adapterFacts = () => Promise.reject(new EngineError('WORKER_DIED', 'gone'))
  useModels.setState({ started: false })
  await models().refresh()
  expect(models()).toMatchObject({ adapterError: { code: 'WORKER_DIED' }, noGpu: null })
  fake.client.adapterFacts = () => Promise.resolve(null)
  await models().refresh()
  expect(models().adapterError).toBeNull()
})

test('what happens to a running model stands beside its notices, also where it overtakes the load', async () => {
  const ended = (threads: number) => ({ code: 'THREAD_ENDED' as const, facts: { threads } })
  const device = { kind: 'cpu', why: 'only', threads: 4 } as DeviceFacts
  fake.load = () => {
    fake.notice(ended(3))
    return Promise.resolve({ ...info, notices: [{ code: 'KEYS_UNREAD', facts: {} }], device })
  }
  await models().use(entry())
  expect(models().active!.info).toMatchObject({ notices: [{ code: 'KEYS_UNREAD' }, ended(3)], device: { threads: 3 } })
  fake.notice(ended(2))
  expect(models().active!.info).toMatchObject({
    notices: [{ code: 'KEYS_UNREAD' }, ended(2)],
    device: { ...device, threads: 2 },
  })
})

test('another build of the embedded model beside the page is fetched before the load; where it cannot be, the old one does', async () => {
  await models().start()
  const embedded = models().catalog.find((e) => e.group === 'embedded')!
  const wanted = {
    kind: 'served' as const,
    base: '/m/',
    files: [{ name: 'model.safetensors', size: 10, sha256: 'b'.repeat(64) }],
  }
  useModels.setState({ catalog: [{ ...embedded, version: 'bb', origin: wanted }] })
  fake.models.set(embedded.id, {
    ...stored(embedded.id),
    origin: { ...wanted, files: [{ ...wanted.files[0]!, sha256: 'a'.repeat(64) }] },
  })
  await models().refresh()
  const names = () =>
    fake.asked
      .splice(0)
      .map((a) => a.name)
      .filter((name) => name !== 'unload')
  names()
  fake.add = () => Promise.reject(new EngineError('NETWORK', 'offline'))
  expect(await models().load(embedded.id)).toBe(true)
  expect(names()).toEqual(['add', 'load'])
  expect(models().jobs, 'an offline visit is no failure').toEqual({})
  fake.add = (id) => {
    const model = { ...stored(id), origin: wanted }
    fake.models.set(id, model)
    return Promise.resolve(model)
  }
  expect(await models().load(embedded.id)).toBe(true)
  expect(names()).toEqual(['add', 'load'])
  expect(await models().load(embedded.id)).toBe(true)
  expect(names()).toEqual(['load'])
})

const corrupt = (): EngineError => new EngineError('STORAGE_CORRUPT', 'bad', { file: 'w', chunk: 1, chunks: 2 })
const hub = { kind: 'hub', repo: 'o/n' } as const

test('a damaged chunk is fetched again by itself, and the load goes on', async () => {
  fake.models.set('m', { ...stored('m'), origin: hub })
  await models().refresh()
  let loads = 0
  fake.load = () => {
    if (loads++ > 0) return Promise.resolve(info)
    fake.models.set('m', { ...stored('m', false), origin: hub })
    return Promise.reject(corrupt())
  }
  fake.add = (id) => {
    const model = { ...stored(id), origin: hub }
    fake.models.set('m', model)
    return Promise.resolve(model)
  }
  expect(await models().load('m')).toBe(true)
  expect(fake.asked.map((a) => a.name)).toEqual(['load', 'resume', 'load'])
  expect(models()).toMatchObject({ jobs: {}, active: { id: 'm', state: 'ready' } })
})

test('offline the damage is said, and trying again heals it once the network is back', async () => {
  fake.models.set('m', { ...stored('m', false), origin: hub })
  await models().refresh()
  fake.load = () =>
    Promise.reject(
      fake.models.get('m')!.complete
        ? corrupt()
        : new EngineError('FILE_MISSING', 'partial', { reason: 'partial', model: 'M' }),
    )
  fake.add = () => Promise.reject(new EngineError('NETWORK', 'offline', { reason: 'connection', url: 'https://x' }))
  expect(await models().load('m')).toBe(false)
  expect(models()).toMatchObject({ jobs: {}, active: { state: 'failed', error: { code: 'NETWORK' } } })
  fake.add = () => {
    const model = { ...stored('m'), origin: hub }
    fake.models.set('m', model)
    fake.load = () => Promise.resolve(info)
    return Promise.resolve(model)
  }
  expect(await models().load('m')).toBe(true)
})

test('damage that comes back at once is said, not healed for ever', async () => {
  fake.models.set('m', { ...stored('m', false), origin: hub })
  await models().refresh()
  fake.load = () => {
    fake.models.set('m', { ...stored('m', false), origin: hub })
    return Promise.reject(corrupt())
  }
  fake.add = () => {
    const model = { ...stored('m'), origin: hub }
    fake.models.set('m', model)
    return Promise.resolve(model)
  }
  expect(await models().load('m')).toBe(false)
  expect(fake.asked.map((a) => a.name)).toEqual(['load', 'resume', 'load'])
  expect(models().active).toMatchObject({
    state: 'failed',
    error: { code: 'STORAGE_CORRUPT', facts: { imported: false } },
  })
})

test('what came from this computer is not asked of the network: its files are to be added again', async () => {
  fake.models.set('file:m', stored('file:m'))
  await models().refresh()
  fake.load = () => {
    fake.models.set('file:m', stored('file:m', false))
    return Promise.reject(corrupt())
  }
  expect(await models().load('file:m')).toBe(false)
  expect(fake.asked.map((a) => a.name)).toEqual(['load'])
  expect(models().active).toMatchObject({
    state: 'failed',
    error: { code: 'STORAGE_CORRUPT', facts: { imported: true } },
  })
})

test('a model whose description cannot be read is fetched anew, not gone on with', async () => {
  fake.models.set(entry().id, { ...stored(entry().id, false), damaged: true })
  await models().refresh()
  expect(await models().use(entry())).toBe(true)
  expect(fake.asked.map((a) => a.name)).toEqual(['add', 'load'])
})
