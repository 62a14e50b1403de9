// An adapter was trained on a checkpoint: on a GGUF whose converter moved rows, or added 1 to gains, it is read as there.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel } from '../load.ts'
import type { Plan } from '../model/plan.ts'
import { adapterOf, loraConfig } from '../testing/adapters.ts'
import type { AdapterSource } from '../types.ts'

const planOf = async (name: string, adapter: AdapterSource): Promise<Plan> => {
  const files = new Map([...folderFiles(`fixtures/golden/${name}`)].filter(([file]) => file.endsWith('.gguf')))
  return (await openModel({ name, files }, { linear: 'keep', embedding: 'keep', adapters: [adapter] })).plan
}

test("rows of a fused matrix are those of the checkpoint, head by head, where BLOOM's GGUF sorts them", async () => {
  const at = 'transformer.h.0.self_attention.query_key_value'
  const config = { ...loraConfig, target_modules: [at] }
  const plan = await planOf(
    'bloom_gguf',
    adapterOf(config, { [`${at}.lora_A.weight`]: [2, 36], [`${at}.lora_B.weight`]: [108, 2] }),
  )
  const parts = (end: string, adapter: boolean): unknown[] =>
    Object.values(plan.weights)
      .filter(({ role }) => (role === 'adapter') === adapter)
      .flatMap((weight) => weight.parts.filter(({ tensor }) => tensor.endsWith(end)).map(({ slice }) => slice))
  expect(parts('h.0.self_attention.query_key_value.weight', false)).toContainEqual({ from: 36, count: 36, every: 108 })
  expect(parts('lora_B.weight', true)).toEqual([0, 6, 12].map((from) => ({ from, count: 6, every: 18 })))
})

test("1 is added to a gain of the adapter's, where Gemma's GGUF holds gains that have it", async () => {
  const at = 'model.layers.0.self_attn.q_proj'
  const config = { ...loraConfig, target_modules: [at], modules_to_save: ['norm'] }
  const shapes = { [`${at}.lora_A.weight`]: [2, 36], [`${at}.lora_B.weight`]: [60, 2], 'model.norm.weight': [36] }
  const adapter = adapterOf(config, shapes)
  const { vectors } = await planOf('gemma_gguf', adapter)
  const make = vectors['model.norm.weight']!.make
  expect(make).toMatchObject({
    by: { base: { parts: [{ tensor: 'model.norm.weight' }] }, other: { make: { kind: 'plus-one' } } },
  })
  expect(make).not.toMatchObject({ by: { base: { make: { kind: 'plus-one' } } } })
})
