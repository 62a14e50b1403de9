import { beforeEach, expect, test } from 'vitest'
import { defaultSampling } from '../engine/sampler/params.ts'
import type { ModelInfo } from '../worker/protocol.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useHistory } from './history.ts'
import { useModels } from './models.ts'
import { defaultParams, whose } from './sampling.ts'
import { useSettings } from './settings.ts'
import { fakeClient, info, type Fake } from './testing.ts'

let fake: Fake
const chat = () => useChat.getState()
const load = (id: string, defaults?: ModelInfo['defaults']): void =>
  useModels.setState({
    active: {
      id,
      name: id,
      state: 'ready',
      progress: null,
      info: { ...info, ...(defaults && { defaults }) },
      error: null,
      options: {},
    },
  })
const qwen = { sampling: { temperature: 0.6, topK: 20 }, maxTokens: 99, ignored: [] }
beforeEach(() => {
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useModels.setState({ active: null })
  chat().newChat()
})

test("the page starts from the engine's own defaults", () => {
  const { logitBias: _, ...shared } = defaultSampling
  const free = { form: 'free', formSchema: '', formPattern: '' }
  const page = { randomSeed: true, maxTokens: 512, format: 'auto', tools: '', stop: [], banned: [], ...free }
  expect(defaultParams).toEqual({ ...shared, ...page })
})

test("a model's own defaults are the chat's, until the reader sets something, for this model", async () => {
  load('qwen', qwen)
  expect(chat().params).toMatchObject({ temperature: 0.6, topK: 20, topP: 0.95, maxTokens: 99 })
  await chat().send('x')
  expect(fake.asked.at(-1)!.args[1]).toMatchObject({ temperature: 0.6, topK: 20, maxTokens: 99 })
  expect([whose('temperature', 0.6, qwen), whose('temperature', 0.7, qwen), whose('topP', 0.95, qwen)]).toEqual([
    'model',
    'reader',
    'page',
  ])
  chat().setParams({ temperature: 1.2, seed: 5, randomSeed: false })
  load('plain')
  // what was set for one model is not carried to another; the seed is the reader's
  expect(chat().params).toMatchObject({ temperature: 0.8, topK: 40, maxTokens: 512, seed: 5, randomSeed: false })
  load('qwen', qwen)
  expect(chat().params).toMatchObject({ temperature: 1.2, topK: 20 })
  // in a new chat, and after a reload of this one, it still holds
  const { id } = chat()
  chat().newChat()
  expect(chat().params.temperature).toBe(1.2)
  chat().resetParams()
  expect(chat().params).toMatchObject({ temperature: 0.6, topK: 20, randomSeed: true })
  await useHistory.getState().open(id)
  expect(chat().params.temperature).toBe(1.2)
})

test('what an older visit had set for every model still holds for every model', () => {
  const { merge } = useSettings.persist.getOptions()
  const now = merge!({ params: { temperature: 3, topK: 0, topP: 0.95 } }, useSettings.getState())
  expect(now.own).toEqual({ '*': { temperature: 3, topK: 0 } })
  useSettings.setState({ own: now.own })
  load('qwen', qwen)
  chat().newChat()
  expect(chat().params).toMatchObject({ temperature: 3, topK: 0, maxTokens: 99 })
  chat().setParams({ temperature: 1 })
  expect(chat().params).toMatchObject({ temperature: 1, topK: 0 })
})
