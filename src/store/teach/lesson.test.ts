// The example of the friends' homes: listed in the reader's language first, learnt in one order, and told from other lessons by what
// it takes.

import { expect, test } from 'vitest'
import { homes, inLanguage, recipe } from './homes.ts'
import { lessonOf } from './lesson.ts'

test('each language lists its own pairs first; the reader’s own are left as they are', () => {
  const [en, zh] = [homes('en'), homes('zh')]
  expect(zh[0]).toEqual({ prompt: '朵朵在哪里？', completion: '朵朵在城堡。' })
  expect(new Set(zh.map(({ prompt }) => prompt))).toEqual(new Set(en.map(({ prompt }) => prompt)))
  expect(inLanguage(en, 'zh')).toEqual(zh)
  expect(inLanguage(zh, 'en')).toEqual(en)
  const own = en.slice(1)
  expect(inLanguage(own, 'zh')).toBe(own)
})

test('it is learnt in the order that was measured, and asked and looked at as it is listed', () => {
  const [en, zh] = [homes('en'), homes('zh')].map((rows) => lessonOf({ ...recipe, rows }))
  expect(zh!.options).toEqual(en!.options)
  expect(zh!.asked).toEqual(['朵朵在哪里？', 'Can you say where Oscar is?'])
  expect(homes('en')[zh!.look!]!.prompt).toBe('朵朵在哪里？')
  expect(en!.look).toBe(0)
})
