// A GPU that was chosen for the user and fails on the way makes place for the processor, and it is said why; one that
// was asked for by name does not.

import { describe, expect, test } from 'vitest'
import { EngineError } from './errors.ts'
import { folderFiles } from './formats/testing.ts'
import { loadEngine, type ByteSource, type Engine } from './index.ts'
import { openModel } from './load.ts'
import { collect, load, storyteller } from './testing/answers.ts'
import { startModel } from './start.ts'
import { faultyGpu, type Call } from './testing/faulty-gpu.ts'
import { noGpuReason, nullGpu } from './testing/gpu.ts'
import { nodeThreads } from './testing/node-threads.ts'
import type { DeviceTrials, LoadOptions, ModelInfo, ModelNotice, Speeds, Thread } from './types.ts'

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

describe.skipIf(!real)('a GPU that is opened while headers are read', () => {
  const named = (calls: readonly Call[], name: string): number => calls.filter((one) => one.name === name).length
  /** devices that a GPU gave */
  const devices = new WeakMap<GPU, GPUDevice[]>()
  const isOpen = (gpu: GPU): Promise<boolean> =>
    Promise.race([
      devices.get(gpu)![0]!.lost.then(() => false),
      new Promise<true>((resolve) => setTimeout(resolve, 20, true)),
    ])
  const watched = (): { gpu: GPU; calls: readonly Call[] } => {
    const { gpu, calls } = faultyGpu(real!)
    const given: GPUDevice[] = []
    const { requestAdapter } = gpu
    Object.defineProperty(gpu, 'requestAdapter', {
      value: async (...args: Parameters<GPU['requestAdapter']>) => {
        const adapter = (await requestAdapter.apply(gpu, args))!
        const { requestDevice } = adapter
        Object.defineProperty(adapter, 'requestDevice', {
          value: async (descriptor: GPUDeviceDescriptor) => {
            const device = await requestDevice.call(adapter, descriptor)
            given.push(device)
            return device
          },
        })
        return adapter
      },
    })
    devices.set(gpu, given)
    return { gpu, calls }
  }
  test('is the one that the model runs on', async () => {
    const { gpu, calls } = watched()
    const engine = await load({ ...usual, gpu, trials: gpuWins })
    expect([named(calls, 'requestDevice'), await isOpen(gpu)]).toEqual([1, true])
    engine.dispose()
    expect(await isOpen(gpu)).toBe(false)
  })
  test('is let go where the files are no model, and where the processor is faster', async () => {
    const broken = watched()
    await expect(
      loadEngine({ name: 'none', files: new Map() }, { ...usual, gpu: broken.gpu, trials: gpuWins }),
    ).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect.poll(() => devices.get(broken.gpu)!.length).toBe(1)
    await expect.poll(() => isOpen(broken.gpu)).toBe(false)
    const slow = watched()
    const engine = await load({ ...usual, gpu: slow.gpu, trials: tried({ gpu: 1, cpu: 2 }) })
    expect([engine.info.device!.kind, named(slow.calls, 'requestDevice'), await isOpen(slow.gpu)]).toEqual([
      'cpu',
      1,
      false,
    ])
    engine.dispose()
  })
  test('a text that cannot be read ends the model beside it, and is what is told', async () => {
    const { gpu, calls } = watched()
    const untold = new Map([...storyteller].filter(([name]) => name !== 'tokenizer.json'))
    await expect(loadEngine({ name: 'tiny', files: untold }, { ...usual, gpu, trials: gpuWins })).rejects.toMatchObject(
      { code: 'FILE_MISSING', facts: { file: 'tokenizer.json' } },
    )
    expect([named(calls, 'requestDevice'), await isOpen(gpu)]).toEqual([1, false])
  })
  test('none is asked of who wants the processor', async () => {
    const { gpu, calls } = watched()
    const engine = await load({ ...usual, gpu, device: 'cpu' })
    expect(calls).toEqual([])
    engine.dispose()
  })
})

describe('the processor', () => {
  const question = { ids: [1, 2, 3, 4, 5] },
    answer = { maxTokens: 12, temperature: 0, logitBias: { 2: -1e4 } }
  test('says why it works with one thread; the answers are those of several', async () => {
    const { start: startThread } = await nodeThreads()
    const alone = await load({ device: 'cpu' })
    const one: ModelNotice = { code: 'PROCESSOR_ONE_THREAD', facts: { why: 'no-threads' } }
    expect(alone.info.notices).toContainEqual(one)
    expect(alone.info.device).toMatchObject({ kind: 'cpu', why: 'asked', threads: 1, single: 'no-threads' })
    const asked = await load({ device: 'cpu', startThread, threads: 1 })
    expect(asked.info.device).toMatchObject({ threads: 1, single: 'asked' })
    expect(asked.info.notices.map(({ code }) => code)).not.toContain('PROCESSOR_ONE_THREAD')
    const several = await load({ device: 'cpu', startThread, threads: 3 })
    expect(several.info.device).toMatchObject({ threads: 3, single: null, references: [] })
    expect(several.info.bytes.total).toBeGreaterThan(several.info.bytes.weights + several.info.bytes.cache)
    const texts = await Promise.all(
      [alone, asked, several].map(async (engine) => (await collect(engine.generate(question, answer))).ids),
    )
    expect(texts[0]).toHaveLength(12)
    expect(texts).toEqual([texts[0], texts[0], texts[0]])
    for (const engine of [alone, asked, several]) engine.dispose()
  })
  test('a thread that ends while it writes is told, and the answer is the same', async () => {
    const { start: startThread, started } = await nodeThreads()
    const told: ModelNotice[] = []
    const engine = await load({ device: 'cpu', startThread, threads: 2, onNotice: (notice) => told.push(notice) })
    const { ids } = await collect(engine.generate(question, answer))
    let end = (): void => void started.at(-1)!.terminate()
    const again = await collect(engine.generate(question, answer), () => {
      end()
      end = () => undefined
    })
    expect(told).toEqual([{ code: 'THREAD_ENDED', facts: { threads: 1 } }])
    expect(again.ids).toEqual(ids)
    engine.dispose()
  })
  /** threads, and their ends */
  async function counted(): Promise<{ startThread: () => Thread; ends: Promise<unknown>[] }> {
    const { start: startThread, started } = await nodeThreads()
    const ends: Promise<unknown>[] = []
    return {
      ends,
      startThread() {
        const thread = startThread()
        const worker = started.at(-1)!
        ends.push(new Promise((resolve) => worker.on('exit', resolve)))
        return thread
      },
    }
  }
  const ended = (ends: readonly Promise<unknown>[]): Promise<unknown> =>
    Promise.race([Promise.all(ends), new Promise((_, fail) => setTimeout(fail, 5000, new Error('a thread is left')))])
  const ids = async (engine: Engine): Promise<number[]> => {
    const said = await collect(engine.generate(question, answer))
    engine.dispose()
    return said.ids
  }
  test.each([false, true])(
    'a text that cannot be read ends its threads, while or after they start (%s)',
    async (late) => {
      const { startThread, ends } = await counted()
      let stand = (): void => undefined
      const stands = new Promise<void>((resolve) => (stand = resolve))
      const broken: ByteSource = {
        name: 'tokenizer.json',
        size: 2,
        async read() {
          if (late) await stands
          return new TextEncoder().encode('{]')
        },
      }
      const loading = loadEngine(
        { name: 'tiny', files: new Map([...storyteller, [broken.name, broken]]) },
        {
          ...usual,
          device: 'cpu',
          startThread,
          threads: 2,
          // warming up takes less than this
          onProgress: ({ phase }) => phase === 'warm-up' && setTimeout(stand, 500),
        },
      )
      await expect(loading).rejects.toMatchObject({ code: 'TOKENIZER_INVALID' })
      await ended(ends)
      if (late) expect(ends.length).toBeGreaterThan(0)
    },
  )
  test('a load that is stopped at any stage ends its threads; the next, and two at once, say the same', async () => {
    const wanted = await ids(await load({ device: 'cpu' }))
    const seen: string[] = []
    await ids(await load({ device: 'cpu', onProgress: ({ phase }) => seen.push(phase) }))
    for (const [at, phase] of seen.entries()) {
      if (phase === 'ready' || (phase === seen[at - 1] && phase === seen[at + 1])) continue // of an upload both ends
      const { startThread, ends } = await counted()
      const stop = new AbortController()
      let heard = 0
      const onProgress = (): void => void (heard++ === at && stop.abort())
      const options: LoadOptions = { device: 'cpu', startThread, threads: 2, signal: stop.signal, onProgress }
      await expect(load(options), `${phase} ${at}`).rejects.toMatchObject({ code: 'ABORTED' })
      await ended(ends)
    }
    const both = await Promise.all([load({ device: 'cpu' }), load({ device: 'cpu' })])
    expect(await Promise.all(both.map(ids))).toEqual([wanted, wanted])
  })
})
