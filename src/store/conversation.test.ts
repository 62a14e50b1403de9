import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromFile, fromRow, titleFrom, toFile, toPrompt, toRow, type Conversation, type Message } from './conversation.ts'
import { defaultParams } from './settings.ts'

const message = (role: Message['role'], content: string, change: Partial<Message> = {}): Message => ({ id: `${role}${content}`, role, content, state: 'done', tokens: 0, at: 5, ...change })
const chat: Conversation = {
  id: 'c', title: 'T', updatedAt: 9, system: 'S', params: { ...defaultParams, stop: ['\n'], banned: [{ id: 7, text: ' the', model: 'm' }] },
  messages: [message('user', 'q'), message('assistant', 'a', { finish: 'stop', seed: 3, modelName: 'M', error: { code: 'NETWORK', message: 'm', facts: { a: 1, b: null } },
    notice: { format: 'ChatML', error: { code: 'TEMPLATE_LIMIT', message: 'm', facts: { what: 'w' } } } })],
}

test('what is written reads back the same', () => {
  expect(fromRow(JSON.parse(JSON.stringify(toRow(chat))))).toEqual(chat)
  expect(fromFile(toFile([toRow(chat)]))).toEqual([chat])
})

test('anything else is refused or made plain, and never leaks into prototypes', () => {
  for (const bad of ['', '{', '[]', 'null', '{"glassbox":"chats","version":2,"chats":[]}', '{"glassbox":"chats","version":1,"chats":[null]}',
    '{"glassbox":"chats","version":1,"chats":[{"id":"a","title":"t","body":{"version":1,"messages":[{"id":"x","role":"robot","content":""}]}}]}',
  ]) expect(fromFile(bad), bad).toBeNull()
  const sneaky = `{"glassbox":"chats","version":1,"chats":[{"id":"a","title":"t","__proto__":{"evil":1},"body":{"version":1,"messages":[{"id":"m","role":"assistant","content":"c","state":"streaming",
    "tokens":-5,"extra":{"x":1},"error":{"code":"<b>","message":"x"},"notice":"old","stats":{"promptTokens":"1"}}],"params":{"temperature":"hot","topK":5,"stop":[1,"x"],"banned":[{"id":-1,"text":"a","model":"m"},{"id":3,"text":"b","model":"m","evil":1},7]}}}]}`
  expect(fromFile(sneaky)).toEqual([{ id: 'a', title: 't', updatedAt: 0, system: '', params: { ...defaultParams, topK: 5, stop: ['x'], banned: [{ id: 3, text: 'b', model: 'm' }] },
    messages: [{ id: 'm', role: 'assistant', content: 'c', state: 'stopped', tokens: 0, at: 0 }] }])
  expect(({} as Record<string, unknown>).evil).toBeUndefined()
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const found = fromRow(value) ?? fromRow({ id: 'a', title: '', body: { version: 1, messages: value } }) ?? fromRow({ id: 'a', title: '', body: { version: 1, messages: [value], params: value } })
    if (found) expect(fromRow(JSON.parse(JSON.stringify(toRow(found))))).toEqual(found)
  }), { numRuns: 300 })
})

test('the prompt alternates even after failed answers', () => {
  expect(toPrompt('  ', [message('user', 'a'), message('assistant', '', { state: 'failed' }), message('user', 'b')])).toEqual([{ role: 'user', content: 'a\n\nb' }])
  expect(toPrompt('S', [message('user', 'a')])[0]).toEqual({ role: 'system', content: 'S' })
})

test('titles are one short line', () => {
  expect(titleFrom('  one\ntwo ')).toBe('one')
  expect(titleFrom('x'.repeat(100))).toHaveLength(60)
})
