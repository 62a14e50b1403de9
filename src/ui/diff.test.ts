import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wordDiff } from './diff.ts'

const side = (parts: ReturnType<typeof wordDiff>, kind: 'gone' | 'new') =>
  parts
    .filter((p) => p.kind !== (kind === 'gone' ? 'new' : 'gone'))
    .map((p) => p.text)
    .join('')

it('holds both texts whole, whatever they are', () => {
  const text = fc
    .array(fc.constantFrom('a', 'the ', 'cat', ' ', '。', '猫', '花园', '在', '😀', '\n'), { maxLength: 30 })
    .map((list) => list.join(''))
  fc.assert(
    fc.property(text, text, fc.constantFrom('en', 'zh'), (a, b, lang) => {
      const parts = wordDiff(a, b, lang)
      expect([side(parts, 'gone'), side(parts, 'new')]).toEqual([a, b])
      parts.slice(1).forEach((part, i) => expect(part.kind).not.toBe(parts[i]!.kind))
    }),
  )
})

it('parts at words, in Chinese too', () => {
  expect(wordDiff('Tom found a basket.', 'Tom found a red ball.', 'en')).toEqual([
    { kind: 'same', text: 'Tom found a ' },
    { kind: 'gone', text: 'basket' },
    { kind: 'new', text: 'red ball' },
    { kind: 'same', text: '.' },
  ])
  const zh = wordDiff('小红在花园里。', '小红在厨房里。', 'zh')
  expect(zh.find((p) => p.kind === 'gone')!.text).toBe('花园')
  expect(zh.find((p) => p.kind === 'new')!.text).toBe('厨房')
})

it('does not hold on to a lone space between two changes', () => {
  expect(wordDiff('Tom found a basket.', 'Tom ball was dropped.', 'en')).toEqual([
    { kind: 'same', text: 'Tom ' },
    { kind: 'gone', text: 'found a basket' },
    { kind: 'new', text: 'ball was dropped' },
    { kind: 'same', text: '.' },
  ])
})

it('keeps the longest part they share', () => {
  const shared = wordDiff('one two three four five', 'zero two three five six', 'en')
    .filter((p) => p.kind === 'same')
    .map((p) => p.text.trim())
    .filter((t) => t !== '')
  expect(shared.join(' ')).toBe('two three five')
})

it('a text too long to compare word by word is one change', () => {
  const a = Array.from({ length: 2000 }, (_, i) => `a${i} `).join(''),
    b = Array.from({ length: 2000 }, (_, i) => `b${i} `).join('')
  expect(wordDiff(a, b, 'en').map((p) => p.kind)).toContain('gone')
  expect(side(wordDiff(a, b, 'en'), 'new')).toBe(b)
})
