// Sizes and errors by choice, against what a load really takes and what its weights really are.

import { expect, test } from 'vitest'
import { measureErrors, sizesByChoice } from './choices.ts'
import type { ByteSource } from './formats/bytes.ts'
import { filesOf, folderFiles, gatherWeight, writeSafetensors } from './formats/testing.ts'
import { openModel } from './load.ts'
import { weightBytes } from './model/print.ts'
import { seeded } from './ops/inputs.ts'
import { dequantize } from './quants/weight.ts'
import type { WeightChoice } from './types.ts'

const open = (name: string) => openModel({ name, files: folderFiles(`fixtures/golden/${name}`) })
const choices = ['keep', 'nf4', 'i8', 'f16'] as const

const kinds: [name: string, linear: { usual: WeightChoice | null; held: string }][] = [
  ['llama', { usual: 'nf4', held: 'floats' }],
  ['llama_odd', { usual: 'nf4', held: 'floats' }],
  ['gpt2', { usual: 'nf4', held: 'floats' }],
  ['mixtral', { usual: 'nf4', held: 'floats' }],
  ['gguf_q4_0', { usual: 'keep', held: 'codes' }],
  ['llama_blocks_gguf', { usual: 'keep', held: 'codes' }],
  ['llama_gptq', { usual: 'keep', held: 'codes' }],
  ['llama_nf4', { usual: 'keep', held: 'codes' }],
  ['falcon_40b', { usual: 'nf4', held: 'floats' }],
]

test.each(kinds)('%s: bytes are those of the plan, errors those of the weights', async (name, { usual, held }) => {
  const model = await open(name)
  const sizes = sizesByChoice(model, {})
  const errors = await measureErrors(model, {})
  expect(sizes.linear.usual).toBe(usual)
  expect(errors.linear.held).toBe(held)
  expect(errors.share).toBe(1)
  for (const role of ['linear', 'embedding'] as const) {
    expect(errors[role].errors.map(({ choice }) => choice)).toEqual(choices)
    for (const [i, choice] of choices.entries()) {
      const { info, plan, provider } = await openModel(
        { name, files: folderFiles(`fixtures/golden/${name}`) },
        { [role]: choice },
      )
      const weights = Object.values(plan.weights)
        .filter((w) => w.role === role || (w.role === 'head' && role === 'embedding'))
        .reduce((sum, w) => sum + weightBytes(provider.layout(w)), 0)
      expect(sizes[role].sizes[i], `${role} ${choice}`).toEqual({ choice, weights, total: info.bytes.total })

      // from the weights as they are loaded, fused or not
      let [off, all] = [0, 0]
      // of a tensor as the file has it, however many matrices are made of it
      const byTensor = new Map<string, [number, number]>()
      for (const { role: own, parts, cols } of Object.values(plan.weights)) {
        if (own !== role && !(own === 'head' && role === 'embedding')) continue
        for (const part of parts) {
          const [was, is] = await Promise.all(
            (['native', choice === 'keep' ? 'native' : { every: choice }] as const).map(async (target) =>
              dequantize(await gatherWeight(model.checkpoint, [part], cols, target)),
            ),
          )
          let [less, sum] = [0, 0]
          was!.forEach((value, k) => {
            less += (is![k]! - value) ** 2
            sum += value ** 2
          })
          off += less
          all += sum
          const [lessBefore, before] = byTensor.get(part.tensor) ?? [0, 0]
          byTensor.set(part.tensor, [lessBefore + less, before + sum])
        }
      }
      let most = { tensor: '', error: 0 }
      for (const [tensor, [less, sum]] of byTensor) {
        const error = Math.sqrt(less / sum)
        if (error > most.error) most = { tensor: model.checkpoint.nameInFile(tensor), error }
      }
      const found = errors[role].errors[i]!
      expect(found.error).toBeCloseTo(all > 0 ? Math.sqrt(off / all) : 0, 9)
      expect(found.worst?.error ?? 0).toBeCloseTo(most.error, 9)
      if (most.error > 0) expect(found.worst!.tensor).toBe(most.tensor)
    }
  }
})

test('where floats and codes stand side by side, the usual is a choice of its own', async () => {
  const model = await open('llama_mlx')
  const { checkpoint } = model
  const first = Object.values(model.plain.weights).find(({ role }) => role === 'linear')
  const name = first!.parts[0]!.tensor
  const shape = checkpoint.tensors.get(name)!.shape
  const bytes = new Uint8Array(new Float32Array(shape[0]! * shape[1]!).fill(0.5).buffer)
  const [tensor] = [...(await openPlain(name, shape, bytes)).tensors.values()]
  const mixed = await openMixed(model, name, tensor!)
  const sizes = sizesByChoice(mixed, {})
  expect(sizes.linear.usual).toBe(null)
  expect(sizes.linear.sizes.map(({ choice }) => choice)).toEqual([null, ...choices])
  expect(sizes.linear.sizes[0]!.total).toBeLessThan(sizes.linear.sizes[1]!.total)
  const errors = await measureErrors(mixed, {})
  expect(errors.linear.held).toBe('both')
  expect(errors.linear.errors[1]).toEqual({ choice: 'keep', error: 0, worst: null })
})

const openPlain = async (name: string, shape: number[], bytes: Uint8Array) => {
  const { openFiles } = await import('./formats/testing.ts')
  return openFiles({
    'config.json': '{"model_type":"llama"}',
    'model.safetensors': writeSafetensors([{ name, dtype: 'F32', shape, bytes }]),
  })
}
type Model = Awaited<ReturnType<typeof open>>
type Tensor = Model['checkpoint']['tensors'] extends ReadonlyMap<string, infer T> ? T : never
const openMixed = async (model: Model, name: string, tensor: Tensor): Promise<Model> => {
  const tensors = new Map(model.checkpoint.tensors).set(name, tensor)
  return { ...model, checkpoint: { ...model.checkpoint, tensors } }
}

/** A llama of one layer, wide enough that only some of its rows are read. */
function wide(change: (name: string, values: Float32Array) => void = () => undefined): {
  files: Map<string, ByteSource>
  read(): number
} {
  const [D, F, V] = [128, 256, 80_000]
  const random = seeded(3)
  const tensors = [
    ['model.embed_tokens', V, D],
    ...['q', 'k', 'v', 'o'].map((x) => [`model.layers.0.self_attn.${x}_proj`, D, D]),
    ['model.layers.0.mlp.gate_proj', F, D],
    ['model.layers.0.mlp.up_proj', F, D],
    ['model.layers.0.mlp.down_proj', D, F],
    ['model.norm', D, 0],
    ['model.layers.0.input_layernorm', D, 0],
    ['model.layers.0.post_attention_layernorm', D, 0],
  ] as [string, number, number][]
  const weights = writeSafetensors(
    tensors.map(([name, rows, cols]) => {
      const values = Float32Array.from({ length: rows * (cols || 1) }, () => random() + random() - 1)
      change(name, values)
      return {
        name: `${name}.weight`,
        dtype: 'F32',
        shape: cols ? [rows, cols] : [rows],
        bytes: new Uint8Array(values.buffer),
      }
    }),
  )
  const config = {
    model_type: 'llama',
    ...{ hidden_size: D, intermediate_size: F, num_attention_heads: 4, num_hidden_layers: 1, vocab_size: V },
    ...{ max_position_embeddings: 32, rms_norm_eps: 1e-6, tie_word_embeddings: true },
  }
  let read = 0
  const files = new Map(
    [...filesOf({ 'config.json': JSON.stringify(config), 'model.safetensors': weights })].map(
      ([name, source]): [string, ByteSource] => [
        name,
        {
          ...source,
          read(offset, length, ...rest) {
            if (name.endsWith('.safetensors')) read += length
            return source.read(offset, length, ...rest)
          },
        },
      ],
    ),
  )
  return { files, read: () => read }
}

test('of a large matrix some runs of rows are read, the same each time, and the error is that of the whole', async () => {
  const { files, read } = wide()
  const model = await openModel({ name: 'wide', files })
  const before = read()
  const first = await measureErrors(model, {})
  expect(first.share).toBeGreaterThan(0.38)
  expect(first.share).toBeLessThan(0.5)
  expect(read() - before).toBeLessThan(1.2 * 2 ** 22 * 4)
  expect(await measureErrors(model, {})).toEqual(first)
  const all = dequantize(
    await gatherWeight(model.checkpoint, [{ tensor: 'model.embed_tokens.weight', rows: 80_000 }], 128, 'native'),
  )
  const i8 = dequantize(
    await gatherWeight(model.checkpoint, [{ tensor: 'model.embed_tokens.weight', rows: 80_000 }], 128, { every: 'i8' }),
  )
  const sums = all.reduce((sum, value, k) => [sum[0]! + (i8[k]! - value) ** 2, sum[1]! + value ** 2], [0, 0])
  const error = first.embedding.errors.find(({ choice }) => choice === 'i8')!.error!
  expect(error / Math.sqrt(sums[0]! / sums[1]!)).toBeCloseTo(1, 2)
})

test('a format that cannot hold a number says so, and names the tensor', async () => {
  const { files } = wide((name, values) => {
    if (name.endsWith('up_proj')) values[5] = 1e5
  })
  const { linear, embedding } = await measureErrors(await openModel({ name: 'wide', files }), {})
  expect(linear.errors.at(-1)).toEqual({
    choice: 'f16',
    error: null,
    worst: { tensor: 'model.layers.0.mlp.up_proj.weight', error: null },
  })
  expect(embedding.errors.at(-1)!.error).toBeGreaterThan(0)
})

test('numbers that overflow where factors are averaged are told, and refused by a load of that format alone', async () => {
  const { files } = wide((name, values) => {
    if (name.endsWith('up_proj')) values.fill(3e38, 0, 128)
  })
  const source = { name: 'wide', files }
  const { linear } = await measureErrors(await openModel(source, {}), {})
  const broken = { tensor: 'model.layers.0.mlp.up_proj.weight', error: null }
  expect(linear.errors[1]).toEqual({ choice: 'nf4', error: null, worst: broken })
  expect(linear.errors[2]).toMatchObject({ choice: 'i8', error: expect.any(Number) as number })
  const load = async (format: WeightChoice): Promise<unknown> => {
    const { plan, provider } = await openModel(source, { linear: format })
    for (const spec of Object.values(plan.weights).filter(({ role }) => role === 'linear')) {
      for await (const _ of provider.read(spec)) continue
    }
    return 'loaded'
  }
  await expect(load('nf4')).rejects.toMatchObject({ code: 'NUMERIC', facts: { factor: Math.fround(3e38) } })
  expect(await load('i8')).toBe('loaded')
})

test('it tells how far it is, and stops', async () => {
  const stop = new AbortController()
  const told: [number, number][] = []
  const model = await openModel({ name: 'wide', files: wide().files })
  await measureErrors(model, { onProgress: ({ loaded, total }) => told.push([loaded, total]) })
  expect(told.at(-1)![0]).toBe(told.at(-1)![1])
  expect(told.at(-1)![0]).toBeGreaterThan(2 ** 22 - 2 ** 18)
  stop.abort()
  await expect(measureErrors(model, { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
})
