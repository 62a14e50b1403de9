// Pairs out of a teacher's file: what is read, and the first line that is not.

import { expect, test } from 'vitest'
import { readRows } from './rows-file.ts'

const read = { long: false, ignored: [] }
const pair = (prompt: string, completion: string) => ({ prompt, completion })

test('JSON lines, with prompt and completion or as chats', () => {
  const chat = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
  ]
  const file = `\uFEFF${JSON.stringify(pair('x', 'y'))}\r\n\n${JSON.stringify({ messages: chat })}\n`
  expect(readRows(file)).toEqual({ ...read, rows: [pair('x', 'y'), pair('a', 'b')], wrong: null })
  expect(readRows(`${file}{"prompt": 4}\n`)).toEqual({ ...read, rows: [pair('x', 'y'), pair('a', 'b')], wrong: 4 })
})

test('a talk of which only a part could be learnt is no pair', () => {
  const [user, assistant] = ['user', 'assistant'].map((role) => ({ role, content: role }))
  for (const messages of [
    [user, assistant, user, assistant],
    [{ role: 'system', content: 's' }, user, assistant],
  ]) {
    expect(readRows(JSON.stringify({ messages }))).toEqual({ ...read, rows: [], wrong: 1 })
  }
})

test.each<[string, string, object[], number | null]>([
  ['a head', 'Prompt,Completion\na,b\n', [pair('a', 'b')], null],
  ['a head of the panel’s words', 'Question, Answer\na,b\n', [pair('a', 'b')], null],
  ['a head in Chinese', '问题\t答案\na\tb\n', [pair('a', 'b')], null],
  ['those words further down', 'a,b\nquestion,answer\n', [pair('a', 'b'), pair('question', 'answer')], null],
  ['none, and tabs', 'a, c\tb', [pair('a, c', 'b')], null],
  ['a line break in quotes', '"a\nb","say ""c"""\nd,e\nf\n', [pair('a\nb', 'say "c"'), pair('d', 'e')], 4],
  ['an open quote', 'a,b\n"c,d\n', [pair('a', 'b')], 2],
  ['an empty cell', 'a,b\nc,\n', [pair('a', 'b')], 2],
  ['nothing', '', [], null],
  ['too many', 'a,b\n'.repeat(2001), new Array<object>(2000).fill(pair('a', 'b')), 2001],
])('a table with %s', (_, file, rows, wrong) => {
  expect(readRows(file)).toEqual({ ...read, rows, wrong })
})

test('what nothing is made of is named, and a file too long is not read in part', () => {
  const talk = [
    { role: 'user', content: 'a', weight: 2 },
    { role: 'assistant', content: 'b' },
  ]
  const lines = [
    { ...pair('x', 'y'), system: 's', weight: 1 },
    { messages: talk, prompt: 'p' },
    { ...pair('x', 'y'), messages: 'm' },
  ]
  const file = lines.map((line) => JSON.stringify(line)).join('\n')
  expect(readRows(file)).toMatchObject({
    wrong: null,
    ignored: ['system', 'weight', 'prompt', 'messages.weight', 'messages'],
  })
  expect(readRows(`a,b\n${' '.repeat(1e7)}`)).toEqual({ rows: [], wrong: null, long: true, ignored: [] })
})

test('a field that stands twice in a line is named', () => {
  const file = `${JSON.stringify(pair('x', 'y'))}\n{"prompt":"a","prompt":"b","completion":"c"}`
  expect(readRows(file)).toEqual({ ...read, rows: [pair('x', 'y')], wrong: 2, twice: 'prompt' })
})
