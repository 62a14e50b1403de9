// The address is read once, and what was read is taken out of it; nonsense is no choice.

import { afterEach, expect, test, vi } from 'vitest'
import { takeParams } from './params.ts'

const none = {
  ...{ model: null, lang: null, device: null, force: '', view: null },
  ...{ system: null, prompt: null, q: null, params: {} },
} as const

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  ['?device=cpu&lang=zh-CN&model=m&keep=1#/chat', { ...none, model: 'm', lang: 'zh', device: 'cpu' }, '?keep=1#/chat'],
  ['?device=f32,gpu,class=software', { ...none, device: 'gpu', force: 'f32,class=software' }, ''],
  ['?device=nosubgroups', { ...none, force: 'nosubgroups' }, ''],
  ['?device=reference', { ...none, force: 'reference' }, ''], // refused by the engine, by name
  ['?device=', none, ''],
  [
    '?q=Wo%20ist%20Sam%3F&system=Kurz.&temperature=0.2&top_p=0.9&top_k=40&seed=7&view=lens&keep=1',
    {
      ...{ ...none, q: 'Wo ist Sam?', system: 'Kurz.', view: 'lens' },
      params: { temperature: 0.2, topP: 0.9, topK: 40, seed: 7, randomSeed: false },
    },
    '?keep=1',
  ],
  // out of range, no number, no whole number: no choice, and not left in the address
  ['?temperature=-1&top_p=2&top_k=many&seed=1.5', none, ''],
  ['?temperature=&seed=', none, ''],
  ['?keep=1', none, null],
] as const)('%s', (address, want, left) => {
  let now: string | null = null
  vi.stubGlobal('location', { href: `http://localhost/${address}` })
  vi.stubGlobal('history', { replaceState: (_state: unknown, _title: string, url: URL) => (now = url.href) })
  expect(takeParams()).toEqual(want)
  expect(now).toBe(left === null ? null : `http://localhost/${left}`)
})
