// Untrusted tokenizer files: a known regex or none, limits, and any damage ends in a
// typed error or a tokenizer that works.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { loadTokenizer } from './load.ts'
import { patterns } from './patterns.ts'
import { fixtureNames, readFixture } from './testing.ts'

type Json = Record<string, unknown>
const bpe: Json = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] }
const file = (change: Json = {}): Json => ({
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: bpe,
  ...change,
})
const split = (Regex: string, behavior = 'Isolated'): Json => ({
  pre_tokenizer: { type: 'Split', pattern: { Regex }, behavior, invert: false },
})

test('the smallest file works', () => {
  expect(loadTokenizer(file(), {}).encode('abab')).toEqual([2, 2])
  expect(loadTokenizer({ model: bpe }, undefined).encode('ab')).toEqual([2])
})

describe('regular expressions', () => {
  test('every pattern of the table compiles and loses no character', () => {
    for (const regex of Object.values(patterns)) {
      expect(() => loadTokenizer(file(split(regex)), {}).encode('ab ab12 ,.! \n')).not.toThrow()
    }
  })
  test.each(['(a+)+$', '.*', '\\p{L}', 'a', ''])('%j is refused by name, not compiled', (regex) => {
    expect(() => loadTokenizer(file(split(regex)), {})).toThrow(
      expect.objectContaining({
        code: 'TOKENIZER_UNSUPPORTED',
        message: expect.stringContaining(`"${regex}"`) as string,
      }) as Error,
    )
    expect(() =>
      loadTokenizer(file({ normalizer: { type: 'Replace', pattern: { Regex: regex }, content: '' } }), {}),
    ).toThrow(EngineError)
  })
  test('literal patterns are escaped', () => {
    const tokenizer = loadTokenizer(
      file({
        model: { ...bpe, vocab: { a: 0, b: 1, '.': 2, 'a.': 3, '.b': 4 }, merges: ['a .', '. b'] },
        pre_tokenizer: { type: 'Split', pattern: { String: '.' }, behavior: 'MergedWithPrevious', invert: false },
      }),
      {},
    )
    expect(tokenizer.encode('a.b..')).toEqual([3, 1, 2, 2])
  })
  test('a replacement with $ is text', () => {
    const tokenizer = loadTokenizer(
      file({
        model: { ...bpe, vocab: { a: 0, $: 1, '&': 2 }, merges: [] },
        normalizer: { type: 'Replace', pattern: { String: 'b' }, content: '$&$$' },
      }),
      {},
    )
    expect(tokenizer.encode('ab')).toEqual([0, 1, 2, 1, 1])
  })
})

describe('what is refused', () => {
  const long = 'x'.repeat(2000)
  const broken: [string, unknown][] = [
    ['nothing', null],
    ['a list', []],
    ['a text', 'x'],
    ['no model', {}],
    ['an unknown model', file({ model: { type: 'WordLevel', vocab: { a: 0 } } })],
    ['no vocabulary', file({ model: { type: 'BPE', merges: [] } })],
    ['an empty vocabulary', file({ model: { ...bpe, vocab: {}, merges: [] } })],
    ['an id that is huge', file({ model: { ...bpe, vocab: { a: 4e9 } } })],
    ['an id below 0', file({ model: { ...bpe, vocab: { a: -1 } } })],
    ['an id that is a text', file({ model: { ...bpe, vocab: { a: '1' } } })],
    ['an id twice', file({ model: { ...bpe, vocab: { a: 0, b: 0 } } })],
    ['a token that is too long', file({ model: { ...bpe, vocab: { [long]: 0 }, merges: [] } })],
    ['merges that are no list', file({ model: { ...bpe, merges: {} } })],
    ['a merge of one', file({ model: { ...bpe, merges: ['ab'] } })],
    ['a merge of three', file({ model: { ...bpe, merges: [['a', 'b', 'ab']] } })],
    ['a merge into nothing', file({ model: { ...bpe, merges: ['b a'] } })],
    ['a merge of numbers', file({ model: { ...bpe, merges: [[1, 2]] } })],
    ['ranks of another length', file({ model: { ...bpe, merge_ranks: [1, 2] } })],
    ['a subword prefix that is no text', file({ model: { ...bpe, continuing_subword_prefix: 5 } })],
    ['an added token without text', file({ added_tokens: [{ id: 3, content: '' }] })],
    ['an added token far away', file({ added_tokens: [{ id: 2e6, content: 'x' }] })],
    [
      'too many added tokens',
      file({ added_tokens: Array.from({ length: 10_001 }, (_, id) => ({ id, content: `<${id}>` })) }),
    ],
    ['an unknown normalizer', file({ normalizer: { type: 'Sausage' } })],
    ['an unknown pre-tokenizer', file({ pre_tokenizer: { type: 'UnicodeScripts' } })],
    ['an unknown post-processor', file({ post_processor: { type: 'X' } })],
    ['an unknown decoder', file({ decoder: { type: 'CTC' } })],
    ['a normalizer without type', file({ normalizer: {} })],
    ['deep nesting', file({ normalizer: nest(50) })],
    ['a Split that does what nobody knows', file(split(patterns.qwen2, 'Shuffled'))],
    ['a template without token', file({ post_processor: { type: 'TemplateProcessing', single: [{}] } })],
    ['Metaspace with two marks', file({ pre_tokenizer: { type: 'Metaspace', replacement: '▁▁' } })],
    [
      'an added token of which nothing is left',
      file({
        normalizer: { type: 'Strip', strip_left: true },
        added_tokens: [{ id: 3, content: ' ', normalized: true }],
      }),
    ],
    [
      'bytes without Fuse',
      file({
        decoder: {
          type: 'Sequence',
          decoders: [{ type: 'ByteFallback' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }],
        },
      }),
    ],
    ['Unigram without unknown', file({ model: { type: 'Unigram', vocab: [['a', 0]] } })],
    ['Unigram with a score that is a text', file({ model: { type: 'Unigram', unk_id: 0, vocab: [['a', '0']] } })],
    ['WordPiece without unknown', file({ model: { type: 'WordPiece', vocab: { a: 0 } } })],
    ['a decoder that strips a thousand', file({ decoder: { type: 'Strip', content: ' ', start: 1000, stop: 0 } })],
    ['bytes after Fuse', file({ decoder: { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'ByteLevel' }] } })],
  ]
  test('a sound decoder that is not computed is not called damaged', () => {
    expect(() =>
      loadTokenizer(file({ decoder: { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' } }), {}),
    ).toThrow(
      expect.objectContaining({
        code: 'TOKENIZER_UNSUPPORTED',
        facts: { what: 'a Regex in the decoder "Replace"' },
      }) as Error,
    )
  })
  test.each(broken)('%s', (_, json) => {
    expect(() => loadTokenizer(json, {})).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^TOKENIZER_(INVALID|UNSUPPORTED)$/) as string,
        message: expect.stringMatching(/^Cannot load the tokenizer: .+\.$/s) as string,
      }) as Error,
    )
  })
  const repeat = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value)
  const A = { Sequence: { id: 'A', type_id: 0 } },
    sequence = (key: string, of: unknown[]): Json => ({ type: 'Sequence', [key]: of })
  test.each<[string, unknown, string]>([
    ['a million nested steps', file({ normalizer: nestDeep(1_000_000) }), 'nested deeper than 8 levels'],
    [
      'steps side by side',
      file({ normalizer: sequence('normalizers', repeat(65, { type: 'NFC' })) }),
      'may hold 64 entries',
    ],
    [
      'sequences of sequences',
      file({
        pre_tokenizer: sequence(
          'pretokenizers',
          repeat(
            50,
            sequence('pretokenizers', repeat(50, sequence('pretokenizers', repeat(50, { type: 'Whitespace' })))),
          ),
        ),
      }),
      'it may have 64 pretokenizers',
    ],
    [
      'decoders of decoders',
      file({
        decoder: sequence(
          'decoders',
          repeat(30, sequence('decoders', repeat(30, sequence('decoders', repeat(30, { type: 'Fuse' }))))),
        ),
      }),
      'it may have 32 decoders',
    ],
    [
      'the text a hundred times',
      file({ post_processor: { type: 'TemplateProcessing', single: repeat(100, A), special_tokens: {} } }),
      'a template that repeats the text',
    ],
    [
      'templates that repeat each other',
      file({
        post_processor: sequence(
          'processors',
          repeat(20, { type: 'TemplateProcessing', single: [A], special_tokens: {} }),
        ),
      }),
      'two post-processors that add tokens',
    ],
    [
      'a template of a million ids',
      file({
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'a' } }, A],
          special_tokens: { a: { ids: repeat(1_000_000, 0) } },
        },
      }),
      'may hold 100 entries',
    ],
  ])('harm: %s', (_, json, what) => {
    expect(() => loadTokenizer(json, {})).toThrow(
      expect.objectContaining({ message: expect.stringContaining(what) as string }) as Error,
    )
  })
  function nestDeep(depth: number): unknown {
    let node: unknown = { type: 'NFC' }
    for (let i = 0; i < depth; i++) node = { type: 'Sequence', normalizers: [node] }
    return node
  }
  test.each<[string, Json]>([
    [
      'forty that double',
      { normalizer: sequence('normalizers', repeat(40, { type: 'Replace', pattern: { String: 'a' }, content: 'aa' })) },
    ],
    [
      'one that makes a thousand',
      { normalizer: { type: 'Replace', pattern: { String: 'a' }, content: 'a'.repeat(1000) } },
    ],
    [
      'two that multiply',
      {
        normalizer: sequence(
          'normalizers',
          repeat(2, { type: 'Replace', pattern: { String: 'a' }, content: 'a'.repeat(100) }),
        ),
      },
    ],
    ['byte levels of byte levels', { normalizer: sequence('normalizers', repeat(60, { type: 'ByteLevel' })) }],
    [
      'byte levels behind each other',
      { pre_tokenizer: sequence('pretokenizers', repeat(60, { type: 'ByteLevel', add_prefix_space: true })) },
    ],
  ])('steps that grow end with the text in words: %s', (_, change) => {
    const tokenizer = loadTokenizer(file(change), {})
    expect(() => tokenizer.encode('é你a'.repeat(5_000))).toThrow(
      expect.objectContaining({
        code: 'TOKENIZER_INVALID',
        message: expect.stringMatching(
          /^Cannot read this text with the model's tokenizer: .+ The tokenizer file is damaged or made to do harm; the text was not changed\.$/s,
        ) as string,
      }) as Error,
    )
  })
  test('an added token is normalized under the same budget', () => {
    expect(() =>
      loadTokenizer(
        file({
          normalizer: sequence('normalizers', repeat(40, { type: 'Replace', pattern: { String: 'a' }, content: 'aa' })),
          added_tokens: [{ id: 3, content: 'banana', normalized: true }],
        }),
        {},
      ),
    ).toThrow(expect.objectContaining({ code: 'TOKENIZER_INVALID' }) as Error)
  })
  test('the growth of ordinary steps is no harm', () => {
    const tokenizer = loadTokenizer(
      file({
        normalizer: sequence('normalizers', [
          { type: 'NFKD' },
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ]),
      }),
      {},
    )
    expect(tokenizer.encode('\u{FDFA}'.repeat(5000) + 'ab')).toEqual([2])
  })
  test('two thousand added tokens are found in time', () => {
    const added_tokens = Array.from({ length: 2000 }, (_, i) => ({
      id: 3 + i,
      content: `<${i}>`,
      normalized: i % 2 === 0,
      lstrip: true,
      rstrip: true,
    }))
    expect(
      loadTokenizer(file({ added_tokens }), {})
        .encode(`a ${'x<1'.repeat(20_000)} <1000> b`)
        .at(-2),
    ).toBe(1003)
  })
  const runs = Array.from({ length: 1000 }, (_, i) => 'x'.repeat(i + 2))
  test.each<[string, Json]>([
    ['added tokens', { added_tokens: runs.map((x, id) => ({ id: 3 + id, content: `${x}<` })) }],
    ['Unigram', { model: { type: 'Unigram', unk_id: 0, vocab: [['a', -1], ...runs.map((x) => [x, -1])] } }],
    [
      'WordPiece',
      {
        model: {
          type: 'WordPiece',
          unk_token: 'a',
          max_input_chars_per_word: 1e9,
          vocab: Object.fromEntries(['a', '##x', ...runs].map((x, i) => [x, i])),
        },
      },
    ],
  ])('long pieces looked for at every place are stopped: %s', (_, change) => {
    const tokenizer = loadTokenizer(file(change), {})
    expect(tokenizer.encode('x'.repeat(100)).length).toBeGreaterThanOrEqual(0)
    expect(() => tokenizer.encode('x'.repeat(50_000))).toThrow(
      expect.objectContaining({
        code: 'TOKENIZER_INVALID',
        message: expect.stringContaining('too many times') as string,
      }) as Error,
    )
  })
  test.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [5, 'number'],
    [['a'], 'a list'],
    [{}, 'object'],
  ])('a text that is %s', (text, what) => {
    expect(() => loadTokenizer(file(), {}).encode(text as string)).toThrow(
      expect.objectContaining({ code: 'PARAM_INVALID', message: expect.stringContaining(what) as string }) as Error,
    )
  })
  test.each(['\ud83d', 'ab\udc00c', '🦊\ud83e'])('half a character is no text: %j', (text) => {
    expect(() => loadTokenizer(file(), {}).encode(text)).toThrow(
      expect.objectContaining({
        code: 'PARAM_INVALID',
        message: expect.stringContaining('half of a character (U+D') as string,
      }) as Error,
    )
  })
  function nest(depth: number): Json {
    return depth === 0 ? { type: 'NFC' } : { type: 'Sequence', normalizers: [nest(depth - 1)] }
  }

  test('names of JavaScript are only names', () => {
    const vocab = JSON.parse('{"__proto__": 0, "constructor": 1, "toString": 2, "a": 3}') as Json
    const tokenizer = loadTokenizer(
      file({
        model: { type: 'BPE', vocab, merges: [] },
        added_tokens: [
          { id: 1, content: 'constructor', special: true },
          { id: 0, content: '__proto__', special: false },
        ],
      }),
      {},
    )
    expect(tokenizer.encode('a__proto__constructora')).toEqual([3, 0, 1, 3])
    expect(tokenizer.idOf('hasOwnProperty')).toBeUndefined()
    expect(tokenizer.decode([2])).toBe('toString')
  })
})

test('any damage to a real file ends in a typed error or a tokenizer that works', () => {
  const junk = fc.constantFrom<unknown>(
    null,
    undefined,
    0,
    -1,
    1e9,
    NaN,
    '',
    'x',
    [],
    {},
    true,
    [[]],
    { type: 'Sequence' },
    ['a'],
    '__proto__',
  )
  const names = fixtureNames.filter((name) => name !== 'punctuation')
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }),
      junk,
      (name, path, value) => {
        const json = structuredClone(readFixtureOnce(name))
        let at: unknown = json
        for (const [i, step] of path.entries()) {
          if (at === null || typeof at !== 'object') break
          const keys = Object.keys(at)
          const key = keys[step % keys.length]!
          if (i === path.length - 1 || typeof (at as Json)[key] !== 'object') {
            ;(at as Json)[key] = value
            break
          }
          at = (at as Json)[key]
        }
        try {
          const tokenizer = loadTokenizer(json, {})
          tokenizer.decode(tokenizer.encode('The fox, 狐狸 12 <s>'))
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError)
        }
      },
    ),
    { numRuns: 300 },
  )
})
const cache = new Map<string, Json>()
function readFixtureOnce(name: string): Json {
  if (!cache.has(name)) cache.set(name, readFixture(name).tokenizer)
  return cache.get(name)!
}

test.each(['gpt2', 'tekken', 'spm-legacy'])('long texts take time in proportion: %s', (name) => {
  const tokenizer = loadTokenizer(readFixture(name).tokenizer, {})
  const texts: ((n: number) => string)[] = [
    (n) => 'a'.repeat(n),
    (n) => 'the fox'.repeat(n / 7),
    (n) => ' '.repeat(n),
    (n) => '狐'.repeat(n / 3),
    (n) => '\n '.repeat(n / 2),
    (n) => '<|im_'.repeat(n / 5),
  ]
  for (const make of texts) {
    const text = make(30_000)
    const start = process.cpuUsage()
    tokenizer.encode(text)
    expect(process.cpuUsage(start).user / 1000, text.slice(0, 12)).toBeLessThan(1500)
  }
})
