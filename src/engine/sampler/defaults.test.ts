import { expect, test } from 'vitest'
import { generationOf } from '../model/keys.ts'
import { samplingDefaults } from './defaults.ts'

type Json = Record<string, unknown>
const none = { generationConfig: null, older: {}, metadata: null, context: 2048 }
const of = (generationConfig: Json) => samplingDefaults({ ...none, generationConfig })
const older = (config: Json, generationConfig: Json | null = null) =>
  samplingDefaults({ ...none, older: generationOf(config), generationConfig })

test('what a generation_config.json says is the default', () => {
  // as Qwen3, Llama 3.2 and the storyteller come
  expect(
    of({
      bos_token_id: 151643,
      do_sample: true,
      eos_token_id: [151645, 151643],
      pad_token_id: 151643,
      temperature: 0.6,
      top_k: 20,
      top_p: 0.95,
      transformers_version: '4.51.0',
    }),
  ).toEqual({ sampling: { temperature: 0.6, topK: 20, topP: 0.95 }, ignored: [] })
  expect(
    of({ do_sample: false, temperature: 0.7, repetition_penalty: 1.1, max_new_tokens: 96, stop_strings: ['\n\n'] }),
  ).toEqual({ sampling: { temperature: 0, repetitionPenalty: 1.1 }, maxTokens: 96, stop: ['\n\n'], ignored: [] })
  expect(of({ min_p: 0.1, presence_penalty: 1.5, top_k: -1, stop_strings: 'x' })).toEqual({
    sampling: { minP: 0.1, presencePenalty: 1.5, topK: 0 },
    stop: ['x'],
    ignored: [],
  })
  // nothing said is nothing changed
  expect([
    of({ eos_token_id: 2, max_length: 4096, transformers_version: '4' }),
    of({
      temperature: null,
      num_beams: 1,
      typical_p: 1,
      no_repeat_ngram_size: 0,
      bad_words_ids: null,
      suppress_tokens: [],
    }),
    samplingDefaults(none),
  ]).toEqual([undefined, undefined, undefined])
})

test('what is not computed with, or cannot be, is named', () => {
  expect(
    of({
      num_beams: 4,
      typical_p: 0.9,
      no_repeat_ngram_size: 3,
      bad_words_ids: [[5]],
      suppress_tokens: [1, 2],
      forced_eos_token_id: 2,
      unheard_of: { a: 1 },
    })?.ignored,
  ).toEqual([
    'num_beams = 4',
    'typical_p = 0.9',
    'no_repeat_ngram_size = 3',
    'bad_words_ids = [[5]]',
    'suppress_tokens = [1,2]',
    'forced_eos_token_id = 2',
    'unheard_of = {"a":1}',
  ])
  expect(
    of({
      temperature: -1,
      top_p: 7,
      top_k: 2.5,
      min_p: 'x',
      repetition_penalty: 1e-308,
      max_new_tokens: 0,
      stop_strings: [''],
    }),
  ).toEqual({
    sampling: {},
    ignored: [
      'temperature = -1',
      'top_p = 7',
      'top_k = 2.5',
      'min_p = "x"',
      'repetition_penalty = 1e-308',
      'max_new_tokens = 0',
      'stop_strings = [""]',
    ],
  })
  expect(of(JSON.parse('{"__proto__": 1, "constructor": 2, "temperature": 1}') as Record<string, unknown>)).toEqual({
    sampling: { temperature: 1 },
    ignored: ['__proto__ = 1', 'constructor = 2'],
  })
})

test('without a generation_config.json the same keys of config.json count', () => {
  expect(
    older({
      model_type: 'llama',
      do_sample: true,
      temperature: 0.3,
      top_k: 5,
      repetition_penalty: 1.3,
      max_new_tokens: 7,
    }),
  ).toEqual({ sampling: { temperature: 0.3, topK: 5, repetitionPenalty: 1.3 }, maxTokens: 7, ignored: [] })
  expect(older({ do_sample: 0, temperature: 0.3 })).toEqual({ sampling: { temperature: 0 }, ignored: [] })
  expect(
    older({
      bad_words_ids: [[3]],
      suppress_tokens: [5],
      no_repeat_ngram_size: 2,
      forced_eos_token_id: 2,
      num_beams: 1,
      hidden_size: 32,
      unheard_of: 1,
    }),
  ).toEqual({
    sampling: {},
    ignored: ['bad_words_ids = [[3]]', 'suppress_tokens = [5]', 'no_repeat_ngram_size = 2', 'forced_eos_token_id = 2'],
  })
  expect(older({ hidden_size: 32, eos_token_id: 2 })).toBeUndefined()
  // the file overrules them all, even with nothing in it
  expect(older({ temperature: 0.3, top_k: 5, do_sample: true, num_beams: 1 }, { top_k: 5, temperature: 0.6 })).toEqual({
    sampling: { topK: 5, temperature: 0.6 },
    ignored: ['temperature = 0.3 (config.json)', 'do_sample = true (config.json)'],
  })
  expect(older({ temperature: 0.3 }, {})).toEqual({ sampling: {}, ignored: ['temperature = 0.3 (config.json)'] })
})

test('max_length is named where it would end an answer before the context does', () => {
  expect([
    of({ max_length: 2048 }),
    of({ max_length: 20 })?.ignored,
    older({ max_length: 2047 })?.ignored,
    of({ max_length: 'x' })?.ignored,
  ]).toEqual([undefined, ['max_length = 20'], ['max_length = 2047'], ['max_length = "x"']])
})

test('a GGUF says it with keys of its own', () => {
  const keys = {
    'general.name': 'x',
    'general.sampling.temp': Math.fround(0.8),
    'general.sampling.top_k': 64,
    'general.sampling.top_p': Math.fround(0.95),
    'general.sampling.penalty_repeat': Math.fround(1.05),
    'general.sampling.mirostat': 0,
    'general.sampling.mirostat_tau': 5,
    'general.sampling.penalty_last_n': 64,
    'general.sampling.sequence': 'kpt',
  }
  expect(samplingDefaults({ ...none, metadata: new Map(Object.entries(keys)) })).toEqual({
    sampling: { temperature: 0.8, topK: 64, topP: 0.95, repetitionPenalty: 1.05 },
    ignored: ['general.sampling.penalty_last_n = 64'],
  })
})
