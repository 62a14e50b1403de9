// What a pile of files is called before a model is there: every kind of adapter, and what is none.

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filesOf, folderFiles, writeGguf, writeSafetensors } from '../formats/testing.ts'
import { adapterOf, loraConfig, loraShapes } from '../testing/adapters.ts'
import { adapterSummary } from './summary.ts'

const hub = (config: unknown, more: object = {}): string =>
  JSON.stringify({ config, hidden_size: 32, model_name: 'bert-base', name: 'mine', version: 'adapters.1.3.0', ...more })

test.for(readdirSync('fixtures/adapters'))('%s is an adapter', async (name) => {
  const own = [...folderFiles(`fixtures/adapters/${name}`)].filter(([path]) => path.startsWith('adapter/'))
  expect(await adapterSummary(new Map(own))).toMatchObject({ kind: expect.any(String) as string })
})

test('says kind, base, rank and size', async () => {
  const { files } = adapterOf(
    { ...loraConfig, base_model_name_or_path: 'a/b' },
    loraShapes(3, 'self_attn.q_proj', 8, 8),
  )
  expect(await adapterSummary(files)).toEqual({ kind: 'LoRA', base: 'a/b', rank: 2, parameters: 96, before: null })
  const before = adapterOf(
    { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 4 },
    { prompt_embeddings: [4, 8] },
    { prefix: '' },
  )
  expect(await adapterSummary(before.files)).toMatchObject({ kind: 'prompt tuning', base: null, rank: null, before: 4 })
})

test('a model is none, with an adapter’s description beside it too', async () => {
  const model = folderFiles('fixtures/golden/llama')
  expect(await adapterSummary(model)).toBe(null)
  expect(await adapterSummary(new Map([...model, ...filesOf({ 'adapter_config.json': '{}' })]))).toBe(null)
  expect(await adapterSummary(folderFiles('fixtures/golden/gguf_q4_0'))).toBe(null)
  expect(await adapterSummary(filesOf({ 'notes.txt': 'hello' }))).toBe(null)
})

test('P-tuning v2 is told from its whole model by its tensors', async () => {
  expect(await adapterSummary(folderFiles('fixtures/virtual/chatglm2-6b-projected'))).toMatchObject({
    kind: 'P-tuning v2',
  })
})

test('what cannot be used says why', async () => {
  const hubFiles = filesOf({ 'adapter_config.json': hub('compacter'), 'adapter.safetensors': writeSafetensors([]) })
  expect(await adapterSummary(hubFiles)).toMatchObject({ facts: { key: 'phm_layer' } })
  const refused = async (files: Record<string, string | Uint8Array>): Promise<unknown> => adapterSummary(filesOf(files))
  const { files } = adapterOf(loraConfig, {})
  const weights = new Uint8Array(await files.get('adapter_model.safetensors')!.read(0, 10))
  const config = JSON.stringify(loraConfig)
  expect(await refused({ 'adapter_config.json': config })).toMatchObject({ code: 'FILE_MISSING' })
  expect(await refused({ 'adapter_config.json': '{' })).toMatchObject({ code: 'CONFIG_INVALID' })
  const pickle = new Uint8Array([0x80, 2, 0x7d, 0, 0, 0, 0, 0])
  for (const name of ['adapter_model.bin', 'pytorch_adapter.bin']) {
    const given = name.startsWith('adapter') ? config : hub('pfeiffer')
    const head = { 'model_head.safetensors': writeSafetensors([]) }
    expect(await refused({ 'adapter_config.json': given, [name]: pickle, ...head })).toMatchObject({
      code: 'FILE_FORMAT',
      facts: { found: 'pickle' },
    })
  }
  expect(
    await refused({ 'adapter_config.json': hub({ architecture: 'reft' }), 'adapter.safetensors': weights }),
  ).toMatchObject({ code: 'ADAPTER_UNSUPPORTED', facts: { key: 'architecture', found: '"reft"' } })
  const meta = { 'general.architecture': 'llama', 'general.type': 'adapter', 'adapter.type': 'other' }
  expect(await refused({ 'a.gguf': writeGguf(meta, []) })).toMatchObject({ code: 'ADAPTER_UNSUPPORTED' })
})

test('a base of any length in a GGUF is told in a line', async () => {
  const meta = { 'general.type': 'adapter', 'general.architecture': 'llama', 'adapter.type': 'lora' }
  const [a, b] = (['a', 'b'] as const).map((half) => ({
    name: `blk.0.attn_q.weight.lora_${half}`,
    shape: half === 'a' ? [2, 32] : [32, 2],
    type: 0,
    bytes: new Uint8Array(256),
  }))
  const bytes = writeGguf({ ...meta, 'general.base_model.0.name': 'x'.repeat(100_000) }, [a!, b!])
  expect(await adapterSummary(filesOf({ 'a.gguf': bytes }))).toMatchObject({ base: 'x'.repeat(200) })
})
