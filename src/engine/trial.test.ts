// The trial computes with real numbers in every format, and takes the time it may take.

import { describe, expect, test, vi } from 'vitest'
import { startProcessor } from './load.ts'
import { storageFormats } from './quants/weight.ts'
import type { Runtime } from './runtime/runtime.ts'
import { speedOf, trialWork } from './trial.ts'

describe('the chain', () => {
  test.each(storageFormats)(
    '%s: its numbers neither vanish nor overflow, and no step lacks a kernel',
    async (format) => {
      const { runtime, references } = await startProcessor(trialWork(format), {})
      const [logits] = await runtime.forward([1], 'last')
      const power = logits!.reduce((sum, value) => sum + value * value, 0) / logits!.length
      expect(power).toBeGreaterThan(1e-3)
      expect(power).toBeLessThan(1e6)
      expect(references).toEqual([])
    },
  )
})

/** A device that takes so many milliseconds for each run. */
function slow(...times: number[]): { runtime: Runtime; runs: () => number } {
  let runs = 0
  const forward = (): Promise<[]> => {
    vi.advanceTimersByTime(times[Math.min(runs++, times.length - 1)]!)
    return Promise.resolve([])
  }
  return { runtime: { truncate: () => undefined, forward } as unknown as Runtime, runs: () => runs }
}

test.each([
  ['a fast device', [1], 150],
  ['one that must warm up', [90, 40, 20, 10], 4],
  ['a slow one', [300], 3],
  ['a very slow one', [5000], 1],
])('%s: the best run counts', async (_, times, count) => {
  vi.useFakeTimers()
  const { runtime, runs } = slow(...times)
  const best = Math.min(...times)
  expect(await speedOf(runtime)).toBeCloseTo((65 * 1024 ** 2 * 1000) / best, 0)
  expect(runs()).toBe(count)
  vi.useRealTimers()
})

test('a stop ends it', async () => {
  await expect(speedOf(slow(1).runtime, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
})
