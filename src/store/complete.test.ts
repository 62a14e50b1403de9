// A raw text: what the model wrote stays its tokens until something before them changes, every version comes back, and what is
// asked of the engine is the text, or the very ids.

import { beforeEach, expect, test } from 'vitest'
import type { GenerateEvent, ModelInfo } from '../worker/protocol.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { changed, longestText, useComplete } from './complete.ts'
import { useModels, type ActiveModel } from './models.ts'
import { stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { fakeClient, stats, token, untilAborted, type Fake } from './testing.ts'

let fake: Fake
const raw = () => useComplete.getState()
const asked = () =>
  fake.asked.filter(({ name }) => name === 'generate').map(({ args }) => args as [unknown, Record<string, unknown>])
const bytes = (text: string) => new TextEncoder().encode(text)

/** Writes these: [id, text] or, without a text, a special token by its name. */
const writing = (...words: [id: number, text: string, name?: string][]): void => {
  fake.answer = async function* (input): AsyncGenerator<GenerateEvent, void, undefined> {
    const ids = typeof input === 'string' ? [7, 8, 9] : (input as { ids: number[] }).ids
    yield { type: 'prompt', ids, answerFrom: ids.length, reused: 0, text: '' }
    for (const [i, [id, text, name]] of words.entries()) {
      yield { ...token(i), id, text, bytes: bytes(name ?? text), position: ids.length + i }
    }
    yield { type: 'done', reason: 'length', text: words.map(([, text]) => text).join(''), stats }
  }
}

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useModels.setState({
    active: { id: 'm', name: 'M', state: 'ready', info: { does: ['generate'] } as unknown as ModelInfo } as ActiveModel,
  })
  useChat.getState().newChat()
  useComplete.setState({ text: '', marks: [], base: null, pieces: [], finish: null, past: [], future: [], error: null })
})

test('it writes on, special tokens by their names, and goes on with the very ids', async () => {
  useChat
    .getState()
    .setParams({ randomSeed: false, seed: 5, stop: ['x'], tools: '[{}]', form: 'json', format: 'Vicuna v1.1' })
  raw().setText('Lily was')
  writing([20, ' in'], [2, '', '<|im_end|>'])
  await raw().goOn()
  expect(raw()).toMatchObject({ text: 'Lily was in<|im_end|>', marks: [[8, 21]], finish: 'length', state: 'idle' })
  const [input, options] = asked()[0]!
  expect(input).toBe('Lily was')
  // of the chat's settings those of the sampler, and nothing of turns
  expect(options).toMatchObject({ seed: 5, stop: [], maxTokens: 64, logitBias: {} })
  for (const name of ['tools', 'format', 'constraint', 'continueFrom']) expect(options).not.toHaveProperty(name)
  writing([30, ' more'])
  await raw().goOn()
  expect(asked()[1]).toMatchObject([{ ids: [7, 8, 9, 20, 2] }, { continueFrom: 3, seed: 5 }])
  expect(raw().text).toBe('Lily was in<|im_end|> more')
  expect(raw().pieces.map(({ event }) => event.id)).toEqual([20, 2, 30])
  // another model's ids mean nothing to this one
  useModels.setState((s) => ({ active: { ...s.active!, id: 'other' } }))
  await raw().goOn()
  expect(asked()[2]![0]).toBe('Lily was in<|im_end|> more')
})

test('what stands before the first change stays as it was', async () => {
  raw().setText('ab')
  writing([20, 'cd'], [21, 'ef'])
  await raw().goOn()
  const old = raw()
  const after = (text: string) => {
    const { pieces, marks, base } = changed(old, text)
    return [pieces.length, marks, base !== null]
  }
  expect(after('abcdef more')).toEqual([2, [[2, 6]], true])
  expect(after('abcdeX')).toEqual([1, [[2, 5]], true])
  expect(after('abcX')).toEqual([0, [[2, 3]], false])
  expect(after('aXcdef')).toEqual([0, [], false])
  expect(after('')).toEqual([0, [], false])
  // going on after typing reads the text: the ids that were written are not all of it
  raw().setText('abcd!')
  writing([22, '?'])
  await raw().goOn()
  expect(asked().at(-1)![0]).toBe('abcd!')
  expect(raw().text).toBe('abcd!?')
})

test('from any place, and with another token there; all of it is taken back and done again', async () => {
  raw().setText('ab')
  writing([20, 'cd'], [21, 'ef'])
  await raw().goOn()
  writing([40, 'XY'])
  await raw().instead(1, 40)
  expect(asked().at(-1)).toMatchObject([{ ids: [7, 8, 9, 20] }, { continueFrom: 3, force: { 1: 40 } }])
  expect(raw().text).toBe('abcdXY')
  await raw().instead(0)
  expect(asked().at(-1)).toMatchObject([{ ids: [7, 8, 9] }, { continueFrom: 3 }])
  expect(asked().at(-1)![1]).not.toHaveProperty('force')
  expect(raw().text).toBe('abXY')
  writing([50, '!'])
  await raw().goOn(1)
  expect(asked().at(-1)![0]).toBe('a')
  const texts = [raw().text]
  while (raw().past.length > 0) {
    raw().undo()
    texts.push(raw().text)
  }
  expect(texts).toEqual(['a!', 'abXY', 'abcdXY', 'abcdef', 'ab', ''])
  while (raw().future.length > 0) raw().redo()
  expect(raw().text).toBe('a!')
  raw().undo()
  raw().undo()
  // the tokens come back with their text
  expect(raw().pieces.map(({ event }) => event.id)).toEqual([20, 40])
  raw().setText('abcdXYZ')
  expect(raw().future).toEqual([])
})

test('stopped, it keeps what was written; refused, it says so and loses nothing; too long a text is not taken', async () => {
  raw().setText('ab')
  fake.answer = async function* (_, { signal }) {
    yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text: '' }
    yield { ...token(0), text: 'c', bytes: bytes('c') }
    await untilAborted(signal)
  }
  const going = raw().goOn()
  await expect.poll(() => raw().state).toBe('writing')
  raw().setText('not now')
  raw().undo()
  raw().stop()
  await going
  expect(raw()).toMatchObject({ text: 'abc', state: 'idle', error: null })
  fake.answer = () => {
    throw new Error('no room')
  }
  await raw().goOn()
  expect(raw()).toMatchObject({
    text: 'abc',
    state: 'idle',
    error: { message: expect.stringContaining('no room') as string },
  })
  raw().setText('x'.repeat(longestText + 1))
  expect(raw().text).toBe('abc')
  expect(useChat.getState().status).toBe('idle')
})
