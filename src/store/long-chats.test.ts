// Chats as long as a file of chats may have them: what is written of them, told to the model and searched takes time in
// proportion, and no text of theirs is too much for a call.

import { expect, test } from 'vitest'
import { toPrompt, type Chat, type Message } from './chat-data.ts'
import { fromFile, toFile, toMarkdown, type MarkdownWords } from './exported.ts'
import { toMessages } from './messages-file.ts'
import { findIn } from './search.ts'
import { limits } from './stored.ts'

const words: MarkdownWords = {
  ...{ system: 'System', you: 'You', model: 'Model', others: 'Others', stopped: 'stopped' },
  ...{ tool: (name) => name, edited: String, adapted: () => '', version: (n, of) => `${n}/${of}` },
}
const turn = (i: number, more: Partial<Message>): Message => ({
  ...{ id: `t${i}`, role: 'user', content: 'x', state: 'done', tokens: 0, at: i },
  ...more,
})
const chat = (turns: Message[], leaf = turns.at(-1)!.id): Chat => ({
  ...{ id: 'c', title: 'T', updatedAt: 0, system: '', own: {}, banned: [] },
  ...{ turns, leaf },
})
/** ms of the processor: those of a clock say how busy the machine is */
const took = (work: () => unknown): number => {
  const began = process.cpuUsage()
  work()
  return process.cpuUsage(began).user / 1000
}
const many = (make: (i: number) => Partial<Message>): Message[] =>
  Array.from({ length: limits.turns }, (_, i) => turn(i, make(i)))
const above = (i: number): Partial<Message> => (i === 0 ? {} : { parent: `t${i - 1}` })

test('so many versions of one answer, as Markdown', () => {
  const versions = chat(many((i) => (i === 0 ? {} : { role: 'assistant', parent: 't0' })))
  let text = ''
  expect(took(() => (text = toMarkdown(versions, words)))).toBeLessThan(3000)
  expect(text).toContain(`(2/${limits.turns - 1})`)
  expect(text).toContain('> x')
})

test('one long talk: told to the model, searched, and written as messages', () => {
  const calls = [{ name: 'f', args: '{}' }]
  const talk = chat(
    many((i) =>
      i % 3 === 0
        ? above(i)
        : i % 3 === 1
          ? { ...above(i), role: 'assistant', calls, beside: '' }
          : { ...above(i), role: 'tool', tool: { name: 'f', call: 0 } },
    ),
  )
  expect(took(() => toPrompt('', talk.turns))).toBeLessThan(500)
  expect(took(() => toMessages(talk))).toBeLessThan(1500)
  expect(took(() => findIn(talk, /nowhere/))).toBeLessThan(500)
  const prompt = toPrompt('', talk.turns)
  expect(prompt).toHaveLength(limits.turns)
  expect(prompt[2]).toMatchObject({ role: 'tool', name: 'f', tool_call_id: prompt[1]!.tool_calls![0]!.id })
})

test('a file whose every turn has a run', () => {
  const talk = chat(many(above))
  const run = { prompt: [], tokens: [] }
  const runs = Object.fromEntries(talk.turns.toReversed().map(({ id }) => [id, run]))
  const text = toFile([{ chat: talk, runs }])
  let found: ReturnType<typeof fromFile> = null
  expect(took(() => (found = fromFile(text)))).toBeLessThan(3000)
  expect(found).toMatchObject({ chats: [{}], refused: [] })
})

test('a result that is full of ticks is fenced', () => {
  const content = '` '.repeat(500_000)
  const text = toMarkdown(chat([turn(0, { role: 'tool', content, tool: { name: 'f', call: 0 } })]), words)
  expect(text).toContain(`\n\`\`\`\n${content.slice(0, 20)}`)
})
