// One weight in each layout against the values that its own library gives, bit for bit: whole, and some of its rows.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../bytes.ts'
import { openCheckpoint } from '../checkpoint.ts'
import { decodeFloats } from '../decode.ts'
import { readSafetensors } from '../safetensors.ts'
import type { Checkpoint } from '../types.ts'
import { filesOf, gatherWeight } from '../testing.ts'
import type { WeightPart } from '../weights.ts'
import { dequantize } from '../../quants/weight.ts'

const folder = 'fixtures/quant-layouts'

interface Layout {
  kind: 'gptq' | 'awq' | 'ct' | 'mlx' | 'fp8'
  bits: number
  group_size: number | null
  sym?: boolean
  v2?: boolean
  desc?: boolean
  gran?: string
  block?: [number, number]
}

function settingsOf({ kind, bits, group_size: size, sym, v2, desc, gran, block }: Layout): Record<string, unknown> {
  if (kind === 'mlx') return { quantization: { bits, group_size: size } }
  const settings = {
    gptq: { bits, group_size: size, sym, desc_act: desc ?? false, checkpoint_format: v2 ? 'gptq_v2' : 'gptq' },
    awq: { bits, group_size: size, zero_point: true, version: 'gemm' },
    ct: {
      format: 'pack-quantized',
      config_groups: { group_0: { weights: { num_bits: bits, type: 'int', strategy: 'group', group_size: size } } },
    },
    fp8: gran === 'block' ? { weight_block_size: block } : {},
  }[kind]
  return { quantization_config: { quant_method: kind === 'ct' ? 'compressed-tensors' : kind, ...settings } }
}

async function open(
  file: string,
): Promise<{ checkpoint: Checkpoint; shape: [number, number]; expected: Float32Array }> {
  const bytes = new Uint8Array(readFileSync(`${folder}/${file}`))
  const source = bytesSource('model.safetensors', bytes)
  const { entries, metadata } = await readSafetensors(source)
  const config = { model_type: 'llama', ...settingsOf(JSON.parse(metadata.get('layout')!) as Layout) }
  const files = filesOf({ 'config.json': JSON.stringify(config), 'model.safetensors': bytes })
  const { begin, end, shape } = entries.get('expected')!
  const expected = new Float32Array(bytes.slice(begin, end).buffer)
  return { checkpoint: await openCheckpoint(files, []), shape: shape as [number, number], expected }
}

const values = async (
  checkpoint: Checkpoint,
  part: WeightPart,
  cols: number,
  chunkBytes?: number,
): Promise<Float32Array> => dequantize(await gatherWeight(checkpoint, [part], cols, 'native', { chunkBytes }))

const bits = (floats: Float32Array): number[] =>
  [...new Uint32Array(floats.buffer)].map((word) => (word === 0x80000000 ? 0 : word))

describe.each(readdirSync(folder).filter((file) => file !== 'fp8_all_codes.safetensors'))('%s', (file) => {
  it.each([undefined, 100])('gives the values of its library, %s bytes at a time', async (chunkBytes) => {
    const { checkpoint, shape, expected } = await open(file)
    const own = await values(checkpoint, { tensor: 'w.weight', rows: shape[0] }, shape[1], chunkBytes)
    expect(bits(own)).toEqual(bits(expected))
  })

  it('gives the rows of one of several projections', async () => {
    const { checkpoint, shape, expected } = await open(file)
    const [rows, cols] = shape
    const slice = { every: rows / 4, from: 1, count: 2 }
    const own = await values(checkpoint, { tensor: 'w.weight', rows: 8, slice }, cols)
    const picked = [0, 1, 2, 3].flatMap((part) => [1, 2].map((i) => part * (rows / 4) + i))
    expect(bits(own)).toEqual(picked.flatMap((row) => bits(expected.slice(row * cols, (row + 1) * cols))))
  })
})

it('FP8 without a scale is read as the floats that it stands for', async () => {
  const bytes = new Uint8Array(readFileSync(`${folder}/fp8_all_codes.safetensors`))
  const { entries } = await readSafetensors(bytesSource('model.safetensors', bytes))
  for (const name of ['e4m3fn', 'e5m2']) {
    const expected = entries.get(`${name}_expected`)!
    const { dtype, begin, end } = entries.get(name)!
    const values = decodeFloats(dtype, bytes.subarray(begin, end))
    expect([...values]).toEqual([...new Float32Array(bytes.slice(expected.begin, expected.end).buffer)])
  }
  // torch.arange(256, dtype=uint8).view(float8_e4m3fnuz), float8_e5m2fnuz: some of them
  const some = (dtype: string): number[] => [...decodeFloats(dtype, Uint8Array.of(0, 1, 8, 0x7f, 0x80, 0xff))]
  expect(some('F8_E4M3FNUZ')).toEqual([0, 2 ** -10, 2 ** -7, 240, NaN, -240])
  expect(some('F8_E5M2FNUZ')).toEqual([0, 2 ** -17, 2 ** -14, 57344, NaN, -57344])
})
