// The readable implementations: their ids are those of the production tokenizer, and
// their steps are what the papers say.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadTokenizer } from '../load.ts'
import { fixtureNames, readFixture, readJson } from '../testing.ts'
import { bpeSteps, ranksOf } from './bpe.ts'
import { explainEncode, longestText } from './explain.ts'
import { unigramModel, unigramSteps } from './unigram.ts'
import { wordPieceSteps } from './wordpiece.ts'

describe.each(fixtureNames)('%s', (name) => {
  const { tokenizer: file, cases } = readFixture(name)
  const tokenizer = loadTokenizer(file, {})
  test('explains its way to the production ids', () => {
    for (const { text, plain } of cases) {
      const explained = explainEncode(file, text)
      expect(explained.ids, text).toEqual(plain)
      expect(explained.words.flatMap((word) => word.ids)).toEqual(plain)
      expect(explained.words.length).toBe(explained.preTokens.length)
    }
  })
  test('any text gives the production ids', () => {
    const part = fc.oneof(
      fc.constantFrom(...cases.map((c) => c.text)),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(' ', '<s>', '<|im_end|>', '12', '▁'),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const text = parts.join('')
        expect(explainEncode(file, text).ids).toEqual(tokenizer.encode(text, { addSpecial: false }))
      }),
      { numRuns: 40 },
    )
  })
  test('pre-tokens stand where they say', () => {
    for (const { text } of cases) {
      const { normalized, preTokens } = explainEncode(file, text)
      let end = 0
      for (const pre of preTokens) {
        expect(pre.start).toBeGreaterThanOrEqual(end)
        if (name === 'punctuation' && pre.text.includes('\\x')) continue // cut inside a character
        const shown = pre.text.replaceAll('▁', ' '),
          stands = normalized.slice(pre.start, pre.end).replaceAll('▁', ' ')
        expect([stands, ` ${stands}`], JSON.stringify(text)).toContain(shown)
        end = pre.end
      }
    }
  })
})

test('the embedded model, too', () => {
  const file = readJson('public/models/storyteller/tokenizer.json') as object
  const tokenizer = loadTokenizer(file, {})
  for (const text of ['Once upon a time there was a fox.', '从前有一只小狐狸。', 'x1 y2\n\n  z']) {
    expect(explainEncode(file, text).ids).toEqual(tokenizer.encode(text, { addSpecial: false }))
  }
})

describe('BPE', () => {
  const ranks = ranksOf({ merges: ['l o', 'lo w', 'e r', ['low', 'er']] })
  test('joins by rank and shows every step', () => {
    expect(bpeSteps([...'lower'], ranks)).toEqual({
      pieces: ['lower'],
      steps: [
        { pair: ['l', 'o'], rank: 0, at: 0, pieces: ['lo', 'w', 'e', 'r'] },
        { pair: ['lo', 'w'], rank: 1, at: 0, pieces: ['low', 'e', 'r'] },
        { pair: ['e', 'r'], rank: 2, at: 1, pieces: ['low', 'er'] },
        { pair: ['low', 'er'], rank: 3, at: 0, pieces: ['lower'] },
      ],
    })
    expect(bpeSteps([...'ererow'], ranks).pieces).toEqual(['er', 'er', 'o', 'w'])
    expect(bpeSteps([], ranks)).toEqual({ steps: [], pieces: [] })
  })
  test('equal ranks: leftmost first', () => {
    const { pieces } = bpeSteps([...'aaa'], ranksOf({ merges: ['a a', 'aa a'], merge_ranks: [0, 0] }))
    expect(pieces).toEqual(['aaa'])
    expect(bpeSteps([...'aba'], ranksOf({ merges: ['a b', 'b a'], merge_ranks: [0, 0] })).pieces).toEqual(['ab', 'a'])
  })
  test('byte-level words show their bytes', () => {
    const { words } = explainEncode(readFixture('gpt2').tokenizer, ' é')
    expect(words[0]).toMatchObject({ text: ' é', bytes: [0x20, 0xc3, 0xa9], symbols: ['Ġ', 'Ã', '©'], how: 'bpe' })
  })
  test('a very long word keeps its ids and drops pictures', () => {
    const { words, ids } = explainEncode(readFixture('spm-legacy').tokenizer, 'the fox '.repeat(400))
    expect(ids.length).toBeGreaterThan(400)
    expect(words[0]!.steps.at(-1)!.pieces).toEqual([])
    expect(() => explainEncode(readFixture('gpt2').tokenizer, 'x'.repeat(longestText + 1))).toThrow(
      expect.objectContaining({ code: 'PARAM_INVALID' }) as Error,
    )
  })
})

test('WordPiece tries the longest piece first', () => {
  const vocab = new Set(['un', '##aff', '##able'])
  const options = { prefix: '##', unknown: '[UNK]', maxCharacters: 100 }
  const { tokens, tries } = wordPieceSteps('unaffable', (piece) => vocab.has(piece), options)
  expect(tokens).toEqual(['un', '##aff', '##able'])
  expect(tries.slice(0, 3).map((t) => t.text)).toEqual(['unaffable', 'unaffabl', 'unaffab'])
  expect(tries.filter((t) => t.found).map((t) => [t.start, t.end])).toEqual([
    [0, 2],
    [2, 5],
    [5, 9],
  ])
  expect(wordPieceSteps('unx', (piece) => vocab.has(piece), options)).toMatchObject({
    tokens: ['[UNK]'],
    unknown: true,
  })
})

test('Unigram finds the best of all paths', () => {
  const model = unigramModel(
    [
      ['<unk>', 0],
      ['a', -3],
      ['b', -3],
      ['ab', -4],
      ['bc', -2.5],
      ['c', -3.5],
    ],
    0,
  )
  const trace = unigramSteps('abc', model)
  expect(trace.edges.map((e) => e.piece)).toEqual(['a', 'ab', 'b', 'bc', 'c'])
  expect(trace.path.map((e) => e.piece)).toEqual(['a', 'bc'])
  expect(trace.score).toBe(-5.5)
  expect(trace.best).toEqual([0, -3, -4, -5.5])
  expect(unigramSteps('x', model).path).toEqual([{ start: 0, end: 1, piece: 'x', id: 0, score: -14, unknown: true }])
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x'), minLength: 1, maxLength: 8 }), (text) => {
      // by trying every way to cut
      const all = (rest: string): number =>
        rest === ''
          ? 0
          : Math.max(
              ...[1, 2]
                .filter((n) => n <= rest.length)
                .map((n) => {
                  const id = model.ids.get(rest.slice(0, n))
                  return (
                    (id !== undefined ? model.scores[id]! : n === 1 ? model.unkScore : -Infinity) + all(rest.slice(n))
                  )
                }),
            )
      expect(unigramSteps(text, model).score).toBeCloseTo(all(text), 9)
    }),
  )
})
