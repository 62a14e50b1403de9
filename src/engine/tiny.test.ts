// The small models as the page loads them, NF4 and int8, do what their cards say.

import { afterEach, expect, test, vi } from 'vitest'
import { loadEngine, type Engine } from './index.ts'
import { asFunction, toolNamed } from '../tools/index.ts'
import { diskModel } from './testing/disk.ts'
import type { ChatMessage } from './types.ts'

vi.setConfig({ testTimeout: 120_000 })
let engine: Engine
afterEach(() => engine.dispose())
const open = async (name: string): Promise<Engine> =>
  (engine = await loadEngine(diskModel(`public/models/${name}`), { device: 'cpu', threads: 1 }))
const write = async (text: string, maxTokens = 40): Promise<string> => {
  let written = ''
  for await (const event of engine.generate(text, { temperature: 0, maxTokens })) {
    if (event.type === 'token') written += event.text
  }
  return written.trim()
}

test('fill-in sees what stands to the right of a blank, and in a second text', async () => {
  await open('fill-in')
  const best = async (text: string, pair?: string): Promise<string> => {
    const { fills } = await engine.read(text, pair === undefined ? {} : { pair })
    return fills!.map(({ top }) => top[0]!.text.trim()).join('')
  }
  expect(await best('The [MASK] barked at Tom.')).toBe('dog')
  expect(await best('The [MASK] is white.')).toBe('snow')
  expect(['lily', 'anna', 'mia', 'emma', 'rose', 'lucy', 'sara', 'nina', 'ella', 'ruby']).toContain(
    await best('[MASK] put on her hat.'),
  )
  expect(await best('[MASK]会飞。')).toBe('鸟')
  expect(await best('Lily has a [MASK].', 'She plays with the kite.')).toBe('kite')
})

test('sentence-vectors puts the same event near in other words and the other language', async () => {
  await open('sentence-vectors')
  const vector = async (text: string): Promise<number[]> => {
    const values = [...(await engine.read(text)).vector!]
    const length = Math.hypot(...values)
    return values.map((value) => value / length)
  }
  const cosine = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const bought = await vector('The girl bought a bike.')
  for (const same of ['The bicycle was purchased by the young lady.', '女孩买了自行车。']) {
    expect(cosine(bought, await vector(same))).toBeGreaterThan(0.8)
  }
  for (const other of ['The king lost the coat in the forest.', '国王在森林里把外套弄丢了。']) {
    expect(cosine(bought, await vector(other))).toBeLessThan(0.3)
  }
})

test('recurrent goes on in the language and the sentences of its stories', async () => {
  await open('recurrent')
  expect(engine.info.parts).toEqual(['state'])
  expect(await write('Lily was in')).toMatch(/^the (\w+)\. (?:[A-Z][\w ]+\.\s?)+$/)
  expect(await write('小明在')).toMatch(/^[一-鿿]+。(?:[一-鿿]+。)+$/)
})

test('translator translates, and turns lists around', async () => {
  await open('translator')
  expect(await write('translate: Lily sees a red bird in the garden today.')).toBe('莉莉今天在花园里看见一只红色的鸟。')
  expect(await write('reverse: 1 2 3 4 5 6 7')).toBe('7 6 5 4 3 2 1')
})

test('experts adds and counts', async () => {
  await open('experts')
  expect(engine.info.parts).toEqual(['attention', 'experts'])
  expect(await write('3 + 4 =', 1)).toBe('7')
  expect(await write('5 6 7', 2)).toBe('8 9')
})

test('caller calls a tool with arguments of its own, and says what it gave back', async () => {
  await open('caller')
  expect(engine.info.tools).toBe(true)
  const asked = async (messages: ChatMessage[], offered: readonly string[]) => {
    const tools = offered.map((name) => asFunction(toolNamed(name)!))
    for await (const event of engine.generate(messages, { temperature: 0, maxTokens: 60, tools, toolChoice: {} })) {
      if (event.type === 'done') return event.calls?.map((call) => call.function) ?? event.text
    }
    return null
  }
  const question: ChatMessage = { role: 'user', content: 'What is 37 times 128?' }
  expect(await asked([question], ['calculator', 'clock'])).toEqual([
    { name: 'calculator', arguments: { expression: '37*128' } },
  ])
  const call = {
    id: '0',
    type: 'function' as const,
    function: { name: 'calculator', arguments: { expression: '37*128' } },
  }
  const told: ChatMessage[] = [
    question,
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', content: '37*128 = 4736', name: 'calculator', tool_call_id: '0' },
  ]
  expect(await asked(told, ['calculator', 'clock'])).toBe('It is 4736.')
})
