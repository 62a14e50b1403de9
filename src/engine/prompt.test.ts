// Prompts of any type and shape: taken, or refused by the place where the fault stands.

import { describe, expect, test } from 'vitest'
import { checkPrompt } from './prompt.ts'

const user = (content: unknown): unknown => ({ role: 'user', content })

test('what a model can be asked is taken as it is', () => {
  expect(checkPrompt('generate', 'Hi 🦊')).toBe('Hi 🦊')
  expect(checkPrompt('generate', '')).toBe('')
  expect(checkPrompt('generate', { ids: [0, 5] })).toEqual({ ids: [0, 5] })
  expect(checkPrompt('generate', [user('Hi'), { role: 'assistant', content: '' }])).toEqual([
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: '' },
  ])
})

describe('what it cannot', () => {
  const thrower = Object.defineProperty({}, 'ids', {
    get() {
      throw new Error('mine')
    },
  }) as unknown
  const proxy: unknown = new Proxy([], {
    get() {
      throw new Error('mine')
    },
  })
  test.each<[string, unknown, string]>([
    ['null', null, '"prompt"'],
    ['undefined', undefined, '"prompt"'],
    ['a number', 5, '"prompt"'],
    ['an object', { toString: 1 }, '"prompt"'],
    ['a function', () => 'x', '"prompt"'],
    ['ids that are a text', { ids: '12' }, '"prompt"'],
    ['a getter that throws', thrower, '"prompt"'],
    ['a proxy that throws', proxy, '"prompt"'],
    ['no message', [], '"messages"'],
    ['a message of null', [user('a'), null], '"messages[1]"'],
    ['a message that is a text', ['Hi'], '"messages[0]"'],
    ['a role nobody plays', [{ role: 'pirate', content: '' }], '"messages[0].role"'],
    ['a role that is an object', [{ role: { toString: 1 }, content: '' }], '"messages[0].role"'],
    ['content of null', [user(null)], '"messages[0].content"'],
    ['content of a number', [user('a'), user(5)], '"messages[1].content"'],
    [
      'content that is an image',
      [user([{ type: 'text', text: 'a' }, { type: 'image' }])],
      '"messages[0].content[1].type"',
    ],
    ['a part that is a text', [user(['a'])], '"messages[0].content[0]"'],
    ['a part without text', [user([{ type: 'text' }])], '"messages[0].content[0].text"'],
    ['calls that are none', [{ role: 'assistant', tool_calls: 'f' }], '"messages[0].tool_calls"'],
    ['a call without a name', [{ role: 'assistant', tool_calls: [{ function: {} }] }], '"messages[0].tool_calls[0]"'],
    ['a field that is a function', [{ role: 'user', content: 'a', name: () => 'a' }], '"messages[0].name"'],
    ['no content', [{ role: 'user' }], '"messages[0].content"'],
    ['an id of text', { ids: [1, '2'] }, '"ids[1]"'],
    ['an id below 0', { ids: [-1] }, '"ids[0]"'],
    ['an id that is no whole number', { ids: [1.5] }, '"ids[0]"'],
    ['an id of NaN', { ids: [NaN] }, '"ids[0]"'],
    ['a huge id', { ids: [2 ** 31] }, '"ids[0]"'],
  ])('%s', (_, input, place) => {
    expect(() => checkPrompt('generate', input)).toThrow(
      expect.objectContaining({
        code: 'PARAM_INVALID',
        message: expect.stringContaining(`Cannot generate with ${place} = `) as string,
      }) as Error,
    )
  })
  test.each<[string, unknown, string]>([
    ['a text', 'ab\ud83d', 'the prompt: at place 2'],
    ['a message', [user('\udc00')], 'messages[0].content: at place 0'],
  ])('half a character in %s', (_, input, place) => {
    expect(() => checkPrompt('generate', input)).toThrow(
      expect.objectContaining({ code: 'PARAM_INVALID', message: expect.stringContaining(place) as string }) as Error,
    )
  })
})
