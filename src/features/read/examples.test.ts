// Which texts are offered: a model's own before general ones, and a blank as the model writes it.

import { expect, test } from 'vitest'
import { read as words } from '../../i18n/panels/read.ts'
import { examplesFor } from './examples.ts'

const general = words.en.examples.general

test("a model's own texts, one by one; those to compare together", () => {
  expect(examplesFor('fill', ['a [MASK]', 'b'], general, '[MASK]')).toEqual([{ text: 'a [MASK]' }, { text: 'b' }])
  expect(examplesFor('embed', ['a', 'b'], general, null)).toEqual([{ text: 'a\nb' }])
})

test('without them general ones for what the model does', () => {
  const fill = examplesFor('fill', undefined, general, '<mask>')
  expect(fill).toHaveLength(general.fill.length)
  for (const { text } of fill) expect(text.split('<mask>')).toHaveLength(2)
  expect(examplesFor('fill', [], general, null)).toEqual([])
  for (const lang of ['en', 'zh'] as const) {
    for (const kind of ['labels', 'token-labels', 'span', 'embed']) {
      const [first] = examplesFor(kind, undefined, words[lang].examples.general, null)
      expect(first!.text).not.toBe('')
      expect(first!.pair === undefined).toBe(kind !== 'span')
    }
  }
})
