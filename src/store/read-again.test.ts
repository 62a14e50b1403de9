import { beforeEach, expect, test } from 'vitest'
import type { GlassToken, Prompt } from '../worker/protocol.ts'
import { tokens as known, prompts } from './answers.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import type { Message } from './chat-data.ts'
import { isRead, readAgain, readable, useGuess, without } from './read-again.ts'
import { useModels, type ActiveModel } from './models.ts'
import { defaultParams } from './settings.ts'
import { fakeClient, token, type Fake } from './testing.ts'

let fake: Fake
const answer: Message = {
  id: 'a',
  role: 'assistant',
  content: 'In the garden.',
  state: 'done',
  tokens: 0,
  at: 2,
  modelName: 'M',
}
const glass = (ids: number[]): GlassToken[] => ids.map((id, position) => ({ position, id }) as GlassToken)
const asked = (): { input: Prompt; options: Record<string, unknown> }[] =>
  fake.asked
    .filter(({ name }) => name === 'generate')
    .map(({ args }) => ({ input: args[0] as Prompt, options: args[1] as Record<string, unknown> }))

beforeEach(async () => {
  fake = fakeClient()
  // a tokenizer of characters, with a begin and an end around every text
  fake.client.tokenize = (input) =>
    Promise.resolve({
      ids: typeof input === 'string' ? [1, ...Array.from(input, (c) => c.charCodeAt(0)), 2] : [1, 7, 7, 7],
      texts: [],
    })
  setClient(fake.client)
  useModels.setState({ active: { id: 'm', name: 'M', state: 'ready' } as ActiveModel })
  await useChat
    .getState()
    .restore({
      title: 't',
      system: '',
      params: { ...defaultParams },
      messages: [{ id: 'q', role: 'user', content: 'Where?', state: 'done', tokens: 0, at: 1 }, answer],
    })
  useGuess.setState({ guess: null, failed: null })
})
const shown = (): Message => readable(useChat.getState().messages)!

test('an answer whose tokens were kept is read by its own tokens, all but the last: that one was never read', async () => {
  const { id } = shown()
  prompts.set(id, { type: 'prompt', ids: [5, 6], answerFrom: 2, reused: 0, text: '' })
  known.set(id, [token(0), token(1), token(2)])
  await readAgain(id)
  expect(asked().map(({ input, options }) => [input, options['continueFrom']])).toEqual([[{ ids: [5, 6, 0, 1] }, 2]])
  expect(useGuess.getState().guess).toBeNull()
  expect([isRead(shown(), glass([5, 6, 0, 1])), isRead(shown(), glass([5, 6, 9])), isRead(shown(), [])]).toEqual([
    true,
    false,
    false,
  ])
})

test('one whose tokens were not kept is split anew, and that is a guess', async () => {
  await readAgain(shown().id)
  const ids = [1, 7, 7, 7, ...Array.from(answer.content, (c) => c.charCodeAt(0))]
  expect(asked().map(({ input, options }) => [input, options['continueFrom']])).toEqual([[{ ids }, 4]])
  expect(useGuess.getState().guess).toEqual({ messageId: shown().id, ids, by: null })
  expect([isRead(shown(), glass(ids)), isRead(shown(), glass(ids.slice(1)))]).toEqual([true, false])
})

test('tokens of another model mean nothing to this one: its text is split anew, and whose it was is said', async () => {
  const { id } = shown()
  prompts.set(id, { type: 'prompt', ids: [5, 6], answerFrom: 2, reused: 0, text: '' })
  known.set(id, [token(0)])
  useModels.setState({ active: { id: 'n', name: 'N', state: 'ready' } as ActiveModel })
  await readAgain(id)
  expect(asked()[0]!.input).toMatchObject({
    ids: [1, 7, 7, 7, 73, 110, 32, 116, 104, 101, 32, 103, 97, 114, 100, 101, 110, 46],
  })
  expect(useGuess.getState().guess).toMatchObject({ by: 'M' })
})

test('reading says how many tokens are read, for an answer and for one that is read again', async () => {
  const seen: string[] = []
  const leave = useChat.subscribe(({ live }) => {
    const now = live && `${live.readTokens}/${live.promptTokens}`
    if (now && now !== seen.at(-1)) seen.push(now)
  })
  fake.answer = async function* () {
    yield { type: 'prompt', ids: Array<number>(30).fill(1), answerFrom: 30, reused: 4, text: '' }
    yield { type: 'prefill', done: 12, total: 30 }
    yield { type: 'prefill', done: 20, total: 30 }
    yield token(0)
  }
  await useChat.getState().send('And now?')
  expect(seen).toEqual(['0/0', '4/30', '12/30', '20/30'])
  seen.length = 0
  await readAgain(shown().id)
  expect(seen.slice(1)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^12\//), expect.stringMatching(/^20\//)]) as string[],
  )
  leave()
})

test('what cannot be read says why', async () => {
  fake.answer = async function* () {
    yield { type: 'prompt', ids: [], answerFrom: 0, reused: 0, text: '' }
    await Promise.reject(new TypeError('no room'))
  }
  await readAgain(shown().id)
  expect(useGuess.getState().failed).toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('no room') as string,
  })
  expect(useChat.getState().status).toBe('idle')
})

test('the tokens around every text are taken off, and only those', () => {
  expect(without([1, 5, 6, 2], [1, 2])).toEqual([5, 6])
  expect(without([1, 5, 6], [1])).toEqual([5, 6])
  expect(without([5, 6], [])).toEqual([5, 6])
  expect(without([1, 2], [1, 2])).toEqual([])
})
