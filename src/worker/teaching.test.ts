// A run outlives whoever follows it: cut anywhere, it goes on from the storage to the same bits; a full disk is said and ends nothing;
// two at once there are not.

import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { induction } from '../engine/index.ts'
import { onProcessor } from '../engine/testing/machines.ts'
import { tinyWork } from '../engine/testing/training.ts'
import { train } from '../engine/train/train.ts'
import type { TrainEvent, RewardFunction, TrainOptions, TrainState } from '../engine/index.ts'
import { Database } from '../storage/database.ts'
import { TeachingRows } from '../storage/teaching.ts'
import { Births, type BirthEvent, type BirthTask } from './birth.ts'
import { Teaching, type TeachEvent, type TeachTask } from './teaching.ts'

type Train = (options: Omit<TrainOptions, 'signal'>) => AsyncGenerator<TrainEvent>

/** A tiny model as a page finds it after a reload: its adapter has learnt nothing. */
async function loaded(): Promise<Train> {
  const work = await tinyWork()
  return (given) => train(work, given)
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

test('on a disk that becomes full, the last state that found room stays, and a later visit goes on from it', async () => {
  const whole = visit()
  await whole.teaching.begin(task, 'a')
  const undisturbed = await all(whole.teaching.run(await loaded()))
  const first = visit()
  await first.teaching.begin(task, 'a')
  const write = first.storage.write.bind(first.storage)
  let states = 0
  first.storage.write = (list) =>
    ++states > 1
      ? first.storage.db.run('keep what is taught', ['teaching'], 'readwrite', async (tx) => {
          // the requests succeed, and the transaction does not
          for (const row of list) await tx.objectStore('teaching').put(row)
          throw new DOMException('full', 'QuotaExceededError')
        })
      : write(list)
  for await (const event of first.teaching.run(await loaded())) if (event.type === 'step' && event.step === 45) break
  const second = visit(first.name)
  expect(await second.teaching.kept()).toMatchObject({ step: 20 })
  expect(losses(await all(second.teaching.run(await loaded())))).toEqual(losses(undisturbed))
  expect(await stateIn(second.storage)).toEqual(await stateIn(whole.storage))
})

test('rows that were damaged are refused by name or not there, never believed, and can be thrown away', async () => {
  const { storage, teaching } = visit()
  await teaching.begin(task, 'a')
  const run = teaching.run(await loaded())
  for await (const event of run) if (event.type === 'step' && event.step === 21) break
  const [asked, kept] = (await storage.get(['run', 'state'])) as { id: string }[]
  const { state } = kept as unknown as { state: TrainState }
  const cut = { ...state, m: state.m.slice(1) }
  for (const damaged of [{ state: 5 }, { state: {} }, { state: { ...state, step: 1.5 } }, { state: cut }]) {
    await storage.write([{ ...kept!, ...damaged }])
    expect(await teaching.kept()).toMatchObject({ name: 'n', isRunning: false })
    await expect(all(teaching.run(await loaded()))).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'resume' },
    })
  }
  for (const events of [null, 7, [null, 3, { type: 'other' }]]) {
    await storage.write([{ ...kept!, events } as { id: string }])
    expect(await teaching.kept()).toMatchObject({ step: 20, events: [] })
  }
  for (const damaged of [{ model: 1 }, { options: null }, { options: {} }, { adapter: undefined }]) {
    await storage.write([{ ...asked!, ...damaged }])
    expect(await teaching.kept()).toBeNull()
    await expect(all(teaching.run(await loaded()))).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  }
  await storage.write([asked!])
  expect(await teaching.kept()).toMatchObject({ step: 20 })
  await teaching.forget()
  expect(await teaching.kept()).toBeNull()
})

test('a rule of rewards goes with the run, also behind a reload; one that is damaged is no run', async () => {
  const { name, storage, teaching } = visit()
  await teaching.begin({ ...task, reward: { plus: ['happy'], minus: ['sad'] } }, 'a')
  const worths: unknown[] = []
  async function* asked({ reward }: Omit<TrainOptions, 'signal'>): AsyncGenerator<TrainEvent> {
    for (const text of ['so happy, happy', 'sad']) {
      worths.push(await (reward as RewardFunction)({ text, ids: [], isWhole: true, row: 0, prompt: [] }))
    }
    yield { type: 'end', why: 'asked', step: 0 }
  }
  await all(teaching.run(asked))
  await all(visit(name).teaching.run(asked))
  expect(worths).toEqual([2, -1, 2, -1])
  const [run] = await storage.get(['run'])
  await storage.write([{ ...(run as { id: string }), reward: { plus: 'happy' } } as { id: string }])
  expect(await teaching.kept()).toBeNull()
})

test('a reward model: its head is kept beside its adapter, over a reload, and rewards in the rule’s place', async () => {
  const { name, storage, teaching } = visit()
  const pairs = ['ab', 'cd', 'ef', 'gh'].map((prompt) => ({ prompt, chosen: 'yes', rejected: 'no' }))
  const judged: TeachTask = {
    ...task,
    options: { ...options, rows: pairs, objective: 'reward', heldOut: 0.25, steps: 8 },
  }
  await teaching.begin(judged, 'a')
  const facts = { model: 'm', adapter: 'j', name: 'judge', pairs: 3, heldOut: 1, right: 1 }
  await expect(teaching.judges.keep(facts)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await all(teaching.run(await loaded()))
  const has = (adapter: string) => Promise.resolve(adapter === 'j' ? {} : null)
  expect(await teaching.judges.kept(has)).toBeNull()
  await teaching.judges.keep(facts)
  expect(await teaching.judges.kept(() => Promise.resolve(null))).toBeNull()
  await teaching.forget()
  const later = visit(name)
  expect(await later.teaching.judges.kept(has)).toEqual(facts)
  const { head } = await later.teaching.judges.asReward('j')
  expect(head.some((one) => one !== 0)).toBe(true)
  await expect(later.teaching.judges.asReward('other')).rejects.toMatchObject({ facts: { param: 'reward' } })

  const rule = { plus: ['happy'], minus: [] }
  await later.teaching.begin({ ...task, reward: rule, judge: 'j' }, 'a')
  const given: Partial<TrainOptions>[] = []
  async function* asked(one: Omit<TrainOptions, 'signal'>): AsyncGenerator<TrainEvent> {
    given.push(one)
    yield { type: 'end', why: 'asked', step: 0 }
  }
  await all(visit(name).teaching.run(asked))
  const [{ reward, measures }] = given as [Partial<TrainOptions>]
  expect(reward).toEqual({ adapter: 'j', head })
  const said = {
    text: 'happy. happy.',
    ids: [],
    isWhole: true,
    row: 0,
    prompt: [{ role: 'user' as const, content: 'A' }],
  }
  expect([measures!['rule']!(said), measures!['sense']!(said)]).toEqual([2, 0])
  // damaged rows are no reward model, and no run
  const [run, judge] = (await storage.get(['run', 'judge'])) as { id: string }[]
  await storage.write([{ ...run!, head: head.slice(1).fill(NaN) } as { id: string }])
  expect(await teaching.kept()).toBeNull()
  for (const damage of [
    { head: [...head] },
    { head: new Float32Array(0) },
    { adapter: 5 },
    { right: 2 },
    { pairs: -1 },
  ]) {
    await storage.write([{ ...judge!, ...damage } as { id: string }])
    expect(await teaching.judges.kept(has)).toBeNull()
  }
})

const born: BirthTask = { kind: 'attention', seed: 3, steps: 24, beside: true }
const small = {
  hidden: 8,
  words: 8,
  length: 12,
  batch: 1,
  every: 8,
  steps: born.steps,
  seed: born.seed,
  load: onProcessor,
}
const learn = (resume: TrainState | null) => induction({ ...small, ...(resume && { resume }) })
/** What was said of what it learnt, and the model. */
const lived = (events: readonly BirthEvent[]): unknown[] =>
  events.flatMap((e): unknown[] => {
    if (e.type === 'step') return [[e.step, e.loss, e.norm]]
    return e.type === 'look' || e.type === 'model' ? [e] : []
  })
const rest = async (events: AsyncGenerator<BirthEvent>): Promise<BirthEvent[]> => {
  const found: BirthEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

test('what learns from nothing goes on behind a reload to the bits of one that was never cut; over, it gives its model again', async () => {
  const whole = await rest(new Births(visit().storage).run(born, false, learn))
  const { storage } = visit()
  const births = new Births(storage)
  // before its first state it waits, too, and begins again
  for await (const event of births.run(born, false, learn)) if (event.type === 'step' && event.step === 5) break
  expect(await births.kept()).toMatchObject([{ ...born, step: 0, events: [] }])
  const begun: BirthEvent[] = []
  const again = births.run(born, true, learn)
  for await (const event of again) if (begun.push(event) === 12) break
  expect(lived(begun)).toEqual(lived(whole).slice(0, lived(begun).length))
  const cut = births.run(born, false, learn)
  for await (const event of cut) {
    if (event.type === 'step' && event.step === 21) {
      expect(await births.kept()).toMatchObject([{ step: 20, isRunning: true }])
      await expect(new Births(storage).run(born, true, learn).next()).rejects.toMatchObject({ code: 'BUSY' })
    }
    if (event.type === 'step' && event.step === 22) break
  }
  expect(await births.kept()).toMatchObject([{ ...born, step: 20, isRunning: false }])
  // another experiment does not go on from it
  await expect(births.run({ ...born, seed: 4 }, true, learn).next()).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  expect(lived(await rest(births.run(born, true, learn)))).toEqual(lived(whole))
  expect(await births.kept()).toMatchObject([{ step: 24 }])
  expect(lived(await rest(births.run(born, true, learn)))).toEqual(lived(whole))
})

test('of what learnt from nothing, damaged rows are refused by name or not there; what begins anew forgets both kinds', async () => {
  const { storage } = visit()
  const births = new Births(storage)
  for await (const { type } of births.run({ ...born, kind: 'lstm' }, false, learn)) if (type === 'kept') break
  for await (const { type } of births.run(born, false, learn)) if (type === 'kept') break
  expect((await births.kept()).map(({ kind }) => kind)).toEqual(['attention'])
  const [row] = (await storage.get(['birth attention'])) as { id: string; state: TrainState }[]
  for (const state of [5, {}, { ...row!.state, step: 1.5 }, { ...row!.state, m: row!.state.m.slice(1) }]) {
    await storage.write([{ ...row!, state } as { id: string }])
    expect(await births.kept()).toMatchObject([{ seed: 3 }])
    await expect(rest(births.run(born, true, learn))).rejects.toMatchObject({ facts: { param: 'resume' } })
  }
  for (const events of [null, 7, [null, 3, { type: 'other' }]]) {
    await storage.write([{ ...row!, events } as { id: string }])
    expect(await births.kept()).toMatchObject([{ step: 20, events: [] }])
  }
  await storage.write([{ ...row!, seed: 'x' } as { id: string }])
  expect(await births.kept()).toEqual([])
  await births.forget()
  expect(await storage.get(['birth attention'])).toEqual([undefined])
})
