// Packed weights whose tensors and settings lie: refused by name, or read as finite numbers with every byte of the planes
// filled; never a fault, and never another layout's numbers. Changed by chance: mutants.test.ts.

import { readFileSync } from 'node:fs'
import { expect, it, test } from 'vitest'
import { dequantize } from '../../quants/weight.ts'
import { openCheckpoint } from '../checkpoint.ts'
import { filesOf, gatherWeight, writeSafetensors, type TensorToWrite } from '../testing.ts'
import type { Checkpoint } from '../types.ts'
import { packedFile, type Json, type Packed } from './testing.ts'

const packed = (file: string): Promise<Packed> => packedFile(readFileSync(`fixtures/quant-layouts/${file}.safetensors`))

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
  ['gptq_v1_sym', 'turned activations', 'DTYPE_UNSUPPORTED', set('rotation', 'hadamard')],
  ['gptq_v1_sym', 'rounded activations', 'DTYPE_UNSUPPORTED', set('activation', { mode: 'w4a_int8' })],
  ['awq', 'turned activations', 'DTYPE_UNSUPPORTED', set('rotation', 'random')],
  ['awq', 'a checkpoint_format of its own', 'DTYPE_UNSUPPORTED', set('checkpoint_format', 'gemv')],
  ['awq', 'zero_point "none"', 'DTYPE_UNSUPPORTED', set('zero_point', 'none')],
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

test('AWQ that says to have no zero points is read with those that it has', async () => {
  const given = await packed('awq')
  const read = async (): Promise<Float32Array> => {
    const checkpoint = await open(given)
    const [rows, cols] = checkpoint.tensors.get('w.weight')!.shape as [number, number]
    return dequantize(await gatherWeight(checkpoint, [{ tensor: 'w.weight', rows }], cols, 'native'))
  }
  const values = await read()
  given.settings['zero_point'] = false
  expect(await read()).toEqual(values)
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
