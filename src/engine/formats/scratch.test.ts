import { describe, expect, it } from 'vitest'
import { blobSource, bytesSource, type ByteSource } from './bytes.ts'
import type { CheckpointTensor } from './types.ts'
import { handOver, Scratch } from './scratch.ts'
import { gatherWeight, llamaKeys, writeGguf, writeSafetensors, openModelFiles } from './testing.ts'
import { readWeight, type WeightTarget } from './weights.ts'

describe('memory used again', () => {
  it('gives the same bytes for the same name, and more when more are asked for', () => {
    const scratch = new Scratch()
    const first = scratch.bytes('a', 8).fill(7)
    expect(scratch.bytes('a', 4)).toEqual(first.subarray(0, 4))
    expect(scratch.bytes('b', 4)).toEqual(new Uint8Array(4))
    expect(scratch.floats('a', 5)).toHaveLength(5)
    expect(scratch.bytes('a', 20).buffer).toBe(scratch.floats('a', 2).buffer)
  })
  it('is taken from those who brought some, and only from those', () => {
    const own = new Uint8Array(8)
    const fresh = Uint8Array.of(1, 2, 3)
    expect(handOver(fresh)).toBe(fresh)
    const moved = handOver(fresh, own)
    expect([...moved]).toEqual([1, 2, 3])
    expect(moved.buffer).toBe(own.buffer)
  })
})

describe('reading a weight in many chunks', () => {
  const rows = 64,
    cols = 256
  const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 37) % 61)
  const blobs = (entries: Record<string, Uint8Array | string>): Map<string, ByteSource> =>
    new Map(
      Object.entries(entries).map(([name, data]) => [
        name,
        blobSource(name, new Blob([data as Uint8Array<ArrayBuffer>])),
      ]),
    )
  const safetensors = (dtype: string, width: number): Map<string, ByteSource> =>
    blobs({
      'config.json': '{"model_type":"llama"}',
      'model.safetensors': writeSafetensors([
        { name: 'w', dtype, shape: [rows, cols], bytes: bytes(rows * cols * width) },
      ]),
    })
  const gguf = (type: number, perBlock: number, name = 'blk.0.ffn_up.weight'): Map<string, ByteSource> =>
    blobs({
      'm.gguf': writeGguf(llamaKeys(), [
        { name, shape: [rows, cols], type, bytes: bytes(((rows * cols) / 32) * perBlock) },
      ]),
    })

  it.each<[string, Map<string, ByteSource>, WeightTarget]>([
    ['F16 as it is', safetensors('F16', 2), 'native'],
    ['BF16 to NF4', safetensors('BF16', 2), 'nf4'],
    ['F32 to 8 bits', safetensors('F32', 4), 'i8'],
    ['Q4_1', gguf(3, 20), 'native'],
    ['Q8_0', gguf(8, 34), 'native'],
    ['Q4_0 with rows put in order', gguf(2, 18, 'blk.0.attn_q.weight'), 'native'],
  ])('%s: the same values as at once, in a few buffers from the first to the last', async (_, files, target) => {
    const checkpoint = await openModelFiles(files)
    const [
      {
        name: tensor,
        data: { source },
      },
    ] = [...checkpoint.tensors.values()] as [CheckpointTensor]
    const inMemory = new Map(
      await Promise.all(
        [...files].map(async ([name, { size, read }]) => [name, bytesSource(name, await read(0, size))] as const),
      ),
    )
    const whole = await gatherWeight(await openModelFiles(inMemory), [{ tensor, rows }], cols, target)
    expect(await gatherWeight(checkpoint, [{ tensor, rows }], cols, target, { chunkBytes: 2048 })).toEqual(whole)

    const buffers = { read: new Set<ArrayBufferLike>(), given: new Set<ArrayBufferLike>() }
    const read = source.read.bind(source)
    let reads = 0
    Object.assign(source, {
      read: (offset: number, length: number, signal?: AbortSignal, into?: Uint8Array) => {
        reads++
        buffers.read.add(into!.buffer)
        return read(offset, length, signal, into)
      },
    })
    for await (const chunk of readWeight(checkpoint, [{ tensor, rows }], cols, target, { chunkBytes: 2048 })) {
      buffers.given.add(chunk.bytes.buffer)
    }
    expect(reads).toBeGreaterThanOrEqual(4)
    expect(buffers.read.size).toBe(1)
    // codes and scales, and the scales of an NF4 tensor that come once at its end
    expect(buffers.given.size).toBeLessThanOrEqual(3)
  })
})
