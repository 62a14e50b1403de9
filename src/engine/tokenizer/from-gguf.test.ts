// GGUF vocabularies against SentencePiece, against a plain merge by score, and against
// the golden files.

import fc from 'fast-check'
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chatTemplateOf, renderChat } from '../chat/template.ts'
import { bytesSource } from '../formats/bytes.ts'
import { readGguf } from '../formats/gguf.ts'
import type { ChatMessage } from '../types.ts'
import { tokenizerFromGguf } from './from-gguf.ts'
import { loadTokenizer, type Tokenizer } from './load.ts'
import { ggufPre } from './patterns.ts'
import { readFixture, readJson, type Case } from './testing.ts'

interface Pieces {
  tokens: string[]
  scores: number[]
  token_type: number[]
  cases: { text: string; ids: number[] }[]
}
const pieces = readJson('fixtures/tokenizer/sentencepiece.json') as Pieces
const spm = (change: Record<string, unknown> = {}): Map<string, unknown> =>
  new Map<string, unknown>(
    Object.entries({
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.tokens': pieces.tokens,
      'tokenizer.ggml.scores': Float32Array.from(pieces.scores),
      'tokenizer.ggml.token_type': Int32Array.from(pieces.token_type),
      ...change,
    }),
  )
const load = (metadata: ReadonlyMap<string, unknown>): Tokenizer => {
  const { tokenizerJson, tokenizerConfig } = tokenizerFromGguf(metadata)
  return loadTokenizer(tokenizerJson, tokenizerConfig)
}

/** llama.cpp's SPM in plain words: join the neighbours whose joined piece scores best, leftmost first. */
function mergeByScore(text: string, { tokens, scores, token_type }: Pieces): number[] {
  const ids = new Map(tokens.flatMap((token, id) => (token_type[id] === 1 ? [[token, id] as const] : [])))
  const symbols = [...`▁${text.replaceAll(' ', '▁')}`]
  for (;;) {
    let best = -1,
      score = -Infinity
    for (let i = 0; i + 1 < symbols.length; i++) {
      const id = ids.get(symbols[i]! + symbols[i + 1]!)
      if (id !== undefined && Math.fround(scores[id]!) > score) {
        best = i
        score = Math.fround(scores[id]!)
      }
    }
    if (best < 0) break
    symbols.splice(best, 2, symbols[best]! + symbols[best + 1]!)
  }
  const byte = (b: number): number => tokens.indexOf(`<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`)
  return symbols.flatMap((symbol) => ids.get(symbol) ?? [...new TextEncoder().encode(symbol)].map(byte))
}

describe('SentencePiece', () => {
  const tokenizer = load(spm())
  test('a template sees bos and eos of the file alone', () => {
    expect(tokenizerFromGguf(spm({ 'tokenizer.ggml.padding_token_id': 0 })).templateTokens).toEqual({
      bos_token: '<s>',
      eos_token: '</s>',
    })
    expect(
      tokenizerFromGguf(new Map<string, unknown>([...spm(), ['tokenizer.ggml.bos_token_id', 2]])).templateTokens,
    ).toEqual({ bos_token: '</s>', eos_token: '</s>' })
  })
  test("gives the library's ids", () => {
    for (const { text, ids } of pieces.cases) {
      if (text !== '') expect(tokenizer.encode(text, { addSpecial: false }), text).toEqual(ids)
    }
  })
  test('gives the ids of a plain merge by score', () => {
    const words = fc.constantFrom(
      'the',
      'fox',
      ' ',
      'count',
      'ing',
      's',
      'star',
      'a',
      'e',
      't',
      'quiet',
      '狐狸',
      '🦊',
      '12',
      '▁',
    )
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 20 }), (parts) => {
        expect(tokenizer.encode(parts.join(''), { addSpecial: false })).toEqual(mergeByScore(parts.join(''), pieces))
      }),
    )
  })
  test('with many equal scores the leftmost pair is joined first', () => {
    const made: Pieces = {
      tokens: ['<unk>', '<s>', '</s>', '▁', 'a', 'b', 'aa', 'ab', 'ba', 'aaa', 'aab', 'baa', 'abab', '▁a'],
      scores: [0, 0, 0, -9, -9, -9, -1, -1, -1, -2, -2, -2, -2, -1],
      token_type: [2, 3, 3, ...Array<number>(11).fill(1)],
      cases: [],
    }
    const tiny = load(
      new Map<string, unknown>(
        Object.entries({
          'tokenizer.ggml.model': 'llama',
          'tokenizer.ggml.tokens': made.tokens,
          'tokenizer.ggml.scores': Float32Array.from(made.scores),
          'tokenizer.ggml.token_type': Int32Array.from(made.token_type),
        }),
      ),
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 14 }), (text) => {
        expect(tiny.encode(text, { addSpecial: false })).toEqual(mergeByScore(text, made))
      }),
      { numRuns: 1000 },
    )
  })
  test('bos, the space in front, special and user-defined pieces', () => {
    expect(tokenizer.addsBos).toBe(true)
    expect(tokenizer.specialIds).toMatchObject({ bos: 1, eos: [2], unk: 0 })
    const star = tokenizer.encode('the', { addSpecial: false })
    expect(tokenizer.encode('the')).toEqual([1, ...star])
    const turn = tokenizer.idOf('<turn>')!
    // the space comes again after a special token
    expect(tokenizer.encode('the<turn>the</s>', { addSpecial: false })).toEqual([...star, turn, ...star, 2])
    expect(tokenizer.isSpecial(turn)).toBe(false)
    expect(tokenizer.isSpecial(2)).toBe(true)
    expect(tokenizer.decode(tokenizer.encode('the  fox\n'), { skipSpecial: true })).toBe(' the  fox\n'.slice(1))
    const bare = load(
      spm({
        'tokenizer.ggml.add_space_prefix': false,
        'tokenizer.ggml.add_bos_token': false,
        'tokenizer.ggml.add_eos_token': true,
      }),
    )
    expect(bare.addsBos).toBe(false)
    expect(bare.encode('x').at(-1)).toBe(2)
    expect(bare.decode(bare.encode(' x', { addSpecial: false }))).toBe(' x')
  })
})

describe('byte-level BPE', () => {
  /** A fixture's vocabulary as a GGUF file would hold it. */
  function asGguf(name: string, pre: string): Map<string, unknown> {
    const { model, added_tokens } = readFixture(name).tokenizer as {
      model: { vocab: Record<string, number>; merges: (string | string[])[] }
      added_tokens: { id: number }[]
    }
    const tokens: string[] = []
    for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token
    const types = new Int32Array(tokens.length).fill(1)
    for (const { id } of added_tokens) types[id] = 3
    return new Map<string, unknown>(
      Object.entries({
        'tokenizer.ggml.model': 'gpt2',
        'tokenizer.ggml.pre': pre,
        'tokenizer.ggml.tokens': tokens,
        'tokenizer.ggml.token_type': types,
        'tokenizer.ggml.bos_token_id': 0,
        'tokenizer.ggml.merges': model.merges.map((m) => (typeof m === 'string' ? m : m.join(' '))),
        'tokenizer.ggml.eos_token_id': 1n,
        'tokenizer.chat_template': 'x',
      }),
    )
  }
  test.each([
    ['gpt2', 'gpt-2'],
    ['smollm', 'smollm'],
    ['qwen2', 'qwen2'],
    ['llama3', 'llama-bpe'],
    ['tekken', 'tekken'],
  ])('%s as pre-tokenizer "%s" gives the reference ids', (name, pre) => {
    const tokenizer = load(asGguf(name, pre))
    for (const c of readFixture(name).cases as Case[]) {
      expect(tokenizer.encode(c.text, { addSpecial: false }), c.text).toEqual(c.plain)
    }
    expect(tokenizer.addsBos).toBe(name === 'llama3' || name === 'tekken')
    expect(tokenizer.specialIds).toMatchObject({ bos: 0 })
    expect(tokenizer.specialIds.eos).toContain(1)
  })
  test('every pre-tokenizer name loads and takes any text apart without loss', () => {
    for (const pre of ggufPre.keys()) {
      const tokenizer = load(asGguf('gpt2', pre))
      const nfc = ['qwen2', 'qwen35', 'deepseek-r1-qwen'].includes(pre)
      for (const { text } of readFixture('gpt2').cases) {
        expect(tokenizer.decode(tokenizer.encode(text, { addSpecial: false })), pre).toBe(
          nfc ? text.normalize('NFC') : text,
        )
      }
    }
  })
  test('a missing pre-tokenizer is "default", an unknown one is refused by name', () => {
    const metadata = asGguf('gpt2', 'x')
    expect(() => tokenizerFromGguf(metadata)).toThrow(/pre-tokenizer "x" is not supported/)
    metadata.delete('tokenizer.ggml.pre')
    expect(load(metadata).encode('abc').length).toBeGreaterThan(0)
  })
  test('an original tokenizer.json inside the file is taken at its word', () => {
    const metadata = asGguf('gpt2', 'gpt-2').set(
      'tokenizer.huggingface.json',
      JSON.stringify(readFixture('smollm').tokenizer),
    )
    expect(load(metadata).encode('12')).toEqual(loadTokenizer(readFixture('smollm').tokenizer, {}).encode('12'))
    expect(() => tokenizerFromGguf(metadata.set('tokenizer.huggingface.json', '{'))).toThrow(/not JSON/)
  })
})

describe('damaged metadata is refused', () => {
  const broken: [string, Record<string, unknown>][] = [
    ['no model', { 'tokenizer.ggml.model': undefined }],
    ['another model', { 'tokenizer.ggml.model': 'rwkv' }],
    ['no tokens', { 'tokenizer.ggml.tokens': undefined }],
    ['tokens that are numbers', { 'tokenizer.ggml.tokens': [1, 2] }],
    ['a token twice', { 'tokenizer.ggml.tokens': pieces.tokens.map((t, i) => (i === 9 ? pieces.tokens[8] : t)) }],
    ['too few scores', { 'tokenizer.ggml.scores': new Float32Array(3) }],
    ['a score that is NaN', { 'tokenizer.ggml.scores': new Float32Array(pieces.tokens.length).fill(NaN) }],
    ['too few types', { 'tokenizer.ggml.token_type': new Int32Array(3) }],
    ['a very long token', { 'tokenizer.ggml.tokens': pieces.tokens.map((t, i) => (i === 9 ? 'x'.repeat(5000) : t)) }],
  ]
  test.each(broken)('%s', (_, change) => {
    expect(() => load(spm(change))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^TOKENIZER_/) as string }) as Error,
    )
  })
})

describe('golden files', () => {
  interface Golden {
    tokenize?: { text: string; ids: number[] }[]
    chat?: { messages: ChatMessage[]; add_generation_prompt: boolean; text: string; ids: number[] }
  }
  // a family's golden may hold logits only, beside a vocabulary that is there for its size
  const folders = readdirSync('fixtures/golden').filter((name) => existsSync(`fixtures/golden/${name}/model.gguf`))
  const goldens = folders.map((name) => [name, readJson(`fixtures/golden/${name}/golden.json`) as Golden] as const)
  test('both kinds of vocabulary are there', () => {
    const names = goldens.filter(([, { tokenize, chat }]) => tokenize?.length && chat).map(([name]) => name)
    expect(names).toEqual(expect.arrayContaining(['gguf_f16', 'gguf_q4_1']))
  })
  test.each(goldens.filter(([, { tokenize, chat }]) => tokenize ?? chat))('%s', async (name, golden) => {
    const { metadata } = await readGguf(bytesSource(name, readFileSync(`fixtures/golden/${name}/model.gguf`)))
    const tokenizer = load(metadata)
    for (const { text, ids } of golden.tokenize ?? []) {
      expect(tokenizer.encode(text, { addSpecial: false }), text).toEqual(ids)
    }
    if (!golden.chat) return
    const { tokenizerConfig, templateTokens: specials } = tokenizerFromGguf(metadata)
    const { text, usedFallback } = renderChat(chatTemplateOf(tokenizerConfig, null), golden.chat.messages, {
      addGenerationPrompt: golden.chat.add_generation_prompt,
      specials,
    })
    expect({ text, usedFallback }).toEqual({ text: golden.chat.text, usedFallback: false })
    expect(tokenizer.encode(text, { addSpecial: false })).toEqual(golden.chat.ids)
  })
})

// `npm run model smollm2` brings the file; without it there is nothing to compare
const smollm2 = new URL('../../../models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf', import.meta.url)
test('the real SmolLM2 gives the golden prompts', async ({ skip }) => {
  skip(!existsSync(smollm2), 'UNRUN: run "npm run model smollm2": the weights are not in the repository')
  const file = openSync(smollm2, 'r')
  const source = {
    name: 'smollm2',
    size: fstatSync(file).size,
    read: (offset: number, length: number) => {
      const bytes = new Uint8Array(length)
      readSync(file, bytes, 0, length, offset)
      return Promise.resolve(bytes)
    },
  }
  const { metadata } = await readGguf(source)
  closeSync(file)
  const start = performance.now()
  const tokenizer = load(metadata)
  console.info(`SmolLM2's tokenizer: ${tokenizer.vocabSize} tokens in ${(performance.now() - start).toFixed(0)} ms`)
  const template = chatTemplateOf(tokenizerFromGguf(metadata).tokenizerConfig, null)
  const golden = readJson('fixtures/smollm2/golden.json') as {
    prompts: { messages: ChatMessage[]; text: string; input_ids: number[] }[]
  }
  for (const { messages, text, input_ids } of golden.prompts) {
    expect(renderChat(template, messages, {})).toEqual({ text, usedFallback: false })
    expect(tokenizer.encode(text, { addSpecial: false })).toEqual(input_ids)
    expect(tokenizer.decode(input_ids)).toBe(text)
  }
  expect(tokenizer.specialIds.eos).toContain(tokenizer.idOf('<|im_end|>'))
})
