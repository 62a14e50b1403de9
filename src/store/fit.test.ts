import { beforeEach, expect, test } from 'vitest'
import type { ChatMessage, ModelInfo } from '../worker/protocol.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { fitWith } from './fit.ts'
import { useHistory } from './history.ts'
import { useModels } from './models.ts'
import { stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { fakeClient, type Fake } from './testing.ts'

let fake: Fake
const chat = () => useChat.getState()
const context = 40
/** A token for every word, two for the marks around every message. */
const count = (input: ChatMessage[]): number =>
  input.reduce((sum, { content }) => sum + 2 + (content as string).split(/\s+/).filter(Boolean).length, 0)
const said = (): ChatMessage[] => fake.asked.findLast(({ name }) => name === 'generate')!.args[0] as ChatMessage[]

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  fake.client.tokenize = (input) =>
    Promise.resolve({ ids: Array.from({ length: count(input as ChatMessage[]) }, (_, i) => i), texts: [] })
  useSettings.getState().reset()
  useModels.setState({
    active: {
      id: 'm',
      name: 'M',
      state: 'ready',
      info: { name: 'M', context, does: ['generate'], parts: [] } as unknown as ModelInfo,
    } as unknown as ReturnType<typeof useModels.getState>['active'],
  })
  chat().newChat()
  chat().setParams({ maxTokens: 8 })
})

test('counts what the model would read, with what is being written', async () => {
  expect(await fitWith('')).toBeNull()
  expect(await fitWith('one two')).toMatchObject({ tokens: 4, whole: 4, context, left: 0 })
  chat().setSystem('be brief')
  await chat().send('one two')
  // be brief · one two · w0 w1 w2
  expect(await fitWith('')).toMatchObject({ tokens: 13, left: 0 })
  expect(await fitWith('more')).toMatchObject({ tokens: 16 })
})

test('nothing is left out unless the reader wants it; then the oldest go, a question stays first, and the answer says so', async () => {
  chat().setSystem('be brief')
  for (const question of ['one two three', 'four five six', 'seven eight nine']) await chat().send(question)
  // 4 of the system prompt, 10 of each question and its answer
  expect(await fitWith('ten')).toMatchObject({ whole: 37, left: 0 })
  // it would fit, and leave no room for an answer
  useSettings.getState().setAtLimit('drop')
  expect(await fitWith('ten')).toMatchObject({ whole: 37, left: 2, tokens: 27 })
  useSettings.getState().setAtLimit('stop')
  await chat().send('ten')
  expect(said()).toHaveLength(8)
  expect(chat().messages.at(-1)).not.toHaveProperty('left')

  useSettings.getState().setAtLimit('drop')
  const fit = await fitWith('eleven twelve')
  expect(fit).toMatchObject({ whole: 46, left: 4, tokens: 26 })
  await chat().send('eleven twelve')
  expect(said().map(({ content }) => content)).toEqual([
    'be brief',
    'seven eight nine',
    'w0 w1 w2 ',
    'ten',
    'w0 w1 w2 ',
    'eleven twelve',
  ])
  expect(chat().messages.at(-1)).toMatchObject({ left: 4, content: 'w0 w1 w2 ' })
  const { id } = chat()
  chat().newChat()
  await useHistory.getState().open(id)
  expect(chat().messages.at(-1)).toMatchObject({ left: 4 })
  // no more than need be: what the longest answer does not take is not kept free
  expect(await fitWith('one')).toMatchObject({ whole: 54, left: 6, tokens: 24 })
  chat().setParams({ maxTokens: 1 })
  expect(await fitWith('one')).toMatchObject({ left: 4, tokens: 34 })
})

test('a question too long for the memory stays whole, alone with the system prompt', async () => {
  useSettings.getState().setAtLimit('drop')
  chat().setSystem('be brief')
  await chat().send('one')
  const long = Array.from({ length: 50 }, (_, i) => `x${i}`).join(' ')
  expect(await fitWith(long)).toMatchObject({ left: 2, tokens: 56 })
})
