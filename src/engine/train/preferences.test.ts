// Learning from pairs (DPO) and from rewards (GRPO) through the loop, against PyTorch's own differentiation of the losses as their
// papers have them (tools/reference/preferences.py): losses, every gradient of the first update, weights behind the third, within 1e-5.
// And what both do where something does not fit, is no number, or is stopped. On the GPU each kind of loss once, with either other
// model to compare with (grpo-kl: the base); GLASSBOX_FULL=1: all of them.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tensorName } from '../adapters/adapter.ts'
import { EngineError } from '../errors.ts'
import { f32Tensors } from '../testing/f32-tensors.ts'
import { testMachines } from '../testing/machines.ts'
import { farthest, partsOf } from '../testing/tensors.ts'
import { lastState, lossesOf, tinyRun, tinySet, tinyWork } from '../testing/training.ts'
import { differentiate } from './differentiate.ts'
import type { Drawn, RewardFunction, StepEvent, TrainEvent, TrainOptions, TrainState } from './events.ts'
import { headOf, readHead, writeHead } from './head.ts'
import { judgeOf } from './judge.ts'
import { writeSafetensors } from './peft.ts'
import { advantages, type Draws } from './reinforce.ts'
import { TrainSession } from './session.ts'
import { train, type TrainWork } from './train.ts'
import { names } from './types.ts'

const folder = 'fixtures/train'
const golden = JSON.parse(readFileSync(`${folder}/preferences.json`, 'utf8')) as {
  head: number[]
  pairs: { prompt: string; chosen: string; rejected: string }[]
  prompt: string
  answers: string[]
  ids: number[][]
  rewards: number[][]
  beta: number
  kl: number
  runs: Record<string, { losses: number[]; norms: number[]; told: Record<string, number>[] }>
  lr: number
  clip: number
  beta1: number
  beta2: number
  steps: number
}
const expected = f32Tensors(readFileSync(`${folder}/expected-preferences.safetensors`))
const { lr, clip, beta1, beta2, steps, pairs, beta } = golden
const head = Float32Array.from(golden.head)

const set: Partial<TrainOptions> = { clip, beta1, beta2, heldOut: 0, every: 1000 }

/** What it answers is given: the same words every time, and what they are worth by update. */
function given(): { draw: Draws; reward: RewardFunction } {
  let asked = -1
  const draw: Draws = () => {
    asked++
    return Promise.resolve(golden.answers.map((text, i): Drawn => ({ text, ids: golden.ids[i]!, isWhole: true })))
  }
  return { draw, reward: ({ text }) => golden.rewards[asked]![golden.answers.indexOf(text)]! }
}

const answering = (reward: RewardFunction): Partial<TrainOptions> => ({
  rows: [{ prompt: golden.prompt }],
  reward,
  batch: 1,
  group: 4,
  maxTokens: 4,
})
const runs: Record<string, (reward: RewardFunction) => Partial<TrainOptions>> = {
  'dpo-base': () => ({ rows: pairs, batch: 2, beta }),
  'dpo-start': () => ({ rows: pairs, batch: 2, beta, reference: 'start' }),
  reward: () => ({ rows: pairs, batch: 2, objective: 'reward', head }),
  grpo: (reward) => ({ ...answering(reward), kl: 0 }),
  'grpo-kl': (reward) => ({ ...answering(reward), kl: golden.kl }),
}

const [gpu, , twoThreads] = await testMachines()
const reference = { name: 'reference', where: { device: 'reference' as const }, why: '' }

describe.each([
  { ...reference, names: Object.keys(runs) },
  { ...gpu!, names: process.env['GLASSBOX_FULL'] ? Object.keys(runs) : ['dpo-start', 'reward', 'grpo-kl'] },
  { ...twoThreads!, names: ['reward', 'grpo-kl'] },
])('as PyTorch, on $name', ({ where, why, names: own }) => {
  it.skipIf(where === null).each(own)(`%s ${where ? '' : why}`, async (name) => {
    const { draw, reward } = given()
    const on: TrainWork = { ...(await tinyWork('tiny', where!)), draw }
    const inside = on.runtime.inspection()
    const { plan } = on.runtime
    const learns = new Set(Object.keys(plan.weights).filter((one) => plan.weights[one]!.role === 'adapter'))
    const { losses, norms, told } = golden.runs[name]!
    const tensorsOf = (tensor: string) =>
      tensor === names.score ? [{ tensor: 'score', from: 0, count: head.length }] : partsOf(plan, tensor)
    const worst = { gradients: 0, weights: 0 }
    const seen: StepEvent[] = []
    const options = { ...tinySet, ...set, ...runs[name]!(reward), lr, warm: 0, steps } as TrainOptions
    for await (const event of train(on, options)) {
      if (event.type === 'saved' && event.state.step === steps) {
        for (const [tensor, now] of Object.entries(event.state.weights)) {
          for (const { tensor: part, from, count } of tensorsOf(tensor)) {
            const want = expected.get(`${name}/after3/${part}`)!
            worst.weights = Math.max(worst.weights, farthest(now.subarray(from, from + count), want))
          }
        }
      }
      if (event.type !== 'step') continue
      seen.push(event)
      if (event.step > 1) continue
      const score = options.objective === 'reward'
      for (const { name: tensor, at } of differentiate(plan, learns, 12, { score }).trainables) {
        for (const { tensor: part, from, count } of tensorsOf(tensor)) {
          const [g] = await inside.readMany([{ tensor: 'train:g', offset: at + from, count }])
          worst.gradients = Math.max(worst.gradients, farthest(g!, expected.get(`${name}/grad/${part}`)!))
        }
      }
    }
    expect(seen).toHaveLength(steps)
    seen.forEach((step, i) => {
      expect(step.loss / losses[i]!).toBeCloseTo(1, 4)
      expect(step.norm / norms[i]!).toBeCloseTo(1, 4)
      const said = { ...step.pairs, ...step.answers } as Record<string, number>
      for (const [key, value] of Object.entries(told[i]!)) {
        expect((said[key]! - value) / Math.max(1, value)).toBeCloseTo(0, 5)
      }
    })
    expect(worst.gradients).toBeLessThan(1e-5)
    expect(worst.weights).toBeLessThan(1e-5)
    on.runtime.dispose()
  })
})

/** Every answer is of letters that chance gives; the same seed gives the same. */
const drawing: Draws = (_, { seed, count, maxTokens }) =>
  Promise.resolve(
    Array.from({ length: count }, (_, i): Drawn => {
      const ids = Array.from({ length: 1 + ((seed + i) % maxTokens) }, (_, at) => 10 + ((seed + 7 * i + 3 * at) % 60))
      return { text: ids.join(' '), ids, isWhole: true }
    }),
  )
const many = ['ab', 'cd', 'efg', 'hij'].map((prompt) => ({ prompt }))
const short: RewardFunction = ({ ids }) => -ids.length
const drawn = async (more: Partial<TrainOptions> = {}, draw = drawing): Promise<TrainEvent[]> =>
  tinyRun({ ...answering(short), rows: many, ...more }, { ...(await tinyWork()), draw })
/** For what is refused before anything is learnt. */
const one = tinyWork()
const three = [...pairs, { prompt: 'x', chosen: 'y', rejected: 'zz' }]

describe('going on from a kept state, in another load, to the same bits', () => {
  it.each<[string, Partial<TrainOptions>]>([
    ['pairs, reference: base', { rows: three }],
    ['pairs, reference: start', { rows: three, reference: 'start', heldOut: 0.4 }],
    ['a reward model', { rows: three, objective: 'reward', heldOut: 0.4 }],
    ['rewards', { ...answering(short), rows: many, reference: 'start', kl: 0.2 }],
  ])('%s', async (_, own) => {
    const run = async (options: Partial<TrainOptions>, stopAt = Infinity): Promise<TrainEvent[]> => {
      const stop = new AbortController()
      const events: TrainEvent[] = []
      const on: TrainWork = { ...(await tinyWork()), draw: drawing }
      for await (const event of train(on, { ...tinySet, ...own, ...options, signal: stop.signal })) {
        events.push(event)
        if (event.type === 'step' && event.step === stopAt) stop.abort()
      }
      return events
    }
    const whole = await run({})
    const begun = await run({}, 2)
    expect(begun.at(-1)).toEqual({ type: 'end', why: 'asked', step: 2 })
    const rest = await run({ resume: lastState(begun) })
    expect([...lossesOf(begun), ...lossesOf(rest)]).toEqual(lossesOf(whole))
    expect(lastState(rest)).toEqual(lastState(whole))
  })

  it('refuses the state of another reference, or one whose reference is damaged', async () => {
    const state = lastState(await tinyRun({ rows: three, reference: 'start' }))
    const refusal = { facts: { param: 'resume' } }
    await expect(tinyRun({ rows: three, resume: state })).rejects.toMatchObject(refusal)
    const { frozen, ...without } = state
    const again = (resume: TrainState) => tinyRun({ rows: three, reference: 'start', resume })
    await expect(again(without)).rejects.toMatchObject(refusal)
    await expect(again({ ...state, frozen: frozen!.map(() => NaN) })).rejects.toMatchObject(refusal)
    await expect(again({ ...state, frozen: frozen!.slice(1) })).rejects.toMatchObject(refusal)
    await expect(again({ ...state, step: 0 })).resolves.toBeDefined()
  })
})

describe('pairs', () => {
  it('are told apart better and better, also those that are held out', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ prompt: `p${i}`, chosen: `ab${i}`, rejected: `ba${i}` }))
    const events = await tinyRun({ rows, steps: 20, lr: 5e-3, every: 5, reference: 'start', watch: [{ text: 'abc' }] })
    const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []))
    expect(steps[0]!.pairs).toEqual({ margin: 0, right: 0 })
    expect(steps[0]!.loss).toBeCloseTo(Math.LN2, 5)
    expect(steps.at(-1)!.pairs!.right).toBe(1)
    const heldOut = events.flatMap((event) => (event.type === 'evaluation' ? [event.loss] : []))
    expect(heldOut.at(-1)).toBeLessThan(Math.LN2)
    expect(events.flatMap((event) => (event.type === 'watched' ? [event.step] : []))).toEqual([0, 5, 10, 15, 20])
  })

  it.each<[Partial<TrainOptions>, string, string]>([
    [{ rows: [{ prompt: 'a', chosen: 'b', rejected: 'b' }] }, 'rows[0]', 'the same one twice'],
    [{ rows: [{ ...pairs[0]!, margin: 2 }] }, 'rows[0].margin', '"prompt", "chosen", "rejected" alone'],
    [{ rows: new Array(3) }, 'rows', 'a list without gaps'],
    [{ rows: pairs, watch: new Array(2) }, 'watch', 'a list of rows'],
    [{ rows: [...pairs, { prompt: 'a', chosen: 'b' }] as TrainOptions['rows'] }, 'rows[2]', 'rejected'],
    [{ rows: [...pairs, { prompt: 'a', completion: 'b' }] as TrainOptions['rows'] }, 'rows[2]', 'chosen'],
    [{ rows: [...pairs, { text: 'a' }] as TrainOptions['rows'] }, 'rows[2]', 'prompt'],
    [{ rows: [{ prompt: 'a', chosen: 'b'.repeat(300), rejected: 'c' }] }, 'rows[0]', 'tokens long'],
    [{ rows: pairs, beta: 0 }, 'beta', 'from 0.0001'],
    [{ rows: pairs, beta: NaN }, 'beta', 'NaN'],
    [{ rows: pairs, reference: 'other' as 'base' }, 'reference', "'base' or 'start'"],
    [{ rows: pairs, kl: 0.1 }, 'kl', 'left out'],
    [{ rows: pairs, measures: {} }, 'measures', 'left out'],
    [{ rows: pairs, watch: [{ text: '' }] }, 'watch[0]', 'watch[0]'],
    [{ rows: pairs, watch: [{ text: 'abc', weight: 1 } as never] }, 'watch[0].weight', '"watch[0].weight"'],
    [{ rows: pairs, adapter: null, reference: 'base' }, 'reference', "'start'"],
    [{ beta: 0.1 }, 'beta', 'chosen'],
    [{ reference: 'base' }, 'reference', 'left out'],
    [{ group: 4 }, 'group', 'reward'],
  ])('refuses %o', async (options, param, said) => {
    await expect(tinyRun(options, await one)).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param },
      message: expect.stringContaining(said) as string,
    })
  })
})

describe('a reward model', () => {
  it('scores beside a training as it was taught, whatever learns there', async () => {
    const on = await tinyWork('tiny', undefined, ['a', 'b'])
    const { runtime, writer } = on
    const inside = runtime.inspection()
    const judge = await judgeOf(inside, runtime.plan, { adapter: 'a', head }, 64)
    const said = (prompt: string, answer: string) =>
      judge.scoreOf([...writer.chat([{ role: 'user', content: prompt }], true), ...writer.text(answer), 1])
    let margin = 0
    for (const { prompt, chosen, rejected } of pairs) {
      margin += (await said(prompt, chosen)) - (await said(prompt, rejected))
    }
    expect(margin / pairs.length).toBeCloseTo(golden.runs['reward']!.told[0]!['margin']!, 5)

    const prompt = writer.chat([{ role: 'user', content: golden.prompt }], true)
    const scores: number[] = []
    for (const ids of golden.ids) scores.push(await judge.scoreOf([...prompt, ...ids]))
    const mean = scores.reduce((a, b) => a + b) / scores.length
    const options = { ...answering(() => 0), adapter: 'b', reward: { adapter: 'a', head }, steps: 3, lr: 0.01, warm: 0 }
    const events = await tinyRun(options, { ...on, draw: given().draw, off: new Set(['a']) })
    const rewards = events.flatMap((event) => (event.type === 'step' ? [event.answers!.reward] : []))
    expect(rewards).toEqual([mean, mean, mean].map((one) => expect.closeTo(one, 5) as number))
    const norms = events.flatMap((event) => (event.type === 'step' ? [event.norm] : []))
    expect(Math.min(...norms)).toBeGreaterThan(0)
    // it has learnt what the head likes: the better answers are likelier than they were
    const [first, last] = ['step', 'step'].map((_, i) => events.filter(({ type }) => type === 'step').at(i ? -1 : 0))
    expect((last as StepEvent).answers!.kl).toBeGreaterThan((first as StepEvent).answers!.kl)
  })

  it('has tensors of its own: who looks at a text and goes back through it later finds all as it left it', async () => {
    const { runtime } = await tinyWork('tiny', undefined, ['a', 'b'])
    const { plan } = runtime
    const inside = runtime.inspection()
    const learns = new Set(Object.keys(plan.weights).filter((name) => name.startsWith(tensorName('b', ''))))
    const session = await TrainSession.create(inside, differentiate(plan, learns, 64), 64)
    const judge = await judgeOf(inside, plan, { adapter: 'a', head }, 64)
    const sequence = { ids: [5, 6, 7, 8, 9], rows: [1, 2, 3], targets: [7, 8, 9], by: [0.5, -0.25, 0.125] }
    const gradients = async (between: () => Promise<unknown>): Promise<Float32Array> => {
      session.clear()
      session.look(sequence)
      await between()
      session.addLooked(sequence)
      return (await session.read('g')).slice()
    }
    const alone = await gradients(() => Promise.resolve())
    expect(alone.some((value) => value !== 0)).toBe(true)
    expect(await gradients(() => judge.scoreOf([11, 12, 13, 14, 15, 16, 17]))).toEqual(alone)
  })

  it('with the head of another model, or none, is refused by name before anything learns', async () => {
    const on = await tinyWork('tiny', undefined, ['a', 'b'])
    for (const odd of [head.slice(1), Float32Array.of(...head, 1), new Float32Array(0)]) {
      const run = tinyRun({ ...answering(() => 0), adapter: 'b', reward: { adapter: 'a', head: odd } }, on)
      await expect(run).rejects.toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param: 'reward', found: String(odd.length), need: `a head of ${head.length} numbers` },
      })
    }
  })

  it('says how many of the pairs that are held out it tells apart', async () => {
    const told = { rows: three, objective: 'reward', heldOut: 0.4, batch: 2, steps: 30, every: 15, lr: 0.01 } as const
    const events = await tinyRun(told)
    expect(events[0]).toMatchObject({ rows: 2, heldOut: 1 })
    const found = events.flatMap((event) => (event.type === 'evaluation' ? [event] : []))
    expect(found).toHaveLength(2)
    for (const { loss, pairs: own } of found) {
      expect(loss).toBeCloseTo(Math.log1p(Math.exp(-own!.margin)), 9)
      expect(own!.right).toBe(Number(own!.margin > 0))
    }
  })

  it('has a head that goes into a file and comes back', async () => {
    const state = lastState(await tinyRun({ rows: three, objective: 'reward', head }))
    const file = writeHead(headOf(state))
    expect(await readHead(file)).toEqual(headOf(state))
    expect(headOf(state)).not.toEqual(head)
    expect(() => headOf({ ...state, weights: {} })).toThrow(/a state without/)
    const broken = f32Tensors(file).get('score.weight')!
    await expect(readHead(writeHead(broken.map(() => NaN)))).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    const adapter = readFileSync('fixtures/train/adapter/adapter_model.safetensors')
    await expect(readHead(adapter)).rejects.toMatchObject({ facts: { found: 'a file without' } })
    const two = writeSafetensors(new Map([['score.weight', { shape: [2, head.length / 2], values: head }]]))
    await expect(readHead(two)).rejects.toMatchObject({ facts: { found: `F32 of 2 × ${head.length / 2}` } })
    await expect(readHead(writeHead(head.slice(0, 0)))).rejects.toMatchObject({ facts: { found: 'F32 of 1 × 0' } })
    const own = { shape: [1, head.length], values: head }
    for (const name of ['score.bias', 'model.norm.weight']) {
      const more = writeSafetensors(new Map(Object.entries({ [name]: own, 'score.weight': own })))
      await expect(readHead(more)).rejects.toMatchObject({ facts: { found: `one with "${name}" beside it` } })
    }
  })

  it.each<[Partial<TrainOptions>, string]>([
    [{ rows: pairs, objective: 'rewards' as 'reward' }, 'objective'],
    [{ objective: 'reward' }, 'objective'],
    [{ rows: pairs, head }, 'head'],
    [{ rows: pairs, objective: 'reward', head: head.slice(1) }, 'head'],
    [{ rows: pairs, objective: 'reward', head: head.map(() => NaN) }, 'head'],
    [{ rows: pairs, objective: 'reward', beta: 0.1 }, 'beta'],
    [{ rows: pairs, objective: 'reward', reference: 'start' }, 'reference'],
    [{ rows: pairs, objective: 'reward', watch: [{ text: 'abc' }] }, 'watch'],
    [{ rows: many, reward: { adapter: 'a', head } }, 'reward'],
    [{ rows: many, reward: { adapter: 'none', head } }, 'reward'],
    [{ rows: many, reward: { adapter: 'a' } as never }, 'reward'],
    [{ rows: many, adapter: 'b', reward: { adapter: 'a', head, scale: 0.1 } as never }, 'reward'],
  ])('refuses %o', async (options, param) => {
    await expect(tinyRun(options, await one)).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param } })
  })
})

describe('rewards', () => {
  it('are asked once of each answer, in order', async () => {
    const asked: number[] = []
    const reward: RewardFunction = ({ row, ids, prompt }) => {
      asked.push(row)
      expect(prompt).toEqual([{ role: 'user', content: many[row]!.prompt }])
      return ids[0]! % 2
    }
    const events = await drawn({ reward, steps: 4, batch: 2, group: 3 })
    expect(asked).toHaveLength(4 * 2 * 3)
    expect(new Set(asked).size).toBe(4)
    const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []))
    for (const { answers } of steps) expect(Object.keys(answers!)).toEqual(['reward', 'kl', 'tokens', 'flat', 'best'])
    expect(steps).toHaveLength(4)
  })

  it('and what else is to be known of each: its mean, of which nothing is learnt', async () => {
    const measures: Record<string, RewardFunction> = { length: ({ ids }) => ids.length, none: () => 0 }
    const [plain, measured] = [await drawn({ steps: 3 }), await drawn({ steps: 3, measures })]
    for (const event of measured) {
      if (event.type !== 'step') continue
      const { tokens, measured: found } = event.answers!
      expect(found).toEqual({ length: expect.closeTo(tokens, 9) as number, none: 0 })
    }
    expect(lastState(measured)).toEqual(lastState(plain))
    const refused = drawn({ measures: { odd: () => NaN } })
    await expect(refused).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'measures.odd' } })
  })

  it('that are all the same teach nothing', async () => {
    const [begun, end] = await Promise.all([drawn({ steps: 1, lr: 0 }), drawn({ steps: 3, kl: 0, reward: () => 5 })])
    expect(lastState(end).weights).toEqual(lastState(begun).weights)
    expect(end.flatMap((event) => (event.type === 'step' ? [event.answers!.flat] : []))).toEqual([1, 1, 1])
  })

  it('with a seed give the same bits, with another one others', async () => {
    const runOf = async (seed: number) => lastState(await drawn({ seed })).weights
    const [a, b, c] = [await runOf(1), await runOf(1), await runOf(2)]
    expect(b).toEqual(a)
    expect(c).not.toEqual(a)
  })

  it.each([NaN, Infinity, undefined, '1', null])('that are no number (%s) are refused by name', async (value) => {
    const run = drawn({ reward: () => value as number })
    await expect(run).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'reward' } })
  })

  it('a function that fails is its caller’s, and what was learnt before stands', async () => {
    const failure = new Error('mine')
    let count = 0
    const reward: RewardFunction = ({ ids }) => {
      if (count++ > 20) throw failure
      return ids.length
    }
    await expect(drawn({ reward })).rejects.toBe(failure)
  })

  it('a stop while it answers ends it behind the update before', async () => {
    const stop = new AbortController()
    let groups = 0
    const draw: Draws = (prompt, options) => {
      if (++groups < 3) return drawing(prompt, options)
      stop.abort()
      return Promise.resolve(null)
    }
    const events = await drawn({ signal: stop.signal, batch: 1 }, draw)
    expect(events.at(-1)).toEqual({ type: 'end', why: 'asked', step: 2 })
    expect(lastState(events).step).toBe(2)
  })

  it('a stop ends it, also while a reward never comes, or fails behind it', async () => {
    for (const late of [() => new Promise<number>(() => undefined), () => Promise.reject(new Error('late'))]) {
      const stop = new AbortController()
      let count = 0
      const reward: RewardFunction = () => {
        if (count++ < 9) return count
        stop.abort()
        return new Promise((resolve) => setTimeout(resolve)).then(late)
      }
      expect((await drawn({ reward, signal: stop.signal, batch: 1 })).at(-1)).toMatchObject({
        type: 'end',
        why: 'asked',
      })
    }
  })

  it('numbers that are lost while it answers put the last good weights back', async () => {
    const draw: Draws = () => Promise.reject(new EngineError('NUMERIC', 'no number'))
    expect((await drawn({}, draw)).at(-1)).toEqual({ type: 'end', why: 'numbers', step: 0 })
  })

  it.each<[Partial<TrainOptions>, string]>([
    [{ reward: 5 as unknown as RewardFunction }, 'reward'],
    [{ reward: Object.assign(() => 1, { adapter: 'b', head }) }, 'reward'],
    [{ measures: { a: 5 as unknown as RewardFunction } }, 'measures'],
    [{ measures: new Map([['a', short]]) as never }, 'measures'],
    [{ measures: [short] as never }, 'measures'],
    [{ measures: null as never }, 'measures'],
    [{ group: 1 }, 'group'],
    [{ kl: -1 }, 'kl'],
    [{ maxTokens: 0 }, 'maxTokens'],
    [{ beta: 0.1 }, 'beta'],
    [{ heldOut: 0.5 }, 'heldOut'],
    [{ rows: [{ prompt: 'a'.repeat(60) }] }, 'rows[0]'],
    [{ rows: [{ text: 'a' }] }, 'rows[0]'],
    [{ rows: [{ prompt: [] }] }, 'rows[0]'],
    [{ rows: [{ prompt: new Array(1) }] }, 'rows[0]'],
    [{ rows: [{ prompt: 'a', completion: 'b' }] }, 'rows[0].completion'],
    [{ rows: [{ prompt: 'a', chosen: 'b', rejected: 'c' }] }, 'rows[0].chosen'],
  ])('refuses %o', async (options, param) => {
    const given = { ...answering(short), rows: many, ...options }
    await expect(tinyRun(given, { ...(await one), draw: drawing })).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param },
    })
  })

  it('advantages are those of the group', () => {
    expect(advantages([1, 1, 1])).toEqual([0, 0, 0])
    expect(advantages([0, 2]).map((a) => Math.round(1e3 * a))).toEqual([-707, 707])
  })
})
