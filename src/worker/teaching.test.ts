// A run outlives whoever follows it: cut anywhere, it goes on from the storage to the same bits; a full disk is said and ends nothing;
// two at once there are not.

import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { diskModel } from '../engine/testing/disk.ts'
import { openModel, placeModel } from '../engine/load.ts'
import { train } from '../engine/train/train.ts'
import type { TrainEvent, TrainOptions, TrainState } from '../engine/index.ts'
import { Database } from '../storage/database.ts'
import { TeachingRows } from '../storage/teaching.ts'
import { Teaching, type TeachEvent, type TeachTask } from './teaching.ts'

const letters = (text: string): number[] => [...text].map((c) => c.charCodeAt(0) % 90)
type Train = (options: Omit<TrainOptions, 'signal'>) => AsyncGenerator<TrainEvent>

/** A tiny model as a page finds it after a reload: its adapter has learnt nothing. */
async function loaded(): Promise<Train> {
  const adapters = [{ name: 'a', files: diskModel('fixtures/train/adapter').files }]
  const options = { device: 'reference', linear: 'keep', embedding: 'keep', adapters, context: 64 } as const
  const { runtime } = await placeModel(await openModel(diskModel('fixtures/train/tiny'), options), options)
  const writer = { chat: () => [], text: letters, ends: new Set([1]) }
  const answer = (): Promise<string> => Promise.resolve('')
  return (given) => train({ runtime, writer, parameters: 1e4, context: 600, off: new Set(), answer }, given)
}
const rows = ['abcd', 'efg', 'hijkl'].map((text) => ({ text }))
const options = { rows, steps: 50, batch: 1, lr: 1e-3, heldOut: 0 }
const task: TeachTask = { model: 'm', name: 'n', fresh: {}, options }

let count = 0
function visit(name = `teaching-${count++}`): { name: string; storage: TeachingRows; teaching: Teaching } {
  const db = new Database(name)
  onTestFinished(() => db.close())
  const storage = new TeachingRows(db)
  return { name, storage, teaching: new Teaching(storage) }
}
const stateIn = async (storage: TeachingRows): Promise<TrainState> =>
  ((await storage.get(['state']))[0] as { state: TrainState }).state
const all = async (events: AsyncGenerator<TeachEvent>): Promise<TeachEvent[]> => {
  const found: TeachEvent[] = []
  for await (const event of events) found.push(event)
  return found
}
const losses = (events: readonly TeachEvent[]): number[] => events.flatMap((e) => (e.type === 'step' ? [e.loss] : []))

test('cut between two states, it goes on from the last one, and ends with the bits of a run that was never cut', async () => {
  const whole = visit()
  await whole.teaching.begin(task, 'a')
  const undisturbed = await all(whole.teaching.run(await loaded()))
  expect(undisturbed.flatMap((e) => (e.type === 'kept' ? [e.step] : []))).toEqual([20, 40, 50])

  const first = visit()
  await first.teaching.begin(task, 'a')
  const cut = first.teaching.run(await loaded())
  for await (const event of cut) if (event.type === 'step' && event.step === 33) break
  const second = visit(first.name)
  expect(await second.teaching.kept()).toMatchObject({ ...task, adapter: 'a', step: 20, isRunning: false })
  const rest = await all(second.teaching.run(await loaded()))
  // said again from the beginning, each update once
  expect(losses(rest)).toEqual(losses(undisturbed))
  expect(await stateIn(second.storage)).toEqual(await stateIn(whole.storage))
  await second.teaching.forget()
  expect(await second.teaching.kept()).toBeNull()
})

test('a disk that is full ends nothing, and is said', async () => {
  const { storage, teaching } = visit()
  await teaching.begin(task, 'a')
  const write = storage.write.bind(storage)
  storage.write = (list) =>
    list.some(({ id }) => id === 'state')
      ? storage.db.run('keep what is taught', ['teaching'], 'readwrite', () =>
          Promise.reject(new DOMException('full', 'QuotaExceededError')),
        )
      : write(list)
  const events = await all(teaching.run(await loaded()))
  expect(events.filter(({ type }) => type === 'kept')).toMatchObject(
    [20, 40, 50].map((step) => ({ step, error: { code: 'STORAGE_QUOTA' } })),
  )
  expect(events.at(-1)).toMatchObject({ type: 'end', why: 'done' })
})

test('one at a time; what nobody began does not go on', async () => {
  const { storage, teaching } = visit()
  await expect(teaching.run(await loaded()).next()).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await teaching.begin(task, 'a')
  const first = teaching.run(await loaded())
  await first.next()
  const other = new Teaching(storage)
  expect(await other.kept()).toMatchObject({ isRunning: true })
  await expect(other.run(await loaded()).next()).rejects.toMatchObject({ code: 'BUSY', facts: { reason: 'taught' } })
  await first.return(undefined)
  expect(await other.kept()).toMatchObject({ isRunning: false, step: 0 })
})
