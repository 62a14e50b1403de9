// Opening a pile of files: what it is, which files make up the model, what its configs may say.

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobSource, bytesSource, type ByteSource } from './bytes.ts'
import { openCheckpoint, readText } from './checkpoint.ts'
import { checkConfig, parseJsonObject } from './config.ts'
import { detectFormat } from './detect.ts'
import { sniff } from './kinds.ts'
import { parseIndex } from './shards.ts'
import { filesOf, folderFiles, llamaKeys, writeGguf, writeSafetensors, type TensorToWrite } from './testing.ts'
import { canStack, planWeight, readVector, readWeight } from './weights.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
const code = (name: string, text = ''): unknown =>
  expect.objectContaining({ code: name, message: expect.stringContaining(text) })
const config = '{"model_type":"llama"}'
const tensor = (name: string, bytes = Uint8Array.of(0, 0, 128, 63)): TensorToWrite => ({
  name,
  dtype: 'F32',
  shape: [bytes.length / 4],
  bytes,
})
const weights = (...names: string[]): Uint8Array => writeSafetensors(names.map((name) => tensor(name)))
const open = async (entries: Record<string, Uint8Array | string>): ReturnType<typeof openCheckpoint> =>
  await openCheckpoint(filesOf(entries))

describe('what a file is, by its first bytes', () => {
  it.each([
    ['gguf', writeGguf({}, [])],
    ['safetensors', weights('a')],
    ['zip', ascii('PK\x03\x04rest')],
    ['pickle', ascii('\x80\x02}q\x00')],
    ['pickle', ascii('\x80\x04\x95rest')],
    ['gzip', new Uint8Array(gzipSync('x'))],
    ['hdf5', ascii('\x89HDF\r\n')],
    ['ggml', ascii('tjggrest')],
    ['html', ascii('<!DOCTYPE html><p>Sign in')],
    ['html', ascii('\xef\xbb\xbf\n <HTML>')],
    ['lfs', ascii('version https://git-lfs.github.com/spec/v1\noid sha256:0')],
    ['json', ascii('{"error":"not found"}')],
    ['text', ascii('Not Found')],
    ['unknown', ascii('\0\0\0\0\x01\x02')],
    ['empty', ascii('')],
  ])('%s', (kind, bytes) => {
    expect(sniff(bytes.subarray(0, 512), bytes.length)).toBe(kind)
  })

  it('is said in a sentence, whatever the name claims', async () => {
    const say = async (bytes: Uint8Array | string, name = 'model.safetensors'): Promise<unknown> =>
      await open({ 'config.json': config, [name]: bytes })
    await expect(say(ascii('PK\x03\x04rest'), 'pytorch_model.bin')).rejects.toThrow(code('FILE_FORMAT', 'PyTorch'))
    await expect(say(ascii('\x80\x02}q\x00'))).rejects.toThrow(code('FILE_FORMAT', 'pickle'))
    await expect(say('<html>Welcome to the airport Wi-Fi')).rejects.toThrow(code('FILE_FORMAT', 'web page'))
    await expect(say('version https://git-lfs.github.com/spec/v1\n')).rejects.toThrow(
      code('FILE_FORMAT', 'git lfs pull'),
    )
    await expect(say('{"error":1}')).rejects.toThrow(code('FILE_FORMAT', 'JSON'))
    await expect(say('')).rejects.toThrow(code('FILE_TRUNCATED', 'empty'))
    await expect(say(weights('a').subarray(0, 5))).rejects.toThrow(code('FILE_FORMAT'))
    await expect(say('nonsense\0\0', 'x.gguf')).rejects.toThrow(code('FILE_FORMAT', 'x.gguf'))
    expect((await say(weights('a'), 'weights.bin')) as object).toMatchObject({ format: 'safetensors' })
    expect((await open({ 'a.bin': writeGguf(llamaKeys(), []) })).format).toBe('gguf')
  })
})

describe('which files are the model', () => {
  it('finds a folder inside the names', async () => {
    for (const prefix of ['', 'Llama/', 'a/b/']) {
      const { files, tensors } = await open({
        [`${prefix}config.json`]: config,
        [`${prefix}model.safetensors`]: weights('a'),
        [`${prefix}tokenizer.json`]: '{}',
        'README.md': '',
      })
      expect([...files.keys()]).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']))
      expect([...tensors.keys()]).toEqual(['a'])
    }
    expect([
      ...(await detectFormat(filesOf({ 'm/x.gguf': writeGguf({}, []), 'm/tokenizer.json': '{}' }))).files.keys(),
    ]).toEqual(['x.gguf', 'tokenizer.json'])
  })
  it('says what is missing', async () => {
    await expect(open({})).rejects.toThrow(code('FILE_MISSING', 'No files'))
    await expect(open({ 'model.safetensors': weights('a') })).rejects.toThrow(code('FILE_MISSING', 'config.json'))
    await expect(open({ 'config.json': config, 'tokenizer.json': '{}' })).rejects.toThrow(
      code('FILE_MISSING', 'No weights'),
    )
    await expect(
      open({
        'a/config.json': config,
        'a/model.safetensors': weights('a'),
        'b/config.json': config,
        'b/model.safetensors': weights('a'),
      }),
    ).rejects.toThrow(code('FILE_FORMAT', 'more than one model'))
  })

  const index = (map: Record<string, string>): string =>
    JSON.stringify({ metadata: { total_size: 8 }, weight_map: map })
  const two = { 'config.json': config, 'one.safetensors': weights('a', 'extra'), 'two.safetensors': weights('b') }
  it('follows an index', async () => {
    const { tensors } = await open({
      ...two,
      'model.safetensors.index.json': index({ a: 'one.safetensors', b: 'two.safetensors' }),
    })
    expect([...tensors.keys()]).toEqual(['a', 'b'])
    await expect(
      open({ ...two, 'model.safetensors.index.json': index({ a: 'one.safetensors', c: 'two.safetensors' }) }),
    ).rejects.toThrow(code('TENSOR_MISSING', '"c"'))
    await expect(
      open({ ...two, 'model.safetensors.index.json': index({ a: 'one.safetensors', b: 'three.safetensors' }) }),
    ).rejects.toThrow(code('FILE_MISSING', 'three.safetensors'))
    await expect(
      open({
        ...two,
        'two.safetensors': '<html>',
        'model.safetensors.index.json': index({ a: 'one.safetensors', b: 'two.safetensors' }),
      }),
    ).rejects.toThrow(code('FILE_FORMAT', 'web page'))
  })
  it('takes numbered shards without an index, when they are complete', async () => {
    const shards = {
      'config.json': config,
      'model-00001-of-00002.safetensors': weights('a'),
      'model-00002-of-00002.safetensors': weights('b'),
    }
    expect([...(await open(shards)).tensors.keys()]).toEqual(['a', 'b'])
    const { 'model-00002-of-00002.safetensors': _, ...half } = shards
    await expect(open(half)).rejects.toThrow(code('FILE_MISSING', 'model-00002-of-00002'))
    await expect(open({ ...shards, 'model-00002-of-00002.safetensors': weights('a') })).rejects.toThrow(
      code('FILE_FORMAT', '"a"'),
    )
    await expect(open(two)).rejects.toThrow(code('FILE_FORMAT', 'index'))
  })
  it('opens the sharded golden model as one', async () => {
    const { tensors } = await openCheckpoint(folderFiles('fixtures/golden/llama_sharded'))
    expect(new Set([...tensors.values()].map(({ data }) => data.source.name)).size).toBe(2)
  })

  it('refuses every index path that could leave the folder', () => {
    const good = ['a.safetensors', 'sub/a.safetensors', 'a..b', '.hidden', 'A-1_2.x']
    const bad = [
      '',
      '.',
      '..',
      '../a',
      'a/../b',
      'a/..',
      './a',
      'a/./b',
      '/a',
      'a/',
      'a//b',
      'C:\\a',
      'a\\b',
      '%2e%2e/a',
      'http://x/a',
      '//x/a',
      'a?b',
      'a#b',
      'a b',
      'a\n',
      'ä',
      'a\u0000',
    ]
    for (const path of good) expect(parseIndex(index({ t: path })).get('t')).toBe(path)
    for (const path of bad) expect(() => parseIndex(index({ t: path })), path).toThrow(code('FILE_HEADER'))
    for (const text of [
      '',
      '[]',
      '{}',
      '{"weight_map":{}}',
      '{"weight_map":[]}',
      '{"weight_map":{"a":1}}',
      '{"weight_map":{"a":"x","a":"y"}}',
      '{"weight_map":{"a":"x"}}x',
    ]) {
      expect(() => parseIndex(text), text).toThrow(code('FILE_HEADER'))
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '/', 'a', '\\', '%', '2', 'e') }), (path) => {
        try {
          parseIndex(index({ t: path }))
        } catch {
          return
        }
        const { href } = new URL(path, 'https://host/base/')
        expect(href).toBe(`https://host/base/${path}`)
      }),
      { numRuns: 3000 },
    )
  })
})

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
      await expect(open({ 'config.json': text, 'model.safetensors': weights('a') }), text).rejects.toThrow(
        code('CONFIG_INVALID'),
      )
    }
    await expect(open({ 'config.json': ascii('{"a":"\xff"}'), 'model.safetensors': weights('a') })).rejects.toThrow(
      code('FILE_FORMAT', 'UTF-8'),
    )
    await expect(
      open({ 'config.json': `${config}${' '.repeat(2 ** 20)}`, 'model.safetensors': weights('a') }),
    ).rejects.toThrow(code('FILE_FORMAT', 'bytes'))
    await expect(
      open({
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
      await open({
        'config.json': JSON.stringify({ model_type: 'llama', quantization_config: quant }),
        'model.safetensors': weights('a'),
      })
    await expect(with_({ quant_method: 'gptq' })).rejects.toThrow(code('DTYPE_UNSUPPORTED', 'packed as GPTQ'))
    expect(await with_({ quant_method: 'bitsandbytes' })).toBeTruthy()
  })
})

describe('bitsandbytes tensors', () => {
  type Change = (parts: Map<string, TensorToWrite>, state: Record<string, unknown>) => void
  const floats = (n: number): Uint8Array => new Uint8Array(new Float32Array(n).fill(1).buffer)
  /** a (3, 50) weight, double quantized, with one thing changed */
  const nf4 = async (change: Change = () => {}, type = 'nf4'): ReturnType<typeof openCheckpoint> => {
    const state = {
      quant_type: 'nf4',
      blocksize: 64,
      dtype: 'float32',
      shape: [3, 50],
      nested_blocksize: 256,
      nested_dtype: 'float32',
      nested_offset: 0.5,
    }
    const part = (name: string, dtype: string, bytes: Uint8Array): [string, TensorToWrite] => [
      name,
      { name, dtype, shape: [bytes.length / (dtype === 'F32' ? 4 : 1)], bytes },
    ]
    const parts = new Map([
      part('w', 'U8', new Uint8Array(75)),
      part('w.absmax', 'U8', new Uint8Array(3)),
      part('w.quant_map', 'F32', floats(16)),
      part('w.nested_absmax', 'F32', floats(1)),
      part('w.nested_quant_map', 'F32', floats(256)),
    ])
    change(parts, state)
    const text = new TextEncoder().encode(JSON.stringify(state))
    const name = `w.quant_state.bitsandbytes__${type}`
    return await open({
      'config.json': config,
      'model.safetensors': writeSafetensors([
        ...parts.values(),
        { name, dtype: 'U8', shape: [text.length], bytes: text },
      ]),
    })
  }
  it('become one tensor', async () => {
    const { tensors } = await nf4()
    expect([...tensors.keys()]).toEqual(['w'])
    expect(tensors.get('w')).toMatchObject({ dtype: 'NF4', shape: [3, 50] })
    expect(tensors.get('w')!.byteLength).toBeGreaterThan(75 + 3 + 64 + 4 + 1024)
  })
  it('with another code book are refused when read', async () => {
    const checkpoint = await nf4()
    await expect(readWeight(checkpoint, [{ tensor: 'w', rows: 3 }], 50, 'native').next()).rejects.toThrow(
      code('DTYPE_UNSUPPORTED', 'code book'),
    )
  })
  const resize =
    (name: string, n: number): Change =>
    (parts) => {
      const p = parts.get(name)!
      p.bytes = new Uint8Array(n * (p.dtype === 'F32' ? 4 : 1))
      p.shape = [n]
    }
  const changes: [string, Change, string?][] = [
    ['codes too short', resize('w', 74)],
    ['codes too long', resize('w', 76)],
    ['absmax too short', resize('w.absmax', 2)],
    ['a code book of 15', resize('w.quant_map', 15)],
    ['two nested scales', resize('w.nested_absmax', 2)],
    ['a nested map of 255', resize('w.nested_quant_map', 255)],
    [
      'no codes',
      (p) => {
        p.delete('w')
      },
    ],
    [
      'no absmax',
      (p) => {
        p.delete('w.absmax')
      },
    ],
    [
      'no nested absmax',
      (p) => {
        p.delete('w.nested_absmax')
      },
    ],
    [
      'f32 absmax with a nested state',
      (p) => {
        p.set('w.absmax', { name: 'w.absmax', dtype: 'F32', shape: [3], bytes: floats(3) })
      },
    ],
    [
      'quant_type fp4 in nf4',
      (_, s) => {
        s.quant_type = 'fp4'
      },
    ],
    [
      'quant_type int3',
      (_, s) => {
        s.quant_type = 'int3'
      },
    ],
    [
      'blocksize 48',
      (_, s) => {
        s.blocksize = 48
      },
    ],
    [
      'blocksize text',
      (_, s) => {
        s.blocksize = '64'
      },
    ],
    [
      'one dimension',
      (_, s) => {
        s.shape = [150]
      },
    ],
    [
      'a dimension of 0',
      (_, s) => {
        s.shape = [0, 50]
      },
    ],
    [
      'a huge shape',
      (_, s) => {
        s.shape = [2 ** 32, 2 ** 32]
      },
    ],
    [
      'a fraction',
      (_, s) => {
        s.shape = [1.5, 100]
      },
    ],
    [
      'nested blocksize 128',
      (_, s) => {
        s.nested_blocksize = 128
      },
    ],
    [
      'no offset',
      (_, s) => {
        delete s.nested_offset
      },
    ],
    [
      'an offset of text',
      (_, s) => {
        s.nested_offset = 'x'
      },
    ],
    [
      'an infinite offset',
      (_, s) => {
        s.nested_offset = 1e99
      },
    ],
    [
      'a state too long',
      (_, s) => {
        s.more = 'x'.repeat(4096)
      },
    ],
  ]
  it.each(changes)('refuse %s', async (_, change) => {
    await expect(nf4(change)).rejects.toThrow(code('FILE_HEADER', '"w"'))
  })
  it('of LLM.int8 are refused by name when planned', async () => {
    const bytes = new Uint8Array(6)
    const checkpoint = await open({
      'config.json': config,
      'model.safetensors': writeSafetensors([
        { name: 'x.weight', dtype: 'I8', shape: [2, 3], bytes },
        { name: 'x.SCB', dtype: 'F32', shape: [2], bytes: floats(2) },
        { name: 'y.weight', dtype: 'I8', shape: [2, 3], bytes },
      ]),
    })
    expect(() => planWeight(checkpoint, [{ tensor: 'x.weight', rows: 2 }], 3, 'native')).toThrow(
      code('DTYPE_UNSUPPORTED', 'LLM.int8'),
    )
    expect(() => planWeight(checkpoint, [{ tensor: 'y.weight', rows: 2 }], 3, 'native')).toThrow(
      code('DTYPE_UNSUPPORTED', 'stored as I8'),
    )
  })
})

describe('planning and reading weights', () => {
  const f32 = (name: string, shape: number[]): TensorToWrite => ({
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  })
  const half = (name: string, shape: number[], dtype = 'F16'): TensorToWrite => ({
    name,
    dtype,
    shape,
    bytes: new Uint8Array(2 * shape.reduce((a, b) => a * b, 1)),
  })
  const made = async (): ReturnType<typeof openCheckpoint> =>
    await open({
      'config.json': config,
      'model.safetensors': writeSafetensors([
        f32('a', [4, 16]),
        f32('b', [2, 16]),
        f32('odd', [3, 5]),
        half('h', [2, 16]),
        half('ho', [3, 5]),
        half('bf', [2, 16], 'BF16'),
        f32('v', [7]),
        half('vb', [3], 'BF16'),
        f32('s', []),
        half('empty', [0, 16]),
      ]),
    })
  it('refuses wrong names and shapes with both in the sentence', async () => {
    const checkpoint = await made()
    expect(() => planWeight(checkpoint, [{ tensor: 'nope', rows: 4 }], 16, 'native')).toThrow(
      code('TENSOR_MISSING', '"nope"'),
    )
    expect(() => planWeight(checkpoint, [{ tensor: 'a', rows: 16 }], 4, 'native')).toThrow(
      code('TENSOR_SHAPE', 'must be (16, 4), the file has (4, 16)'),
    )
    expect(() => planWeight(checkpoint, [{ tensor: 'v', rows: 7 }], 1, 'native')).toThrow(code('TENSOR_SHAPE'))
    await expect(readVector(checkpoint, 'a')).rejects.toThrow(code('TENSOR_SHAPE'))
    expect(await readVector(checkpoint, 'v')).toEqual(new Float32Array(7))
    expect(await readVector(checkpoint, 'vb')).toEqual(new Float32Array(3))
  })
  it('stacks only what meets at whole blocks and words', async () => {
    const checkpoint = await made()
    expect(canStack(checkpoint, ['a', 'b'], 16, 'nf4')).toBe(true) // 64 + 32 elements
    expect(canStack(checkpoint, ['b', 'a'], 16, 'nf4')).toBe(false) // the seam is inside a block
    expect(canStack(checkpoint, ['b', 'a'], 16, 'i8')).toBe(true)
    expect(canStack(checkpoint, ['b', 'a'], 16, 'native')).toBe(true)
    expect(canStack(checkpoint, ['a', 'h'], 16, 'native')).toBe(false)
    expect(canStack(checkpoint, ['h', 'bf'], 16, 'native')).toBe(false)
    expect(canStack(checkpoint, ['a', 'h'], 16, 'nf4')).toBe(true)
    expect(canStack(checkpoint, ['ho', 'ho'], 5, 'native')).toBe(false) // 15 halves end inside a word
    expect(canStack(checkpoint, ['odd', 'odd'], 5, 'native')).toBe(true)
    expect(() =>
      planWeight(
        checkpoint,
        [
          { tensor: 'b', rows: 2 },
          { tensor: 'a', rows: 4 },
        ],
        16,
        'nf4',
      ),
    ).toThrow(code('DTYPE_UNSUPPORTED', 'seam'))
  })
  it('stops between chunks when asked', async () => {
    const checkpoint = await made()
    const stop = new AbortController()
    const chunks = readWeight(checkpoint, [{ tensor: 'a', rows: 4 }], 16, 'native', {
      signal: stop.signal,
      chunkBytes: 64,
    })
    expect((await chunks.next()).value).toMatchObject({ plane: 'codes', offset: 0 })
    stop.abort()
    await expect(chunks.next()).rejects.toThrow(code('ABORTED'))
    await expect(
      openCheckpoint(filesOf({ 'config.json': config, 'model.safetensors': weights('a') }), stop.signal),
    ).rejects.toThrow(code('ABORTED'))
  })
  it('reads no more than a chunk or a row at once', async () => {
    let largest = 0
    const bytes = writeSafetensors([f32('a', [64, 256])])
    const inner = blobSource('model.safetensors', new Blob([bytes as Uint8Array<ArrayBuffer>]))
    const source: ByteSource = {
      ...inner,
      read: async (offset, length) => {
        largest = Math.max(largest, length)
        return await inner.read(offset, length)
      },
    }
    const checkpoint = await openCheckpoint(
      new Map([
        ['config.json', bytesSource('config.json', ascii(config))],
        ['model.safetensors', source],
      ]),
    )
    for (const target of ['native', 'nf4', 'i8'] as const) {
      for await (const { bytes: chunk } of readWeight(checkpoint, [{ tensor: 'a', rows: 64 }], 256, target, {
        chunkBytes: 4096,
      })) {
        expect(chunk.length).toBeLessThanOrEqual(4096)
      }
    }
    expect(largest).toBe(4096)
  })
})
