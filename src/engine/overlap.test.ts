// An answer that is asked for while edits are being applied: it waits for them, and is the one that asking one after
// the other gives. Nothing is reused that was not read under the edits in force.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EngineError } from './errors.ts'
import { folderFiles } from './formats/testing.ts'
import { onProcessor } from './testing/machines.ts'
import { loadEngine, type Edit, type Engine, type Glass, type PromptEvent, type TokenEvent } from './index.ts'

let engine: Engine, glass: Glass, plain: Said, wanted: Said
beforeAll(async () => {
  engine = await loadEngine(
    { name: 'storyteller', files: folderFiles('public/models/storyteller') },
    { ...onProcessor, context: 64, selfCheck: false, chunk: 8 },
  )
  glass = await engine.glass()
  await glass.setEdits(edits)
  wanted = await say()
  await glass.setEdits([])
  plain = await say()
  expect(wanted.logprobs[0]).not.toBeCloseTo(plain.logprobs[0]!, 2)
}, 60_000)
afterAll(() => engine.dispose())

const question = [{ role: 'user' as const, content: 'Tom had a kite. Who had a kite?' }]
interface Said {
  ids: number[]
  logprobs: number[]
  prompt: PromptEvent
}
async function say(signal?: AbortSignal): Promise<Said> {
  const said: Said = { ids: [], logprobs: [], prompt: null as never }
  for await (const event of engine.generate(question, {
    temperature: 0,
    maxTokens: 2,
    logitBias: { 0: -1e4, 2: -1e4 },
    ...(signal && { signal }),
  })) {
    if (event.type === 'prompt') said.prompt = event
    if (event.type === 'token') {
      said.ids.push((event as TokenEvent).id)
      said.logprobs.push((event as TokenEvent).logprob)
    }
  }
  return said
}
const edits: Edit[] = [
  { kind: 'skip', layer: 0, part: 'attn' },
  { kind: 'mask-edges', layer: -1, head: -1, queries: [9, 64], keys: [0, 6] },
]
const close = (a: Said, b: Said): void => {
  expect(a.ids).toEqual(b.ids)
  a.logprobs.forEach((value, i) => expect(value).toBeCloseTo(b.logprobs[i]!, 4))
}
const pauses: [string, () => Promise<unknown>][] = [
  ['at once', () => Promise.resolve()],
  [
    'some microtasks later',
    async () => {
      for (let i = 0; i < 12; i++) await Promise.resolve()
    },
  ],
  ...[0, 5, 30].map((ms): [string, () => Promise<unknown>] => [
    `${ms} ms later`,
    () => new Promise((resolve) => setTimeout(resolve, ms)),
  ]),
]

test.each(pauses)(
  'answers under the edits it was asked after: %s',
  async (_, pause) => {
    const change = glass.setEdits(edits)
    await pause()
    const got = await say()
    expect((await change).edits).toEqual(edits)
    close(got, wanted)
    expect((await glass.info()).edits).toEqual(edits)
    // what stands in the cache is what was read and written, and every token of it can be asked about
    const tokens = await glass.tokens()
    expect(tokens.map(({ id }) => id)).toEqual([...got.prompt.ids, ...got.ids.slice(0, -1)])
    expect((await glass.info()).length).toBe(tokens.length)

    const undo = glass.setEdits([])
    await pause()
    close(await say(), plain)
    expect((await undo).edits).toEqual([])
  },
  60_000,
)

test('refuses a change while an answer is written or waits, and one that waits can be stopped', async () => {
  const change = glass.setEdits(edits)
  const stop = new AbortController()
  const waiting = say(stop.signal).then(
    () => null,
    (error: unknown) => error as EngineError,
  )
  expect(
    await glass.setEdits([]).then(
      () => null,
      (error: unknown) => (error as EngineError).code,
    ),
  ).toBe('BUSY')
  stop.abort()
  expect((await waiting)?.code).toBe('ABORTED')
  expect((await change).tokens.length).toBe(plain.prompt.ids.length + 1)
  await glass.setEdits([])
  close(await say(), plain)
}, 60_000)

test('an answer waits for the clock that measures steps: it writes where the next token will stand', async () => {
  const timings = glass.timings()
  close(await say(), plain)
  expect((await timings).length).toBeGreaterThan(10)
}, 60_000)
