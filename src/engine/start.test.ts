// A GPU that was chosen for the user and fails on the way makes place for the processor, and it is said why; one that
// was asked for by name does not.

import { describe, expect, test } from 'vitest'
import { EngineError } from './errors.ts'
import { folderFiles } from './formats/testing.ts'
import { openModel } from './load.ts'
import { startModel } from './start.ts'
import { faultyGpu, type Call } from './testing/faulty-gpu.ts'
import { noGpuReason, nullGpu } from './testing/gpu.ts'
import type { DeviceTrials, LoadOptions, ModelInfo, Speeds } from './types.ts'

const real = await nullGpu() // validates everything and computes nothing
if (!real) console.warn(`UNRUN: a GPU that fails while a model is placed: ${noGpuReason}`)

const files = folderFiles('fixtures/golden/llama')
const usual: LoadOptions = { selfCheck: false, context: 16, chunk: 4, device: 'auto' }
async function start(options: LoadOptions): Promise<ModelInfo> {
  const { info, runtime, device } = await startModel(await openModel({ name: 'tiny', files }, options), options)
  expect(runtime.length).toBe(0)
  expect(await runtime.forward([1, 2], 'last')).toHaveLength(1)
  runtime.dispose()
  device?.dispose()
  return info
}
/** A machine that was tried before. */
const tried = (speeds: Speeds): DeviceTrials => ({
  known: () => Promise.resolve({ get: () => speeds } as unknown as ReadonlyMap<string, Speeds>),
  remember: () => Promise.reject(new Error('it was tried again')),
})
const gpuWins = tried({ gpu: 2, cpu: 1 })

test('without a GPU a model runs on the processor', async () => {
  expect(await start(usual)).toMatchObject({
    adapter: null,
    device: { kind: 'cpu', why: 'only', refused: { code: 'NO_WEBGPU' }, speeds: null },
  })
  await expect(start({ ...usual, device: 'gpu' })).rejects.toMatchObject({ code: 'NO_WEBGPU' })
})

describe.skipIf(!real)('with a GPU', async () => {
  test('both devices are tried, and the model runs on the faster one', async () => {
    const known = new Map<string, Speeds>()
    const trials: DeviceTrials = {
      known: () => Promise.resolve(known),
      remember: (key, speeds) => Promise.resolve(void known.set(key, speeds)),
    }
    const { gpu, calls } = faultyGpu(real!)
    const { device } = await start({ ...usual, gpu, trials })
    // a GPU that computes nothing is fast
    expect(device).toMatchObject({ kind: 'gpu', why: 'measured', refused: null })
    expect(device!.speeds!.gpu).toBeGreaterThan(device!.speeds!.cpu)
    expect(device!.speeds!.cpu).toBeGreaterThan(0)
    expect([...known.values()]).toEqual([device!.speeds])
    expect(calls.filter(({ name }) => name === 'requestDevice')).toHaveLength(1)
    const again = faultyGpu(real!)
    expect((await start({ ...usual, gpu: again.gpu, trials })).device).toEqual(device)
    expect(again.calls.length).toBeLessThan(calls.length / 2)
  })
  test('one that answers wrong in its trial loses it', async () => {
    expect((await start({ ...usual, gpu: faultyGpu(real!).gpu, selfCheck: true })).device).toMatchObject({
      kind: 'cpu',
      why: 'only',
      refused: { code: 'KERNEL_FAILED' },
    })
  })
  test('one that goes away while the model is placed: the processor takes over, and it is said', async () => {
    const whole = faultyGpu(real!)
    const asked: LoadOptions = { ...usual, gpu: whole.gpu, trials: gpuWins }
    expect((await start(asked)).device).toMatchObject({ kind: 'gpu', speeds: { gpu: 2, cpu: 1 } })
    // the last two forwards are start()'s own
    const used = whole.calls.slice(0, whole.calls.findLastIndex(({ name }) => name === 'mapAsync') - 1)
    const last = new Map(used.map(({ name, nth }) => [name, nth]))
    const places = (['createBuffer', 'createComputePipelineAsync', 'popErrorScope', 'mapAsync'] as const).flatMap(
      (name): Call[] => [
        { name, nth: 1 },
        { name, nth: Math.min(last.get(name)!, name === 'mapAsync' ? 1 : Infinity) },
      ],
    )
    for (const at of places) {
      const faulty = faultyGpu(real!, at)
      const { device, adapter } = await start({ ...asked, gpu: faulty.gpu })
      expect(faulty.hit).toBe(true)
      expect({ device, adapter }, `${at.name} ${at.nth}`).toMatchObject({
        adapter: null,
        device: { kind: 'cpu', why: 'only', refused: { code: 'GPU_LOST' }, speeds: null },
      })
      await expect(start({ ...asked, gpu: faultyGpu(real!, at).gpu, device: 'gpu' })).rejects.toMatchObject({
        code: 'GPU_LOST',
      })
    }
  })
  test('one without enough memory: the same; a file that is missing is missing on both', async () => {
    const { gpu } = faultyGpu(real!)
    const small = {
      requestAdapter: async () => {
        const adapter = (await gpu.requestAdapter())!
        const requestDevice = adapter.requestDevice.bind(adapter)
        return Object.defineProperty(adapter, 'requestDevice', {
          value: async (descriptor: GPUDeviceDescriptor) =>
            Object.defineProperty(await requestDevice(descriptor), 'createBuffer', {
              value: () => {
                throw new RangeError('too large')
              },
            }),
        })
      },
    } as unknown as GPU
    const asked: LoadOptions = { ...usual, gpu: small, trials: gpuWins }
    expect((await start(asked)).device).toMatchObject({ why: 'only', refused: { code: 'GPU_OUT_OF_MEMORY' } })
    const model = await openModel({ name: 'tiny', files }, asked)
    const vector = (): never => {
      throw new EngineError('FILE_TRUNCATED', 'planted')
    }
    const broken = { ...model, provider: { ...model.provider, vector } }
    await expect(startModel(broken, { ...asked, gpu: faultyGpu(real!).gpu })).rejects.toMatchObject({
      code: 'FILE_TRUNCATED',
    })
  })
})
