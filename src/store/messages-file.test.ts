// Messages in OpenAI's shape: what is written is read back, and what is not text is refused by its place.

import { expect, test } from 'vitest'
import { fromMessages, toMessages } from './messages-file.ts'

const messages = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: 'Where is Lily?\nSay it.' },
  { role: 'assistant', content: '在花园里。' },
]
const read = (value: unknown) => fromMessages(typeof value === 'string' ? value : JSON.stringify(value), 1000)
const written = (value: unknown) => read(value)!.chats.map(({ chat }) => JSON.parse(toMessages(chat)) as unknown)

test('a list, an object with one, and lines of them are chats; written again they are the same', () => {
  for (const file of [messages, { messages }, { model: 'x', messages }]) expect(written(file)).toEqual([{ messages }])
  const lines = [messages, messages.slice(1)].map((list) => JSON.stringify({ messages: list }))
  expect(written(`${lines.join('\n')}\n`)).toEqual([{ messages }, { messages: messages.slice(1) }])
  const [first] = read(messages)!.chats
  expect(first!.chat).toMatchObject({ title: 'Where is Lily?', system: 'Be short.' })
  expect(first!.chat.turns).toHaveLength(2)
  const parts = [{ role: 'user', content: ['a', 'b'].map((text) => ({ type: 'text', text })) }]
  expect(written(parts)).toEqual([{ messages: [{ role: 'user', content: 'ab' }] }])
})

test('what a chat here cannot hold is refused by its place, and no other chat is', () => {
  const refused = (...list: unknown[]) => read(list)!.refused.map(({ why }) => why)
  expect(refused({ role: 'tool', content: 'x' })).toEqual(['messages[0].tool_call_id'])
  expect(refused({ role: 'user', content: 'x' }, { role: 'system', content: 'x' })).toEqual(['messages[1].role'])
  expect(refused({ role: 'user', content: [{ type: 'image_url' }] })).toEqual(['messages[0].content'])
  expect(refused({ role: 'assistant', content: null, tool_calls: [{}] })).toEqual(['messages[0].tool_calls'])
  expect(refused({ role: 'assistant', content: 'x', tool_calls: [{}] })).toEqual(['messages[0].tool_calls'])
  expect(refused({ role: 'user', content: 'x'.repeat(2_000_001) })).toEqual(['body.messages[0].content'])
  const twice = '{"messages":[{"role":"user","content":"a","content":"b"}]}'
  expect(read(`${twice}\n${JSON.stringify({ messages })}`)).toMatchObject({
    chats: [{}],
    refused: [{ why: 'content' }],
  })
  const found = read([JSON.stringify([{ role: 'robot', content: '' }]), JSON.stringify(messages)].join('\n'))!
  expect([found.chats.length, found.refused.length]).toEqual([1, 1])
  for (const other of ['', '[]', '{}', 'null', '[1]', '{"messages":[]}', '{"messages":[{}]}', 'a\nb']) {
    expect(read(other), other).toBeNull()
  }
})
