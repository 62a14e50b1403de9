// Checkpoints from before tokenizer.json, opened from their files: ids, segments and texts as their own code has them
// (tools/tokenizer/make_files.py).

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesSource } from './formats/bytes.ts'
import { openText, vocabularyNotices, type ModelText } from './text.ts'

type Files = Record<string, string | { base64: string }>
interface Case {
  name: string
  files: Files
  config?: Record<string, unknown>
  cases: [a: string, b: string | null, ids: number[], segments: number[] | null, decoded: string | null][]
}
const path = new URL('../../fixtures/tokenizer/older-files.json', import.meta.url)
const all = JSON.parse(readFileSync(path, 'utf8')) as Case[]
const named = (name: string): Case => all.find((c) => c.name === name)!

const bytesOf = (content: string | { base64: string }): Uint8Array =>
  typeof content === 'string'
    ? new TextEncoder().encode(content)
    : Uint8Array.from(atob(content.base64), (c) => c.charCodeAt(0))
const open = (files: Files, config: Record<string, unknown> = {}): Promise<ModelText> =>
  openText({
    files: new Map(Object.entries(files).map(([name, content]) => [name, bytesSource(name, bytesOf(content))])),
    config,
    generationConfig: null,
    metadata: null,
    format: 'safetensors',
    tensors: new Map(),
    renamed: null,
    nameInFile: (name) => name,
    ignored: [],
  })

describe.each(all.map((c) => [c.name, c] as const))('%s', (_, { files, config, cases }) => {
  test('gives the ids, segments and texts of its own code', async () => {
    const { tokenizer, notices, lab } = await open(files, config)
    expect(notices).toEqual([])
    for (const [a, b, ids, segments, decoded] of cases) {
      const pair = tokenizer.encodePair(a, b)
      expect(pair.ids, `${a} | ${b}`).toEqual(ids)
      if (segments) expect(pair.segments, `${a} | ${b}`).toEqual(segments)
      if (b !== null) continue
      expect(tokenizer.encode(a), a).toEqual(ids)
      // SentencePiece was not asked about what stands around the text
      const { unk } = tokenizer.specialIds
      const inside = 'tokenizer.model' in files || !('vocab.txt' in files || 'vocab.json' in files)
      const shown = inside ? ids.filter((id) => id === unk || !tokenizer.isSpecial(id)) : ids
      if (decoded !== null) expect(tokenizer.decode(shown), a).toBe(decoded)
      expect(lab().explain(a).agrees, a).toBe(true)
    }
  })
})

describe('the panel lays them open', () => {
  test.each([
    ['BERT', 'WordPiece', 'BertNormalizer'],
    ['GPT-1', 'BPE', 'BertNormalizer'],
    ['RoBERTa', 'BPE', undefined],
    ['Llama', 'BPE', 'SentencePiece'],
    ['T5', 'Unigram', 'SentencePiece'],
  ])('%s', async (name, model, normalizer) => {
    const { lab, tokenizer } = await open(named(name).files)
    const facts = lab().facts()
    expect([facts.model, facts.normalizer[0], facts.vocabSize]).toEqual([model, normalizer, tokenizer.vocabSize])
    const { words, tokens } = lab().explain('the small fox 狐狸')
    expect(tokens.length).toBeGreaterThan(3)
    // each kind has its own steps
    for (const word of words) {
      if (model === 'BPE') expect(word.steps.length > 0 || word.symbols.length === word.ids.length).toBe(true)
      else expect(model === 'Unigram' ? word.unigram?.path.length : word.wordPiece?.tries.length).toBeGreaterThan(0)
    }
    expect(lab().vocabulary('', 0, 5).rows).toHaveLength(5)
    expect(lab().survey(0, 50).to).toBe(50)
  })
  test('a piece that users defined joins with nothing', async () => {
    const { lab } = await open(named('ChatGLM-6B, 0 pictures').files)
    const { words } = lab().explain('a\nb')
    expect(words[0]!.symbols).toContain('<n>')
    expect(lab().ranks(['a', '<n>', 'b'])).toEqual([null, null])
  })
})

describe('which tokenizer it is', () => {
  const gpt2 = named('GPT-2').files,
    llama = named('Llama').files,
    bert = named('BERT').files
  const alone = (files: Files): Files =>
    Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'tokenizer_config.json'))
  const config = (more: object): Files => ({ 'tokenizer_config.json': JSON.stringify(more) })
  test.each([
    ['GPT-2', gpt2, { model_type: 'gpt2' }],
    ['Llama', llama, { model_type: 'mistral' }],
    ['BERT', bert, { model_type: 'bert' }],
  ])('%s: the kind of model says it where the tokenizer does not', async (name, files, model) => {
    const { tokenizer, notices } = await open(alone(files), model)
    for (const [a, b, ids] of named(name).cases) expect(tokenizer.encodePair(a, b).ids).toEqual(ids)
    expect(notices).toEqual([])
  })
  test.each([
    ['GPT-2', gpt2],
    ['GPT-1', named('GPT-1').files],
    ['Llama', llama],
    ['BERT', bert],
  ])('%s: nothing says it, and that is said', async (name, files) => {
    const text = await open(alone(files), { model_type: 'something' })
    for (const [a, b, ids] of named(name).cases) if (b === null) expect(text.tokenizer.encode(a)).toEqual(ids)
    expect(vocabularyNotices(text, text.tokenizer.vocabSize)).toEqual([
      { code: 'TOKENIZER_ASSUMED', facts: { assumed: 'class' } },
    ])
  })
  test('a vocabulary with capitals is read as it is, and that is said', async () => {
    const files = { 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\nHello\nhello\n' }
    const text = await open(files, { model_type: 'bert' })
    expect(text.tokenizer.encode('Hello hello', { addSpecial: false })).toEqual([4, 5])
    expect(text.notices).toEqual([{ code: 'TOKENIZER_ASSUMED', facts: { assumed: 'cased' } }])
    const said = await open({ ...files, ...config({ do_lower_case: true }) }, { model_type: 'bert' })
    expect(said.tokenizer.encode('Hello hello', { addSpecial: false })).toEqual([5, 5])
    expect(said.notices).toEqual([])
  })
  test('tokenizer.json wins', async () => {
    const json = { model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] } }
    const { tokenizer } = await open({ ...llama, 'tokenizer.json': JSON.stringify(json) })
    expect(tokenizer.encode('ab')).toEqual([0, 1])
  })
  test('names of special tokens in the older file count', async () => {
    const map = JSON.stringify({ bos_token: '<unk>', additional_special_tokens: ['<new>'] })
    const { tokenizer } = await open({ ...alone(llama), 'special_tokens_map.json': map }, { model_type: 'llama' })
    expect(tokenizer.specialIds.bos).toBe(0)
    expect(tokenizer.encode('<new>', { addSpecial: false })).toEqual([600])
  })
  test('ChatGLM: roles are there where it is the third, and no text becomes one', async () => {
    const three = (await open(named('ChatGLM3').files)).tokenizer
    expect(three.idOf('<|user|>')).toBe(606)
    expect(three.decode([606])).toBe('<|user|>')
    expect(three.encode('<|user|>')).not.toContain(606)
    expect((await open(named('ChatGLM2').files)).tokenizer.idOf('<|user|>')).toBeUndefined()
    const listed = config({
      tokenizer_class: 'ChatGLMTokenizer',
      added_tokens_decoder: { 606: { content: '<|user|>', special: true, normalized: false } },
    })
    expect((await open({ ...llama, ...listed })).tokenizer.encode('<|user|>')).toContain(606)
  })
  test.each([
    [
      'a class that is something else',
      { ...llama, ...config({ tokenizer_class: 'MBartTokenizer' }) },
      '"MBartTokenizer"',
    ],
    ['files of another kind', { ...llama, ...config({ tokenizer_class: 'BertTokenizer' }) }, 'only "tokenizer.model"'],
    ['words cut by other rules', { ...bert, ...config({ do_basic_tokenize: false }) }, 'do_basic_tokenize'],
    ['a flag that is none', { ...bert, ...config({ do_lower_case: 'yes' }) }, '"do_lower_case"'],
    ['merges that are no pairs', { ...gpt2, 'merges.txt': '#version: 0.2\na b c\n' }, 'a pair of tokens'],
    ['merges of unknown tokens', { ...gpt2, 'merges.txt': 'zz yy\n' }, 'not in the vocabulary'],
    ['no tokenizer at all', {}, '"tokenizer.json" is required'],
  ])('%s is refused by name', async (_, files, said) => {
    await expect(open(files)).rejects.toThrow(said)
  })
})
