import { beforeEach, expect, test } from 'vitest'
import type { GlassToken } from '../worker/protocol.ts'
import { endOf } from './answer-read.ts'
import { useBranches } from './branches.ts'
import { stopped } from './running.ts'
import { promptOf, tokensOf } from './answers.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useModels, type ActiveModel } from './models.ts'
import { mostBiased } from './sampling.ts'
import { useSettings } from './settings.ts'
import { fakeClient, stats, token, type Fake } from './testing.ts'
import { versionsOf } from './tree.ts'
import { unsaved } from './unsaved.ts'
import { useHistory } from './history.ts'

let fake: Fake
const chat = () => useChat.getState()
const answer = () => chat().messages.at(-1)!
const list = () => versionsOf(chat().turns, answer())
const branches = () => useBranches.getState()
const inputs = () =>
  fake.asked
    .filter((a) => a.name === 'generate')
    .map((a) => a.args as [{ ids?: number[] }, Options & { logitBias?: Record<number, number>; seedAt?: number[] }])
const bytes = (text: string) => new TextEncoder().encode(text)

type Options = { force?: Record<number, number>; maxTokens?: number; continueFrom?: number }
/** Writes as if every id had a text of its own, and puts tokens where it is told to, as the engine does. */
function engine(words: Record<number, string>, then: number[]) {
  fake.answer = async function* (input, options) {
    const ids = (input as { ids?: number[] }).ids ?? [1, 2, 3]
    const { force = {}, maxTokens = 9, continueFrom = ids.length } = options as Options
    yield { type: 'prompt', ids, answerFrom: continueFrom, reused: ids.length - 1, text: '' }
    const begun = ids.length - continueFrom
    const drawn = [...then]
    let text = ''
    for (let index = begun; index - begun < maxTokens; index++) {
      const put = force[index],
        id = put ?? drawn.shift()
      if (id === undefined) break
      text += words[id]!
      yield {
        ...token(index),
        position: continueFrom + index,
        id,
        text: words[id]!,
        bytes: bytes(words[id]!),
        top: [{ id, text: words[id]!, logprob: -1 }],
        ...(put !== undefined && { draw: null, stages: [] }),
      }
      if (words[id] === '<end>') break
    }
    yield { type: 'done', reason: 'stop', text, stats }
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
    // one more than the reader's limit, which is for what is drawn; drawn anew with the seed
    [
      { ids: [1, 2, 3, 10] },
      { force: { 1: 20 }, seedAt: [2], maxTokens: chat().params.maxTokens + 1, continueFrom: 3 },
    ],
  ])
  expect(list().map(({ content, fork }) => [content, fork])).toEqual([
    ['a b c ', undefined],
    ['a x y ', { from: list()[0]!.id, at: 1, token: 'x ', instead: 'b ' }],
  ])
})

test.each([
  ['held back before, and not now', ['a ', '', 'gold'], 'a go', ['a ', 'go']],
  ['not held back before, but now', ['a ', 'go', 'ld'], 'a ', ['a ', '']],
  ['both at once', ['a g', 'o', 'ld'], 'a ', ['a ', '']],
])('stop texts that changed meanwhile: %s', async (_, [a, b, c], said, texts) => {
  engine({ 10: a!, 11: b!, 12: c! }, [10, 11, 12])
  await chat().send('go')
  fake.answer = async function* () {
    yield { type: 'prompt', ids: [1, 2, 3, 10, 11], answerFrom: 3, reused: 0, text: '', said }
    yield { ...token(2), id: 20, text: '…on', draw: null }
    yield { type: 'done', reason: 'stop', text: '…on', stats }
  }
  expect(await branches().fork(answer().id, 2, { id: 20, text: '' })).toBe(true)
  expect(answer().content).toBe(`${said}…on`)
  expect(tokensOf(answer().id).map(({ text }) => text)).toEqual([...texts, '…on'])
  // the version that it left stays as it was
  expect(tokensOf(list()[0]!.id).map(({ text }) => text)).toEqual([a, b, c])
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
    yield { type: 'prompt', ids, answerFrom: 3, reused: 0, text: '' }
    yield { ...token(1), position: ids.length, id: 21, text: 'y ', bytes: bytes('y ') }
    yield { type: 'done', reason: 'stop', text: 'y ', stats }
  }
  expect(await useBranches.getState().ban(answer().id, 1)).toBe(true)
  expect(answer()).toMatchObject({ content: 'a y ', tokens: 2 })
  // it was drawn, not put there by hand
  expect(tokensOf(answer().id)[1]).toMatchObject({ id: 21, index: 1, draw: 0.5 })
  expect(inputs().slice(1)).toMatchObject([
    [{ ids: [1, 2, 3, 10] }, { logitBias: { 11: -1e4 }, continueFrom: 3, seedAt: [1] }],
  ])
  expect(list()[1]!.fork).toMatchObject({ at: 1, token: 'y ', instead: 'b ', banned: true })
  expect(chat().params.banned).toEqual([{ id: 11, text: 'b ', model: 'm' }])
  // of this chat only, and of this model only
  expect(useSettings.getState().own).toEqual({})
  engine(words, [10])
  useModels.setState((s) => ({ active: { ...s.active!, id: 'other' } }))
  await chat().send('again')
  expect(inputs().at(-1)![1].logitBias).toEqual({})
  // raised or lowered in its place, as far as OpenAI's go; the other model's own is its own
  useModels.setState((s) => ({ active: { ...s.active!, id: 'm' } }))
  chat().setBias({ id: 11, text: 'b ' }, 150)
  chat().setBias({ id: 12, text: 'c ' }, -2.5)
  engine(words, [10])
  await chat().send('once more')
  expect(inputs().at(-1)![1].logitBias).toEqual({ 11: 100, 12: -2.5 })
  chat().setBias({ id: 11, text: 'b ' }, null)
  expect(chat().params.banned.map(({ bias }) => bias)).toEqual([undefined, -2.5])
  for (let id = 20; id < 150; id++) chat().setBias({ id, text: '' }, 1)
  expect(chat().params.banned).toHaveLength(mostBiased)
  for (let id = 12; id < 150; id++) chat().unban(id, 'm')
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
  expect(unsaved().fields.size).toBe(0) // on its way to the disk: a reload may follow at once
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

test('the token that ended an answer is known, though the model has not read it', async () => {
  engine({ 10: 'a ', 2: '<end>' }, [10, 2])
  await chat().send('go')
  const read = (...ids: number[]): GlassToken[] => ids.map((id, position) => ({ id, position }) as GlassToken)
  expect(endOf(read(1, 2, 3, 10))).toMatchObject({ id: 2, text: '<end>', logprob: -1, rank: 0 })
  expect(endOf(read(1, 2, 3, 10, 2)), 'it is read').toBeNull()
  expect(endOf(read(1, 2, 3, 11)), 'another text').toBeNull()
})
