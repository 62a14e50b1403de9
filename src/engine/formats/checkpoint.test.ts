// Opening a pile of files: what it is, and which of them make up the model.

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectFormat } from './detect.ts'
import { sniff } from './kinds.ts'
import { parseIndex } from './shards.ts'
import {
  filesOf,
  folderFiles,
  llamaKeys,
  writeGguf,
  writeSafetensors,
  type TensorToWrite,
  openFiles,
  openModelFiles,
} from './testing.ts'

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
const open = openFiles

describe('what a file is, by its first bytes', () => {
  it.each([
    ['gguf', writeGguf({}, [])],
    ['safetensors', weights('a')],
    ['zip', ascii('PK\x03\x04rest')],
    ['pickle', ascii('\x80\x02}q\x00')],
    ['pickle', ascii('\x80\x04\x95rest')],
    ['pickle', ascii('(dp0\nVa\np1\n')],
    ['torch', ascii(`PK\x03\x04${'\0'.repeat(26)}pytorch_model/data.pkl`)],
    ['torch', ascii('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.')],
    ['numpy', ascii(`PK\x03\x04${'\0'.repeat(26)}a.npy`)],
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
    await expect(say(ascii('PK\x03\x04rest'), 'model.zip')).rejects.toThrow(code('FILE_FORMAT', 'Unpack'))
    const torch = ascii(`PK\x03\x04${'\0'.repeat(26)}archive/data.pkl`)
    const command = (from: string, to: string) => new RegExp(`torch\\.load\\('${from}'.* '${to}', `)
    await expect(say(torch, 'pytorch_model-00001-of-00002.bin')).rejects.toThrow(
      command('pytorch_model-00001-of-00002.bin', 'model-00001-of-00002.safetensors'),
    )
    await expect(say(torch, 'my "weights.pt')).rejects.toThrow(command('weights.bin', 'weights.safetensors'))
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
    const { tensors } = await openModelFiles(folderFiles('fixtures/golden/llama_sharded'))
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
