// A weight that loading quantized, beside what its file says.

import { describe, expect, it } from 'vitest'
import type { ByteSource } from '../formats/bytes.ts'
import { folderFiles } from '../formats/testing.ts'
import { openModel, placeModel } from '../load.ts'
import { testMachines, type Where } from '../testing/machines.ts'
import { StepRunner } from './step-runner.ts'
import type { WeightTile } from './types.ts'
import { listWeights, weightTile } from './weights.ts'

async function open(where: Where, name: string, wrap: (source: ByteSource) => ByteSource = (source) => source) {
  const files = new Map([...folderFiles(`fixtures/golden/${name}`)].map(([file, source]) => [file, wrap(source)]))
  const options = { ...where, context: 16, selfCheck: false }
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
