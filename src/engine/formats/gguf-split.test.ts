// What a split GGUF says of its parts, when it lies.

import { describe, expect, it } from 'vitest'
import { filesOf, llamaKeys, openModelFiles, writeGguf, type GgufValue } from './testing.ts'

const u16 = (n: number): GgufValue => ({ type: 2, bytes: new Uint8Array(Uint16Array.of(n).buffer) })
const u64 = (n: bigint): GgufValue => ({ type: 10, bytes: new Uint8Array(BigUint64Array.of(n).buffer) })
const f32 = (n: number): GgufValue => ({ type: 6, bytes: new Uint8Array(Float32Array.of(n).buffer) })
const tensor = { name: 'output_norm.weight', shape: [32], type: 0, bytes: new Uint8Array(128) }
const open = (...parts: Record<string, GgufValue>[]): Promise<unknown> =>
  openModelFiles(
    filesOf(
      Object.fromEntries(
        parts.map((keys, i) => [`${i}.gguf`, writeGguf({ ...llamaKeys(), ...keys }, i === 0 ? [tensor] : [])]),
      ),
    ),
  )

describe('a GGUF of one file', () => {
  it.each([0, 1])('that says split.count %s, as one that was put together again does, opens', async (count) => {
    await open({ 'split.count': u16(count), 'split.no': u16(0), 'split.tensors.count': 1 })
  })
  it.each<[string, GgufValue, string]>([
    ['65535', u16(65535), 'FILE_MISSING'],
    ['2^60', u64(2n ** 60n), 'FILE_HEADER'],
    ['1.5', f32(1.5), 'FILE_HEADER'],
    ['NaN', f32(NaN), 'FILE_HEADER'],
    ['-1', f32(-1), 'FILE_HEADER'],
    ['true', true, 'FILE_HEADER'],
    ['"2"', '2', 'FILE_HEADER'],
    ['a list', Uint32Array.of(1), 'FILE_HEADER'],
  ])('that says split.count %s is refused', async (_, count, code) => {
    await expect(open({ 'split.count': count, 'split.no': u16(0) })).rejects.toMatchObject({ code })
  })
  it.each<[string, GgufValue]>([
    ['0.5', f32(0.5)],
    ['NaN', f32(NaN)],
    ['-1', f32(-1)],
    ['1', u16(1)],
    ['"0"', '0'],
    ['2^60', u64(2n ** 60n)],
    ['a list', Uint32Array.of(0)],
  ])('that says split.no %s is refused', async (_, no) => {
    await expect(open({ 'split.count': u16(1), 'split.no': no })).rejects.toMatchObject({ code: 'FILE_FORMAT' })
  })
})

describe('GGUFs of two files', () => {
  const part = (no: number, count = 2): Record<string, GgufValue> => ({
    'split.no': u16(no),
    'split.count': u16(count),
  })
  it('open, and are refused where both are the same part or of other sets', async () => {
    await open(part(0), part(1))
    for (const [first, second] of [
      [part(0), part(0)],
      [part(1), part(1)],
      [part(0), part(2)],
      [part(0), part(1, 3)],
      [part(0, 0), part(1, 0)],
    ] as const) {
      await expect(open(first, second)).rejects.toMatchObject({ code: 'FILE_FORMAT' })
    }
  })
  it.each<[string, GgufValue]>([
    ['0', u16(0)],
    ['2^60', u64(2n ** 60n)],
    ['"1"', '1'],
    ['NaN', f32(NaN)],
  ])('are refused where they should hold %s tensors', async (_, count) => {
    const keys = { 'split.tensors.count': count }
    await expect(open({ ...part(0), ...keys }, { ...part(1), ...keys })).rejects.toMatchObject({ code: 'FILE_HEADER' })
  })
})
