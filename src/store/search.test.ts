// What the search finds in a chat, and where.

import { expect, test } from 'vitest'
import type { Chat, Message } from './chat-data.ts'
import { finder, findIn, pieceOf } from './search.ts'

const turn = (id: string, content: string, parent?: string, more: Partial<Message> = {}): Message => ({
  id,
  ...(parent !== undefined && { parent }),
  role: 'user',
  content,
  state: 'done',
  tokens: 0,
  at: Number(id.slice(1)),
  ...more,
})
const chat: Chat = {
  id: 'c',
  title: 'The red ball',
  updatedAt: 1,
  system: '',
  own: {},
  banned: [],
  leaf: 't3',
  turns: [
    turn('t1', 'Lily has a ball (red).'),
    turn('t2', 'Where is it?', 't1'),
    turn('t3', 'In the garden,\n  under a TREE: 在花园里。', 't1'),
    turn('t4', 'A garden gnome', 't2'),
    turn('t5', 'a garden, put away', 't2', { removed: 5 }),
  ],
}
const found = (wanted: string) => findIn(chat, finder(wanted)!)

test('capitals and spaces do not count, signs are signs, what is on screen comes first', () => {
  expect(found('garden')).toMatchObject({ turn: 't3', count: 2 })
  expect(found('tree')).toMatchObject({ turn: 't3', piece: { said: 'TREE' }, count: 1 })
  expect(found('garden, UNDER')?.piece.said).toBe('garden, under')
  expect(found('(red).')?.turn).toBe('t1')
  expect(found('花园')?.piece).toMatchObject({ before: 'In the garden, under a TREE: 在', said: '花园', after: '里。' })
  expect(found('red ball')).toMatchObject({ turn: null, count: 0, piece: { said: 'red ball' } })
  for (const not of ['gone', 'put away', '.*', 'b[a]ll', '$']) expect(found(not), not).toBeNull()
})

test('nothing typed is nothing to look for; any text can be typed', () => {
  for (const nothing of ['', '  ', '\n']) expect(finder(nothing)).toBeNull()
  for (const odd of ['\\', '[', '(?<', 'a-b', '/', '{2}', '\u{1F600}', 'İ', '\ud800']) {
    expect(pieceOf(`x ${odd} y`, finder(odd)!)?.said, odd).toBe(odd)
  }
})

test('a find in a long text is shown with what stands around it', () => {
  const { before, said, after } = pieceOf(`${'a '.repeat(500)}here${' b'.repeat(500)}`, finder('here')!)!
  expect([before[0], said, after.at(-1)]).toEqual(['…', 'here', '…'])
  expect(before.length + after.length).toBeLessThan(120)
})
