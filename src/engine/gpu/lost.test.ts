// Work that was begun on a device that is gone.

import { expect, test, vi } from 'vitest'
import { Presence } from './lost.ts'

test('what is waited for after a loss is told as that, and its own failure is no loose end', async () => {
  const loose = vi.fn<() => void>()
  process.on('unhandledRejection', loose)
  const lost = Promise.resolve({ reason: 'destroyed', message: 'gone' } as GPUDeviceLostInfo)
  const presence = new Presence({ lost, destroy: () => undefined }, false)
  await presence.lost
  await expect(presence.wait('a token', Promise.reject(new Error('AbortError')))).rejects.toMatchObject({
    code: 'GPU_LOST',
  })
  await new Promise((resolve) => setTimeout(resolve)) // loose ends are told behind all microtasks
  process.off('unhandledRejection', loose)
  expect(loose).not.toHaveBeenCalled()
})
