// Texts and tokenizers that no encoder can read: tokens, segments and places without a row are refused by name, never
// computed with; nothing is read twice at once, and a run that was stopped leaves the model as it was.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bytesSource } from './formats/bytes.ts'
import { readSafetensors } from './formats/safetensors.ts'
import { filesOf, folderFiles } from './formats/testing.ts'
import { loadEngine, type Engine, type LoadOptions } from './index.ts'
import { openModel, placeModel } from './load.ts'
import { diskModel } from './testing/disk.ts'

type Json = Record<string, unknown>

/** A model of the page, with another tokenizer. */
function load(
  name: string,
  change: (tokenizer: Json) => void = () => {},
  options: LoadOptions = {},
  damage: (weights: Uint8Array) => void = () => {},
): Promise<Engine> {
  const folder = `public/models/${name}`
  const of = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(json|safetensors)$/.test(file),
  )
  const files = Object.fromEntries(of.map((file) => [file, new Uint8Array(readFileSync(`${folder}/${file}`))]))
  damage(files['model.safetensors']!)
  const tokenizer = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8')) as Json
  change(tokenizer)
  const whole = filesOf({ ...files, 'tokenizer.json': JSON.stringify(tokenizer) })
  return loadEngine({ name, files: whole }, { device: 'cpu', threads: 1, ...options })
}
const template = (single: object[], pair: object[] = []): object => ({
  type: 'TemplateProcessing',
  single,
  pair,
  special_tokens: {},
})
const slot = (id: 'A' | 'B', type_id: number): object => ({ Sequence: { id, type_id } })

test('a token beyond the embedding', async () => {
  const engine = await load('fill-in', (tokenizer) => {
    const more = { special: false, single_word: false, lstrip: false, rstrip: false, normalized: false }
    tokenizer['added_tokens'] = [...(tokenizer['added_tokens'] as object[]), { ...more, id: 400, content: 'ZZZ' }]
  })
  const beyond = { code: 'TOKENIZER_INVALID', facts: { reason: 'beyond' } }
  await expect(engine.read('the ZZZ [MASK]')).rejects.toMatchObject(beyond)
  await expect(engine.read('the dog', { pair: 'a ZZZ' })).rejects.toMatchObject(beyond)
  await expect(engine.read('the [MASK]')).resolves.toMatchObject({ fills: [{ position: 2 }] })
  engine.dispose()
})
test('a post-processor that puts a token there', async () => {
  const engine = await load('fill-in', (tokenizer) => {
    tokenizer['post_processor'] = { type: 'BertProcessing', cls: ['[CLS]', 99_999], sep: ['[SEP]', 3] }
  })
  await expect(engine.read('the dog')).rejects.toMatchObject({ code: 'TOKENIZER_INVALID', facts: { id: 99_999 } })
  engine.dispose()
})
test('segments beyond the table of kinds', async () => {
  const engine = await load('fill-in', (tokenizer) => {
    tokenizer['post_processor'] = template([slot('A', 0)], [slot('A', 0), slot('B', 2)])
  })
  await expect(engine.read('the dog')).resolves.toMatchObject({ segments: [0, 0] })
  await expect(engine.read('the dog', { pair: 'a cat' })).rejects.toMatchObject({
    code: 'TOKENIZER_INVALID',
    facts: { reason: 'segment', kind: 2, last: 1 },
  })
  engine.dispose()
})
test('a text of no token', async () => {
  const engine = await load('fill-in', (tokenizer) => {
    tokenizer['post_processor'] = null
  })
  const none = { code: 'PARAM_INVALID', facts: { param: 'text' } }
  await expect(engine.read('')).rejects.toMatchObject(none)
  await expect(engine.read(' ', { pair: '' })).rejects.toMatchObject(none)
  engine.dispose()
})
test('two questions at once, and one that is stopped', async () => {
  const engine = await load('fill-in')
  const before = (await engine.read('the [MASK] barked.')).fills
  const [first, second] = await Promise.allSettled([engine.read('the [MASK]'), engine.read('a [MASK]')])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'BUSY' } })
  await expect(engine.read('a [MASK]', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  expect((await engine.read('the [MASK] barked.')).fills).toEqual(before)
  engine.dispose()
})

test.each([
  ['bert', 32],
  ['gpt2', 32],
  ['opt', 96],
  ['roberta', 30],
])('%s: a context longer than its learned positions', async (name, rows) => {
  const source = { name, files: folderFiles(`fixtures/golden/${name}`) }
  expect((await openModel(source)).info.contextLimit).toBe(rows)
  await expect(openModel(source, { context: rows })).resolves.toBeDefined()
  const need = `a whole number from 1 to ${rows}`
  for (const context of [rows + 1, 1e6]) {
    await expect(openModel(source, { context })).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'context', need },
    })
  }
})
test('a context that no memory holds', async () => {
  await expect(load('translator', undefined, { context: 1e6 })).rejects.toMatchObject({ code: 'CPU_OUT_OF_MEMORY' })
})

test.each<[string, number[], number[]]>([
  ['negative', [1, -1], []],
  ['fractional', [1.5], []],
  ['beyond the embedding', [97], []],
  ['no number', [NaN], []],
  ['rows beyond the text', [1, 2], [2]],
  ['rows that fall', [1, 2], [1, 0]],
  ['a row twice', [1, 2], [1, 1]],
  ['a row before the text', [1, 2], [-1]],
])('a runtime refuses %s', async (_, ids, rows) => {
  for (const device of ['reference', 'cpu'] as const) {
    const { runtime } = await placeModel(await openModel({ name: 'm', files: folderFiles('fixtures/golden/llama') }), {
      device,
    })
    await expect(runtime.forward(ids, rows)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    expect(runtime.length).toBe(0)
    await expect(runtime.forward([1, 2, 3], [0, 2])).resolves.toHaveLength(2)
    runtime.dispose()
  }
})
test('a source is looked at, too', async () => {
  const { runtime } = await placeModel(await openModel(diskModel('public/models/translator')), { device: 'reference' })
  await expect(runtime.encode([5, 1e6])).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  runtime.dispose()
})

test.each(['fill-in', 'sentence-vectors'])('%s: weights that are no numbers give no reading', async (name) => {
  const weights = new Uint8Array(readFileSync(`public/models/${name}/model.safetensors`))
  const { entries } = await readSafetensors(bytesSource('m', weights))
  const {
    name: tensor,
    begin,
    end,
    dtype,
  } = [...entries.values()].find((entry) => /layer\.1\.intermediate.*weight$/.test(entry.name))!
  const [bytes, bits] = dtype === 'F32' ? [4, [0, 0, 0xc0, 0x7f]] : [2, [0xff, 0x7f]]
  for (const device of ['reference', 'cpu'] as const) {
    const loading = load(name, undefined, { device, linear: 'keep', embedding: 'keep' }, (file) => {
      for (let at = begin; at < end; at += 64 * bytes) file.set(bits, at)
    })
    await expect(loading).rejects.toMatchObject({
      code: 'NUMERIC',
      facts: { tensor: expect.stringContaining(tensor) as string },
    })
  }
})
