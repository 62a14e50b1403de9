import { beforeEach, expect, test } from 'vitest'
import type { GlassToken, TokenEvent } from '../worker/protocol.ts'
import { endOf, openBytes, useBranches } from './branches.ts'
import { stopped } from './answering.ts'
import { promptOf, tokensOf } from './answers.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useModels, type ActiveModel } from './models.ts'
import { useSettings } from './settings.ts'
import { fakeClient, stats, token, type Fake } from './testing.ts'
import { versionsOf } from './tree.ts'
import { useHistory } from './history.ts'

let fake: Fake
const chat = () => useChat.getState()
const answer = () => chat().messages.at(-1)!
const list = () => versionsOf(chat().turns, answer())
const branches = () => useBranches.getState()
const inputs = () =>
  fake.asked
    .filter((a) => a.name === 'generate')
    .map((a) => a.args as [{ ids?: number[] }, { logitBias?: Record<number, number>; maxTokens?: number }])
const bytes = (text: string) => new TextEncoder().encode(text)

/** Writes as if every id had a text of its own; a bias forces its token. */
function engine(words: Record<number, string>, then: number[]) {
  fake.answer = async function* (input, options) {
    const ids = (input as { ids?: number[] }).ids ?? [1, 2, 3]
    const bias = Object.keys((options as { logitBias?: object }).logitBias ?? {}).map(Number)
    yield { type: 'prompt', ids, reused: ids.length - 1, text: '' }
    const out = (bias.length ? bias : then).slice(0, (options as { maxTokens?: number }).maxTokens ?? 9)
    for (const [i, id] of out.entries()) {
      yield {
        ...token(i),
        position: ids.length + i,
        id,
        text: words[id]!,
        bytes: bytes(words[id]!),
        top: [{ id, text: words[id]!, logprob: -1 }],
      } as TokenEvent
    }
    yield {
      type: 'done',
      reason: bias.length && words[bias[0]!] !== '<end>' ? 'length' : 'stop',
      text: out.map((id) => words[id]).join(''),
      stats,
    }
  }
}

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useModels.setState({ active: null })
  chat().newChat()
})

test('another token: the tokens before it stay, the rest is written anew', async () => {
  const words = { 10: 'a ', 11: 'b ', 12: 'c ', 20: 'x ', 21: 'y ' }
  engine(words, [10, 11, 12])
  await chat().send('go')
  engine(words, [21])
  expect(await useBranches.getState().fork(answer().id, 1, { id: 20, text: 'x ' })).toBe(true)
  expect(answer()).toMatchObject({ content: 'a x y ', state: 'done', finish: 'stop', tokens: 3 })
  expect(tokensOf(answer().id).map((t) => [t.index, t.id, t.position])).toEqual([
    [0, 10, 3],
    [1, 20, 4],
    [2, 21, 5],
  ])
  expect(tokensOf(answer().id)[1]).toMatchObject({ draw: null, stages: [] })
  expect(promptOf(answer().id)?.ids).toEqual([1, 2, 3])
  expect(inputs().slice(1)).toMatchObject([
    [{ ids: [1, 2, 3, 10] }, { logitBias: { 20: 1e4 }, maxTokens: 1, answerFrom: 3 }],
    [{ ids: [1, 2, 3, 10, 20] }, { answerFrom: 3 }],
  ])
  expect(list().map(({ content, fork }) => [content, fork])).toEqual([
    ['a b c ', undefined],
    ['a x y ', { from: list()[0]!.id, at: 1, token: 'x ', instead: 'b ' }],
  ])
})

test('a banned token is not drawn again in this conversation, and the rest is written anew', async () => {
  useModels.setState({
    active: { id: 'm', name: 'M', state: 'ready', progress: null, info: null, error: null, options: {} } as ActiveModel,
  })
  const words = { 10: 'a ', 11: 'b ', 12: 'c ', 21: 'y ' }
  engine(words, [10, 11, 12])
  await chat().send('go')
  fake.answer = async function* (input) {
    const { ids } = input as { ids: number[] }
    yield { type: 'prompt', ids, reused: 0, text: '' }
    yield { ...token(0), position: ids.length, id: 21, text: 'y ', bytes: bytes('y ') }
    yield { type: 'done', reason: 'stop', text: 'y ', stats }
  }
  expect(await useBranches.getState().ban(answer().id, 1)).toBe(true)
  expect(answer()).toMatchObject({ content: 'a y ', tokens: 2 })
  // it was drawn, not put there by hand
  expect(tokensOf(answer().id)[1]).toMatchObject({ id: 21, index: 1, draw: 0.5 })
  expect(inputs().slice(1)).toMatchObject([[{ ids: [1, 2, 3, 10] }, { logitBias: { 11: -1e4 } }]])
  expect(list()[1]!.fork).toMatchObject({ at: 1, token: 'y ', instead: 'b ', banned: true })
  expect(chat().params.banned).toEqual([{ id: 11, text: 'b ', model: 'm' }])
  // of this conversation only, and of this model only
  expect(useSettings.getState().own).toEqual({})
  engine(words, [10])
  useModels.setState((s) => ({ active: { ...s.active!, id: 'other' } }))
  await chat().send('again')
  expect(inputs().at(-1)![1].logitBias).toEqual({})
  chat().unban(11, 'm')
  expect(chat().params.banned).toEqual([])
  chat().newChat()
  expect(chat().params.banned).toEqual([])
})

test('a branch takes a name', async () => {
  engine({ 10: 'a ', 11: 'b ', 20: 'x ' }, [10, 11])
  await chat().send('go')
  await useBranches.getState().fork(answer().id, 1, { id: 20, text: 'x ' })
  branches().rename(answer().id, '  mine ')
  expect(list().map((b) => b.name)).toEqual([undefined, 'mine'])
})

test('branches are shown, forked again, removed, and there after a reload', async () => {
  const words = { 10: 'a ', 11: 'b ', 20: 'x ', 30: 'z ' }
  engine(words, [10, 11])
  await chat().send('go')
  const { id } = answer()
  await branches().fork(id, 1, { id: 20, text: 'x ' })
  const [main, second] = list()
  await branches().show(main!.id)
  expect(answer().content).toBe('a b ')
  expect(inputs().at(-1)![0].ids).toEqual([1, 2, 3, 10])
  await branches().show(second!.id)
  // as after a reload: the branches and their tokens come from disk, and it goes on from there
  const { id: conversation } = chat()
  chat().newChat()
  await useHistory.getState().open(conversation)
  await expect.poll(() => tokensOf(second!.id).map((t) => t.id)).toEqual([10, 20, 10, 11])
  expect(list().map((b) => b.fork?.from)).toEqual([undefined, main!.id])
  // forked where the second branch began: it leaves the first
  expect(await branches().fork(second!.id, 1, { id: 30, text: 'z ' })).toBe(true)
  expect(list()[2]!.fork).toMatchObject({ from: main!.id, token: 'z ', instead: 'x ' })
  await branches().remove(main!.id)
  expect(list().map((b) => b.content)).toEqual(['a x a b ', 'a z a b '])
  await branches().remove(answer().id)
  expect(answer().id).toBe(second!.id)
  await branches().bringBack(main!.id)
  expect(answer().content).toBe('a b ')
  chat().newChat()
  expect(chat().turns).toEqual([])
})

test('a token that ends the answer ends the branch', async () => {
  const words = { 10: 'a ', 11: 'b ', 20: '<end>' }
  engine(words, [10, 11])
  await chat().send('go')
  const before = inputs().length
  await useBranches.getState().fork(answer().id, 1, { id: 20, text: '<end>' })
  expect(inputs().length).toBe(before + 1)
  expect(answer()).toMatchObject({ finish: 'stop', tokens: 2 })
})

test('only the newest answer, and only when nothing is written', async () => {
  engine({ 10: 'a ' }, [10])
  await chat().send('one')
  const first = answer().id
  await chat().send('two')
  expect(await useBranches.getState().fork(first, 0, { id: 20, text: 'x' })).toBe(false)
  expect(await useBranches.getState().fork(answer().id, 5, { id: 20, text: 'x' })).toBe(false)
  expect(await useBranches.getState().fork(answer().id, 0, { id: 10, text: 'a ' })).toBe(false)
})

test('open characters are found', () => {
  const of = (...parts: number[][]) => [...openBytes(parts.map((p) => ({ bytes: Uint8Array.from(p), text: '' })))]
  expect(of([0xe4, 0xbd])).toEqual([0xe4, 0xbd])
  expect(of([0x61, 0xf0], [0x9f])).toEqual([0xf0, 0x9f])
  expect(of([0xe4, 0xbd, 0xa0])).toEqual([])
  expect(of([0x61])).toEqual([])
  expect(of()).toEqual([])
})

test('a character cut by a fork is joined', async () => {
  const [a, b, c] = [...bytes('你')]
  const words: Record<number, number[]> = { 10: [a!, b!], 11: [c!], 12: [0xa5] }
  fake.answer = async function* (input, options) {
    const ids = (input as { ids?: number[] }).ids ?? [1]
    const bias = Object.keys((options as { logitBias?: object }).logitBias ?? {}).map(Number)
    yield { type: 'prompt', ids, reused: 0, text: '' }
    const out = bias.length ? bias : ids.length > 1 ? [] : [10, 11]
    for (const [i, id] of out.entries()) {
      yield {
        ...token(i),
        id,
        text: bias.length ? '\ufffd' : id === 11 ? '你' : '',
        bytes: Uint8Array.from(words[id]!),
        top: [],
      } as TokenEvent
    }
    yield { type: 'done', reason: bias.length ? 'length' : 'stop', text: '', stats }
  }
  await chat().send('go')
  await useBranches.getState().fork(answer().id, 1, { id: 12, text: '\\xA5' })
  expect(answer().content).toBe('佥')
})

test('the token that ended an answer is known, though the model has not read it', async () => {
  engine({ 10: 'a ', 2: '<end>' }, [10, 2])
  await chat().send('go')
  const read = (...ids: number[]): GlassToken[] => ids.map((id, position) => ({ id, position }) as GlassToken)
  expect(endOf(read(1, 2, 3, 10))).toMatchObject({ id: 2, text: '<end>', logprob: -1, rank: 0 })
  expect(endOf(read(1, 2, 3, 10, 2)), 'it is read').toBeNull()
  expect(endOf(read(1, 2, 3, 11)), 'another text').toBeNull()
})
