// What goes into a page comes out of it again, and nothing that a text or a model's name says becomes part of the page.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fillPage, readShow, type Show } from './slot.ts'

const template = readFileSync('src/player/player.html', 'utf8')
const hostile = '</script><script>alert(1)</script><!-- <script> $& $1 \u2028 “”&amp;'
const show: Show = {
  panel: 'lens',
  lang: 'zh',
  theme: 'dark',
  model: hostile,
  position: 7,
  layer: 2,
  head: 1,
  kept: 3,
  of: 9,
}
const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) & 255)
const between = (page: string, start: string, end: string): string =>
  page.slice(page.indexOf(start) + start.length, page.indexOf(end, page.indexOf(start)))

test('a filled page holds the run and where to open it', () => {
  const page = fillPage(template, 'A & B', show, bytes)
  expect(readShow(between(page, 'id="show">', '</script>'))).toEqual(show)
  const run = atob(between(page, 'id="run">', '</script>'))
  expect(Uint8Array.from(run, (letter) => letter.charCodeAt(0))).toEqual(bytes)
  expect(page).toContain('<title>A &#38; B</title>')
})

test('hostile texts stay texts', () => {
  const page = fillPage(template, hostile, show, bytes)
  const tags = (text: string): string[] => text.match(/<\/?script|<!--/g) ?? []
  expect(tags(page)).toEqual(tags(template))
  expect(between(page, '<title>', '</title>')).not.toMatch(/</)
})

test('another page in the template’s place is refused', () => {
  for (const other of ['', '<!doctype html><title>Glassbox</title>', template + template]) {
    expect(() => fillPage(other, 'x', show, bytes)).toThrow(/has no place/)
  }
})

test.each(['', 'null', '[]', '{', '7', '{"panel":"chat"}', '{"panel":["lens"]}', '{"panel":{"toString":1}}'])(
  'what fillPage did not write is nothing: %s',
  (text) => {
    expect(readShow(text)).toBeNull()
  },
)

test('a field that was changed by hand gets its usual value', () => {
  const wrong = {
    panel: 'lens',
    lang: 'xx',
    theme: 4,
    model: {},
    position: -1,
    layer: 1e99,
    head: 0.5,
    kept: '3',
    of: null,
  }
  expect(readShow(JSON.stringify(wrong))).toEqual({
    panel: 'lens',
    lang: 'en',
    theme: 'system',
    model: '',
    ...{ position: 0, layer: 0, head: 0, kept: 0, of: 0 },
  })
})
