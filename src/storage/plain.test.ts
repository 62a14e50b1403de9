// The parts of storage that need no browser: names, headers, imports, meters.
import { expect, test } from 'vitest'
import { bodyLength, parseContentRange, pause, retryable, startsLikeHtml } from './http.ts'
import { EngineError } from '../engine/errors.ts'
import { planImport } from './import.ts'
import { cleanName, ggufSets, safeName } from './names.ts'
import { Meter } from './transfer.ts'
import type { TransferProgress } from './types.ts'
import { blobsAreSafe } from './write.ts'

test('names that could leave their folder are refused, any other becomes a plain one', () => {
  for (const good of ['a', 'model-00001-of-00002.safetensors', 'a/b.json', '.hidden', 'a..b']) {
    expect(safeName(good), good).toBe(true)
  }
  for (const bad of [
    '',
    '.',
    '..',
    'a/../b',
    'a//b',
    '/a',
    'a/',
    'a\\b',
    'a b',
    'ä',
    'a\0',
    'a'.repeat(256),
    'https://x/y',
  ]) {
    expect(safeName(bad), bad).toBe(false)
  }
  for (const any of ['模型 (1).gguf', '../../x', 'C:\\a\\b.gguf', '///', '', '...', 'x'.repeat(999)]) {
    expect(safeName(cleanName(any)), any).toBe(true)
  }
})

test('Content-Range and Content-Length are read strictly', () => {
  expect(parseContentRange('bytes 5-9/10')).toEqual({ start: 5, end: 10, total: 10 })
  expect(parseContentRange('bytes 5-9/*')).toEqual({ start: 5, end: 10, total: null })
  expect(parseContentRange('bytes */10')).toEqual({ start: null, end: null, total: 10 })
  for (const bad of [
    null,
    '',
    'bytes 5-9',
    'items 1-2/3',
    'bytes -1-2/3',
    'bytes 1-2/1e9',
    'bytes 1-2/99999999999999999',
  ]) {
    expect(parseContentRange(bad), String(bad)).toBeNull()
  }
  const response = (headers: Record<string, string>) => new Response('', { headers })
  expect(bodyLength(response({ 'content-length': '12' }))).toBe(12)
  expect(bodyLength(response({ 'content-length': '12', 'content-encoding': 'gzip' }))).toBeNull()
  expect(bodyLength(response({ 'content-length': '1e3' }))).toBeNull()
})

test('web pages are recognised by their first bytes', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  for (const page of ['<!DOCTYPE html><html>', '  \n<html lang=en>', '\uFEFF<!doctype html>', '<head>']) {
    expect(startsLikeHtml(bytes(page)), page).toBe(true)
  }
  for (const file of ['{"a":1}', 'GGUF', '', '<xml>', '\u0008\0\0\0\0\0\0\0{"']) {
    expect(startsLikeHtml(bytes(file)), file).toBe(false)
  }
})

test('only what may pass is tried again', () => {
  const status = (code: number) => retryable(new EngineError('HTTP_STATUS', '', { status: code }))
  expect([408, 429, 500, 503].every(status)).toBe(true)
  expect([400, 401, 403, 404, 410, 416].some(status)).toBe(false)
  expect(retryable(new EngineError('NETWORK', '', { reason: 'cut' }))).toBe(true)
  expect(retryable(new EngineError('NETWORK', '', { reason: 'html' }))).toBe(false)
  expect(retryable(new EngineError('STORAGE_QUOTA', ''))).toBe(false)
  expect(retryable(new TypeError())).toBe(false)
})

test('a pause ends early when stopped', async () => {
  await expect(pause(60_000, AbortSignal.timeout(5))).rejects.toMatchObject({ code: 'ABORTED' })
  await pause(1)
})

test('speed is of the last seconds, and what was already there is no speed', () => {
  let now = 0
  const told: TransferProgress[] = []
  const meter = new Meter(
    (p) => told.push(p),
    () => now,
  )
  meter.set('a', 500, 1500)
  meter.set('b', 0, null)
  meter.tell('a', 'list')
  expect(told.at(-1)).toMatchObject({ loaded: 500, total: null, bytesPerSecond: 0, secondsLeft: null })
  meter.set('b', 0, 500)
  for (; now < 10_000; now += 50) meter.add('a', 5, 'fetch')
  expect(told.length).toBeLessThanOrEqual(102)
  expect(told.at(-1)!.bytesPerSecond).toBeCloseTo(100, -1)
  expect(told.at(-1)!.secondsLeft).toBeCloseTo((2000 - told.at(-1)!.loaded) / told.at(-1)!.bytesPerSecond, 5)
})

const file = (path: string, content = path.endsWith('.gguf') ? 'GGUF\x03\0\0\0' : '\x02\0\0\0\0\0\0\0{}') =>
  Object.defineProperty(
    new File([Uint8Array.from(content, (c) => c.charCodeAt(0))], path.split('/').at(-1)!),
    'webkitRelativePath',
    { value: path.includes('/') ? path : '' },
  )
test('of dropped files exactly one model is taken', async () => {
  const folder = await planImport(
    [
      'My Model/config.json',
      'My Model/tokenizer.json',
      'My Model/model.safetensors',
      'My Model/README.md',
      'My Model/original/consolidated.safetensors',
    ].map((path) => file(path)),
  )
  expect(folder).toMatchObject({ id: 'file:My_Model', name: 'My Model' })
  expect(folder.files.map((f) => f.name)).toEqual(['config.json', 'tokenizer.json', 'model.safetensors'])
  const older = ['config.json', 'vocab.json', 'merges.txt', 'tokenizer_config.json', 'model.safetensors']
  expect((await planImport(older.map((name) => file(name)))).files.map((f) => f.name)).toEqual(older)
  const both = await planImport([...older, 'tokenizer.json'].map((name) => file(name)))
  expect(both.files.map((f) => f.name)).not.toContain('vocab.json')
  for (const name of ['vocab.txt', 'tokenizer.model', 'spiece.model', 'sentencepiece.bpe.model', 'ice_text.model']) {
    expect((await planImport(['config.json', name, 'model.safetensors'].map((n) => file(n)))).files).toHaveLength(3)
  }
  const vectors = [
    'M/1_Pooling/config.json',
    'M/modules.json',
    'M/config.json',
    'M/tokenizer.json',
    'M/model.safetensors',
  ]
  const sentences = await planImport([...vectors, 'M/onnx/config.json'].map((path) => file(path)))
  expect(sentences.name).toBe('M')
  expect(sentences.files.map((f) => f.name)).toEqual(vectors.map((path) => path.slice(2)))
  expect(await planImport([file('模型 Q4.gguf')])).toMatchObject({ name: '模型 Q4', files: [{ name: '_Q4.gguf' }] })
  const refused: [string[], string, object][] = [
    [['model.safetensors', 'config.json'], 'FILE_MISSING', { file: 'tokenizer.json' }],
    [['a.gguf', 'b.gguf'], 'FILE_FORMAT', { reason: 'several' }],
    [['a b.gguf', 'a_b.gguf'], 'FILE_FORMAT', { reason: 'same name' }],
    [['photo.jpg'], 'FILE_MISSING', {}],
    [[], 'FILE_MISSING', {}],
  ]
  for (const [names, code, facts] of refused) {
    await expect(planImport(names.map((path) => file(path))), names.join()).rejects.toMatchObject({ code, facts })
  }
})

test('what the weights are is said before what is missing beside them', async () => {
  const refused: [string, string, object][] = [
    ['<!doctype html><title>Log in</title>', 'FILE_FORMAT', { file: 'model.safetensors', found: 'html' }],
    ['PK\x03\x04', 'FILE_FORMAT', { found: 'zip' }],
    ['{"error":"Entry not found"}', 'FILE_FORMAT', { found: 'json' }],
    ['', 'FILE_TRUNCATED', { file: 'model.safetensors' }],
    ['\x02\0\0\0\0\0\0\0{}', 'FILE_MISSING', { file: 'config.json' }],
  ]
  for (const [content, code, facts] of refused) {
    await expect(planImport([file('model.safetensors', content)]), content).rejects.toMatchObject({ code, facts })
  }
  const shard = 'model-00001-of-00001.safetensors'
  await expect(planImport([file('model.safetensors.index.json', '{}'), file(shard)])).rejects.toMatchObject({
    code: 'FILE_MISSING',
  })
  await expect(planImport([file('model.safetensors.index.json', '{}'), file(shard, '<html>')])).rejects.toMatchObject({
    code: 'FILE_FORMAT',
    facts: { file: shard },
  })
})

test('weights under another name are what their bytes say', async () => {
  const gguf = 'GGUF\x03\0\0\0'
  for (const name of ['model.bin', 'sha256-0123abcd', 'model.safetensors', 'weights.pt']) {
    expect(
      (await planImport([file(name, gguf)])).files.map((f) => f.name),
      name,
    ).toEqual([`${name}.gguf`])
  }
  expect(
    (await planImport([file('config.json', '{}'), file('tokenizer.json', '{}'), file('pytorch_model.bin')])).files.map(
      (f) => f.name,
    ),
  ).toEqual(['config.json', 'tokenizer.json', 'pytorch_model.bin.safetensors'])
})

test('what holds no weights is said as what it is', async () => {
  const refused: [Record<string, string>, string, object][] = [
    [
      { 'pytorch_model.bin': 'PK\x03\x04', 'config.json': '{}', 'README.md': '' },
      'FILE_FORMAT',
      { file: 'pytorch_model.bin', found: 'zip' },
    ],
    [{ 'm.pt': '\x80\x02}q\0' }, 'FILE_FORMAT', { found: 'pickle' }],
    [{ 'photo.jpg': '\xff\xd8\xff\xe0' }, 'FILE_FORMAT', { file: 'photo.jpg', found: 'jpeg' }],
    [{ 'book.pdf': '%PDF-1.7' }, 'FILE_FORMAT', { file: 'book.pdf', found: 'pdf' }],
    [{ 'model.onnx': '\x08\x07\x12\x07pytorch' }, 'FILE_FORMAT', { found: 'onnx' }],
    [{ 'setup.exe': 'MZ' }, 'FILE_FORMAT', { found: 'program' }],
    [{ 'config.json': '{}', 'tokenizer.json': '{}', 'logo.png': 'x' }, 'FILE_MISSING', { reason: 'no-weights' }],
    [
      {
        'adapter_config.json': '{"peft_type":"LORA","base_model_name_or_path":"a/b"}',
        'adapter_model.safetensors': '\x02\0\0\0\0\0\0\0{}',
        'tokenizer.json': '{}',
      },
      'FILE_FORMAT',
      { found: 'adapter', adapter: 'LoRA', base: 'a/b' },
    ],
    [
      { 'adapter_config.json': '{"peft_type":"IA3"}', 'adapter_model.bin': 'PK\x03\x04' },
      'FILE_FORMAT',
      { found: 'adapter', adapter: 'IA³', base: null },
    ],
    [
      { 'm-00001-of-00003.gguf': 'GGUF', 'm-00003-of-00003.gguf': 'GGUF' },
      'FILE_MISSING',
      { file: 'm-00002-of-00003.gguf', missing: 1, shards: 3 },
    ],
  ]
  for (const [files, code, facts] of refused) {
    await expect(
      planImport(Object.entries(files).map(([path, content]) => file(path, content))),
      Object.keys(files).join(),
    ).rejects.toMatchObject({ code, facts })
  }
})

test('a split .gguf is one model when all parts are there; a projector beside a model is left out', async () => {
  const parts = ['m-00002-of-00002.gguf', 'm-00001-of-00002.gguf'].map((name) => file(name, 'GGUF'))
  expect(await planImport(parts)).toMatchObject({ id: 'file:m.gguf', name: 'm' })
  expect((await planImport(parts)).files.map((f) => f.name).sort()).toEqual([
    'm-00001-of-00002.gguf',
    'm-00002-of-00002.gguf',
  ])
  expect(
    (await planImport([file('mmproj-m-f16.gguf', 'GGUF'), file('m.gguf', 'GGUF')])).files.map((f) => f.name),
  ).toEqual(['m.gguf'])
  expect((await planImport([file('mmproj-m-f16.gguf', 'GGUF')])).files.map((f) => f.name)).toEqual([
    'mmproj-m-f16.gguf',
  ])
  expect(ggufSets(['b.gguf', 'a-00001-of-00002.gguf', 'a-00002-of-00002.gguf', 'c-00001-of-00002.gguf'])).toEqual([
    ['a-00001-of-00002.gguf', 'a-00002-of-00002.gguf'],
    ['b.gguf'],
  ])
})

test('chunks are Blobs except in WebKit', () => {
  const ua = (tail: string) => `Mozilla/5.0 (X) ${tail}`
  expect(blobsAreSafe(ua('AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0 Safari/537.36'))).toBe(true)
  expect(blobsAreSafe(ua('Gecko/20100101 Firefox/150.0'))).toBe(true)
  expect(blobsAreSafe(ua('AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'))).toBe(false)
  expect(blobsAreSafe(ua('AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile Safari/604.1'))).toBe(false)
})
