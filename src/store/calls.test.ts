// Tools in a chat: nothing runs without the reader's word, what a call gives is a turn, and the model goes on with it. That
// stands in what the model reads, on disk, in files and in links.

import { beforeEach, expect, test } from 'vitest'
import type { ChatMessage, GenerateEvent, ModelInfo } from '../worker/protocol.ts'
import { useBranches } from './branches.ts'
import { mostInRow, pendingCall, switchTool, toolsOn, useCalls, type Decision } from './calls.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { whole } from './current.ts'
import { fromFile, toFile, toMarkdown } from './exported.ts'
import { useHistory } from './history.ts'
import { fromMessages, toMessages } from './messages-file.ts'
import { useModels, type ActiveModel } from './models.ts'
import { stopAnswer, stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { readTurn } from './stored.ts'
import { fromWire, toWire } from './share/run.ts'
import { fakeClient, stats, token, type Fake } from './testing.ts'

let fake: Fake
/** What the model writes next: calls, or with none a word. */
let script: { name: string; arguments: Record<string, unknown> }[][]
const chat = () => useChat.getState()
const past = () => useHistory.getState()
const shown = () => chat().messages.map(({ role, content, tool }) => [role, tool?.outcome ?? '', content])
const prompts = () => fake.asked.filter(({ name }) => name === 'generate').map(({ args }) => args[0] as ChatMessage[])
const decide = (how: Decision) =>
  useCalls.getState().decide(chat().messages.findLast(({ role }) => role === 'assistant')!.id, how)
const sum = (expression: string) => ({ name: 'calculator', arguments: { expression } })

beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useModels.setState({
    active: {
      id: 'm',
      name: 'M',
      state: 'ready',
      info: { does: ['generate'], tools: true } as unknown as ModelInfo,
    } as ActiveModel,
  })
  chat().newChat()
  useCalls.setState({ allowed: new Set() })
  chat().setParams({
    tools: switchTool({ tools: switchTool({ tools: '' }, 'calculator', true) }, 'search_my_chats', true),
  })
  script = []
  fake.answer = async function* (): AsyncGenerator<GenerateEvent, void, undefined> {
    const calls = script.shift() ?? []
    yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text: '' }
    yield token(0)
    const made = calls.map((call) => ({ type: 'function' as const, function: call }))
    yield {
      type: 'done',
      reason: 'stop',
      text: 'w0 ',
      stats,
      ...(calls.length > 0 && { calls: made, beside: 'Let me see.' }),
    }
  }
})

test('a tool is on where its definition stands among the tools, word for word', () => {
  expect(toolsOn(chat().params)).toEqual(['calculator', 'search_my_chats'])
  const one = switchTool({ tools: '[{"function":{"name":"mine"}}]' }, 'clock', true)
  expect(toolsOn({ tools: one })).toEqual(['clock'])
  expect(JSON.parse(one)).toHaveLength(2)
  expect(JSON.parse(switchTool({ tools: one }, 'clock', false))).toEqual([{ function: { name: 'mine' } }])
  expect(switchTool({ tools: switchTool({ tools: '' }, 'clock', true) }, 'clock', false)).toBe('')
  // somebody else's tool by the same name is not ours to run
  expect(toolsOn({ tools: '[{"type":"function","function":{"name":"clock","parameters":{}}}]' })).toEqual([])
  expect(toolsOn({ tools: '{' })).toEqual([])
})

test('a call waits for a click, runs once, and the model goes on with its result', async () => {
  script = [[sum('6*7')], [sum('6*8')]]
  await chat().send('What is 6 times 7?')
  expect(shown().at(-1)).toEqual(['assistant', '', 'w0 '])
  expect(prompts()).toHaveLength(1)
  await decide('once')
  expect(shown().slice(1)).toEqual([
    ['assistant', '', 'w0 '],
    ['tool', '', '6*7 = 42'],
    ['assistant', '', 'w0 '],
  ])
  const [user, assistant, tool] = prompts()[1]!
  expect(user).toEqual({ role: 'user', content: 'What is 6 times 7?', data: 'special' })
  expect(assistant).toMatchObject({
    role: 'assistant',
    content: 'Let me see.',
    tool_calls: [{ type: 'function', function: { name: 'calculator', arguments: { expression: '6*7' } } }],
  })
  expect(tool).toEqual({
    role: 'tool',
    data: 'special',
    name: 'calculator',
    content: '6*7 = 42',
    tool_call_id: assistant!.tool_calls![0]!.id,
  })
  expect(tool!.tool_call_id).toMatch(/^[A-Za-z0-9]{9}$/)
  // once is once
  expect(pendingCall(chat().messages, chat().leaf!)).toBe(0)
})

test('allowed in this chat, it runs by itself, a few times in a row; elsewhere it is asked for anew', async () => {
  script = Array.from({ length: mostInRow + 3 }, (_, i) => [sum(`${i}+1`)])
  await chat().send('a')
  await decide('chat')
  await expect
    .poll(() => [chat().status, chat().messages.filter(({ role }) => role === 'tool').length])
    .toEqual(['idle', mostInRow])
  expect(chat().messages.at(-1)!.role).toBe('assistant')
  await decide('refuse')
  expect(shown().at(-2)).toEqual(['tool', 'refused', 'The user refused this call.'])
  chat().newChat()
  script = [[sum('1')]]
  await chat().send('b')
  expect(shown().at(-1)![0]).toBe('assistant')
})

test('what was allowed in a chat goes with it: one out of a file by the same id is asked anew', async () => {
  script = [[sum('1+1')], [], [sum('2+2')]]
  await chat().send('a')
  await decide('chat')
  await expect.poll(() => [chat().status, chat().messages.length]).toEqual(['idle', 4])
  expect(useCalls.getState().allowed.size).toBe(1)
  const { id } = chat()
  const file = new Blob([toFile([{ chat: whole(), runs: {} }])])
  await past().remove([id])
  await past().purge([id])
  expect(await past().importFile(file)).toEqual({ added: 1, refused: [] })
  await past().open(id)
  expect([chat().id, useCalls.getState().allowed.size]).toEqual([id, 0])
  chat().setParams({ tools: switchTool({ tools: '' }, 'calculator', true) })
  await chat().send('again')
  expect(shown().at(-1)![0]).toBe('assistant')
  expect(chat().messages.filter(({ role }) => role === 'tool')).toHaveLength(1)
})

test('several calls are decided on one by one; nobody goes on before the last', async () => {
  script = [[sum('1+1'), { name: 'rm', arguments: { path: '/' } }, sum('1/0')]]
  await chat().send('a')
  const [answer] = chat().messages.slice(-1)
  for (const [how, index] of [
    ['once', 0],
    ['once', 1],
    ['once', 2],
  ] as const) {
    expect(pendingCall(chat().messages, answer!.id)).toBe(index)
    expect(prompts()).toHaveLength(1)
    await useCalls.getState().decide(answer!.id, how)
  }
  expect(
    shown()
      .slice(2, 5)
      .map(([role, outcome]) => [role, outcome]),
  ).toEqual([
    ['tool', ''],
    ['tool', 'failed'],
    ['tool', 'failed'],
  ])
  expect(shown()[3]![2]).toContain('there is no tool "rm"')
  expect(shown()[4]![2]).toBe('Error: division by zero.')
  expect(prompts()[1]!.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'tool'])
  expect(prompts()[1]![1]!.tool_calls).toHaveLength(3)
})

test('stop ends a call that hangs: it waits again, and nothing was said', async () => {
  script = [[{ name: 'search_my_chats', arguments: { query: 'x' } }]]
  await chat().send('kept')
  fake.client.chats.list = () => new Promise(() => undefined)
  fake.client.chats.get = () => new Promise(() => undefined)
  const other = { id: 'other', title: 'o', updatedAt: 1, messages: 1 }
  const { useHeads } = await import('./heads.ts')
  useHeads.setState({ all: [other] })
  const deciding = decide('once')
  expect(chat().status).toBe('prefill')
  stopAnswer()
  await deciding
  expect([chat().status, chat().messages.length, pendingCall(chat().messages, chat().leaf!)]).toEqual(['idle', 2, 0])
})

test('a result that is put away makes its call wait again; an answer to a result can be written again', async () => {
  script = [[sum('2*3')]]
  await chat().send('a')
  await decide('once')
  const [, asked, result] = chat().messages
  await chat().regenerate()
  expect(
    chat()
      .messages.map(({ id }) => id)
      .slice(0, 3),
  ).toEqual([chat().messages[0]!.id, asked!.id, result!.id])
  expect(chat().turns.filter(({ parent }) => parent === result!.id)).toHaveLength(2)
  await useBranches.getState().remove(result!.id)
  expect([chat().leaf, pendingCall(chat().messages, asked!.id)]).toEqual([asked!.id, 0])
  await useBranches.getState().bringBack(result!.id)
  expect(pendingCall(chat().messages, asked!.id)).toBeNull()
  // a call that nobody decided on is the text that it was
  await useBranches.getState().remove(result!.id)
  await chat().send('never mind')
  expect(
    prompts()
      .at(-1)!
      .map(({ role, tool_calls: calls }) => [role, calls]),
  ).toEqual([
    ['user', undefined],
    ['assistant', undefined],
    ['user', undefined],
  ])
})

test('calls and results come back from disk, files and links as they were, and bring no leave to run', async () => {
  script = [[sum('2*3'), sum('"')]]
  await chat().send('a')
  await decide('chat')
  await expect.poll(() => [chat().status, chat().messages.length]).toEqual(['idle', 5])
  const before = whole()
  expect(before.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'assistant'])
  const bad: string[] = []
  expect(before.turns.map((turn) => readTurn(structuredClone(turn), '', bad))).toEqual(before.turns)
  expect(bad).toEqual([])
  const file = toFile([{ chat: before, runs: {} }])
  expect(file).not.toContain('allowed')
  expect(fromFile(file)!.chats[0]!.chat.turns).toEqual(before.turns)
  const { messages } = JSON.parse(toMessages(before)) as { messages: ChatMessage[] }
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'assistant'])
  expect(messages[1]).toMatchObject({ content: 'Let me see.', tool_calls: [{}, { function: { name: 'calculator' } }] })
  expect(messages[3]!.tool_call_id).toBe(messages[1]!.tool_calls![1]!.id)
  const back = fromMessages(JSON.stringify(messages), 1)!.chats[0]!.chat
  expect(JSON.parse(toMessages(back)).messages.map(({ content }: ChatMessage) => content)).toEqual(
    messages.map(({ content }) => content),
  )
  expect(back.turns[2]!.tool).toEqual({ name: 'calculator', call: 0 })
  const refused = (...list: unknown[]) => fromMessages(JSON.stringify(list), 1)!.refused.map(({ why }) => why)
  expect(refused({ role: 'user', content: 'x' }, { role: 'tool', content: 'x', tool_call_id: 'none' })).toEqual([
    'messages[1].tool_call_id',
  ])
  expect(refused({ role: 'user', content: 'x', tool_calls: [] })).toEqual(['messages[0].tool_calls'])
  const words = {
    ...{ system: 's', you: 'you', model: 'm', others: 'o', stopped: 'x' },
    edited: String,
    adapted: String,
    version: String,
  }
  expect(toMarkdown(before, { ...words, tool: (name) => `Tool ${name}` })).toContain(
    '## Tool calculator\n\n```\n2*3 = 6\n```',
  )

  const turns = before.turns.map(({ role, content, calls, beside, tool }) => ({
    role,
    text: content,
    ...(calls && { calls, beside: beside! }),
    ...(tool && { tool }),
  }))
  const run = {
    ...{
      model: { id: 'm', name: 'M', from: { kind: 'file' as const } },
      load: {},
      system: '',
      turns,
      params: chat().params,
    },
    ...{ answer: null, adapters: [], edits: [], drawn: [], at: { panel: 'chat', position: null, layer: 0, head: 0 } },
  }
  const wire = JSON.parse(JSON.stringify(toWire(run))) as { turns: unknown[][] }
  expect(fromWire(wire).turns).toEqual(turns)
  for (const wrong of [
    ['t', 'x', 'n', 200],
    ['t', 'x', 'n', 0, 'other'],
    ['t', 'x', 'n', 0, 'failed', 1],
    ['u', 'x', []],
    ['a', 'x', [['n']], ''],
  ]) {
    expect(() => fromWire({ ...wire, turns: [wire.turns[0], wire.turns[1], wrong] })).toThrow('Cannot open this link')
  }
  expect(() => fromWire({ ...wire, turns: [wire.turns[0], ['t', 'x', 'n', 0]] })).toThrow('the result of a call')
})
