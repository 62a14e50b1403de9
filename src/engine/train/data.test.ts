// Which tokens a model is to say, found by writing a conversation with and without its answers.

import { expect, it } from 'vitest'
import { exampleOf, type Writer } from './data.ts'

const letters = (text: string): number[] => [...text].map((c) => c.charCodeAt(0))
const writer: Writer = {
  chat: (messages, open) => [
    ...messages.flatMap(({ role, content }) => [role === 'assistant' ? 4 : 3, ...letters(String(content)), 1, 2]),
    ...(open ? [4] : []),
  ],
  text: letters,
  ends: new Set([1]),
  words: 200,
}
const said = (row: Parameters<typeof exampleOf>[1], longest = 100): string => {
  const { ids, isTarget, cut } = exampleOf(writer, row, 0, longest)
  return `${ids.map((id, i) => (isTarget[i] ? `[${id > 4 ? String.fromCharCode(id) : id}]` : id > 4 ? String.fromCharCode(id) : String(id))).join('')} cut ${cut}`
}

it('targets are what the assistant says, its end included, the line behind it not', () => {
  expect(said({ prompt: 'ab', completion: 'cd' })).toBe('3ab124[c][d][1] cut 0')
})
it('every answer of a conversation; nothing behind the last', () => {
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'assistant', content: 'd' },
    { role: 'user', content: 'e' },
  ] as const
  expect(said({ messages })).toBe('3a124[b][1]23c124[d][1] cut 0')
})
it('a long conversation keeps its system message and the last turns that fit, and says so', () => {
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', content: 'aaaaaaaa' },
    { role: 'assistant', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'assistant', content: 'd' },
  ] as const
  expect(said({ messages }, 14)).toBe('3s123c124[d][1] cut 2')
  expect(() => said({ messages }, 8)).toThrow(/at most 8 tokens/)
})
it('all of a text but its first token, and its end', () => {
  expect(said({ text: 'abc' })).toBe('a[b][c][1] cut 0')
})
it('a template that writes earlier turns anew is refused', () => {
  const anew: Writer = { ...writer, chat: (messages, open) => [messages.length, ...writer.chat(messages, open)] }
  expect(() => exampleOf(anew, { prompt: 'a', completion: 'b' }, 7, 100)).toThrow(/rows\[7\].*token 0/)
})

const talk = [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: 'b' },
]
it.each<[object, string, string[]]>([
  [{ text: 'abc', messages: talk }, '.messages', ['"text" alone', 'a list']],
  [{ text: 'abc', prompt: 'p', completion: 'c' }, '.prompt', ['"text" alone']],
  [{ ids: [1, 2, 3], text: 'abc' }, '.ids', ['"text" alone']],
  [{ ids: [1, 2, 3], messages: talk }, '.messages', ['"ids" alone']],
  [{ messages: talk, prompt: 'p', completion: 'c' }, '.prompt', ['"messages" alone']],
  [{ prompt: 'p', completion: 'c', weight: 3 }, '.weight', ['"prompt", "completion" alone', 'it is 3']],
  [{ messages: talk, tools: [{}] }, '.tools', ['"messages" alone']],
  [{ prompt: 'p', completion: 'c', chosen: 'd' }, '.chosen', ['left out']],
  [{ messages: [talk[0], { ...talk[1], weight: 0 }] }, '.messages[1].weight', ['learnt alike', 'it is 0']],
  [{ ids: new Array(3) }, '', ['a text, messages']],
  [{ messages: [talk[0], , talk[1]] }, '', ['a text, messages']], // oxlint-disable-line no-sparse-arrays -- what is refused
])('what nothing would be made of is refused by name: %o', (row, field, said) => {
  let error: unknown
  try {
    exampleOf(writer, row as never, 7, 100)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ code: 'PARAM_INVALID', facts: { param: `rows[7]${field}` } })
  for (const text of said) expect(String(error)).toContain(text)
})
