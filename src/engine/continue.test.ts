// Answers that go on from one of their tokens, and tokens that are put into them: held against one run, on the
// processor. No text is pinned.

import { beforeAll, describe, expect, test, vi } from 'vitest'
import { generate } from './generate.ts'
import type { Engine, GenerateOptions, TokenEvent } from './index.ts'
import { onProcessor } from './testing/machines.ts'
import { collect, endless, failure, load, question, type Answered } from './testing/answers.ts'
import { scripted, scriptedPrompt } from './testing/scripted.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

describe('with the model that ships', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await load(onProcessor)
  })
  const close = (events: readonly TokenEvent[]) =>
    events.map((e) => ({
      ...e,
      logprob: expect.closeTo(e.logprob, 3) as number,
      entropy: expect.closeTo(e.entropy, 3) as number,
      top: e.top.map((t) => ({ ...t, logprob: expect.closeTo(t.logprob, 3) as number })),
      stages: e.stages.map((s) => ({ ...s, removedMass: expect.closeTo(s.removedMass, 3) as number })),
    }))
  const hot = { temperature: 1.6, topK: 40, topP: 0.95, repetitionPenalty: 1.2, seed: 5 }

  test.each([
    ['greedy', { temperature: 0 }],
    ['drawn', hot],
  ])('an answer that goes on is the one that was never cut: %s', async (_, options: GenerateOptions) => {
    const given = { ...options, ...endless, top: 3 }
    const whole = await collect(engine.generate(question, { ...given, maxTokens: 7 }))
    const continueFrom = whole.prompt.ids.length
    expect(whole.prompt.answerFrom).toBe(continueFrom)
    for (const cut of [1, 3, 6]) {
      // something else was read meanwhile
      await collect(engine.generate({ ids: [9] }, { maxTokens: 1 }))
      const ids = [...whole.prompt.ids, ...whole.ids.slice(0, cut)]
      const { prompt, tokens, done } = await collect(
        engine.generate({ ids }, { ...given, continueFrom, maxTokens: 7 - cut }),
      )
      expect(prompt).toMatchObject({ ids, answerFrom: continueFrom })
      expect(tokens).toEqual(close(whole.tokens.slice(cut)))
      expect(done).toMatchObject({ reason: 'length', stats: { generatedTokens: 7 - cut } })
    }
  })
  test('tokens that are put there are read like drawn ones, and measured', async () => {
    const given = { ...hot, ...endless, top: 3 }
    const other = await collect(engine.generate(question, { ...given, seed: 6, maxTokens: 6 }))
    const force = Object.fromEntries(other.ids.map((id, index) => [index, id]).slice(1, 4))
    const mixed = await collect(engine.generate(question, { ...given, force, maxTokens: 6 }))
    expect(mixed.ids.slice(1, 4)).toEqual(other.ids.slice(1, 4))
    expect(mixed.tokens.map(({ draw, stages }) => draw === null && stages.length === 0)).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => i >= 1 && i <= 3),
    )
    // what the model thinks of them does not depend on who put them there
    const again = await collect(
      engine.generate(question, { temperature: 0, ...endless, maxTokens: 6, force: { ...mixed.ids } }),
    )
    again.tokens.forEach(({ logprob, rank, entropy }, i) => {
      expect(rank).toBe(mixed.tokens[i]!.rank)
      expect(logprob).toBeCloseTo(mixed.tokens[i]!.logprob, 4)
      expect(entropy).toBeCloseTo(mixed.tokens[i]!.entropy, 4)
    })
    expect(again.joined).toBe(mixed.joined)
  })
  test('what cannot be put there, and where nothing can go on, is refused', async () => {
    const refused = (options: GenerateOptions) => failure(collect(engine.generate({ ids: [9, 10] }, options)))
    expect(await refused({ continueFrom: 3 })).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'continueFrom' },
    })
    const force = { 0: engine.info.vocab }
    expect(await refused({ force })).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'force' } })
  })
})

describe('the text over the cut', () => {
  const run = async (text: string, before: readonly number[], options: GenerateOptions = {}): Promise<Answered> => {
    const { context } = await scripted(text)
    const ids = [...scriptedPrompt, ...before]
    const continueFrom = scriptedPrompt.length
    return collect(generate(context, { ids }, { temperature: 0, continueFrom, ...options }))
  }
  const brief = ({ tokens }: Answered) => tokens.map(({ index, position, id, text }) => ({ index, position, id, text }))

  test.each(['Mia lost a golden key.', '朵朵来到山坡上玩。', '\u{20BB7}\u91ce\u{1F468}\u200d\u{1F33E}'])(
    'whole characters, wherever it is cut: %s',
    async (text) => {
      const whole = await run(text, [])
      expect(whole.joined).toBe(text)
      for (let cut = 1; cut < whole.ids.length; cut++) {
        expect(brief(await run(text, whole.ids.slice(0, cut))), `${cut}`).toEqual(brief(whole).slice(cut))
      }
    },
  )
  test('a stop text that begins before the cut ends it', async () => {
    const text = 'Mia lost a golden key under the table.'
    const whole = await run(text, [], { stop: ['golden key'] })
    expect(whole.joined).toBe('Mia lost a ')
    for (let cut = 1; cut < whole.ids.length; cut++) {
      const { done, tokens } = await run(text, whole.ids.slice(0, cut), { stop: ['golden key'] })
      expect([done.reason, tokens.length], `${cut}`).toEqual(['stop', whole.ids.length - cut])
      expect(tokens.map((t) => t.text)).toEqual(whole.tokens.slice(cut).map((t) => t.text))
    }
  })
  test('other stop texts than before: what is held back of the tokens so far is told', async () => {
    const text = 'Mia lost a golden key under the table.'
    const { ids } = await run(text, [])
    for (const stop of [[], ['golden key'], ['lost a golden moon', 'a']]) {
      for (let cut = 1; cut < ids.length; cut++) {
        const { prompt, joined, done } = await run(text, ids.slice(0, cut), { stop })
        expect(done.text).toBe(joined)
        // a stop text that was there as a whole is passed over
        const there = text.slice(0, prompt.said!.length)
        expect(prompt.said).toBe(there)
        const first = stop.map((word) => text.indexOf(word, there.length)).filter((at) => at >= 0)
        expect(there + joined, `${stop.join()} ${cut}`).toBe(text.slice(0, Math.min(text.length, ...first)))
      }
    }
    expect((await run(text, [])).prompt.said).toBeUndefined()
  })
  test('another end of an open character', async () => {
    // both begin with the bytes F0 A0 AE
    const [said, instead] = [await run('\u{20BB7}', []), await run('\u{20BB8}', [])]
    const cut = said.ids.findIndex((id, i) => id !== instead.ids[i])
    expect(cut).toBeGreaterThan(0)
    const { tokens, joined } = await run('\u{20BB7}', said.ids.slice(0, cut), { force: { ...instead.ids } })
    expect(joined).toBe('\u{20BB8}')
    expect(tokens.map(({ index }) => index)).toEqual(instead.ids.map((_, i) => i).slice(cut))
  })
  test('a token that is put there and ends the answer ends it; those that count as written are counted', async () => {
    const { ids } = await run('one two three four', [])
    const ended = await run('one two three four', ids.slice(0, 2), { force: { 2: 2 } })
    expect(ended.done).toMatchObject({ reason: 'stop', text: '' })
    expect(ended.tokens.map(({ index, id }) => [index, id])).toEqual([[2, 2]])
    const counted = await run('one two three four', ids.slice(0, 1), { force: { 1: ids[1]! }, maxTokens: 2 })
    expect(counted.ids).toEqual(ids.slice(1, 3))
    expect(counted.done.reason).toBe('length')
  })
})
