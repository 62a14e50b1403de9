// No page rests idle, without a model and without a word: everything that can fail on the way to a first model fails
// once, twice or for long, in every way it can, and after each step the page is ready, at work, or says what is wrong.
// When nothing fails any more, "Try again" brings the model.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { EngineError, type ErrorCode, type Facts } from '../engine/errors.ts'
import { setClient } from '../store/client.ts'
import { guest } from '../store/guest.ts'
import { useModels } from '../store/index.ts'
import { fakeClient, info, stored, untilAborted, type Fake } from '../store/testing.ts'
import { autoload, recover } from './autoload.ts'
import { ofGpu, saying } from './saying.ts'

let fake: Fake
const models = () => useModels.getState()
const marks = new Map<string, string>()
const pageEvents = new EventTarget()
/** A page that was just opened. */
function freshPage(): void {
  fake = fakeClient()
  setClient(fake.client)
  useModels.setState({
    started: false,
    stored: [],
    jobs: {},
    active: null,
    wanted: null,
    skipped: null,
    error: null,
    adapter: null,
    noGpu: null,
    adapterError: null,
  })
}
beforeEach(() => {
  marks.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => marks.get(key) ?? null,
    setItem: (key: string, value: string) => void marks.set(key, value),
    removeItem: (key: string) => void marks.delete(key),
  })
  vi.stubGlobal('addEventListener', pageEvents.addEventListener.bind(pageEvents))
})

const places = ['list', 'local', 'estimate', 'adapter', 'download', 'load'] as const
type Place = (typeof places)[number]
/** an error, and whether the page hears of the worker's death besides */
const faults: { code: ErrorCode; facts?: Facts; dies?: boolean }[] = [
  { code: 'WORKER_DIED', facts: { started: true }, dies: true },
  { code: 'WORKER_DIED', facts: { started: false }, dies: true },
  { code: 'WORKER_TIMEOUT', facts: { started: true }, dies: true },
  { code: 'GPU_LOST', facts: { reason: 'unknown' } },
  { code: 'GPU_LOST', facts: { reason: 'withheld', reload: true } },
  { code: 'NO_ADAPTER' },
  { code: 'KERNEL_FAILED' },
  { code: 'NETWORK' },
  { code: 'STORAGE_CORRUPT' },
  { code: 'STORAGE_UNAVAILABLE' },
  { code: 'ABORTED' },
  { code: 'INTERNAL' },
]

/** Makes one call fail so many times. */
function breakDown(place: Place, fault: (typeof faults)[number], times: number): void {
  let left = times
  const broken =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      if (left-- <= 0) return work(...args)
      const error = new EngineError(fault.code, 'planted', fault.facts ?? {})
      if (fault.dies) fake.lose({ code: fault.code, message: 'planted', facts: fault.facts ?? {} })
      return Promise.reject(error)
    }
  const { client } = fake
  if (place === 'list') client.models.list = broken(client.models.list)
  if (place === 'local') client.models.local = broken(client.models.local)
  if (place === 'estimate') client.storage.estimate = broken(client.storage.estimate)
  if (place === 'adapter') client.adapterFacts = broken(client.adapterFacts)
  if (place === 'download') fake.add = broken(fake.add)
  if (place === 'load') fake.load = broken(fake.load)
}

describe.each(places)('what fails at %s', (place) => {
  const visits = ['first visit', 'another model was used last', 'asked for by the address'] as const
  test.each(visits)('%s: never without a word, and "Try again" works', async (visit) => {
    for (const fault of faults) {
      for (const times of [1, 2, 3]) {
        marks.clear()
        freshPage()
        const other = visit !== 'first visit'
        if (other) fake.models.set('b', stored('b'))
        if (visit === 'another model was used last') marks.set('glassbox.model.last', 'b')
        breakDown(place, fault, times)
        const name = `${fault.code} ${JSON.stringify(fault.facts ?? {})} × ${times}`
        const silent = (): boolean => models().active?.state !== 'ready' && saying(models()) === null
        await autoload(visit === 'asked for by the address' ? 'b' : null)
        expect(silent(), name).toBe(false)
        for (let click = 0; click < times && models().active?.state !== 'ready'; click++) {
          await recover()
          expect(silent(), `${name}, click ${click + 1}`).toBe(false)
        }
        // what failed at the side (an estimate, a list of neighbours) stops nothing
        if (models().active?.state !== 'ready') await recover()
        expect(models().active, name).toMatchObject({
          state: 'ready',
          info,
          id: other ? 'b' : (expect.any(String) as string),
        })
      }
    }
  })
})

test('a tab that died while it loaded another model: the embedded one is loaded, and the page says why', async () => {
  freshPage()
  fake.models.set('big', stored('big'))
  marks.set('glassbox.model.last', 'big').set('glassbox.model.loading', 'big')
  await autoload(null)
  expect(models().active).toMatchObject({
    state: 'ready',
    id: models().catalog.find((entry) => entry.group === 'embedded')!.id,
  })
  expect(saying(models())).toEqual({ is: 'skipped' })
  await models().load('big')
  expect([models().active?.id, saying(models())]).toEqual(['big', null])
})

test('a browser that was killed while it loaded the embedded model loads it next time', async () => {
  freshPage()
  const { id } = models().catalog.find((entry) => entry.group === 'embedded')!
  marks.set('glassbox.model.loading', id)
  await autoload(null)
  expect(models().active).toMatchObject({ state: 'ready', id })
})

test('leaving the page while it loads is no death', async () => {
  freshPage()
  fake.models.set('b', stored('b'))
  marks.set('glassbox.model.last', 'b')
  fake.load = (_, signal) => untilAborted(signal)
  void autoload(null)
  await vi.waitFor(() => {
    expect(marks.get('glassbox.model.loading')).toBe('b')
  })
  pageEvents.dispatchEvent(new Event('pagehide'))
  expect(marks.get('glassbox.model.loading')).toBeUndefined()
  await models().unload()
})

test('a page that is closed while another model is loaded for a while begins with its own again', async () => {
  freshPage()
  fake.models.set('b', stored('b')).set('c', stored('c'))
  marks.set('glassbox.model.last', 'b')
  await autoload(null)
  guest.id = 'c'
  await models().load('c')
  expect(models().active).toMatchObject({ id: 'c', state: 'ready' })
  expect([...marks]).toEqual([['glassbox.model.last', 'b']])
  // and where the reader takes it, it is theirs
  guest.id = null
  await models().load('b')
  await models().load('c')
  expect(marks.get('glassbox.model.last')).toBe('c')
})

test('"Try again" shows at once that it is at work, and a second press is no second start', async () => {
  freshPage()
  await autoload(null)
  fake.lose({ code: 'GPU_LOST', message: 'gone', facts: { reason: 'unknown' } })
  expect(saying(models())).toMatchObject({ is: 'trouble' })
  fake.asked.length = 0
  const [first, second] = [recover(), recover()]
  expect(saying(models())).toEqual({ is: 'loading' })
  await Promise.all([first, second])
  expect([models().active?.state, fake.restarts, fake.asked.filter(({ name }) => name === 'load').length]).toEqual([
    'ready',
    1,
    1,
  ])
  fake.lose({ code: 'GPU_LOST', message: 'gone', facts: { reason: 'unknown' } })
  const third = recover()
  models().cancelLoad()
  await third
  expect([models().active, models().wanted]).toEqual([null, null])
})

test('what the reader closed or stopped stays closed', async () => {
  freshPage()
  await autoload(null)
  await models().unload()
  expect([models().wanted, models().active, saying(models())]).toEqual([null, null, null])
})

test('a GPU that is lost, or that the model does not fit on, is not the end: the same model on the processor', async () => {
  for (const code of ['GPU_LOST', 'GPU_OUT_OF_MEMORY', 'NO_ADAPTER'] as const) {
    freshPage()
    const asked: unknown[] = []
    const { load } = fake.client
    fake.client.load = (id, options, watch) => {
      asked.push(options?.device)
      return code === 'GPU_LOST' || options?.device === 'cpu'
        ? load(id, options, watch)
        : Promise.reject(new EngineError(code, 'planted'))
    }
    await autoload(null)
    if (code === 'GPU_LOST') fake.lose({ code, message: 'gone', facts: {} })
    const said = saying(models())
    expect(said?.is === 'trouble' && ofGpu.has(said.error.code), code).toBe(true)
    await recover({ device: 'cpu' })
    expect([models().active?.state, saying(models()), asked], code).toEqual(['ready', null, [undefined, 'cpu']])
  }
})

test('no GPU is no trouble: the model is loaded, and nothing is said', async () => {
  freshPage()
  fake.client.adapterFacts = () => Promise.reject(new EngineError('NO_WEBGPU', 'none'))
  await autoload(null)
  expect([models().active?.state, saying(models()), models().noGpu?.code]).toEqual(['ready', null, 'NO_WEBGPU'])
})
