// The probe gives what the device gives: all of it, or as much as was there before it refused.

import { describe, expect, test } from 'vitest'
import { probeMemory } from './probe.ts'
import { sharedGpu } from '../testing/shared-gpu.ts'

const MiB = 2 ** 20
const plan = (total: number, largestBinding = 4 * MiB) => ({
  weights: 0,
  cache: 0,
  activations: 0,
  total,
  largestBinding,
})
const real = await sharedGpu()

describe.skipIf(!real)('a GPU', () => {
  /** One whose memory ends: a buffer behind that is refused as a browser refuses it. */
  const small = (room: number): GPU => {
    let left = room
    return {
      requestAdapter: async () => {
        const adapter = (await real!.requestAdapter())!
        return Object.assign(Object.create(adapter) as GPUAdapter, {
          info: adapter.info,
          limits: adapter.limits,
          features: adapter.features,
          requestDevice: async (descriptor: GPUDeviceDescriptor) => {
            const device = await adapter.requestDevice(descriptor)
            const create = device.createBuffer.bind(device)
            return new Proxy(device, {
              get: (_, key) => {
                if (key === 'createBuffer') {
                  return (wanted: GPUBufferDescriptor) => {
                    if ((left -= wanted.size) < 0) throw new RangeError('too large')
                    return create(wanted)
                  }
                }
                const value: unknown = Reflect.get(device, key)
                return typeof value === 'function' ? (value as () => unknown).bind(device) : value
              },
            })
          },
        })
      },
    } as unknown as GPU
  }
  test('with room gives all of it', async () => {
    expect(await probeMemory(plan(20 * MiB), 'gpu', real!)).toEqual({ asked: 20 * MiB, given: 20 * MiB })
  })
  test('that ends gives what there was', async () => {
    const total = 400 * MiB
    const { asked, given } = await probeMemory(plan(total), 'gpu', small(150 * MiB))
    expect([asked, given]).toEqual([total, 4 * MiB + 128 * MiB])
    expect(await probeMemory(plan(total), 'gpu', small(MiB))).toEqual({ asked: total, given: 0 })
  })
  test('a piece larger than it binds is none', async () => {
    expect((await probeMemory(plan(2 ** 40, 2 ** 40), 'gpu', real!)).given).toBe(0)
  })
})

test('the processor has one piece, or not', async () => {
  expect(await probeMemory(plan(MiB), 'cpu')).toEqual({ asked: MiB, given: MiB })
  expect(await probeMemory(plan(2 ** 50), 'cpu')).toEqual({ asked: 2 ** 50, given: 0 })
})
