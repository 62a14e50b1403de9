// Keys and tensors of a GGUF that the numbers depend on: computed with, refused by name, or listed. Heads of files
// only.

import type { RopeSpec } from '../model/rope-table.ts'
import { describe, expect, test } from 'vitest'
import type { EngineError } from '../errors.ts'
import { planModel } from '../index.ts'
import { openModel } from '../load.ts'
import type { ModelFiles } from './bytes.ts'
import { foreignGgufKeys, irrelevantGgufKeys, offGgufKeys } from './gguf-keys.ts'
import { ropeKeys } from './gguf-rope.ts'
import { filesOf, llamaKeys, writeGguf, type GgufTensorToWrite, type GgufValue } from './testing.ts'

const f32 = (value: number): GgufValue => ({ type: 6, bytes: new Uint8Array(Float32Array.of(value).buffer) })
const tensor = (name: string, ...shape: number[]): GgufTensorToWrite => ({
  name,
  shape,
  type: 0,
  bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
})
const plain = [
  tensor('token_embd.weight', 16, 32),
  tensor('output_norm.weight', 32),
  tensor('output.weight', 16, 32),
  tensor('blk.0.attn_norm.weight', 32),
  tensor('blk.0.ffn_norm.weight', 32),
  tensor('blk.0.attn_q.weight', 32, 32),
  tensor('blk.0.attn_k.weight', 16, 32),
  tensor('blk.0.attn_v.weight', 16, 32),
  tensor('blk.0.attn_output.weight', 32, 32),
  tensor('blk.0.ffn_gate.weight', 48, 32),
  tensor('blk.0.ffn_up.weight', 48, 32),
  tensor('blk.0.ffn_down.weight', 32, 48),
]
const file = (
  keys: Record<string, GgufValue> = {},
  more: GgufTensorToWrite[] = [],
  missing: readonly string[] = [],
): ModelFiles =>
  filesOf({
    'm.gguf': writeGguf({ ...llamaKeys(), 'tokenizer.ggml.pre': 'llama-bpe', ...keys }, [
      ...plain.filter(({ name }) => !missing.includes(name)),
      ...more,
    ]),
  })
const notices = async (files: ModelFiles) =>
  (await planModel({ name: 'm', files })).info.notices
    .filter(({ code }) => code !== 'PRE_ASSUMED')
    .map(({ code, facts }) => [code, facts['keys'] ?? facts['names']])
const refused = (files: ModelFiles): Promise<EngineError> =>
  planModel({ name: 'm', files }).then(
    () => {
      throw new Error('it was taken')
    },
    (error: unknown) => error as EngineError,
  )
const rope = async (keys: Record<string, GgufValue>, more?: GgufTensorToWrite[]) =>
  (await openModel({ name: 'm', files: file(keys, more) })).plan.tables['rope']!.spec as RopeSpec

describe('keys', () => {
  test('a plain file has nothing to tell', async () => {
    expect(await notices(file())).toEqual([])
  })
  test('no key stands in two lists', () => {
    const all = [...ropeKeys, ...irrelevantGgufKeys, ...Object.keys(foreignGgufKeys), ...Object.keys(offGgufKeys)]
    expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([])
  })
  test.each<[string, GgufValue, string]>([
    ['llama.attn_logit_softcapping', f32(50), '"llama.attn_logit_softcapping" = 50'],
    ['llama.final_logit_softcapping', f32(30), 'final_logit_softcapping'],
    ['llama.logit_scale', f32(8), 'logit_scale'],
    ['llama.embedding_scale', f32(12), 'embedding_scale'],
    ['llama.residual_scale', f32(0.22), 'residual_scale'],
    ['llama.attention.scale', f32(0.5), 'attention.scale'],
    ['llama.attention.clamp_kqv', f32(8), 'clamp_kqv'],
    ['llama.attention.max_alibi_bias', f32(8), 'max_alibi_bias'],
    ['llama.attention.causal', false, 'attention in both directions'],
    ['llama.use_parallel_residual', true, 'use_parallel_residual'],
    ['llama.expert_count', 8, 'llama.expert_used_count'],
    ['llama.attention.layer_norm_epsilon', f32(1e-5), 'layer_norm_epsilon'],
    ['llama.rope.scaling.yarn_log_multiplier', f32(0.1), 'yarn_log_multiplier'],
    ['llama.rope.dimension_sections', Int32Array.of(1, 1, 2, 0), 'dimension_sections'],
    ['llama.rope.scaling.type', 'longrope', 'longrope'],
  ])('%s = %j is refused', async (key, value, word) => {
    const { code, message } = await refused(file({ [key]: value }))
    expect(['FAMILY_UNSUPPORTED', 'CONFIG_INVALID']).toContain(code)
    expect(message).toContain(word)
  })
  test('values that say "as usual" are let through, and the rest is listed', async () => {
    expect(
      await notices(
        file({
          'llama.attention.scale': f32(8 ** -0.5),
          'llama.logit_scale': f32(1),
          'llama.attn_logit_softcapping': f32(0),
          'llama.expert_count': 0,
          'llama.attention.causal': true,
          'llama.rope.scaling.finetuned': true,
          'general.author': 'x',
        }),
      ),
    ).toEqual([])
    expect(
      await notices(file({ 'llama.some_word': 3, 'other.key': 'a', 'llama.some_list': Int32Array.of(1, 2) })),
    ).toEqual([['KEYS_UNKNOWN', 'llama.some_word = 3, other.key = a, llama.some_list = [1, 2]']])
  })
  test.each([7, 999, false, 'many'])(
    "how many tokens there are is the embedding's rows, not vocab_size = %j",
    async (value) => {
      const files = file({ 'llama.vocab_size': value })
      expect((await openModel({ name: 'm', files })).info.vocab).toBe(16)
      expect(await notices(files)).toEqual([])
    },
  )
  test('a scaling factor without a type is linear, as in llama.cpp; a type "none" is none', async () => {
    expect((await rope({ 'llama.rope.scaling.factor': f32(4) })).scaling).toEqual({ type: 'linear', factor: 4 })
    expect((await rope({ 'llama.rope.scale_linear': f32(2) })).scaling).toEqual({ type: 'linear', factor: 2 })
    expect((await rope({ 'llama.rope.scaling.type': 'none', 'llama.rope.scaling.factor': f32(4) })).scaling).toEqual({
      type: 'default',
    })
    expect((await rope({ 'llama.rope.scaling.factor': f32(0) })).scaling).toEqual({ type: 'default' })
  })
  test('rope_freqs with another scaling than a linear one is refused: one of them would be lost', async () => {
    const freqs = { ...tensor('rope_freqs.weight', 4), bytes: new Uint8Array(Float32Array.of(1, 1, 2, 8).buffer) }
    expect((await rope({}, [freqs])).scaling).toEqual({ type: 'factors', factors: [1, 1, 2, 8] })
    expect(
      (await refused(file({ 'llama.rope.scaling.type': 'yarn', 'llama.rope.scaling.factor': f32(4) }, [freqs])))
        .message,
    ).toContain('rope_freqs.weight')
  })
})

describe('tensors', () => {
  test('one that is missing is told by its own name, with no other names than the file has', async () => {
    const files = file({ 'llama.vocab_size': 16 }, [], ['token_embd.weight'])
    const { code, message, facts } = await refused(files)
    expect(code).toBe('TENSOR_MISSING')
    expect(message).toContain('"token_embd.weight" of shape (16, 32)')
    expect(`${message} ${JSON.stringify(facts)}`).not.toContain('model.')
  })
  test.each([
    ['blk.0.attn_sub_norm.weight', 32],
    ['output.bias', 16],
    ['blk.0.attn_q_norm.weight', 8],
    ['blk.0.attn_q.scale', 1],
    ['rope_factors_long.weight', 4],
    ['token_embd_norm.weight', 32],
  ])('%s is refused by name', async (name, n) => {
    const error = await refused(file({}, [tensor(name, n)]))
    expect(error.code).toBe('TENSOR_UNUSED')
    expect(error.facts['count']).toBe(1)
  })
  test('biases are computed with, wherever they stand', async () => {
    const { plan } = await openModel({
      name: 'm',
      files: file({}, [tensor('blk.0.attn_v.bias', 16), tensor('blk.0.ffn_down.bias', 32)]),
    })
    expect(Object.keys(plan.vectors).filter((name) => name.endsWith('.bias'))).toEqual([
      'model.layers.0.self_attn.v_proj.bias',
      'model.layers.0.mlp.down_proj.bias',
    ])
  })
  test('layers beyond the count, and tables that the engine makes itself', async () => {
    expect(
      await notices(file({}, [tensor('blk.1.attn_norm.weight', 32), tensor('blk.0.rope_freqs.weight', 4)])),
    ).toEqual([['LAYERS_UNREAD', 'model.layers.1.input_layernorm.weight']])
  })
})
