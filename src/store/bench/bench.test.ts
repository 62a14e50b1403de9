// A measurement on a client that answers from memory: what is asked in which order, what becomes of it, and that nothing
// is timed of a model whose two ways of reading differ.

import { beforeEach, expect, test } from 'vitest'
import type { Client, GenerateEvent, ModelInfo } from '../../worker/protocol.ts'
import { setClient } from '../client.ts'
import { useModels } from '../models.ts'
import { fakeClient, stats, token } from '../testing.ts'
import { before, readHistory, useBenchHistory } from './history.ts'
import { createBenchStore } from './index.ts'
import { compileTime, depths, measured, measureModel } from './measure.ts'
import { shareOf, type BenchResult, type Part } from './types.ts'

const info = {
  name: 'M',
  title: 'M',
  family: 'llama',
  parameters: 10,
  vocab: 40,
  context: 600,
  does: ['generate'],
  formats: { linear: 'nf4' },
  bytes: { weights: 1, cache: 2, activations: 3, total: 6, largestBinding: 1 },
  device: { kind: 'cpu', threads: 2, references: [] },
  adapter: null,
} as unknown as ModelInfo

/** A model whose next token is the length of its text; `wrong`: read at once it says another. */
function model(wrong = false): { client: Client; asked: { ids: number; max: number; top: number; first: number }[] } {
  const asked: { ids: number; max: number; top: number; first: number }[] = []
  const fake = fakeClient()
  fake.load = () => Promise.resolve(info)
  fake.answer = async function* (input, options): AsyncGenerator<GenerateEvent, void, undefined> {
    const { ids } = input as { ids: number[] }
    const { maxTokens, top } = options as { maxTokens: number; top: number }
    asked.push({ ids: ids.length, max: maxTokens, top, first: ids[0]! })
    for (let i = 0; i < maxTokens; i++) {
      yield { ...token(i), id: (ids.length + i + (wrong && maxTokens === 1 ? 1 : 0)) % 40 }
    }
    const own = {
      ...stats,
      generatedTokens: maxTokens,
      decodeSeconds: (maxTokens - 1) / 100,
      reusedTokens: 0,
      prefillSeconds: 2,
    }
    await Promise.resolve()
    yield { type: 'done', reason: 'length', text: '', stats: own }
  }
  fake.client.tokenizer = { facts: () => Promise.resolve({ eos: [2], added: [] }) } as unknown as Client['tokenizer']
  fake.client.glass = { info: () => Promise.resolve({}) } as unknown as Client['glass']
  fake.client.bench = {
    kernels: (rows: number) =>
      Promise.resolve({
        rows,
        times: [{ op: 'matmul', shape: [4, 2], format: 'nf4', count: 3, microseconds: rows, runs: 1 }],
      }),
    bandwidth: () => Promise.resolve(1e9),
    traffic: () => Promise.resolve({ weights: 2e6, cache: 1e6, activations: 1e6 }),
    compiled: () => Promise.resolve([]),
  } as unknown as Client['bench']
  return { client: fake.client, asked }
}

const run = (client: Client, parts: Part[] = []): Promise<BenchResult> =>
  measureModel({
    client,
    id: 'm',
    options: {},
    depth: depths.full,
    signal: new AbortController().signal,
    report: (part) => {
      if (parts.at(-1) !== part) parts.push(part)
    },
  })

beforeEach(() => useBenchHistory.getState().clear())

test('measures what fits into the context, everything several times, after the check', async () => {
  const { client, asked } = model()
  const parts: Part[] = []
  const result = await run(client, parts)
  expect(parts).toEqual(['cold', 'check', 'decode', 'prefill', 'first', 'looks', 'kernels', 'memory', 'warm'])
  expect(result.decode.map(({ context, ms }) => [context, ms.median])).toEqual([
    [0, 10],
    [512, 10],
    [566, 10],
  ]) // 2,048 do not fit
  expect(result.prefill).toEqual(
    [64, 512].map((n) => ({ tokens: n, perSecond: { median: n / 2, min: n / 2, max: n / 2 } })),
  )
  expect(result.looks.map(({ look }) => look)).toEqual(['none', 'listed', 'best', 'inside'])
  expect([20, 64].map((best) => asked.filter(({ top }) => top === best).length)).toEqual([2 * 6, 6])
  // no prompt that is read begins as the one before it
  const read = asked.filter(({ max }) => max === 1)
  read.slice(1).forEach(({ first }, i) => expect(first, String(i)).not.toBe(read[i]!.first))
  expect(shareOf(result)).toBeCloseTo(4e6 / 0.01 / 1e9)
  expect(shareOf({ ...result, bandwidth: null })).toBe(null)
})

test('a model that reads two ways and finds two things is not timed', async () => {
  const { client, asked } = model(true)
  await expect(run(client)).rejects.toMatchObject({ code: 'NUMERIC' })
  expect(asked).toHaveLength(3)
})

test('a measurement puts the model back, is kept, and can be stopped', async () => {
  const page = fakeClient()
  page.load = () => Promise.resolve(info)
  setClient(page.client)
  await useModels.getState().load('m')
  const store = createBenchStore(() => model().client)
  await store.getState().start('quick')
  expect(store.getState()).toMatchObject({ state: 'idle', error: null, result: { model: { id: 'm', format: 'nf4' } } })
  expect(useBenchHistory.getState().runs).toHaveLength(1)
  await expect.poll(() => useModels.getState().active?.state).toBe('ready')

  const { client } = model()
  client.load = () => {
    store.getState().stop()
    return Promise.resolve(info)
  }
  const stopped = createBenchStore(() => client)
  store.setState({ stop: () => stopped.getState().stop() })
  await stopped.getState().start('quick')
  expect(stopped.getState()).toMatchObject({ state: 'idle', error: null })
  expect(useBenchHistory.getState().runs).toHaveLength(1)
  await expect.poll(() => useModels.getState().active?.state).toBe('ready')
})

test('what was kept is read with suspicion, and compared with its own model', async () => {
  const result = await run(model().client)
  expect(readHistory(null)).toEqual([])
  expect(readHistory('nonsense')).toEqual([])
  expect(readHistory('{"a":1}')).toEqual([])
  expect(readHistory(JSON.stringify([result, { version: 2 }, { ...result, decode: null }, null]))).toEqual([
    JSON.parse(JSON.stringify(result)),
  ])
  const older = { ...result, at: result.at - 5 }
  const other = { ...older, model: { ...older.model, id: 'x' } }
  expect(before([result, other, older], result)).toBe(older)
  expect(before([result], result)).toBe(null)
})

test('medians, and time in which several kernels were compiled at once', () => {
  expect(measured([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(measured([1, 2])).toEqual({ median: 1.5, min: 1, max: 2 })
  const at = (from: number, milliseconds: number) => ({ label: String(from), from, milliseconds })
  expect(compileTime([at(100, 50), at(0, 100), at(20, 30), at(300, 10)])).toEqual({
    seconds: 0.16,
    slowest: at(0, 100),
  })
})
