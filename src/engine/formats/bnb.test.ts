// bitsandbytes tensors: the parts of one weight become one tensor, and each part that does not fit is named.

import { describe, expect, it } from 'vitest'
import type { Checkpoint } from './types.ts'
import { dequantize, quantOf } from '../quants/weight.ts'
import { gatherWeight, openFiles, writeSafetensors, type TensorToWrite } from './testing.ts'
import { planWeight, readWeight } from './weights.ts'

const code = (name: string, text = ''): unknown =>
  expect.objectContaining({ code: name, message: expect.stringContaining(text) })
const config = '{"model_type":"llama"}'

describe('bitsandbytes tensors', () => {
  type Change = (parts: Map<string, TensorToWrite>, state: Record<string, unknown>) => void
  const floats = (n: number): Uint8Array => new Uint8Array(new Float32Array(n).fill(1).buffer)
  /** a (3, 50) weight, double quantized, with one thing changed */
  const nf4 = async (change: Change = () => {}, type = 'nf4'): Promise<Checkpoint> => {
    const state = {
      quant_type: 'nf4',
      blocksize: 64,
      dtype: 'float32',
      shape: [3, 50],
      nested_blocksize: 256,
      nested_dtype: 'float32',
      nested_offset: 0.5,
    }
    const part = (name: string, dtype: string, bytes: Uint8Array): [string, TensorToWrite] => [
      name,
      { name, dtype, shape: [bytes.length / (dtype === 'F32' ? 4 : 1)], bytes },
    ]
    const parts = new Map([
      part('w', 'U8', new Uint8Array(75)),
      part('w.absmax', 'U8', new Uint8Array(3)),
      part('w.quant_map', 'F32', floats(16)),
      part('w.nested_absmax', 'F32', floats(1)),
      part('w.nested_quant_map', 'F32', floats(256)),
    ])
    change(parts, state)
    const text = new TextEncoder().encode(JSON.stringify(state))
    const name = `w.quant_state.bitsandbytes__${type}`
    return await openFiles({
      'config.json': config,
      'model.safetensors': writeSafetensors([
        ...parts.values(),
        { name, dtype: 'U8', shape: [text.length], bytes: text },
      ]),
    })
  }
  it('become one tensor', async () => {
    const { tensors } = await nf4()
    expect([...tensors.keys()]).toEqual(['w'])
    expect(tensors.get('w')).toMatchObject({ dtype: 'NF4', shape: [3, 50] })
    expect(tensors.get('w')!.byteLength).toBeGreaterThan(75 + 3 + 64 + 4 + 1024)
  })
  it('with another code book are refused when read', async () => {
    const checkpoint = await nf4()
    await expect(readWeight(checkpoint, [{ tensor: 'w', rows: 3 }], 50, 'native').next()).rejects.toThrow(
      code('DTYPE_UNSUPPORTED', 'code book'),
    )
  })
  const resize =
    (name: string, n: number): Change =>
    (parts) => {
      const p = parts.get(name)!
      p.bytes = new Uint8Array(n * (p.dtype === 'F32' ? 4 : 1))
      p.shape = [n]
    }
  const changes: [string, Change, string?][] = [
    ['codes too short', resize('w', 74)],
    ['codes too long', resize('w', 76)],
    ['absmax too short', resize('w.absmax', 2)],
    ['a code book of 15', resize('w.quant_map', 15)],
    ['two nested scales', resize('w.nested_absmax', 2)],
    ['a nested map of 255', resize('w.nested_quant_map', 255)],
    [
      'no codes',
      (p) => {
        p.delete('w')
      },
    ],
    [
      'no absmax',
      (p) => {
        p.delete('w.absmax')
      },
    ],
    [
      'no nested absmax',
      (p) => {
        p.delete('w.nested_absmax')
      },
    ],
    [
      'f32 absmax with a nested state',
      (p) => {
        p.set('w.absmax', { name: 'w.absmax', dtype: 'F32', shape: [3], bytes: floats(3) })
      },
    ],
    [
      'quant_type fp4 in nf4',
      (_, s) => {
        s.quant_type = 'fp4'
      },
    ],
    [
      'quant_type int3',
      (_, s) => {
        s.quant_type = 'int3'
      },
    ],
    [
      'blocksize 48',
      (_, s) => {
        s.blocksize = 48
      },
    ],
    [
      'blocksize text',
      (_, s) => {
        s.blocksize = '64'
      },
    ],
    [
      'one dimension',
      (_, s) => {
        s.shape = [150]
      },
    ],
    [
      'a dimension of 0',
      (_, s) => {
        s.shape = [0, 50]
      },
    ],
    [
      'a huge shape',
      (_, s) => {
        s.shape = [2 ** 32, 2 ** 32]
      },
    ],
    [
      'a fraction',
      (_, s) => {
        s.shape = [1.5, 100]
      },
    ],
    [
      'nested blocksize 128',
      (_, s) => {
        s.nested_blocksize = 128
      },
    ],
    [
      'no offset',
      (_, s) => {
        delete s.nested_offset
      },
    ],
    [
      'an offset of text',
      (_, s) => {
        s.nested_offset = 'x'
      },
    ],
    [
      'an infinite offset',
      (_, s) => {
        s.nested_offset = 1e99
      },
    ],
    [
      'a state too long',
      (_, s) => {
        s.more = 'x'.repeat(4096)
      },
    ],
  ]
  it.each(changes)('refuse %s', async (_, change) => {
    await expect(nf4(change)).rejects.toThrow(code('FILE_HEADER', '"w"'))
  })
  it.each([NaN, Infinity])('with a scale of %s are refused when read', async (scale) => {
    const book = new Uint8Array(Float32Array.from(quantOf('nf4').book!).buffer)
    const standard: Change = (parts) => {
      parts.get('w.quant_map')!.bytes = book
    }
    const hurt: Change[] = [
      (parts) => {
        parts.get('w.nested_quant_map')!.bytes.set(new Uint8Array(Float32Array.of(scale).buffer))
      },
      (parts, state) => {
        for (const key of Object.keys(state)) if (key.startsWith('nested')) delete state[key]
        const bytes = new Uint8Array(Float32Array.of(1, 1, scale).buffer)
        parts.set('w.absmax', { name: 'w.absmax', dtype: 'F32', shape: [3], bytes })
        parts.delete('w.nested_absmax')
        parts.delete('w.nested_quant_map')
      },
    ]
    await gatherWeight(await nf4(standard), [{ tensor: 'w', rows: 3 }], 50, 'native')
    for (const change of hurt) {
      const checkpoint = await nf4((parts, state) => {
        standard(parts, state)
        change(parts, state)
      })
      await expect(gatherWeight(checkpoint, [{ tensor: 'w', rows: 3 }], 50, 'native')).rejects.toThrow(
        code('NUMERIC', '"w"'),
      )
    }
  })
  it.each([50, 25])('of %i columns give the same rows one by one as all together', async (cols) => {
    const bytes = (n: number, of: (i: number) => number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => of(i))
    const checkpoint = await nf4((parts, state) => {
      state.shape = [150 / cols, cols]
      parts.get('w')!.bytes = bytes(75, (i) => (i * 37 + 11) % 256)
      parts.get('w.absmax')!.bytes = bytes(3, (i) => 90 * i)
      parts.get('w.quant_map')!.bytes = new Uint8Array(Float32Array.from(quantOf('nf4').book!).buffer)
      const map = Float32Array.from({ length: 256 }, (_, i) => i / 64)
      parts.get('w.nested_quant_map')!.bytes = new Uint8Array(map.buffer)
    })
    const whole = dequantize(await gatherWeight(checkpoint, [{ tensor: 'w', rows: 150 / cols }], cols, 'native'))
    for (let row = 0; row < 3; row++) {
      const slice = { every: 3, from: row, count: 1 }
      const rows = 150 / cols / 3
      const picked = await gatherWeight(checkpoint, [{ tensor: 'w', rows, slice }], cols, 'native', { chunkBytes: 40 })
      const want = whole.filter((_, i) => Math.floor(i / cols) % 3 === row)
      expect([...dequantize(picked)]).toEqual([...want])
    }
  })
  it('of LLM.int8 in the tiles of a GPU are refused by name', async () => {
    const tensors = [
      { name: 'x.weight', dtype: 'I8', shape: [2, 3], bytes: new Uint8Array(6) },
      { name: 'x.SCB', dtype: 'F32', shape: [2], bytes: floats(2) },
      { name: 'x.weight_format', dtype: 'U8', shape: [], bytes: Uint8Array.of(2) },
    ]
    const files = { 'config.json': config, 'model.safetensors': writeSafetensors(tensors) }
    await expect(openFiles(files)).rejects.toThrow(code('DTYPE_UNSUPPORTED', 'weight_format 2'))
  })
  it('of LLM.int8 are read, and whole numbers without a scale refused by name when planned', async () => {
    const bytes = new Uint8Array(Int8Array.of(127, -127, 5, 0, 1, -128).buffer)
    const scb = new Uint8Array(Float32Array.of(2, 127).buffer)
    const checkpoint = await openFiles({
      'config.json': config,
      'model.safetensors': writeSafetensors([
        { name: 'x.weight', dtype: 'I8', shape: [2, 3], bytes },
        { name: 'x.SCB', dtype: 'F32', shape: [2], bytes: scb },
        { name: 'x.weight_format', dtype: 'U8', shape: [], bytes: new Uint8Array(1) },
        { name: 'y.weight', dtype: 'I8', shape: [2, 3], bytes },
      ]),
    })
    const values = dequantize(await gatherWeight(checkpoint, [{ tensor: 'x.weight', rows: 2 }], 3, 'native'))
    expect([...values]).toEqual([2, -2, 10 / 127, 0, 1, -128].map(Math.fround))
    expect(() => planWeight(checkpoint, [{ tensor: 'y.weight', rows: 2 }], 3, 'native')).toThrow(
      code('DTYPE_UNSUPPORTED', 'stored as I8'),
    )
  })
})
