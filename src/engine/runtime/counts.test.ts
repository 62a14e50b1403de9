// What a decoded token asks of a GPU: launches, passes, submits, writes, bytes, waits, as tokens are drawn in flight, with and
// without the probes that a run keeps. Counted on a device that validates everything and computes nothing, with the kernels
// of a graphics chip: no weights, no time.

import { afterAll, describe, expect, test, vi } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { ActivationCache } from '../glass/activation-cache.ts'
import { StepRunner } from '../glass/step-runner.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { openModel, type OpenedModel } from '../load.ts'
import { checkSampling } from '../sampler/chain.ts'
import { noGpuReason, nullGpu } from '../testing/gpu.ts'
import { bloom, phi, qwen3, smolLM2 } from '../testing/shapes.ts'
import type { Flight } from './flight.ts'
import type { Counters } from './runtime.ts'
import { createSession } from './session.ts'

vi.setConfig({ testTimeout: 60_000 })
const gpu = await nullGpu()
const device = gpu && (await openDevice(gpu, { force: 'class=gpu' }))
const kernels = device && new KernelCache(device)
afterAll(() => device?.dispose())

/** the kernels that draw a token */
const drawn = 4

/** Of one token, where nothing was tuned. @param probes the inspector's: what it keeps of every token */
async function counted({ plan, provider, size }: OpenedModel, probes: boolean) {
  const nothing = {
    layout: provider.layout.bind(provider),
    async *read() {},
    vector: ({ length }: { length: number }) => Promise.resolve(new Float32Array(length)),
  }
  const session = await createSession(device!, kernels!, plan, nothing, {
    size,
    drawing: { ready: 'at once', prove: () => Promise.resolve(true) },
  })
  await session.keepRows(2 ** 26)
  if (probes) await ActivationCache.create(new StepRunner(session.inspection()), 2 ** 26)
  await session.forward([1, 2, 3], 'none')
  /** What so many tokens ask, what an answer begins with among it. */
  const flown = async (tokens: number) => {
    const before = session.counters
    const made = (['createBindGroup', 'createBuffer'] as const).map((name) => vi.spyOn(device!.gpu, name))
    const flight = session.draw({
      params: checkSampling({}),
      seen: new Map(),
      numbers: new Array<number>(1000).fill(0.5).values(),
      most: tokens,
      keeps: probes,
    }) as Flight
    const landed = flight.next(5) // what a device draws that computes nothing is nothing
    const created = made.reduce((n, spy) => n + spy.mock.calls.length, 0)
    for (const spy of made) spy.mockRestore()
    await landed
    await vi.waitFor(() => expect(session.counters.readBytes - before.readBytes).toBe(tokens * 256))
    const after = session.counters
    const names = Object.keys(before) as (keyof Counters)[]
    return { created, ...Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) }
  }
  const [one, two] = [await flown(1), await flown(2)]
  const found = Object.keys(one).map((name) => [name, two[name as 'created'] - one[name as 'created']])
  session.dispose()
  return Object.fromEntries(found) as Record<string, number>
}

/** launches of each layer, and of all others; tier-1 probes of a layer, and others */
type Row = [
  name: string,
  files: Parameters<typeof openModel>[0]['files'],
  own: [number, number],
  probes: [number, number],
]
const models: Row[] = [
  // behind each layer, queries, log-sum-exp and a residual are kept at once, and the other residual
  ['SmolLM2-135M', smolLM2(), [5, 2], [2, 1]],
  ['storyteller', folderFiles('public/models/storyteller'), [5, 2], [2, 1]],
  // ALiBi, LayerNorm, biases; the embedding is normed too
  ['BLOOM-560M', bloom(), [5, 3], [2, 1]],
  // one key head, a part of each head turned; a layer has one residual
  ['phi', phi(), [5, 2], [1, 1]],
  // queries and keys are normed by head
  ['Qwen3-0.6B', qwen3(), [5, 2], [2, 1]],
]

describe.skipIf(!gpu)('a token in flight', () => {
  test.each(models)('%s', async (_, files, [each, around], [kept, last]) => {
    const model = await openModel({ name: 'counted', files }, { context: 512, chunk: 32 })
    const { layers } = model.plan.dims
    const dispatches = layers * each + around + drawn,
      watched = dispatches + layers * kept + last
    const one = { forwards: 1, passes: 1, submits: 1, writes: 0, waits: 0, readBytes: 256, created: 0 }
    expect(await counted(model, false)).toEqual({ ...one, dispatches })
    expect(await counted(model, true)).toEqual({ ...one, dispatches: watched })
    expect([dispatches <= 160, watched <= 220]).toEqual([true, true])
  })
})
if (!gpu) test('a token in flight', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))
