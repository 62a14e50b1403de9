// adapter-hub's LoRA and prefix tuning: what of their files is refused. The numbers: fixtures/adapters/hub_*.

import { expect, test } from 'vitest'
import { filesOf, folderFiles, writeSafetensors } from '../formats/testing.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { planModel } from '../index.ts'
import { noise } from '../testing/adapters.ts'

interface Json {
  hidden_size: number
  ffn_dim: number
  num_hidden_layers: number
}
const readAll = (files: ModelFiles, name: string): Promise<Uint8Array> => {
  const source = files.get(name)!
  return source.read(0, source.size)
}
const around = { hidden_size: 32, model_type: 'llama', name: 'x', version: 'adapters.1.3.0' }
const llama = folderFiles('fixtures/golden/llama')
const queries = Object.fromEntries(
  [0, 1, 2].flatMap((i) => [
    [`model.layers.${i}.self_attn.q_proj.loras.x.lora_A`, [2, 32]],
    [`model.layers.${i}.self_attn.q_proj.loras.x.lora_B`, [32, 2]],
  ]),
) as Record<string, number[]>
const lora = { architecture: 'lora', r: 2, alpha: 4 }
const prefix = { architecture: 'prefix_tuning', flat: true, prefix_length: 4 }
const table = { 'model.prefix_tuning.prefix_tunings.x.self_prefix.control_trans': [4 * 3 * 2 * 16] }

async function put(config: object, shapes: Record<string, number[]>, more: object = {}, on = llama): Promise<unknown> {
  const tensors = Object.entries(shapes).map(([name, shape]) => ({
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(noise(shape.reduce((n, axis) => n * axis, 1)).buffer),
  }))
  const files = filesOf({
    'adapter_config.json': JSON.stringify({ config, ...around, ...more }),
    'adapter.safetensors': writeSafetensors(tensors),
  })
  return planModel({ name: 'llama', files: on }, { adapters: [{ name: 'mine', files }] }).then(
    ({ info }) => info.adapters[0],
    ({ code, facts }: { code: string; facts: { problem?: string; key?: string } }) =>
      facts.problem ?? facts.key ?? code,
  )
}

test('what they are called, and their layers', async () => {
  expect(await put(lora, queries)).toMatchObject({ kind: 'LoRA', rank: 2, ignored: [] })
  expect(await put(lora, queries, { name: undefined })).toMatchObject({ kind: 'LoRA' })
  const {
    'model.layers.1.self_attn.q_proj.loras.x.lora_A': a,
    'model.layers.1.self_attn.q_proj.loras.x.lora_B': b,
    ...two
  } = queries
  expect([a, b]).not.toContain(undefined)
  expect(await put(lora, two)).toBe('missing')
  expect(await put({ ...lora, leave_out: [1] }, two)).toMatchObject({ kind: 'LoRA' })
  expect(await put({ ...lora, leave_out: [1] }, queries)).toBe('not-target')
  expect(await put(prefix, table)).toMatchObject({ kind: 'prefix tuning', before: 4, ignored: [] })
})

test('a layer that is left out is missed in no module, whatever numbers the modules have in their names', async () => {
  const opt = folderFiles('fixtures/golden/opt')
  const text = JSON.parse(new TextDecoder().decode(await readAll(opt, 'config.json'))) as Json
  const [D, F] = [text.hidden_size, text.ffn_dim]
  const shapes = Object.fromEntries(
    Array.from({ length: text.num_hidden_layers }, (_, i) => i).flatMap((i) =>
      i === 1
        ? []
        : [
            [`model.decoder.layers.${i}.fc1.loras.x.lora_A`, [2, D]],
            [`model.decoder.layers.${i}.fc1.loras.x.lora_B`, [F, 2]],
          ],
    ),
  ) as Record<string, number[]>
  const own = { model_type: 'opt', hidden_size: D }
  expect(await put({ ...lora, leave_out: [1] }, shapes, own, opt)).toMatchObject({ kind: 'LoRA' })
  expect(await put(lora, shapes, own, opt)).toBe('missing')
})

test('a preset that has the name of something else is refused by its name', async () => {
  for (const config of ['constructor', '__proto__', 'toString']) {
    expect(await put(config as never, queries)).toBe('config')
  }
})

test.for(['use_gating', 'use_dora', 'vera_d', 'vera_b'])('%s is refused by name', async (key) => {
  expect(await put({ ...lora, [key]: 1 }, queries)).toBe(key)
})

test('what does not fit', async () => {
  expect(await put(lora, queries, { model_type: 'bert' })).toBe('model')
  expect(await put({ ...lora, r: 3 }, queries)).toBe('shape')
  expect(await put({ ...lora, composition_mode: 'times' }, queries)).toBe('composition_mode')
  expect(await put({ ...lora, composition_mode: 'scale', r: 1 }, queries)).toBe('alpha')
  expect(await put(lora, { ...queries, 'model.shared_parameters.x.lora_A': [2, 32] })).toBe('unread')
  expect(await put({ ...prefix, prefix_length: 3 }, table)).toBe('shape')
  expect(await put({ ...prefix, use_gating: true }, table)).toBe('use_gating')
  expect(await put({ ...prefix, flat: false, non_linearity: 'relu' }, table)).toBe('non_linearity')
  const both = { ...table, 'model.prefix_tuning.prefix_tunings.x.cross_prefix.control_trans': [96] }
  expect(await put(prefix, both)).toBe('lead')
})
