// The text of an answer: what its tokens decode to, stop texts and ids, characters over several tokens. What is said is
// given (testing/scripted.ts).

import { describe, expect, test } from 'vitest'
import { generate } from './generate.ts'
import type { GenerateOptions } from './index.ts'
import { collect, greedy, type Answered } from './testing/answers.ts'
import { scripted, scriptedPrompt } from './testing/scripted.ts'

describe('the text of an answer', () => {
  const say = async (text: string, options: GenerateOptions = {}): Promise<Answered & { said: number[] }> => {
    const { context, ids } = await scripted(text)
    return { ...(await collect(generate(context, { ids: scriptedPrompt }, { ...greedy, ...options }))), said: ids }
  }
  const story = 'Mia lost a golden key under the table. \u6735\u6735\u6765\u5230\u5c71\u5761\u4e0a\u73a9\u3002'

  test('is what the tokens decode to, and the end of the turn is not part of it', async () => {
    const { done, joined, ids, said } = await say(story)
    expect(ids).toEqual(said)
    expect(done).toMatchObject({ reason: 'stop', text: story })
    expect(joined).toBe(story)
  })
  test('a stop string ends it, also across token borders, and is not part of it', async () => {
    const { tokens } = await say(story)
    for (let from = 0; from < story.length; from += 3) {
      for (const length of [1, 2, 5, 11]) {
        const stop = story.slice(from, from + length)
        const { done, joined, ids } = await say(story, { stop: ['never there', stop] })
        expect(done, stop).toMatchObject({ reason: 'stop', text: story.slice(0, story.indexOf(stop)) })
        expect(joined).toBe(done.text)
        expect(ids.length).toBeLessThan(tokens.length)
      }
    }
  })
  test('the beginning of a stop string is held back, and given when it was none', async () => {
    const { tokens, done, joined } = await say(story, { stop: [`${story.slice(-2)}!`, 'Mia lost a silver'] })
    expect(tokens[0]!.text).toBe('')
    expect(tokens.map(({ text }) => text)).toContain('Mia lost a golden')
    expect([done.text, joined, done.reason]).toEqual([story, story, 'stop'])
    const cut = await say(story, { stop: ['Mia lost a silver'], maxTokens: 2 })
    expect(cut.tokens[0]!.text).toBe('')
    expect(cut.joined).toBe(cut.done.text)
    expect(story.startsWith(cut.joined)).toBe(true)
    expect(cut.joined.length).toBeGreaterThan(2)
  })
  test('the texts that end a turn of its format end it', async () => {
    const said = 'Mia went home.\n### Human: why'
    expect((await say(said)).done.text).toBe(said)
    const { done } = await say(said, { format: 'Vicuna v0' })
    expect([done.reason, done.text]).toEqual(['stop', 'Mia went home.\n'])
  })
  test('where tools were given, what it calls comes as data beside its text', async () => {
    const said = 'Wait. <tool_call>{"name": "f", "arguments": {"a": [1, "x"]}}</tool_call>'
    const options: GenerateOptions = { format: 'Qwen2.5', maxTokens: 90, tools: [{ name: 'f' }] }
    const { done } = await say(said, options)
    expect(done.text).toBe(said)
    expect(done.calls).toEqual([{ type: 'function', function: { name: 'f', arguments: { a: [1, 'x'] } } }])
    expect(done.beside).toBe('Wait.')
    expect((await say(said, { ...options, tools: [] })).done.calls).toBeUndefined()
    expect((await say('Mia went home.', options)).done.calls).toBeUndefined()
  })
  test('a stop id ends it, and has no text', async () => {
    const { said } = await say(story)
    const { tokens, done } = await say(story, { stopTokenIds: [said[5]!] })
    const at = said.indexOf(said[5]!)
    expect(done).toMatchObject({
      reason: 'stop',
      text: tokens
        .slice(0, at)
        .map(({ text }) => text)
        .join(''),
    })
    expect(tokens.at(-1)).toMatchObject({ id: said[5], index: at, text: '' })
  })
  test('a character that takes several tokens comes whole, with the last of them', async () => {
    const strange = '\u{20BB7}\u91ce\u{1F468}\u200d\u{1F33E}'
    const { tokens, joined, said } = await say(strange)
    expect(said.length).toBeGreaterThan([...strange].length + 2)
    expect(joined).toBe(strange)
    for (const { text } of tokens) expect(text).not.toMatch(/\ufffd|[\ud800-\udbff]$|^[\udc00-\udfff]/)
    expect(tokens.filter(({ id }) => id > 2).flatMap(({ bytes }) => [...bytes])).toEqual([
      ...new TextEncoder().encode(strange),
    ])
  })
  test('special tokens are no text', async () => {
    const { joined, ids } = await say('one<|im_start|>two')
    expect(ids).toContain(1)
    expect(joined).toBe('onetwo')
  })
})
