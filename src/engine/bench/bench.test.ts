// What is measured of a loaded model: how many kernels of which kind, that the text is unhurt, and that the bytes of a
// token are those of its weights and of the keys and values that it may see.

import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { loadEngine, type LoadOptions } from '../index.ts'
import { openModel } from '../load.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { createSession } from '../runtime/session.ts'
import { createBench } from './bench.ts'
import { tokenTraffic, type Traffic } from '../model/traffic.ts'
import { noGpuReason } from '../testing/gpu.ts'
import { sharedGpu } from '../testing/shared-gpu.ts'

const storyteller = (options: LoadOptions) =>
  loadEngine(
    { name: 'storyteller', files: folderFiles('public/models/storyteller') },
    { context: 128, chunk: 64, ...options },
  )

async function traffic(
  folder: string,
  length: number,
): Promise<Traffic & { each: number; vectors: number; read: number }> {
  const { plan, provider, size, info } = await openModel({ name: folder, files: folderFiles(folder) }, {})
  const layoutOf = (name: string) => provider.layout(plan.weights[name]!)
  return {
    ...tokenTraffic(plan, layoutOf, length, size.context),
    each: 2 * plan.dims.K * plan.dims.d * 4,
    vectors: Object.values(plan.vectors).reduce((sum, v) => sum + v.length * 4, 0),
    read: info.weightBytesPerToken,
  }
}

it('moves every weight once, and the keys and values up to the true length', async () => {
  const layers = 4
  const [short, long] = [await traffic('public/models/storyteller', 0), await traffic('public/models/storyteller', 100)]
  expect(long.weights).toBe(long.read + long.vectors)
  expect(short.cache).toBe(layers * (1 + 1) * short.each) // written, and seen by itself
  expect(long.cache - short.cache).toBe(layers * 100 * long.each)
  expect(long.activations).toBe(short.activations)
})

it('moves little besides, in a model of a real size', async ({ skip }) => {
  if (!existsSync('models/smollm2')) return skip('UNRUN: npm run model smollm2 has not brought the model')
  const { weights, cache, activations, each } = await traffic('models/smollm2', 511)
  expect(cache).toBe(30 * 513 * each)
  expect(weights + cache + activations).toBeLessThan(1.05 * (weights + cache))
})

it('sees no key outside of a window', async () => {
  const folder = 'fixtures/golden/mistral_swa'
  const [inside, far] = [await traffic(folder, 40), await traffic(folder, 50)]
  expect(far.cache).toBe(inside.cache)
})

it('times every kind of step, and leaves the text as it was', async () => {
  const engine = await storyteller({ device: 'reference' })
  const write = async (): Promise<number[]> => {
    const ids: number[] = []
    for await (const event of engine.generate('Mia was in the', { maxTokens: 3, temperature: 0 })) {
      if (event.type === 'token') ids.push(event.id)
    }
    return ids
  }
  const before = await write()
  const bench = await engine.bench()
  const { times } = await bench.kernels(2, 8)
  expect((await bench.kernels(4000, 0)).rows).toBe(64) // as many as are read at once
  const { tokens, rows } = engine.plan.programs.decode
  const steps = engine.plan.steps.filter(({ part }) => part === tokens || part === rows)
  expect(times.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length)
  expect(times.length).toBeLessThan(steps.length / 2)
  for (const { microseconds, op } of times) expect(microseconds, op).toBeGreaterThanOrEqual(0)
  expect(times.find(({ op, count }) => op === 'matmul' && count === engine.info.layers)?.format).toBe('nf4')
  expect(await bench.bandwidth()).toBe(null)
  expect(await bench.compiled()).toEqual([])
  expect(await write()).toEqual(before)
  await expect(bench.kernels(0, 0)).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'rows' } })
  await expect(bench.traffic(-1)).rejects.toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'length' } })
  const writing = engine.generate('Mia', { maxTokens: 2 })
  await writing.next()
  await expect(bench.kernels(1, 0)).rejects.toMatchObject({ code: 'BUSY' })
  await writing.return(undefined)
  engine.dispose()
})

it('measures the memory of a GPU, and says what was compiled', async ({ skip }) => {
  const gpu = await sharedGpu()
  if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
  const device = await openDevice(gpu)
  const { plan, provider, size } = await openModel(
    { name: 'llama', files: folderFiles('fixtures/golden/llama') },
    { linear: 'keep', embedding: 'keep' },
  )
  const session = await createSession(device, new KernelCache(device), plan, provider, { size })
  // a small piece: what is measured here is no speed
  const facts = { ...device.facts, limits: { maxStorageBufferBindingSize: 2 ** 20 } }
  const bench = createBench(session, () => undefined, { ...device, facts })
  const speed = await bench.bandwidth()
  expect(speed).toBeGreaterThan(1e7) // a slow disk would be faster
  expect(speed).toBeLessThan(1e14)
  const compiled = await bench.compiled()
  expect(compiled.map(({ label }) => label)).toContain('sweep')
  expect(compiled.every(({ milliseconds }) => milliseconds >= 0)).toBe(true)
  session.dispose()
})
