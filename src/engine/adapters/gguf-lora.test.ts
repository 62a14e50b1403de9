// What a GGUF adapter may say beside its numbers, which are in fixtures/adapters/gguf_* (adapters.test.ts).

import { expect, test } from 'vitest'
import { filesOf, folderFiles, writeGguf, type GgufTensorToWrite, type GgufValue } from '../formats/testing.ts'
import { planModel } from '../index.ts'
import { noise } from '../testing/adapters.ts'

const meta: Record<string, GgufValue> = {
  'general.architecture': 'llama',
  'general.type': 'adapter',
  'general.name': 'mine',
  'adapter.type': 'lora',
}
const f32 = (name: string, shape: number[]): GgufTensorToWrite => ({
  name,
  shape,
  type: 0,
  bytes: new Uint8Array(noise(shape.reduce((n, axis) => n * axis, 1)).buffer),
})
const queries = [f32('blk.0.attn_q.weight.lora_a', [2, 32]), f32('blk.0.attn_q.weight.lora_b', [32, 2])]
const llama = folderFiles('fixtures/golden/llama')

const put = async (tensors: GgufTensorToWrite[], more: Record<string, GgufValue> = {}, on = llama) => {
  const files = filesOf({ 'mine.gguf': writeGguf({ ...meta, ...more }, tensors) })
  return (await planModel({ name: 'llama', files: on }, { adapters: [{ name: 'mine', files }] })).info.adapters[0]!
}
const wrong = (...args: Parameters<typeof put>): Promise<unknown> =>
  put(...args).then(
    () => 'none',
    ({ code, facts }: { code: string; facts: { problem?: string; key?: string } }) =>
      facts.problem ?? facts.key ?? code,
  )

test('is named, and says what it leaves aside', async () => {
  const norm = f32('blk.0.attn_norm.weight', [32])
  expect(await put([...queries, norm], { 'adapter.lora.task_name': 'x' })).toMatchObject({
    kind: 'LoRA',
    rank: 2,
    modules: ['model.layers.0.self_attn.q_proj'],
    ignored: ['adapter.lora.task_name = "x"', 'blk.0.attn_norm.weight'],
  })
})

test('what does not fit, and what is not computed, is refused', async () => {
  expect(await wrong(queries, { 'general.architecture': 'qwen2' })).toBe('model')
  expect(await wrong(queries, {}, folderFiles('fixtures/golden/opt'))).toBe('model')
  expect(await wrong(queries, { 'adapter.type': 'other' })).toBe('adapter.type')
  expect(await wrong(queries.slice(1))).toBe('missing')
  expect(await wrong([])).toBe('missing')
  expect(await wrong([...queries, f32('blk.0.attn_q.weight', [32, 32])])).toBe('unread')
  expect(await wrong([f32('blk.0.attn_q.weight.lora_a', [2, 64]), queries[1]!])).toBe('shape')
  expect(await wrong(queries.map((one) => ({ ...one, name: one.name.replace('blk.0', 'blk.9') })))).toBe('module')
  expect(await wrong(queries, { 'adapter.lora.alpha': 'much' })).toBe('adapter.lora.alpha')
})
