// A set is asked row by row, scored, kept, stopped and compared; the chat waits meanwhile. The client answers from memory.

import { beforeEach, expect, test } from 'vitest'
import { readSet } from '../../evaluation/set.ts'
import { scored } from '../../evaluation/scores.ts'
import { EngineError } from '../../engine/errors.ts'
import type { GenerateEvent } from '../../worker/protocol.ts'
import { setClient } from '../client.ts'
import { useCurrent } from '../current.ts'
import { useModels } from '../models.ts'
import { busy } from '../running.ts'
import { fakeClient, info, stats, token, type Fake } from '../testing.ts'
import { example } from './examples.ts'
import { fitting, readResults } from './history.ts'
import { canOpen, comparable, hashOf, useEvaluate, useResults, type EvalResult } from './index.ts'
import { areAlike, useTwo } from './two.ts'

let fake: Fake
/** What is said to a question that ends with these words. */
const says: Record<string, string> = { 'Where was Mia?': 'Mia was in the garden.', 'Where was Tom?': 'In a cave' }
/** A token for each character; 1 stands before every text. */
const idsOf = (text: string): number[] => [...text].map((one) => one.codePointAt(0)!)

async function* answer(input: unknown, options: object): AsyncGenerator<GenerateEvent, void, undefined> {
  const { force, signal } = options as { force?: Record<number, number>; signal?: AbortSignal }
  const asked = Array.isArray(input) ? (input.at(-1) as { content: string }).content : ''
  if (asked.includes('too long')) throw new EngineError('CONTEXT_FULL', 'no room', {})
  if (asked.includes('lost')) throw new EngineError('GPU_LOST', 'gone', {})
  const given = Array.isArray(input) ? idsOf(asked) : (input as { ids: number[] }).ids
  yield { type: 'prompt', ids: given, answerFrom: given.length, reused: 0, text: '' }
  // e is unlikely, everything else is not
  const ids = force ? Object.values(force) : idsOf(says[asked.split('\n').at(-1)!] ?? '?')
  for (const [i, id] of ids.entries()) {
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (signal?.aborted) break
    const text = String.fromCodePoint(id)
    const bytes = new TextEncoder().encode(text)
    yield { ...token(i), id, text, bytes, logprob: text === 'e' ? -3 : -0.5 }
  }
  yield {
    type: 'done',
    reason: signal?.aborted ? 'aborted' : 'stop',
    text: String.fromCodePoint(...ids),
    stats: { ...stats, generatedTokens: ids.length },
  }
}

const setOf = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const four = setOf(
  { prompt: 'Where was Mia?', answer: 'the garden' },
  { prompt: 'Where was Tom?', answer: 'a cave' },
  { prompt: 'Which?', choices: ['ab', 'eee'], answer: 'ab' },
  { text: 'hé' },
)
const state = useEvaluate.getState

beforeEach(() => {
  fake = fakeClient()
  fake.answer = answer
  fake.client.tokenize = (text) => Promise.resolve({ ids: [1, ...idsOf(String(text))], texts: [] } as never)
  setClient(fake.client)
  useModels.setState({
    active: { id: 'm', name: 'M', state: 'ready', options: {}, info: { ...info, does: ['generate'] } } as never,
  })
  useResults.getState().clear()
  state().show(null)
  state().take('four', four)
})

test('every kind of row has its score, and the result is kept', async () => {
  await state().start()
  const { result, running, error } = state()
  expect([running, error, busy()]).toEqual([null, null, false])
  expect(result!.whole).toBe(true)
  const rows = result!.rows.flatMap((row) => row.scored ?? [])
  expect(rows).toHaveLength(4)
  expect(scored('contains', rows)!.value).toBe(1)
  expect(scored('exact', rows)!.value).toBe(0)
  expect(scored('f1', rows)).toMatchObject({ value: (2 / 5 + 2 / 3) / 2, n: 2 })
  expect(rows[2]).toEqual({ kind: 'choice', right: 0, logprobs: [-1, -9], tokens: [2, 3] })
  expect(result!.rows[2]!.answer).toBe('ab')
  // the token before every text is no part of it; é takes two bytes
  expect(rows[3]).toEqual({ kind: 'text', logprob: -1, tokens: 2, bytes: 3 })
  expect(useResults.getState().results[0]).toEqual(result)
  // asked alike whatever the model's files say
  const asked = fake.asked.filter(({ name }) => name === 'generate')
  expect(asked[0]!.args[1]).toMatchObject({ temperature: 0, seed: 0, maxTokens: 32, top: 0, repetitionPenalty: 1 })
  // the right choice is read at last: it is what can be looked at
  expect(asked.map(({ args }) => Object.keys((args[1] as { force?: object }).force ?? {}).length)).toEqual([
    0, 0, 3, 2, 2,
  ])
})

test('the chat waits, and nothing is asked twice at once', async () => {
  const run = state().start()
  expect(busy()).toBe(true)
  expect(useCurrent.getState().status).not.toBe('idle')
  await state().start()
  await run
  expect(fake.asked.filter(({ name }) => name === 'generate')).toHaveLength(5)
  expect(useCurrent.getState().status).toBe('idle')
})

test('a stop keeps what was asked before it', async () => {
  const stop = useEvaluate.subscribe(({ running }) => running?.done === 1 && state().stop())
  await state().start()
  stop()
  const { result, error } = state()
  expect([error, result!.whole, busy()]).toEqual([null, false, false])
  expect(result!.rows.length).toBeLessThan(4)
  expect(useResults.getState().results).toHaveLength(1)
})

test('a row that cannot be run is said and counts nowhere; a lost device ends the run', async () => {
  state().take('x', setOf({ prompt: 'too long', answer: 'a' }, { prompt: 'Where was Mia?', answer: 'garden' }))
  await state().start()
  expect(state().result!.rows.map(({ error, scored }) => [error?.code, scored?.kind])).toEqual([
    ['CONTEXT_FULL', undefined],
    [undefined, 'question'],
  ])
  state().take('y', setOf({ prompt: 'Where was Mia?', answer: 'garden' }, { prompt: 'lost', answer: 'a' }))
  await state().start()
  expect([state().error?.code, state().result!.rows.length, state().result!.whole]).toEqual(['GPU_LOST', 1, false])
})

test('nothing is run without a model, a set, or while something inside is edited', async () => {
  state().take('none', '{}')
  await state().start()
  useModels.setState({ active: null })
  state().take('four', four)
  await state().start()
  expect(fake.asked).toEqual([])
})

test('two results of one set can be compared; a row opens with its own set and model', async () => {
  await state().start()
  const first = state().result!
  await new Promise((resolve) => setTimeout(resolve, 2)) // results are told apart by their time
  await state().start()
  expect(comparable(useResults.getState().results, state().result!)).toEqual([first])
  expect([canOpen(state(), 'm'), canOpen(state(), 'n')]).toEqual([true, false])
  state().take('other', example('zh'))
  expect(canOpen(state(), 'm')).toBe(false)
  expect(hashOf('a')).not.toBe(hashOf('b'))
})

/** Loads at once, and keeps what was asked for; `broken` does not come. */
const loader = (broken = '') => {
  const asked: string[] = []
  const load = async (id: string): Promise<boolean> => {
    asked.push(id)
    await new Promise((resolve) => setTimeout(resolve, 0))
    const error = { code: 'FILE_HEADER', message: 'damaged', facts: {} }
    const now = { id, name: id, options: {}, info: { ...info, does: ['generate'] }, error: null }
    useModels.setState({
      active: (id === broken ? { ...now, state: 'failed', error } : { ...now, state: 'ready' }) as never,
    })
    return id !== broken
  }
  useModels.setState({ load })
  return asked
}

test('two models are asked the same rows by themselves, each in its turn; the first is back, and A stands beside B', async () => {
  const asked = loader()
  const two = useTwo.getState()
  two.setSide('a', { temperature: 0.5, strength: 7 })
  two.setSide('b', { model: 'n', maxTokens: 9, strength: 0.5 })
  const locked: boolean[] = []
  const look = useTwo.subscribe(({ at }) => {
    if (at === 'back') locked.push(state().paired, areAlike(useTwo.getState(), 'm'))
  })
  await two.compare()
  look()
  const [b, a] = useResults.getState().results as [EvalResult, EvalResult]
  expect([asked, useModels.getState().active?.id, useTwo.getState().at]).toEqual([['n', 'm'], 'm', null])
  expect([a.model.id, a.settings.temperature, a.rows.length]).toEqual(['m', 0.5, 4])
  expect([b.model.id, b.settings.maxTokens, b.rows.length]).toEqual(['n', 9, 4])
  // a strength above what is set would be another adapter
  expect(useTwo.getState().a.strength).toBe(1)
  expect([state().result, state().beside, state().paired, locked]).toEqual([b, a.at, false, [true, false]])
  expect(comparable(useResults.getState().results, b)).toEqual([a])
  // one run by itself stands beside nothing
  await state().start()
  expect(state().beside).toBeNull()
})

test('a second model that does not come is said, and what the first made is kept', async () => {
  const asked = loader('n')
  useTwo.getState().setSide('b', { model: 'n' })
  await useTwo.getState().compare()
  expect([state().error?.code, state().result?.model.id, state().result?.whole]).toEqual(['FILE_HEADER', 'm', true])
  expect([asked, useModels.getState().active?.id]).toEqual([['n', 'm'], 'm'])
  expect(useResults.getState().results).toHaveLength(1)
})

test('stopped in the turn of the first, the second is not asked; stopped in between, nothing of it is', async () => {
  const asked = loader()
  useTwo.getState().setSide('b', { model: 'n' })
  const inA = useEvaluate.subscribe(({ running }) => running?.done === 2 && useTwo.getState().stop())
  await useTwo.getState().compare()
  inA()
  expect([asked, state().result?.rows.length, useTwo.getState().at]).toEqual([[], 2, null])
  let once = false
  const between = useTwo.subscribe(({ at, stop }) => {
    if (at !== 'b' || once) return
    once = true
    stop()
  })
  await useTwo.getState().compare()
  between()
  expect([asked, state().result?.model.id, state().result?.whole]).toEqual([['n', 'm'], 'm', true])
})

test('settings stay in their ranges', () => {
  state().setSettings({ maxTokens: 1e9, temperature: Number.NaN, seed: -4, stop: 'x'.repeat(500) })
  expect(state().settings).toMatchObject({ maxTokens: 1024, temperature: 0, seed: 0 })
  expect(state().settings.stop).toHaveLength(100)
  state().setSettings({ maxTokens: 32, stop: '' })
})

test('what is kept is read with suspicion, and has an end', async () => {
  await state().start()
  const result = state().result!
  expect(readResults(JSON.stringify([result]))).toEqual([result])
  const surprised = {
    ...result,
    rows: [{ ...result.rows[3]!, scored: { kind: 'text', logprob: -Infinity, tokens: 1, bytes: 1 } }],
  }
  expect(readResults(JSON.stringify([surprised]))).toEqual([surprised])
  for (const wrong of [
    '{',
    '{}',
    '[null]',
    JSON.stringify([{ ...result, rows: [{ line: 1 }] }]),
    JSON.stringify([{ ...result, model: 4 }]),
  ]) {
    expect(readResults(wrong)).toEqual([])
  }
  const kind = { ...result, rows: [{ ...result.rows[0]!, scored: { kind: 'constructor' } }] }
  expect(readResults(JSON.stringify([kind]))).toEqual([])
  const large = { ...result, rows: [{ ...result.rows[0]!, answer: 'x'.repeat(2_000_000) }] }
  expect(fitting([result, large, result])).toEqual([result])
  expect(fitting([large, result])).toEqual([result])
})

test.each(['en', 'zh'] as const)('the example is a set: %s', (lang) => {
  const { rows, wrong } = readSet(example(lang))
  expect(wrong).toBeNull()
  expect(rows.map(({ kind }) => kind).sort()).toEqual([
    ...new Array<string>(3).fill('choice'),
    ...new Array<string>(6).fill('question'),
    ...new Array<string>(3).fill('text'),
  ])
})
