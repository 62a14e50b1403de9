import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { titleFrom, toChange, toPrompt, uniqueTitle, type Chat, type Message } from './chat-data.ts'
import { fromFile, toFile, toMarkdown } from './exported.ts'
import { readChat } from './stored.ts'
import { endUnder, pathTo, repaired, versionsOf } from './tree.ts'

const message = (role: Message['role'], content: string, change: Partial<Message> = {}): Message => ({
  id: `${role}${content}`,
  role,
  content,
  state: 'done',
  tokens: 0,
  at: 5,
  ...change,
})
const chat: Chat = {
  id: 'c',
  title: 'T',
  updatedAt: 9,
  system: 'S',
  own: { '*': { stop: ['\n'], seed: 7 }, m: { temperature: 0.2, maxTokens: 9 } },
  banned: [
    { id: 7, text: ' the', model: 'm' },
    { id: 8, text: ' a', model: 'm', bias: -2.5 },
  ],
  leaf: 'assistanta',
  turns: [
    message('user', 'q'),
    message('assistant', 'a', {
      parent: 'userq',
      finish: 'stop',
      form: 'schema',
      fits: false,
      seed: 3,
      modelName: 'M',
      edits: 2,
      adapters: [
        { name: 'pirate', scale: 0.5 },
        { name: 'b', scale: 1 },
      ],
      error: { code: 'NETWORK', message: 'm', facts: { a: 1, b: null } },
      notice: { format: 'ChatML', error: { code: 'TEMPLATE_LIMIT', message: 'm', facts: { what: 'w' } } },
    }),
    message('assistant', 'b', {
      at: 6,
      parent: 'userq',
      name: 'mine',
      removed: 8,
      fork: { from: 'assistanta', at: 1, token: 'x', instead: 'y', banned: true },
      stats: {
        promptTokens: 1,
        reusedTokens: 0,
        generatedTokens: 2,
        prefillSeconds: 0.5,
        decodeSeconds: 0.5,
        prefillPerSecond: null,
        decodePerSecond: 2,
        dispatchesPerToken: 1,
        submitsPerToken: 1,
        readBytesPerToken: 1,
        drafted: 4,
        accepted: 3,
      },
    }),
  ],
}
const onDisk = (c: Chat): [unknown, unknown[]] => {
  const { head, body, turns } = toChange(c)
  return JSON.parse(JSON.stringify([{ id: c.id, ...head, body }, turns])) as [unknown, unknown[]]
}
const good = (found: ReturnType<typeof readChat>): Chat => {
  if (!('chat' in found)) throw new Error(found.bad.join())
  expect(found.bad).toEqual([])
  return found.chat
}

test('what is written reads back the same, from disk and from a file', () => {
  expect(good(readChat(...onDisk(chat)))).toEqual(chat)
  const run = {
    prompt: [1, 2],
    tokens: [
      [
        5,
        'a',
        null,
        -1,
        0,
        1,
        2,
        0.5,
        [
          [5, 'a', -1],
          [6, 'b', null],
        ],
        [['pick', 1, 2, 0.5]],
      ],
    ],
  }
  const text = toFile([{ chat, runs: { assistanta: run as never } }])
  expect(fromFile(text)).toEqual({ chats: [{ chat, runs: { assistanta: run } }], refused: [] })
})

const v1 = (change: object, body: object = {}): object => ({
  id: 'a',
  title: 't',
  updatedAt: 1,
  messages: 1,
  body: {
    version: 1,
    system: '',
    params: {},
    messages: [{ id: 'x', role: 'user', content: 'hi', state: 'done', tokens: 0, at: 1 }],
    ...body,
  },
  ...change,
})
const file = (...chats: unknown[]): string => JSON.stringify({ glassbox: 'chats', version: 1, chats })

test('files of the version before are read, and one bad chat costs no other', () => {
  const found = fromFile(
    file(
      v1({}),
      null,
      v1({ title: 5 }),
      v1({ id: 'b' }, { messages: [{ id: 'x', role: 'robot', content: '' }] }),
      v1({ id: 'c' }),
    ),
  )
  expect(found?.chats.map(({ chat: { id, turns } }) => [id, turns.length])).toEqual([
    ['a', 1],
    ['c', 1],
  ])
  expect(found?.refused).toEqual([
    { title: '', why: 'body' },
    { title: '', why: 'title' },
    { title: 't', why: 'body.messages[0].role' },
  ])
  for (const bad of [
    '',
    '{',
    '[]',
    'null',
    '{"glassbox":"chats","version":3,"chats":[]}',
    '{"glassbox":"chats","version":1,"chats":{}}',
  ]) {
    expect(fromFile(bad), bad).toBeNull()
  }
  // an earlier build wrote the notice as a text
  expect(
    fromFile(
      file(
        v1(
          {},
          {
            messages: [
              { id: 'x', role: 'assistant', content: 'c', state: 'streaming', tokens: 0, at: 0, notice: 'old' },
            ],
          },
        ),
      ),
    )?.chats,
  ).toHaveLength(1)
})

test.each<[string, object, object?]>([
  ['params.temperature', { params: { temperature: 'hot' } }],
  ['params.repetitionPenalty', { params: { repetitionPenalty: 1e-308 } }],
  ['params.evil', { params: { evil: 1 } }],
  ['params.banned[0].bias', { params: { banned: [{ id: 1, text: 'a', model: 'm', bias: 101 }] } }],
  ['params.banned[0].id', { params: { banned: [{ id: -1, text: 'a', model: 'm' }] } }],
  ['system', { system: 5 }],
  ['evil', {}, { evil: 1 }],
  ['messages[0].tokens', { messages: [{ id: 'x', role: 'user', content: '', tokens: -5 }] }],
  ['messages[0].stats', { messages: [{ id: 'x', role: 'user', content: '', stats: { promptTokens: '1' } }] }],
  ['messages[0].error', { messages: [{ id: 'x', role: 'user', content: '', error: { code: '<b>', message: 'x' } }] }],
  [
    'messages[1].id',
    {
      messages: [
        { id: 'x', role: 'user', content: '' },
        { id: 'x', role: 'user', content: '' },
      ],
    },
  ],
  ['messages', { messages: Array.from({ length: 100_000 }, () => ({})) }],
  ['messages[0]', { messages: [{ id: 'x', role: 'user', content: 'x'.repeat(2_000_001) }] }],
])("a file's chat with a wrong %s is left out whole, and a row keeps what can be read", (where, body, head = {}) => {
  const found = fromFile(file(v1(head, body)))
  expect(found?.chats).toEqual([])
  expect(found?.refused[0]!.why.replace(/^body\./, '')).toContain(where.split('.')[0])
  const row = readChat(v1(head, body), null)
  expect(row.bad.join(' ')).toContain(where)
  expect('chat' in row).toBe(where !== 'messages')
})

test('names of prototypes do nothing', () => {
  const sneaky = fromFile(
    '{"glassbox":"chats","version":2,"chats":[{"id":"a","title":"t","updatedAt":1,"__proto__":{"evil":1},"body":{"version":2,"own":{"__proto__":{"temperature":1}}},"turns":[]}]}',
  )
  expect(sneaky?.chats).toEqual([])
  const row = readChat(
    JSON.parse('{"id":"a","title":"t","updatedAt":1,"body":{"version":2,"own":{"__proto__":{"temperature":1}}}}'),
    [],
  )
  expect('chat' in row && row.chat.own).toEqual({})
  expect(({} as Record<string, unknown>)['evil']).toBeUndefined()
})

test('whatever is accepted is written out the same again', () => {
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, -1, 1e300, '', '__proto__', [], {}))
  const keys = [
    'id',
    'parent',
    'role',
    'content',
    'state',
    'tokens',
    'at',
    'modelName',
    'finish',
    'stats',
    'seed',
    'notice',
    'error',
    'edits',
    'adapters',
    'form',
    'fits',
    'fork',
    'name',
    'removed',
    'extra',
  ]
  const base = onDisk(chat)[1] as Record<string, unknown>[]
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.constantFrom(...keys), junk), { maxLength: 3 }),
      fc.option(fc.tuple(fc.constantFrom('system', 'own', 'banned', 'leaf', 'version', 'x'), junk)),
      (changes, body) => {
        const turns = structuredClone(base)
        for (const [i, key, value] of changes) turns[i]![key] = value
        const given = {
          id: 'c',
          title: 'T',
          updatedAt: 9,
          body: {
            version: 2,
            system: 'S',
            own: {},
            banned: [],
            leaf: 'assistanta',
            ...(body && { [body[0]]: body[1] }),
          },
          turns,
        }
        const text = JSON.stringify({ glassbox: 'chats', version: 2, chats: [given] })
        const found = fromFile(text)!
        for (const one of found.chats) expect(fromFile(toFile([one]))).toEqual({ chats: [one], refused: [] })
        // as rows: never a throw, and what was read is a tree that ends
        const row = readChat({ id: 'c', title: 'T', updatedAt: 9, body: given.body }, turns)
        if ('chat' in row) {
          for (const turn of row.chat.turns) expect(pathTo(row.chat.turns, turn.id).at(-1)?.id).toBe(turn.id)
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('circles and missing parents become first turns', () => {
  const turn = (id: string, parent?: string): Message =>
    message('user', id, { id, ...(parent !== undefined && { parent }) })
  expect(repaired([turn('a', 'b'), turn('b', 'a'), turn('c', 'c'), turn('d', 'gone'), turn('e', 'd')])).toEqual({
    moved: 3,
    turns: [turn('a'), turn('b', 'a'), turn('c'), turn('d'), turn('e', 'd')],
  })
  const long = Array.from({ length: 20_000 }, (_, i) => turn(`${i}`, `${(i + 1) % 20_000}`))
  expect(repaired(long).moved).toBe(1)
  const inCircle = fromFile(
    JSON.stringify({
      glassbox: 'chats',
      version: 2,
      chats: [{ id: 'a', title: 't', updatedAt: 1, body: { version: 2 }, turns: [turn('a', 'b'), turn('b', 'a')] }],
    }),
  )
  expect(inCircle?.refused[0]!.why).toContain('without the turn they follow')
})

test('versions stand beside each other, and the way down is the one seen last, else the newest', () => {
  const turn = (id: string, at: number, parent?: string, role: Message['role'] = 'assistant'): Message =>
    message(role, id, { id, at, ...(parent !== undefined && { parent }) })
  const turns = [
    turn('q', 1, undefined, 'user'),
    turn('a', 2, 'q'),
    turn('b', 3, 'q'),
    turn('c', 4, 'a', 'user'),
    turn('d', 5, 'c'),
  ]
  expect(versionsOf(turns, turns[1]!).map(({ id }) => id)).toEqual(['a', 'b'])
  expect([endUnder(turns, null), endUnder(turns, 'q', new Map([['q', 'a']])), endUnder(turns, 'a')]).toEqual([
    'b',
    'd',
    'd',
  ])
  expect(pathTo(turns, 'd').map(({ id }) => id)).toEqual(['q', 'a', 'c', 'd'])
})

test('the chats that were made to freeze and to deceive are read as the text they are', () => {
  for (const name of ['brick-chats', 'spoof-chats']) {
    const text = readFileSync(new URL(`../../fixtures/chats/${name}.json`, import.meta.url), 'utf8')
    const found = fromFile(text)!
    expect(found.refused).toEqual([])
    expect(found.chats[0]!.chat.turns.map((turn) => turn.content)).toEqual(
      (JSON.parse(text) as { chats: { body: { messages: { content: string }[] } }[] }).chats[0]!.body.messages.map(
        (m) => m.content,
      ),
    )
  }
})

test('as Markdown: what is on screen first, then every other version', () => {
  const words = {
    system: 'System',
    you: 'You',
    model: 'Model',
    tool: (name: string) => `Tool ${name}`,
    edited: (n: number) => `edited ${n}`,
    adapted: (list: readonly { name: string; scale: number }[]) => list.map((a) => `${a.name}${a.scale}`).join(),
    version: (n: number, of: number) => `${n}/${of}`,
    others: 'Other versions',
    stopped: 'stopped',
  }
  expect(toMarkdown(chat, words)).toBe(
    '# T\n\n## System\n\nS\n\n## You\n\nq\n\n## M (1/2 · edited 2 · pirate0.5,b1)\n\na\n\n---\n\n# Other versions\n\n> q\n\n## Model (2/2 · mine)\n\nb\n',
  )
})

test('the prompt alternates even after failed answers', () => {
  expect(
    toPrompt('  ', [message('user', 'a'), message('assistant', '', { state: 'failed' }), message('user', 'b')]),
  ).toEqual([{ role: 'user', content: 'a\n\nb' }])
  expect(toPrompt('S', [message('user', 'a')])[0]).toEqual({ role: 'system', content: 'S' })
})

test('titles are one short line, and no two the same', () => {
  expect(titleFrom('  one\ntwo ')).toBe('one')
  expect(titleFrom('x'.repeat(100))).toHaveLength(60)
  expect(uniqueTitle('a', new Set(['a', 'a (2)']))).toBe('a (3)')
})
