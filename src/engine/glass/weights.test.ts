// A weight that loading quantized, beside what its file says.

import { describe, expect, it } from 'vitest'
import type { ByteSource } from '../formats/bytes.ts'
import { folderFiles, gatherWeight, openModelFiles } from '../formats/testing.ts'
import { dequantize } from '../quants/weight.ts'
import { openModel, placeModel } from '../load.ts'
import { testMachines, type Where } from '../testing/machines.ts'
import { StepRunner } from './step-runner.ts'
import type { LoadOptions } from '../types.ts'
import type { WeightTile } from './types.ts'
import { listWeights, weightTile } from './weights.ts'

async function open(
  where: Where,
  name: string,
  wrap: (source: ByteSource) => ByteSource = (source) => source,
  packing: Pick<LoadOptions, 'linear'> = {},
) {
  const files = new Map([...folderFiles(`fixtures/golden/${name}`)].map(([file, source]) => [file, wrap(source)]))
  const options = { ...where, ...packing, context: 16, selfCheck: false }
  const model = await openModel({ name, files }, options)
  const runner = new StepRunner((await placeModel(model, options)).runtime.inspection())
  return {
    listed: listWeights(runner.runtime),
    tile: (tensor: string, row: number, col: number, rows: number, cols: number): Promise<WeightTile> =>
      weightTile(runner, model.checkpoint, tensor, row, col, rows, cols),
  }
}

describe.each(await testMachines())('weights against their source: $name', ({ where, why }) => {
  if (!where) return it('all', ({ skip }) => skip(why))
  // half of the widest step between codes: 0.152 of an NF4 scale, half an int8 scale; scales are rounded after the
  // codes were chosen
  it.each(['llama_f16', 'gguf_f16', 'llama_odd'])(
    '%s: no value is further from the file than half a step of its code',
    async (name) => {
      const { listed, tile } = await open(where, name)
      expect(new Set(listed.map((w) => w.format))).toEqual(new Set(['nf4', 'i8']))
      for (const { tensor, rows, cols, format } of listed) {
        const row = Math.floor(rows / 2) - 1
        const { values, source, scales } = await tile(tensor, row, 1, 6, cols - 2)
        expect(source!.length).toBe(values.length)
        for (let i = 0; i < values.length; i++) {
          expect(Math.abs(values[i]! - source![i]!), `${tensor} ${i}`).toBeLessThanOrEqual(
            scales![i]! * (format === 'nf4' ? 0.18 : 0.501),
          )
        }
        expect(values.some((v, i) => v !== source![i])).toBe(true)
      }
    },
  )

  it.each(['llama_nf4', 'gguf_q8_0', 'llama_gptq'])(
    '%s packed anew: its source are the values of the file, and nothing is said of codes that do not run',
    async (name) => {
      const { tile, listed } = await open(where, name, undefined, { linear: 'i8' })
      const { tensor, rows, cols } = listed.find((w) => w.format === 'i8' && w.tensor.includes('q_proj'))!
      const { source, values, scales, nested, fileCodes } = await tile(tensor, 3, 2, 4, 7)
      expect({ nested, fileCodes }).toEqual({ nested: null, fileCodes: false })
      const checkpoint = await openModelFiles(folderFiles(`fixtures/golden/${name}`))
      const all = dequantize(await gatherWeight(checkpoint, [{ tensor, rows }], cols, 'native'))
      expect([...source!]).toEqual([3, 4, 5, 6].flatMap((row) => [...all.subarray(row * cols + 2, row * cols + 9)]))
      values.forEach((value, i) => expect(Math.abs(value - source![i]!)).toBeLessThanOrEqual(scales![i]! * 0.501))
    },
  )

  it('has no source where the file was quantized already, and none once the file is gone', async () => {
    for (const name of ['llama_nf4', 'gguf_q8_0']) {
      const { listed, tile } = await open(where, name)
      const { tensor } = listed.find((w) => ['nf4', 'q8_0'].includes(w.format))!
      expect((await tile(tensor, 0, 0, 2, 2)).source).toBeNull()
    }
    let gone = false
    const { listed, tile } = await open(where, 'llama_f16', (source) => ({
      ...source,
      read: (...asked) => (gone ? Promise.reject(new Error('gone')) : source.read(...asked)),
    }))
    gone = true
    const { source, values } = await tile(listed[1]!.tensor, 0, 0, 2, 2)
    expect([source, values.length]).toEqual([null, 4])
  })
})
