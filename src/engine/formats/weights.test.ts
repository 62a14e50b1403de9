import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dequantize } from '../tensor/dequant.ts'
import { openCheckpoint } from './checkpoint.ts'
import { filesOf, folderFiles, gatherWeight } from './testing.ts'
import { canStack, planWeight, readVector } from './weights.ts'

const config = JSON.stringify({ model_type: 'llama' })

describe('golden models', () => {
  for (const name of readdirSync('fixtures/golden').filter((n) => readdirSync(`fixtures/golden/${n}`).includes('model.safetensors'))) {
    it(`opens ${name} and reads its floats as they are`, async () => {
      const checkpoint = await openCheckpoint(folderFiles(`fixtures/golden/${name}`))
      expect(checkpoint.config.model_type).toBeTypeOf('string')
      for (const { name: tensor, shape, dtype } of checkpoint.tensors.values()) {
        if (shape.length === 1) expect(await readVector(checkpoint, tensor)).toHaveLength(shape[0]!)
        else if (dtype === 'F32') {
          const [rows, cols] = shape as [number, number]
          const whole = await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native')
          expect(await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native', { chunkBytes: 100 })).toEqual(whole)
          expect(dequantize(whole).every(Number.isFinite)).toBe(true)
        }
      }
    })
  }

  it('stacks q, k and v by rows', async () => {
    const checkpoint = await openCheckpoint(folderFiles('fixtures/golden/llama'))
    const names = ['q', 'k', 'v'].map((x) => `model.layers.0.self_attn.${x}_proj.weight`)
    const parts = names.map((tensor) => ({ tensor, rows: checkpoint.tensors.get(tensor)!.shape[0]! }))
    for (const target of ['native', 'nf4', 'i8'] as const) {
      expect(canStack(checkpoint, names, 32, target)).toBe(true)
      const stacked = dequantize(await gatherWeight(checkpoint, parts, 32, target))
      const single = await Promise.all(parts.map(async (part) => dequantize(await gatherWeight(checkpoint, [part], 32, target))))
      expect([...stacked]).toEqual(single.flatMap((values) => [...values]))
    }
    expect(planWeight(checkpoint, parts, 32, 'nf4').layout).toMatchObject({ format: 'nf4', rows: 64, cols: 32, block: 64 })
  })
})

describe('bitsandbytes fixtures', () => {
  for (const kind of ['plain', 'dq']) {
    it(`reads NF4 ${kind} bit for bit`, async () => {
      const checkpoint = await openCheckpoint(filesOf({ 'config.json': config, 'model.safetensors': readFileSync(`fixtures/quant/bnb_nf4_${kind}.safetensors`) }))
      expect([...checkpoint.tensors.keys()].sort()).toEqual(['expected', 'weight'])
      expect(checkpoint.tensors.get('weight')).toMatchObject({ dtype: 'NF4', shape: [40, 64] })
      const expected = dequantize(await gatherWeight(checkpoint, [{ tensor: 'expected', rows: 40 }], 64, 'native'))
      for (const chunkBytes of [2 ** 22, 1024, 7]) {
        expect(dequantize(await gatherWeight(checkpoint, [{ tensor: 'weight', rows: 40 }], 64, 'nf4', { chunkBytes }))).toEqual(expected)
      }
    })
    it(`refuses FP4 ${kind} by name, when it is used`, async () => {
      const checkpoint = await openCheckpoint(filesOf({ 'config.json': config, 'model.safetensors': readFileSync(`fixtures/quant/bnb_fp4_${kind}.safetensors`) }))
      expect(checkpoint.tensors.get('weight')).toMatchObject({ dtype: 'FP4', shape: [40, 64] })
      expect(() => planWeight(checkpoint, [{ tensor: 'weight', rows: 40 }], 64, 'nf4')).toThrow(expect.objectContaining({ code: 'DTYPE_UNSUPPORTED', message: expect.stringContaining('FP4') }))
    })
  }
})
