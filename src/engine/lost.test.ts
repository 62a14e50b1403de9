// Whatever the GPU is asked for, it may go away at that moment, or never answer: every call of the engine then ends,
// soon and as GPU_LOST, and no kernel is blamed. One device is lost at every kind of call there is, from the adapter
// to a look inside, and at the first, the middle and the last of each kind.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { EngineError } from './errors.ts'
import { bytesSource } from './formats/bytes.ts'
import { folderFiles } from './formats/testing.ts'
import { patience } from './gpu/lost.ts'
import { loadEngine, type LoadOptions } from './index.ts'
import { awaited, faultyGpu, type Call, type Fault } from './testing/faulty-gpu.ts'
import { noGpuReason, nullGpu } from './testing/gpu.ts'
import { tinyTokenizer } from '../worker/testing/tokenizer.ts'

const real = await nullGpu() // validates everything and computes nothing: a whole life takes milliseconds
if (!real) console.warn(`UNRUN: losing a GPU: ${noGpuReason}`)

const letters = Array.from({ length: 121 }, (_, i) => String.fromCodePoint(0x4e00 + i))
const files = new Map([
  ...folderFiles('fixtures/golden/llama'),
  [
    'tokenizer.json',
    bytesSource('tokenizer.json', new TextEncoder().encode(JSON.stringify(tinyTokenizer(letters)))),
  ] as const,
])
files.delete('golden.json')

/** Loads, answers and looks inside. */
async function life(gpu: GPU, options: LoadOptions = { selfCheck: false, sampling: 'device' }): Promise<void> {
  const engine = await loadEngine({ name: 'tiny', files }, { gpu, context: 32, chunk: 4, ...options })
  try {
    for await (const _ of engine.generate({ ids: [1, 2, 3, 4, 5, 6] }, { maxTokens: 3, temperature: 0 }));
    const glass = await engine.glass()
    await glass.tokens()
    await glass.lens({ positions: [2], layers: [0], part: 'resid', topK: 2 })
    await glass.attention({ layer: 0, heads: [0], rows: [0, 4], cols: [0, 4], maxRows: 4, maxCols: 4 })
    await glass.headStats()
    await glass.valueNorms(0)
    await glass.contributions(3, 5)
    await glass.attentionError(0, 3)
    await glass.timings()
    await glass.setEdits([{ kind: 'skip', layer: 0, part: 'mlp' }])
  } finally {
    engine.dispose()
  }
}

/** The first, middle and last call of each name. */
function moments(calls: readonly Call[]): Call[] {
  const last = new Map(calls.map(({ name, nth }) => [name, nth]))
  return [...last].flatMap(([name, n]) => [...new Set([1, Math.ceil(n / 2), n])].map((nth) => ({ name, nth })))
}
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof EngineError ? error.code : String(error)),
  )

afterEach(() => {
  vi.useRealTimers()
})

describe.skipIf(!real)('a GPU that goes away', async () => {
  const whole = real ? faultyGpu(real) : null
  if (whole) await life(whole.gpu)
  const all = whole ? moments(whole.calls) : []

  test('is asked for everything in this test', () => {
    for (const name of [...awaited, 'createBuffer', 'createBindGroup', 'submit', 'writeBuffer']) {
      expect(
        all.map((call) => call.name),
        name,
      ).toContain(name)
    }
    expect(all.length).toBeGreaterThan(40)
  })

  test.each<Fault>(['crash', 'destroy'])(
    '%s: at every kind of call it is GPU_LOST',
    async (fault) => {
      for (const at of all) {
        const faulty = faultyGpu(real!, at, fault)
        const began = performance.now()
        const said = await outcome(life(faulty.gpu))
        expect(performance.now() - began, `${at.name} ${at.nth}`).toBeLessThan(10_000)
        expect(faulty.hit).toBe(true)
        // nothing has to fail where nothing is read any more, and there is nothing to destroy before there is a device
        const early = fault === 'destroy' && (at.name === 'requestAdapter' || at.name === 'requestDevice')
        const place = whole!.calls.findIndex(({ name, nth }) => name === at.name && nth === at.nth)
        const read = whole!.calls.slice(place + 1).some(({ name }) => name === 'mapAsync')
        expect(said, `${at.name} ${at.nth}`).toBe(
          early || (!read && said === 'nothing failed') ? 'nothing failed' : 'GPU_LOST',
        )
      }
    },
    120_000,
  )

  test('no answer at every kind of wait: GPU_LOST when its time is over, not before', async () => {
    for (const at of all.filter(({ name }) => awaited.has(name))) {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      const faulty = faultyGpu(real!, at, 'hang')
      let said = ''
      const ended = outcome(life(faulty.gpu)).then((code) => {
        said = code
      })
      await vi.waitFor(
        () => {
          expect(faulty.hit).toBe(true)
        },
        { timeout: 20_000, interval: 2 },
      )
      await new Promise((resolve) => setTimeout(resolve, 10))
      vi.advanceTimersByTime((patience.gpu - 1) * 1000)
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(said, `${at.name} ${at.nth}`).toBe('')
      vi.advanceTimersByTime(patience.software * 1000)
      await ended
      expect(said, `${at.name} ${at.nth}`).toBe('GPU_LOST')
    }
  }, 120_000)

  test('in the self-check: no kernel is called bad, and none is remembered', async () => {
    const remembered: string[][] = []
    const checkedKernels = {
      known: () => Promise.resolve(new Set<string>()),
      remember: (keys: readonly string[]) => {
        remembered.push([...keys])
        return Promise.resolve()
      },
    }
    // the fused kernels are checked as all are, and are as many again
    const options = { checkedKernels, fusion: 'none' } as const
    const checked = faultyGpu(real!)
    // this GPU computes nothing: every kernel answers wrong, and is rightly called bad
    expect(await outcome(life(checked.gpu, options))).toBe('KERNEL_FAILED')
    expect(remembered).toEqual([[]])
    for (const fault of ['crash', 'destroy'] as const) {
      for (const at of moments(checked.calls).filter(({ name }) => awaited.has(name) && !name.startsWith('request'))) {
        remembered.length = 0
        expect(await outcome(life(faultyGpu(real!, at, fault).gpu, options)), `${fault} ${at.name} ${at.nth}`).toBe(
          'GPU_LOST',
        )
        expect(remembered.flat()).toEqual([])
      }
    }
  }, 120_000)

  test('a device refused by an adapter that died is asked of a new one', async () => {
    let refusals = 1
    const gpu = {
      requestAdapter: async (options?: GPURequestAdapterOptions) => {
        const adapter = (await faultyGpu(real!).gpu.requestAdapter(options))!
        const requestDevice = adapter.requestDevice.bind(adapter)
        return Object.defineProperty(adapter, 'requestDevice', {
          value: (descriptor: GPUDeviceDescriptor) =>
            refusals-- > 0
              ? Promise.reject(
                  new DOMException('A valid external Instance reference no longer exists.', 'OperationError'),
                )
              : requestDevice(descriptor),
        })
      },
    } as GPU
    expect(await outcome(life(gpu))).toBe('nothing failed')
    refusals = 2
    expect(await outcome(life(gpu))).toBe('GPU_LOST')
  })

  test('no adapter while the GPU process starts again is asked for once more; none at all is NO_ADAPTER', async () => {
    let none = 1
    const { gpu: own } = faultyGpu(real!)
    const gpu = {
      requestAdapter: (options?: GPURequestAdapterOptions) =>
        none-- > 0 ? Promise.resolve(null) : own.requestAdapter(options),
    } as GPU
    expect(await outcome(life(gpu))).toBe('nothing failed')
    none = 2
    expect(await outcome(life(gpu))).toBe('NO_ADAPTER')
    none = 1 // waited for in vain before: no second time
    expect(await outcome(life(gpu))).toBe('NO_ADAPTER')
    expect(await outcome(life(gpu))).toBe('nothing failed')
  })
})
