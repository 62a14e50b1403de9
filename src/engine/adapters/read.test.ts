// Folders as trainers leave them: checkpoints below one another, weights twice, weights in several files.

import { expect, test } from 'vitest'
import { filesOf, writeSafetensors } from '../formats/testing.ts'
import { loraConfig, noise } from '../testing/adapters.ts'
import { openAdapter } from './open.ts'
import { readAdapter } from './read.ts'

const config = JSON.stringify(loraConfig)
const at = 'base_model.model.model.layers.0.self_attn.q_proj'
const tensor = (name: string, shape: number[], seed = 1) => ({
  ...{ name, dtype: 'F32', shape },
  bytes: new Uint8Array(noise(shape[0]! * shape[1]!, seed).buffer),
})
const a = tensor(`${at}.lora_A.weight`, [2, 8]),
  b = tensor(`${at}.lora_B.weight`, [8, 2])
const pickle = new Uint8Array([0x80, 2, 0x7d, 0x71, 0, 0x2e])
/** beside every checkpoint */
const beside = (folder: string): Record<string, Uint8Array | string> => ({
  [`${folder}optimizer.pt`]: pickle,
  [`${folder}scheduler.pt`]: pickle,
  [`${folder}training_args.bin`]: pickle,
  [`${folder}trainer_state.json`]: '{"global_step": 500}',
})
const read = async (files: Record<string, Uint8Array | string>) => (await readAdapter('mine', filesOf(files))).file
const open = (files: Record<string, Uint8Array | string>) => openAdapter({ name: 'mine', files: filesOf(files) })

test('safetensors are read where the same weights lie pickled beside them', async () => {
  const folder = 'out/checkpoint-500/'
  const { tensors } = await read({
    ...beside(folder),
    [`${folder}adapter_config.json`]: config,
    [`${folder}adapter_model.bin`]: pickle,
    [`${folder}adapter_model.safetensors`]: writeSafetensors([a, b]),
  })
  expect([...tensors.keys()]).toEqual([a.name, b.name])
})

test('weights of a checkpoint below are not those of the folder above', async () => {
  const below = { 'out/checkpoint-500/adapter_model.safetensors': writeSafetensors([a, b]) }
  await expect(read({ 'out/adapter_config.json': config, ...beside('out/'), ...below })).rejects.toMatchObject({
    code: 'FILE_MISSING',
    facts: { file: 'adapter_model.safetensors' },
  })
})

test('weights in several files are one adapter, where all of them are there', async () => {
  const [first, second] = [1, 2].map((n) => `x/adapter_model-0000${n}-of-00002.safetensors`) as [string, string]
  const files = {
    'x/adapter_config.json': config,
    'x/adapter_model.safetensors.index.json': JSON.stringify({ weight_map: { [a.name]: first, [b.name]: second } }),
    [first]: writeSafetensors([a]),
    [second]: writeSafetensors([b]),
  }
  const { tensors } = await read(files)
  expect([...tensors.keys()]).toEqual([a.name, b.name])
  expect(tensors.get(b.name)!.data.source.name).toBe(second)
  for (const one of [first, second]) {
    const { [one]: _, ...others } = files
    await expect(read(others)).rejects.toMatchObject({ code: 'FILE_MISSING', facts: { file: one.slice(2) } })
  }
  await expect(read({ ...files, [second]: writeSafetensors([a, b]) })).rejects.toMatchObject({
    code: 'ADAPTER_MISFIT',
    facts: { problem: 'unread', tensor: a.name },
  })
})

test('tensors that nothing reads are refused, keys that say nothing are listed', async () => {
  const with_ = (tensors: Parameters<typeof writeSafetensors>[0], more: object = {}) =>
    open({
      'adapter_config.json': JSON.stringify({ ...loraConfig, ...more }),
      'adapter_model.safetensors': writeSafetensors(tensors),
    })
  for (const name of ['optimizer.state.0', 'model.layers.0.self_attn.q_proj.lora_A.weight']) {
    await expect(with_([a, b, tensor(name, [2, 2])])).rejects.toMatchObject({
      code: 'ADAPTER_MISFIT',
      facts: { problem: 'unread', tensor: name },
    })
  }
  expect((await with_([a, b], { of_tomorrow: 1 })).ignored).toEqual(['of_tomorrow = 1'])
})
