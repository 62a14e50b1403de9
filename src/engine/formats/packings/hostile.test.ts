// Packed weights whose tensors and settings lie: refused by name, or read as finite numbers with every byte of the planes
// filled; never a fault, and never another layout's numbers.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { EngineError } from '../../errors.ts'
import { dequantize } from '../../quants/weight.ts'
import { bytesSource } from '../bytes.ts'
import { openCheckpoint } from '../checkpoint.ts'
import { readSafetensors } from '../safetensors.ts'
import { filesOf, gatherWeight, writeSafetensors, type TensorToWrite } from '../testing.ts'
import type { Checkpoint } from '../types.ts'

type Json = Record<string, unknown>
interface Packed {
  tensors: Map<string, TensorToWrite>
  /** of config.json */
  config: Json
  settings: Json
}

const folder = 'fixtures/quant-layouts'
const settingsOf: Record<string, (bits: number, size: number | null, more: Json) => Json> = {
  gptq: (bits, group_size, { desc = false, v2 }) => ({
    ...{ quant_method: 'gptq', bits, group_size, desc_act: desc, checkpoint_format: v2 ? 'gptq_v2' : 'gptq' },
  }),
  awq: (bits, group_size) => ({ quant_method: 'awq', bits, group_size, zero_point: true, version: 'gemm' }),
  ct: (num_bits, group_size, { sym }) => ({
    quant_method: 'compressed-tensors',
    format: 'pack-quantized',
    config_groups: { group_0: { weights: { num_bits, group_size, type: 'int', strategy: 'group', symmetric: sym } } },
  }),
  mlx: (bits, group_size) => ({ bits, group_size }),
  fp8: (_, __, { block }) => ({ quant_method: 'fp8', ...(block ? { weight_block_size: block } : {}) }),
}

async function packed(file: string): Promise<Packed> {
  const bytes = new Uint8Array(readFileSync(`${folder}/${file}.safetensors`))
  const { entries, metadata } = await readSafetensors(bytesSource(file, bytes))
  const { kind, bits, group_size: size, ...more } = JSON.parse(metadata.get('layout')!) as Json & { kind: string }
  const settings = settingsOf[kind]!(bits as number, size as number | null, more)
  const tensors = [...entries.values()]
    .filter(({ name }) => name !== 'expected')
    .map(({ name, dtype, shape, begin, end }) => ({ name, dtype, shape, bytes: bytes.slice(begin, end) }))
  const config = { model_type: 'llama', [kind === 'mlx' ? 'quantization' : 'quantization_config']: settings }
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), config, settings }
}

const open = ({ tensors, config }: Packed, more: Record<string, string> = {}): Promise<Checkpoint> =>
  openCheckpoint(
    filesOf({
      'config.json': JSON.stringify(config),
      'model.safetensors': writeSafetensors([...tensors.values()]),
      ...more,
    }),
    [],
  )

/** Reads every matrix, whole and every second row of it. */
async function readAll(checkpoint: Checkpoint): Promise<void> {
  for (const { name: tensor, shape, data } of checkpoint.tensors.values()) {
    if (shape.length !== 2 || !data.packed) continue
    const [rows, cols] = shape as [number, number]
    const whole = await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native', { chunkBytes: 300 })
    expect(Number.isInteger(whole.block)).toBe(true)
    expect(new Float32Array(whole.scales.buffer).every((scale) => !Number.isNaN(scale))).toBe(true)
    if (rows % 2 !== 0 || !data.packed.pick) continue
    const slice = { every: 2, from: 1, count: 1 }
    const half = dequantize(await gatherWeight(checkpoint, [{ tensor, rows: rows / 2, slice }], cols, 'native'))
    const odd = dequantize(whole).filter((_, i) => Math.floor(i / cols) % 2 === 1)
    expect(half.every((value, i) => Object.is(value, odd[i]))).toBe(true)
  }
}

type Change = (given: Packed & { tensor: (suffix: string) => TensorToWrite }) => void
const set =
  (key: string, value: unknown): Change =>
  ({ settings }) => {
    settings[key] = value
  }
const weights = ({ settings }: Packed): Json =>
  (settings['config_groups'] as { group_0: { weights: Json } }).group_0.weights
const word = (suffix: string, value: number): Change =>
  function ({ tensor }) {
    new DataView(tensor(suffix).bytes.buffer).setUint32(0, value, true)
  }
const without = (suffix: string): Change =>
  function ({ tensors }) {
    tensors.delete(`w.${suffix}`)
  }
const refusals: [file: string, what: string, code: string, change: Change][] = [
  ...[0, -5, 1.5, '32', [32], {}, true, 2 ** 60].map((size): [string, string, string, Change] => [
    ...(['gptq_v1_sym', `group_size ${JSON.stringify(size)}`, 'DTYPE_UNSUPPORTED', set('group_size', size)] as const),
  ]),
  ['awq', 'group_size "32"', 'DTYPE_UNSUPPORTED', set('group_size', '32')],
  ['awq', 'bits "4"', 'DTYPE_UNSUPPORTED', set('bits', '4')],
  ['awq', 'another format', 'DTYPE_UNSUPPORTED', set('format', 'gemv_fast')],
  ['gptq_v1_sym', 'bits "4"', 'DTYPE_UNSUPPORTED', set('bits', '4')],
  ['gptq_v1_sym', 'is_marlin_format "true"', 'DTYPE_UNSUPPORTED', set('is_marlin_format', 'true')],
  ['gptq_v1_sym', 'format marlin', 'DTYPE_UNSUPPORTED', set('format', 'marlin')],
  ['gptq_v1_sym', 'two formats', 'DTYPE_UNSUPPORTED', set('format', 'gptq_v2')],
  ['gptq_v1_sym', 'no zero points', 'FILE_HEADER', without('qzeros')],
  ['gptq_v1_asym_actorder', 'no order', 'FILE_HEADER', without('g_idx')],
  ['gptq_v1_asym_actorder', 'a group beyond', 'FILE_HEADER', word('g_idx', 1e6)],
  ['gptq_v1_asym_actorder', 'a group below 0', 'FILE_HEADER', word('g_idx', 0xffffffff)],
  ['gptq_v1_asym_actorder', 'an order without desc_act', 'FILE_HEADER', set('desc_act', false)],
  [
    ...(['gptq_v1_sym', 'the weight as it is, too', 'FILE_HEADER'] as const),
    ({ tensors }) =>
      tensors.set('w.weight', { name: 'w.weight', dtype: 'F32', shape: [1, 1], bytes: new Uint8Array(4) }),
  ],
  ['ct_int4_asym_group', 'no zero points', 'FILE_HEADER', without('weight_zero_point')],
  ['ct_int4_asym_group', 'symmetric 1', 'DTYPE_UNSUPPORTED', (g) => (weights(g)['symmetric'] = 1)],
  ['ct_int4_asym_group', 'group_size 0', 'DTYPE_UNSUPPORTED', (g) => (weights(g)['group_size'] = 0)],
  ['ct_int4_sym_group', 'an order that is not there', 'FILE_HEADER', (g) => (weights(g)['actorder'] = 'group')],
  ['ct_int4_sym_group', 'packed floats', 'FILE_HEADER', (g) => (weights(g)['type'] = 'float')],
  ['ct_int4_channel', 'a width that lies', 'FILE_HEADER', word('weight_shape', 39)],
  ['ct_int4_sym_group', 'more columns than words', 'FILE_HEADER', (g) => g.tensor('weight_shape').bytes.fill(0x7f, 8)],
  ['fp8_block', 'blocks "16x16"', 'DTYPE_UNSUPPORTED', set('weight_block_size', '16x16')],
  ['fp8_channel', 'blocks of 0', 'DTYPE_UNSUPPORTED', set('weight_block_size', [0, 0])],
  ['fp8_channel', 'a code that is no number', 'NUMERIC', (g) => (g.tensor('weight').bytes[0] = 0x7f)],
  ['fp8_channel', 'an infinite scale', 'NUMERIC', (g) => g.tensor('weight_scale').bytes.fill(0xff)],
  ['mlx_4bit', 'bits "4"', 'DTYPE_UNSUPPORTED', set('bits', '4')],
  ...([5, '4', null, false, []] as const).map((own): [string, string, string, Change] => [
    ...(['mlx_4bit', `${JSON.stringify(own)} as the settings of a module`, 'FILE_HEADER', set('w', own)] as const),
  ]),
  ['mlx_4bit', 'bits "8" for a module', 'DTYPE_UNSUPPORTED', set('w', { bits: '8' })],
  ['mlx_4bit', 'group_size 1e9', 'FILE_HEADER', set('group_size', 1e9)],
  [
    ...(['mlx_4bit', 'groups that are no whole columns', 'FILE_HEADER'] as const),
    ({ settings, tensor }) => {
      settings['group_size'] = null
      for (const suffix of ['scales', 'biases']) {
        const { shape } = tensor(suffix)
        Object.assign(tensor(suffix), { shape: [shape[0], 3], bytes: new Uint8Array(shape[0]! * 6) })
      }
    },
  ],
]

it.each(refusals)('%s with %s is %s', async (file, _, code, change) => {
  const given = await packed(file)
  await readAll(await open(given))
  change({ ...given, tensor: (suffix) => given.tensors.get(`w.${suffix}`)! })
  await expect(open(given).then(readAll)).rejects.toMatchObject({ code })
})

test('more scattered groups than half a word counts', async () => {
  const groups = 2 ** 16
  const zeros = (name: string, dtype: string, shape: number[], size: number): TensorToWrite => ({
    ...{ name, dtype, shape, bytes: new Uint8Array(shape.reduce((n, axis) => n * axis, size)) },
  })
  const tensors = [
    zeros('w.qweight', 'I32', [groups / 8, 8], 4),
    zeros('w.qzeros', 'I32', [groups, 1], 4),
    zeros('w.scales', 'F16', [groups, 8], 2),
    zeros('w.g_idx', 'I32', [groups], 4),
  ]
  const settings = { quant_method: 'gptq', bits: 4, group_size: 1, desc_act: true }
  const given = { model_type: 'llama', quantization_config: settings }
  const all = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  await expect(open({ tensors: all, config: given, settings })).rejects.toMatchObject({ code: 'FILE_HEADER' })
})

test('a settings file that is another program’s', async () => {
  const { tensors, config, settings } = await packed('gptq_v1_sym')
  const plain = { tensors, settings, config: { model_type: config['model_type'] } }
  const own = (value: unknown): Record<string, string> => ({ 'quantize_config.json': JSON.stringify(value) })
  await open(plain, own(settings)).then(readAll)
  for (const [value, code] of [
    [{ ...settings, quant_method: 'awq' }, 'DTYPE_UNSUPPORTED'],
    [{ ...settings, bits: null, group_size: NaN, desc_act: 'no' }, 'DTYPE_UNSUPPORTED'],
    [[settings], 'CONFIG_INVALID'],
  ] as const) {
    await expect(open(plain, own(value))).rejects.toMatchObject({ code })
  }
})

describe('whatever is changed', () => {
  /** one pseudo-random sequence per run */
  const dice = (seed: number): ((n: number) => number) => {
    let state = seed >>> 0
    return (n) => {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n)
    }
  }
  const values: unknown[] = [
    ...[0, -5, -1, 1, 2, 3, 4, 8, 16, 32, 1e9, 1.5, 2 ** 53, null, true, false, '', '4', 'x', [], {}, [16, 16]],
    ...[{ bits: 8 }, { bits: '4', group_size: 0 }, 'gptq_v2'],
  ]
  const keys = [
    'bits',
    'group_size',
    'desc_act',
    'dynamic',
    'w',
    'mode',
    'weight_block_size',
    'format',
    'config_groups',
  ]
  const sameSize = [
    ['F32', 'I32', 'U32'],
    ['F16', 'BF16', 'I16'],
    ['I8', 'U8', 'F8_E4M3', 'F8_E5M2'],
  ]
  const words = [0x7f800000, 0x7fc00000, 0xffffffff, 0x80000000, 0x10000, 0, 5, 0x7c007c00]

  const hurt = ({ tensors, settings }: Packed, roll: (n: number) => number): void => {
    const list = [...tensors.values()]
    const tensor = list[roll(list.length)]!
    const { name, dtype, shape, bytes } = tensor
    switch (roll(6)) {
      case 0:
        tensors.delete(name)
        break
      case 1: {
        const others = sameSize.find((same) => same.includes(dtype)) ?? [dtype]
        tensor.dtype = others[roll(others.length)]!
        break
      }
      case 2: {
        const size = bytes.length / shape.reduce((n, axis) => n * axis, 1)
        const axis = roll(shape.length)
        tensor.shape = shape.map((n, i) => (i === axis ? [0, 1, n + 1, 2 * n, n >> 1][roll(5)]! : n))
        tensor.bytes = new Uint8Array(tensor.shape.reduce((n, length) => n * length, size))
        tensor.bytes.set(bytes.subarray(0, tensor.bytes.length))
        break
      }
      case 3:
        tensor.shape = [[...shape].reverse(), [...shape, 1], [shape.reduce((n, axis) => n * axis, 1)]][roll(3)]!
        break
      case 4:
        if (bytes.length < 4) return
        new DataView(bytes.buffer).setUint32(4 * roll(bytes.length >> 2), words[roll(words.length)]!, true)
        break
      default: {
        const inner = roll(2) && settings['config_groups'] ? weights({ tensors, settings, config: {} }) : settings
        const known = [...Object.keys(inner), ...keys]
        inner[known[roll(known.length)]!] = values[roll(values.length)]
      }
    }
  }

  it.each(readdirSync(folder).filter((name) => name !== 'fp8_all_codes.safetensors'))('of %s', async (name) => {
    const whole = await packed(name.replace('.safetensors', ''))
    let [read, refused] = [0, 0]
    for (let run = 0; run < 50; run++) {
      const roll = dice(run)
      const settings = structuredClone(whole.settings)
      const key = 'quantization' in whole.config ? 'quantization' : 'quantization_config'
      const tensors = new Map([...whole.tensors].map(([n, t]) => [n, { ...t, bytes: t.bytes.slice() }]))
      const given = { tensors, settings, config: { ...whole.config, [key]: settings } }
      for (let times = roll(2); times >= 0 && tensors.size > 0; times--) {
        try {
          hurt(given, roll)
        } catch (error) {
          // a second change of what the first took away
          if (!(error instanceof TypeError)) throw error
        }
      }
      if (tensors.size === 0) continue
      try {
        await readAll(await open(given))
        read++
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === 'INTERNAL') throw error
        refused++
      }
    }
    expect(read).toBeGreaterThan(4)
    expect(refused).toBeGreaterThan(12)
  })
})
