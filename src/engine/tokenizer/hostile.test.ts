// Strange values at every place of the files that a tokenizer may be read from beside tokenizer.json: the configuration of
// vocab.txt, vocab.json and SentencePiece models, and the keys of a GGUF. Every outcome is a tokenizer or an EngineError.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { shown } from '../shown.ts'
import { strays, type Json } from '../testing/hostile.ts'
import { fromSentencePiece } from './files/pieces.ts'
import { fromVocabJson, fromVocabText } from './files/words.ts'
import { tokenizerFromGguf } from './from-gguf.ts'
import { openTokenizerLab } from './lab/open.ts'
import { loadTokenizer } from './load.ts'

const walk = (json: unknown, config: unknown): void => {
  const tokenizer = loadTokenizer(json, config)
  tokenizer.decode(tokenizer.encode('ab <s>é'))
  const lab = openTokenizerLab(json, config, null, tokenizer)
  lab.facts()
  lab.explain('ab')
}
describe('the files of the first years', () => {
  const all = JSON.parse(readFileSync('fixtures/tokenizer/older-files.json', 'utf8')) as {
    name: string
    files: Record<string, string>
    config?: object
  }[]
  const kinds = { BERT: 'wordpiece', RoBERTa: 'roberta' } as const
  const pieces = { Llama: 'llama', T5: 't5', XLNet: 'xlnet', ChatGLM3: 'chatglm' } as const
  const fields = {
    ...{ add_bos_token: true, add_eos_token: true, add_prefix_space: true, legacy: false, do_lower_case: true },
    ...{ bos_token: '<s>', eos_token: { content: '</s>' }, unk_token: '<unk>', cls_token: '<s>', sep_token: '</s>' },
    ...{ mask_token: '<mask>', keep_accents: false, strip_accents: null, never_split: null, num_image_tokens: 0 },
    ...{
      added_tokens_decoder: { 64790: { content: '<|user|>' } },
      chat_template: 'x',
      auto_map: { AutoTokenizer: ['x'] },
    },
  }
  const given = (name: string): { words: object; files: Record<string, string> } => {
    const { files } = all.find((one) => one.name === name)!
    const own = JSON.parse(files['tokenizer_config.json']!) as object
    return { words: { ...fields, ...own }, files }
  }
  test.each(Object.entries(kinds))('%s: every word of its configuration', (name, kind) => {
    const { words, files } = given(name)
    const text = files['vocab.txt']
    const run = (changed: unknown): void => {
      const { tokenizerJson, tokenizerConfig } =
        text === undefined
          ? fromVocabJson(kind, JSON.parse(files['vocab.json']!), files['merges.txt']!, changed as Json)
          : fromVocabText(text, changed as Json)
      walk(tokenizerJson, tokenizerConfig)
    }
    expect(strays(words, run)).toEqual([])
  })
  test.each(Object.entries(pieces))('%s: every word of its configuration', (name, kind) => {
    const { words, files } = given(name)
    const file = Object.entries(files).find(([of]) => of.endsWith('.model'))![1] as unknown as { base64: string }
    const bytes = new Uint8Array(Buffer.from(file.base64, 'base64'))
    const run = (changed: unknown): void => {
      const { tokenizerJson, tokenizerConfig } = fromSentencePiece(kind, bytes, changed as Json, changed as Json)
      const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig)
      tokenizer.decode(tokenizer.encodePair('ab <s>é', 'b').ids)
    }
    expect(strays(words, run)).toEqual([])
  })
})

test('every key of a GGUF with every value', () => {
  const metadata: Record<string, unknown> = {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': ['<unk>', '<s>', '</s>', 'a', 'b', 'ab'],
    'tokenizer.ggml.scores': Float32Array.of(0, 0, 0, -1, -2, -3),
    'tokenizer.ggml.token_type': Int32Array.of(2, 3, 3, 1, 1, 1),
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.add_bos_token': true,
  }
  const values = [
    ...[2n ** 64n - 1n, NaN, [], [[1n]], 'x', -1, true, Float32Array.of(NaN), BigInt64Array.of(1n)],
    // as long as the tokens, and something else
    ...[['a', 'b', 'c', 'd', 'e', 'f'], [1n, 2n, 3n, 4n, 5n, 6n], new Float32Array(6).fill(NaN), new Int32Array(6)],
  ]
  const ids = ['unknown', 'cls', 'seperator', 'mask', 'padding', 'eos'].map((name) => `${name}_token_id`)
  const others = ['pre', 'merges', 'precompiled_charsmap', 'normalizer.lowercase', 'add_space_prefix', ...ids]
  for (const key of [
    ...Object.keys(metadata),
    ...others.map((name) => `tokenizer.ggml.${name}`),
    'general.architecture',
    'tokenizer.huggingface.json',
  ]) {
    for (const value of values) {
      for (const model of ['llama', 'gpt2', 'bert', 't5']) {
        try {
          const { tokenizerJson, tokenizerConfig: made } = tokenizerFromGguf(
            new Map(
              Object.entries({
                ...metadata,
                'tokenizer.ggml.model': model,
                'tokenizer.ggml.merges': ['a b'],
                [key]: value,
              }),
            ),
          )
          walk(tokenizerJson, made)
        } catch (error) {
          expect(error, `${key} = ${shown(value)}`).toBeInstanceOf(EngineError)
        }
      }
    }
  }
  for (const scores of [['a', 'b', 'c', 'd', 'e', 'f'], [true, true, true, true, true, true], new Float32Array(5)]) {
    for (const model of ['llama', 't5']) {
      const whole = { ...metadata, 'tokenizer.ggml.model': model, 'tokenizer.ggml.scores': scores }
      expect(() => tokenizerFromGguf(new Map(Object.entries(whole)))).toThrow('"tokenizer.ggml.scores" must')
    }
  }
})
