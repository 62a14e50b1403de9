// The loop on a tiny model and the plain references: going on bit for bit, stopping, what is held out, and what it does when
// numbers are lost. What else goes wrong is in faults.test.ts.

import { expect, it } from 'vitest'
import { nodeThreads } from '../testing/node-threads.ts'
import {
  lastState,
  lossesOf as losses,
  tinyRows as rows,
  tinyRun as run,
  tinySet as set,
  tinyWork as work,
} from '../testing/training.ts'
import type { TrainEvent, TrainOptions } from './events.ts'
import { freshLora } from './fresh.ts'
import { scratchModel, type ScratchModel } from './scratch.ts'
import { expectOptions } from './settings.ts'
import { train } from './train.ts'

it('goes on from a kept state, bit for bit, in another load', async () => {
  const whole = await run({})
  const stop = new AbortController()
  const begun: TrainEvent[] = []
  for await (const event of train(await work(), { ...set, signal: stop.signal })) {
    begun.push(event)
    if (event.type === 'step' && event.step === 2) stop.abort()
  }
  expect(begun.at(-1)).toEqual({ type: 'end', why: 'asked', step: 2 })
  const rest = await run({ resume: lastState(begun) })
  expect([...losses(begun), ...losses(rest)]).toEqual(losses(whole))
  expect(lastState(rest)).toEqual(lastState(whole))
})

it('learns, and says what it learns from', async () => {
  const events = await run({ steps: 12, rows: [...rows, ...rows, ...rows], lr: 5e-3 })
  const [begin] = events
  expect(begin).toMatchObject({ type: 'begin', rows: 14, heldOut: 1, cut: 0 })
  const asked = events.flatMap((e) => (e.type === 'evaluation' ? [e] : []))
  expect(asked.map(({ step }) => step)).toEqual([3, 6, 9, 12])
  expect(losses(events).at(-1)!).toBeLessThan(losses(events)[0]! / 2)
  expect(asked.at(-1)!.loss).toBeLessThan(asked[0]!.loss)
})

it('puts the last good weights back where numbers are lost', async () => {
  const on = await work()
  const events: TrainEvent[] = []
  const inside = on.runtime.inspection()
  for await (const event of train(on, set)) {
    events.push(event)
    if (event.type === 'step' && event.step === 2) {
      inside.write('train:v', new Float32Array(10).fill(-1)) // the root of which is no number
    }
  }
  expect(events.at(-1)).toEqual({ type: 'end', why: 'numbers', step: 0 })
  const after = losses(await run({ steps: 1 }, on))
  expect(after[0]).toBe(losses(events)[0])
})

it('learns longer rows behind shorter ones as a model that is loaded anew, on threads', async () => {
  const { start } = await nodeThreads()
  const loaded = () => work('tiny', { device: 'cpu', threads: 2, startThread: start })
  const long = { rows: [{ text: 'abcdefghijklmnopqrstuvwxyzabcdefghijkl' }], batch: 1, steps: 2, heldOut: 0 }
  const on = await loaded()
  await run({ lr: 0, steps: 1 }, on)
  const fresh = await loaded()
  expect(losses(await run(long, on))).toEqual(losses(await run(long, fresh)))
  for (const { runtime } of [on, fresh]) runtime.dispose()
})

it('refuses an option that nobody knows by its name, whichever function is asked', async () => {
  const learning = { adapter: 'a', rows, epochs: 3 } as TrainOptions
  for (const [ask, param] of [
    [() => expectOptions(learning), 'epochs'],
    [() => expectOptions({ ...set, samples: 5 as never }), 'samples'],
    [() => expectOptions({ ...set, signal: {} as never }), 'signal'],
    [() => scratchModel({ kind: 'decoder', vocabulary: 3 } as ScratchModel), 'vocabulary'],
    [() => scratchModel({ kind: Object.create(null) as never }), 'kind'],
  ] as const) {
    expect(ask).toThrow(expect.objectContaining({ code: 'PARAM_INVALID', facts: expect.objectContaining({ param }) }))
  }
  const { plan } = (await work()).runtime
  for (const [param, value] of [
    ...[NaN, 1.5, Infinity, '3'].map((seed) => ['seed', seed] as const),
    ...[0, -1, NaN, Infinity, 'x'].map((alpha) => ['alpha', alpha] as const),
    ...['q_proj', [], [5], {}].map((modules) => ['modules', modules] as const),
    ['dropout', 0.1] as const,
  ]) {
    expect(() => freshLora(plan, 'x', { [param]: value })).toThrow(
      expect.objectContaining({ code: 'PARAM_INVALID', facts: expect.objectContaining({ param }) }),
    )
  }
})

it.each([Object.create(null), { toString: 1 }, Symbol('row'), null])(
  'a row that is none is one by name: %#',
  async (row) => {
    await expect(run({ rows: [row] })).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'rows[0]' } })
  },
)

it('takes no row longer than the model was made for', async () => {
  const on = { ...(await work()), context: 12 }
  await expect(run({ rows: [{ text: 'abcdefghijklm' }] }, on)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await expect(run({ longest: 13 }, on)).rejects.toMatchObject({ facts: { param: 'longest' } })
})

it('ends where it only gets worse', async () => {
  const on = await work()
  await run({ lr: 1e-2, steps: 20 }, on)
  const events = await run({ lr: 0.5, steps: 40, warm: 0 }, on)
  expect(events.at(-1)).toMatchObject({ type: 'end', why: 'diverged' })
})

it.each([
  [{ lr: -1 }, '"lr" = -1'],
  [{ lr: NaN }, '"lr" = NaN'],
  [{ steps: 1.5 }, '"steps" = 1.5'],
  [{ longest: 513 }, '"longest" = 513'],
  [{ memory: 'all' as 'keep' }, '"memory" = the text "all"'],
  [{ rows: [] }, '"rows"'],
  [{ adapter: 'b' }, '"b"'],
  [{ rows: [{ messages: [{ role: 'user', content: 'a' }] }] }, 'rows[0]'],
  [{ rows: [{ text: 'x'.repeat(300) }] }, 'it is 301 tokens long'],
] as const)('refuses %o', async (options, said) => {
  await expect(run(options as Partial<TrainOptions>)).rejects.toMatchObject({
    code: 'PARAM_INVALID',
    message: expect.stringContaining(said) as string,
  })
})

it('asks one submit for each row and one for the update, which is one launch, and reads three numbers back', async () => {
  const on = await work()
  const inside = on.runtime.inspection()
  const seen = { submits: 0, reads: [] as number[], updates: 0 }
  const { submitAll, readMany } = inside
  inside.submitAll = (parts) => {
    seen.submits++
    const steps = parts.flatMap(({ work: items }) => items.flatMap((item) => ('run' in item ? [item.run.step.op] : [])))
    seen.updates += steps.filter((op) => op === 'adamw').length
    submitAll.call(inside, parts)
  }
  inside.readMany = (pieces) => {
    seen.reads.push(pieces.reduce((n, { count }) => n + count, 0))
    return readMany.call(inside, pieces)
  }
  for await (const event of train(on, { ...set, batch: 3, heldOut: 0 })) {
    if (event.type === 'begin') Object.assign(seen, { submits: 0, reads: [], updates: 0 })
    if (event.type !== 'step') continue
    // before the first update the state that a bad one would go back to is read
    expect({ ...seen, reads: seen.reads.slice(-1) }).toEqual({ submits: 4, reads: [3], updates: 1 })
    Object.assign(seen, { submits: 0, reads: [], updates: 0 })
  }
})

it('says what memory both ways take, and learns the same in either', async () => {
  const [keep, checkpoint] = [await run({ memory: 'keep' }), await run({ memory: 'checkpoint' })]
  const [a, b] = [keep, checkpoint].map(([begin]) => (begin?.type === 'begin' ? begin : null))
  expect(a!.memory.mode).toBe('keep')
  expect(b!.memory).toEqual({ ...a!.memory, mode: 'checkpoint' })
  expect([a!.bytes, b!.bytes]).toEqual([a!.memory.keep, a!.memory.checkpoint])
  expect(b!.bytes).toBeLessThan(a!.bytes)
  expect(losses(checkpoint)).toEqual(losses(keep))
})
