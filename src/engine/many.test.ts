// Several answers to one prompt: each is, event by event, the one that its seed gives alone, for a fraction of the forwards.

import { afterEach, expect, test, vi } from 'vitest'
import { DecodingContext } from './context.ts'
import { generate } from './generate.ts'
import { loadEngine, type DoneEvent, type GenerateEvent, type GenerateOptions, type TokenEvent } from './index.ts'
import { openModel, placeModel } from './load.ts'
import { generateMany } from './many.ts'
import { failure } from './testing/answers.ts'
import { diskModel } from './testing/disk.ts'
import { openText } from './text.ts'

vi.setConfig({ testTimeout: 120_000 })
let context: DecodingContext
afterEach(() => context?.model.runtime.dispose())

async function open(name: string, size: { context?: number } = {}): Promise<DecodingContext> {
  const options = { device: 'reference', ...size } as const
  const model = await openModel(diskModel(`public/models/${name}`), options)
  const { runtime, ...text } = { ...(await placeModel(model, options)), ...(await openText(model.checkpoint)) }
  return (context = new DecodingContext({ name, planText: '', runtime, ...text }))
}
const list = async (events: AsyncGenerator<GenerateEvent>): Promise<GenerateEvent[]> => {
  const all: GenerateEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
/** Without what depends on what ran before, and on the clock. */
const essence = (events: readonly GenerateEvent[], number?: number) =>
  events
    .filter((event) => number === undefined || event.answer === number)
    .map(({ answer: _, ...event }) => {
      if (event.type === 'prompt') return { ...event, reused: 0 }
      if (event.type !== 'done') return event
      return { ...event, stats: { generatedTokens: event.stats.generatedTokens } }
    })
const hot = { temperature: 3, topK: 20, repetitionPenalty: 1.1, seed: 40, maxTokens: 9, top: 3 }

async function bothWays(
  text: string,
  options: GenerateOptions,
): Promise<{ many: GenerateEvent[]; forwards: [number, number] }> {
  const { runtime } = context.model
  const from = runtime.counters.forwards
  const many = await list(generateMany(context, text, options))
  const between = runtime.counters.forwards
  const { n, seed = 0, ...rest } = options
  for (let r = 0; r < n!; r++) {
    context.clear()
    const one = await list(generate(context, text, { ...rest, seed: seed + r, speculation: 'off' }))
    expect(essence(many, r), `answer ${r}`).toEqual(essence(one))
  }
  return { many, forwards: [between - from, runtime.counters.forwards - between] }
}

test.each([
  ['experts', '1 2 3 4 5 6'],
  ['translator', 'translate: Lily sees a red bird'],
])('four answers of %s are four single ones, in a quarter of the forwards', async (name, text) => {
  await open(name)
  const { many, forwards } = await bothWays(text, { ...hot, n: 4, stop: ['7 9'] })
  const tokens = many.filter((event): event is TokenEvent & { answer: number } => event.type === 'token')
  const texts = [0, 1, 2, 3].map((r) => many.find((e): e is DoneEvent => e.type === 'done' && e.answer === r)!.text)
  expect(new Set(texts).size).toBeGreaterThan(1)
  // one for the prompt, one for each place in the longest answer behind its first token
  const longest = Math.max(...[0, 1, 2, 3].map((r) => tokens.filter(({ answer }) => answer === r).length))
  expect(forwards[0]).toBe(longest + (name === 'translator' ? 1 : 0))
  expect(forwards[1]).toBeGreaterThan(forwards[0] * 2)
  // side by side: the first tokens of all come before the second of any
  expect(tokens.slice(0, 4).map(({ answer, index }) => [answer, index])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
  ])
  // and the text that they left is the prompt
  expect(context.ids.length).toBe(context.model.runtime.length)
  const after = await list(generate(context, text, { ...hot, stop: ['7 9'], speculation: 'off' }))
  expect(essence(after)).toEqual(essence(many, 0))
})

test('answers with a form keep it, each by itself', async () => {
  await open('experts')
  const pattern = '[A-Z][a-z]+( [A-Z][a-z]+){2,4}'
  const { many } = await bothWays('1 2 3 4 5 6', { ...hot, n: 3, constraint: { pattern } })
  for (const event of many) {
    if (event.type === 'done') expect([event.fits, event.text]).toEqual([true, expect.stringMatching(`^${pattern}$`)])
  }
})

test('answers that no longer fit side by side go on one after the other, to the same end', async () => {
  await open('experts', { context: 24 })
  const { many } = await bothWays('1 2 3 4 5 6', {
    ...hot,
    maxTokens: 100,
    logitBias: { 0: -1e4, 1: -1e4, 2: -1e4 },
    n: 3,
    force: { 2: 9, 7: 9 },
    seedAt: [4],
  })
  expect(many.filter((event) => event.type === 'done').map(({ reason }) => reason)).toEqual([
    'context',
    'context',
    'context',
  ])
  expect(many.filter((event) => event.type === 'prompt').length).toBe(3)
})

test('where rows need one text, and while somebody looks inside, they are written one after the other', async () => {
  await open('recurrent')
  expect(context.model.runtime.mostStrands).toBe(1)
  await bothWays('Lily was in', { ...hot, n: 2, maxTokens: 5 })
  await open('experts')
  context.startSampleLog()
  const strands = vi.spyOn(context.model.runtime, 'runStrands')
  await bothWays('1 2 3', { ...hot, n: 2, maxTokens: 4 })
  expect(strands).not.toHaveBeenCalled()
})

test('stopped, every answer ends with what it has', async () => {
  await open('experts')
  const stop = new AbortController()
  const events: GenerateEvent[] = []
  for await (const event of generateMany(context, '1 2 3 4', {
    ...hot,
    maxTokens: 50,
    logitBias: { 0: -1e4, 1: -1e4, 2: -1e4 },
    n: 3,
    signal: stop.signal,
  })) {
    events.push(event)
    if (event.type === 'token' && event.index === 3 && event.answer === 1) stop.abort()
  }
  const ends = events.filter((event): event is DoneEvent & { answer: number } => event.type === 'done')
  expect(ends.map(({ reason, answer }) => [answer, reason])).toEqual([
    [0, 'aborted'],
    [1, 'aborted'],
    [2, 'aborted'],
  ])
  for (const { answer, text } of ends) {
    const said = events.filter(
      (event): event is TokenEvent & { answer: number } => event.type === 'token' && event.answer === answer,
    )
    expect(text.startsWith(said.map((event) => event.text).join(''))).toBe(true)
  }
})

test('through the door: n answers, or a refusal by name', async () => {
  const engine = await loadEngine(diskModel('public/models/experts'), { device: 'reference' })
  const events = await list(engine.generate('1 2 3', { ...hot, n: 2, maxTokens: 2 }))
  expect(events.filter((event) => event.type === 'done').map(({ answer }) => answer)).toEqual([0, 1])
  for (const wrong of [{ n: 0 }, { n: 9 }, { n: 1.5 }, { n: '2' as unknown as number }]) {
    expect(await failure(list(engine.generate('1', wrong)))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'n' },
    })
  }
  const last = { seed: Number.MAX_SAFE_INTEGER, n: 2 }
  expect(await failure(list(engine.generate('1', last)))).toMatchObject({ facts: { param: 'seed' } })
  engine.dispose()
})
