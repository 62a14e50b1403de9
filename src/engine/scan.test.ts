// The scan over stored rows on a device: the whole numbers that plain arithmetic gives, whatever the rows' width and number.

import { expect, test } from 'vitest'
import { openDevice } from './gpu/device.ts'
import { KernelCache } from './gpu/kernel.ts'
import { seeded } from './ops/inputs.ts'
import { createCpuRuntime } from './runtime/cpu.ts'
import { createSession } from './runtime/session.ts'
import { RowScan } from './scan.ts'
import { noGpuReason } from './testing/gpu.ts'
import { sharedGpu } from './testing/shared-gpu.ts'
import { trialWork } from './trial.ts'

const gpu = await sharedGpu()
if (!gpu) console.warn(`UNRUN: the scan on a GPU: ${noGpuReason}`)

const random = seeded(31)
const codes = (count: number): Int8Array => Int8Array.from({ length: count }, () => Math.floor(random() * 255) - 127)
const plain = (rows: Int8Array, question: Int8Array): number[] =>
  Array.from({ length: rows.length / question.length }, (_, r) =>
    question.reduce((sum, v, i) => sum + v * rows[r * question.length + i]!, 0),
  )

test.each(['references', ...(gpu ? ['gpu'] : [])])(
  '%s: every width, more rows than are written at once',
  async (where) => {
    const { plan, provider, size } = trialWork('i8')
    const device = where === 'gpu' ? await openDevice(gpu!) : null
    const runtime = device
      ? await createSession(device, new KernelCache(device), plan, provider, { size })
      : await createCpuRuntime(plan, provider, size)
    const scan = new RowScan(runtime.inspection())
    for (const [rows, dims] of [
      [3, 1],
      [1, 384],
      [70, 33],
      [5000, 16],
      [9001, 7],
    ] as const) {
      const [all, asked, other] = [codes(rows * dims), codes(dims), codes(dims)]
      // two questions at once do not meet
      const found = await Promise.all([scan.dots(all, asked), scan.dots(all, other)])
      expect(found.map((one) => [...one])).toEqual([plain(all, asked), plain(all, other)])
    }
    expect(scan.moves).toBe(5)
    expect(await scan.dots(new Int8Array(0), codes(4))).toEqual(new Int32Array(0))
    await expect(scan.dots(codes(10), codes(4))).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    expect([...(await scan.dots(codes(8).fill(-127), codes(4).fill(127)))]).toEqual([-64516, -64516])
    runtime.dispose()
  },
)
