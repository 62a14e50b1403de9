// Slices of a tensor's rows, read as tensors of their own: contiguous, head by head, in chunks of any size.

import { describe, expect, it } from 'vitest'
import { openFiles, writeSafetensors } from './testing.ts'
import type { RowSlice } from './slice.ts'
import { canStack, planWeight, readVector, readWeight, type WeightPart } from './weights.ts'

const [rows, cols] = [12, 4]
const value = (row: number, col: number): number => row * 10 + col
const open = () =>
  openFiles({
    'config.json': '{"model_type":"llama"}',
    'model.safetensors': writeSafetensors([
      {
        name: 'w',
        dtype: 'F32',
        shape: [rows, cols],
        bytes: new Uint8Array(
          Float32Array.from({ length: rows * cols }, (_, i) => value(Math.floor(i / cols), i % cols)).buffer,
        ),
      },
      {
        name: 'b',
        dtype: 'F32',
        shape: [rows],
        bytes: new Uint8Array(Float32Array.from({ length: rows }, (_, i) => i).buffer),
      },
    ]),
  })
const slices: [slice: NonNullable<WeightPart['slice']>, taken: number[]][] = [
  [{ every: 12, from: 0, count: 12 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  [{ every: 12, from: 5, count: 3 }, [5, 6, 7]],
  [{ every: 6, from: 2, count: 2 }, [2, 3, 8, 9]],
  [{ every: 3, from: 1, count: 1 }, [1, 4, 7, 10]],
]

describe.each(slices)('%j', (slice, taken) => {
  it('is these rows, however they are read', async () => {
    const checkpoint = await open()
    const part = { tensor: 'w', rows: taken.length, slice }
    expect(planWeight(checkpoint, [part], cols, 'native').layout.rows).toBe(taken.length)
    for (const chunkBytes of [4, 20, 48, 2 ** 20]) {
      const out = new Uint8Array(taken.length * cols * 4)
      for await (const { offset, bytes } of readWeight(checkpoint, [part], cols, 'native', { chunkBytes })) {
        out.set(bytes, offset)
      }
      expect([...new Float32Array(out.buffer)]).toEqual(
        taken.flatMap((row) => Array.from({ length: cols }, (_, col) => value(row, col))),
      )
    }
    expect([...(await readVector(checkpoint, 'b', { slice }))]).toEqual(taken)
  })
})

describe('a slice', () => {
  it('stacks with another of the same tensor', async () => {
    const [q, k] = [0, 1].map((n) => ({ tensor: 'w', slice: { every: 6, from: 3 * n, count: 3 } }))
    expect(canStack(await open(), [q!, k!], cols, 'native')).toBe(true)
  })
  it('is of the rows in their order where a converter reordered the file’s', async () => {
    const checkpoint = await open()
    const tensor = checkpoint.tensors.get('b')!
    const rowOrder = { heads: 2, fileRow: (row: number, count: number) => count - 1 - row } // backwards in each half
    const reordered = { ...tensor, data: { ...tensor.data, rowOrder } }
    const tensors = new Map([['b', reordered]])
    expect([...(await readVector({ ...checkpoint, tensors }, 'b'))]).toEqual([5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6])
    const slice = { every: 6, from: 1, count: 3 }
    expect([...(await readVector({ ...checkpoint, tensors }, 'b', { slice }))]).toEqual([4, 3, 2, 10, 9, 8])
  })
  it('must divide the rows, and lie within one part', async () => {
    const checkpoint = await open()
    const refused = (slice: RowSlice, parts: string): void =>
      expect(() => planWeight(checkpoint, [{ tensor: 'w', rows: 2, slice }], cols, 'native')).toThrow(
        expect.objectContaining({ code: 'TENSOR_SHAPE', message: expect.stringContaining(parts) }),
      )
    refused({ every: 5, from: 0, count: 1 }, 'parts of 5')
    refused({ every: 6, from: 5, count: 2 }, 'parts of 6')
  })
})
