// A link opened on a device that draws the same, on one that draws otherwise, and what becomes of branches.
import { beforeEach, expect, test } from 'vitest'
import type { GenerateRequest, TokenEvent } from '../../worker/protocol.ts'
import { useBranches } from '../branches.ts'
import { stopped } from '../running.ts'
import { promptOf, tokensOf } from '../answers.ts'
import { useHistory } from '../history.ts'
import { useChat } from '../chat.ts'
import { setClient } from '../client.ts'
import { useModels } from '../models.ts'
import { useSettings } from '../settings.ts'
import { fakeClient, info, stats, stored, token, type Fake } from '../testing.ts'
import { pack, unpack } from './link.ts'
import { collect, unready } from './make.ts'
import { placeOf } from './model.ts'
import { questionOf, reopen } from './reopen.ts'

let fake: Fake
const chat = () => useChat.getState()
const answer = () => chat().messages.at(-1)!
const text = (id: number): string => `w${id} `
const prompt = [1, 2, 3]

/** Draws id after id by a rule of all ids before it, and puts tokens where it is told to. 99 ends the answer. */
function device(rule: (ids: number[], seed: number) => number): void {
  fake.answer = async function* (input, options) {
    const ids = [...((input as { ids?: number[] }).ids ?? prompt)]
    const { maxTokens = 9, force = {}, seed = 0, continueFrom = ids.length } = options as GenerateRequest
    yield { type: 'prompt', ids: [...ids], answerFrom: continueFrom, reused: 0, text: '' }
    let reason: 'stop' | 'length' = 'length',
      said = ''
    for (let i = 0; i < maxTokens && reason === 'length'; i++) {
      const index = ids.length - continueFrom
      const id = force[index] ?? rule(ids, seed)
      const event: TokenEvent = {
        ...token(index),
        position: ids.length,
        id,
        text: id === 99 ? '' : text(id),
        bytes: new TextEncoder().encode(text(id)),
        ...(index in force && { draw: null, stages: [] }),
      }
      ids.push(id)
      said += event.text
      if (id === 99) reason = 'stop'
      yield event
    }
    yield { type: 'done', reason, text: said, stats }
  }
}
const usual = (ids: number[], seed: number): number =>
  ids.length === 8 ? 99 : 10 + ((ids.reduce((a, b) => a + b, 0) + seed) % 7)

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  fake.client.tokenize = () => Promise.resolve({ ids: prompt, texts: [] })
  useSettings.getState().reset()
  useModels.setState({ active: { id: 'm', name: 'M', state: 'ready', progress: null, info, error: null, options: {} } })
  chat().newChat()
  device(usual)
})

/** Leaves the page as a new visitor has it, and opens what was shared. */
async function travel(then: (ids: number[], seed: number) => number = usual) {
  expect(unready()).toBeNull()
  const run = await unpack(await pack(await collect('chat')))
  await useHistory.getState().remove('all')
  device(then)
  const steps: string[] = []
  return { run, steps, outcome: await reopen(run, (step) => steps.push(step)) }
}

test('the same device writes the same tokens, in a chat of its own', async () => {
  chat().setParams({
    temperature: 0.5,
    banned: [
      { id: 4, text: 'no', model: 'm' },
      { id: 5, text: 'other', model: 'elsewhere' },
    ],
  })
  await chat().send('Hello')
  const [id, ids, said] = [chat().id, tokensOf(answer().id).map((t) => t.id), answer().content]
  const { outcome, steps, run } = await travel()
  expect(run.params.banned).toEqual([{ id: 4, text: 'no', model: 'm' }])
  expect(outcome).toMatchObject({ answer: 'same', tokens: ids.length, error: null })
  expect(steps).toEqual(['writing'])
  expect(chat().id).not.toBe(id)
  expect(chat().params).toMatchObject({ temperature: 0.5, randomSeed: false, seed: answer().seed })
  expect(answer()).toMatchObject({ content: said, state: 'done', finish: 'stop' })
  expect(tokensOf(answer().id).map((t) => t.id)).toEqual(ids)
  expect(chat().messages.map((m) => m.content)).toEqual(['Hello', said])
})

test('another device: the tokens of the link are put from the first difference on, and it says which', async () => {
  await chat().send('Hello')
  const ids = tokensOf(answer().id).map((t) => t.id),
    said = answer().content
  const { outcome, steps } = await travel((now, seed) => (now.length === 5 ? 42 : usual(now, seed)))
  expect(outcome).toMatchObject({ answer: 'put', at: 2, here: 'w42 ', there: text(ids[2]!), tokens: ids.length })
  expect(steps).toEqual(['writing', 'putting'])
  expect(tokensOf(answer().id).map((t) => t.id)).toEqual(ids)
  expect(tokensOf(answer().id).map((t) => t.draw === null)).toEqual(ids.map((_, i) => i >= 2))
  expect(answer()).toMatchObject({ state: 'done', finish: 'stop', content: said })
  expect(promptOf(answer().id)?.ids).toEqual(prompt)
})

test('a branch is drawn up to its token, the token is put, and the rest drawn', async () => {
  await chat().send('Hello')
  await useBranches.getState().fork(answer().id, 1, { id: 50, text: 'x' })
  await useBranches.getState().fork(answer().id, 3, { id: 51, text: 'y' })
  const ids = tokensOf(answer().id).map((t) => t.id)
  expect([ids[1], ids[3]]).toEqual([50, 51])
  const { run, outcome } = await travel()
  expect(run.answer).toMatchObject({ ids, forced: [1, 3], redrawn: [] })
  expect(outcome.answer).toBe('same')
  expect(tokensOf(answer().id).map((t) => [t.id, t.index, t.draw === null])).toEqual(
    ids.map((id, i) => [id, i, i === 1 || i === 3]),
  )
  // in one run, drawn anew with the seed where it was then
  expect(fake.asked.filter((a) => a.name === 'generate').slice(3)).toMatchObject([
    {
      args: [[{ role: 'user', content: 'Hello' }], { maxTokens: ids.length, force: { 1: 50, 3: 51 }, seedAt: [2, 4] }],
    },
  ])
})

test('an answer that its reader had stopped ends where it was stopped', async () => {
  device((ids) => (ids.length > 1000 ? 99 : 10))
  chat().setParams({ maxTokens: 5 })
  await chat().send('Hello')
  useChat.setState((s) => ({
    messages: s.messages.map((m) => (m.role === 'assistant' ? { ...m, state: 'stopped', finish: 'aborted' } : m)),
  }))
  const { outcome } = await travel((ids) => (ids.length > 1000 ? 99 : 10))
  expect(outcome.answer).toBe('same')
  expect(answer()).toMatchObject({ state: 'stopped', finish: 'aborted', tokens: 5 })
})

test('the tokens of an older system prompt are read as they were', async () => {
  await chat().send('Hello')
  fake.client.tokenize = () => Promise.resolve({ ids: [1, 2], texts: [] })
  const { run } = await travel()
  expect(run.answer!.prompt).toEqual(prompt)
  expect(fake.asked.findLast((a) => a.name === 'generate')!.args[0]).toEqual({ ids: prompt })
})

test('an answer whose tokens were not kept: the texts are compared', async () => {
  await chat().send('Hello')
  const id = chat().id,
    said = answer().content
  fake.chats.get(id)!.runs.clear()
  chat().newChat()
  await useHistory.getState().open(id)
  const { run, outcome } = await travel(() => 77)
  expect(run.answer).toBeNull()
  expect(outcome).toMatchObject({ answer: 'text', there: said })
})

test('what cannot be shared says why', async () => {
  expect(unready()).toBe('nothing')
  useModels.setState({ active: null })
  expect(unready()).toBe('model')
})

test('an answer that failed before its first token is not shared as one', async () => {
  fake.answer = () => {
    throw new Error('no')
  }
  await chat().send('Hello')
  const { run, outcome } = await travel()
  expect(run).toMatchObject({ turns: [{ role: 'user', text: 'Hello' }], answer: null })
  expect(outcome.answer).toBe('new')
  expect(answer().tokens).toBeGreaterThan(0)
})

test('where the model of a link is found', async () => {
  await chat().send('Hello')
  const run = await collect('chat')
  const place = (from: typeof run.model.from, id = 'x'): unknown => placeOf({ ...run, model: { id, name: 'X', from } })
  expect(run.model.from).toEqual({ kind: 'file' })
  expect(place({ kind: 'file' }, 'm')).toEqual({ at: 'file' })
  expect(place({ kind: 'embedded' })).toMatchObject({ at: 'beside', entry: { group: 'embedded' } })
  expect(place({ kind: 'local' })).toEqual({ at: 'elsewhere' })
  expect(place({ kind: 'url', url: 'https://a.example/' })).toEqual({
    at: 'away',
    entry: null,
    origin: { kind: 'url', url: 'https://a.example/' },
  })
  expect(place({ kind: 'hub', repo: 'a/b', file: 'c.gguf' })).toMatchObject({
    at: 'away',
    entry: null,
    origin: { repo: 'a/b', file: 'c.gguf', host: 'https://huggingface.co' },
  })
  expect(place({ kind: 'hub', repo: 'Qwen/Qwen3-0.6B' })).toMatchObject({ at: 'away', entry: { bytes: 1519e6 } })
  useModels.setState({
    stored: [
      { ...stored('here'), origin: { kind: 'hub', repo: 'a/b', file: 'c.gguf', revision: 'r' } },
      { ...stored('half', false), origin: { kind: 'url', url: 'https://a.example/' } },
    ],
  })
  expect(place({ kind: 'hub', repo: 'a/b', file: 'c.gguf' })).toEqual({ at: 'stored', id: 'here' })
  expect(place({ kind: 'hub', repo: 'a/b' }), 'another file of it').toMatchObject({ at: 'away' })
  expect(place({ kind: 'url', url: 'https://a.example/' }), 'a partial download').toMatchObject({ at: 'away' })
  useModels.setState({ active: { ...useModels.getState().active!, id: 'here' } })
  expect(place({ kind: 'hub', repo: 'a/b', file: 'c.gguf' })).toEqual({ at: 'loaded', id: 'here' })
  expect(
    placeOf({
      ...run,
      load: { linear: 'keep' },
      model: { id: 'x', name: 'X', from: { kind: 'hub', repo: 'a/b', file: 'c.gguf' } },
    }),
    'loaded otherwise',
  ).toEqual({ at: 'stored', id: 'here' })
  useModels.setState({ stored: [] })
})

test('a chat from a link is called by its question, not by the story before it', () => {
  expect(questionOf('It was a sunny day. Mia was in the garden.\n\nWhere was Mia?')).toBe('Where was Mia?')
  expect(questionOf('Sam was in the barn. Where was Emma?')).toBe('Where was Emma?')
  expect(questionOf('那是一个晴天。小红在花园。\n\n小红在哪里？')).toBe('小红在哪里？')
  expect(questionOf('Sam kept a bell.\n\nContinue the story.')).toBe('Continue the story.')
  expect(questionOf('Why?')).toBe('Why?')
  expect(questionOf('Is it 3.5 or 4? Tell me.')).toBe('Is it 3.5 or 4? Tell me.')
  expect(questionOf('')).toBe('')
  expect(questionOf('“Where?”\n\n  Who, “Mia” or Tom？ ')).toBe('Who, “Mia” or Tom？')
  for (const text of [`. ${' '.repeat(99_990)}x`, '"'.repeat(99_990), `\n${'a '.repeat(49_990)}`]) {
    const began = performance.now()
    questionOf(text)
    expect(performance.now() - began).toBeLessThan(500)
  }
})
