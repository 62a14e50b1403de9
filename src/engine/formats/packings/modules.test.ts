// Packed weights that differ from what the settings say of most: groups that the columns cut short, a module's own group
// size, tensors of all experts, and matrices that a family keeps turned round. Values are written down by the formulas.

import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { openModel } from '../../load.ts'
import { readSafetensors } from '../safetensors.ts'
import { bytesSource } from '../bytes.ts'
import { openCheckpoint } from '../checkpoint.ts'
import { filesOf, gatherWeight, writeSafetensors, type TensorToWrite } from '../testing.ts'
import { dequantize } from '../../quants/weight.ts'

const bytesOf = (array: ArrayLike<number>, make: (values: ArrayLike<number>) => ArrayBufferView): Uint8Array => {
  const { buffer, byteOffset, byteLength } = make(array)
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}
const f32 = (name: string, shape: number[], values: number[]): TensorToWrite => ({
  name,
  dtype: 'F32',
  shape,
  bytes: bytesOf(values, Float32Array.from.bind(Float32Array)),
})
const i8 = (name: string, shape: number[], values: number[]): TensorToWrite => ({
  name,
  dtype: 'I8',
  shape,
  bytes: bytesOf(values, Int8Array.from.bind(Int8Array)),
})
const i32 = (name: string, shape: number[], values: number[], dtype = 'I32'): TensorToWrite => ({
  name,
  dtype,
  shape,
  bytes: bytesOf(values, Int32Array.from.bind(Int32Array)),
})
const range = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))
/** Codes of 4 bits, eight to a word. */
const words = (codes: number[]): number[] =>
  range(codes.length / 8, (w) => codes.slice(8 * w, 8 * w + 8).reduce((word, code, i) => word | (code << (4 * i)), 0))

async function valuesOf(
  settings: Record<string, unknown>,
  tensors: TensorToWrite[],
  [rows, cols]: [number, number],
  transpose = false,
): Promise<number[]> {
  const config = JSON.stringify({ model_type: 'llama', ...settings })
  const checkpoint = await openCheckpoint(
    filesOf({ 'config.json': config, 'model.safetensors': writeSafetensors(tensors) }),
    [],
  )
  const part = { tensor: 'w.weight', rows, ...(transpose && { transpose }) }
  return [...dequantize(await gatherWeight(checkpoint, [part], cols, 'native'))]
}
const code = (row: number, col: number): number => (7 * row + 3 * col) % 16

describe('groups', () => {
  it('of whole numbers in bytes are as long as the settings say: the columns cut the last one short', async () => {
    const [rows, cols, size] = [4, 20, 6]
    const weights = { num_bits: 8, type: 'int', strategy: 'group', group_size: size, symmetric: true }
    const settings = { quant_method: 'compressed-tensors', format: 'int-quantized', config_groups: { a: { weights } } }
    // four groups of five columns would be as good a reading of the first of these shapes
    for (const of of [cols, 2 * cols]) {
      const groups = Math.ceil(of / size)
      const scale = (row: number, g: number): number => 2 ** -(row + g)
      const values = await valuesOf(
        { quantization_config: settings },
        [
          i8(
            'w.weight',
            [rows, of],
            range(rows * of, (i) => code(Math.floor(i / of), i % of) - 8),
          ),
          f32(
            'w.weight_scale',
            [rows, groups],
            range(rows * groups, (i) => scale(Math.floor(i / groups), i % groups)),
          ),
        ],
        [rows, of],
      )
      const want = range(rows * of, (i) => {
        const [row, col] = [Math.floor(i / of), i % of]
        return (code(row, col) - 8) * scale(row, Math.floor(col / size))
      })
      expect(values).toEqual(want)
    }
  })

  it.each([
    ['plain', false, { desc_act: false }, 40],
    ['scattered', true, { desc_act: true }, 40],
    ['scattered, as a rule for the module says,', true, { desc_act: false, dynamic: { w: { desc_act: true } } }, 40],
    ['plain, where rules for others are not,', false, { desc_act: true, dynamic: { x: { desc_act: true } } }, 40],
    ['of columns that fill no last word', true, { desc_act: true }, 37],
  ])('of one GPTQ module, %s are as long as its own g_idx says', async (_, scattered, own, cols) => {
    const [rows, size, lines] = [8, 16, Math.ceil(cols / 8)]
    const groups = Math.ceil(cols / size)
    const group = (col: number): number => Math.floor((scattered ? (col * 7) % cols : col) / size)
    const settings = { quant_method: 'gptq', bits: 4, group_size: 8, checkpoint_format: 'gptq_v2', ...own }
    const scale = (g: number, row: number): number => 2 ** -((row % 3) + 3 * g)
    const values = await valuesOf(
      { quantization_config: settings },
      [
        // word w of an output holds inputs 8 w …; an input's line has all outputs
        i32(
          'w.qweight',
          [lines, rows],
          range(lines * rows, (i) => words(range(8, (k) => code(i % rows, 8 * Math.floor(i / rows) + k)))[0]!),
        ),
        i32(
          'w.qzeros',
          [groups, rows / 8],
          range(groups, (g) => words(range(8, (row) => (row + g) % 16))[0]!),
        ),
        f32(
          'w.scales',
          [groups, rows],
          range(groups * rows, (i) => scale(Math.floor(i / rows), i % rows)),
        ),
        i32('w.g_idx', [cols], range(cols, group)),
      ],
      [rows, cols],
    )
    const want = range(rows * cols, (i) => {
      const [row, col] = [Math.floor(i / cols), i % cols]
      return scale(group(col), row) * (code(row, col) - ((row + group(col)) % 16))
    })
    expect(values).toEqual(want)
  })
})

describe('compressed-tensors', () => {
  const i64 = (name: string, values: number[]): TensorToWrite => ({
    name,
    dtype: 'I64',
    shape: [values.length],
    bytes: bytesOf(values, (list) => BigInt64Array.from(Array.from(list, BigInt))),
  })
  const settings = (weights: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    quantization_config: {
      quant_method: 'compressed-tensors',
      config_groups: { a: { weights: { type: 'int', strategy: 'group', ...weights } } },
      ...more,
    },
  })
  const [rows, cols, size] = [4, 48, 12]
  const groups = cols / size
  const small = (row: number, col: number): number => code(row, col) % 8
  const zero = (row: number, g: number): number => (row + 3 * g) % 8
  const scale = (row: number, g: number): number => 2 ** -(row + g)
  const scales = f32(
    'w.weight_scale',
    [rows, groups],
    range(rows * groups, (i) => scale(Math.floor(i / groups), i % groups)),
  )
  const packedAs = (perWord: number, values: number[]): number[] =>
    range(Math.ceil(values.length / perWord), (w) =>
      values.slice(perWord * w, perWord * (w + 1)).reduce((word, value, i) => word | (value << (3 * i)), 0),
    )
  /** three words hold 32 of them */
  const crossing = (values: number[]): number[] => {
    const bits = values.flatMap((value) => [value & 1, (value >> 1) & 1, value >> 2])
    return range(Math.ceil(bits.length / 32), (w) =>
      bits.slice(32 * w, 32 * w + 32).reduce((word, bit, i) => word | (bit << i), 0),
    )
  }
  const zerosApart = i8(
    'w.weight_zero_point',
    [rows, groups],
    range(rows * groups, (i) => zero(Math.floor(i / groups), i % groups) - 4),
  )
  const zerosPacked = i32(
    'w.weight_zero_point',
    [1, groups],
    range(
      groups,
      (g) =>
        packedAs(
          10,
          range(rows, (row) => zero(row, g)),
        )[0]!,
    ),
  )

  // 48 codes of 3 bits are five words either way
  it.each([
    ['0.9.1', zerosApart],
    ['0.12.2', zerosPacked],
    ['0.20.0', zerosPacked],
  ])('of version %s packs codes of 3 bits as that version did', async (version, zeros) => {
    const pack = version === '0.20.0' ? crossing : packedAs.bind(null, 10)
    const given = settings({ num_bits: 3, group_size: size, symmetric: false }, { format: 'pack-quantized', version })
    const tensors = [
      i32('w.weight_packed', [rows, 5], range(rows, (row) => pack(range(cols, (col) => small(row, col)))).flat()),
      scales,
      i64('w.weight_shape', [rows, cols]),
      zeros,
    ]
    const want = range(rows * cols, (i) => {
      const [row, col] = [Math.floor(i / cols), i % cols]
      const g = Math.floor(col / size)
      return (small(row, col) - zero(row, g)) * scale(row, g)
    })
    expect(await valuesOf(given, tensors, [rows, cols])).toEqual(want)
  })

  it('has one scale for a tensor of packed codes', async () => {
    const given = settings({ num_bits: 4, strategy: 'tensor' }, { format: 'pack-quantized' })
    const tensors = [
      i32(
        'w.weight_packed',
        [rows, cols / 8],
        range(rows, (row) => words(range(cols, (col) => code(row, col)))).flat(),
      ),
      f32('w.weight_scale', [1], [0.5]),
      i64('w.weight_shape', [rows, cols]),
    ]
    const want = range(rows * cols, (i) => (code(Math.floor(i / cols), i % cols) - 8) * 0.5)
    expect(await valuesOf(given, tensors, [rows, cols])).toEqual(want)
  })

  it('scatters the groups of whole numbers in bytes, too', async () => {
    const of = (col: number): number => (col * 7) % groups
    const given = settings({ num_bits: 8, group_size: size, actorder: 'group' }, { format: 'int-quantized' })
    const tensors = [
      i8(
        'w.weight',
        [rows, cols],
        range(rows * cols, (i) => code(Math.floor(i / cols), i % cols) - 8),
      ),
      scales,
      i32('w.weight_g_idx', [cols], range(cols, of)),
    ]
    const want = range(rows * cols, (i) => {
      const [row, col] = [Math.floor(i / cols), i % cols]
      return (code(row, col) - 8) * scale(row, of(col))
    })
    expect(await valuesOf(given, tensors, [rows, cols])).toEqual(want)
  })
})

it("MLX's tensors of all experts are as many matrices, one below the other", async () => {
  const [experts, rows, cols] = [3, 2, 16]
  const all = experts * rows
  const values = await valuesOf(
    { quantization: { bits: 4, group_size: 8 } },
    [
      i32(
        'w.weight',
        [experts, rows, 2],
        range(all, (row) => words(range(cols, (col) => code(row, col)))).flat(),
        'U32',
      ),
      f32(
        'w.scales',
        [experts, rows, 2],
        range(2 * all, (i) => 2 ** -(i % 5)),
      ),
      f32(
        'w.biases',
        [experts, rows, 2],
        range(2 * all, (i) => i / 4),
      ),
    ],
    [all, cols],
  )
  const want = range(all * cols, (i) => {
    const [row, col] = [Math.floor(i / cols), i % cols]
    const g = 2 * row + Math.floor(col / 8)
    return 2 ** -(g % 5) * code(row, col) + g / 4
  })
  expect(values).toEqual(want)
})

test('FP8 has scales that are powers of two in a byte each', async () => {
  const values = await valuesOf(
    { quantization_config: { quant_method: 'fp8', weight_block_size: [2, 4], scale_fmt: 'ue8m0' } },
    [
      // 1 and -1.5 in E4M3
      {
        name: 'w.weight',
        dtype: 'F8_E4M3',
        shape: [3, 8],
        bytes: Uint8Array.from(range(24, (i) => (i % 2 ? 0xbc : 0x38))),
      },
      { name: 'w.weight_scale_inv', dtype: 'F8_E8M0', shape: [2, 2], bytes: Uint8Array.of(127, 130, 120, 0) },
    ],
    [3, 8],
  )
  const scale = [1, 8, 2 ** -7, 2 ** -127]
  const block = (i: number): number => 2 * Math.floor(i / 16) + Math.floor((i % 8) / 4)
  expect(values).toEqual(range(24, (i) => (i % 2 ? -1.5 : 1) * scale[block(i)]!))
})

test.each([
  [{ quant_method: 'fp8', activation_scheme: 'dynamic', weight_block_size: null }, ['activation_scheme']],
  [{ quant_method: 'bitsandbytes', load_in_8bit: true, load_in_4bit: false }, ['load_in_8bit']],
  [
    {
      quant_method: 'compressed-tensors',
      kv_cache_scheme: null,
      config_groups: { a: { input_activations: { num_bits: 8 }, output_activations: null, weights: { num_bits: 8 } } },
    },
    ['config_groups.a.input_activations'],
  ],
  [{ quant_method: 'gptq', bits: 4 }, []],
])('activations that are rounded elsewhere are said: %j', async (settings, keys) => {
  const config = JSON.stringify({ model_type: 'llama', quantization_config: settings })
  const weights = writeSafetensors([f32('w.weight', [1, 1], [1])])
  const { ignored } = await openCheckpoint(filesOf({ 'config.json': config, 'model.safetensors': weights }), [])
  const said = keys.map((key) => expect.objectContaining({ key: `quantization_config.${key}`, why: 'activations' }))
  expect(ignored).toEqual(said)
})

describe('a matrix that its family keeps as [in, out]', () => {
  const int8 = (name: string, out: number, cols: number): TensorToWrite[] => [
    i8(
      `${name}.weight`,
      [out, cols],
      range(out * cols, (i) => (i % 251) - 125),
    ),
    f32(
      `${name}.SCB`,
      [out],
      range(out, () => 127),
    ),
  ]

  it('is [out, in] once it is packed, also where it is square', async () => {
    const want = range(64, (i) => (i % 251) - 125)
    expect(await valuesOf({}, int8('w', 8, 8), [8, 8], true)).toEqual(want)
  })

  it('fits its model so, and not as the family keeps floats', async () => {
    const folder = 'fixtures/golden/gpt2_odd'
    const source = bytesSource('model.safetensors', new Uint8Array(readFileSync(`${folder}/model.safetensors`)))
    const { entries } = await readSafetensors(source)
    const open = async (turn: boolean): Promise<unknown> => {
      const tensors: TensorToWrite[] = []
      for (const { name, dtype, shape, begin, end } of entries.values()) {
        if (/(c_attn|c_proj|c_fc)\.weight$/.test(name)) {
          const [cols, out] = shape as [number, number]
          tensors.push(
            ...int8(name.slice(0, -'.weight'.length), ...((turn ? [out, cols] : [cols, out]) as [number, number])),
          )
        } else tensors.push({ name, dtype, shape, bytes: new Uint8Array(await source.read(begin, end - begin)) })
      }
      const files = filesOf({
        'config.json': readFileSync(`${folder}/config.json`),
        'model.safetensors': writeSafetensors(tensors),
      })
      return openModel({ name: 'packed', files })
    }
    await expect(open(true)).resolves.toBeDefined()
    await expect(open(false)).rejects.toMatchObject({ code: 'TENSOR_SHAPE' })
  })
})
