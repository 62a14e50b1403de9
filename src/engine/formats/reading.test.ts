// Planning and reading weights: names and shapes that do not fit, seams between stacked tensors, chunk sizes, abort.

import { describe, expect, it } from 'vitest'
import { blobSource, bytesSource, type ByteSource } from './bytes.ts'
import type { Checkpoint } from './types.ts'
import { filesOf, openFiles, openModelFiles, writeSafetensors, type TensorToWrite } from './testing.ts'
import { canStack, planWeight, readVector, readWeight } from './weights.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
const code = (name: string, text = ''): unknown =>
  expect.objectContaining({ code: name, message: expect.stringContaining(text) })
const config = '{"model_type":"llama"}'
const parts = (...names: string[]): { tensor: string }[] => names.map((tensor) => ({ tensor }))
const weights = (name: string): Uint8Array =>
  writeSafetensors([{ name, dtype: 'F32', shape: [1], bytes: Uint8Array.of(0, 0, 128, 63) }])

describe('planning and reading weights', () => {
  const f32 = (name: string, shape: number[]): TensorToWrite => ({
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  })
  const half = (name: string, shape: number[], dtype = 'F16'): TensorToWrite => ({
    name,
    dtype,
    shape,
    bytes: new Uint8Array(2 * shape.reduce((a, b) => a * b, 1)),
  })
  const made = async (): Promise<Checkpoint> =>
    await openFiles({
      'config.json': config,
      'model.safetensors': writeSafetensors([
        f32('a', [4, 16]),
        f32('b', [2, 16]),
        f32('odd', [3, 5]),
        half('h', [2, 16]),
        half('ho', [3, 5]),
        half('bf', [2, 16], 'BF16'),
        f32('v', [7]),
        half('vb', [3], 'BF16'),
        f32('s', []),
        half('empty', [0, 16]),
      ]),
    })
  it('refuses wrong names and shapes with both in the sentence', async () => {
    const checkpoint = await made()
    expect(() => planWeight(checkpoint, [{ tensor: 'nope', rows: 4 }], 16, 'native')).toThrow(
      code('TENSOR_MISSING', '"nope"'),
    )
    expect(() => planWeight(checkpoint, [{ tensor: 'a', rows: 16 }], 4, 'native')).toThrow(
      code('TENSOR_SHAPE', 'must be (16, 4), the file has (4, 16)'),
    )
    expect(() => planWeight(checkpoint, [{ tensor: 'v', rows: 7 }], 1, 'native')).toThrow(code('TENSOR_SHAPE'))
    await expect(readVector(checkpoint, 'a')).rejects.toThrow(code('TENSOR_SHAPE'))
    expect(await readVector(checkpoint, 'v')).toEqual(new Float32Array(7))
    expect(await readVector(checkpoint, 'vb')).toEqual(new Float32Array(3))
  })
  it('stacks only what meets at whole blocks and words', async () => {
    const checkpoint = await made()
    expect(canStack(checkpoint, parts('a', 'b'), 16, 'nf4')).toBe(true) // 64 + 32 elements
    expect(canStack(checkpoint, parts('b', 'a'), 16, 'nf4')).toBe(false) // the seam is inside a block
    expect(canStack(checkpoint, parts('b', 'a'), 16, 'i8')).toBe(true)
    expect(canStack(checkpoint, parts('b', 'a'), 16, 'native')).toBe(true)
    expect(canStack(checkpoint, parts('a', 'h'), 16, 'native')).toBe(false)
    expect(canStack(checkpoint, parts('h', 'bf'), 16, 'native')).toBe(false)
    expect(canStack(checkpoint, parts('a', 'h'), 16, 'nf4')).toBe(true)
    expect(canStack(checkpoint, parts('ho', 'ho'), 5, 'native')).toBe(false) // 15 halves end inside a word
    expect(canStack(checkpoint, parts('odd', 'odd'), 5, 'native')).toBe(true)
    expect(() =>
      planWeight(
        checkpoint,
        [
          { tensor: 'b', rows: 2 },
          { tensor: 'a', rows: 4 },
        ],
        16,
        'nf4',
      ),
    ).toThrow(code('DTYPE_UNSUPPORTED', 'seam'))
  })
  it('stops between chunks when asked', async () => {
    const checkpoint = await made()
    const stop = new AbortController()
    const chunks = readWeight(checkpoint, [{ tensor: 'a', rows: 4 }], 16, 'native', {
      signal: stop.signal,
      chunkBytes: 64,
    })
    expect((await chunks.next()).value).toMatchObject({ plane: 'codes', offset: 0 })
    stop.abort()
    await expect(chunks.next()).rejects.toThrow(code('ABORTED'))
    await expect(
      openModelFiles(filesOf({ 'config.json': config, 'model.safetensors': weights('a') }), stop.signal),
    ).rejects.toThrow(code('ABORTED'))
  })
  it('reads no more than a chunk or a row at once', async () => {
    let largest = 0
    const bytes = writeSafetensors([f32('a', [64, 256])])
    const inner = blobSource('model.safetensors', new Blob([bytes as Uint8Array<ArrayBuffer>]))
    const source: ByteSource = {
      ...inner,
      read: async (offset, length) => {
        largest = Math.max(largest, length)
        return await inner.read(offset, length)
      },
    }
    const checkpoint = await openModelFiles(
      new Map([
        ['config.json', bytesSource('config.json', ascii(config))],
        ['model.safetensors', source],
      ]),
    )
    for (const target of ['native', 'nf4', 'i8'] as const) {
      for await (const { bytes: chunk } of readWeight(checkpoint, [{ tensor: 'a', rows: 64 }], 256, target, {
        chunkBytes: 4096,
      })) {
        expect(chunk.length).toBeLessThanOrEqual(4096)
      }
    }
    expect(largest).toBe(4096)
  })
})
