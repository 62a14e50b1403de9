// One adapter beside a checkpoint and beside a GGUF of the same model, whose converter sorted the rows of q, k and v, turned
// matrices round, or added 1 to gains: the same logits.

import { expect, test } from 'vitest'
import { filesOf, folderFiles, openModelFiles, writeGguf, writeSafetensors } from '../formats/testing.ts'
import { readVector } from '../formats/weights.ts'
import { openModel, placeModel } from '../load.ts'
import { adapterOf, noise } from '../testing/adapters.ts'
import type { ByteSource } from '../formats/bytes.ts'
import type { AdapterSource } from '../types.ts'

const ids = [5, 9, 17, 3, 44, 21, 8]
type Files = ReadonlyMap<string, ByteSource>

async function logits(files: Files, adapters: AdapterSource[] = []): Promise<Float32Array> {
  const options = { linear: 'keep', embedding: 'keep', device: 'reference', adapters } as const
  const { runtime } = await placeModel(await openModel({ name: 'm', files }, options), options)
  const rows = (await runtime.forward(ids, 'all')).map((row) => row.slice())
  runtime.dispose()
  return Float32Array.from(rows.flatMap((row) => [...row]))
}
function expectClose(found: Float32Array, wanted: Float32Array): void {
  const peak = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  const off = found.reduce((most, v, i) => Math.max(most, Math.abs(v - wanted[i]!)), 0)
  expect(off / peak).toBeLessThan(1e-5)
}
const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer)

interface Tensor {
  name: string
  shape: number[]
  values: Float32Array
}
/** The model of a GGUF as a checkpoint, by what undoes the converter's work on a tensor. */
async function asCheckpoint(folder: string, undo: (tensor: Tensor) => Tensor): Promise<Files> {
  const checkpoint = await openModelFiles(folderFiles(`fixtures/golden/${folder}`))
  const { config } = checkpoint
  const { partial_rotary_factor: rotary_pct, rope_theta: rotary_emb_base } = config
  const own = folder.startsWith('gptneox') ? { rotary_pct, rotary_emb_base } : { attention_bias: false }
  const found: Tensor[] = []
  for (const { name, shape } of checkpoint.tensors.values()) {
    found.push(undo({ name, shape: [...shape], values: await readVector(checkpoint, name, { shape }) }))
  }
  const file = found.map(({ name, shape, values }) => ({ name, shape, dtype: 'F32', bytes: bytesOf(values) }))
  return filesOf({ 'config.json': JSON.stringify({ ...config, ...own }), 'model.safetensors': writeSafetensors(file) })
}

/** (3, heads, d, …) as (heads, 3, d, …) */
const byHead =
  (heads: number) =>
  (tensor: Tensor): Tensor => {
    const { name, shape, values } = tensor
    if (!name.includes('query_key_value')) return tensor
    const size = values.length / 3 / heads
    const out = new Float32Array(values.length)
    for (let part = 0; part < 3; part++) {
      for (let head = 0; head < heads; head++) {
        const from = (part * heads + head) * size
        out.set(values.subarray(from, from + size), (head * 3 + part) * size)
      }
    }
    return { name, shape, values: out }
  }
const turned = (tensor: Tensor): Tensor => {
  const { name, shape, values } = tensor
  if (!/\.(c_attn|c_proj|c_fc)\.weight$/.test(name)) return tensor
  const [rows, cols] = shape as [number, number]
  const out = values.map((_, i) => values[(i % rows) * cols + Math.floor(i / rows)]!)
  return { name, shape: [cols, rows], values: out }
}
const lessOne = ({ name, shape, values }: Tensor): Tensor => ({
  name,
  shape,
  values: name.endsWith('norm.weight') ? values.map((v) => Math.fround(v - 1)) : values,
})

const sizes = async (folder: string) =>
  (await openModel({ name: folder, files: folderFiles(`fixtures/golden/${folder}`) })).plan.dims
const low = (at: string, out: number, into: number): Record<string, number[]> => ({
  [`${at}.lora_A.weight`]: [2, into],
  [`${at}.lora_B.weight`]: [out, 2],
})
const lora = (more: object, shapes: Record<string, number[]>): AdapterSource =>
  adapterOf({ peft_type: 'LORA', r: 2, lora_alpha: 1, ...more }, shapes)

const qkv = {
  gptneox_gguf: 'gpt_neox.layers.1.attention.query_key_value',
  bloom_gguf: 'transformer.h.1.self_attention.query_key_value',
}
test.each(Object.entries(qkv))('%s: q, k and v of one tensor', async (folder, at) => {
  const { H, D } = await sizes(folder)
  const gguf = folderFiles(`fixtures/golden/${folder}`)
  const checkpoint = await asCheckpoint(folder, byHead(H))
  expectClose(await logits(gguf), await logits(checkpoint))
  const kinds = [
    lora({ target_modules: [at] }, low(at, 3 * D, D)),
    lora({ target_modules: [at], use_dora: true }, { ...low(at, 3 * D, D), [`${at}.lora_magnitude_vector`]: [3 * D] }),
    lora({ target_modules: [at], bias: 'all' }, { ...low(at, 3 * D, D), [`${at}.bias`]: [3 * D] }),
    adapterOf({ peft_type: 'IA3', target_modules: [at], feedforward_modules: [] }, { [`${at}.ia3_l`]: [3 * D, 1] }),
  ]
  const plain = await logits(checkpoint)
  for (const adapter of kinds) {
    const wanted = await logits(checkpoint, [adapter])
    expect(wanted).not.toEqual(plain)
    expectClose(await logits(gguf, [adapter]), wanted)
  }
})

test('a GGUF adapter has its rows as the GGUF of the model has them, on whatever model', async () => {
  const folder = 'gptneox_gguf'
  const { H, D } = await sizes(folder)
  const f32 = (name: string, shape: number[]) => ({
    name,
    shape,
    type: 0,
    bytes: bytesOf(noise(shape[0]! * shape[1]!, shape[0]!)),
  })
  const keys = { 'general.architecture': 'gptneox', 'general.type': 'adapter', 'adapter.type': 'lora' }
  const at = 'blk.0.attn_qkv.weight'
  const pair = [f32(`${at}.lora_a`, [2, D]), f32(`${at}.lora_b`, [3 * D, 2])]
  const adapter = { name: 'mine', files: filesOf({ 'a.gguf': writeGguf(keys, pair) }) }
  // the same of PEFT's, its rows by head; both have alpha / r = 1
  const name = 'base_model.model.gpt_neox.layers.0.attention.query_key_value.lora_'
  const b = byHead(H)({ name: 'query_key_value', shape: [3 * D, 2], values: noise(6 * D, 3 * D) })
  const tensors = [
    { name: `${name}A.weight`, dtype: 'F32', shape: [2, D], bytes: bytesOf(noise(2 * D, 2)) },
    { name: `${name}B.weight`, dtype: 'F32', shape: [3 * D, 2], bytes: bytesOf(b.values) },
  ]
  const peft = {
    name: 'peft',
    files: filesOf({
      'adapter_config.json': JSON.stringify({
        ...{ peft_type: 'LORA', r: 2, lora_alpha: 2, target_modules: ['layers.0.attention.query_key_value'] },
      }),
      'adapter_model.safetensors': writeSafetensors(tensors),
    }),
  }
  const checkpoint = await asCheckpoint(folder, byHead(H))
  const wanted = await logits(checkpoint, [peft])
  expectClose(await logits(checkpoint, [adapter]), wanted)
  expectClose(await logits(folderFiles(`fixtures/golden/${folder}`), [adapter]), wanted)
})

test('gains that are kept less 1, of Gemma 2', async () => {
  const { D, F } = await sizes('gemma2_gguf')
  const adapter = lora(
    { target_modules: ['layers.1.mlp.up_proj'], modules_to_save: ['norm', 'input_layernorm'] },
    {
      ...low('model.layers.1.mlp.up_proj', F, D),
      'model.norm.weight': [D],
      'model.layers.0.input_layernorm.weight': [D],
    },
  )
  const gguf = folderFiles('fixtures/golden/gemma2_gguf')
  const checkpoint = await asCheckpoint('gemma2_gguf', lessOne)
  expectClose(await logits(gguf), await logits(checkpoint))
  expectClose(await logits(gguf, [adapter]), await logits(checkpoint, [adapter]))
})

test('a saved matrix that is turned round, of GPT-2', async () => {
  const { D, F } = await sizes('gpt2_gguf')
  const adapter = lora(
    { target_modules: ['h.1.attn.c_attn'], modules_to_save: ['c_fc'], fan_in_fan_out: true },
    {
      ...low('transformer.h.1.attn.c_attn', 3 * D, D),
      'transformer.h.0.mlp.c_fc.weight': [D, F],
      'transformer.h.0.mlp.c_fc.bias': [F],
    },
  )
  const gguf = folderFiles('fixtures/golden/gpt2_gguf')
  const checkpoint = await asCheckpoint('gpt2_gguf', turned)
  expectClose(await logits(gguf), await logits(checkpoint))
  expectClose(await logits(gguf, [adapter]), await logits(checkpoint, [adapter]))
})

test('a changed head whose bias PEFT keeps beside it', async () => {
  const files = folderFiles('fixtures/golden/phi')
  const { V, D } = await sizes('phi')
  const checkpoint = await openModelFiles(files)
  const own = await readVector(checkpoint, 'lm_head.bias')
  const head = low('lm_head', V, D)
  const config = { target_modules: ['lm_head'] }
  const without = await logits(files, [lora(config, head)])
  const adapter = lora(config, { ...head, 'lm_head.base_layer.bias': [V] })
  const found = await logits(files, [adapter])
  // the third of its tensors
  const bias = noise(V, 9)
  expectClose(
    found,
    without.map((v, i) => v + bias[i % V]! - own[i % V]!),
  )
  const elsewhere = lora(
    { target_modules: ['layers.0.self_attn.q_proj'] },
    { ...low('model.layers.0.self_attn.q_proj', D, D), 'model.layers.0.self_attn.q_proj.base_layer.bias': [D] },
  )
  await expect(logits(files, [elsewhere])).rejects.toMatchObject({ facts: { problem: 'unread' } })
})
