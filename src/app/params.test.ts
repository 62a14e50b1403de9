// The address is read once, and what was read is taken out of it; nonsense is no choice.

import { afterEach, expect, test, vi } from 'vitest'
import { takeParams } from './params.ts'

const none = { model: null, lang: null, device: null, force: '' } as const

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  [
    '?device=cpu&lang=zh-CN&model=m&keep=1#/chat',
    { model: 'm', lang: 'zh', device: 'cpu', force: '' },
    '?keep=1#/chat',
  ],
  ['?device=f32,gpu,class=software', { ...none, device: 'gpu', force: 'f32,class=software' }, ''],
  ['?device=nosubgroups', { ...none, force: 'nosubgroups' }, ''],
  ['?device=reference', { ...none, force: 'reference' }, ''], // refused by the engine, by name
  ['?device=', none, ''],
  ['?keep=1', none, null],
] as const)('%s', (address, want, left) => {
  let now: string | null = null
  vi.stubGlobal('location', { href: `http://localhost/${address}` })
  vi.stubGlobal('history', { replaceState: (_state: unknown, _title: string, url: URL) => (now = url.href) })
  expect(takeParams()).toEqual(want)
  expect(now).toBe(left === null ? null : `http://localhost/${left}`)
})
