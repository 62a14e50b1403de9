// The processor against the references, on every golden model: whole, token by token, on one thread and on several,
// which must agree bit by bit; and what happens when a thread ends in the middle of a text.

import { readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { folderFiles } from '../../formats/testing.ts'
import { openModel, type OpenedModel } from '../../load.ts'
import { nodeThreads } from '../../testing/node-threads.ts'
import { createCpuRuntime } from '../cpu.ts'
import type { Runtime } from '../runtime.ts'
import { createProcessor, type ProcessorOptions } from './index.ts'

const ids = Array.from({ length: 21 }, (_, i) => (i * 37 + 5) % 90)

async function open(name: string): Promise<OpenedModel> {
  const model = await openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 48 },
  )
  return { ...model, size: { ...model.size, chunk: 16, logitRows: 8 } }
}
const onProcessor = ({ plan, provider, size }: OpenedModel, options: ProcessorOptions = {}) =>
  createProcessor(plan, provider, size, options)

/** Largest difference over the largest value; NaN wins. */
function difference(got: Float32Array[], want: Float32Array[]): number {
  expect(got.length).toBe(want.length)
  let peak = 0,
    worst = 0
  want.forEach((row, i) =>
    row.forEach((v, j) => {
      const d = Math.abs(got[i]![j]! - v)
      peak = Math.max(peak, Math.abs(v))
      worst = d <= worst ? worst : d
    }),
  )
  return worst / peak
}
async function inOneGo(runtime: Runtime): Promise<Float32Array[]> {
  runtime.truncate(0)
  return runtime.forward(ids, 'all', ids.length)
}
async function oneByOne(runtime: Runtime): Promise<Float32Array[]> {
  runtime.truncate(0)
  const rows: Float32Array[] = []
  for (const id of ids) rows.push(...(await runtime.forward([id], 'last', ids.length)))
  return rows
}

test.each(readdirSync('fixtures/golden'))('%s: the references’ logits', async (name) => {
  const model = await open(name)
  const want = await inOneGo(await createCpuRuntime(model.plan, model.provider, model.size))
  const { runtime, references, threads, single } = await onProcessor(model)
  expect({ references, threads, single }).toEqual({ references: [], threads: 1, single: 'no-threads' })
  expect(difference(await oneByOne(runtime), want)).toBeLessThan(1e-6)
  // two tokens in one double
  expect(difference(await inOneGo(runtime), want)).toBeLessThan(5e-6)
})

const { start, started } = await nodeThreads()

test.each(['gguf_q4_1', 'llama_nf4', 'llama_odd', 'qwen3', 'mistral_swa'])(
  '%s: two, three and four threads give the bits of one',
  async (name) => {
    const model = await open(name)
    const { runtime: alone } = await onProcessor(model)
    const want = [...(await inOneGo(alone)), ...(await oneByOne(alone))]
    for (const threads of [2, 3, 4]) {
      const processor = await onProcessor(model, { threads, startThread: start })
      const { runtime } = processor
      expect(processor.threads).toBe(threads)
      expect([...(await inOneGo(runtime)), ...(await oneByOne(runtime))]).toEqual(want)
      runtime.dispose()
    }
  },
)

test('a thread that ends is missed by nobody: the text goes on, bit by bit, with those that are left', async () => {
  const model = await open('llama_nf4')
  const { runtime: alone } = await onProcessor(model)
  const want = await oneByOne(alone)
  const told: number[] = []
  const { runtime } = await onProcessor(model, {
    threads: 3,
    startThread: start,
    onFewer: (threads) => told.push(threads),
  })
  const rows: Float32Array[] = []
  for (const [i, id] of ids.entries()) {
    const row = runtime.forward([id], 'last', ids.length)
    if (i === 5 || i === 11 || i === 14) void started.at(-1)!.terminate()
    rows.push(...(await row))
  }
  expect(rows).toEqual(want)
  expect(told).toEqual([2, 1, 1])
  runtime.dispose()
})

test.each([
  ['not-isolated', undefined],
  [
    'no-memory',
    function refusing() {
      throw new RangeError('Array buffer allocation failed')
    },
  ],
])('memory that cannot be shared (%s) leaves one thread, and says so', async (single, refusing) => {
  const model = await open('llama_nf4')
  const want = await oneByOne((await onProcessor(model)).runtime)
  vi.stubGlobal('SharedArrayBuffer', refusing)
  try {
    const processor = await onProcessor(model, { threads: 2, startThread: start })
    expect(processor).toMatchObject({ threads: 1, single })
    expect(await oneByOne(processor.runtime)).toEqual(want)
  } finally {
    vi.unstubAllGlobals()
  }
})

test('threads that do not start leave one, and it is said', async () => {
  const model = await open('llama_nf4')
  const { runtime, threads, single } = await onProcessor(model, {
    threads: 2,
    startThread: () => {
      throw new Error('refused by a policy')
    },
  })
  expect({ threads, single }).toEqual({ threads: 1, single: 'no-threads' })
  expect((await oneByOne(runtime)).length).toBe(ids.length)
})
