import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import { promptOf, tokensOf } from './answers.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useSettings } from './settings.ts'
import { fakeClient, tokens, untilAborted, type Fake } from './testing.ts'

let fake: Fake
const chat = () => useChat.getState()
beforeEach(async () => {
  chat().stop()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  await chat().removeAll()
})
const prompts = () => fake.asked.filter((a) => a.name === 'generate').map((a) => a.args[0] as { role: string; content: string }[])

test('a turn: question, streamed answer, statistics, saved', async () => {
  await chat().send('Hello there')
  const [question, answer] = chat().messages
  expect(question).toMatchObject({ role: 'user', content: 'Hello there', state: 'done' })
  expect(answer).toMatchObject({ role: 'assistant', content: 'w0 w1 w2 ', state: 'done', finish: 'stop', tokens: 3 })
  expect(answer!.stats?.promptTokens).toBe(3)
  expect(tokensOf(answer!.id).map((t) => t.index)).toEqual([0, 1, 2])
  expect(promptOf(answer!.id)?.ids).toEqual([1, 2, 3])
  expect(chat()).toMatchObject({ status: 'idle', live: null, title: 'Hello there' })
  expect(chat().conversations).toMatchObject([{ id: chat().id, title: 'Hello there', messages: 2 }])
  expect(fake.chats.size).toBe(1)
})

test('many tokens change the state once per frame, not once per token', async () => {
  let changes = 0
  const off = useChat.subscribe(() => { changes++ })
  fake.answer = (_, { signal }) => tokens(2000, signal)
  const began = performance.now()
  await chat().send('long')
  off()
  expect(chat().messages[1]!.tokens).toBe(2000)
  expect(changes).toBeLessThan(20 + (performance.now() - began) / 16)
})

test('the live numbers move while it writes', async () => {
  const seen = new Set<string>()
  const off = useChat.subscribe((s) => { if (s.live) seen.add(`${s.status} ${s.live.promptTokens}`) })
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
    yield* (async function* () { for await (const e of tokens(2)) if (e.type !== 'done') yield e })()
    throw new EngineError('GPU_LOST', 'gone', { reason: 'unknown' })
  }
  await chat().send('one')
  expect(chat().messages[1]).toMatchObject({ state: 'failed', content: 'w0 w1 ', error: { code: 'GPU_LOST', facts: { reason: 'unknown' } } })
  fake.answer = async function* () { throw new EngineError('CONTEXT_FULL', 'full') }
  await chat().send('two')
  fake.answer = (_, { signal }) => tokens(1, signal)
  await chat().send('three')
  expect(prompts().at(-1)).toEqual([{ role: 'user', content: 'one' }, { role: 'assistant', content: 'w0 w1 ' }, { role: 'user', content: 'two\n\nthree' }])
})

test('regenerate and edit replace what followed', async () => {
  await chat().send('first')
  await chat().send('second')
  const [, , second] = chat().messages
  await chat().regenerate()
  expect(chat().messages.map((m) => m.role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  expect(prompts().at(-1)!.map((m) => m.content)).toEqual(['first', 'w0 w1 w2 ', 'second'])
  await chat().editAndResend(second!.id, 'changed')
  expect(chat().messages.map((m) => m.content)).toEqual(['first', 'w0 w1 w2 ', 'changed', 'w0 w1 w2 '])
  await chat().editAndResend(chat().messages[0]!.id, 'anew')
  expect(chat().messages).toHaveLength(2)
  expect(chat().title).toBe('anew')
})

test('system prompt, parameters and seeds reach the engine', async () => {
  chat().setSystem('Be brief.')
  chat().setParams({ randomSeed: false, seed: 7, temperature: 0 })
  await chat().send('x')
  const [input, options] = fake.asked.find((a) => a.name === 'generate')!.args
  expect(input).toEqual([{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'x' }])
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
  expect(chat().conversations.map((c) => c.title)).toEqual(['two', 'one'])
  await chat().open(first)
  expect(chat().messages.map((m) => m.content)).toEqual(['one', 'w0 w1 w2 '])
  await chat().rename(first, 'renamed')
  expect(fake.chats.get(first)?.title).toBe('renamed')
  await chat().remove(first)
  expect(chat()).toMatchObject({ messages: [] })
  expect(fake.chats.size).toBe(1)
})

test('an answer in the middle of which the page went away reads back as stopped', async () => {
  await chat().send('one')
  const row = fake.chats.get(chat().id)!
  const body = row.body as { messages: { state: string }[] }
  body.messages[1]!.state = 'streaming'
  await chat().open(row.id)
  expect(chat().messages[1]!.state).toBe('stopped')
})

test('removing the conversation that is being written does not bring it back', async () => {
  fake.answer = (_, { signal }) => tokens(1e6, signal)
  void chat().send('go')
  await expect.poll(() => chat().messages[1]?.tokens ?? 0).toBeGreaterThan(0)
  await chat().remove(chat().id)
  await new Promise((r) => setTimeout(r, 50))
  expect(fake.chats.size).toBe(0)
  expect(chat()).toMatchObject({ messages: [], status: 'idle' })
})

test('a text sent twice while the first is answered is answered once', async () => {
  fake.answer = async function* (_, { signal }) { await untilAborted(signal) }
  const turn = chat().send('a')
  await chat().send('b')
  chat().newChat()
  expect(chat().messages.map((m) => m.content)).toEqual(['a', ''])
  chat().stop()
  await turn
})

test('export and import bring the same conversations back', async () => {
  await chat().send('one')
  chat().newChat()
  await chat().send('two')
  const file = await chat().exportAll()
  const before = [...fake.chats.values()]
  await chat().removeAll()
  expect(await chat().importAll(file)).toBe(2)
  expect([...fake.chats.values()].map((row) => [row.title, row.body])).toEqual(expect.arrayContaining(before.map((row) => [row.title, row.body])))
  expect(await chat().importAll(file)).toBe(2)
  expect(fake.chats.size).toBe(4)
  await expect(chat().importAll('{"x":1}')).rejects.toThrow('not an export')
})

test('a disk that refuses says so and loses nothing on the page', async () => {
  fake.client.chats.put = () => Promise.reject(new EngineError('STORAGE_QUOTA', 'full'))
  await chat().send('one')
  expect(chat().error).toMatchObject({ code: 'STORAGE_QUOTA' })
  expect(chat().messages).toHaveLength(2)
  chat().dismissError()
  expect(chat().error).toBeNull()
})
