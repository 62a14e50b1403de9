// Values that no file should hold, at every place of the small files: every outcome is a model or an EngineError.
// {"toString": 1} has no text and no number, a 64-bit integer has no JSON, a list without end has no depth to walk.

import { describe, expect, test } from 'vitest'
import { chatTemplateOf } from './chat/template.ts'
import { EngineError } from './errors.ts'
import {
  filesOf,
  llamaKeys,
  writeGguf,
  writeSafetensors,
  type GgufTensorToWrite,
  type GgufValue,
} from './formats/testing.ts'
import { samplingDefaults } from './sampler/defaults.ts'
import { plainly, shown } from './shown.ts'
import { planModel } from './index.ts'
import { deep, hostile, paths, put, strays, type Path } from './testing/hostile.ts'
import { withLegacyFiles } from './tokenizer/config-tokens.ts'
import { openTokenizerLab } from './tokenizer/lab/open.ts'
import { loadTokenizer } from './tokenizer/load.ts'

const added = {
  id: 6,
  content: '<s>',
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
}
const walk = (json: unknown, config: unknown): void => {
  const tokenizer = loadTokenizer(json, config)
  tokenizer.decode(tokenizer.encode('ab <s>é'))
  const lab = openTokenizerLab(json, config, null, tokenizer)
  lab.facts()
  lab.explain('ab')
}
const bpe = {
  model: {
    type: 'BPE',
    vocab: { a: 0, b: 1, ab: 2, ' ': 3, '▁': 4, '<unk>': 5 },
    merges: [['a', 'b']],
    unk_token: '<unk>',
    fuse_unk: false,
    byte_fallback: true,
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    ignore_merges: true,
  },
  added_tokens: [added],
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      { type: 'Prepend', prepend: '▁' },
      { type: 'Strip', strip_left: true, strip_right: false },
      { type: 'BertNormalizer', clean_text: true, strip_accents: null },
    ],
  },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { String: 'x' }, behavior: 'Isolated', invert: false },
      { type: 'Digits', individual_digits: true },
      { type: 'Punctuation', behavior: 'Contiguous' },
      { type: 'CharDelimiterSplit', delimiter: '-' },
      { type: 'FixedLength', length: 4 },
      { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    ],
  },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [6], tokens: ['<s>'] } },
  },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'BPEDecoder', suffix: '</w>' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
}
const others = {
  WordPiece: {
    model: {
      type: 'WordPiece',
      vocab: { a: 0, '##b': 1, '[UNK]': 2 },
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
    post_processor: { type: 'BertProcessing', sep: ['a', 0], cls: ['##b', 1] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  },
  Unigram: {
    model: {
      type: 'Unigram',
      unk_id: 0,
      vocab: [
        ['<unk>', 0],
        ['a', -1],
        ['b', -2],
      ],
      byte_fallback: true,
    },
    normalizer: { type: 'Precompiled', precompiled_charsmap: '' },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
  },
}
const tokenizerConfig = {
  added_tokens_decoder: { 6: added },
  bos_token: '<s>',
  eos_token: { content: 'a', lstrip: false },
  extra_special_tokens: ['<x>'],
  image_token: 'b',
  eog_token_ids: [1],
  added_tokens_complete: false,
  chat_template: 'x',
  add_bos_token: true,
  model_max_length: 5,
}

describe('tokenizers', () => {
  test.each([['BPE', bpe], ...Object.entries(others)])('%s', (_, file) => {
    expect(strays(file, (changed) => walk(changed, null))).toEqual([])
  })
  test('tokenizer_config.json', () => {
    const several = { ...tokenizerConfig, chat_template: [{ name: 'default', template: 'x' }] }
    for (const config of [tokenizerConfig, several]) {
      expect(
        strays(config, (changed) => {
          chatTemplateOf(changed as object, null)
          walk(bpe, changed)
        }),
      ).toEqual([])
    }
  })
  test('the older files', () => {
    expect(strays({ '<x>': 6, '<y>': 7 }, (changed) => walk(bpe, withLegacyFiles({}, bpe, null, changed)))).toEqual([])
    expect(
      strays(
        { bos_token: { content: '<x>', lstrip: false }, eos_token: 'a', additional_special_tokens: ['<y>'] },
        (changed) => walk(bpe, withLegacyFiles({}, bpe, changed, { '<x>': 6 })),
      ),
    ).toEqual([])
    expect(strays(bpe, (changed) => walk(changed, withLegacyFiles({}, changed, null, { '<x>': 6 })))).toEqual([])
  })
})

const zero = (
  name: string,
  ...shape: number[]
): { name: string; shape: number[]; dtype: string; bytes: Uint8Array } => ({
  name,
  shape,
  dtype: 'F32',
  bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
})
const weights = writeSafetensors([
  zero('model.embed_tokens.weight', 16, 32),
  zero('model.norm.weight', 32),
  zero('lm_head.weight', 16, 32),
  ...['input', 'post_attention'].map((name) => zero(`model.layers.0.${name}_layernorm.weight`, 32)),
  ...(
    [
      ['self_attn.q', 32, 32],
      ['self_attn.k', 16, 32],
      ['self_attn.v', 16, 32],
      ['self_attn.o', 32, 32],
      ['mlp.gate', 48, 32],
      ['mlp.up', 48, 32],
      ['mlp.down', 32, 48],
    ] as const
  ).map(([name, n, k]) => zero(`model.layers.0.${name}_proj.weight`, n, k)),
])
const config = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  vocab_size: 16,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  rope_scaling: { rope_type: 'linear', factor: 2, other: 1 },
  hidden_act: 'silu',
  tie_word_embeddings: false,
  attention_bias: false,
  bos_token_id: 1,
  eos_token_id: [2],
  sliding_window: null,
  layer_types: ['full_attention'],
  quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true, bits: 4 },
  pruned_heads: {},
  some_word: 1,
}

/** One failure of many, awaited one after the other. */
async function straysOf(runs: Iterable<[string, () => Promise<unknown>]>): Promise<string[]> {
  const found: string[] = []
  for (const [name, run] of runs) {
    await run().catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.code === 'INTERNAL') {
        found.push(`${name}: ${(error as Error).message}`)
      }
    })
  }
  return found
}

describe('what a model is', () => {
  const plan = (files: Record<string, string>): Promise<unknown> =>
    planModel({ name: 'm', files: filesOf({ 'model.safetensors': weights, ...files }) })
  test('the file as it is opens', async () => {
    const { quantization_config: _, some_word: __, ...whole } = config
    await expect(plan({ 'config.json': JSON.stringify({ ...whole, rope_scaling: null }) })).resolves.toBeDefined()
  })
  /** JSON text, as it stands in the file: the deep list too */
  const text = (file: object, path: Path, what: unknown): string =>
    JSON.stringify(put(file, path, what === deep ? '@deep' : what)).replace(
      '"@deep"',
      '['.repeat(20_000) + ']'.repeat(20_000),
    )
  function* changed(
    name: string,
    file: object,
    more: Record<string, string>,
  ): Iterable<[string, () => Promise<unknown>]> {
    for (const path of paths(file)) {
      for (const [what, make] of Object.entries(hostile)) {
        yield [`${path.join('.')} = ${what}`, () => plan({ ...more, [name]: text(file, path, make()) })]
      }
    }
  }
  test('config.json', async () => {
    expect(await straysOf(changed('config.json', config, {}))).toEqual([])
  })
  test('generation_config.json', async () => {
    const generation = {
      bos_token_id: 1,
      eos_token_id: [2],
      temperature: 0.5,
      top_k: 5,
      stop_strings: ['a'],
      max_new_tokens: 4,
      other: 1,
      num_beams: 1,
      do_sample: true,
    }
    expect(
      await straysOf(
        changed('generation_config.json', generation, {
          'config.json': JSON.stringify({ ...config, quantization_config: null, rope_scaling: null }),
        }),
      ),
    ).toEqual([])
    expect(
      strays(generation, (given) =>
        samplingDefaults({
          generationConfig: given as Record<string, unknown>,
          older: given as Record<string, unknown>,
          metadata: null,
          context: 64,
        }),
      ),
    ).toEqual([])
  })
  test('the index of shards', async () => {
    const index = { metadata: { total_size: 1 }, weight_map: { 'lm_head.weight': 'model-00001-of-00001.safetensors' } }
    expect(
      await straysOf(changed('model.safetensors.index.json', index, { 'config.json': JSON.stringify(config) })),
    ).toEqual([])
  })
})

const number = (type: number, bytes: ArrayBufferView): GgufValue => ({ type, bytes: new Uint8Array(bytes.buffer) })
const ggufValues: Record<string, GgufValue> = {
  '2^64 - 1': number(10, BigUint64Array.of(2n ** 64n - 1n)),
  '-2^63': number(11, BigInt64Array.of(-(2n ** 63n))),
  NaN: number(6, Float32Array.of(NaN)),
  Infinity: number(12, Float64Array.of(Infinity)),
  zero: 0,
  'a half': number(6, Float32Array.of(0.5)),
  'a text': 'x',
  'a list': Int32Array.of(1, 2),
  texts: ['a', 'b'],
  true: true,
}
const tensors: GgufTensorToWrite[] = (
  [
    ['token_embd', 16, 32],
    ['output_norm', 32],
    ['output', 16, 32],
    ['blk.0.attn_norm', 32],
    ['blk.0.ffn_norm', 32],
    ['blk.0.attn_q', 32, 32],
    ['blk.0.attn_k', 16, 32],
    ['blk.0.attn_v', 16, 32],
    ['blk.0.attn_output', 32, 32],
    ['blk.0.ffn_gate', 48, 32],
    ['blk.0.ffn_up', 48, 32],
    ['blk.0.ffn_down', 32, 48],
  ] as const
).map(([name, ...shape]) => ({
  name: `${name}.weight`,
  shape,
  type: 0,
  bytes: new Uint8Array(4 * shape.reduce((a: number, b: number) => a * b, 1)),
}))
const ggufKeys: Record<string, GgufValue> = {
  ...llamaKeys(),
  'llama.attention.key_length': 8,
  'llama.attention.value_length': 8,
  'llama.rope.dimension_count': 8,
  'llama.rope.freq_base': 10000,
  'llama.vocab_size': 16,
  'general.alignment': 32,
  'general.sampling.temp': 1,
  'llama.expert_count': 0,
  'llama.attention.sliding_window': 0,
  'llama.rope.scaling.type': 'none',
  'llama.rope.scaling.factor': 1,
  'tokenizer.ggml.pre': 'llama-bpe',
  'tokenizer.ggml.model': 'gpt2',
  'split.count': 1,
  'split.no': 0,
  'llama.some_word': 1,
  ...Object.fromEntries(
    ['bos', 'eos', 'eot', 'padding', 'unknown'].map((name) => [`tokenizer.ggml.${name}_token_id`, 1]),
  ),
}
describe('a GGUF', () => {
  const plan = (key: string, value: GgufValue): Promise<unknown> =>
    planModel({ name: 'm', files: filesOf({ 'm.gguf': writeGguf({ ...ggufKeys, [key]: value }, tensors) }) })
  test('every key with every value', async () => {
    const runs = Object.keys(ggufKeys).flatMap((key) =>
      Object.entries(ggufValues).map(([what, value]): [string, () => Promise<unknown>] => [
        `${key} = ${what}`,
        () => plan(key, value),
      ]),
    )
    expect(await straysOf(runs)).toEqual([])
  })
  test.each([
    ['llama.embedding_length', 'NaN'],
    ['llama.attention.head_count', 'NaN'],
    ['llama.attention.head_count', 'zero'],
    ['llama.attention.key_length', 'NaN'],
    ['llama.rope.dimension_count', 'NaN'],
    ['llama.embedding_length', '2^64 - 1'],
    ['tokenizer.ggml.bos_token_id', '2^64 - 1'],
    ['tokenizer.ggml.eos_token_id', '2^64 - 1'],
    ['tokenizer.ggml.padding_token_id', '2^64 - 1'],
  ])('%s = %s is blamed itself', async (key, what) => {
    await expect(plan(key, ggufValues[what]!)).rejects.toMatchObject({ code: 'CONFIG_INVALID', facts: { key } })
  })
})

test('every value has a short text', () => {
  for (const make of Object.values(hostile)) expect(shown(make()).length).toBeLessThanOrEqual(80)
  expect([
    shown(2n ** 64n),
    shown('a'),
    plainly('a'),
    shown(undefined),
    shown(NaN),
    shown({ a: [1, '"'] }),
    shown(deep),
    shown(BigInt64Array.of(1n, 2n)),
    shown(JSON.parse('{"toString":1}')),
  ]).toEqual([
    '18446744073709551616',
    '"a"',
    'a',
    'nothing',
    'NaN',
    '{"a":[1,"\\""]}',
    '[[[[…]]]]',
    '[1, 2]',
    '{"toString":1}',
  ])
})
