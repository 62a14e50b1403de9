// What stays behind of answers and loads: live GPU buffers, counted at the device's own calls, on a device that validates
// everything and computes nothing. And a device without memory at each of its first buffers: typed, and all of it freed. The
// same over thousands of answers, with heaps and processes: npm run soak.

import { describe, expect, test } from 'vitest'
import { EngineError } from './errors.ts'
import { bytesSource } from './formats/bytes.ts'
import { folderFiles } from './formats/testing.ts'
import { loadEngine, type Engine, type LoadOptions } from './index.ts'
import { faultyGpu } from './testing/faulty-gpu.ts'
import { noGpuReason, nullGpu } from './testing/gpu.ts'
import { tinyTokenizer } from '../worker/testing/tokenizer.ts'

const real = await nullGpu()
if (!real) console.warn(`UNRUN: what stays behind on a GPU: ${noGpuReason}`)

const letters = Array.from({ length: 121 }, (_, i) => String.fromCodePoint(0x4e00 + i))
const folder = (path: string) =>
  new Map([
    ...folderFiles(path),
    [
      'tokenizer.json',
      bytesSource('tokenizer.json', new TextEncoder().encode(JSON.stringify(tinyTokenizer(letters)))),
    ] as const,
  ])
const files = folder('fixtures/golden/llama')
files.delete('golden.json')
const lora = { name: 'lora', files: folderFiles('fixtures/adapters/lora_two/adapter') }

/** A GPU whose live buffers are counted; `full` is asked at each createBuffer and says how it fails. */
function counted(full: (nth: number) => 'throws' | 'scope' | null = () => null) {
  const made = { gpu: null as unknown as GPU, live: new Set<object>(), made: 0, device: null as GPUDevice | null }
  const { gpu } = faultyGpu(real!)
  let caught = false
  const scopes: GPUErrorFilter[] = []
  const watch = (device: GPUDevice): GPUDevice => {
    made.device = device
    const create = device.createBuffer.bind(device),
      push = device.pushErrorScope.bind(device),
      pop = device.popErrorScope.bind(device),
      end = device.destroy.bind(device)
    const own = new Set<object>()
    Object.defineProperties(device, {
      createBuffer: {
        value: (given: GPUBufferDescriptor) => {
          const how = full(++made.made)
          if (how === 'throws') throw new RangeError('createBuffer failed, size is too large')
          caught ||= how === 'scope'
          const buffer = create(given)
          made.live.add(buffer)
          own.add(buffer)
          const destroy = buffer.destroy.bind(buffer)
          Object.defineProperty(buffer, 'destroy', {
            value: () => {
              made.live.delete(buffer)
              destroy()
            },
          })
          return buffer
        },
      },
      pushErrorScope: {
        value: (filter: GPUErrorFilter) => {
          scopes.push(filter)
          push(filter)
        },
      },
      popErrorScope: {
        value: () => {
          if (scopes.pop() !== 'out-of-memory' || !caught) return pop()
          caught = false
          return pop().then(() => ({ message: 'out of memory' }))
        },
      },
      destroy: {
        value: () => {
          for (const buffer of own) made.live.delete(buffer)
          end()
        },
      },
    })
    return device
  }
  made.gpu = {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const adapter = (await gpu.requestAdapter(options))!
      const request = adapter.requestDevice.bind(adapter)
      return Object.defineProperty(adapter, 'requestDevice', {
        value: async (wanted?: GPUDeviceDescriptor) => watch(await request(wanted)),
      })
    },
  } as GPU
  return made
}
const load = (gpu: GPU, more: LoadOptions = {}): Promise<Engine> =>
  loadEngine({ name: 'tiny', files }, { gpu, context: 32, chunk: 4, selfCheck: false, ...more })

/** Eight answers, each of its kind. */
async function cycle(engine: Engine, seed: number): Promise<number> {
  const ids = [1, 2, 3, 4, 5, 6]
  let answers = 0
  const answer = async (more: Parameters<Engine['generate']>[1], leave = Infinity): Promise<void> => {
    let tokens = 0
    for await (const { type } of engine.generate({ ids }, { maxTokens: 4, seed, ...more })) {
      if (type === 'token' && ++tokens === leave) break
    }
    answers++
  }
  const stop = new AbortController()
  const glass = await engine.glass()
  await answer({})
  await answer({ temperature: 0 })
  await answer({ constraint: { pattern: '[abc]{2,9}' } })
  await answer({}, 2)
  setTimeout(() => stop.abort(), 1)
  await answer({ signal: stop.signal })
  await answer({ n: 2 })
  await glass.setEdits([{ kind: 'skip', layer: 0, part: 'mlp' }])
  await answer({})
  await glass.setEdits([])
  await glass.lens({ positions: [2], layers: [0], part: 'resid', topK: 2 })
  await answer({ temperature: 1.5 })
  return answers
}

describe.skipIf(!real)('live GPU buffers', () => {
  test('are as many after 200 answers of every kind as after the first ones, and none behind a load', async () => {
    const watched = counted()
    let answers = 0
    for (const adapters of [undefined, [lora]]) {
      const engine = await load(watched.gpu, { adapters })
      const counts: number[] = []
      for (let i = 0; i < (adapters ? 8 : 16); i++) {
        answers += await cycle(engine, i + 1)
        if (adapters) await engine.setAdapter('lora', i % 2)
        counts.push(watched.live.size)
      }
      expect(new Set(counts.slice(2)).size, counts.join()).toBe(1)
      engine.dispose()
      expect(watched.live.size).toBe(0)
    }
    for (let i = 0; i < 6; i++) {
      const engine = await load(watched.gpu)
      if (i % 2) answers += await cycle(engine, i)
      engine.dispose()
      expect(watched.live.size).toBe(0)
    }
    console.log(`live buffers: ${answers} answers, 8 loads, ${watched.made} buffers made, ${watched.live.size} left`)
    expect(answers).toBeGreaterThan(200)
  })

  test('a planted leak is seen', async () => {
    const watched = counted()
    const engine = await load(watched.gpu)
    await cycle(engine, 1)
    const before = watched.live.size
    watched.device!.createBuffer({ size: 16, usage: 128 })
    await cycle(engine, 2)
    expect(watched.live.size).toBe(before + 1)
    engine.dispose()
  })

  test('G4 no memory at each of the first buffers: said so, and everything is freed', async () => {
    const whole = counted()
    const engine = await load(whole.gpu)
    const all = whole.made
    engine.dispose()
    let faults = 0
    for (const how of ['throws', 'scope'] as const) {
      for (const n of [1, 8, 34].filter((one) => one <= all)) {
        const watched = counted((nth) => (nth === n ? how : null))
        const end = await load(watched.gpu).then(
          (made) => {
            made.dispose()
            return 'loaded'
          },
          (error: unknown) => (error instanceof EngineError ? error.code : String(error)),
        )
        expect([n, how, end, watched.live.size]).toEqual([n, how, 'GPU_OUT_OF_MEMORY', 0])
        faults++
      }
    }
    console.log(`no memory: ${faults} faults, 0 buffers left`)
    expect(faults).toBe(6)
  })
})
