// The numbers a Plan gives beforehand against what really happens: bytes against what Memory allocates,
// dispatches against what the runtimes count. On a GPU that computes nothing, so it takes no time.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { Memory } from '../gpu/memory.ts'
import { openModel, type OpenedModel } from '../load.ts'
import { createCpuRuntime } from '../runtime/cpu.ts'
import { placePlan } from '../runtime/placement.ts'
import { createSession } from '../runtime/session.ts'
import { noGpuReason, nullGpu } from '../testing/gpu.ts'
import type { LoadOptions } from '../types.ts'

const models: [folder: string, options: LoadOptions][] = [
  ['fixtures/golden/llama', { linear: 'keep', embedding: 'keep' }],
  ['fixtures/golden/llama_bias_tied', { linear: 'keep', embedding: 'keep' }],
  ['fixtures/golden/llama_odd', { linear: 'keep', embedding: 'keep' }],
  ['fixtures/golden/qwen3_long', { linear: 'nf4', embedding: 'i8' }],
  ['fixtures/golden/gguf_q4_1', {}],
  ['public/models/storyteller', { context: 512, chunk: 128 }],
]
const open = (folder: string, options: LoadOptions): Promise<OpenedModel> => openModel({ name: folder, files: folderFiles(folder) }, options)

test.for(models)('%s takes the bytes that were planned', async ([folder, options], { skip }) => {
  const gpu = await nullGpu()
  if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
  const device = await openDevice(gpu)
  const { plan, description, provider, size, info: { bytes } } = await open(folder, options)
  const memory = new Memory(device)
  const { weights, tensors } = await placePlan(plan, description.position, provider, size, memory, {})
  const buffers = [...tensors.values(), ...[...weights.values()].flat().flatMap(({ codes, scales }) => (scales ? [codes, scales] : [codes]))]
  expect(bytes.total).toBe(bytes.weights + bytes.cache + bytes.activations)
  expect(memory.bytes).toBeGreaterThanOrEqual(bytes.total)
  expect(memory.bytes - bytes.total).toBeLessThan(16 * buffers.length)   // every buffer is rounded up to 16
  expect(Math.max(...buffers.map((b) => b.size)) - bytes.largestBinding).toBeLessThan(16)
  const of = (names: string[]): number => names.reduce((sum, name) => sum + tensors.get(name)!.size, 0)
  expect(of(Object.keys(plan.caches)) - bytes.cache).toBeLessThan(16 * 2 * plan.dims.layers)
  memory.dispose()
  device.dispose()
})

test('a whole session takes little more: parameters, scratch, and a row to read back', async ({ skip }) => {
  const gpu = await nullGpu()
  if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
  const device = await openDevice(gpu)
  const { plan, description, provider, size, info: { bytes } } = await open('public/models/storyteller', { context: 512 })
  const session = await createSession(device, new KernelCache(device), plan, description.position, provider, { size })
  expect(session.memory.bytes).toBeGreaterThan(bytes.total)
  expect(session.memory.bytes).toBeLessThan(bytes.total * 1.25 + 2 ** 20)
  session.dispose()
  device.dispose()
})

test('the plan of a long context is larger by its cache, and by its table of angles', async () => {
  const [short, long] = await Promise.all([64, 512].map(async (context) => (await open('public/models/storyteller', { context, chunk: 64 })).info))
  const { layers, kvHeads, headDim } = long!
  expect(long!.bytes.cache - short!.bytes.cache).toBe(448 * layers * 2 * kvHeads * headDim * 4)
  expect(long!.bytes.activations - short!.bytes.activations).toBe(448 * headDim * 4)
  expect(long!.bytes.weights).toBe(short!.bytes.weights)
})

test('a token on the references runs every step of the Plan once', async () => {
  const { plan, description, provider, size, info } = await open('fixtures/golden/llama', {})
  const runtime = await createCpuRuntime(plan, description.position, provider, size)
  await runtime.forward([1], 'last')
  expect(info.dispatchesPerToken).toBe(plan.steps.length)
  expect(runtime.counters).toMatchObject({ forwards: 1, dispatches: info.dispatchesPerToken })
})

test('a token of the storyteller reads its blocks, its head once, and one row of its table', async () => {
  const { info, plan, provider } = await open('public/models/storyteller', {})
  const bytes = (name: string): number => {
    const { rows, cols, format } = provider.layout(plan.weights[name]!)
    return format === 'nf4' ? rows * cols / 2 + rows * cols / 64 * 4 : rows * cols + rows * Math.ceil(cols / 64) * 4
  }
  const all = Object.keys(plan.weights).reduce((sum, name) => sum + bytes(name), 0)
  expect(info.formats).toEqual({ linear: 'nf4', embedding: 'i8', head: 'i8', tied: true })
  expect(info.weightBytesPerToken).toBe(Math.round(all + bytes('model.embed_tokens.weight') / info.vocab))
  expect(info.parameters).toBeGreaterThan(1e6)
})
