// Reasoning found in answers, whole and while they grow.

import { expect, test } from 'vitest'
import { only, thinkingIn, withoutThinking } from './thinking.ts'

const parts = (text: string, begun = false, streaming = false): [string, string, boolean] | null => {
  const found = thinkingIn(text, begun, streaming)
  return found && [text.slice(found.from, found.to), text.slice(found.answerFrom), found.unfinished]
}

test('a block the answer opens, and one that the prompt opened', () => {
  expect(parts('<think>\nhm\n</think>\n\nHello')).toEqual(['\nhm\n', 'Hello', false])
  expect(parts(' \n<think>hm</think>Hi')).toEqual(['hm', 'Hi', false])
  expect(parts('hm\n</think>\n\nHello', true)).toEqual(['hm\n', 'Hello', false])
  // kept by an earlier version, which did not say that the prompt had opened it
  expect(parts('hm</think>Hello')).toEqual(['hm', 'Hello', false])
  expect(parts('<think>cut off')).toEqual(['cut off', '', true])
})
test('words about the tags are an answer', () => {
  for (const text of ['', 'Hello', 'Use <think> and </think>.', 'a <think>b</think>', '<thinking>']) {
    expect(parts(text)).toBeNull()
  }
})
test('while it grows no tag flickers up', () => {
  const whole = '<think>\nhm\n</think>\n\nHello'
  for (let n = 0; n <= whole.length; n++) {
    const found = parts(whole.slice(0, n), false, true)!
    expect(found[0] + found[1], whole.slice(0, n)).not.toMatch(/[<>]/)
    expect('Hello'.startsWith(found[1])).toBe(true)
  }
  const begun = 'hm\n</think>\n\nHello'
  for (let n = 0; n <= begun.length; n++) expect(parts(begun.slice(0, n), true, true)!.join('')).not.toContain('<')
  expect(parts('<b', false, true)).toBeNull()
})
test('what is copied is the answer alone', () => {
  expect(withoutThinking('<think>hm</think>\n\nHello', false)).toBe('Hello')
  expect(withoutThinking('Hello', false)).toBe('Hello')
  expect(withoutThinking('<think>cut off', false)).toBe('<think>cut off')
})
test('places stay', () => {
  const text = '<think>hm</think>Hello'
  expect(only(text, 17, text.length)).toBe(`${'\n'.repeat(17)}Hello`)
})
