import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import { recall } from './reading.ts'
import { stopped } from './running.ts'
import { promptOf, tokensOf } from './answers.ts'
import { useBranches } from './branches.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useEdited } from './edited.ts'
import { inTrash, inUse, readHeads, unreadable, useHeads } from './heads.ts'
import { useHistory } from './history.ts'
import { useSaving } from './save.ts'
import { useSettings } from './settings.ts'
import { fakeClient, tokens, untilAborted, type Fake } from './testing.ts'
import { versionsOf } from './tree.ts'
import { useUndo } from './undo.ts'

let fake: Fake
const chat = () => useChat.getState()
beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useHeads.setState({ all: [] })
  useUndo.setState({ all: [] })
  chat().newChat()
})
const past = () => useHistory.getState()
const heads = () => useHeads.getState().all
const turnsOf = (id: string) => [...fake.chats.get(id)!.turns.values()]
const file = (text: string) => new Blob([text])
const prompts = () =>
  fake.asked.filter((a) => a.name === 'generate').map((a) => a.args[0] as { role: string; content: string }[])

test('a turn: question, streamed answer, statistics, saved', async () => {
  await chat().send('Hello there')
  const [question, answer] = chat().messages
  expect(question).toMatchObject({ role: 'user', content: 'Hello there', state: 'done' })
  expect(answer).toMatchObject({ role: 'assistant', content: 'w0 w1 w2 ', state: 'done', finish: 'stop', tokens: 3 })
  expect(answer!.stats?.promptTokens).toBe(3)
  expect(tokensOf(answer!.id).map((t) => t.index)).toEqual([0, 1, 2])
  expect(promptOf(answer!.id)?.ids).toEqual([1, 2, 3])
  expect(chat()).toMatchObject({ status: 'idle', live: null, title: 'Hello there' })
  expect(heads()).toMatchObject([{ id: chat().id, title: 'Hello there', messages: 2 }])
  expect(fake.chats.size).toBe(1)
})

test('many tokens change the state once per frame, not once per token', async () => {
  let changes = 0
  const off = useChat.subscribe(() => {
    changes++
  })
  fake.answer = (_, { signal }) => tokens(2000, signal)
  const began = performance.now()
  await chat().send('long')
  off()
  expect(chat().messages[1]!.tokens).toBe(2000)
  expect(changes).toBeLessThan(20 + (performance.now() - began) / 16)
})

test('the live numbers move while it writes', async () => {
  const seen = new Set<string>()
  const off = useChat.subscribe((s) => {
    if (s.live) seen.add(`${s.status} ${s.live.promptTokens}`)
  })
  fake.answer = (_, { signal }) => tokens(300, signal)
  await chat().send('x')
  off()
  expect([...seen]).toEqual(['prefill 0', 'prefill 3', 'streaming 3'])
})

test('stop keeps what was written', async () => {
  fake.answer = (_, { signal }) => tokens(1e6, signal)
  const turn = chat().send('go')
  await expect.poll(() => chat().messages[1]?.tokens ?? 0).toBeGreaterThan(5)
  chat().stop()
  expect(chat().status).toBe('stopping')
  await turn
  expect(chat().messages[1]).toMatchObject({ state: 'stopped', finish: 'aborted' })
  expect(chat().messages[1]!.content).toContain('w4 ')
})

test('a failure keeps the partial answer, names the error, and the next question is answered', async () => {
  fake.answer = async function* () {
    yield* (async function* () {
      for await (const e of tokens(2)) if (e.type !== 'done') yield e
    })()
    throw new EngineError('GPU_LOST', 'gone', { reason: 'unknown' })
  }
  await chat().send('one')
  expect(chat().messages[1]).toMatchObject({
    state: 'failed',
    content: 'w0 w1 ',
    error: { code: 'GPU_LOST', facts: { reason: 'unknown' } },
  })
  fake.answer = async function* () {
    throw new EngineError('CONTEXT_FULL', 'full')
  }
  await chat().send('two')
  fake.answer = (_, { signal }) => tokens(1, signal)
  await chat().send('three')
  expect(prompts().at(-1)).toEqual([
    { role: 'user', content: 'one', data: 'special' },
    { role: 'assistant', content: 'w0 w1 ', data: 'special' },
    { role: 'user', content: 'two\n\nthree', data: 'special' },
  ])
})

test('an answer again and a changed question stand beside the first, on screen and on disk', async () => {
  await chat().send('first')
  await chat().send('second')
  const [, , second, answer] = chat().messages
  await chat().regenerate()
  expect(chat().messages.map((m) => m.role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  expect(
    prompts()
      .at(-1)!
      .map((m) => m.content),
  ).toEqual(['first', 'w0 w1 w2 ', 'second'])
  expect(versionsOf(chat().turns, answer!).map((m) => m.id)).toEqual([answer!.id, chat().messages[3]!.id])
  await chat().editAndResend(second!.id, 'changed')
  expect(chat().messages.map((m) => m.content)).toEqual(['first', 'w0 w1 w2 ', 'changed', 'w0 w1 w2 '])
  const [first] = chat().messages
  await chat().editAndResend(first!.id, 'anew')
  expect(chat().messages).toHaveLength(2)
  expect(chat().title).toBe('anew')
  // nothing is gone: everything is on disk, and the way back leads to where one was
  expect(turnsOf(chat().id)).toHaveLength(9)
  await useBranches.getState().show(first!.id)
  expect(chat().messages.map((m) => m.content)).toEqual(['first', 'w0 w1 w2 ', 'changed', 'w0 w1 w2 '])
  await useBranches.getState().show(second!.id)
  expect(chat().messages[2]!.content).toBe('second')
  await past().open(chat().id)
  expect(chat().turns).toHaveLength(9)
  expect(chat().messages.map((m) => m.content)).toEqual(['first', 'w0 w1 w2 ', 'second', 'w0 w1 w2 '])
})

test('a version that was put away comes back, also after a reload', async () => {
  await chat().send('q')
  const [question, first] = chat().messages
  await chat().regenerate()
  const second = chat().messages[1]!
  await useBranches.getState().remove(second.id)
  expect(chat().messages.map((m) => m.id)).toEqual([question!.id, first!.id])
  await useBranches.getState().remove(first!.id)
  expect(chat().messages).toHaveLength(1) // no version is left: the question stands alone
  await useBranches.getState().bringBack(first!.id)
  await past().open(chat().id)
  expect(versionsOf(chat().turns, first!).map((m) => m.id)).toEqual([first!.id])
  await useBranches.getState().bringBack(second.id)
  await past().open(chat().id)
  expect(chat().messages[1]!.id).toBe(second.id)
  expect(chat().turns.every((turn) => turn.removed === undefined)).toBe(true)
})

test('the tokens of an answer are there after a reload, to the number', async () => {
  await chat().send('q')
  const id = chat().messages[1]!.id,
    events = [...tokensOf(id)]
  chat().newChat()
  await past().open(heads()[0]!.id)
  expect((await recall(id))?.events).toEqual(events)
  expect(promptOf(id)?.ids).toEqual([1, 2, 3])
})

test('an answer by an edited model bears a mark that stays', async () => {
  useEdited.setState({ edits: 2 })
  await chat().send('q')
  useEdited.setState({ edits: 0 })
  await chat().send('r')
  await past().open(chat().id)
  expect(chat().messages.map((m) => m.edits)).toEqual([undefined, 2, undefined, undefined])
  expect(heads()[0]!.edited).toBe(true)
  expect(JSON.parse(await past().exportJson()).chats[0].turns[1].edits).toBe(2)
})

test('two conversations do not get the same title', async () => {
  await chat().send('It was a sunny day.')
  chat().newChat()
  await chat().send('It was a sunny day.')
  chat().newChat()
  await chat().send('A text', 'Where was Mia?')
  expect(heads().map((h) => h.title)).toEqual(['Where was Mia?', 'It was a sunny day. (2)', 'It was a sunny day.'])
})

test('system prompt, parameters and seeds reach the engine', async () => {
  chat().setSystem('Be brief.')
  chat().setParams({ randomSeed: false, seed: 7, temperature: 0 })
  await chat().send('x')
  const [input, options] = fake.asked.find((a) => a.name === 'generate')!.args
  expect(input).toEqual([
    { role: 'system', content: 'Be brief.', data: 'special' },
    { role: 'user', content: 'x', data: 'special' },
  ])
  expect(options).toMatchObject({ seed: 7, temperature: 0, maxTokens: 512 })
  chat().setParams({ randomSeed: true })
  await chat().regenerate()
  await chat().regenerate()
  const seeds = fake.asked.filter((a) => a.name === 'generate').map((a) => (a.args[1] as { seed: number }).seed)
  expect(new Set(seeds).size).toBe(3)
})

test('conversations survive, open, rename and go', async () => {
  await chat().send('one')
  const first = chat().id
  chat().newChat()
  expect(chat()).toMatchObject({ messages: [], title: '' })
  await chat().send('two')
  expect(heads().map((c) => c.title)).toEqual(['two', 'one'])
  await past().open(first)
  expect(chat().messages.map((m) => m.content)).toEqual(['one', 'w0 w1 w2 '])
  await past().rename(first, 'renamed')
  expect(fake.chats.get(first)?.head.title).toBe('renamed')
  // into the trash, and back by undo or out of the trash, and gone only when the trash is emptied
  await past().remove([first])
  expect(chat()).toMatchObject({ messages: [] })
  expect(useUndo.getState().all).toMatchObject([{ what: 'chat', ids: [first], title: 'renamed' }])
  expect([inUse(heads()).length, inTrash(heads()).length, fake.chats.size]).toEqual([1, 1, 2])
  await past().restore([first])
  expect(chat().messages.map((m) => m.content)).toEqual(['one', 'w0 w1 w2 '])
  await past().remove('all')
  expect(inTrash(heads())).toHaveLength(2)
  await past().restore([first])
  await past().purge('trash')
  expect([...fake.chats.keys()]).toEqual([first])
})

test('an answer in the middle of which the page went away reads back as stopped', async () => {
  await chat().send('one')
  turnsOf(chat().id)[1]!['state'] = 'streaming'
  await past().open(chat().id)
  expect(chat().messages[1]!.state).toBe('stopped')
})

test('removing the conversation that is being written does not bring it back', async () => {
  fake.answer = (_, { signal }) => tokens(1e6, signal)
  void chat().send('go')
  await expect.poll(() => chat().messages[1]?.tokens ?? 0).toBeGreaterThan(0)
  const { id } = chat()
  await past().remove([id])
  await new Promise((r) => setTimeout(r, 50))
  expect(inTrash(heads()).map((h) => h.id)).toEqual([id])
  expect(turnsOf(id)).toHaveLength(2)
  expect(chat()).toMatchObject({ messages: [], status: 'idle' })
})

test('a text sent twice while the first is answered is answered once', async () => {
  fake.answer = async function* (_, { signal }) {
    await untilAborted(signal)
  }
  const turn = chat().send('a')
  await chat().send('b')
  chat().newChat()
  expect(chat().messages.map((m) => m.content)).toEqual(['a', ''])
  chat().stop()
  await turn
})

test('export and import bring the same conversations back, versions and tokens too', async () => {
  await chat().send('one')
  await chat().regenerate()
  chat().newChat()
  await chat().send('two')
  const text = await past().exportJson()
  fake.chats.clear()
  expect(await past().importFile(file(text))).toEqual({ added: 2, refused: [] })
  expect(await past().exportJson()).toBe(text)
  expect(
    JSON.parse(text).chats.map((c: { turns: object[]; runs: object }) => [c.turns.length, Object.keys(c.runs).length]),
  ).toEqual([
    [2, 1],
    [3, 2],
  ])
  expect(await past().importFile(file(text))).toEqual({ added: 2, refused: [] })
  expect(fake.chats.size).toBe(4)
  await expect(past().importFile(file('{"x":1}'))).rejects.toMatchObject({ code: 'CHAT_FILE' })
})

test('a row of the version before opens, and is written turn by turn with the next change', async () => {
  const old = (id: string, role: string, content: string) => ({ id, role, content, state: 'done', tokens: 0, at: 1 })
  fake.chats.set('old', {
    head: { id: 'old', title: 'Old', updatedAt: 1, messages: 2 },
    body: {
      version: 1,
      system: 'S',
      params: { temperature: 0.3 },
      messages: [old('a', 'user', 'q'), old('b', 'assistant', 'r')],
    },
    turns: new Map(),
    runs: new Map(),
  })
  await past().open('old')
  expect(chat()).toMatchObject({
    title: 'Old',
    system: 'S',
    params: { temperature: 0.3, topK: 40 },
    messages: [{ content: 'q' }, { content: 'r', parent: 'a' }],
  })
  await chat().send('more')
  expect(turnsOf('old').map((t) => [t['content'], t['parent']])).toEqual([
    ['q', undefined],
    ['r', 'a'],
    ['more', 'b'],
    ['w0 w1 w2 ', expect.any(String)],
  ])
  expect(fake.chats.get('old')!.body).toMatchObject({ version: 2, system: 'S' })
  expect(fake.chats.get('old')!.body['messages']).toBeUndefined()
})

test('a row that cannot be read is set aside: the page opens the next one, and it can be saved and deleted', async () => {
  await chat().send('good')
  const good = chat().id
  for (const [id, body] of Object.entries({
    bad1: { version: 7 },
    bad2: 'x',
    bad3: { version: 1, messages: [{}].concat(Array.from({ length: 30_000 }, () => ({}))) },
  })) {
    fake.chats.set(id, {
      head: { id, title: id, updatedAt: 9e15, messages: 1 },
      body: body as never,
      turns: new Map(),
      runs: new Map(),
    })
  }
  await readHeads()
  for (const id of ['bad1', 'bad2', 'bad3']) {
    await past().open(id)
    expect(chat().error).toMatchObject({ code: 'CHAT_UNREADABLE' })
  }
  expect(chat().id).toBe(good)
  expect(
    unreadable(heads())
      .map((h) => h.id)
      .sort(),
  ).toEqual(['bad1', 'bad2', 'bad3'])
  const text = await past().exportJson()
  expect(JSON.parse(text)).toMatchObject({ chats: [{ id: good }], unread: [{ row: { body: { version: 7 } } }, {}, {}] })
  await past().purge(['bad1'])
  expect([...fake.chats.keys()]).toEqual([good, 'bad2', 'bad3'])
})

test('a disk that refuses says so and loses nothing on the page', async () => {
  const { write } = fake.client.chats
  fake.client.chats.write = () => Promise.reject(new EngineError('STORAGE_QUOTA', 'full'))
  await chat().send('one')
  expect(useSaving.getState()).toMatchObject({ failed: { code: 'STORAGE_QUOTA' }, waiting: [chat().id] })
  expect(chat().messages).toHaveLength(2)
  expect(heads()).toEqual([])
  // what is only on the page can be saved to a file
  expect(JSON.parse(await past().exportJson()).chats[0].turns.map((t: { content: string }) => t.content)).toEqual([
    'one',
    'w0 w1 w2 ',
  ])
  fake.client.chats.write = write
  await chat().send('two')
  expect(useSaving.getState()).toEqual({ failed: null, waiting: [] })
  expect(turnsOf(chat().id).map((t) => t['content'])).toEqual(['one', 'w0 w1 w2 ', 'two', 'w0 w1 w2 '])
})

test('on a full disk the words are saved before the numbers', async () => {
  const { write } = fake.client.chats
  fake.client.chats.write = (changes) =>
    changes.some((c) => c.runs?.length) ? Promise.reject(new EngineError('STORAGE_QUOTA', 'full')) : write(changes)
  await chat().send('one')
  expect(useSaving.getState().failed).toBeNull()
  expect(turnsOf(chat().id)[1]).toMatchObject({ content: 'w0 w1 w2 ', state: 'done' })
})

test('a conversation that is gone from the disk is written whole again', async () => {
  await chat().send('one')
  fake.chats.clear()
  await chat().send('two')
  expect(turnsOf(chat().id).map((t) => t['content'])).toEqual(['one', 'w0 w1 w2 ', 'two', 'w0 w1 w2 '])
})

test('what is asked while a shared run is being opened waits for it: the edits of the link are not lost', async () => {
  await chat().send('q')
  const before = chat().messages
  useEdited.setState({ opening: true })
  const asked = Promise.all([chat().regenerate(), chat().send('r')])
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(chat().messages).toEqual(before)
  useEdited.setState({ opening: false, edits: 1 })
  await asked
  useEdited.setState({ edits: 0 })
  expect(chat().messages.map(({ edits }) => edits)).toEqual([undefined, 1])
  expect(chat().turns).toHaveLength(3)
})
