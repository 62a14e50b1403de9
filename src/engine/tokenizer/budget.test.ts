// A tokenizer file may ask for steps that multiply. Each file here is refused, or stopped while a token
// is written, before anything large is made; each test names the limit it reaches.

import { describe, expect, test } from 'vitest'
import { StreamDecoder } from './detokenize.ts'
import { EngineError } from '../errors.ts'
import { explainEncode } from './lab/explain.ts'
import { loadTokenizer } from './load.ts'

const replace = (from: string, to: string): object => ({ type: 'Replace', pattern: { String: from }, content: to })
const times = (step: object, n: number): object[] => Array.from({ length: n }, () => step)
const withDecoders = (...decoders: object[]): object => ({
  model: { type: 'BPE', vocab: { a: 0, b: 1, ' ': 2 }, merges: [] },
  decoder: { type: 'Sequence', decoders },
})
function failure(run: () => unknown): EngineError {
  try {
    run()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('decoders that multiply', () => {
  const doubled = times(replace('a', 'aa'), 26)
  const growing: Record<string, object> = {
    'token by token': withDecoders(...doubled),
    'in the flowing text': withDecoders({ type: 'Fuse' }, ...doubled),
    'after ByteLevel': withDecoders({ type: 'ByteLevel' }, ...doubled),
    'by a hundred': withDecoders(...times(replace('a', 'a'.repeat(100)), 3)),
    'by a hundred in the text': withDecoders({ type: 'Fuse' }, ...times(replace('a', 'a'.repeat(100)), 3)),
  }
  test.each(Object.entries(growing))('%s', (_, file) => {
    const tokenizer = loadTokenizer(file, null)
    for (const run of [
      () => tokenizer.decode([0]),
      () => tokenizer.decode([1, 0, 1]),
      () => new StreamDecoder(tokenizer).push(0),
    ]) {
      const { code, facts, message } = failure(run)
      expect([code, facts['during']]).toEqual(['TOKENIZER_INVALID', 'decode'])
      expect(message).toMatch(/of this token|too many times/)
    }
    // the other tokens are untouched
    expect(tokenizer.decode([1, 1])).toBe('bb')
  })
  test('the bytes and the shown text of a token have the same limit', () => {
    const tokenizer = loadTokenizer(growing['token by token'], null)
    for (const run of [() => tokenizer.tokenBytes(0), () => tokenizer.tokenText(0)]) {
      expect(failure(run).facts['during']).toBe('decode')
    }
  })
  test('steps that go through a token too often', () => {
    const tokenizer = loadTokenizer(withDecoders(...times({ type: 'WordPiece' }, 31)), null)
    expect(failure(() => tokenizer.decode([0])).message).toContain('too many times')
  })
  test('more decoders than any tokenizer has', () => {
    expect(failure(() => loadTokenizer(withDecoders(...times({ type: 'WordPiece' }, 60)), null)).message).toContain(
      'may hold 32 entries',
    )
    expect(
      failure(() =>
        loadTokenizer(
          withDecoders(
            { type: 'Sequence', decoders: times(replace('a', 'b'), 20) },
            { type: 'Sequence', decoders: times(replace('a', 'b'), 20) },
          ),
          null,
        ),
      ).message,
    ).toContain('32 decoders')
  })
  test('a token of the longest length goes through every kind of decoder', () => {
    const long = 'a'.repeat(1024)
    for (const decoder of [
      { type: 'ByteLevel' },
      { type: 'WordPiece' },
      { type: 'Metaspace' },
      { type: 'BPEDecoder' },
      {
        type: 'Sequence',
        decoders: [
          replace('▁', ' '),
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1 },
        ],
      },
    ]) {
      expect(
        loadTokenizer({ model: { type: 'BPE', vocab: { [long]: 0 }, merges: [] }, decoder }, null).decode([0]),
      ).toBe(long)
    }
  })
})

describe('files that are large where no tokenizer is', () => {
  const long = (n: number): string => String(n).padEnd(1000, 'y')
  test('three million characters of pieces and of added tokens are looked up without a tree of them', () => {
    const unigram = loadTokenizer(
      {
        model: {
          type: 'Unigram',
          unk_id: 0,
          vocab: [['<unk>', 0], ['1', -1], ...Array.from({ length: 3000 }, (_, i) => [long(i), -2])],
        },
      },
      null,
    )
    expect(unigram.encode(long(7) + long(2999))).toEqual([9, 3001])
    const added = loadTokenizer(
      {
        model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
        added_tokens: Array.from({ length: 3000 }, (_, id) => ({ id, content: long(id), special: true })),
      },
      null,
    )
    expect(added.encode(`a${long(5)}a`)).toEqual([0, 6, 0])
  })
  test('a lattice of every length is not explained', () => {
    const file = {
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: [['<unk>', 0], ...Array.from({ length: 1000 }, (_, i) => ['a'.repeat(i + 1), -i])],
      },
    }
    expect(explainEncode(file, 'aaa').ids).toEqual([1, 1, 1])
    expect(failure(() => explainEncode(file, 'a'.repeat(4000))).facts['during']).toBe('encode')
  })
  test('a word that is tried at every length is not explained', () => {
    const file = {
      model: { type: 'WordPiece', unk_token: 'b', vocab: { b: 0, a: 1, '##a': 2 }, max_input_chars_per_word: 1e9 },
    }
    expect(explainEncode(file, 'aa').ids).toEqual([1, 2])
    expect(failure(() => explainEncode(file, 'a'.repeat(4000))).facts['during']).toBe('encode')
  })
  test('named tokens are counted first', () => {
    const names = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`k${i}_token`, `v${i}`]))
    expect(
      failure(() => loadTokenizer({ model: { type: 'BPE', vocab: { a: 0 }, merges: [] } }, names)).message,
    ).toContain('may name 10000 tokens')
  })
  test('cuts that make no difference, sixty times', () => {
    const file = (n: number): object => ({
      model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
      pre_tokenizer: { type: 'Sequence', pretokenizers: times({ type: 'FixedLength', length: 1 }, n) },
    })
    expect(failure(() => loadTokenizer(file(60), null).encode('a'.repeat(100_000))).facts['during']).toBe('encode')
    expect(loadTokenizer(file(3), null).encode('aaa')).toEqual([0, 0, 0])
  })
})
