// What a bottleneck adapter's files may say beside their numbers: each setting computed with, refused by name, or listed.
// The numbers themselves: fixtures/adapters/hub_*, in adapters.test.ts.

import { expect, test } from 'vitest'
import { filesOf, folderFiles, writeSafetensors } from '../formats/testing.ts'
import { planModel } from '../index.ts'
import { noise } from '../testing/adapters.ts'
import type { ModelFiles } from '../formats/bytes.ts'

const sizes = {
  'adapter_down.0.weight': [2, 32],
  'adapter_down.0.bias': [2],
  'adapter_up.weight': [32, 2],
  'adapter_up.bias': [32],
}
const blocks = Array.from({ length: 2 }, (_, i) => `bert.encoder.layer.${i}`)
const at = (place: string, word = 'adapters', name = 'mine'): Record<string, number[]> =>
  Object.fromEntries(
    blocks.flatMap((block) =>
      Object.entries(sizes).map(([leaf, shape]) => [`${block}.${place}.${word}.${name}.${leaf}`, shape]),
    ),
  )
const out = at('output')
const around = { hidden_size: 32, model_name: 'bert', model_type: 'bert', name: 'mine', version: 'adapters.1.3.0' }
const plain = { mh_adapter: false, output_adapter: true, reduction_factor: 16, non_linearity: 'relu' }

function hub(config: unknown, shapes: Record<string, number[]> = out, more: object = {}, others = {}): ModelFiles {
  const tensors = Object.entries(shapes).map(([name, shape], i) => ({
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(
      noise(
        shape.reduce((n, axis) => n * axis, 1),
        i + 3,
      ).buffer,
    ),
  }))
  return filesOf({
    'adapter_config.json': JSON.stringify({ config, ...around, ...more }),
    'adapter.safetensors': writeSafetensors(tensors),
    ...others,
  })
}
const bert = folderFiles('fixtures/golden/bert')
const info = async (files: ModelFiles, on = bert) =>
  (await planModel({ name: 'bert', files: on }, { adapters: [{ name: 'mine', files }] })).info.adapters[0]!

test('presets by name, old words for places, and a text kind of old files', async () => {
  expect(await info(hub('pfeiffer'))).toMatchObject({ kind: 'Pfeiffer adapter', ignored: [] })
  const both = { ...at('attention.output'), ...out }
  expect(await info(hub('double_seq_bn', both))).toMatchObject({ kind: 'Houlsby adapter' })
  expect((await info(hub('houlsby', both))).modules).toHaveLength(4)
  const old = { ...at('attention.output', 'attention_text_task_adapters'), ...at('output', 'layer_text_task_adapters') }
  const invertible = { invertible_adapter: { block_type: 'nice', reduction_factor: 2 }, attention_type: 'sent-lvl' }
  const config = { ...plain, mh_adapter: true, ...invertible }
  expect(await info(hub(config, old, { version: undefined, type: 'text_task' }))).toMatchObject({
    ignored: ['attention_type = "sent-lvl"'],
  })
  await expect(info(hub(config, old))).rejects.toMatchObject({ facts: { key: 'invertible_adapter' } })
})

test.for([
  ['phm_layer', true],
  ['use_gating', true],
  ['inv_adapter', 'nice'],
  ['non_linearity', 'prelu'],
  ['residual_before_ln', 'post_add'],
] as const)('%s is refused by name', async ([key, value]) => {
  await expect(info(hub({ ...plain, [key]: value }))).rejects.toMatchObject({
    code: 'ADAPTER_UNSUPPORTED',
    facts: { key },
  })
})

test('what does not fit the model is refused', async () => {
  const wrong = async (files: ModelFiles, on = bert): Promise<unknown> =>
    info(files, on).catch(({ code, facts }: { code: string; facts: { problem: string } }) => facts.problem ?? code)
  expect(await wrong(hub(plain, out, { model_type: 'roberta' }))).toBe('model')
  expect(await wrong(hub(plain, out, { hidden_size: 768 }))).toBe('size')
  expect(await wrong(hub({ ...plain, reduction_factor: 8 }))).toBe('shape')
  expect(await wrong(hub({ ...plain, mh_adapter: true }))).toBe('missing')
  expect(await wrong(hub({ ...plain, output_adapter: false }))).toBe('not-target')
  expect(await wrong(hub({ ...plain, leave_out: [0] }))).toBe('not-target')
  expect(await wrong(hub(plain, at('output', 'adapters', 'other')))).toBe('unread')
  expect(await wrong(hub(plain, { ...out, 'bert.encoder.layer.7.output.adapters.mine.adapter_up.bias': [32] }))).toBe(
    'module',
  )
  expect(await wrong(hub({ ...plain, reduction_factor: { '0': 16 } }))).toBe('CONFIG_INVALID')
  expect(await wrong(hub({ ...plain, scaling: 'loud' }))).toBe('CONFIG_INVALID')
  expect(await wrong(hub(plain, { ...out, 'bert.encoder.layer.0.output.adapters.mine.gate.bias': [1] }))).toBe('unread')
})

test('a head that the model lacks is left aside, and said to be', async () => {
  const head = {
    'model_head.safetensors': writeSafetensors([
      { name: 'heads.mine.1.weight', dtype: 'F32', shape: [2, 32], bytes: new Uint8Array(256) },
    ]),
    'head_config.json': JSON.stringify({ config: { head_type: 'classification', num_labels: 2 }, name: 'mine' }),
  }
  expect((await info(hub(plain, out, {}, head))).ignored).toEqual(['model_head.safetensors = classification'])
})

test('a residual that only the library knows is refused', async () => {
  const own = (block: string): Record<string, number[]> =>
    Object.fromEntries(
      Object.entries(sizes).map(([leaf, shape]) => [`${block}.output_adapters.adapters.mine.${leaf}`, shape]),
    )
  for (const [name, blocks] of [
    ['modernbert', 'model.layers'],
    ['phi', 'model.layers'],
  ] as const) {
    const config = { ...plain, leave_out: Array.from({ length: 30 }, (_, i) => i + 1) }
    const on = folderFiles(`fixtures/golden/${name}`)
    const more = { model_type: name }
    await expect(
      info(hub({ ...config, original_ln_before: true }, own(`${blocks}.0`), more), on),
    ).rejects.toMatchObject({ code: 'ADAPTER_UNSUPPORTED', facts: { key: 'module' } })
    expect(await info(hub(config, own(`${blocks}.0`), more), on)).toMatchObject({ kind: 'bottleneck adapter' })
  }
})
