// What is lost with the GPU or the engine's thread comes back by itself, and the answer goes on where it was.
import { beforeEach, expect, test, vi } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { Facts, GenerateRequest } from '../worker/protocol.ts'
import { tokensOf } from './answers.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useModels } from './models.ts'
import { allowAgain, useRecovery } from './recovery.ts'
import { stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { fakeClient, info, stored, tokens, untilAborted, type Fake } from './testing.ts'

let fake: Fake
const models = () => useModels.getState()
const lost = (facts = {}): EngineError => new EngineError('GPU_LOST', 'gone', { reason: 'unknown', ...facts })
const loads = () => fake.asked.filter(({ name }) => name === 'load').length

beforeEach(async () => {
  await stopped()
  vi.useRealTimers()
  fake = fakeClient()
  fake.models.set('a', stored('a'))
  fake.load = () => Promise.resolve({ ...info })
  setClient(fake.client)
  useSettings.getState().reset()
  useChat.getState().newChat()
  useModels.setState({ started: false, jobs: {}, active: null, error: null, adapterError: null, wanted: null })
  await models().refresh()
  await models().load('a')
  allowAgain()
  fake.asked.length = 0
})

/** An engine that is lost after so many tokens of each of its lives, and knows how to go on. */
function fragile(whole: number, lives: number[], say: () => void): Fake['answer'] {
  return async function* (input, options) {
    const { continueFrom, maxTokens = whole } = options as GenerateRequest
    const at = continueFrom === undefined ? 0 : (input as { ids: number[] }).ids.length - continueFrom
    const last = lives.shift() ?? Infinity
    let written = 0
    for await (const event of tokens(whole)) {
      if (event.type === 'prompt') {
        yield at > 0 ? { ...event, said: Array.from({ length: at }, (_, i) => `w${i} `).join('') } : event
      } else if (event.type === 'token') {
        if (event.index < at) continue
        if (written === last || written === maxTokens) break
        written++
        yield event
      } else if (event.type === 'done' && last === Infinity) {
        yield { ...event, text: Array.from({ length: whole - at }, (_, i) => `w${i + at} `).join('') }
      }
    }
    if (last === Infinity) return
    say()
    throw lost()
  }
}

for (const [how, lives] of Object.entries({
  'before the first token': [0],
  'in the middle': [3],
  'at the last': [6],
  twice: [2, 3],
})) {
  test(`an answer that is cut ${how} is whole, token by token`, { timeout: 8000 }, async () => {
    // sometimes the page hears of the loss first, sometimes the stream
    let first = false
    fake.answer = fragile(
      6,
      lives,
      () => (first = !first) && fake.lose({ code: 'GPU_LOST', message: 'gone', facts: { reason: 'unknown' } }),
    )
    const { length } = lives
    await useChat.getState().send('hello')
    const answer = useChat.getState().messages[1]!
    expect(answer).toMatchObject({ state: 'done', content: 'w0 w1 w2 w3 w4 w5 ', tokens: 6 })
    expect(answer.error).toBeUndefined()
    expect(tokensOf(answer.id).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
    expect(loads()).toBe(length)
    expect(models()).toMatchObject({ error: null, active: { state: 'ready' } })
  })
}

test('several at once are begun again', async () => {
  let life = 0
  fake.answer = async function* () {
    life++
    for await (const event of tokens(2)) {
      yield event
      yield { ...event, answer: 1 }
      if (life === 1 && event.type === 'token') throw lost()
    }
  }
  await useChat.getState().send('hello')
  fake.asked.length = life = 0
  await useChat.getState().regenerate(2)
  const answers = useChat.getState().turns.filter(({ role }) => role === 'assistant')
  expect(answers.slice(1).map(({ content, tokens: n }) => [content, n])).toEqual([
    ['w0 w1 ', 2],
    ['w0 w1 ', 2],
  ])
})

test(
  'the third loss within a minute waits for the reader, and a click gives two more',
  { timeout: 10_000 },
  async () => {
    fake.answer = fragile(6, [1, 1, 1], () => undefined)
    await useChat.getState().send('hello')
    expect(useChat.getState().messages[1]).toMatchObject({
      state: 'failed',
      content: 'w0 w1 w2 ',
      error: { code: 'GPU_LOST' },
    })
    expect(models().error).toMatchObject({ code: 'GPU_LOST' })
    expect(useRecovery.getState()).toEqual({ after: null, spent: true })
    allowAgain()
    await models().restart()
    fake.answer = fragile(6, [2], () => undefined)
    await useChat.getState().regenerate()
    expect(useChat.getState().messages[1]).toMatchObject({ state: 'done', tokens: 6 })
  },
)

test('what only the reader can help with is not tried', async () => {
  for (const facts of [{ reload: true }, { started: false }] as Facts[]) {
    fake.lose({ code: 'GPU_LOST', message: 'gone', facts })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(models()).toMatchObject({ error: { code: 'GPU_LOST' }, active: { state: 'failed' } })
  }
  expect(loads()).toBe(0)
})

test('a stop while it comes back ends the answer with what there is', async () => {
  fake.answer = fragile(6, [2], () => undefined)
  fake.load = (_, signal) => untilAborted(signal)
  const sent = useChat.getState().send('hello')
  await expect.poll(() => useRecovery.getState().after?.code).toBe('GPU_LOST')
  useChat.getState().stop()
  await sent
  expect(useChat.getState().messages[1]).toMatchObject({ state: 'stopped', content: 'w0 w1 ' })
  models().cancelLoad()
})
