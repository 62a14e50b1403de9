// The address is read once, and what was read is taken out of it; nonsense is no choice.

import { afterEach, expect, test, vi } from 'vitest'
import { takeParams } from './params.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  ['?device=cpu&lang=zh-CN&model=m&keep=1#/chat', { model: 'm', lang: 'zh', device: 'cpu' }, '?keep=1#/chat'],
  ['?device=reference', { model: null, lang: null, device: null }, ''],
  ['?device=', { model: null, lang: null, device: null }, ''],
  ['?keep=1', { model: null, lang: null, device: null }, null],
] as const)('%s', (address, want, left) => {
  let now: string | null = null
  vi.stubGlobal('location', { href: `http://localhost/${address}` })
  vi.stubGlobal('history', { replaceState: (_state: unknown, _title: string, url: URL) => (now = url.href) })
  expect(takeParams()).toEqual(want)
  expect(now).toBe(left === null ? null : `http://localhost/${left}`)
})
