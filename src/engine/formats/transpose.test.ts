// A matrix whose file keeps its transpose: the same values as the transpose itself, whole, sliced, in small chunks, of
// any dtype, and quantized on the way.

import { expect, test } from 'vitest'
import { Scratch } from './scratch.ts'
import { sliceRows } from './slice.ts'
import { readTransposed, transposed } from './transpose.ts'
import { readTile } from './tile.ts'
import type { CheckpointTensor } from './types.ts'

const [K, N] = [37, 22]
/** element (k, n) of the file is 100 k + n; one byte stands in front, so that nothing is aligned */
function tensor(dtype: 'F32' | 'BF16'): CheckpointTensor {
  const values = Float32Array.from({ length: K * N }, (_, i) => 100 * Math.floor(i / N) + (i % N))
  const size = dtype === 'F32' ? 4 : 2
  const bytes = new Uint8Array(1 + K * N * size)
  const view = new DataView(bytes.buffer)
  const words = new Uint32Array(values.buffer)
  words.forEach((word, i) =>
    size === 4 ? view.setUint32(1 + 4 * i, word, true) : view.setUint16(1 + 2 * i, word >>> 16, true),
  )
  const source = {
    name: 'file',
    size: bytes.length,
    read: (at: number, length: number) => Promise.resolve(bytes.subarray(at, at + length)),
  }
  return { name: 'w', shape: [K, N], dtype, byteLength: K * N * size, data: { source, begin: 1, end: bytes.length } }
}

async function read(t: CheckpointTensor, chunk: number): Promise<number[]> {
  const [rows, cols] = t.shape as [number, number]
  const out: number[] = []
  for await (const bytes of readTransposed(t.data, [rows, cols], t.dtype === 'F32' ? 4 : 2, chunk, new Scratch())) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const size = t.dtype === 'F32' ? 4 : 2
    expect(bytes.length % (cols * size)).toBe(0)
    for (let i = 0; i < bytes.length; i += size) {
      const word = size === 4 ? view.getUint32(i, true) : view.getUint16(i, true) << 16
      out.push(new Float32Array(Uint32Array.of(word).buffer)[0]!)
    }
  }
  return out
}
const bf16 = (v: number): number =>
  new Float32Array(Uint32Array.of(new Uint32Array(Float32Array.of(v).buffer)[0]! & 0xffff0000).buffer)[0]!

test.each([1, 200, 1000, 2 ** 20])('rows are the columns of the file, %i bytes at a time', async (chunk) => {
  const want = Array.from({ length: N * K }, (_, i) => 100 * (i % K) + Math.floor(i / K))
  expect(transposed(tensor('F32')).shape).toEqual([N, K])
  expect(await read(transposed(tensor('F32')), chunk)).toEqual(want)
  expect(await read(transposed(tensor('BF16')), chunk)).toEqual(want.map(bf16))
})

test('a slice of them, and a tile', async () => {
  const sliced = sliceRows(transposed(tensor('F32')), { every: 11, from: 2, count: 3 })
  expect(sliced.shape).toEqual([6, K])
  const rows = [2, 3, 4, 13, 14, 15]
  expect(await read(sliced, 500)).toEqual(rows.flatMap((n) => Array.from({ length: K }, (_, k) => 100 * k + n)))
  expect([...(await readTile(transposed(tensor('F32')), 5, 30, 2, 3))!]).toEqual([3005, 3105, 3205, 3006, 3106, 3206])
})

test('what is packed has no columns that could be read', () => {
  expect(() => transposed({ ...tensor('F32'), dtype: 'Q8_0' })).toThrow(/transposed/)
  expect(() => transposed({ ...tensor('F32'), shape: [4] })).toThrow(/two axes/)
})
