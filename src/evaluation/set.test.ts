// What is read of a set, and what is refused with which line.

import { expect, test } from 'vitest'
import { limits, readSet } from './set.ts'
import { readTable, tableText } from './table.ts'

const line = (row: object): string => `${JSON.stringify(row)}\n`
const ask = (content: string) => [{ role: 'user', content }]

test('JSON lines: questions, choices, chats and texts', () => {
  const { rows, ignored, wrong } = readSet(
    `\uFEFF${line({ prompt: 'Where?', answer: 'here', id: 7 })}\r\n${line({ context: 'It was here.', prompt: 'Where?', answers: ['here', 'there'] })}` +
      line({ messages: ask('2 + 2'), choices: ['3', '4'], answer: 1 }) +
      line({ prompt: '2 + 2', choices: ['3', '4'], answer: '4' }) +
      line({ text: '从前' }),
  )
  expect(wrong).toBeNull()
  expect(ignored).toEqual(['id'])
  expect(rows).toEqual([
    { kind: 'question', line: 1, messages: ask('Where?'), answers: ['here'] },
    { kind: 'question', line: 3, messages: ask('It was here.\n\nWhere?'), answers: ['here', 'there'] },
    { kind: 'choice', line: 4, messages: ask('2 + 2'), choices: ['3', '4'], right: 1 },
    { kind: 'choice', line: 5, messages: ask('2 + 2'), choices: ['3', '4'], right: 1 },
    { kind: 'text', line: 6, text: '从前' },
  ])
})

test('a table: quotes, line breaks, tabs, several answers in a cell', () => {
  const csv = 'prompt,answers,choices\r\n"Who, me?\n""You""",a|b,\r\n\r\nWhich?,y, x| y\r\n'
  expect(readSet(csv)).toEqual({
    rows: [
      { kind: 'question', line: 2, messages: ask('Who, me?\n"You"'), answers: ['a', 'b'] },
      { kind: 'choice', line: 5, messages: ask('Which?'), choices: [' x', ' y'], right: 1 },
    ],
    ignored: [],
    wrong: null,
  })
  expect(readSet('prompt\tanswer\nq, r\ta').rows).toMatchObject([{ messages: ask('q, r'), answers: ['a'] }])
})

test.each<[string, string, object]>([
  ['nothing', ' \n', { problem: 'empty', line: null }],
  ['a head without rows', 'prompt,answer\n', { problem: 'empty', line: null }],
  ['no JSON', `${line({ text: 'a' })}{"text": `, { problem: 'json', line: 2 }],
  ['a list', '[1]', { problem: 'json', line: 1 }],
  ['deeply nested', `{"text":${'['.repeat(200_000)}`, { problem: 'json', line: 1 }],
  ['no answer', line({ prompt: 'a' }), { problem: 'missing', line: 1, field: 'answer' }],
  ['nothing asked', line({ answer: 'a' }), { problem: 'missing', line: 1, field: 'prompt' }],
  ['two prompts', line({ prompt: 'a', messages: ask('a'), answer: 'a' }), { problem: 'both', line: 1 }],
  ['two keys', line({ prompt: 'a', answer: 'a', answers: ['b'] }), { problem: 'both', line: 1 }],
  ['text and answer', line({ text: 'a', answer: 'a' }), { problem: 'both', line: 1 }],
  ['a number', line({ prompt: 4, answer: 'a' }), { problem: 'field', line: 1, field: 'prompt' }],
  ['a long text', line({ text: 'x'.repeat(limits.text + 1) }), { problem: 'field', line: 1, field: 'text' }],
  [
    'a chat that ends with an answer',
    line({ messages: [{ role: 'assistant', content: 'a' }], answer: 'b' }),
    { field: 'messages' },
  ],
  [
    'a role that there is not',
    line({ messages: [{ role: 'tool', content: 'a' }], answer: 'b' }),
    { field: 'messages' },
  ],
  ['nothing in a list', line({ messages: [null], answer: 'b' }), { field: 'messages' }],
  ['no such choice', line({ prompt: 'a', choices: ['b', 'c'], answer: 2 }), { problem: 'choice', line: 1 }],
  ['half a choice', line({ prompt: 'a', choices: ['b', 'c'], answer: 0.5 }), { problem: 'choice', line: 1 }],
  ['one choice', line({ prompt: 'a', choices: ['b'], answer: 0 }), { problem: 'field', field: 'choices' }],
  [
    'the same choice twice',
    line({ prompt: 'a', choices: ['b', 'b'], answer: 0 }),
    { problem: 'field', field: 'choices' },
  ],
  [
    'too many choices',
    line({ prompt: 'a', choices: [...'abcdefghijklmnopqrstuvwxyzA'], answer: 0 }),
    { field: 'choices' },
  ],
  ['an open quote', 'prompt,answer\na,b\n"c,d\n', { problem: 'quote', line: 3 }],
  ['text behind a quote', 'prompt,answer\n"a"x,b\n', { problem: 'quote', line: 2 }],
  ['a cell too few', 'prompt,answer\na\n', { problem: 'columns', line: 2 }],
  ['a table of something else', 'name,age\nA,3\n', { problem: 'missing', line: 2 }],
  ['words without a head', 'hello world', { problem: 'columns', line: 1 }],
  ['the same column twice', 'prompt,answer,Answer\na,b,c\n', { problem: 'twice', line: 1, field: 'answer' }],
  [
    'the same field twice',
    '{"prompt":"a","answer":"b","answer":"c"}\n',
    { problem: 'twice', line: 1, field: 'answer' },
  ],
  [
    'twice in a message, written otherwise',
    String.raw`{"messages":[{"role":"user","content":"\"a\":","c\u006fntent" : "b"}],"answer":"b"}`,
    { problem: 'twice', line: 1, field: 'content' },
  ],
  ['too many rows', line({ text: 'a' }).repeat(limits.rows + 1), { problem: 'rows', line: limits.rows + 1 }],
  ['too long', 'x'.repeat(limits.characters + 1), { problem: 'bytes', line: null }],
])('refused: %s', (_, file, wanted) => {
  const read = readSet(file)
  expect(read.rows).toEqual([])
  expect(read.wrong).toMatchObject(wanted)
})

test('names of objects are no fields', () => {
  expect(readSet('{"__proto__":{"prompt":"a"},"constructor":"x","text":"t"}').ignored).toEqual([
    '__proto__',
    'constructor',
  ])
})

test('what is written as a table is read as the same; formulas stay text', () => {
  const rows = [
    ['a', 'b,"c"\n', ''],
    ['-1.5', 'x\ty', '末'],
  ]
  expect(readTable(tableText(rows)).rows.map(({ cells }) => cells)).toEqual(rows)
  expect(tableText([['=1+1']])).toBe("'=1+1\r\n")
  expect(readTable('a\r').rows).toEqual([{ line: 1, cells: ['a'] }])
})

test('an answer that is no text and no number is refused, whatever it would be as a text', () => {
  const odd = [
    '{"toString":1,"valueOf":1}',
    `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    '["1"]',
    'true',
    '{"__proto__":1}',
  ]
  for (const answer of odd) {
    expect(readSet(`{"prompt":"a","choices":["x","y"],"answer":${answer}}`).wrong).toMatchObject({ line: 1 })
  }
})

test('the same name in two objects, or as a value, stands there once', () => {
  const messages = ['prompt', 'user'].map((content) => ({ role: 'user', content }))
  expect(readSet(line({ messages, answer: 'messages', more: { answer: ['answer', { answer: 1 }] } })).wrong).toBeNull()
})
