// An answer that goes on says what one run says, wherever it is cut: characters over several tokens, spaces before
// words, stop texts over the cut, the numbers of the seed. No model runs.

import { describe, expect, test } from 'vitest'
import { Answer } from './answer.ts'
import { checkGenerate } from './options.ts'
import { loadTokenizer } from './tokenizer/load.ts'
import { fixtureNames, readFixture } from './tokenizer/testing.ts'
import type { GenerateOptions } from './types.ts'

const texts = [
  'Hello there, a cat and the dog.',
  '模型读到的是数字，不是文字。𠮷野家',
  '👩‍💻👨‍👩‍👧‍👦 🇰🇷 ❤️‍🔥',
  'naïve — “x” … ½ ﬁ हिन्दी 뷁',
]
const prompt = [3, 4, 5]

describe.each(fixtureNames)('%s', (name) => {
  const tokenizer = loadTokenizer(readFixture(name).tokenizer, {})
  const model = { tokenizer, stopIds: new Set<number>() }
  /** The texts of the tokens from the cut on, and whether one of them ended the answer. */
  const written = (ids: readonly number[], cut: number, options: GenerateOptions): { texts: string[]; at: number } => {
    const there = [...prompt, ...ids.slice(0, cut)]
    const answer = new Answer(model, there, prompt.length, checkGenerate(options))
    const pieces: string[] = []
    for (const id of ids.slice(cut)) {
      const { text, ended } = answer.write(id)
      pieces.push(text)
      if (ended) return { texts: pieces, at: cut + pieces.length - 1 }
    }
    return { texts: [...pieces, answer.rest()], at: -1 }
  }

  test.each(texts)('cut before any token, its texts are those of one run: %s', (text) => {
    const ids = tokenizer.encode(text, { addSpecial: false })
    const whole = written(ids, 0, {})
    expect(whole.texts.join('')).toBe(tokenizer.decode(ids, { skipSpecial: true }))
    for (let cut = 1; cut <= ids.length; cut++) {
      expect(written(ids, cut, {}).texts, `${cut}`).toEqual(whole.texts.slice(cut))
    }
  })
  test('a stop text ends it at the same token, also over the cut', () => {
    const ids = tokenizer.encode(texts[0]!, { addSpecial: false })
    const said = tokenizer.decode(ids, { skipSpecial: true })
    for (let from = 0; from + 9 < said.length; from += 2) {
      const stop = [said.slice(from, from + 9), 'cats']
      const whole = written(ids, 0, { stop })
      expect(whole.at).toBeGreaterThanOrEqual(0)
      for (let cut = 1; cut <= whole.at; cut++) {
        expect(written(ids, cut, { stop }), `${from} ${cut}`).toEqual({ ...whole, texts: whole.texts.slice(cut) })
      }
    }
  })
})

describe('what is chosen', () => {
  const tokenizer = loadTokenizer(readFixture('gpt2').tokenizer, {})
  const row = (step: number): Float32Array =>
    Float32Array.from({ length: 200 }, (_, i) => Math.sin((i + 1) * (step + 1) * 12.9898) * 3)
  const sampled = { temperature: 0.9, topK: 0, topP: 1, seed: 11, repetitionPenalty: 1.4, frequencyPenalty: 0.3 }
  /** Twelve tokens, or those from the cut on; `before`: what stands there. */
  const choices = (options: GenerateOptions, before: readonly number[] = []): { id: number; draw: number | null }[] => {
    const model = { tokenizer, stopIds: new Set<number>() }
    const answer = new Answer(model, [...prompt, ...before], prompt.length, checkGenerate({ ...sampled, ...options }))
    return Array.from({ length: 12 - before.length }, (_, i) => {
      const { id, draw } = answer.choose(row(before.length + i), 5)!
      return { id, draw }
    })
  }
  const whole = choices({})
  const ids = whole.map(({ id }) => id)

  test('goes on with the same tokens and the same numbers, greedy and drawn', () => {
    expect(new Set(ids).size).toBeGreaterThan(6)
    for (let cut = 1; cut < 12; cut++) expect(choices({}, ids.slice(0, cut))).toEqual(whole.slice(cut))
    const greedy = choices({ temperature: 0 })
    for (let cut = 1; cut < 12; cut++) {
      expect(
        choices(
          { temperature: 0 },
          greedy.slice(0, cut).map(({ id }) => id),
        ),
      ).toEqual(greedy.slice(cut))
    }
  })
  test('a token that is put there takes the place of a drawn one, and the next is drawn with its own number', () => {
    const put = choices({ force: { 3: 7, 4: 8, 9: ids[9]! } })
    expect(put.map(({ id }) => id).slice(0, 5)).toEqual([...ids.slice(0, 3), 7, 8])
    expect(put.map(({ draw }) => draw)).toEqual(whole.map(({ draw }, i) => ([3, 4, 9].includes(i) ? null : draw)))
    const now = put.map(({ id }) => id)
    for (let cut = 1; cut < 12; cut++) {
      expect(choices({ force: { 3: 7, 4: 8, 9: ids[9]! } }, now.slice(0, cut)), `${cut}`).toEqual(put.slice(cut))
    }
  })
  test('drawing begins anew where it is told to', () => {
    const draws = whole.map(({ draw }) => draw)
    const anew = choices({ force: { 4: 7 }, seedAt: [5, 8] })
    expect(anew.map(({ draw }) => draw)).toEqual([
      ...draws.slice(0, 4),
      null,
      ...draws.slice(0, 3),
      ...draws.slice(0, 4),
    ])
    const now = anew.map(({ id }) => id)
    for (let cut = 1; cut < 12; cut++) {
      expect(choices({ force: { 4: 7 }, seedAt: [5, 8] }, now.slice(0, cut)), `${cut}`).toEqual(anew.slice(cut))
    }
  })
})
