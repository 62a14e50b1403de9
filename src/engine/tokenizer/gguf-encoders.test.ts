// Encoders' vocabularies as a GGUF writes them give what the original files give (older-files.json).

import { describe, expect, test } from 'vitest'
import { tokenizerFromGguf } from './from-gguf.ts'
import { loadTokenizer, type Tokenizer } from './load.ts'
import { pieceType, readSentencePiece } from './sentencepiece/proto.ts'
import { readFixture, readJson } from './testing.ts'

type Case = [a: string, b: string | null, ids: number[], segments: number[] | null, decoded: string | null]
const all = readJson('fixtures/tokenizer/older-files.json') as {
  name: string
  files: Record<string, string | { base64: string }>
  cases: Case[]
}[]
const named = (name: string): (typeof all)[number] => all.find((c) => c.name === name)!
const open = (metadata: Record<string, unknown>): { tokenizer: Tokenizer; assumed: string | undefined } => {
  const made = tokenizerFromGguf(
    new Map(Object.entries(metadata).map(([key, value]) => [key.includes('.') ? key : `tokenizer.ggml.${key}`, value])),
  )
  return { tokenizer: loadTokenizer(made.tokenizerJson, made.tokenizerConfig), assumed: made.assumed }
}
const same = (tokenizer: Tokenizer, cases: readonly Case[]): void => {
  for (const [a, b, ids, segments] of cases) {
    const pair = tokenizer.encodePair(a, b)
    expect(pair.ids, `${a} | ${b}`).toEqual(ids)
    if (segments) expect(pair.segments).toEqual(segments)
  }
}

describe('WordPiece', () => {
  const { model } = readFixture('wordpiece').tokenizer as { model: { vocab: Record<string, number> } }
  const tokens = Object.entries(model.vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([token]) => token)
  const types = tokens.map((token) => (/^\[[A-Z]+\]$/.test(token) ? pieceType.control : pieceType.normal))
  const bert = {
    model: 'bert',
    // as the converter writes them
    tokens: tokens.map((token, i) =>
      types[i] === pieceType.control ? token : token.startsWith('##') ? token.slice(2) : `▁${token}`,
    ),
    token_type: Int32Array.from(types),
    ...{ unknown_token_id: 1, cls_token_id: 2, seperator_token_id: 3, mask_token_id: 4, padding_token_id: 0 },
  }
  test('ids, segments and texts are the original’s', () => {
    const { tokenizer, assumed } = open(bert)
    same(tokenizer, named('BERT').cases)
    for (const [a, b, ids, , decoded] of named('BERT').cases) {
      if (b === null) expect(tokenizer.decode(ids), a).toBe(decoded)
    }
    expect(assumed).toBe('uncased')
    expect(tokenizer.specialIds).toMatchObject({ cls: 2, sep: 3, mask: 4, unk: 1, pad: 0, eos: [] })
  })
  test('a vocabulary with capitals keeps them; a file that says so is believed', () => {
    const cased = { ...bert, tokens: [...bert.tokens, '▁Fox'], token_type: Int32Array.from([...types, 1]) }
    expect(open(cased).assumed).toBe('cased')
    expect(open(cased).tokenizer.encode('Fox')).toEqual([2, tokens.length, 3])
    const said = open({ ...cased, 'tokenizer.ggml.normalizer.lowercase': true })
    expect([said.assumed, said.tokenizer.encode('Fox').includes(tokens.length)]).toEqual([undefined, false])
  })
  test('a vocabulary without its tokens is refused', () => {
    expect(() => open({ model: 'bert', tokens: ['▁a'] })).toThrow('names no unknown, first or separating token')
  })
})

describe('Unigram', () => {
  const read = (name: string, file: string): ReturnType<typeof readSentencePiece> =>
    readSentencePiece(
      Uint8Array.from(atob((named(name).files[file] as { base64: string }).base64), (c) => c.charCodeAt(0)),
    )
  const metadataOf = (model: ReturnType<typeof readSentencePiece>): Record<string, unknown> => ({
    model: 't5',
    tokens: model.tokens,
    scores: Float32Array.from(model.scores),
    token_type: Int32Array.from(model.types),
    precompiled_charsmap: new Int8Array(model.normalizer.charsmap),
    add_space_prefix: true,
    remove_extra_whitespaces: true,
  })
  const five = metadataOf(read('T5', 'spiece.model'))
  test('T5: ids and segments are the original’s', () => {
    same(open({ ...five, 'general.architecture': 't5' }).tokenizer, named('T5').cases)
  })
  test('T5: padding behind the pieces is where the sentinels are', () => {
    const pieces = five['tokens'] as string[],
      n = pieces.length
    const padded = {
      ...five,
      tokens: [...pieces, ...Array.from({ length: 128 }, (_, i) => `[PAD${n + i}]`)],
      scores: Float32Array.from([...(five['scores'] as Float32Array), ...Array<number>(128).fill(-1e4)]),
      token_type: Int32Array.from([...(five['token_type'] as Int32Array), ...Array<number>(128).fill(5)]),
    }
    const { tokenizer } = open(padded)
    expect([tokenizer.idOf('<extra_id_99>'), tokenizer.idOf('<extra_id_0>')]).toEqual([n, n + 99])
    expect(tokenizer.encode('a<extra_id_3>b', { addSpecial: false })).toContain(n + 96)
    same(tokenizer, named('T5').cases)
  })
  test('XLM-R: ids and segments are the original’s, and its blank has a name', () => {
    const model = read('XLM-R', 'sentencepiece.bpe.model')
    const shifted = {
      ...model,
      tokens: ['<s>', '<pad>', '</s>', '<unk>', ...model.tokens.slice(3), '[PAD9]'],
      scores: [0, 0, 0, 0, ...model.scores.slice(3), -1e4],
      types: [3, 3, 3, 2, ...model.types.slice(3), 5],
    }
    const mask = shifted.tokens.length - 1
    const { tokenizer } = open({
      ...metadataOf(shifted),
      ...{ 'general.architecture': 'bert', remove_extra_whitespaces: false },
      ...{ bos_token_id: 0, eos_token_id: 2, unknown_token_id: 3, padding_token_id: 1, mask_token_id: mask },
    })
    same(tokenizer, named('XLM-R').cases)
    expect(tokenizer.encode('a <mask>', { addSpecial: false }).at(-1)).toBe(mask)
    expect(tokenizer.specialIds.mask).toBe(mask)
  })
  test.each([
    ['no scores', { scores: undefined }, '"tokenizer.ggml.scores"'],
    ['a character map that is none', { precompiled_charsmap: ['a'] }, '"tokenizer.ggml.precompiled_charsmap"'],
    ['a damaged character map', { precompiled_charsmap: Uint8Array.of(9, 0, 0, 0, 1) }, 'the table it announces'],
  ])('%s is refused', (_, change, said) => {
    expect(() => open({ ...five, ...change })).toThrow(said)
  })
})

test('RoBERTa: byte-level BPE between its ends', () => {
  const { model } = readFixture('gpt2').tokenizer as {
    model: { vocab: Record<string, number>; merges: [string, string][] }
  }
  const { tokenizer } = open({
    model: 'gpt2',
    pre: 'roberta-bpe',
    tokens: Object.entries(model.vocab)
      .sort(([, a], [, b]) => a - b)
      .map(([token]) => token),
    merges: model.merges.map((pair) => (typeof pair === 'string' ? pair : pair.join(' '))),
    ...{ cls_token_id: 1, seperator_token_id: 2 },
  })
  for (const [a, b, ids, segments] of named('RoBERTa').cases) {
    if (b !== null) expect(tokenizer.encodePair(a, b)).toMatchObject({ ids, segments })
    else if (!a.includes('<|')) expect(tokenizer.encode(a), a).toEqual(ids)
  }
})
