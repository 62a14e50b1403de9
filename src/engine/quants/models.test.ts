// A small llama in every format that files store in blocks: what its blocks' values give in f32 is what it gives, on the
// references to the bit and on the processor through its tables; whole, token by token, and in chunks.

import { describe, expect, it } from 'vitest'
import { filesOf, llamaKeys, openModelFiles, writeGguf, type GgufTensorToWrite } from '../formats/testing.ts'
import { readWeight } from '../formats/weights.ts'
import { openModel, placeModel } from '../load.ts'
import { nmse, seeded } from '../ops/inputs.ts'
import type { LoadOptions } from '../types.ts'
import { quantOfDtype, readable } from './weight.ts'

const types: Record<string, number> = {
  ...{ Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, Q8_0: 8, Q2_K: 10, Q3_K: 11, Q4_K: 12, Q5_K: 13, Q6_K: 14 },
  ...{ IQ4_NL: 20, IQ4_XS: 23 },
}
const [D, F, V] = [256, 256, 80]
const keys = llamaKeys({ 'llama.embedding_length': D, 'llama.feed_forward_length': F })
const ids = [3, 79, 17, 17, 0, 61, 45]
const floats = (values: ArrayLike<number>): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
const memory = {
  bytes: (_: string, n: number) => new Uint8Array(n),
  floats: (_: string, n: number) => new Float32Array(n),
}
/** Any bytes are a block; its factors are near 2^-10, so that a sum of its values is no large number. */
function blocks(dtype: string, weights: number, random: () => number): Uint8Array {
  const { elements, bytes: size, halves } = quantOfDtype(dtype)!.stored!
  const bytes = Uint8Array.from({ length: (weights / elements) * size }, () => Math.floor(random() * 256))
  for (let b = 0; b < bytes.length; b += size) {
    halves.forEach((at, i) => bytes.set([Math.floor(random() * 256), i ? 0x94 : 0x14], b + at))
  }
  return bytes
}
function valuesOf(dtype: string, bytes: Uint8Array): Float32Array {
  const quant = quantOfDtype(dtype)!
  const { codes, scales } = quant.stored!.planes(bytes, memory)
  const cols = (bytes.length / quant.stored!.bytes) * quant.stored!.elements
  const out = new Float32Array(cols)
  const words = (plane: Uint8Array): Uint32Array => new Uint32Array(plane.slice().buffer)
  quant.dequantRow({ rows: 1, cols, block: quant.block, codes: words(codes!), scales: words(scales!) }, 0, out)
  return out
}
function tensorsOf(dtype: string): GgufTensorToWrite[] {
  const random = seeded(types[dtype]!)
  const matrix = (name: string, rows: number, cols: number): GgufTensorToWrite => ({
    name: `${name}.weight`,
    shape: [rows, cols],
    type: types[dtype]!,
    bytes: blocks(dtype, rows * cols, random),
  })
  const gain = (name: string): GgufTensorToWrite => ({
    name: `${name}.weight`,
    shape: [D],
    type: 0,
    bytes: floats(Array.from({ length: D }, () => 0.5 + random())),
  })
  return [
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
}
/** Logits of every token, read in these pieces one after the other, each time from the start. */
async function logits(tensors: GgufTensorToWrite[], device: LoadOptions['device'], ways: number[][][]) {
  const options = { device, context: 16, linear: 'keep', embedding: 'keep' } as const
  const model = await openModel({ name: 'm', files: filesOf({ 'm.gguf': writeGguf(keys, tensors) }) }, options)
  const { runtime, info } = await placeModel(model, options)
  expect(info.device?.references ?? []).toEqual([])
  const rows: Float32Array[][] = []
  for (const pieces of ways) {
    runtime.truncate(0)
    const own: Float32Array[] = []
    for (const piece of pieces) own.push(...(await runtime.forward(piece, 'all')))
    rows.push(own)
  }
  runtime.dispose()
  return rows
}

describe('a whole model', () => {
  const stored = readable('gguf').flatMap((quant) => (quant.stored ? [quant.dtype!] : []))
  it('in every type that there is', () => expect(Object.keys(types).toSorted()).toEqual(stored.toSorted()))
  it.each(Object.keys(types))('in %s', async (dtype) => {
    const packed = tensorsOf(dtype)
    const plain = packed.map((t) => (t.type === 0 ? t : { ...t, type: 0, bytes: floats(valuesOf(dtype, t.bytes)) }))
    const [[own], [same]] = await Promise.all([packed, plain].map((t) => logits(t, 'reference', [[ids]])))
    expect(own).toEqual(same)
    const ways = [[ids], ids.map((id) => [id]), [ids.slice(0, 4), ids.slice(4)]]
    for (const rows of await logits(packed, 'cpu', ways)) {
      for (const [i, row] of rows.entries()) expect(nmse(row, own![i]!)).toBeLessThan(1e-11)
    }
  })
  it.each(Object.keys(types))(
    'in %s with a factor that is no number is refused by the name of its tensor',
    async (dtype) => {
      const { halves } = quantOfDtype(dtype)!.stored!
      const bytes = blocks(dtype, D, seeded(1))
      for (const bad of [0x7c, 0xfe]) {
        const broken = bytes.slice()
        broken[halves.at(-1)! + 1] = bad
        const tensor = { name: 'x', shape: [1, D], type: types[dtype]!, bytes: broken }
        const checkpoint = await openModelFiles(filesOf({ 'm.gguf': writeGguf(llamaKeys(), [tensor]) }))
        const read = readWeight(checkpoint, [{ tensor: 'x', rows: 1 }], D, 'native')
        await expect(read.next()).rejects.toMatchObject({ code: 'NUMERIC', facts: { tensor: 'x' } })
      }
    },
  )
})
