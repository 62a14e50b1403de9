// Texts as tokens, with a tokenizer of a few letters, and groups of words, with a table of rows.

import { expect, test } from 'vitest'
import { openTokenizerLab } from '../../../engine/index.ts'
import { parseExpression } from '../../predicate/parse.ts'
import { valueOf } from '../../predicate/evaluate.ts'
import type { Value } from '../../predicate/values.ts'
import type { Asks } from '../asks.ts'
import { wordFunctions } from './words.ts'

const piece = (text: string, id: number) => ({ id, text, bytes: [...new TextEncoder().encode(text)] })
/** WordPiece: lower letters become capitals, spaces are not kept. */
const lab = await openTokenizerLab({
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  added_tokens: [],
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, a: 1, '##b': 2, 花: 3, 园: 4 },
  },
})
/** Rows of the embedding: mia and tom lie near each other, barn and cave do, and "lost" is nearest to cave. */
const names = ['mia', 'tom', 'barn', 'cave', 'lost']
const angles = [0, 20, 90, 110, 115]
const asks = {
  spec: () => ({ prompt: 'text' }),
  modelOf: () =>
    Promise.resolve({
      info: { vocab: names.length },
      cut: (text: string) => Promise.resolve(lab.explain(text).tokens),
      decode: (ids: number[]) => Promise.resolve(lab.decode(ids)),
      unknown: () => Promise.resolve(lab.facts().unk),
      pieces: (ids: number[]) => Promise.resolve(ids.map((id) => piece(names[id]!, id))),
    }),
  tokenOf: (word: string) => Promise.resolve(names.indexOf(word)),
  ask: (_run: string, key: string) => {
    const own = angles[Number(key.split(' ')[1])]!
    return Promise.resolve(Float32Array.from(angles, (one) => Math.cos(((one - own) * Math.PI) / 180)))
  },
} as unknown as Asks
const value = (text: string): Promise<Value> =>
  valueOf(parseExpression(text), {
    functions: new Map(Object.entries(wordFunctions(asks))),
    runs: new Set(['plain']),
    run: 'plain',
    words: new Map(),
    answer: () => Promise.reject(new Error('no answer here')),
    position: () => Promise.reject(new Error('no place here')),
  })

test.each<[string, Value]>([
  ['tokens("Ab zz")', 3],
  ['unknowns("ab zz")', 1],
  ['unknowns("花园")', 0],
  ['decoded("ab")', 'ab'],
  ['decoded("花园")', '花 园'],
  ['kin(["mia", "tom"])', 1],
  ['kin(["barn", "cave"])', 0.5],
])('%s', async (text, expected) => {
  expect(await value(text)).toEqual(expected)
})

test('likeness leaves out what a word is to itself', async () => {
  expect(await value('likeness(["mia", "tom"], ["tom", "mia"])')).toBeCloseTo(Math.cos(Math.PI / 9), 6)
  expect(await value('likeness(["mia"], ["barn"])')).toBeCloseTo(0, 6)
  await expect(value('likeness(["mia"], ["mia"])')).rejects.toMatchObject({ facts: { reason: 'nothing' } })
  await expect(value('kin("mia")')).rejects.toMatchObject({ facts: { reason: 'kind' } })
})
