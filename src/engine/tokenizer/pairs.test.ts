// Two texts in one input: ids and segments as the Rust library gives them.

import { describe, expect, test } from 'vitest'
import { loadTokenizer } from './load.ts'
import { readFixture, readJson } from './testing.ts'

const all = readJson('fixtures/tokenizer/pairs.json') as {
  fixture: string
  post_processor: { type: string } | null
  cases: [a: string, b: string | null, ids: number[], segments: number[]][]
}[]

describe('a pair gives the ids and segments of the Rust library', () => {
  test.each(all.map((c) => [`${c.fixture}, ${c.post_processor?.type ?? 'no post-processor'}`, c] as const))(
    '%s',
    (_, { fixture, post_processor, cases }) => {
      const tokenizer = loadTokenizer({ ...readFixture(fixture).tokenizer, post_processor }, {})
      for (const [a, b, ids, segments] of cases) {
        const pair = tokenizer.encodePair(a, b)
        expect([pair.ids, pair.segments], `${a} | ${b}`).toEqual([ids, segments])
        // the second text lies where its own tokens stand
        const alone = b === null ? undefined : tokenizer.encode(b, { addSpecial: false })
        expect(pair.second && pair.ids.slice(...pair.second)).toEqual(alone)
        if (b === null) expect(tokenizer.encode(a)).toEqual(ids)
      }
    },
  )
})

describe('a template that puts no pair together', () => {
  const load = (pair: object[]): ReturnType<typeof loadTokenizer> =>
    loadTokenizer(
      {
        model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
        post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'A', type_id: 0 } }], pair },
      },
      {},
    )
  const A = { Sequence: { id: 'A', type_id: 0 } },
    B = { Sequence: { id: 'B', type_id: 1 } }
  test.each([
    ['nothing', []],
    ['one text', [A]],
    ['a text twice', [A, B, A]],
  ])('%s: single texts work, a pair is refused', (_, pair) => {
    expect(load(pair).encodePair('a', null)).toEqual({ ids: [0], segments: [0] })
    expect(() => load(pair).encodePair('a', 'a')).toThrow(
      expect.objectContaining({ code: 'TOKENIZER_UNSUPPORTED' }) as Error,
    )
  })
  test('a segment that is no small number', () => {
    expect(() => load([A, { Sequence: { id: 'B', type_id: -1 } }]).encodePair('a', 'a')).toThrow('type_id')
  })
})

test('half a character is refused in either text', () => {
  const tokenizer = loadTokenizer(readFixture('wordpiece').tokenizer, {})
  expect(() => tokenizer.encodePair('\ud800', 'a')).toThrow('half of a character')
  expect(() => tokenizer.encodePair('a', '\ud800')).toThrow('half of a character')
})

test("an encoder's tokens, by their texts or by the configuration", () => {
  const { tokenizer } = readFixture('wordpiece')
  expect(loadTokenizer(tokenizer, {}).specialIds).toMatchObject({ cls: 2, sep: 3, mask: 4 })
  expect(loadTokenizer(tokenizer, { mask_token: { content: '[PAD]' } }).specialIds).toMatchObject({ cls: 2, mask: 0 })
})
