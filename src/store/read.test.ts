// What is put into blanks, and which lines are texts.

import { expect, test } from 'vitest'
import { linesOf, mostTexts, withBlank } from './read.ts'

test('the n-th blank is filled, and the others stay', () => {
  expect(withBlank('a [MASK] b [MASK].', '[MASK]', 1, 'cat')).toBe('a [MASK] b cat.')
  expect(withBlank('a [MASK] b [MASK].', '[MASK]', 0, ' dog')).toBe('a dog b [MASK].')
})
test('a piece that goes on with a word leaves no space', () => {
  expect(withBlank('play [MASK] now', '[MASK]', 0, '##ing')).toBe('playing now')
})
test('a line is a text, empty ones are none, and there is an end to them', () => {
  expect(linesOf(' a\n\n b \n')).toEqual(['a', 'b'])
  expect(linesOf('x\n'.repeat(99))).toHaveLength(mostTexts)
})
