// The agent in the page: a model that writes by a script, tools that really run. Nothing runs without a click, a stop stops,
// results are data, and a saved run is the run.

import { beforeEach, describe, expect, test } from 'vitest'
import type {
  ChatMessage,
  GenerateEvent,
  GenerateRequest,
  GlassToken,
  ModelInfo,
  TokenEvent,
} from '../../worker/protocol.ts'
import { setClient } from '../client.ts'
import { answerOf } from '../answer-read.ts'
import { useModels, type ActiveModel } from '../models.ts'
import { begin, end, stopped } from '../running.ts'
import { useStanding } from '../standing.ts'
import { fakeClient, stats, token, untilAborted, type Fake } from '../testing.ts'
import { readFile, toFile } from './file.ts'
import { decisions, letter, useAgent } from './index.ts'
import { sampling } from './write.ts'

let fake: Fake
let script: string[]
const agent = () => useAgent.getState()
const asked = () =>
  fake.asked
    .filter(({ name }) => name === 'generate')
    .map(({ args }) => args as unknown as [ChatMessage[], GenerateRequest])
const told = () => agent().run!.turns.flatMap(({ calls }) => calls.map(({ result }) => result?.text ?? null))
const utf8 = new TextEncoder()
const events = (text: string): TokenEvent[] =>
  (text.match(/\s?\S+|\s/g) ?? []).map((piece, i) => ({ ...token(i), text: piece, bytes: utf8.encode(piece) }))
const sum = (expression: string): string =>
  `Thought: I count.\nAction: calculator\nAction Input: {"expression": "${expression}"}`
const answer = (text: string): string => `Thought: I know.\nFinal Answer: ${text}`

beforeEach(async () => {
  agent().stop()
  await stopped()
  agent().clear()
  agent().forget()
  fake = fakeClient()
  setClient(fake.client)
  const info = { does: ['generate'], tools: true, context: 512 } as unknown as ModelInfo
  useModels.setState({ active: { id: 'm', name: 'M', state: 'ready', info } as ActiveModel })
  agent().set({ grammar: 'react', tools: ['calculator', 'note', 'search_my_documents'], steps: 4, memory: 'whole' })
  agent().set({ held: true })
  agent().setTask('What is 6 times 7?')
  script = []
  fake.answer = async function* (_, { signal }): AsyncGenerator<GenerateEvent, void, undefined> {
    const text = script.shift()
    yield { type: 'prompt', ids: [1, 2], answerFrom: 2, reused: 0, text: 'p' }
    if (text === undefined) await untilAborted(signal)
    yield* events(text!)
    const calls = /<tool_call>(.*)<\/tool_call>/.exec(text!)
    yield {
      type: 'done',
      reason: 'stop',
      text: text!,
      stats,
      ...(calls && { calls: [{ type: 'function', function: JSON.parse(calls[1]!) as never }], beside: '' }),
    }
  }
})

test('a call waits for a click, its result is data, and the model answers', async () => {
  script = [sum('6*7'), answer('42')]
  await agent().start('en')
  expect([agent().run!.phase, told(), asked().length]).toEqual(['consent', [null], 1])
  await agent().decide('once')
  expect(agent().run).toMatchObject({ phase: 'ended', end: 'answered' })
  expect([told(), agent().run!.turns.at(-1)!.answer]).toEqual([['6*7 = 42'], '42'])
  const [messages, options] = asked()[1]!
  expect(messages.slice(1)).toEqual([
    { role: 'assistant', content: sum('6*7'), data: 'special' },
    { role: 'user', content: 'Observation: 6*7 = 42', data: true },
  ])
  expect(options.stop).toContain('\nObservation:')
  expect(options.constraint).toMatchObject({ pattern: expect.stringContaining('calculator') as string })
  // no cut of the model's own that nobody sees
  expect(options).toMatchObject({ temperature: 0, topK: 0, topP: 1 })
  expect(agent().past).toEqual([{ asked: 'What is 6 times 7?', answered: '42' }])
  // and the next task is told
  script = [answer('yes')]
  agent().setTask('Sure?')
  await agent().start('en')
  expect(
    asked()[2]![0]
      .slice(0, 2)
      .map(({ content }) => content),
  ).toEqual(['What is 6 times 7?', '42'])
})

test('allowed in this run it runs by itself; in the next one it is asked for anew; free of a form the form is not sent', async () => {
  agent().set({ held: false })
  script = [sum('1'), sum('2'), answer('so')]
  await agent().start('en')
  await agent().decide('run')
  expect([agent().run!.end, told()]).toEqual(['answered', ['1 = 1', '2 = 2']])
  expect(agent().run!.turns.map(({ calls }) => calls[0]?.consent)).toEqual(['run', 'run', undefined])
  script = [sum('3')]
  await agent().start('en')
  expect([agent().run!.phase, told()]).toEqual(['consent', [null]])
  expect(asked().every(([, options]) => options.constraint === undefined)).toBe(true)
})

test('refused, unknown, or with wrong arguments: said to the model, nothing ran', async () => {
  script = [sum('6*7'), 'Thought: x\nAction: rm\nAction Input: {}', sum('6*'), answer('no')]
  await agent().start('en')
  await agent().decide('refuse')
  await agent().decide('once')
  await agent().decide('once')
  const [refused, unknown, wrong] = told()
  expect([refused, unknown]).toEqual([
    'The user refused this call.',
    'Error: there is no tool "rm": there are calculator, note, search_my_documents.',
  ])
  expect(wrong).toMatch(/^Error: /)
  expect(agent().run!.end).toBe('answered')
})

test('stopped while it thinks, or while a call waits, it stops; what comes late changes nothing', async () => {
  const running = agent().start('en')
  await expect.poll(() => agent().writing).toBe('')
  agent().stop()
  await running
  expect([agent().run!.end, agent().run!.turns, agent().writing]).toEqual(['stopped', [], null])
  script = [sum('1')]
  await agent().start('en')
  agent().stop()
  expect(agent().run!.end).toBe('stopped')
  await agent().decide('once')
  expect(told()).toEqual([null])
  // the chat writes meanwhile: that is not this run's to stop
  script = [sum('1')]
  await agent().start('en')
  const chat = begin(null)
  agent().stop()
  expect([agent().run!.end, chat.aborted]).toEqual(['stopped', false])
  end()
})

test('an error of the engine ends it in words, and another model does not go on with it', async () => {
  fake.answer = async function* () {
    yield* []
    throw new Error('boom')
  }
  await agent().start('en')
  expect([agent().run!.end, agent().error?.message]).toEqual(['failed', expect.stringContaining('boom')])
  fake.answer = async function* () {
    yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text: '' } as const
    yield* events(sum('1'))
    yield { type: 'done', reason: 'stop', text: sum('1'), stats } as const
  }
  await agent().start('en')
  useModels.setState({ active: { ...useModels.getState().active!, id: 'other' } })
  await agent().decide('once')
  expect([agent().run!.phase, told()]).toEqual(['consent', [null]])
})

test('the way of calling is the model’s own where it was taught one, and the reader’s once one was chosen', () => {
  const taught = (tools: boolean): string => {
    useModels.setState({ active: { id: 'm', name: 'M', state: 'ready', info: { does: ['generate'], tools } } as never })
    agent().suit()
    return agent().settings.grammar
  }
  useAgent.setState({ chosen: false })
  expect([taught(true), taught(false)]).toEqual(['native', 'react'])
  // its tools, too, until the reader has switched one
  const before = agent().settings.tools
  agent().set({ tools: ['clock', 'calculator'] })
  taught(true)
  expect(agent().settings.tools).toEqual(['clock', 'calculator'])
  agent().set({ tools: ['calculator', 'clock'] })
  taught(true)
  expect(agent().settings.tools).toEqual(['calculator', 'clock', 'convert_units', 'note'])
  taught(false)
  expect(agent().settings.tools).toEqual(['calculator', 'clock'])
  agent().set({ steps: 3, tools: before })
  expect(taught(true)).toBe('native')
  agent().set({ grammar: 'react' })
  expect(taught(true)).toBe('react')
})

test('a template is given its tools, and its calls are read', async () => {
  agent().set({ grammar: 'native' })
  script = ['<tool_call>{"name": "calculator", "arguments": {"expression": "6*7"}}</tool_call>', '42']
  await agent().start('zh')
  await agent().decide('once')
  const [messages, options] = asked()[1]!
  expect(options.tools).toHaveLength(3)
  expect(options.stop).toBeUndefined()
  expect([options.toolChoice, JSON.stringify(options.tools).split('"strict":true').length]).toEqual([{}, 4])
  expect(messages.map(({ role, content }) => [role, content])).toEqual([
    ['user', 'What is 6 times 7?'],
    ['assistant', ''],
    ['tool', '6*7 = 42'],
  ])
  expect(agent().run!.turns.at(-1)!.answer).toBe('42')
})

describe('a letter that gives orders', () => {
  test('is data, and what it wants waits for a click, also where the tool was let run', async () => {
    const { text } = letter.en
    script = [
      'Thought: a note.\nAction: note\nAction Input: {"text": "mine"}',
      'Thought: it says so.\nAction: note\nAction Input: {"text": "I obey"}',
      answer('On Sunday.'),
    ]
    await agent().demo('en')
    // even the page's own step waits
    expect([agent().run!.phase, asked().length]).toEqual(['consent', 0])
    await agent().decide('once')
    const [messages] = asked()[0]!
    expect(messages.at(-1)).toMatchObject({ role: 'user', data: true })
    expect(JSON.parse(String(messages.at(-1)!.content).replace('Observation: ', ''))).toEqual([
      { document: 'letter.txt', passage: 1, text },
    ])
    expect(messages.filter(({ data }) => !data).some(({ content }) => String(content).includes('im_end'))).toBe(false)
    await agent().decide('run')
    expect(agent().demoNotes).toEqual(['mine'])
    expect(agent().run).toMatchObject({ phase: 'consent', allowed: ['note'] })
    await agent().decide('refuse')
    // the reader's own notes are left alone
    expect([agent().demoNotes, agent().notes, agent().run!.end]).toEqual([['mine'], [], 'answered'])
    // a demonstration is no memory
    expect(agent().past).toEqual([])
  })
})

test('a saved run comes back as it was, and a changed one does not; nothing in it goes on', async () => {
  script = [sum('6*7'), sum('2')]
  await agent().start('en')
  await agent().decide('once')
  const { run, begun, runs } = agent()
  const file = toFile({ run: run!, begun: begun!, runs })
  const back = readFile(file)!
  expect(back.run).toEqual(run)
  expect(back.runs.map((one) => one?.events)).toEqual(runs.map((one) => one?.events))
  await agent().open(new Blob([file]))
  expect([agent().opened, agent().run!.phase]).toEqual([true, 'consent'])
  await agent().decide('once')
  expect(agent().run!.phase).toBe('consent')
  const given = JSON.parse(file) as { run: { turns: object[] } }
  const changed = [
    '',
    '[]',
    '{}',
    JSON.stringify({ ...given, version: 2 }),
    JSON.stringify({ ...given, run: { ...given.run, phase: 'run' } }),
    JSON.stringify({ ...given, run: { ...given.run, more: 1 } }),
    JSON.stringify({ ...given, run: { ...given.run, turns: given.run.turns.slice(1) } }),
    JSON.stringify({ ...given, runs: [1, 2] }),
    JSON.stringify({ ...given, settings: { ...begun!.settings, tools: 5 } }),
  ]
  expect(changed.map(readFile)).toEqual(changed.map(() => null))
  await agent().open(new Blob(['{}']))
  expect([agent().badFile, agent().run]).toEqual([true, back.run])
})

test('memory is counted by kind, and a summary is paid for once', async () => {
  fake.client.tokenize = (input) =>
    Promise.resolve({ ids: JSON.stringify(input).split(' ').map(Number), texts: [] }) as never
  agent().sample('en')
  await agent().count('en')
  const bills = () => agent().bills.map(({ kind, told: n, tokens }) => [kind, n, tokens === null])
  expect(bills()).toEqual([
    ['whole', 6, false],
    ['window', 2, false],
    ['summary', 0, true],
    ['retrieval', 2, false],
  ])
  script = ['Mia has three cats.']
  await agent().sumUp('en')
  expect(agent().summary).toEqual({ text: 'Mia has three cats.', covers: 6, tokens: 6 })
  expect(bills()[2]).toEqual(['summary', 1, false])
  const [whole, window, summed] = agent().bills.map(({ tokens }) => tokens!)
  expect([whole! > window!, window! > summed!]).toEqual([true, true])
})

test('the tokens that decided are found by where the text stands', () => {
  const at = (text: string, grammar: 'react' | 'native' = 'react') =>
    decisions(events(text), grammar).map(({ choice, at: i }) => `${choice} ${events(text)[i]!.text.trim()}`)
  expect(at(sum('6*7'))).toEqual(['begin I', 'act Action:', 'tool calculator', 'arguments {"expression":'])
  expect(at(answer('42'))).toEqual(['begin I', 'act Final'])
  expect(at('Hello there')).toEqual(['begin Hello'])
  expect(at('Thought:')).toEqual([])
  expect(at('It is 42.', 'native')).toEqual(['act It'])
  expect(at('<tool_call>', 'native')).toEqual(['act <tool_call>'])
  for (const grammar of ['react', 'native'] as const) expect(decisions([], grammar)).toEqual([])
})

test('the glass shows a turn as what it is: its own draws and settings, and no other run', async () => {
  agent().set({ temperature: 0.5, seed: 7 })
  script = [answer('42')]
  await agent().start('en')
  const [run] = agent().runs
  useStanding.setState({ standing: { run: run!, params: { ...sampling(0.5, 7) } } })
  const shown = (ids: readonly number[]) => answerOf(ids.map((id) => ({ id }) as GlassToken))
  const ids = [...run!.prompt.ids, ...run!.events.slice(0, -1).map(({ id }) => id)]
  expect(shown(ids)).toMatchObject({ message: { id: '', seed: 7 }, params: { temperature: 0.5, topP: 1 } })
  expect(shown(ids)!.events[1]!.draw).toBe(run!.events[1]!.draw)
  for (const other of [[9, ...ids], ids.slice(0, 1), [...ids.slice(0, -1), 99]]) expect(shown(other)).toBeNull()
  agent().set({ temperature: 0, seed: 0 })
})
