// The KV cache as halves and as bytes: the GPU computes what the references compute with the same rounding, what is read of
// it is what kernels see, and what is put back is what was there.

import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { cacheFormats, type CacheFormat } from '../cache-formats.ts'
import { folderFiles } from '../formats/testing.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { openModel, type OpenedModel } from '../load.ts'
import { packRows, roundedRows, rowWords, unpackRows } from '../ops/cache-format.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { createCpuRuntime } from './cpu.ts'
import type { Runtime } from './runtime.ts'
import { createSession } from './session.ts'

const gpu = await nodeGpu()
const device = gpu && (await openDevice(gpu))
const kernels = device && new KernelCache(device)
afterAll(() => device?.dispose())
if (!gpu) test('packed caches on the GPU', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))

const { inputs } = JSON.parse(readFileSync('fixtures/golden/llama/golden.json', 'utf8')) as {
  inputs: { input_ids: number[][] }
}
const ids = inputs.input_ids.flat().concat(inputs.input_ids.flat()).slice(0, 24)

const open = (kvCache: CacheFormat, name = 'llama'): Promise<OpenedModel> =>
  openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 48, chunk: 16, kvCache },
  )

/** largest difference over largest value; NaN wins */
function difference(got: Float32Array[], want: Float32Array[]): number {
  const peak = Math.max(...want.flatMap((row) => [...row].map(Math.abs)))
  return Math.max(...want.map((row, i) => Math.max(...row.map((v, j) => Math.abs(got[i]![j]! - v))))) / peak
}
const logits = async (runtime: Runtime): Promise<Float32Array[]> => {
  runtime.truncate(0)
  const rows = await runtime.forward(ids.slice(0, 20), 'last')
  for (const id of ids.slice(20)) rows.push(...(await runtime.forward([id], 'last')))
  return rows
}

describe('rows', () => {
  const values = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i * i) * 10 ** ((i % 7) - 3))
  test.each(cacheFormats.slice(1))('%s: packing what was unpacked changes nothing', (format) => {
    for (const d of [5, 6, 10]) {
      const rounded = roundedRows(format, d, values)
      expect(packRows(format, d, values)).toHaveLength((30 / d) * rowWords(format, d))
      expect(unpackRows(format, d, packRows(format, d, rounded))).toEqual(rounded)
    }
  })
  test('f16 holds what halves do not: within 2^-11 of the largest', () => {
    const large = values.map((v) => v * 1e9)
    const most = Math.max(...large.map(Math.abs))
    roundedRows('f16', 30, large).forEach((v, i) => expect(Math.abs(v - large[i]!) / most).toBeLessThan(2 ** -11))
  })
  test('zeros stay zeros', () => {
    for (const format of cacheFormats) expect(roundedRows(format, 4, new Float32Array(8))).toEqual(new Float32Array(8))
  })
})

describe.runIf(gpu)('a session', () => {
  test('computes what the references do with the same rounding, and takes fewer bytes', async () => {
    const want: Partial<Record<CacheFormat, Float32Array[]>> = {}
    const bytes: number[] = []
    for (const format of cacheFormats) {
      const model = await open(format)
      bytes.push(model.info.bytes.cache)
      want[format] = await logits(await createCpuRuntime(model.plan, model.provider, model.size))
      if (format === 'f32') continue
      const session = await createSession(device!, kernels!, model.plan, model.provider, { size: model.size })
      // a value on the edge between two codes may fall to either side
      expect(difference(await logits(session), want[format])).toBeLessThan(2e-3)
      session.dispose()
    }
    const [f16, int8] = (['f16', 'int8'] as const).map((format) => difference(want[format]!, want.f32!))
    expect(f16).toBeGreaterThan(0)
    expect(f16).toBeLessThan(2e-3)
    expect(int8).toBeGreaterThan(f16!)
    expect(int8).toBeLessThan(0.1)
    expect(bytes[1]! / bytes[0]!).toBeLessThan(0.8)
    expect(bytes[2]!).toBeLessThan(bytes[1]!)
  })

  test.each(cacheFormats.slice(1))('%s: what is read, copied and put back is what kernels see', async (format) => {
    const { plan, provider, size } = await open(format)
    const session = await createSession(device!, kernels!, plan, provider, { size })
    const before = (await logits(session)).at(-1)!
    const inside = session.inspection()
    const [name, { headDim: d }] = Object.entries(plan.caches)[0]!
    const reference = await createCpuRuntime(plan, provider, size)
    await logits(reference)
    const [rows] = await inside.readMany([{ tensor: name, offset: 3 * d, count: 2 * d }])
    const [want] = await reference.inspection().readMany([{ tensor: name, offset: 3 * d, count: 2 * d }])
    expect(difference([rows!], [want!])).toBeLessThan(2e-2)
    expect(roundedRows(format, d, rows!)).toEqual(rows)
    inside.tensor('kept', 4 * d)
    const values = { T: 1, pos: 0, row: 0, prefix: 0 }
    inside.submit('body', values, [{ copy: name, at: 3 * d, to: 'kept', toAt: d, count: d }])
    const [words] = await inside.readMany([{ tensor: 'kept', offset: d, count: d }])
    expect(inside.copied(name, words!)).toEqual(rows!.subarray(0, d))
    inside.write(name, new Float32Array(d), 3 * d)
    inside.submit('body', values, [{ copy: 'kept', at: d, to: name, toAt: 3 * d, count: d }])
    expect((await inside.readMany([{ tensor: name, offset: 3 * d, count: 2 * d }]))[0]).toEqual(rows)
    inside.write(name, rows!, 3 * d)
    session.truncate(ids.length - 1)
    expect((await session.forward([ids.at(-1)!], 'last'))[0]).toEqual(before)
    session.dispose()
  })
})

test('stays f32 where a step reads it otherwise, and says so', async () => {
  const { size, info } = await open('int8', 'xlnet')
  expect(size.kvCache).toBeUndefined()
  expect(info.notices).toContainEqual({ code: 'KV_CACHE_F32', facts: { asked: 'int8', why: 'model' } })
})
