// Patterns against the machine's own, where that one is quick; and those that it would never finish.

import { expect, test } from 'vitest'
import { budget, parsePattern } from './pattern.ts'
import { patternOf } from './targets.ts'

const path = 'model.layers.11.self_attn.q_proj'

test('what PEFT’s users write', () => {
  const fits = (pattern: string, text = path): boolean => parsePattern(pattern, budget()).test(text)
  expect(fits(String.raw`.*\.(q|v)_proj`)).toBe(true)
  expect(fits(String.raw`.*\.(q|v)_pro`)).toBe(false)
  expect(fits(String.raw`^(?!.*vision).*(?:q_proj|k_proj).*$`)).toBe(true)
  expect(fits(String.raw`^(?!.*self_attn).*q_proj$`)).toBe(false)
  expect(fits(String.raw`model\.layers\.(?P<n>\d{1,2})\..+(?<=_)proj\Z`)).toBe(true)
  expect(fits(String.raw`(?<!x)model\.layers\.[^1-9a-z]*.*`)).toBe(true)
  expect(fits('a{,2}b{2}c{1,}', 'abbcc')).toBe(true)
  expect(fits('a{}', 'a{}')).toBe(true)
  expect(fits('(?:a?){3}b{0}', '')).toBe(true)
})

test.for([
  '(',
  'a)',
  'a**',
  'a*+',
  '(?i)a',
  String.raw`(a)\1`,
  '[b-a]',
  '[',
  String.raw`\q`,
  '(?<n>a)',
  'a{2,1}',
  '(?',
])('refused: %s', (pattern) => {
  expect(() => patternOf('mine', 'target_modules', pattern)).toThrow(
    expect.objectContaining({ code: 'ADAPTER_UNSUPPORTED' }),
  )
})

test('a pattern that is tried again and again elsewhere is done at once, or refused', () => {
  const began = performance.now()
  const forever = [
    `${'.*'.repeat(40)}!`,
    `${[...path].map((c) => `(?:\\${c}|[${c}])`.replace(/\\(?=\w)/, '')).join('')}!`,
    `${'('.repeat(60)}[a-z.]${'+)*'.repeat(60)}!`,
    `(?:${'.{0,99}'.repeat(60)}){9}!`,
    `${'(?=.*'.repeat(100)}!${')'.repeat(100)}`,
  ]
  for (const pattern of forever) {
    const fits = (): boolean => patternOf('mine', 'target_modules', pattern).test(path.repeat(4))
    try {
      expect(fits()).toBe(false)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ADAPTER_UNSUPPORTED' })
    }
  }
  expect(performance.now() - began).toBeLessThan(10_000)
})
