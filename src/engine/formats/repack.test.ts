// Weights that are packed anew while they are read: from every way of storing them that files have, to every format that
// can be chosen, the planes are those of the same values in a file of f32; to the bit, however the file is cut.

import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seeded } from '../ops/inputs.ts'
import { dequantize, quantOfDtype, type StorageFormat, type WeightData } from '../quants/weight.ts'
import { bytesSource } from './bytes.ts'
import { openCheckpoint } from './checkpoint.ts'
import { readSafetensors } from './safetensors.ts'
import {
  filesOf,
  folderFiles,
  gatherWeight,
  llamaKeys,
  openFiles,
  openModelFiles,
  writeGguf,
  writeSafetensors,
} from './testing.ts'
import type { Checkpoint } from './types.ts'
import { canStack, planWeight, type WeightPart } from './weights.ts'

const config = JSON.stringify({ model_type: 'llama' })
const targets = ['nf4', 'i8', 'f16'] as const
const bytesOf = (floats: Float32Array): Uint8Array =>
  new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)

/** The same matrix in a file of f32, packed as such files are. */
async function reference(native: WeightData, parts: readonly number[], format: StorageFormat): Promise<WeightData> {
  const { rows, cols } = native
  const values = dequantize(native)
  let first = 0
  const tensors = parts.map((count, i) => {
    const own = values.slice(first * cols, (first += count) * cols)
    return { name: `w${i}`, dtype: 'F32', shape: [count, cols], bytes: bytesOf(own) }
  })
  expect(first).toBe(rows)
  const plain = await openFiles({ 'config.json': config, 'model.safetensors': writeSafetensors(tensors) })
  return gatherWeight(
    plain,
    parts.map((count, i) => ({ tensor: `w${i}`, rows: count })),
    cols,
    format,
  )
}

/** NF4's scales of some rows are those that they have in the whole matrix, which is one Linear to bitsandbytes. */
async function scalesOfWhole(checkpoint: Checkpoint, part: WeightPart, cols: number): Promise<Uint32Array> {
  const { every, from, count } = part.slice!
  const rows = (part.rows / count) * every
  const whole = { tensor: part.tensor, rows, transpose: part.transpose }
  const all = await reference(await gatherWeight(checkpoint, [whole], cols, 'native'), [rows], 'nf4')
  const words = cols / 64
  return Uint32Array.from(
    Array.from({ length: part.rows }, (_, i) => Math.floor(i / count) * every + from + (i % count)).flatMap((row) => [
      ...all.scales.subarray(row * words, (row + 1) * words),
    ]),
  )
}

/** @param chunks in which the file is read; the first is that of the engine */
async function expectRepacked(
  checkpoint: Checkpoint,
  parts: WeightPart[],
  cols: number,
  chunks: (number | undefined)[] = [undefined, 100],
): Promise<void> {
  const native = await gatherWeight(checkpoint, parts, cols, 'native')
  for (const format of targets) {
    if (format === native.format) continue
    const expected = await reference(
      native,
      parts.map(({ rows }) => rows),
      format,
    )
    const [first] = parts
    if (format === 'nf4' && first!.slice && cols % 64 === 0) {
      expected.scales = await scalesOfWhole(checkpoint, first!, cols)
    }
    for (const chunkBytes of chunks) {
      const own = await gatherWeight(checkpoint, parts, cols, { every: format }, { chunkBytes })
      expect(own.format).toBe(format)
      expect(own, `${parts[0]!.tensor} as ${format}`).toEqual(expected)
    }
  }
}

const layouts = 'fixtures/quant-layouts'
const layoutFiles = readdirSync(layouts).filter((file) => file !== 'fp8_all_codes.safetensors')

async function openLayout(file: string): Promise<{ checkpoint: Checkpoint; shape: [number, number] }> {
  const bytes = new Uint8Array(readFileSync(`${layouts}/${file}`))
  const { entries, metadata } = await readSafetensors(bytesSource('model.safetensors', bytes))
  const layout = JSON.parse(metadata.get('layout')!) as Record<string, unknown>
  const { kind, bits, group_size: size, sym, v2, desc, gran, block } = layout
  const method = { quant_method: kind === 'ct' ? 'compressed-tensors' : kind }
  const weights = { num_bits: bits, type: 'int', strategy: 'group', group_size: size }
  const settings: Record<string, object> = {
    gptq: { bits, group_size: size, sym, desc_act: desc ?? false, checkpoint_format: v2 ? 'gptq_v2' : 'gptq' },
    awq: { bits, group_size: size, zero_point: true, version: 'gemm' },
    ct: { format: 'pack-quantized', config_groups: { group_0: { weights } } },
    fp8: gran === 'block' ? { weight_block_size: block } : {},
    mlx: {},
  }
  const own =
    kind === 'mlx'
      ? { quantization: { bits, group_size: size } }
      : { quantization_config: { ...method, ...settings[kind as string] } }
  const files = filesOf({ 'config.json': JSON.stringify({ model_type: 'llama', ...own }), 'model.safetensors': bytes })
  return { checkpoint: await openCheckpoint(files, []), shape: entries.get('expected')!.shape as [number, number] }
}

describe('packed by other programs', () => {
  it.each(layoutFiles)('%s', async (file) => {
    const { checkpoint, shape } = await openLayout(file)
    const [rows, cols] = shape
    await expectRepacked(checkpoint, [{ tensor: 'w.weight', rows }], cols)
    // some of its rows, as where a file keeps several projections in one
    const slice = { every: rows / 4, from: 1, count: 2 }
    await expectRepacked(checkpoint, [{ tensor: 'w.weight', rows: 8, slice }], cols)
  })

  it.each(['nf4_plain', 'nf4_dq', 'fp4_plain', 'fp4_dq'])('bitsandbytes %s', async (kind) => {
    const bytes = readFileSync(`fixtures/quant/bnb_${kind}.safetensors`)
    const checkpoint = await openFiles({ 'config.json': config, 'model.safetensors': bytes })
    await expectRepacked(checkpoint, [{ tensor: 'weight', rows: 40 }], 64)
    const slice = { every: 10, from: 3, count: 2 }
    await expectRepacked(checkpoint, [{ tensor: 'weight', rows: 8, slice }], 64)
  })

  it.each([
    [3, 50, 64],
    [7, 33, 32],
    [1, 63, 64],
    [40, 96, 512],
  ])('FP4 of %i x %i in blocks of %i, which straddle rows', async (rows, cols, block) => {
    const random = seeded(rows * cols)
    const count = rows * cols
    const blocks = Math.ceil(count / block)
    const state = JSON.stringify({ quant_type: 'fp4', blocksize: block, shape: [rows, cols], dtype: 'float32' })
    const text = new TextEncoder().encode(state)
    const codes = Uint8Array.from({ length: Math.ceil(count / 2) }, () => Math.floor(random() * 256))
    const book = quantOfDtype('FP4')!.book!
    const file = writeSafetensors([
      { name: 'w', dtype: 'U8', shape: [codes.length, 1], bytes: codes },
      {
        name: 'w.absmax',
        dtype: 'F32',
        shape: [blocks],
        bytes: bytesOf(Float32Array.from({ length: blocks }, random)),
      },
      { name: 'w.quant_map', dtype: 'F32', shape: [16], bytes: bytesOf(Float32Array.from(book)) },
      { name: 'w.quant_state.bitsandbytes__fp4', dtype: 'U8', shape: [text.length], bytes: text },
    ])
    const checkpoint = await openFiles({ 'config.json': config, 'model.safetensors': file })
    await expectRepacked(checkpoint, [{ tensor: 'w', rows }], cols, [undefined, 100, 7])
    const slice = { every: rows, from: Math.floor(rows / 3), count: Math.ceil(rows / 2) }
    await expectRepacked(checkpoint, [{ tensor: 'w', rows: slice.count, slice }], cols, [undefined, 100, 7])
  })
})

describe('whole numbers of a byte and of half a one, with a scale for each row', () => {
  it.each([
    ['ChatGLM int8', 8],
    ['ChatGLM int4', 4],
    ['LLM.int8', 0],
  ])('%s', async (_, bits) => {
    const random = seeded(bits + 1)
    const [rows, cols] = [8, 38]
    const stride = bits === 4 ? cols / 2 : cols
    const codes = Uint8Array.from({ length: rows * stride }, () => Math.floor(random() * 256))
    const scales = Float32Array.from({ length: rows }, random)
    const scale = { dtype: 'F32', shape: [rows], bytes: bytesOf(scales) }
    const file = writeSafetensors([
      { name: 'w.weight', dtype: 'I8', shape: [rows, stride], bytes: codes },
      { ...scale, name: bits ? 'w.weight_scale' : 'w.SCB' },
    ])
    const own = bits ? { quantization_bit: bits } : {}
    const checkpoint = await openFiles({
      'config.json': JSON.stringify({ model_type: 'llama', ...own }),
      'model.safetensors': file,
    })
    await expectRepacked(checkpoint, [{ tensor: 'w.weight', rows }], cols)
    const slice = { every: 4, from: 2, count: 2 }
    await expectRepacked(checkpoint, [{ tensor: 'w.weight', rows: 4, slice }], cols)
  })
})

/** ggml's numbers of the types that have blocks */
const types: Record<string, number> = {
  ...{ Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, Q8_0: 8, Q2_K: 10, Q3_K: 11, Q4_K: 12, Q5_K: 13, Q6_K: 14 },
  ...{ IQ4_NL: 20, IQ4_XS: 23 },
}

describe('blocks of a GGUF', () => {
  it.each(Object.keys(types))('%s, rows in order and reordered', async (dtype) => {
    const { stored } = quantOfDtype(dtype)!
    const { elements, bytes: size, halves } = stored!
    const random = seeded(types[dtype]!)
    // 24 rows are 4 heads of 6; as few columns as there may be, which makes planes end within words
    const cols = elements
    const matrix = (name: string, rows: number) => {
      const bytes = Uint8Array.from({ length: ((rows * cols) / elements) * size }, () => Math.floor(random() * 256))
      for (let b = 0; b < bytes.length; b += size) halves.forEach((at) => (bytes[b + at + 1] = 0x14))
      return { name, shape: [rows, cols], type: types[dtype]!, bytes }
    }
    const checkpoint = await openFiles({
      'm.gguf': writeGguf(llamaKeys(), [matrix('blk.0.attn_q.weight', 24), matrix('blk.0.ffn_up.weight', 25)]),
    })
    const names = [...checkpoint.tensors.keys()]
    await expectRepacked(checkpoint, [{ tensor: names[0]!, rows: 24 }], cols)
    await expectRepacked(checkpoint, [{ tensor: names[1]!, rows: 25 }], cols)
    const slice = { every: 6, from: 1, count: 3 }
    await expectRepacked(checkpoint, [{ tensor: names[0]!, rows: 12, slice }], cols)
  })
})

describe('plain numbers', () => {
  it('of any width, turned round, in whatever dtype', async () => {
    const random = seeded(5)
    for (const [rows, cols] of [
      [3, 50],
      [7, 33],
      [64, 65],
    ] as const) {
      const halves = Uint16Array.from({ length: rows * cols }, () => Math.floor(random() * 0x3c00))
      const file = writeSafetensors([
        { name: 'h', dtype: 'BF16', shape: [rows, cols], bytes: new Uint8Array(halves.buffer) },
        { name: 't', dtype: 'F16', shape: [cols, rows], bytes: new Uint8Array(halves.buffer) },
      ])
      const checkpoint = await openFiles({ 'config.json': config, 'model.safetensors': file })
      await expectRepacked(checkpoint, [{ tensor: 'h', rows }], cols)
      await expectRepacked(checkpoint, [{ tensor: 't', rows, transpose: true }], cols)
    }
  })

  it('a number that F16 cannot hold is refused, and the largest that it can is not', async () => {
    const open = (value: number): Promise<Checkpoint> =>
      openFiles({
        'config.json': config,
        'model.safetensors': writeSafetensors([
          { name: 'w', dtype: 'F32', shape: [1, 4], bytes: bytesOf(Float32Array.of(1e-9, 0.1, -value, 1)) },
        ]),
      })
    const parts = [{ tensor: 'w', rows: 1 }]
    const kept = await gatherWeight(await open(65519), parts, 4, { every: 'f16' })
    expect([...dequantize(kept)]).toEqual([0, 0.0999755859375, -65504, 1])
    await expect(gatherWeight(await open(65520), parts, 4, { every: 'f16' })).rejects.toMatchObject({
      code: 'NUMERIC',
      facts: { tensor: 'w', beyond: 65520 },
    })
  })
})

describe('what is chosen', () => {
  it('for floats alone leaves codes as they are; of every weight, it is made of both', async () => {
    const checkpoint = await openModelFiles(folderFiles('fixtures/golden/gguf_q4_0'))
    const packed = [...checkpoint.tensors.values()].find(({ dtype }) => dtype === 'Q4_0')
    const { name: tensor, shape } = packed!
    const [rows, cols] = shape as [number, number]
    expect(planWeight(checkpoint, [{ tensor, rows }], cols, 'nf4').layout.format).toBe('q4_0')
    expect(planWeight(checkpoint, [{ tensor, rows }], cols, { every: 'nf4' }).layout.format).toBe('nf4')
  })

  it('is what the file holds already: nothing is done', async () => {
    const bytes = readFileSync('fixtures/quant/bnb_nf4_dq.safetensors')
    const checkpoint = await openFiles({ 'config.json': config, 'model.safetensors': bytes })
    const parts = [{ tensor: 'weight', rows: 40 }]
    expect(await gatherWeight(checkpoint, parts, 64, { every: 'nf4' })).toEqual(
      await gatherWeight(checkpoint, parts, 64, 'native'),
    )
  })

  it('lets tensors that are stored in different ways lie in one matrix', async () => {
    const random = seeded(9)
    const [rows, cols] = [4, 64]
    const codes = (size: number): Uint8Array => {
      const bytes = Uint8Array.from({ length: ((rows * cols) / 32) * size }, () => Math.floor(random() * 256))
      for (let b = 0; b < bytes.length; b += size) bytes[b + 1] = 0x24
      return bytes
    }
    const floats = Float32Array.from({ length: rows * cols }, random)
    const checkpoint = await openFiles({
      'm.gguf': writeGguf(llamaKeys(), [
        { name: 'blk.0.ffn_gate.weight', shape: [rows, cols], type: 8, bytes: codes(34) },
        { name: 'blk.0.ffn_up.weight', shape: [rows, cols], type: 2, bytes: codes(18) },
        { name: 'blk.0.ffn_down.weight', shape: [rows, cols], type: 0, bytes: bytesOf(floats) },
      ]),
    })
    const parts = [...checkpoint.tensors.keys()].map((tensor) => ({ tensor, rows }))
    expect(canStack(checkpoint, parts, cols, 'native')).toBe(false)
    for (const format of targets) {
      expect(canStack(checkpoint, parts, cols, { every: format })).toBe(true)
      const whole = await gatherWeight(checkpoint, parts, cols, { every: format })
      const single = await Promise.all(
        parts.map(async (part) => dequantize(await gatherWeight(checkpoint, [part], cols, { every: format }))),
      )
      expect([...dequantize(whole)]).toEqual(single.flatMap((values) => [...values]))
    }
  })
})
