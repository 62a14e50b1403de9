// What goes wrong while a model learns, on a tiny one and the plain references: a learning rate that destroys it, weights and rows
// that give no numbers, a stop or a lost device at any moment, and saved states that are damaged or another's. Whatever it is: a
// sentence, the last good weights, and a run that can go on.

import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { bytesSource } from '../formats/bytes.ts'
import { folderFiles } from '../formats/testing.ts'
import { loadEngine, newAdapter } from '../index.ts'
import { faultyGpu, type Call } from '../testing/faulty-gpu.ts'
import { nullGpu, noGpuReason } from '../testing/gpu.ts'
import { lastState, lossesOf, tinyRows, tinyRun, tinySet, tinyWork } from '../testing/training.ts'
import { tinyTokenizer } from '../../worker/testing/tokenizer.ts'
import type { TrainEvent, TrainOptions, TrainState } from './events.ts'
import { train, type TrainWork } from './train.ts'

/** Numbers of the adapter as they are now. */
async function numbersOf({ runtime }: TrainWork): Promise<Float32Array[]> {
  const inside = runtime.inspection()
  const own = Object.entries(runtime.plan.weights).filter(([, { role }]) => role === 'adapter')
  return inside.readMany(
    own.map(([name, { rows, cols }]) => ({ tensor: inside.floatsOf(name), offset: 0, count: rows * cols })),
  )
}
/** As it was loaded: one load serves many runs. */
function reset({ runtime }: TrainWork, numbers: readonly Float32Array[]): void {
  const inside = runtime.inspection()
  const own = Object.keys(runtime.plan.weights).filter((name) => runtime.plan.weights[name]!.role === 'adapter')
  own.forEach((name, i) => inside.write(inside.floatsOf(name), numbers[i]!))
}
const real = await nullGpu() // validates everything and computes nothing
const endOf = (events: readonly TrainEvent[]) => events.at(-1)

describe('numbers', () => {
  it('a learning rate that destroys it: it ends by itself, with the weights of the update that it names', async () => {
    const on = await tinyWork()
    await tinyRun({ lr: 1e-2, steps: 25 }, on) // it knows the rows, so that it can forget them
    const states: TrainState[] = []
    const events: TrainEvent[] = []
    for await (const event of train(on, { ...tinySet, lr: 0.5, warm: 0, steps: 60 })) {
      events.push(event)
      if (event.type === 'saved') states.push(event.state)
    }
    const end = endOf(events)
    expect(end).toMatchObject({ type: 'end', why: 'diverged' })
    const good = states.findLast(({ step }) => end?.type === 'end' && step === end.step)
    const now = await numbersOf(on)
    expect(now.every((numbers) => numbers.every(Number.isFinite))).toBe(true)
    if (good) expect(now).toEqual(Object.values(good.weights))
    // none was kept: as it was before
    const after = await tinyRun({ lr: 0, steps: 1 }, on)
    expect(lossesOf(after)[0]).toBeLessThanOrEqual(Math.max(1, 3 * lossesOf(events)[0]!))
  })

  it('a loss below a nat is no divergence, whatever the first rows were', async () => {
    const on = await tinyWork()
    const one = [tinyRows[0]!]
    await tinyRun({ rows: one, batch: 1, steps: 60, lr: 1e-2 }, on)
    // what it knows by heart goes up threefold at once, and nothing is wrong
    const events = await tinyRun({ rows: one, batch: 1, steps: 12, lr: 2e-2, warm: 0 }, on)
    expect(lossesOf(events)[0]).toBeLessThan(0.1)
    expect(endOf(events)).toMatchObject({ why: 'done' })
  })

  it('weights that are no numbers: it ends at once, and the adapter is as it was', async () => {
    for (const poison of [NaN, Infinity]) {
      const on = await tinyWork()
      const before = await numbersOf(on)
      const inside = on.runtime.inspection()
      const gain = Object.keys(on.runtime.plan.vectors)[0]!
      inside.write(gain, Float32Array.of(poison))
      const events = await tinyRun({}, on)
      expect(endOf(events)).toEqual({ type: 'end', why: 'numbers', step: 0 })
      expect(await numbersOf(on)).toEqual(before)
    }
  })

  it('a number that is lost in the last update is found before it is saved', async () => {
    const on = await tinyWork()
    const before = await numbersOf(on)
    const inside = on.runtime.inspection()
    const events: TrainEvent[] = []
    for await (const event of train(on, { ...tinySet, steps: 3 })) {
      events.push(event)
      // the root of which is no number
      if (event.type === 'step' && event.step === 2) inside.write('train:v', new Float32Array(10).fill(-1))
    }
    expect(events.map(({ type }) => type)).not.toContain('saved')
    expect(endOf(events)).toEqual({ type: 'end', why: 'numbers', step: 0 })
    expect(await numbersOf(on)).toEqual(before)
  })

  it('a sample that finds no number any more ends it as an update would', async () => {
    const on = await tinyWork()
    const before = await numbersOf(on)
    const answer = (): Promise<string> => Promise.reject(new EngineError('NUMERIC', 'no number'))
    const events = await tinyRun({ samples: ['a'] }, { ...on, answer })
    expect(endOf(events)).toEqual({ type: 'end', why: 'numbers', step: 0 })
    expect(await numbersOf(on)).toEqual(before)
  })

  it.each<[string, unknown]>([
    ['nothing to say', { messages: [{ role: 'user', content: 'a' }] }],
    ['one letter', { text: '' }],
    ['none', null],
    ['a number', 5],
    ['an empty object', {}],
    ['a text that is none', { text: 5 }],
    ['messages that are none', { messages: [null] }],
    ['half a pair', { prompt: 'a' }],
  ])('a row with %s is named before anything is learnt', async (_, row) => {
    const on = await tinyWork()
    const before = await numbersOf(on)
    const rows = [...tinyRows, row] as TrainOptions['rows']
    await expect(tinyRun({ rows }, on)).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'rows[5]' } })
    expect(await numbersOf(on)).toEqual(before)
  })

  it.each([
    { lr: '1' as unknown as number },
    { lr: null as unknown as number },
    { rows: undefined as unknown as TrainOptions['rows'] },
    { rows: 'ab' as unknown as TrainOptions['rows'] },
  ])('settings of another kind: %o', async (options) => {
    const [param] = Object.keys(options)
    await expect(tinyRun(options)).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param } })
  })
})

describe('a stop', () => {
  it('at any update, and going on: the bits, the best and the first loss of a run that was never stopped', async () => {
    const set = { ...tinySet, heldOut: 0.4, every: 1 }
    const on = await tinyWork()
    const start = await numbersOf(on)
    const whole = await tinyRun(set, on)
    const told = (events: readonly TrainEvent[]) =>
      events
        .filter(({ type }) => type === 'step' || type === 'evaluation')
        .map((event) => (event.type === 'step' ? { ...event, ms: 0 } : event))
    for (let at = 0; at <= tinySet.steps!; at++) {
      const stop = new AbortController()
      const begun: TrainEvent[] = []
      if (at === 0) stop.abort()
      reset(on, start)
      for await (const event of train(on, { ...set, signal: stop.signal })) {
        begun.push(event)
        if (event.type === 'step' && event.step === at) stop.abort()
      }
      expect(endOf(begun)).toEqual({ type: 'end', why: at === 6 ? 'done' : 'asked', step: at })
      reset(on, start)
      const rest = await tinyRun({ ...set, resume: lastState(begun) }, on)
      expect([...told(begun), ...told(rest)], `stopped at ${at}`).toEqual(told(whole))
      if (at < 6) expect(lastState(rest)).toEqual(lastState(whole))
    }
  })
})

describe('a saved state', () => {
  const damages: [string, (state: TrainState) => unknown][] = [
    ['none', () => null],
    ['a text', () => 'state'],
    ['nothing in it', () => ({})],
    ['another fingerprint', (state) => ({ ...state, fingerprint: 'x' })],
    ...[-1, 1.5, NaN, 7, '2', undefined].map((step): (typeof damages)[number] => [
      `update ${String(step)}`,
      (state) => ({ ...state, step }),
    ]),
    ['no weights', (state) => ({ ...state, weights: null })],
    [
      'a matrix less',
      ({ weights, ...state }) => ({ ...state, weights: Object.fromEntries(Object.entries(weights).slice(1)) }),
    ],
    ['a matrix more', ({ weights, ...state }) => ({ ...state, weights: { ...weights, other: new Float32Array(1) } })],
    ['a matrix cut', (state) => changed(state, (numbers) => numbers.slice(1))],
    ['a matrix of other numbers', (state) => changed(state, (numbers) => Float64Array.from(numbers))],
    ['a weight that is no number', (state) => changed(state, (numbers) => numbers.map((v, i) => (i === 3 ? NaN : v)))],
    ['a weight without end', (state) => changed(state, (numbers) => numbers.map((v, i) => (i === 3 ? Infinity : v)))],
    ...(['m', 'v'] as const).flatMap((key): typeof damages => [
      [`no ${key}`, (state) => ({ ...state, [key]: undefined })],
      [`${key} cut`, (state) => ({ ...state, [key]: state[key].slice(1) })],
      [`${key} as a list`, (state) => ({ ...state, [key]: [...state[key]] })],
      [`${key} with NaN`, (state) => ({ ...state, [key]: state[key].map((x, i) => (i === 9 ? NaN : x)) })],
    ]),
    ['v below 0', (state) => ({ ...state, v: state.v.map((x, i) => (i === 9 ? -1 : x)) })],
    ['nothing seen', (state) => ({ ...state, seen: undefined })],
    ['a first loss that is none', (state) => ({ ...state, seen: { first: NaN, best: null } })],
    ['a best loss that is a text', (state) => ({ ...state, seen: { first: 1, best: '1' } })],
  ]
  function changed({ weights, ...state }: TrainState, change: (numbers: Float32Array) => ArrayLike<number>): object {
    const [name] = Object.keys(weights)
    return { ...state, weights: { ...weights, [name!]: change(weights[name!]!) } }
  }

  it('that is damaged in any field is refused, and nothing is changed', async () => {
    const on = await tinyWork()
    const state = lastState(await tinyRun({ steps: 6 }, on))
    const before = await numbersOf(on)
    for (const [what, damage] of damages) {
      const resume = damage(state) as TrainState
      await expect(tinyRun({ resume }, on), what).rejects.toMatchObject({ facts: { param: 'resume' } })
    }
    // what nothing would be made of is no part of it, and is said by its name
    const others: [string, object][] = [
      ['resume.lr', { ...state, lr: 1 }],
      ['resume.seen.worst', { ...state, seen: { ...state.seen, worst: 1 } }],
    ]
    for (const [param, resume] of others) {
      const facts = { param, need: expect.stringMatching(/^left out: a saved state has .+ alone$/) as string }
      await expect(tinyRun({ resume: resume as TrainState }, on)).rejects.toMatchObject({
        code: 'PARAM_INVALID',
        facts,
      })
    }
    expect(await numbersOf(on)).toEqual(before)
    expect(endOf(await tinyRun({ resume: state }, on))).toMatchObject({ why: 'done', step: 6 })
  })

  it('of another model of the same shape, of other rows, or of another order, is refused', async () => {
    const state = lastState(await tinyRun({}))
    const refusal = { code: 'PARAM_INVALID', facts: { param: 'resume' } }
    await expect(tinyRun({ resume: state }, await tinyWork('tiny-nf4'))).rejects.toMatchObject(refusal)
    await expect(tinyRun({ resume: state, seed: 6 })).rejects.toMatchObject(refusal)
    await expect(tinyRun({ resume: state, rows: tinyRows.toReversed().slice(1) })).rejects.toMatchObject(refusal)
  })
})

describe('a device that goes away', () => {
  it('at any call of an update: the run ends as GPU_LOST, and another load goes on from its last state', async () => {
    const set = { ...tinySet, steps: 22, rows: tinyRows.slice(0, 2), batch: 1, heldOut: 0 }
    const gone = new EngineError('GPU_LOST', 'gone')
    const on = await tinyWork()
    const start = await numbersOf(on)
    const inside = on.runtime.inspection()
    const { submitAll, readMany } = inside
    const call = { fails: -1, count: 0 }
    inside.submitAll = (parts) => {
      if (call.count++ === call.fails) throw gone
      submitAll.call(inside, parts)
    }
    inside.readMany = (pieces) => (call.count++ === call.fails ? Promise.reject(gone) : readMany.call(inside, pieces))
    const whole = await tinyRun(set, on)
    const all = call.count
    expect(all).toBeGreaterThan(60)
    // those of the first two updates, and of the last two, behind a state
    const first = Array.from({ length: 10 }, (_, i) => i)
    const last = Array.from({ length: 9 }, (_, i) => all - 9 + i)
    for (const at of [...first, ...last]) {
      Object.assign(call, { fails: -1 })
      reset(on, start)
      Object.assign(call, { fails: at, count: 0 })
      const begun: TrainEvent[] = []
      const run = async (): Promise<void> => {
        for await (const event of train(on, set)) begun.push(event)
      }
      await expect(run(), `call ${at}`).rejects.toBe(gone)
      const state = lastState(begun) as TrainState | undefined
      expect(state?.step, `call ${at}`).toBe(at < 10 ? undefined : 20)
      if (!state) continue
      Object.assign(call, { fails: -1 })
      reset(on, start)
      expect(lastState(await tinyRun({ ...set, resume: state }, on))).toEqual(lastState(whole))
    }
  })

  it.skipIf(!real)(`at every kind of call of the GPU's it is GPU_LOST ${real ? '' : noGpuReason}`, async () => {
    const letters = Array.from({ length: 121 }, (_, i) => String.fromCodePoint(0x4e00 + i))
    const tokenizer = new TextEncoder().encode(JSON.stringify(tinyTokenizer(letters)))
    const files = new Map([
      ...folderFiles('fixtures/golden/llama'),
      ['tokenizer.json', bytesSource('tokenizer.json', tokenizer)] as const,
    ])
    files.delete('golden.json')
    const source = { name: 'tiny', files }
    const adapters = [{ name: 'a', files: await newAdapter(source, { rank: 2 }) }]
    let begun = 0
    async function life(gpu: GPU, calls: readonly Call[]): Promise<TrainEvent[]> {
      const engine = await loadEngine(source, { gpu, context: 32, selfCheck: false, adapters })
      begun = calls.length
      const events: TrainEvent[] = []
      try {
        const rows = [{ text: 'abcab' }, { text: 'cab' }]
        const samples = [{ ids: [1, 2] }]
        const set = { adapter: 'a', rows, steps: 2, batch: 1, every: 1, heldOut: 0.5, samples }
        for await (const event of engine.train(set)) events.push(event)
        // it may be asked again, and taught again
        await engine
          .train({ ...set, lr: -1 })
          .next()
          .catch((error: unknown) => expect(error).toMatchObject({ code: 'PARAM_INVALID' }))
      } finally {
        engine.dispose()
      }
      return events
    }
    // what is read second in an update says how many gradients are lost: none
    const zero = (i: number): number => (i === 1 ? 0 : (i % 97) / 97)
    const whole = faultyGpu(real!, undefined, 'crash', zero)
    expect(endOf(await life(whole.gpu, whole.calls))).toMatchObject({ why: 'done' })
    const last = new Map(whole.calls.slice(begun).map(({ name, nth }) => [name, nth]))
    const first = new Map(
      whole.calls
        .slice(begun)
        .toReversed()
        .map(({ name, nth }) => [name, nth]),
    )
    const moments = [...last].map(([name, to]) => {
      const from = first.get(name)!
      return { name, nth: (from + to) >> 1 } satisfies Call
    })
    expect(moments.map(({ name }) => name)).toEqual(expect.arrayContaining(['submit', 'mapAsync', 'writeBuffer']))
    let hits = 0
    for (const at of moments) {
      const faulty = faultyGpu(real!, at, 'crash', zero)
      const place = whole.calls.findIndex(({ name, nth }) => name === at.name && nth === at.nth)
      const isRead = whole.calls.slice(place + 1).some(({ name }) => name === 'mapAsync')
      const said = await life(faulty.gpu, faulty.calls).then(
        () => 'nothing failed',
        (error: unknown) => (error instanceof EngineError ? error.code : String(error)),
      )
      // how much is sent at once depends on the machine's speed, so that there may be fewer calls
      const fails = faulty.hit && (isRead || said !== 'nothing failed')
      expect(said, `${at.name} ${at.nth}`).toBe(fails ? 'GPU_LOST' : 'nothing failed')
      hits += Number(fails)
    }
    expect(hits).toBeGreaterThan(moments.length / 2)
  })
})
