// What config.json may say: values on both sides of each limit, and texts that are no config.

import { describe, expect, it } from 'vitest'
import { readText } from './text.ts'
import { checkConfig, parseJsonObject } from './config.ts'
import { filesOf, openFiles, writeSafetensors } from './testing.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
const code = (name: string, text = ''): unknown =>
  expect.objectContaining({ code: name, message: expect.stringContaining(text) })
const config = '{"model_type":"llama"}'
const weights = (name: string): Uint8Array =>
  writeSafetensors([{ name, dtype: 'F32', shape: [1], bytes: Uint8Array.of(0, 0, 128, 63) }])

describe('config.json', () => {
  const check = (changes: Record<string, unknown>): void => {
    checkConfig('config.json', { model_type: 'llama', num_attention_heads: 8, ...changes })
  }
  it('may hold values on the good side of each limit', () => {
    for (const good of [
      {},
      { num_hidden_layers: 1024 },
      { hidden_size: 2 ** 20 },
      { num_key_value_heads: 8 },
      { num_key_value_heads: null },
      { head_dim: null },
      { vocab_size: 2 ** 24 },
      { sliding_window: null },
      { rms_norm_eps: 1e-6 },
      { rope_theta: 5e5 },
      { eos_token_id: [1, 2] },
      { pad_token_id: -1 },
      { rope_scaling: null },
      { rope_scaling: false },
      { rope_scaling: [] },
      { rope_scaling: { truncate: 0 } },
      { rope_scaling: { type: 'linear', factor: 2 } },
      { layer_types: ['full_attention'] },
      { rope_parameters: { full_attention: { rope_type: 'x' } } },
      { unknown: { anything: [NaN] } },
    ]) {
      expect(() => {
        check(good)
      }).not.toThrow()
    }
  })
  it('names the key, the need and the value of everything else', () => {
    for (const bad of [
      { model_type: null },
      { model_type: 3 },
      { model_type: '' },
      { num_hidden_layers: 0 },
      { num_hidden_layers: 1025 },
      { num_hidden_layers: 1.5 },
      { num_hidden_layers: '2' },
      { num_hidden_layers: -1 },
      { num_hidden_layers: true },
      { hidden_size: 2 ** 20 + 1 },
      { hidden_size: 2 ** 53 },
      { hidden_size: [32] },
      { num_attention_heads: 0 },
      { num_key_value_heads: 3 },
      { num_key_value_heads: 16 },
      { head_dim: 0.5 },
      { vocab_size: 2 ** 24 + 1 },
      { max_position_embeddings: 0 },
      { rms_norm_eps: 0 },
      { rms_norm_eps: -1e-6 },
      { rms_norm_eps: 'NaN' },
      { rope_theta: 0 },
      { rope_theta: Infinity },
      { rope_theta: 1e300 },
      { partial_rotary_factor: 1.5 },
      { tie_word_embeddings: 'true' },
      { eos_token_id: 1.5 },
      { eos_token_id: 'end' },
      { eos_token_id: [[1]] },
      { rope_scaling: [1] },
      { rope_scaling: true },
      { rope_parameters: false },
      { rope_scaling: 'yarn' },
      { rope_scaling: { factor: 0 } },
      { rope_scaling: { factor: '2' } },
      { rope_parameters: { long_factor: [0] } },
      { layer_types: [1] },
      { sliding_window: -1 },
    ]) {
      expect(() => {
        check(bad)
      }, JSON.stringify(bad)).toThrow(code('CONFIG_INVALID', Object.keys(bad)[0]))
    }
  })
  it('is refused as text: not JSON, not an object, too long, not UTF-8', async () => {
    for (const text of ['', '{', '[]', '1', 'null', '{"a":NaN}', "{'a':1}"]) {
      await expect(openFiles({ 'config.json': text, 'model.safetensors': weights('a') }), text).rejects.toThrow(
        code('CONFIG_INVALID'),
      )
    }
    await expect(
      openFiles({ 'config.json': ascii('{"a":"\xff"}'), 'model.safetensors': weights('a') }),
    ).rejects.toThrow(code('FILE_FORMAT', 'UTF-8'))
    await expect(
      openFiles({ 'config.json': `${config}${' '.repeat(2 ** 20)}`, 'model.safetensors': weights('a') }),
    ).rejects.toThrow(code('FILE_FORMAT', 'bytes'))
    await expect(
      openFiles({
        'config.json': config,
        'generation_config.json': '{"eos_token_id":"x"}',
        'model.safetensors': weights('a'),
      }),
    ).rejects.toThrow(code('CONFIG_INVALID', 'generation_config'))
    expect(await readText(filesOf({ a: 'héllo' }), 'a', 10)).toBe('héllo')
    expect(await readText(filesOf({}), 'a', 10)).toBeNull()
  })
  it('cannot reach Object.prototype', () => {
    const value = parseJsonObject(
      'c',
      '{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    )
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect((Object.assign({}, value, value.a) as Record<string, unknown>).polluted).toBeUndefined()
  })
  it('tells of a quantization we do not know', async () => {
    const with_ = async (quant: unknown): Promise<unknown> =>
      await openFiles({
        'config.json': JSON.stringify({ model_type: 'llama', quantization_config: quant }),
        'model.safetensors': weights('a'),
      })
    await expect(with_({ quant_method: 'hqq' })).rejects.toThrow(code('DTYPE_UNSUPPORTED', 'packed as HQQ'))
    expect(await with_({ quant_method: 'bitsandbytes' })).toBeTruthy()
  })
})
