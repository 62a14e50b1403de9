// Adding a weight format as CONTRIBUTING.md says: one file, its two snippets, one line in index.ts. Everything else must follow:
// the loader, the kernels on CPU and GPU, the memory plan, the printed plan, the inspector's tile, the sentences.

import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { openDevice, type Device } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { checkCase } from '../gpu/selftest.ts'
import type { Memory } from '../gpu/memory.ts'
import type { PlaneChunk } from '../formats/weights.ts'
import type { Plan } from '../model/plan.ts'
import { placePlan } from '../runtime/placement.ts'
import { llamaKeys, filesOf, writeGguf, type GgufTensorToWrite } from '../formats/testing.ts'
import { StepRunner } from '../glass/step-runner.ts'
import { listWeights, weightTile } from '../glass/weights.ts'
import { openModel, placeModel, planText } from '../load.ts'
import { ops } from '../ops/index.ts'
import type { Case } from '../ops/op.ts'
import { fitsFormat, nmse, randomWeight, seeded } from '../ops/inputs.ts'
import { fused, kindFor } from '../ops/testing.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import type { LoadOptions } from '../types.ts'
import { tq2_0 } from './testing/tq2_0.ts'
import { bytesOf } from './planes.ts'
import { dequantize, stackable, storageFormats, type StorageFormat } from './weight.ts'

vi.mock(import('./index.ts'), async (original) => {
  const { quants } = await original()
  const added = [(await import('./testing/tq2_0.ts')).tq2_0]
  return { quants: [...quants, ...added] as unknown as typeof quants }
})
vi.mock(import('../gpu/shader-files.ts'), async (original) => {
  const text = (name: string): string => readFileSync(`src/engine/quants/testing/${name}.wgsl`, 'utf8')
  const added = ['tq2_0', 'tq2_0-blocks'].map((name) => [`quants/${name}`, text(name)] as const)
  return { shaderFiles: new Map([...(await original()).shaderFiles, ...added]) }
})

const format = 'tq2_0' as StorageFormat
const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: a format more on the GPU: ${noGpuReason}`)

// ---- a small llama whose every matrix is TQ2_0, and the same as f32 --------------------------------------------------

const [D, F, V] = [256, 512, 300]
const ggml = { f32: 0, tq2_0: 35 }
const random = seeded(5)
const floats = (values: ArrayLike<number>): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
/** Random blocks, d around 2^-5 so that rows have a length near 1. */
function blocks(count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: count * 66 }, () => Math.floor(random() * 256))
  for (let b = 0; b < count; b++) bytes.set([Math.floor(random() * 256), 0x28], b * 66 + 64)
  return bytes
}
function valuesOf(bytes: Uint8Array): Float32Array {
  const memory = {
    bytes: (_: string, n: number) => new Uint8Array(n),
    floats: (_: string, n: number) => new Float32Array(n),
  }
  const { codes, scales } = tq2_0.stored!.planes(bytes, memory)
  const cols = (bytes.length / 66) * 256
  const out = new Float32Array(cols)
  const words = ({ buffer }: Uint8Array): Uint32Array => new Uint32Array(buffer)
  tq2_0.dequantRow({ rows: 1, cols, block: 256, codes: words(codes!), scales: words(scales!) }, 0, out)
  return out
}
const matrix = (name: string, rows: number, cols: number): GgufTensorToWrite => ({
  name: `${name}.weight`,
  shape: [rows, cols],
  type: ggml.tq2_0,
  bytes: blocks((rows * cols) / 256),
})
const gain = (name: string): GgufTensorToWrite => ({
  name: `${name}.weight`,
  shape: [D],
  type: ggml.f32,
  bytes: floats(Array.from({ length: D }, () => 0.5 + random())),
})
const packed = [
  matrix('token_embd', V, D),
  gain('output_norm'),
  gain('blk.0.attn_norm'),
  matrix('blk.0.attn_q', D, D),
  matrix('blk.0.attn_k', D / 2, D),
  matrix('blk.0.attn_v', D / 2, D),
  matrix('blk.0.attn_output', D, D),
  gain('blk.0.ffn_norm'),
  matrix('blk.0.ffn_gate', F, D),
  matrix('blk.0.ffn_up', F, D),
  matrix('blk.0.ffn_down', D, F),
]
const plain = packed.map((tensor) =>
  tensor.type === ggml.f32 ? tensor : { ...tensor, type: ggml.f32, bytes: floats(valuesOf(tensor.bytes)) },
)
const keys = llamaKeys({ 'llama.embedding_length': D, 'llama.feed_forward_length': F })
const open = (tensors: GgufTensorToWrite[], options: LoadOptions) =>
  openModel({ name: 'm', files: filesOf({ 'm.gguf': writeGguf(keys, tensors) }) }, options)
const ids = [3, 299, 17, 17, 0, 120, 45]

/** Logits of every token, read in chunks of five and two. */
async function logits(tensors: GgufTensorToWrite[], options: LoadOptions): Promise<Float32Array[]> {
  const placed = await placeModel(await open(tensors, options), options)
  expect(placed.info.rejectedKernels).toEqual([])
  const out = [
    ...(await placed.runtime.forward(ids.slice(0, 5), 'all')),
    ...(await placed.runtime.forward(ids.slice(5), 'all')),
  ]
  placed.runtime.dispose()
  placed.device?.dispose()
  return out
}

/** What reads weights of every format on every device. */
const readers = [
  'add-positions',
  'gather',
  'matmul-any',
  'matmul-lanes',
  'matmul-lanes-few',
  'matmul-rows',
  'matmul-tile',
  'matmul-tokens',
  'row-cosines',
]

/** Two cases of every variant that the format fits, against the references: the variants that ran. */
async function variantsThatRan(device: Device, kernels: KernelCache, name: StorageFormat): Promise<string[]> {
  const ran = new Set<string>()
  for (const op of Object.values(ops).filter(({ args, name }) => args['weight'] && !fused.has(name))) {
    for (const variant of op.variants) {
      const kindOf = (given: Case) => kindFor(device, variant, given, name)
      const cases = op.cases.filter((c) => !c.format && fitsFormat(name, c.weight!.cols) && kindOf(c))
      for (const given of cases.slice(0, 2)) {
        const { worst, limit } = await checkCase(device, kernels, op, variant, given, name, kindOf(given))
        expect(worst, `${variant.name} ${given.name ?? ''}`).toBeLessThanOrEqual(limit)
        ran.add(variant.name)
      }
    }
  }
  return [...ran].sort()
}

describe('a weight format more', () => {
  const onCpu = { device: 'reference', context: 16, linear: 'keep', embedding: 'keep' } as const

  it('is listed, and gives the values of a block', () => {
    expect(storageFormats).toContain('tq2_0')
    // weight 37 is in the second two bits of byte 5, weight 128 in the first of byte 32
    const block = new Uint8Array(2 * 66)
    block.set([0x00, 0x38], 64)
    block[5] = 2 << 2
    block[32] = 1
    const values = valuesOf(block)
    expect([values[0], values[37], values[128]]).toEqual([-0.5, 0.5, 0])
  })

  it('is loaded, planned, printed and named', async () => {
    const model = await open(packed, onCpu)
    const kinds = [{ format, tensors: 8, bytes: model.info.bytes.weights - 3 * D * 4 }]
    const named = { linear: format, embedding: format, head: format }
    expect(model.info.formats).toMatchObject({ ...named, tied: true, kinds })
    expect(model.info.formats.held).toContainEqual(
      expect.objectContaining({ type: 'TQ2_0', tensors: 8, becomes: format }),
    )
    const [codes, scales] = [model.info.parameters - 3 * D].flatMap((n) => [n / 4, (n / 256) * 2]) as [number, number]
    expect(model.info.bytes.weights).toBe(codes + scales + 3 * D * 4)
    const text = planText(model)
    expect(text).toContain(`[tq2_0 ${2 * D}x${D}]`) // q, k and v in one: the seams are at whole blocks
    expect(text).toContain(`[tq2_0 ${2 * F}x${D}]`)
    const other = packed.map((t) =>
      t.name === 'blk.0.ffn_up.weight' ? { ...t, type: 34, bytes: new Uint8Array(F * 54) } : t,
    )
    await expect(open(other, onCpu)).rejects.toMatchObject({
      code: 'DTYPE_UNSUPPORTED',
      facts: { dtype: 'TQ1_0', known: expect.stringMatching(/^F32, F16, BF16, .*, TQ2_0$/) as string },
    })
  })

  it('runs on the references as the same numbers in f32 do', async () => {
    const [own, same] = [await logits(packed, onCpu), await logits(plain, onCpu)]
    expect(own.length).toBe(ids.length)
    for (const [i, row] of own.entries()) expect([...row]).toEqual([...same[i]!])
  })

  it('is shown in a tile, each number as code, scale and least value', async () => {
    const { model, runtime } = await placeModel(await open(packed, onCpu), onCpu)
    const runner = new StepRunner(runtime.inspection())
    const name = 'model.layers.0.mlp.up_proj.weight'
    const bytes = listWeights(runner.runtime).find(({ tensor }) => tensor === name)!.bytes
    expect(bytes).toBe(F * (64 + 2))
    const tile = await weightTile(runner, model.checkpoint, name, 70, 30, 3, 40)
    const { format: shown, coding, bits, block, table, nested, source, fileCodes } = tile
    expect({ shown, coding, bits, block, table, nested, source, fileCodes }).toEqual({
      shown: 'tq2_0',
      coding: 'counted',
      bits: 2,
      block: 256,
      table: null,
      nested: null,
      source: null,
      fileCodes: true,
    })
    const whole = valuesOf(packed.find((t) => t.name === 'blk.0.ffn_up.weight')!.bytes)
    expect([...tile.values]).toEqual(
      Array.from({ length: 120 }, (_, i) => whole[(70 + Math.floor(i / 40)) * D + 30 + (i % 40)]!),
    )
    for (const [i, value] of tile.values.entries()) {
      expect(Math.abs(tile.codes![i]! * tile.scales![i]! + tile.offsets![i]! - value)).toBeLessThan(1e-8)
    }
    expect(new Set(tile.scales).size).toBe(3)
  })

  it.skipIf(!gpu)('runs in every kernel that reads weights', async () => {
    const device = await openDevice(gpu!, { force: 'limits=default' })
    const kernels = new KernelCache(device)
    expect(await variantsThatRan(device, kernels, format)).toEqual(expect.arrayContaining(readers))
    expect(device.errors).toEqual([])
    device.dispose()
  })

  it.skipIf(!gpu)('passes the self-check and runs a whole model on the GPU', async () => {
    const [own, reference] = [await logits(packed, { gpu: gpu!, context: 16 }), await logits(packed, onCpu)]
    for (const [i, row] of own.entries()) expect(nmse(row, reference[i]!)).toBeLessThan(1e-9)
  })
})

describe('a format whose columns name their groups', () => {
  const name = 'uint8_ordered'
  const whole = randomWeight(name, 1000, 64, seeded(9))

  it('repeats the groups in every part of a weight that is cut, and is not stacked', async () => {
    const held = new Map<string, Uint8Array>()
    const memory = {
      maxBinding: 20_000,
      storage: (label: string, size: number) => {
        const key = `${label}#${held.size}`
        held.set(key, new Uint8Array(size))
        return key
      },
      write: (key: string, at: number, bytes: Uint8Array) => held.get(key)!.set(bytes, at),
      check: () => Promise.resolve(),
      backPressure: () => Promise.resolve(),
    } as unknown as Memory
    const spec = { parts: [{ tensor: 'w', rows: 1000 }], rows: 1000, cols: 64, role: 'linear' } as const
    async function* chunks(): AsyncGenerator<PlaneChunk> {
      for (const plane of ['codes', 'scales'] as const) {
        const bytes = bytesOf(whole[plane])
        for (let offset = 0; offset < bytes.length; offset += 400) {
          yield { plane, offset, bytes: bytes.slice(offset, offset + 400) }
        }
      }
    }
    const plan = { weights: { w: spec }, vectors: {}, caches: {}, buffers: {} } as unknown as Plan
    const provider = { layout: () => whole, read: chunks, vector: () => Promise.reject(new Error()) }
    const tables = { first: () => [] } as unknown as Parameters<typeof placePlan>[1]
    const size = { context: 1, chunk: 1, logitRows: 1 }
    const segments = (await placePlan(plan, tables, provider, size, memory, {})).weights.get('w')!
    expect(segments.map(({ layout }) => layout.rows)).toEqual([256, 256, 256, 232])
    const values = segments.flatMap(({ layout, codes, scales }) => {
      const words = (key: unknown): Uint32Array => new Uint32Array(held.get(key as string)!.buffer)
      return [...dequantize({ ...layout, codes: words(codes), scales: words(scales) })]
    })
    expect(values).toEqual([...dequantize(whole)])
    expect([stackable([whole]), stackable([whole, whole])]).toEqual([true, false])
  })

  it.skipIf(!gpu)('runs on the GPU', async () => {
    const device = await openDevice(gpu!, { force: 'limits=default' })
    expect(await variantsThatRan(device, new KernelCache(device), name)).toEqual(expect.arrayContaining(readers))
    expect(device.errors).toEqual([])
    device.dispose()
  })
})
