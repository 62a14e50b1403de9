// What a config.json means, against transformers: fixtures/configs.json holds 200 configs of tiny models, hand-picked
// and drawn by chance, and the last row of logits that transformers gave for each, or its refusal
// (tools/reference/configs.py).

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { filesOf, writeSafetensors } from '../formats/testing.ts'
import { openModel, placeModel } from '../load.ts'
import { hashedWeight } from '../testing/hashed.ts'
import { readConfig } from './config.ts'
import type { Family, ShapeOf, Stack } from './describe.ts'
import { describe as describeModel, families } from './families/index.ts'
import { foreignKeys, generationKeys, irrelevantKeys } from './keys.ts'

type Json = Record<string, unknown>
interface Case {
  name: string
  config: Json
  ids: number[]
  prefill?: number
  tensors: number
  last?: number[]
  error?: string
}
const { defaults, shapes, cases } = JSON.parse(readFileSync('fixtures/configs.json', 'utf8')) as {
  defaults: Record<string, Json>
  shapes: Record<string, number[]>[]
  cases: Case[]
}

async function lastRow({ config, ids, tensors, prefill = ids.length }: Case): Promise<Float32Array> {
  const file = writeSafetensors(
    Object.entries(shapes[tensors]!).map(([name, shape]) => ({
      name,
      shape,
      dtype: 'F32',
      bytes: new Uint8Array(hashedWeight(name, shape).buffer),
    })),
  )
  const options = { linear: 'keep', embedding: 'keep', device: 'reference', context: 64 } as const
  const model = await openModel(
    { name: 'tiny', files: filesOf({ 'config.json': JSON.stringify(config), 'model.safetensors': file }) },
    options,
  )
  const { runtime } = await placeModel(model, options)
  let [row] = await runtime.forward(ids.slice(0, prefill), 'last')
  for (const id of ids.slice(prefill)) [row] = await runtime.forward([id], 'last')
  return row!
}

/**
 * Numbers that transformers gives and we refuse: it makes up what is missing, or leaves out a key in silence. Each with
 * what the sentence must name.
 */
const refused: [RegExp, code: string, word: string][] = [
  // their parameters are in no file here; transformers starts them anew
  [/^act (prelu|xielu)$/, 'FAMILY_UNSUPPORTED', 'hidden_act'],
  [/^untied without head/, 'TENSOR_MISSING', 'lm_head.weight'], // transformers: a random head
  [/^attention_bias without the tensors, (llama|qwen3)/, 'TENSOR_MISSING', '_proj.bias'],
  [/^rope nested(, mistral)?$/, 'FAMILY_UNSUPPORTED', 'rope_parameters.full_attention'],
  [/^keys of others/, 'FAMILY_UNSUPPORTED', 'attn_logit_softcapping'],
  [/^layer_types, (llama|mistral)/, 'FAMILY_UNSUPPORTED', 'layer_types'],
  [/^not causal/, 'FAMILY_UNSUPPORTED', 'is_causal'],
]

describe('configs as transformers understands them', () => {
  test('there are many, of every family, and most have numbers', () => {
    expect(cases.filter((c) => c.last).length).toBeGreaterThan(170)
    for (const name of ['llama', 'mistral', 'qwen2', 'qwen3']) {
      expect(
        cases.filter((c) => c.config['model_type'] === name && c.name.startsWith('chance')).length,
      ).toBeGreaterThan(2)
    }
  })
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (name, given) => {
    const expected = refused.find(([pattern]) => pattern.test(name))
    if (given.last && !expected) {
      const row = await lastRow(given)
      const peak = Math.max(...given.last.map(Math.abs))
      given.last.forEach((v, i) => {
        if (!(Math.abs(row[i]! - v) / peak < 1e-4)) expect.fail(`logit ${i}: ${row[i]} instead of ${v}`)
      })
      return
    }
    const error: unknown = await lastRow(given).then(
      () => 'it was taken',
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(EngineError)
    if (expected) {
      expect({
        code: (error as EngineError).code,
        named: (error as EngineError).message.includes(expected[2]),
      }).toEqual({ code: expected[1], named: true })
    } else expect(['CONFIG_INVALID', 'FAMILY_UNSUPPORTED', 'TENSOR_MISSING']).toContain((error as EngineError).code)
  })
})

describe('the lists of keys', () => {
  const base: Json = {
    vocab_size: 41,
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 8,
    max_position_embeddings: 64,
  }
  /** the keys of `config` that the family looks at */
  function read(family: Family, config: Json, shapeOf: ShapeOf = () => undefined): Set<string> {
    const seen = new Set(['model_type']) // by which it was chosen
    const watched = new Proxy(
      { model_type: family.types[0], ...config },
      {
        getOwnPropertyDescriptor: (target, key) => {
          seen.add(String(key))
          return Reflect.getOwnPropertyDescriptor(target, key)
        },
      },
    )
    family.describe(readConfig(watched), shapeOf).block(0)
    return seen
  }
  test.each(families.map((f) => [f.name, f] as const))('%s reads the keys it names, and no other', (_, family) => {
    const { keys } = family
    const seen = new Set([
      ...read(family, base),
      ...read(family, { ...base, use_sliding_window: true, layer_types: undefined }),
      // with no other key: what a family calls otherwise, and what counts only where something else is said
      ...read(family, {}),
      ...read(family, { new_decoder_architecture: true }),
      ...read(family, { multi_query_attention: true }),
      // what counts for one of its heads only
      ...read(family, { attn_type: 'uni', architectures: ['XLNetLMHeadModel'] }, () => [4]),
      ...read(family, { architectures: ['XLNetForSequenceClassification'] }, () => [2, 4]),
    ])
    // a family may look at what changes no number of the others, and at the class' name, which tells the head
    expect(
      [...seen].filter((key) => !keys.includes(key) && !irrelevantKeys.has(key) && key !== 'architectures'),
    ).toEqual([])
    // those that say how weights are packed are read with the weights
    expect(keys.filter((key) => !seen.has(key) && !key.startsWith('quantization_'))).toEqual([])
  })
  /** All that a config comes to, as data */
  function meant(config: Json): unknown {
    const { block, encoder, ignored: _, ...rest } = describeModel(config)
    const blocks = ({ layers, block: of }: Pick<Stack, 'layers' | 'block'>) =>
      Array.from({ length: layers }, (__, i) => of(i))
    const { block: own, ...read } = encoder ?? { layers: 0, block }
    return {
      ...rest,
      blocks: blocks({ layers: rest.dims.layers, block }),
      encoder: { ...read, blocks: blocks({ ...read, block: own }) },
    }
  }
  test.each(Object.keys(defaults))("what %s leaves out is what transformers' config class has", (model_type) => {
    expect(meant({ model_type })).toEqual(meant({ ...defaults[model_type], model_type }))
    expect(defaults[model_type]!['vocab_size']).toBe(describeModel({ model_type }).dims.V)
  })
  test('of every family that transformers has', () => {
    const others = new Set(['baichuan', 'rnn', 'lstm', 'chatglm', 'stablelm_epoch'])
    const types = families.flatMap((family) => family.types).filter((type) => !others.has(type))
    expect(types.filter((type) => !Object.hasOwn(defaults, type))).toEqual([])
  })
  test('no key stands in two lists', () => {
    const computed = new Set(families.flatMap((f) => f.keys))
    // a foreign key may be one that a family computes with: it stays foreign to all others
    for (const key of Object.keys(foreignKeys)) expect([key, irrelevantKeys.has(key)]).toEqual([key, false])
    for (const key of irrelevantKeys) {
      expect([key, computed.has(key), generationKeys.has(key)]).toEqual([key, false, false])
    }
    for (const key of generationKeys) {
      expect([key, computed.has(key), Object.hasOwn(foreignKeys, key)]).toEqual([key, false, false])
    }
  })
  test('a key of another design is refused by name, unless it says "as usual"', () => {
    for (const [key, value] of Object.entries({
      attn_logit_softcapping: 50,
      final_logit_softcapping: 30,
      logits_scaling: 8,
      embedding_multiplier: 12,
      residual_multiplier: 0.22,
      query_pre_attn_scalar: 144,
      clip_qkv: 8,
      qk_layernorm: true,
      no_rope_layers: [1, 0],
      rope_interleaved: true,
      num_experts: 8,
      num_local_experts: 8,
      rope_local_base_freq: 10000,
      per_layer_config: { 1: {} },
    })) {
      expect(() => describeModel({ ...base, model_type: 'llama', [key]: value }), key).toThrow(`"${key}"`)
      expect(describeModel({ ...base, model_type: 'llama', [key]: null }).ignored, key).toEqual([])
    }
    expect(
      describeModel({
        ...base,
        model_type: 'llama',
        query_pre_attn_scalar: 8,
        no_rope_layers: [1, 1],
        num_experts: 0,
        logits_scaling: 1,
      }).ignored,
    ).toEqual([])
  })
  test('configs as they are published have nothing to tell', () => {
    const shared = {
      architectures: ['X'],
      attention_dropout: 0,
      bos_token_id: 1,
      eos_token_id: [2, 3],
      hidden_act: 'silu',
      initializer_range: 0.02,
      rms_norm_eps: 1e-6,
      torch_dtype: 'bfloat16',
      transformers_version: '4.43.1',
      use_cache: true,
    }
    for (const published of [
      {
        model_type: 'llama',
        hidden_size: 576,
        intermediate_size: 1536,
        max_position_embeddings: 8192,
        num_attention_heads: 9,
        num_hidden_layers: 30,
        num_key_value_heads: 3,
        is_llama_config: true,
        attention_bias: false,
        mlp_bias: false,
        pretraining_tp: 1,
        rope_interleaved: false,
        rope_scaling: null,
        rope_theta: 100000,
        tie_word_embeddings: true,
        'transformers.js_config': { kv_cache_dtype: { fp16: 'float16' } },
        vocab_size: 49152,
      }, // SmolLM2
      {
        model_type: 'llama',
        hidden_size: 2048,
        head_dim: 64,
        intermediate_size: 8192,
        max_position_embeddings: 131072,
        num_attention_heads: 32,
        num_hidden_layers: 16,
        num_key_value_heads: 8,
        rope_theta: 500000,
        vocab_size: 128256,
        rope_scaling: {
          factor: 32,
          high_freq_factor: 4,
          low_freq_factor: 1,
          original_max_position_embeddings: 8192,
          rope_type: 'llama3',
        },
        tie_word_embeddings: true,
      }, // Llama 3.2
      {
        model_type: 'qwen2',
        hidden_size: 1536,
        intermediate_size: 8960,
        num_attention_heads: 12,
        num_hidden_layers: 28,
        num_key_value_heads: 2,
        vocab_size: 151936,
        use_mrope: false,
        sliding_window: 4096,
        use_sliding_window: false,
        max_window_layers: 21,
      },
      {
        model_type: 'qwen3',
        hidden_size: 1024,
        head_dim: 128,
        intermediate_size: 3072,
        num_attention_heads: 16,
        num_hidden_layers: 28,
        num_key_value_heads: 8,
        vocab_size: 151936,
        attention_bias: false,
        sliding_window: null,
        use_sliding_window: false,
        max_window_layers: 28,
        rope_scaling: null,
      },
      {
        model_type: 'mistral',
        hidden_size: 4096,
        intermediate_size: 14336,
        num_attention_heads: 32,
        num_hidden_layers: 32,
        num_key_value_heads: 8,
        vocab_size: 32768,
        sliding_window: null,
        rope_theta: 1000000,
        tie_word_embeddings: false,
      },
    ]) {
      expect(describeModel({ ...shared, ...published }).ignored).toEqual([])
    }
  })
  test('the rest is listed with its value: what the family does not read, and what nobody knows', () => {
    const { ignored } = describeModel({
      ...base,
      model_type: 'llama',
      sliding_window: 6,
      use_sliding_window: true,
      word: [1, 2],
      number: Infinity,
      nothing: null,
      torch_dtype: 'bfloat16',
      attention_dropout: 0.1,
    })
    expect(ignored).toEqual([
      { key: 'sliding_window', value: '6', why: 'family' },
      { key: 'use_sliding_window', value: 'true', why: 'family' },
      { key: 'word', value: '[1,2]', why: 'unknown' },
      { key: 'number', value: 'Infinity', why: 'unknown' },
    ])
    expect(describeModel({ ...base, model_type: 'mistral', attention_bias: true, mlp_bias: false }).ignored).toEqual([
      { key: 'attention_bias', value: 'true', why: 'family' },
    ])
  })
})
