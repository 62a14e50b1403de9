// ChatGLM's own int4 and int8: the model computes with them what it computes with the numbers that they stand for.

import { expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { concat, filesOf, writeSafetensors, type TensorToWrite } from './formats/testing.ts'
import { readSafetensors } from './formats/safetensors.ts'
import { bytesSource } from './formats/bytes.ts'
import { floatToHalf, halfToFloat } from './tensor/half.ts'
import { openModel, placeModel } from './load.ts'

const bytesOf = (floats: Float32Array): Uint8Array => new Uint8Array(floats.buffer)

/** A row's codes and their scale. */
function quantized(row: Float32Array, bits: number): { codes: number[]; scale: number } {
  const most = 2 ** (bits - 1) - 1
  const scale = halfToFloat(floatToHalf(Math.max(...row.map(Math.abs)) / most))
  return { scale, codes: [...row].map((v) => Math.max(-most - 1, Math.min(most, Math.round(v / scale)))) }
}

const packedRow = (codes: number[], bits: number): Uint8Array =>
  bits === 8
    ? new Uint8Array(Int8Array.from(codes).buffer)
    : Uint8Array.from({ length: codes.length / 2 }, (_, j) => ((codes[2 * j]! & 15) << 4) | (codes[2 * j + 1]! & 15))

/** The linears of the layers as ChatGLM writes them, and as the floats that those stand for. */
async function both(name: string, bits: number): Promise<{ packed: TensorToWrite[]; plain: TensorToWrite[] }> {
  const bytes = new Uint8Array(readFileSync(`fixtures/golden/${name}/model.safetensors`))
  const { entries } = await readSafetensors(bytesSource('model.safetensors', bytes))
  const [packed, plain]: TensorToWrite[][] = [[], []]
  for (const { name, dtype, shape, begin, end } of entries.values()) {
    const own = { name, dtype, shape, bytes: bytes.slice(begin, end) }
    if (!/layers\..*(dense|query_key_value).*weight$/.test(name)) {
      packed!.push(own)
      plain!.push(own)
      continue
    }
    const [rows, cols] = shape as [number, number]
    const values = new Float32Array(own.bytes.buffer)
    const made = Array.from({ length: rows }, (_, row) =>
      quantized(values.subarray(row * cols, (row + 1) * cols), bits),
    )
    const codes = concat(made.map((row) => packedRow(row.codes, bits)))
    const scales = new Uint8Array(Uint16Array.from(made, ({ scale }) => floatToHalf(scale)).buffer)
    packed!.push({ name, dtype: 'I8', shape: [rows, (cols * bits) / 8], bytes: codes })
    packed!.push({ name: `${name}_scale`, dtype: 'F16', shape: [rows], bytes: scales })
    const stands = Float32Array.from(made.flatMap((row) => row.codes.map((code) => code * row.scale)))
    plain!.push({ ...own, bytes: bytesOf(stands) })
  }
  return { packed: packed!, plain: plain! }
}

async function logits(config: object, tensors: TensorToWrite[]): Promise<Float32Array[]> {
  const files = filesOf({ 'config.json': JSON.stringify(config), 'model.safetensors': writeSafetensors(tensors) })
  const options = { device: 'reference', linear: 'keep', embedding: 'keep', context: 16 } as const
  const { runtime } = await placeModel(await openModel({ name: 'm', files }, options), options)
  const ids = [5, 9, 17, 3, 44, 21, 88, 89, 90, 21, 8]
  runtime.beginText(ids)
  return await runtime.forward(ids, 'all')
}

test.each([
  ['chatglm-6b', 4],
  ['chatglm-6b', 8],
  ['chatglm2-6b', 4],
  ['chatglm2-6b', 8],
])('%s as int%i', async (name, bits) => {
  const config = JSON.parse(readFileSync(`fixtures/golden/${name}/config.json`, 'utf8')) as object
  const { packed, plain } = await both(name, bits)
  const own = await logits({ ...config, quantization_bit: bits }, packed)
  const same = await logits(config, plain)
  const most = Math.max(...same.flatMap((row) => [...row].map(Math.abs)))
  for (const [i, row] of own.entries()) {
    for (const [k, value] of row.entries()) expect(Math.abs(value - same[i]![k]!) / most).toBeLessThan(2e-6)
  }
})
