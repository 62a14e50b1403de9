// A GGUF that does not say how it cuts text: proven by its vocabulary, or said to be assumed.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesSource } from '../formats/bytes.ts'
import { readGguf } from '../formats/gguf.ts'
import { noticeText } from '../../i18n/notices.ts'
import { planModel } from '../index.ts'
import { diskFile, diskModel } from '../testing/disk.ts'
import { tokenizerFromGguf } from './from-gguf.ts'
import { loadTokenizer } from './load.ts'
import { ggufPre, patterns } from './patterns.ts'
import { choosePre, knownVocabularies, type KnownVocabulary } from './pre.ts'

const metadata = (change: Record<string, unknown>): Map<string, unknown> =>
  new Map(Object.entries({ 'tokenizer.ggml.model': 'gpt2', ...change }))
const letters = ['<|end|>', '!', 'a', 'b', 'ab', 'Ġa']
const sha256 = (tokens: string[]): string =>
  createHash('sha256')
    .update(tokens.map((token) => `${token}\n`).join(''))
    .digest('hex')
const known: KnownVocabulary[] = [
  { pre: 'llama-bpe', from: 1, to: 6, first: '!', last: 'Ġa', sha256: sha256(letters.slice(1)) },
]
const choose = (tokens: unknown, pre?: unknown): ReturnType<typeof choosePre> =>
  choosePre(
    metadata({ 'tokenizer.ggml.tokens': tokens, ...(pre !== undefined && { 'tokenizer.ggml.pre': pre }) }),
    known,
  )

describe('the choice', () => {
  test('a vocabulary that is the published one proves it, whatever a fine-tune put behind it', () => {
    expect(choose(letters)).toEqual({ name: 'llama-bpe', how: 'proven' })
    expect(choose([...letters, '<|im_start|>', 'more'])).toEqual({ name: 'llama-bpe', how: 'proven' })
    expect(choose(['<s>', ...letters.slice(1)]), 'special tokens in front may be renamed').toEqual({
      name: 'llama-bpe',
      how: 'proven',
    })
  })
  test('anything less is assumed: one token changed, two changed places, one gone', () => {
    const assumed = { name: 'default', how: 'assumed' }
    for (const tokens of [
      letters.with(3, 'B'),
      letters.with(2, 'b').with(3, 'a'),
      letters.toSpliced(4, 1),
      letters.slice(0, 5),
      letters.with(4, 4 as never),
      undefined,
      'ab',
      [],
    ]) {
      expect(choose(tokens)).toEqual(assumed)
    }
  })
  test('a name in the file counts, an empty one does not, an unknown one is refused', () => {
    expect(choose(letters, 'qwen2')).toEqual({ name: 'qwen2', how: 'named' })
    expect(choose(letters, 'default')).toEqual({ name: 'default', how: 'named' })
    expect(choose(letters, '')).toEqual({ name: 'llama-bpe', how: 'proven' })
    for (const pre of ['superbpe', '__proto__', 7, ['qwen2']]) {
      expect(() => choose(letters, pre)).toThrow(/the GGUF pre-tokenizer ".*" is not supported/)
    }
  })
  test('SentencePiece and files with the original tokenizer need none', () => {
    expect(choosePre(metadata({ 'tokenizer.ggml.model': 'llama' }))).toBeNull()
    expect(choosePre(metadata({ 'tokenizer.huggingface.json': '{}', 'tokenizer.ggml.pre': 'unheard-of' }))).toBeNull()
  })
  test('every known vocabulary has a pre-tokenizer, a whole hash, and a range of its own', () => {
    for (const { pre, from, to, sha256: hash } of knownVocabularies) {
      expect(ggufPre.has(pre), pre).toBe(true)
      expect(hash).toMatch(/^[0-9a-f]{64}$/)
      expect(to - from).toBeGreaterThan(40_000)
    }
    expect(new Set(knownVocabularies.map(({ sha256: hash }) => hash)).size).toBe(knownVocabularies.length)
  })
})

describe('a file without tokenizer.ggml.pre', () => {
  const place = 'fixtures/faults/gguf/no_pre.gguf'
  test('says so in its plan, in both languages', async () => {
    const { info } = await planModel(diskModel(place))
    expect(info.notices).toEqual([{ code: 'PRE_ASSUMED', facts: { pre: 'default' } }])
    expect(noticeText(info.notices[0]!, 'en')).toContain('(“tokenizer.ggml.pre” is missing)')
    expect(noticeText(info.notices[0]!, 'en')).toContain('“default” is assumed')
    expect(noticeText(info.notices[0]!, 'zh')).toContain('缺少“tokenizer.ggml.pre”')
  })
  test('cuts text as llama.cpp does then', async () => {
    const { metadata: read } = await readGguf(bytesSource('no_pre', readFileSync(place)))
    const named = new Map(read).set('tokenizer.ggml.pre', 'default')
    expect(tokenizerFromGguf(read)).toEqual(tokenizerFromGguf(named))
  })
  test('needs no notice when a tokenizer.json lies beside it', async () => {
    const files = new Map([
      ...diskModel(place).files,
      ['tokenizer.json', bytesSource('tokenizer.json', new Uint8Array(2))],
    ])
    expect((await planModel({ name: 'x', files })).info.notices).toEqual([])
  })
})

const smollm2 = 'models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'
test('the real SmolLM2 proves its pre-tokenizer without naming it', async ({ skip }) => {
  skip(!existsSync(smollm2), 'UNRUN: run "npm run model smollm2": the weights are not in the repository')
  const { metadata: real } = await readGguf(diskFile(smollm2))
  const silent = new Map(real)
  silent.delete('tokenizer.ggml.pre')
  expect(choosePre(silent)).toEqual({ name: 'smollm', how: 'proven' })
  const [a, b] = [real, silent].map((each) => {
    const { tokenizerJson, tokenizerConfig } = tokenizerFromGguf(each)
    return loadTokenizer(tokenizerJson, tokenizerConfig)
  })
  for (const text of ['In 1999, 12345 foxes ran.', '2024年，123只狐狸', "it's 7x"]) {
    expect(b!.encode(text), text).toEqual(a!.encode(text))
  }
  expect(patterns[ggufPre.get('smollm')!.splits[0]!]).toBe(patterns.digit)
})
