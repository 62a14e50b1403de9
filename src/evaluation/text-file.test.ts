// Files of a table as programs save them: what is read, and what is refused.

import { expect, test } from 'vitest'
import { decodeText } from './text-file.ts'

const utf16 = (text: string, big: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 * text.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big)
  return bytes
}

test('UTF-8 and UTF-16 with its mark are read, the mark left out', () => {
  expect(decodeText(new TextEncoder().encode('\uFEFF问题,答案😀'))).toBe('问题,答案😀')
  for (const big of [false, true]) expect(decodeText(utf16('\uFEFF问题\t答案😀', big))).toBe('问题\t答案😀')
  expect(decodeText(new Uint8Array())).toBe('')
})

test('a table in GB18030, as Excel saves one in China, is refused', () => {
  // 问题,答案
  const bytes = [0xce, 0xca, 0xcc, 0xe2, 0x2c, 0xb4, 0xf0, 0xb0, 0xb8]
  expect(new TextDecoder('gb18030').decode(Uint8Array.from(bytes))).toBe('问题,答案')
  expect(decodeText(Uint8Array.from(bytes))).toBeNull()
})
