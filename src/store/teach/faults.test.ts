// What goes wrong while a model is taught, as the panel's store has it: rows and states in a real storage, a tiny model that really
// learns. Whatever it is, it is said, what was good stays, and it can go on or be thrown away.

import 'fake-indexeddb/auto'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { EngineError } from '../../engine/errors.ts'
import type { TrainState } from '../../engine/index.ts'
import { tinyRows, tinyRun, tinyWork } from '../../engine/testing/training.ts'
import { train, type TrainWork } from '../../engine/train/train.ts'
import { Database } from '../../storage/database.ts'
import { TeachingRows } from '../../storage/teaching.ts'
import { Births } from '../../worker/birth.ts'
import type { Client, ModelInfo, OthersEvent } from '../../worker/protocol.ts'
import { Teaching } from '../../worker/teaching.ts'
import { useAdapters } from '../adapters.ts'
import { setClient } from '../client.ts'
import { useModels } from '../models.ts'
import '../other-tabs.ts'
import { allowAgain } from '../recovery.ts'
import { useSettings } from '../settings.ts'
import { adapter, fakeClient, info, stored, type Fake } from '../testing.ts'
import { useBirth } from './birth.ts'
import { useTeach } from './index.ts'

let fake: Fake, storage: TeachingRows, work: TrainWork, teaching: Teaching
/** what fails next, where anything does, and who hears of other tabs */
let failing: (() => Error)[] = []
let hear: (event: OthersEvent) => void
let saved: Float32Array[] | null
let count = 0

async function numbers(): Promise<Float32Array[]> {
  const inside = work.runtime.inspection()
  const own = Object.entries(work.runtime.plan.weights).filter(([, { role }]) => role === 'adapter')
  return inside.readMany(
    own.map(([name, { rows, cols }]) => ({ tensor: inside.floatsOf(name), offset: 0, count: rows * cols })),
  )
}

beforeEach(async () => {
  const db = new Database(`faults-${count++}`)
  onTestFinished(() => db.close())
  storage = new TeachingRows(db)
  teaching = new Teaching(storage)
  work = await tinyWork()
  saved = null
  failing = []
  fake = fakeClient()
  fake.models.set('m', stored('m')).set('other', stored('other'))
  fake.plan = () => Promise.resolve({} as never)
  fake.load = (_, _signal, options) => {
    const adapters = (options?.adapters ?? []).map(({ id, scale }) => ({ name: id, scale }))
    return Promise.resolve({ ...info, does: ['generate'], notices: [], adapters } as unknown as ModelInfo)
  }
  const births = new Births(storage)
  fake.client.training = {
    begin: async (task: Parameters<Teaching['begin']>[0]) => {
      await teaching.begin(task, 'a')
      fake.adapters.push(adapter('a'))
      return adapter('a')
    },
    run: (learns: boolean, { signal }: { signal: AbortSignal }) => {
      const stop = learns ? signal : AbortSignal.abort()
      return teaching.run((options) => {
        const fails = failing.shift()
        if (fails) throw fails()
        return train(work, { ...options, signal: stop })
      })
    },
    kept: () => teaching.kept(),
    forget: () => teaching.forget(),
    judge: () => Promise.resolve(null),
    draft: () => Promise.resolve(null),
    keepDraft: () => Promise.resolve(),
    save: async () => {
      saved = await numbers()
      return adapter('saved')
    },
    births: () => births.kept(),
  } as unknown as Client['training']
  fake.client.onOthers = (listener) => {
    hear = listener
    return () => undefined
  }
  setClient(fake.client)
  useSettings.getState().reset()
  useModels.setState({ started: false, stored: [], jobs: {}, active: null, error: null, adapterError: null })
  useAdapters.setState({ started: false, stored: [], importing: null, error: null, failed: null, moving: null })
  useTeach.setState({ run: null, kept: null, error: null, keeps: false, heldOut: 0, rows: tinyRows, steps: 24 })
  await useModels.getState().refresh()
  await useModels.getState().load('m')
  await useTeach.getState().open()
  allowAgain()
})
const now = () => useTeach.getState()

test('a learning rate that destroys it: it ends, that is said, and what is stored is the last good state', async () => {
  await tinyRun({ lr: 1e-2, steps: 25 }, work) // it knows something that it can forget
  const before = await numbers()
  useTeach.setState({ lr: 0.5 })
  await now().start('n')
  expect(now().error).toBeNull()
  expect(now().run!.ended).toMatchObject({ why: 'diverged', step: now().run!.keptAt ?? 0 })
  expect(now().run!.saved).toBe('saved')
  expect(saved!.every((one) => one.every(Number.isFinite))).toBe(true)
  if (now().run!.ended!.step === 0) expect(saved).toEqual(before)
})

test('a row that cannot be learnt is named; nothing has changed, and the run can be thrown away', async () => {
  const before = await numbers()
  useTeach.setState({ rows: [...tinyRows, { prompt: 'p', completion: 'x'.repeat(700) }] })
  await now().start('n')
  expect(now().error).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'rows[5]' } })
  expect(now()).toMatchObject({ phase: 'idle', kept: { name: 'n', step: 0 } })
  expect(await numbers()).toEqual(before)
  await now().discard()
  expect(now()).toMatchObject({ kept: null, error: null })
})

test('a stored state that is damaged is refused, nothing has changed, and it can be thrown away', async () => {
  const unsubscribe = useTeach.subscribe(({ phase, run }) => {
    if (phase === 'learning' && run?.steps.length === 22) now().stop()
  })
  await now().start('n')
  unsubscribe()
  expect(now()).toMatchObject({ phase: 'idle', run: { ended: { why: 'asked' } }, kept: { name: 'n' } })
  const [row] = (await storage.get(['state'])) as { id: string; state: TrainState }[]
  const m = row!.state.m.map((value, i) => (i === 7 ? NaN : value))
  await storage.write([{ ...row!, state: { ...row!.state, m } } as { id: string }])
  const before = await numbers()
  await now().goOn()
  expect(now().error).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'resume' } })
  expect(await numbers()).toEqual(before)
  // as it was, it goes on to its end
  await storage.write([row!])
  await now().goOn()
  expect(now()).toMatchObject({ error: null, kept: null, run: { saved: 'saved', ended: { why: 'done', step: 24 } } })
})

const others = {
  type: 'loaded',
  id: 'other',
  options: {},
  info: { ...info, adapters: [] } as unknown as ModelInfo,
} as const
test.each<[string, () => Error]>([
  [
    'has loaded something else',
    () => {
      hear(others)
      return new EngineError('PARAM_INVALID', 'no such adapter', { param: 'adapter' })
    },
  ],
  ['is loading something else', () => new EngineError('BUSY', 'no model', { reason: 'loading' })],
])('the engine ends, and another tab %s before it goes on: the model is taken back', async (_, fails) => {
  const loads: unknown[] = []
  const { load } = fake
  fake.load = (id, signal, options) => {
    loads.push([id, options?.adapters])
    return load(id, signal, options)
  }
  failing = [() => new EngineError('GPU_LOST', 'gone', { reason: 'unknown' }), fails]
  useTeach.setState({ steps: 5 })
  await now().start('n')
  const ours = ['m', [{ id: 'a', scale: 1 }]]
  expect(loads.slice(0, 3)).toEqual([ours, ours, ours])
  expect(now()).toMatchObject({ error: null, losses: 2, run: { saved: 'saved', ended: { why: 'done' } } })
})

test('an error that is no other tab’s is told, and no model is loaded for it', async () => {
  failing = [() => new EngineError('PARAM_INVALID', 'odd', { param: 'adapter' })]
  await now().start('n')
  expect(now()).toMatchObject({ error: { facts: { param: 'adapter' } }, kept: { step: 0 } })
  expect(fake.asked.filter(({ name }) => name === 'load')).toHaveLength(2) // at first, and with its adapter
})

test('a birth in another tab, whose engine ends: it may be gone on with here', async () => {
  const task = { kind: 'attention', seed: 0, steps: 20, beside: false } as const
  async function* nothing(): AsyncGenerator<never> {
    await new Promise(() => undefined)
  }
  const elsewhere = new Births(storage).run(task, false, () => nothing())
  void elsewhere.next()
  await expect.poll(async () => (await storage.get(['birth attention']))[0]).toMatchObject({ state: null })
  await useBirth.getState().open()
  expect(useBirth.getState().waits).toMatchObject({ step: 0, isRunning: true })
  // its lock went with its engine
  const { births } = fake.client.training
  fake.client.training.births = async () => (await births()).map((one) => ({ ...one, isRunning: false }))
  fake.lose({ code: 'WORKER_DIED', message: '', facts: {} })
  await expect.poll(() => useBirth.getState().waits).toMatchObject({ step: 0, isRunning: false })
})
