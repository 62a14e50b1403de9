// What is measured before a run: so many updates of it and no more, as it will learn; and the copy that learnt them is given back,
// however the measuring ends. That the copy's engine is a real one, and the loaded model knows nothing of it: adapters.test.ts.

import { expect, test } from 'vitest'
import type { TrainOptions } from '../engine/index.ts'
import type { Loaded } from './door.ts'
import { MEASURED, price } from './price.ts'

/** A copy that counts what is asked of it. */
function copies() {
  const made: string[] = []
  const trained: TrainOptions[] = []
  let [open, updates] = [0, 0]
  const engine = {
    trainingRow: () => Promise.resolve({ ids: [1, 2] }),
    saveAdapter: () => Promise.reject(new Error('no look')),
    async *generate() {
      yield* []
    },
    async *train(options: TrainOptions) {
      trained.push(options)
      for (let step = 1; step <= options.steps! && !options.signal?.aborted; step++) {
        updates++
        yield { type: 'step', step, steps: options.steps, ms: 1 }
      }
    },
    dispose: () => open--,
  } as unknown as Loaded
  const make = async (adapter: string): Promise<Loaded> => {
    made.push(adapter)
    open++
    return engine
  }
  return { make, engine, made, trained, open: () => open, updates: () => updates }
}
const task = (steps: number) => ({
  options: { rows: [{ text: 'a' }], watch: [{ text: 'b' }], samples: ['Who?'], steps, lr: 0.5 },
})
const go = new AbortController().signal

test.each([1, 200])(
  'of %i updates so many are measured, with what the run learns by, and the copy is given back',
  async (steps) => {
    const { make, made, trained, open, updates } = copies()
    const types: string[] = []
    for await (const { type } of price(make, task(steps), go)) types.push(type)
    expect(types).toEqual(['answer', 'look', 'look', 'step', 'step', 'step', 'step'])
    expect(updates()).toBe(1 + MEASURED)
    // its samples were answered already, and what is only looked at is no part of an update
    const [{ samples, watch, adapter, lr, steps: asked }] = trained as [TrainOptions]
    expect([samples, watch, adapter, lr, asked]).toEqual([
      undefined,
      undefined,
      made[0],
      0.5,
      Math.max(1 + MEASURED, steps),
    ])
    expect(open()).toBe(0)
  },
)

test('a reward is what the run’s own rule says', async () => {
  const { make, trained } = copies()
  for await (const event of price(make, { ...task(9), reward: { plus: ['sea'], minus: ['sky'] } }, go)) void event
  const { reward } = trained[0] as unknown as { reward(drawn: { text: string }): number }
  expect(['sea sea', 'sky', ''].map((text) => reward({ text }))).toEqual([2, -1, 0])
})

test('left, stopped or failed, the copy is given back; stopped before, none is made', async () => {
  const left = copies()
  for await (const { type } of price(left.make, task(9), go)) if (type === 'step') break
  const failed = copies()
  failed.engine.generate = () => {
    throw new Error('lost')
  }
  await expect(price(failed.make, task(9), go).next()).rejects.toThrow('lost')
  const stopped = copies()
  const stop = new AbortController()
  for await (const { type } of price(stopped.make, task(9), stop.signal)) if (type === 'step') stop.abort()
  expect([left, failed, stopped].map(({ made, open }) => [made.length, open()])).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
  ])
  expect([left.updates(), failed.updates(), stopped.updates()]).toEqual([1, 0, 1])
  const none = copies()
  await expect(price(none.make, task(9), AbortSignal.abort()).next()).resolves.toMatchObject({ done: true })
  expect(none.made).toEqual([])
})
