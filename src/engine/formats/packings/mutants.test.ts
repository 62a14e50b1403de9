// Packed weights whose settings, tensors or bytes were changed, by the thousand: refused by name, or read as planes of the
// lengths that the layout promises, with no scale that is none; never a fault.

import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { quantOf } from '../../quants/weight.ts'
import { mutant, survive, type Folder } from '../../testing/mutants.ts'
import { openCheckpoint } from '../checkpoint.ts'
import { filesOf, gatherWeight, type TensorToWrite } from '../testing.ts'
import type { Checkpoint } from '../types.ts'
import { packedFile } from './testing.ts'

const runs = Number(process.env['MUTANTS'] ?? 500)

/** Reads every matrix: all bytes of both planes, which gatherWeight counts. */
async function readAll(checkpoint: Checkpoint): Promise<void> {
  for (const { name: tensor, shape } of checkpoint.tensors.values()) {
    if (shape.length !== 2) continue
    const [rows, cols] = shape as [number, number]
    const whole = await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native', { chunkBytes: 300 })
    expect(Number.isInteger(whole.block)).toBe(true)
    expect(whole.codes.byteLength).toBe(quantOf(whole.format).codesBytes(whole))
    expect(whole.scales.byteLength).toBe(quantOf(whole.format).scalesBytes(whole))
  }
}

const folder = (config: object, tensors: TensorToWrite[]): Folder => ({
  json: new Map([['config.json', { model_type: 'llama', ...config }]]),
  tensors: new Map([['model.safetensors', tensors]]),
})
const tensor = (name: string, dtype: string, shape: number[], size: number, value = 1): TensorToWrite => ({
  ...{ name, dtype, shape, bytes: new Uint8Array(shape.reduce((n, axis) => n * axis, size)).fill(value) },
})
const layouts = readdirSync('fixtures/quant-layouts').map((name) => name.replace('.safetensors', ''))
const bases: [string, () => Promise<Folder> | Folder][] = [
  ...layouts
    .filter((name) => name !== 'fp8_all_codes')
    .map((name): [string, () => Promise<Folder>] => [
      name,
      async () => {
        const { config, tensors } = await packedFile(readFileSync(`fixtures/quant-layouts/${name}.safetensors`))
        return folder(config, [...tensors.values()])
      },
    ]),
  ...['bnb_nf4_dq', 'bnb_nf4_plain', 'bnb_fp4_dq', 'bnb_fp4_plain'].map((name): [string, () => Promise<Folder>] => [
    name,
    async () =>
      folder({}, [...(await packedFile(readFileSync(`fixtures/quant/${name}.safetensors`))).tensors.values()]),
  ]),
  [
    'LLM.int8',
    () =>
      folder({ quantization_config: { quant_method: 'bitsandbytes', load_in_8bit: true } }, [
        tensor('w.weight', 'I8', [6, 20], 1),
        tensor('w.SCB', 'F32', [6], 4, 0x3f),
        tensor('w.weight_format', 'U8', [], 1, 0),
      ]),
  ],
  ...[4, 8].map((bits): [string, () => Folder] => [
    `ChatGLM int${bits}`,
    () =>
      folder({ model_type: 'chatglm', quantization_bit: bits }, [
        tensor('w.weight', 'I8', [6, 16], 1),
        tensor('w.weight_scale', 'F16', [6], 2),
      ]),
  ]),
]

describe.each(bases)('%s', (_, base) => {
  let whole: Folder
  beforeAll(async () => {
    whole = await base()
  })
  it(`${runs} mutants are read or refused`, async () => {
    const { read, refused } = await survive({ count: runs }, async (roll) => {
      await readAll(await openCheckpoint(filesOf(mutant(whole, roll)), []))
    })
    expect(read).toBeGreaterThan(runs / 20)
    expect(refused).toBeGreaterThan(runs / 8)
  })
})
