import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dequantize } from '../quants/weight.ts'
import { goldens } from '../testing/goldens.ts'
import type { ByteSource } from './bytes.ts'
import { filesOf, folderFiles, gatherWeight, openModelFiles } from './testing.ts'
import { readTile } from './tile.ts'
import { canStack, planWeight, readVector } from './weights.ts'

const config = JSON.stringify({ model_type: 'llama' })

describe('golden models', () => {
  for (const name of goldens.filter((n) => readdirSync(`fixtures/golden/${n}`).includes('model.safetensors'))) {
    it(`opens ${name} and reads its floats as they are`, async () => {
      const checkpoint = await openModelFiles(folderFiles(`fixtures/golden/${name}`))
      expect(checkpoint.config.model_type).toBeTypeOf('string')
      for (const { name: tensor, shape, dtype } of checkpoint.tensors.values()) {
        if (shape.length === 1) expect(await readVector(checkpoint, tensor)).toHaveLength(shape[0]!)
        else if (dtype === 'F32' && shape.length === 2) {
          const [rows, cols] = shape as [number, number]
          const whole = await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native')
          expect(await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native', { chunkBytes: 100 })).toEqual(whole)
          expect(dequantize(whole).every(Number.isFinite)).toBe(true)
        }
      }
    })
  }

  it('stacks q, k and v by rows', async () => {
    const checkpoint = await openModelFiles(folderFiles('fixtures/golden/llama'))
    const names = ['q', 'k', 'v'].map((x) => `model.layers.0.self_attn.${x}_proj.weight`)
    const parts = names.map((tensor) => ({ tensor, rows: checkpoint.tensors.get(tensor)!.shape[0]! }))
    for (const target of ['native', 'nf4', 'i8'] as const) {
      expect(
        canStack(
          checkpoint,
          names.map((tensor) => ({ tensor })),
          32,
          target,
        ),
      ).toBe(true)
      const stacked = dequantize(await gatherWeight(checkpoint, parts, 32, target))
      const single = await Promise.all(
        parts.map(async (part) => dequantize(await gatherWeight(checkpoint, [part], 32, target))),
      )
      expect([...stacked]).toEqual(single.flatMap((values) => [...values]))
    }
    expect(planWeight(checkpoint, parts, 32, 'nf4').layout).toMatchObject({
      format: 'nf4',
      rows: 64,
      cols: 32,
      block: 64,
    })
  })
})

describe('tiles', () => {
  // f16, bf16 with rows of 60, f32; GGUF with the rows of its heads interleaved
  for (const name of ['llama_f16', 'llama_odd', 'qwen3', 'gguf_f16', 'gguf_bf16', 'gguf_f32']) {
    it(`reads of ${name} what a whole read gives, and no byte more`, async () => {
      let read = 0
      const counted = new Map(
        [...folderFiles(`fixtures/golden/${name}`)].map(([file, source]): [string, ByteSource] => [
          file,
          {
            ...source,
            read: (offset, length) => {
              read += length
              return source.read(offset, length)
            },
          },
        ]),
      )
      const checkpoint = await openModelFiles(counted)
      for (const tensor of checkpoint.tensors.values()) {
        if (tensor.shape.length !== 2) continue
        const [rows, cols] = tensor.shape as [number, number]
        const whole = dequantize(await gatherWeight(checkpoint, [{ tensor: tensor.name, rows }], cols, 'native'))
        const [r, c, h, w] = [Math.floor(rows / 3), 5, Math.min(11, rows - Math.floor(rows / 3)), 9]
        read = 0
        expect([...(await readTile(tensor, r, c, h, w))!], tensor.name).toEqual(
          Array.from({ length: h * w }, (_, i) => whole[(r + Math.floor(i / w)) * cols + c + (i % w)]!),
        )
        expect(read).toBe(h * w * (tensor.dtype === 'F32' ? 4 : 2))
      }
    })
  }
  it('has none where the file holds codes', async () => {
    for (const [name, tensor] of [
      ['llama_nf4', 'model.layers.0.mlp.down_proj.weight'],
      ['gguf_q8_0', 'model.layers.0.self_attn.q_proj.weight'],
    ] as const) {
      expect(
        await readTile((await openModelFiles(folderFiles(`fixtures/golden/${name}`))).tensors.get(tensor)!, 0, 0, 1, 1),
      ).toBeNull()
    }
  })
})

describe('bitsandbytes fixtures', () => {
  for (const kind of ['nf4_plain', 'nf4_dq', 'fp4_plain', 'fp4_dq']) {
    it(`reads ${kind} bit for bit`, async () => {
      const checkpoint = await openModelFiles(
        filesOf({ 'config.json': config, 'model.safetensors': readFileSync(`fixtures/quant/bnb_${kind}.safetensors`) }),
      )
      expect([...checkpoint.tensors.keys()].sort()).toEqual(['expected', 'weight'])
      const dtype = kind.slice(0, 3).toUpperCase()
      expect(checkpoint.tensors.get('weight')).toMatchObject({ dtype, shape: [40, 64] })
      const expected = dequantize(await gatherWeight(checkpoint, [{ tensor: 'expected', rows: 40 }], 64, 'native'))
      for (const chunkBytes of [2 ** 22, 1024, 7]) {
        expect(
          dequantize(await gatherWeight(checkpoint, [{ tensor: 'weight', rows: 40 }], 64, 'native', { chunkBytes })),
        ).toEqual(expected)
      }
      const slice = { every: 10, from: 3, count: 2 }
      const some = dequantize(await gatherWeight(checkpoint, [{ tensor: 'weight', rows: 8, slice }], 64, 'native'))
      const rows = [3, 4, 13, 14, 23, 24, 33, 34].map((row) => [...expected.subarray(row * 64, (row + 1) * 64)])
      expect([...some]).toEqual(rows.flat())
    })
  }
})
