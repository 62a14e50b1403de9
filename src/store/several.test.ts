// Several answers side by side: one on screen, the others beside it until one is chosen.

import { beforeEach, expect, test } from 'vitest'
import type { GenerateEvent } from '../worker/protocol.ts'
import { promptOf, tokensOf } from './answers.ts'
import { useBranches } from './branches.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { useHeads } from './heads.ts'
import { stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { useSeveral } from './several.ts'
import { fakeClient, stats, token, tokens, type Fake } from './testing.ts'
import { versionsOf } from './tree.ts'

let fake: Fake
const chat = () => useChat.getState()
beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useHeads.setState({ all: [] })
  useSeveral.getState().close()
  chat().newChat()
})

/** n answers in turn, each of the words a0 a1 …, b0 b1 … */
async function* inTurn(
  n: number,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<GenerateEvent, void, undefined> {
  const word = (answer: number, i: number): string => `${'abcdefgh'[answer]}${i} `
  const all = Array.from({ length: n }, (_, answer) => answer)
  for (const answer of all) yield { type: 'prompt', ids: [1, 2, 3], answerFrom: 3, reused: 0, text: 'p', answer }
  let written = 0
  for (; written < length && !signal?.aborted; written++) {
    for (const answer of all) yield { ...token(written), text: word(answer, written), answer }
    await new Promise((resolve) => setTimeout(resolve))
  }
  for (const answer of all) {
    const text = Array.from({ length: written }, (_, i) => word(answer, i)).join('')
    yield { type: 'done', reason: signal?.aborted ? 'aborted' : 'stop', text, stats, answer }
  }
}
async function four(length = 3): Promise<void> {
  fake.answer = (_, options) => {
    const { n = 1, signal } = options as { n?: number; signal?: AbortSignal }
    return n > 1 ? inTurn(n, length, signal) : tokens(2, signal)
  }
  chat().setParams({ seed: 40, randomSeed: false })
  await chat().send('Tell me')
  await useBranches.getState().several(4)
}

test('four answers: versions of one turn, each with its seed, tokens and end, saved', async () => {
  await four()
  const { messages, turns } = chat()
  const shown = messages.at(-1)!
  expect(shown).toMatchObject({ content: 'a0 a1 a2 ', state: 'done', seed: 40, tokens: 3 })
  const versions = versionsOf(turns, shown)
  expect(
    versions.slice(1).map(({ content, seed, state, finish, tokens: count }) => [content, seed, state, finish, count]),
  ).toEqual([
    ['a0 a1 a2 ', 40, 'done', 'stop', 3],
    ['b0 b1 b2 ', 41, 'done', 'stop', 3],
    ['c0 c1 c2 ', 42, 'done', 'stop', 3],
    ['d0 d1 d2 ', 43, 'done', 'stop', 3],
  ])
  for (const { id, content, parent } of versions.slice(1)) {
    expect(parent).toBe(shown.parent)
    expect(
      tokensOf(id)
        .map((event) => event.text)
        .join(''),
    ).toBe(content)
    expect(promptOf(id)?.ids).toEqual([1, 2, 3])
  }
  const disk = fake.chats.get(chat().id)!
  expect([...disk.turns.values()].filter(({ role }) => role === 'assistant').length).toBe(5)
  expect(disk.runs.size).toBe(5)
  expect(useSeveral.getState()).toMatchObject({ first: shown.id, others: versions.slice(2).map(({ id }) => ({ id })) })
})

test('the one that is chosen is the answer, and the others stay', async () => {
  await four()
  const { others, close } = useSeveral.getState()
  close()
  await useBranches.getState().show(others[1]!.id)
  expect(chat().messages.at(-1)).toMatchObject({ id: others[1]!.id, content: 'c0 c1 c2 ' })
  expect(useSeveral.getState()).toMatchObject({ first: null, others: [] })
  expect(versionsOf(chat().turns, chat().messages.at(-1)!).length).toBe(5)
})

test('stopped, all of them end with what they have', async () => {
  const going = four(1000)
  await expect.poll(() => useSeveral.getState().others[0]?.content).toContain('b1')
  chat().stop()
  await going
  const { turns, messages, status } = chat()
  expect(status).toBe('idle')
  for (const { content, state, finish } of versionsOf(turns, messages.at(-1)!).slice(1)) {
    expect([state, finish]).toEqual(['stopped', 'aborted'])
    expect(content).toContain('1 ')
  }
})

test('where the engine fails, what was written stays, and nothing that was not', async () => {
  fake.answer = async function* (_, { signal }) {
    yield* tokens(1, signal)
  }
  await chat().send('Tell me')
  fake.answer = async function* () {
    yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text: 'p', answer: 0 }
    yield { ...token(0), answer: 0 }
    yield { ...token(0), answer: 1 }
    await Promise.resolve()
    throw new Error('gone')
  }
  await useBranches.getState().several(4)
  const versions = versionsOf(chat().turns, chat().messages.at(-1)!).slice(1)
  expect(versions.map(({ state }) => state)).toEqual(['failed', 'stopped'])
})
