// What an address or a page around may say, and what is made of everything else.

import { expect, test } from 'vitest'
import { maxTrace, readAsked, readMessage } from './embed.ts'

test('an address names a panel, a recording and a place', () => {
  expect(readAsked('?embed=attention&trace=en&layer=1&head=0&q=58&lang=zh&theme=dark')).toEqual({
    ...{ panel: 'attention', trace: 'en', layer: 1, head: 0, position: 58 },
    ...{ lang: 'zh', theme: 'dark' },
  })
  expect(readAsked('?embed=lens')).toEqual({ panel: 'lens', trace: null, lang: null, theme: null })
})

test.each(['', '?embed=chat', '?embed=__proto__', '?trace=en', '?embed=Attention'])(
  'asks for nothing: "%s"',
  (search) => {
    expect(readAsked(search)).toBeNull()
  },
)

test('numbers that are none are left out', () => {
  const asked = readAsked('?embed=lens&layer=-1&head=1e3&q=99999999999&lang=fr&theme=<b>')
  expect(asked).toEqual({ panel: 'lens', trace: null, lang: null, theme: null })
})

test('a recording is taken as an array of bytes', () => {
  const bytes = Uint8Array.of(31, 139)
  for (const given of [bytes, bytes.buffer]) {
    expect(readMessage({ type: 'trace', bytes: given, panel: 'lens', layer: 2, q: 4 }, 'attention')).toEqual({
      bytes,
      place: { panel: 'lens', layer: 2, position: 4 },
    })
  }
  expect(readMessage({ type: 'trace', bytes, panel: 'chat', layer: '1', head: NaN, q: -3 }, 'attention')).toEqual({
    bytes,
    place: { panel: 'attention' },
  })
})

test.each([
  null,
  undefined,
  'trace',
  7,
  [],
  { type: 'trace' },
  { type: 'trace', bytes: 'H4sI' },
  { type: 'trace', bytes: [31, 139] },
  { type: 'trace', bytes: { byteLength: 2 } },
  { type: 'Trace', bytes: Uint8Array.of(1) },
  { bytes: Uint8Array.of(1) },
])('another message is not heard: %o', (data) => {
  expect(readMessage(data, 'lens')).toBeNull()
})

test('more bytes than are taken', () => {
  expect(readMessage({ type: 'trace', bytes: new Uint8Array(maxTrace + 1) }, 'lens')).toBe('tooBig')
})
