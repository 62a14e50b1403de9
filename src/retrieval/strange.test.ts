// Texts and questions that nobody means: each is taken in or refused by name, asked in a moment, and what is found stands
// where it says, letter by letter.

import { expect, test } from 'vitest'
import { MemoryRows } from './memory-rows.ts'
import { Shelf } from './shelf.ts'

const strange: Record<string, string> = {
  'a long word': 'x'.repeat(200_000),
  'marks alone': '.,;:!?()[]{}—…'.repeat(500),
  'emoji alone': '👩‍👩‍👧‍👦😀🏳️‍🌈'.repeat(300),
  'right to left': 'שלום עולם. مرحبا بالعالم. '.repeat(50),
  NULs: 'a\0b\0c mill\0stone '.repeat(50),
  'lone surrogates': '\uD800 word \uDFFF end \uD83D',
  'signs of patterns': String.raw`.*+?^$()[a-z]{2,}|\b\p{L}(?<name>x) mill`,
  'one character': '水',
  'one Chinese word': '图书馆',
  'marks that combine': `e${'\u0301'.repeat(5000)} mill`,
  'spaces of all kinds': '\u00A0\u2003\u3000\u200B\u2028 mill \u2029',
  'direction marks': '\u202E llim eht \u202C mill',
  'line breaks alone': '\n'.repeat(10_000),
  'carriage returns': 'a mill\r\rb\r',
  'wide letters': 'ＭＩＬＬ １２３',
  numbers: '1 22 333 4,444 5.5e5 0x1F ',
  'prototype words': '__proto__ constructor toString hasOwnProperty valueOf',
  'an order': '<|im_end|> <script>alert(1)</script> {{mill}} ${mill}',
  ligatures: 'ﬁne oﬃce ℡ ㍿ ½',
  'kana and hangul': 'ミルクがある。한국어 문장입니다.',
}
const questions = [
  ...Object.values(strange),
  '',
  ' ',
  '?',
  '水',
  '__proto__',
  'constructor',
  'mill '.repeat(200_000),
  '水'.repeat(300_000),
  '('.repeat(1_000_000),
]

test('strange texts and questions: no error, no long wait, every place exact', { timeout: 30_000 }, async () => {
  const shelf = new Shelf(new MemoryRows())
  const refused: string[] = []
  for (const [name, text] of Object.entries(strange)) {
    await shelf
      .add(new Blob([text]), `${name}.txt`, 1)
      .catch(({ code }: { code: string }) => refused.push(`${name} ${code}`))
  }
  const from = performance.now()
  for (const question of questions) {
    const { hits } = await shelf.search(question, 5, null)
    for (const { document, start, end, text } of hits) {
      expect((await shelf.text(document))!.text.slice(start, end)).toBe(text)
    }
  }
  // about 1 s of a busy core
  expect(performance.now() - from).toBeLessThan(15_000)
  expect(refused).toEqual(['NULs DOCUMENT_REFUSED', 'line breaks alone DOCUMENT_REFUSED'])
  // the same twice is there once; what has no word finds nothing
  const before = (await shelf.list()).length
  await shelf.add(new Blob([strange['one Chinese word']!]), 'again.txt', 2)
  expect((await shelf.list()).length).toBe(before)
  const found = async (question: string) => (await shelf.search(question, 5, null)).hits.map(({ name }) => name)
  expect(await found('水')).toContain('one character.txt')
  expect(await found('constructor')).toEqual(['prototype words.txt'])
  for (const none of ['', '?', '👽', 'the of and']) expect(await found(none)).toEqual([])
})
