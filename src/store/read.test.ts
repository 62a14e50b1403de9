// What is put into blanks, and which lines are texts.

import { expect, test } from 'vitest'
import { filled, linesOf, mostTexts, withBlank } from './read.ts'

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
test('of several blanks any may be chosen first, and chosen anew; those of the second text count on', () => {
  const read = { text: '[MASK] sees [MASK].', pair: 'It [MASK].' }
  expect(filled(read, '[MASK]', { 1: ' dog' })).toEqual({ text: '[MASK] sees dog.', pair: 'It [MASK].' })
  expect(filled(read, '[MASK]', { 1: 'dog', 0: 'tom', 2: 'runs' })).toEqual({ text: 'tom sees dog.', pair: 'It runs.' })
  expect(filled({ text: 'a', pair: null }, '[MASK]', { 0: 'x' })).toEqual({ text: 'a', pair: null })
})
