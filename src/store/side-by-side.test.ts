// One prompt on both sides: A and B are written one after the other with the same seed and settings, the chat stays as it
// is, and the reader's strengths are in force again however it ends.

import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { AdapterInfo, ModelInfo, Reading } from '../worker/protocol.ts'
import { useAdapters } from './adapters.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useModels } from './models.ts'
import { stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { strengthsOf, useSideBySide } from './side-by-side.ts'
import { fakeClient, info, tokens, type Fake } from './testing.ts'

const adapter = (name: string, scale: number): AdapterInfo => ({
  name,
  kind: 'LoRA',
  scale,
  rank: 2,
  modules: ['q'],
  parameters: 8,
  ignored: [],
})
let fake: Fake
/** what the engine was told, in order, and how strong its adapters are */
let told: string[]
let engine: Map<string, number>
const state = () => useSideBySide.getState()

/** A model with adapters of these strengths. */
function model(does: ModelInfo['does'], strengths: Record<string, number>): void {
  engine = new Map(Object.entries(strengths))
  const adapters = Object.entries(strengths).map(([name, scale]) => adapter(name, scale))
  const active = { id: 'm', name: 'M', state: 'ready', progress: null, error: null, options: {} } as const
  useModels.setState({ active: { ...active, info: { ...info, does, parts: [], adapters } as unknown as ModelInfo } })
}

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  told = []
  fake.client.adapters = {
    ...fake.client.adapters,
    setScale: (id, scale) => {
      told.push(`${id} ${scale}`)
      engine.set(id, scale)
      return Promise.resolve([...engine].map(([name, now]) => adapter(name, now)))
    },
  }
  setClient(fake.client)
  useSettings.getState().reset()
  useModels.setState({ active: null })
  useSideBySide.setState({ prompt: '', before: null, withBefore: true, a: null, b: null, chosen: { a: {}, b: {} } })
  useChat.getState().newChat()
})
const answered = () => fake.asked.filter(({ name }) => name === 'generate')

test('what a side is written with: A nothing, B as set now, each as chosen', () => {
  const now = { x: 0.5, y: 1 }
  const chosen = { a: { y: 2 }, b: { x: 0 } }
  expect(strengthsOf('a', { a: {}, b: {} }, now)).toEqual({ x: 0, y: 0 })
  expect(strengthsOf('b', { a: {}, b: {} }, now)).toEqual({ x: 0.5, y: 1 })
  expect(strengthsOf('a', chosen, now)).toEqual({ x: 0, y: 2 })
  expect(strengthsOf('b', chosen, now)).toEqual({ x: 0, y: 1 })
})

test('A, then B, with one seed and the same settings; the chat is as it was, and so are the strengths', async () => {
  model(['generate'], { x: 0.5, y: 1 })
  useChat.getState().setParams({ temperature: 0.3 })
  const seen: string[] = []
  fake.answer = (_, { signal }) => {
    seen.push([...engine].join(' '))
    return tokens(3, signal)
  }
  state().setPrompt('Hello')
  await state().run()
  expect(seen).toEqual(['x,0 y,0', 'x,0.5 y,1'])
  expect(Object.fromEntries(engine)).toEqual({ x: 0.5, y: 1 })
  const [a, b] = answered().map(({ args }) => args)
  expect(a).toEqual(b)
  expect(a![0]).toEqual([{ role: 'user', content: 'Hello', data: 'special' }])
  expect(a![1]).toMatchObject({ temperature: 0.3, maxTokens: 128, seed: state().seed })
  expect(state()).toMatchObject({
    running: false,
    error: null,
    a: { state: 'done', text: 'w0 w1 w2 ', strengths: { x: 0, y: 0 } },
    b: { state: 'done', strengths: { x: 0.5, y: 1 } },
  })
  expect(useChat.getState()).toMatchObject({ messages: [], status: 'idle' })
  expect(fake.chats.size).toBe(0)
  expect(useSettings.getState().adapters).toEqual({})
})

test('stopped in A: B is not begun, and the strengths are put back', async () => {
  model(['generate'], { x: 1 })
  fake.answer = (_, { signal }) => tokens(1e6, signal)
  state().setPrompt('Hello')
  const run = state().run()
  await expect.poll(() => state().a?.events.length ?? 0).toBeGreaterThan(0)
  expect(engine.get('x')).toBe(0)
  state().stop()
  await run
  expect([state().a?.state, state().b?.state]).toEqual(['stopped', 'stopped'])
  expect(answered()).toHaveLength(1)
  expect(engine.get('x')).toBe(1)
})

test('a failure stands in its column, and the strengths are put back', async () => {
  model(['generate'], { x: 1 })
  fake.answer = async function* () {
    await Promise.resolve()
    throw new EngineError('CONTEXT_FULL', 'full')
  }
  state().setPrompt('Hello')
  await state().run()
  expect(state()).toMatchObject({ a: { state: 'failed', error: { code: 'CONTEXT_FULL' } }, b: { state: 'stopped' } })
  expect(engine.get('x')).toBe(1)
  expect(useChat.getState().status).toBe('idle')
})

test('strengths that are moved meanwhile are those that are put back', async () => {
  model(['generate'], { x: 1 })
  fake.answer = (_, { signal }) => {
    useAdapters.getState().setScale('x', 0.25)
    return tokens(2, signal)
  }
  state().setPrompt('Hello')
  await state().run()
  expect(state().b?.strengths).toEqual({ x: 1 })
  expect(told.slice(0, 3)).toEqual(['x 0', 'x 1', 'x 0.25'])
  await expect.poll(() => useAdapters.getState().live[0]?.scale).toBe(0.25)
})

test('the last question of the chat is asked with what stands before it, or alone', async () => {
  model(['generate'], { x: 1 })
  await useChat.getState().send('One')
  await useChat.getState().send('Two')
  state().takeQuestion()
  expect(state()).toMatchObject({ prompt: 'Two', before: [{ content: 'One' }, { content: 'w0 w1 w2 ' }] })
  await state().run()
  const asked = (): unknown[] => (answered().at(-1)!.args[0] as { content: string }[]).map(({ content }) => content)
  expect(asked()).toEqual(['One', 'w0 w1 w2 ', 'Two'])
  state().setWithBefore(false)
  await state().run()
  expect(asked()).toEqual(['Two'])
})

test('a model that reads, reads the text on both sides', async () => {
  model(['embed'], { x: 1 })
  const seen: string[] = []
  fake.client.read = (text) => {
    seen.push(`${text} ${engine.get('x')}`)
    return Promise.resolve({ vector: Float32Array.of(1) } as Reading)
  }
  state().setPrompt('A cat')
  await state().run()
  expect(seen).toEqual(['A cat 0', 'A cat 1'])
  expect(state()).toMatchObject({ seed: null, a: { state: 'done' }, b: { state: 'done' } })
})

test('another model has other adapters: nothing is left of the comparison', async () => {
  model(['generate'], { x: 1 })
  state().setPrompt('Hello')
  state().choose('a', 'x', 2)
  await state().run()
  useModels.setState({ active: null })
  expect(state()).toMatchObject({ prompt: 'Hello', a: null, b: null, chosen: { a: {}, b: {} } })
})
