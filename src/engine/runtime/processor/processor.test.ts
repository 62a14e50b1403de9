// The processor against the references, on every golden model: whole, token by token, on one thread and on several,
// which must agree bit by bit; and what happens when a thread ends in the middle of a text.

import { expect, test, vi } from 'vitest'
import { folderFiles } from '../../formats/testing.ts'
import { openModel, type OpenedModel } from '../../load.ts'
import { difference } from '../../testing/difference.ts'
import { goldens } from '../../testing/goldens.ts'
import { nodeThreads } from '../../testing/node-threads.ts'
import type { Thread } from '../../types.ts'
import { createCpuRuntime } from '../cpu.ts'
import type { Runtime } from '../runtime.ts'
import { createProcessor, type ProcessorOptions } from './index.ts'

const ids = Array.from({ length: 21 }, (_, i) => (i * 37 + 5) % 90)
/** The same where the vocabulary is smaller. */
const idsFor = ({ plan }: Runtime): number[] => ids.map((id) => id % Math.min(90, plan.dims.V))

async function open(name: string): Promise<OpenedModel> {
  const model = await openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 28 },
  )
  // a text that is read both ways runs in one chunk, however long it is
  const chunk = model.plan.programs.decode.whole ? model.size.chunk : 16
  return { ...model, size: { ...model.size, chunk, logitRows: 8 } }
}
const onProcessor = ({ plan, provider, size }: OpenedModel, options: ProcessorOptions = {}) =>
  createProcessor(plan, provider, size, options)

async function inOneGo(runtime: Runtime): Promise<Float32Array[]> {
  runtime.truncate(0)
  return runtime.forward(idsFor(runtime), 'all', ids.length)
}
async function oneByOne(runtime: Runtime): Promise<Float32Array[]> {
  runtime.truncate(0)
  const rows: Float32Array[] = []
  for (const id of idsFor(runtime)) rows.push(...(await runtime.forward([id], 'last', ids.length)))
  return rows
}

test.each(goldens)('%s: the references’ logits', async (name) => {
  const model = await open(name)
  const want = await inOneGo(await createCpuRuntime(model.plan, model.provider, model.size))
  const { runtime, references, threads, single } = await onProcessor(model)
  expect({ references, threads, single }).toEqual({ references: [], threads: 1, single: 'no-threads' })
  // a text that is read both ways has no other way
  if (!model.plan.programs.decode.whole) expect(difference(await oneByOne(runtime), want)).toBeLessThan(1e-6)
  // two tokens in one double
  expect(difference(await inOneGo(runtime), want)).toBeLessThan(5e-6)
})

const { start, started } = await nodeThreads()

test.each(['gguf_q4_1', 'llama_nf4', 'llama_odd', 'qwen3', 'mistral_swa', 'qwen2_moe', 'lstm_lm'])(
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

test('a thread that ends while an answer and a question wait for it is missed once', async () => {
  const model = await open('llama_nf4')
  const told: number[] = []
  const before = started.length
  const { runtime } = await onProcessor(model, { threads: 3, startThread: start, onFewer: (n) => told.push(n) })
  const inside = runtime.inspection()
  const row = runtime.forward([1], 'last', ids.length)
  inside.submit('body', { T: 1, pos: 0, row: 0, prefix: 0 }, [])
  const question = inside.readMany([{ tensor: 'logits', offset: 0, count: 1 }])
  void started.at(-1)!.terminate()
  await expect(question).rejects.toMatchObject({ code: 'BUSY' })
  expect((await row).length).toBe(1)
  expect(told).toEqual([2])
  expect(started.length - before).toBe(3 + 2)
  runtime.dispose()
})

test('a question that hears late of a thread’s end costs no second one', async () => {
  const model = await open('llama_nf4')
  const told: number[] = []
  const { runtime } = await onProcessor(model, { threads: 3, startThread: start, onFewer: (n) => told.push(n) })
  const inside = runtime.inspection()
  inside.submit('body', { T: 1, pos: 0, row: 0, prefix: 0 }, [])
  void started.at(-1)!.terminate()
  await runtime.forward([1], 'last', ids.length)
  await expect(inside.readMany([{ tensor: 'logits', offset: 0, count: 1 }])).rejects.toMatchObject({ code: 'BUSY' })
  expect(told).toEqual([2])
  runtime.dispose()
})

test('threads that end again and again end up in the calling thread', async () => {
  const model = await open('llama_nf4')
  const want = await oneByOne((await onProcessor(model)).runtime)
  const before = started.length
  const dying = (): Thread => {
    const thread = start()
    const worker = started.at(-1)!
    return {
      addEventListener: thread.addEventListener.bind(thread),
      terminate: () => thread.terminate(),
      postMessage(message: object) {
        if ('run' in message) void worker.terminate()
        else thread.postMessage(message)
      },
    } as Thread
  }
  const { runtime } = await onProcessor(model, { threads: 2, startThread: dying })
  expect(await oneByOne(runtime)).toEqual(want)
  expect(started.length - before).toBe(2 + 1)
  runtime.dispose()
})

test('what was written just before a thread ended is not lost', async () => {
  const model = await open('llama_nf4')
  const { runtime } = await onProcessor(model, { threads: 2, startThread: start })
  const inside = runtime.inspection()
  inside.tensor('vector', 4)
  for (const worker of started.slice(-2)) await worker.terminate()
  inside.write('vector', Float32Array.of(1, 2, 3, 4))
  await runtime.forward([1], 'last', ids.length)
  expect([...(await inside.readMany([{ tensor: 'vector', offset: 0, count: 4 }]))[0]!]).toEqual([1, 2, 3, 4])
  runtime.dispose()
})

test('nothing of a runtime is left that was put away while a new team started', async () => {
  const model = await open('llama_nf4')
  const { runtime } = await onProcessor(model, { threads: 3, startThread: start })
  const before = started.length
  const row = runtime.forward([1], 'last', ids.length)
  const gone = row.catch((error: unknown) => error)
  void started.at(-1)!.terminate()
  await vi.waitFor(() => expect(started.length).toBe(before + 2), { interval: 1 })
  runtime.dispose()
  expect(await gone).toMatchObject({ code: 'ABORTED' })
  await vi.waitFor(() => expect(started.map(({ threadId }) => threadId).filter((id) => id !== -1)).toEqual([]))
})

test('threads that never come up are waited for once, and a stop is not kept waiting', async () => {
  const model = await open('llama_nf4')
  let heard = (): void => undefined
  const waiting = new Promise<void>((resolve) => (heard = resolve))
  const live = new Set<object>()
  const mute = (): Thread => {
    const thread = {
      addEventListener: () => undefined,
      postMessage: () => heard(),
      terminate: () => void live.delete(thread),
    }
    live.add(thread)
    return thread as unknown as Thread
  }
  const stop = new AbortController()
  const stopped = onProcessor(model, { threads: 3, startThread: mute, signal: stop.signal })
  await waiting
  stop.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
  expect(live.size).toBe(0)
  vi.useFakeTimers()
  try {
    const began = performance.now()
    const loaded = onProcessor(model, { threads: 3, startThread: mute })
    await vi.advanceTimersToNextTimerAsync()
    while (vi.getTimerCount()) await vi.advanceTimersToNextTimerAsync()
    expect(await loaded).toMatchObject({ threads: 1, single: 'no-threads' })
    expect(performance.now() - began).toBeLessThan(25_000)
    expect(live.size).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
