// Chats with models unlike a chat model: what an encoder–decoder has read goes with its answers everywhere, one that
// completes writes plain text, one that only reads answers nobody; the prompt's format and tools are the model's own.

import { beforeEach, expect, test } from 'vitest'
import type { ModelInfo } from '../worker/protocol.ts'
import { readsOnly, writes } from './able.ts'
import { promptOf } from './answers.ts'
import { useBranches } from './branches.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useHistory } from './history.ts'
import { useModels, type ActiveModel } from './models.ts'
import { readAgain, readTokens, recall } from './reading.ts'
import { stopped } from './running.ts'
import { promptOptions, readTools } from './sampling.ts'
import { useSettings } from './settings.ts'
import { readTurn } from './stored.ts'
import { fakeClient, stats, token, type Fake } from './testing.ts'

let fake: Fake
const chat = () => useChat.getState()
const answer = () => chat().messages.at(-1)!
const asked = () => fake.asked.filter(({ name }) => name === 'generate').map(({ args }) => args as [unknown, object])
const load = (id: string, info: Partial<ModelInfo>): void =>
  useModels.setState({ active: { id, name: id.toUpperCase(), state: 'ready', info } as ActiveModel })
const source = [9, 8, 7]

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  load('m', { does: ['generate'], parts: ['attention'], chats: true })
  chat().newChat()
})

/** Writes two tokens after a start of its own, as an encoder–decoder. */
const translating = (): void => {
  fake.answer = async function* (input, options) {
    const given = input as { ids?: number[] }
    const ids = given.ids ?? [0]
    const { continueFrom = ids.length } = options as { continueFrom?: number }
    yield { type: 'prompt', ids, source, answerFrom: continueFrom, reused: 0, text: '' }
    for (let i = ids.length - continueFrom; i < 2; i++) yield { ...token(i), position: 1 + i, id: 5 + i }
    yield { type: 'done', reason: 'stop', text: 'w0 w1 ', stats }
  }
}

test('the source goes with the answer: where it goes on, is read again, and comes back from disk', async () => {
  load('t5', { does: ['generate'], parts: ['attention', 'source'], chats: false })
  translating()
  await chat().send('translate: one')
  const { id } = answer()
  expect(promptOf(id)).toMatchObject({ ids: [0], source })
  // another token at the second place: the first stays, behind the same source
  await useBranches.getState().fork(id, 1, { id: 40, text: 'x' })
  expect(asked().at(-1)![0]).toEqual({ ids: [0, 5], source })
  // another chat, and back: the answer's tokens lie on disk
  const first = chat().id
  chat().newChat()
  await chat().send('translate: two')
  await useHistory.getState().open(first)
  expect((await recall(answer().id))!.prompt).toMatchObject({ ids: [0], source })
  await readAgain(answer().id)
  expect(asked().at(-1)![0]).toMatchObject({ source })
  expect(await readTokens([0, 5], 1, source)).toBeNull()
  expect(asked().at(-1)![0]).toEqual({ ids: [0, 5], source })
})

test('an encoder–decoder reads the last message alone; a model that goes on with a text, all of it', async () => {
  load('t5', { does: ['generate'], parts: ['attention', 'source'], chats: false })
  chat().setSystem('translate:')
  await chat().send('one')
  await chat().send('two')
  const system = { role: 'system', content: 'translate:', data: 'special' }
  expect(asked().at(-1)![0]).toEqual([system, { role: 'user', content: 'two', data: 'special' }])
  load('lm', { does: ['generate'], parts: ['state'], chats: false })
  await chat().send('three')
  expect(asked().at(-1)![0]).toHaveLength(6)
})

test('what a completing model writes is plain text, for good; a chosen format decides otherwise', async () => {
  load('lm', { does: ['generate'], parts: ['attention'], chats: false })
  await chat().send('3 + 4 =')
  expect(answer().plain).toBe(true)
  expect(readTurn(structuredClone(answer()), '', [])).toMatchObject({ plain: true })
  chat().setParams({ format: 'ChatML' })
  await chat().send('and?')
  expect(answer().plain).toBeUndefined()
  expect(asked().at(-1)![1]).toMatchObject({ format: 'ChatML' })
  load('m', { does: ['generate'], chats: true })
  chat().setParams({ format: 'Text' })
  await chat().send('x')
  expect(answer().plain).toBe(true)
})

test('the format and the tools are the model’s: another one has its own', async () => {
  const tools = '[{"type":"function","function":{"name":"weather"}}]'
  chat().setParams({ format: 'Qwen3', tools })
  await chat().send('a')
  expect(asked().at(-1)![1]).toMatchObject({ format: 'Qwen3', tools: [{ type: 'function' }] })
  load('other', { does: ['generate'], chats: true })
  await chat().send('b')
  expect(asked().at(-1)![1]).not.toHaveProperty('format')
  expect(asked().at(-1)![1]).not.toHaveProperty('tools')
  load('m', { does: ['generate'], chats: true })
  expect(chat().params).toMatchObject({ format: 'Qwen3', tools })
  chat().setParams({ format: 'auto', tools: '' })
  expect(promptOptions(chat().params)).toEqual({})
})

test('the form is asked for as it is written, with any model, and stands beside the answer', async () => {
  chat().setParams({ form: 'schema', formSchema: '{"type": "integer"}', formPattern: 'a+' })
  await chat().send('a')
  expect(asked().at(-1)![1]).toMatchObject({ constraint: { schema: { type: 'integer' } } })
  expect(asked().at(-1)![1]).not.toHaveProperty('formSchema')
  expect(answer().form).toBe('schema')
  load('other', { does: ['generate'], chats: true })
  chat().setParams({ form: 'pattern' })
  await chat().send('b')
  expect(asked().at(-1)![1]).toMatchObject({ constraint: { pattern: 'a+' } })
  chat().setParams({ form: 'json' })
  await chat().send('c')
  expect(asked().at(-1)![1]).toMatchObject({ constraint: 'json' })
  // what is not written yet, or is no JSON, is no form
  for (const formSchema of ['', '{', '[]', '3']) {
    chat().setParams({ form: 'schema', formSchema })
    await chat().send('d')
    expect(asked().at(-1)![1]).not.toHaveProperty('constraint')
    expect(answer().form).toBeUndefined()
  }
})

test('tools are a list of objects, or none', () => {
  expect(readTools('')).toEqual([])
  expect(readTools('[{}]')).toEqual([{}])
  for (const wrong of ['{', '{}', '[1]', '[null]', '[[]]', 'null']) expect(readTools(wrong)).toBeNull()
})

test('calls of an answer are kept with it, their arguments as text', async () => {
  fake.answer = async function* () {
    yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text: '' }
    yield token(0)
    const call = { type: 'function' as const, function: { name: 'weather', arguments: { city: 'Łódź', days: 2 } } }
    yield { type: 'done', reason: 'stop', text: 'w0 ', stats, calls: [call] }
  }
  await chat().send('a')
  const [call] = answer().calls!
  expect(call!.name).toBe('weather')
  expect(JSON.parse(call!.args)).toEqual({ city: 'Łódź', days: 2 })
  expect(readTurn(structuredClone(answer()), '', [])).toMatchObject({ calls: [call] })
  const bad: string[] = []
  expect(readTurn({ ...answer(), calls: [{ name: 1, args: '' }] }, '', bad)).toMatchObject({ calls: [] })
  expect(bad.length).toBeGreaterThan(0)
})

test('a model that reads only does not write; one that is on its way neither', () => {
  load('bert', { does: ['fill'] })
  expect([writes(useModels.getState()), readsOnly(useModels.getState().active!.info)]).toEqual([false, true])
  load('m', { does: ['generate'] })
  expect(writes(useModels.getState())).toBe(true)
  expect(writes({ active: null })).toBe(false)
})
