// What only some families read, in the words of a stranger: counts that no file can keep, names that are none, lists
// without end. Each is refused with the key's name, at once.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openPooling } from './embedding.ts'
import { bytesSource } from './formats/bytes.ts'
import { readSafetensors } from './formats/safetensors.ts'
import { filesOf, writeSafetensors } from './formats/testing.ts'
import { planModel } from './index.ts'

const plan = (name: string, change: Record<string, unknown>): Promise<unknown> => {
  const folder = `fixtures/golden/${name}`
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as Record<string, unknown>
  return planModel({
    name,
    files: filesOf({
      'model.safetensors': readFileSync(`${folder}/model.safetensors`),
      'config.json': JSON.stringify({ ...config, ...change }),
    }),
  })
}
const textless: unknown = JSON.parse('{"toString":1,"valueOf":2}')

test.each<[string, string, unknown]>([
  ['t5', 'num_decoder_layers', 1e6],
  ['t5', 'relative_attention_max_distance', 1e9],
  ['t5', 'relative_attention_max_distance', 2],
  ['t5', 'relative_attention_num_buckets', 1],
  ['distilbert', 'n_layers', 1e9],
  ['mixtral', 'num_local_experts', 1e9],
  ['qwen2_moe', 'num_experts', 1e6],
  ['bert_labels', 'id2label', { 0: textless }],
  ['smollm3', 'no_rope_layers', [textless]],
  [
    'gpt_neo',
    'attention_types',
    Array.from({ length: 1000 }, () => [Array.from({ length: 99 }, () => 'global'), 1000]),
  ],
])('%s: %s is refused', async (name, key, value) => {
  const from = performance.now()
  const alone = key === 'attention_types' && { attention_layers: null }
  await expect(plan(name, { [key]: value, ...alone })).rejects.toMatchObject({ code: 'CONFIG_INVALID', facts: { key } })
  expect(performance.now() - from).toBeLessThan(2000)
})

test('layers are counted all together', async () => {
  const change = { num_hidden_layers: 1024, inner_group_num: 1024 }
  await expect(plan('albert', change)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})
test('a class that is no text is none', async () => {
  await expect(plan('t5', { architectures: [textless] })).resolves.toBeDefined()
})
test('experts that the files lack are missed by name', async () => {
  const change = { num_local_experts: 4096 }
  await expect(plan('mixtral', change)).rejects.toMatchObject({ code: /^TENSOR_(MISSING|SHAPE)$/ })
})

test.each<[string, string]>([
  ['null', '[null]'],
  ['a path without text', '[{"type":"Dense","path":{"toString":1}}]'],
  ['modules without end', JSON.stringify(Array.from({ length: 1000 }, () => ({ type: 'Normalize' })))],
])('modules.json with %s', async (_, text) => {
  await expect(openPooling(filesOf({ 'modules.json': text }))).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test.each([
  ['bert', 'cls.predictions.transform.dense.weight'],
  ['roberta', 'lm_head.dense.weight'],
  ['albert', 'predictions.dense.weight'],
  ['distilbert', 'vocab_transform.weight'],
  ['nomic_bert', 'cls.predictions.transform.dense.weight'],
  ['bert_labels', 'classifier.weight'],
  ['bert_labels', 'bert.pooler.dense.weight'],
  ['distilbert_labels', 'pre_classifier.weight'],
  ['bert_span', 'qa_outputs.weight'],
])('%s: a head of which %s is lost is no other head', async (name, tensor) => {
  const folder = `fixtures/golden/${name}`
  const bytes = new Uint8Array(readFileSync(`${folder}/model.safetensors`))
  const { entries } = await readSafetensors(bytesSource('m', bytes))
  const left = [...entries.values()].filter((entry) => entry.name !== tensor)
  expect(left.length).toBe(entries.size - 1)
  const weights = writeSafetensors(left.map((entry) => ({ ...entry, bytes: bytes.slice(entry.begin, entry.end) })))
  const files = filesOf({ 'model.safetensors': weights, 'config.json': readFileSync(`${folder}/config.json`, 'utf8') })
  await expect(planModel({ name, files })).rejects.toMatchObject({ code: 'TENSOR_MISSING', facts: { tensor } })
})
