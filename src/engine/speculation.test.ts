// Drafts change nothing but the number of forwards: the same events with and without, bit for bit where rows of a forward
// have the bits that they have alone, and the same tokens on the GPU. Nothing here is timed.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadEngine, type Engine, type GenerateOptions, type Prompt } from './index.ts'
import { draftOf } from './lookup.ts'
import { Gain } from './speculation.ts'
import { collect, endless, failure, greedy, load, question, user, type Answered } from './testing/answers.ts'
import { diskModel } from './testing/disk.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import { onProcessor } from './testing/machines.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })
const gpu = await nodeGpu()

test('a draft is what followed the same three tokens last, else the same two; a loop goes on', () => {
  expect(draftOf([1, 2, 3, 4, 5, 9, 2, 3, 7, 1, 2, 3], 2)).toEqual({ ids: [4, 5], matched: 3 })
  expect(draftOf([1, 2, 3, 4, 5, 9, 2, 3, 7, 8, 2, 3], 4)).toEqual({ ids: [7, 8, 2, 3], matched: 2 })
  expect(draftOf([6, 1, 2, 3, 1, 2, 3], 5)).toEqual({ ids: [1, 2, 3, 1, 2], matched: 3 })
  expect(draftOf([5, 5, 5], 3)).toEqual({ ids: [5, 5, 5], matched: 2 })
  const none = { ids: [], matched: 0 }
  expect([draftOf([], 4), draftOf([1, 1], 4), draftOf([1, 2, 3, 4], 4), draftOf([1, 2, 1, 2], 0)]).toEqual([
    none,
    none,
    none,
    none,
  ])
})

describe('a draft is run where it pays', () => {
  const gain = (single: number, eight: number): Gain => {
    const made = new Gain(() => 0)
    for (let i = 0; i < 9; i++) made.took(1, single)
    for (let i = 0; i < 9; i++) {
      for (const rows of [2, 4, 8]) made.took(rows, single + ((eight - single) * (rows - 1)) / 7)
    }
    return made
  }
  test('not before the device is known, and not where rows cost what forwards do', () => {
    expect(new Gain(() => 0).worth(3, 7)).toBe(0)
    expect(gain(10, 80).worth(3, 7)).toBe(0)
    expect(gain(10, 12).worth(3, 7)).toBeGreaterThan(1)
    expect(gain(10, 12).worth(3, 0)).toBe(0)
  })
  test('as far as drafts have been right', () => {
    const [good, bad] = [gain(10, 20), gain(10, 20)]
    for (let i = 0; i < 40; i++) {
      good.learn(3, true)
      bad.learn(3, false)
    }
    expect([good.worth(3, 7), bad.worth(3, 7)]).toEqual([7, 0])
    // what was dear once is tried again
    const busy = gain(10, 200)
    for (let i = 0; i < 60; i++) busy.learn(3, true)
    let asked = 1
    while (busy.worth(3, 7) === 0 && asked < 2000) asked++
    expect(asked).toBeGreaterThan(20)
    expect(asked).toBeLessThan(2000)
  })
})

/** Without what depends on the number of forwards. */
const written = ({ prompt, tokens, done: { type, reason, text } }: Answered) => ({ prompt, tokens, type, reason, text })
/** Answers of a run that starts from an empty cache: without drafts, and with them. */
async function both(
  engine: Engine,
  input: Prompt,
  options: GenerateOptions,
  most: number,
): Promise<[Answered, Answered]> {
  const fresh = async (speculation: 'off' | number): Promise<Answered> => {
    await collect(engine.generate({ ids: [engine.info.vocab - 1] }, { maxTokens: 1 }))
    return collect(engine.generate(input, { ...options, speculation }))
  }
  return [await fresh('off'), await fresh(most)]
}

const lake = user('Tom was at the lake. Lily was at the lake. Tom was at the lake. Where was Lily?')
/** an answer of three words comes round again, whatever the model */
const few = { logitBias: { 0: -1e4, 2: -1e4, 60: 200, 61: 200, 62: 200 } }
const hot = { temperature: 1.3, topK: 12, repetitionPenalty: 1.05, presencePenalty: 0.1, seed: 11, ...endless }

describe('on the processor', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await load({ ...onProcessor, context: 120 })
  })
  afterAll(() => engine?.dispose())

  const rows = (n: number): { ids: number[] } => ({ ids: Array.from({ length: n }, (_, i) => 40 + (i % 5)) })
  const cases: [string, Prompt, GenerateOptions][] = [
    ['greedy', lake, { ...greedy, ...endless, maxTokens: 30 }],
    ['greedy, of three words', question, { ...greedy, ...few, maxTokens: 30 }],
    ['drawn, with penalties', lake, { ...hot, maxTokens: 24 }],
    ['drawn, of three words', lake, { ...hot, ...few, maxTokens: 24 }],
    ['drawn, of few that are alike', question, { ...hot, temperature: 3, topK: 3, maxTokens: 24 }],
    [
      'tokens put there, drawing begun anew',
      question,
      { ...hot, force: { 3: 50, 4: 51, 9: 50, 10: 51 }, seedAt: [4, 8], maxTokens: 14 },
    ],
    ['to the end of the context', rows(110), { ...greedy, ...endless }],
    ['to the last token that was asked for', rows(40), { ...greedy, ...endless, maxTokens: 2 }],
    ['ended by the model', question, { ...greedy }],
  ]
  test.each(cases)('%s: every event is the same', async (_, input, options) => {
    const [plain, fast] = await both(engine, input, options, 7)
    expect(written(fast)).toEqual(written(plain))
    expect(plain.done.stats).toMatchObject({ drafted: 0, accepted: 0 })
  })
  test('a stop text within a draft ends the answer where it would have, and what follows reads on from there', async () => {
    const [plain] = await both(engine, question, { ...greedy, ...few, maxTokens: 24 }, 2)
    const stop = [plain.joined.slice(20, 26)]
    const [short, fast] = await both(engine, question, { ...greedy, ...few, stop }, 2)
    expect(short.done.reason).toBe('stop')
    expect(written(fast)).toEqual(written(short))
    // the cache holds what was written, and nothing of a draft
    const on = { ids: [...fast.prompt.ids, ...fast.ids] }
    const given = { ...greedy, ...few, continueFrom: fast.prompt.ids.length, maxTokens: 6, speculation: 2 }
    const after = await collect(engine.generate(on, given))
    expect(after.prompt.reused).toBeGreaterThanOrEqual(on.ids.length - 2)
    expect(after.ids).toEqual(plain.ids.slice(fast.ids.length).slice(0, 6))
  })
  test('stopped in the middle of a draft it leaves the text as it is written', async () => {
    const stop = new AbortController()
    const [plain] = await both(engine, question, { ...greedy, ...few, maxTokens: 20 }, 2)
    const cut = await collect(
      engine.generate(question, { ...greedy, ...few, speculation: 2, signal: stop.signal }),
      ({ index }) => {
        if (index === 8) stop.abort()
      },
    )
    expect(cut.done.reason).toBe('aborted')
    expect(cut.ids).toEqual(plain.ids.slice(0, 9))
    const again = await collect(engine.generate(question, { ...greedy, ...few, maxTokens: 20 }))
    expect(again.ids).toEqual(plain.ids)
  })
  test('a text that repeats itself is written in fewer forwards, and the numbers say so', async () => {
    const count = 30
    const [plain, fast] = await both(engine, question, { ...greedy, ...few, maxTokens: count }, 2)
    expect(fast.done.stats.accepted).toBeGreaterThan(3)
    expect(fast.done.stats.drafted).toBeGreaterThanOrEqual(fast.done.stats.accepted)
    // per token: what a forward took, shared by the tokens it gave
    expect(fast.done.stats.submitsPerToken).toBeLessThanOrEqual(plain.done.stats.submitsPerToken)
    expect(fast.done.stats.dispatchesPerToken).toBeLessThan(plain.done.stats.dispatchesPerToken)
  })
  test('what cannot be is refused by name', async () => {
    for (const speculation of ['on', 0, 8, 1.5, null] as unknown as number[]) {
      expect(await failure(collect(engine.generate(question, { speculation })))).toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param: 'speculation' },
      })
    }
  })
})

/** the same of the small models, whose first tokens these are */
const loop = { ...greedy, logitBias: { 0: -1e4, 1: -1e4, 2: -1e4, 5: 200, 6: 200, 7: 200 }, maxTokens: 12 }

test.each([
  ['a recurrent state', 'recurrent', 'Lily was in the park. Lily was in the'],
  ['a source', 'translator', 'reverse: 1 2 3 4 1 2 3 4'],
  ['chosen experts', 'experts', '1 2 3 1 2 3 1 2'],
])('on the references, to the bit, with %s', async (_, name, text) => {
  const engine = await loadEngine(diskModel(`public/models/${name}`), { device: 'reference' })
  for (const options of [loop, { ...loop, temperature: 1, seed: 5 }]) {
    const [plain, fast] = await both(engine, text, options, 7)
    expect(written(fast)).toEqual(written(plain))
    expect(fast.done.stats.drafted).toBeGreaterThan(0)
    if (options === loop) expect(fast.done.stats.accepted).toBeGreaterThan(0)
  }
  engine.dispose()
})

test('on the GPU the same tokens are drawn, whoever draws them', async ({ skip }) => {
  if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
  const engine = await loadEngine(diskModel('public/models/experts'), {
    gpu,
    device: 'gpu',
    sampling: 'device',
    selfCheck: false,
  })
  const near = (fast: Answered, plain: Answered): void => {
    expect(fast.ids).toEqual(plain.ids)
    fast.tokens.forEach(({ logprob, draw }, i) => {
      expect(logprob).toBeCloseTo(plain.tokens[i]!.logprob, 3)
      expect(draw).toBe(plain.tokens[i]!.draw)
    })
  }
  for (const options of [{ ...loop, temperature: 1, seed: 5, maxTokens: 14 }]) {
    const [plain, fast] = await both(engine, '1 2 3 1 2 3 1 2', options, 4)
    near(fast, plain)
    expect(fast.done.stats.drafted).toBeGreaterThan(0)
    // drafts take over from tokens in flight wherever they are worth it, and hand back
    let asked = 0
    const worth = vi
      .spyOn(Gain.prototype, 'worth')
      .mockImplementation((_, count) => (asked++ % 3 === 2 ? Math.min(count, 2) : 0))
    const mixed = await collect(engine.generate('1 2 3 1 2 3 1 2', options))
    worth.mockRestore()
    near(mixed, await collect(engine.generate('1 2 3 1 2 3 1 2', { ...options, speculation: 'off' })))
    expect(mixed.done.stats.drafted).toBeGreaterThan(0)
    expect(mixed.done.stats.drawnOnDevice).toBeGreaterThan(0)
  }
  engine.dispose()
})
