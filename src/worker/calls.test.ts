// How a worker call is added: a method of the worker's object and its line in the list. Nothing else is written; the
// page's method, its types, its signal, its progress and its errors come of that.

import { expect, expectTypeOf, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { EngineDoor, EngineApi } from './api.ts'
import type { CallList, Follow, Remote } from './call-types.ts'
import { calls } from './calls.ts'
import { createHost } from './host.ts'
import type { Client } from './protocol.ts'
import { serve } from './serve.ts'
import { across } from './testing/across.ts'

// ---- the new calls: methods, and their lines ----------------------------------

const adding = () => ({
  shout: (text: string) => text.toUpperCase(),
  numbers: {
    /** counts to `to`, and says how far it is */
    async count(to: number, { onProgress, signal }: Follow<{ done: number }> = {}): Promise<number> {
      for (let done = 1; done <= to; done++) {
        if (signal?.aborted) throw new EngineError('ABORTED', 'stopped', { done })
        onProgress?.({ done })
        await new Promise((resolve) => setTimeout(resolve))
      }
      return to
    },
    async *stream(to: number, { signal }: Follow = {}) {
      for (let n = 0; n < to && !signal?.aborted; n++) yield { n, half: new Uint8Array(new ArrayBuffer(64), 8, n % 4) }
    },
    fail: (): number => {
      throw new EngineError('CONTEXT_FULL', 'too long', { count: 9 })
    },
  },
})
const lines: CallList<ReturnType<typeof adding>> = {
  shout: {},
  'numbers.count': { follow: 1 },
  'numbers.stream': { follow: 1, stream: true },
  'numbers.fail': {},
}
const added = () => across(lines, serve(lines, adding))

test('a method and its line: the page has it, with its types', async () => {
  const page = added()
  expectTypeOf(page.shout).toEqualTypeOf<(text: string) => Promise<string>>()
  expectTypeOf(page.numbers.count).toEqualTypeOf<(to: number, follow?: Follow<{ done: number }>) => Promise<number>>()
  expect(await page.shout('glass')).toBe('GLASS')
})
test('progress, a stop and an error come by themselves', async () => {
  const { numbers } = added()
  const told: number[] = []
  expect(await numbers.count(3, { onProgress: ({ done }) => told.push(done) })).toBe(3)
  expect(told).toEqual([1, 2, 3])
  const stop = new AbortController()
  const counting = numbers.count(1e6, {
    signal: stop.signal,
    onProgress: ({ done }) => {
      if (done === 4) stop.abort()
    },
  })
  await expect(counting).rejects.toMatchObject({ code: 'ABORTED', message: 'stopped' })
  await expect(numbers.fail()).rejects.toMatchObject({ code: 'CONTEXT_FULL', facts: { count: 9 } })
})
test('a stream is ordered, owns its bytes, and ends when the page leaves', async () => {
  const { numbers } = added()
  const seen: [number, number, number][] = []
  for await (const { n, half } of numbers.stream(6)) seen.push([n, half.length, half.buffer.byteLength])
  expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((n) => [n, n % 4, n % 4]))
  let count = 0
  for await (const _ of numbers.stream(1e9)) if (++count === 20) break
  expect(await numbers.count(1)).toBe(1)
})
test('a line that is forgotten, or does not say what its method needs, is refused by its type', () => {
  // @ts-expect-error shout has no line
  const forgotten: CallList<ReturnType<typeof adding>> = { 'numbers.count': { follow: 1 }, 'numbers.stream': lines['numbers.stream'], 'numbers.fail': {} } // prettier-ignore
  // @ts-expect-error count is followed by its second argument
  const unfollowed: CallList<ReturnType<typeof adding>> = { ...lines, 'numbers.count': {} }
  // @ts-expect-error stream yields
  const once: CallList<ReturnType<typeof adding>> = { ...lines, 'numbers.stream': { follow: 1 } }
  expect([forgotten, unfollowed, once]).toHaveLength(3)
})
test('what is not in the list cannot be called', async () => {
  const wire = serve(lines, adding)
  await wire.hold('none', null) // as every client begins
  const reply = await wire.call(1, 'numbers.constructor', [], null)
  expect(reply).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
})

// ---- the calls of the product -------------------------------------------------

test('every call of the product has its method on both sides', async () => {
  expectTypeOf<Client['tokenize']>().toEqualTypeOf<Remote<EngineApi>['tokenize']>()
  const page = across<EngineApi>(calls, createHost({} as EngineDoor, {} as never)) as unknown as Record<string, object>
  const paths = Object.entries(page).flatMap(([room, of]) =>
    typeof of === 'function' ? room : Object.keys(of).map((method) => `${room}.${method}`),
  )
  expect(paths.sort()).toEqual(Object.keys(calls).sort())
  for (const ask of Object.values((page as unknown as Remote<EngineApi>).glass)) {
    await expect((ask as () => Promise<unknown>)()).rejects.toMatchObject({ facts: { reason: 'none loaded' } })
  }
})
