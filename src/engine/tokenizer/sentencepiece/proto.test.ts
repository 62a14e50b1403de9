// An untrusted SentencePiece file: whatever is wrong with it is said, and nothing outside it is read.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../../errors.ts'
import { fromSentencePiece } from '../files/pieces.ts'
import { loadTokenizer } from '../load.ts'
import { readJson } from '../testing.ts'
import { readSentencePiece } from './proto.ts'

const utf8 = new TextEncoder()
const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))])
const bytes = (field: number, value: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(value.length),
  ...value,
]
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)]
const float = (field: number, value: number): number[] => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
]
const piece = (text: string, score = 0, type?: number): number[] =>
  bytes(1, [...bytes(1, [...utf8.encode(text)]), ...float(2, score), ...(type === undefined ? [] : number(3, type))])
const pieces = [...piece('<unk>', 0, 2), ...piece('▁a', -1), ...piece('b', -2.5)]
const read = (...parts: number[][]): ReturnType<typeof readSentencePiece> =>
  readSentencePiece(Uint8Array.from(parts.flat()))

test('a file is read field by field', () => {
  const trainer = bytes(2, [
    ...number(3, 2),
    ...number(35, 0),
    ...number(24, 1),
    ...float(15, 0.7),
    ...number(40, 2 ** 40),
  ])
  const normalizer = bytes(3, [...bytes(2, [1, 2, 3]), ...number(3, 0), ...number(4, 0), ...number(5, 1)])
  expect(read(pieces, trainer, normalizer, bytes(4, [1, 2]), bytes(200, [9]))).toEqual({
    tokens: ['<unk>', '▁a', 'b'],
    scores: [0, -1, -2.5],
    types: [2, 1, 1],
    kind: 'bpe',
    byteFallback: false,
    spaceAsSuffix: true,
    normalizer: {
      charsmap: Uint8Array.of(1, 2, 3),
      addDummyPrefix: false,
      removeExtraWhitespaces: false,
      escapeWhitespaces: true,
    },
    denormalizes: false,
  })
  expect(read(pieces)).toMatchObject({ kind: 'unigram', normalizer: { addDummyPrefix: true } })
})

describe('is refused by name', () => {
  test.each([
    ['nothing', [], 'has no pieces'],
    ['a length past the end', [10, 100, 1], 'announces 100 bytes, 1 are left'],
    ['a number that does not end', [8, ...Array<number>(10).fill(255)], 'more than ten bytes'],
    ['a number that is cut', [8, 255], 'ends inside a number'],
    ['a wire type that is none', [11], 'wire type 3'],
    ['field 0', [0, 0], 'the number 0'],
    ['an empty piece', [...pieces, ...piece('')], 'an empty piece'],
    ['a piece that is no text', [...pieces, ...bytes(1, bytes(1, [0xff]))], 'not UTF-8'],
    ['a long piece', [...pieces, ...piece('a'.repeat(2000))], '2000 characters'],
    ['a score that is no number', [...pieces, ...piece('c', NaN)], 'no number as the score'],
    ['a type that is none', [...pieces, ...piece('c', 0, 9)], 'of the type 9'],
    ['a piece twice', [...pieces, ...piece('b')], 'the piece "b" twice'],
    ['no unknown piece', piece('a'), 'must have one unknown piece'],
    ['bytes without use', [...pieces, ...piece('<0x41>', 0, 6)], 'does not use them'],
    ['bytes that are no bytes', [...pieces, ...piece('x', 0, 6)], 'as the piece of a byte'],
    ['missing bytes', [...pieces, ...bytes(2, number(35, 1))], 'a piece for each of 256 bytes'],
    ['a kind that is none', [...pieces, ...bytes(2, number(3, 7))], 'is of the type 7'],
  ])('%s', (_, content, said) => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({ code: 'TOKENIZER_INVALID', message: expect.stringContaining(said) as string }) as Error,
    )
  })
  const open = (...parts: number[][]): unknown => fromSentencePiece('llama', Uint8Array.from(parts.flat()), {}, {})
  test.each([
    ['words', bytes(2, number(3, 3)), 'of the kind "word"'],
    ['characters', bytes(2, number(3, 4)), 'of the kind "char"'],
    ['a character map of the decoder', bytes(5, bytes(2, [1])), 'changes the text it decodes'],
    ['unused pieces of a BPE', [...bytes(2, number(3, 2)), ...piece('c', 0, 5)], 'unused pieces'],
  ])('%s', (_, more, said) => {
    expect(() => open(pieces, more)).toThrow(
      expect.objectContaining({
        code: 'TOKENIZER_UNSUPPORTED',
        message: expect.stringContaining(said) as string,
      }) as Error,
    )
  })
})

test('any damage to a real file ends in a typed error or a tokenizer that works', () => {
  const files = readJson('fixtures/tokenizer/older-files.json') as { name: string; files: Record<string, unknown> }[]
  const { base64 } = files.find((f) => f.name === 'T5')!.files['spiece.model'] as { base64: string }
  const whole = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.nat(255),
      fc.option(fc.nat(whole.length - 1), { nil: undefined }),
      (at, value, end) => {
        const damaged = whole.slice(0, end)
        if (at < damaged.length) damaged[at] = value
        try {
          const { tokenizerJson, tokenizerConfig } = fromSentencePiece('t5', damaged, {}, {})
          const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig)
          tokenizer.decode(tokenizer.encode('The small fox, 小狐狸  ①'))
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError)
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('sums are kept in float32: of equal ones the first found counts', () => {
  const [a, b] = [-0.1, -0.7].map(Math.fround) as [number, number]
  const sum = Math.fround(a + b)
  // in float64 the two pieces would win by what float32 cannot hold
  expect(a + b).toBeGreaterThan(sum)
  const file = [...piece('<unk>', 0, 2), ...piece('a', a), ...piece('b', b), ...piece('ab', sum), ...piece('▁', -1)]
  const { tokenizerJson } = fromSentencePiece('llama', Uint8Array.from(file), { add_bos_token: false }, {})
  expect(loadTokenizer(tokenizerJson, {}).encode('ab')).toEqual([4, 3])
})
