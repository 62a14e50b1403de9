// The nearest tokens of a table that is narrower than the model: an LSTM's, whose rows have 32 numbers beside a state of 128.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { onProcessor, type Where } from '../testing/machines.ts'
import { sharedGpu } from '../testing/shared-gpu.ts'
import { glassOf } from './testing.ts'

const gpu = await sharedGpu()
const machines: [string, Where][] = [
  ['references', { device: 'reference' }],
  ['processor', onProcessor],
  ...(gpu ? [['gpu', { gpu, selfCheck: false }] satisfies [string, Where]] : []),
]
test.each(machines)('%s: cosines of rows as wide as the table', async (_, where) => {
  const glass = await glassOf('recurrent', folderFiles('public/models/recurrent'), [3, 4], where)
  const [rows, cols] = [288, 32]
  const { tensor } = (await glass.weights()).find((w) => w.rows === rows && w.cols === cols)!
  const { values } = await glass.weightTile(tensor, 0, 0, rows, cols)
  const row = (id: number): Float32Array => values.subarray(id * cols, (id + 1) * cols)
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0)
  const found = await glass.cosines(33, [0, rows])
  for (let id = 0; id < rows; id++) {
    expect(found[id]).toBeCloseTo(dot(row(33), row(id)) / Math.sqrt(dot(row(33), row(33)) * dot(row(id), row(id))), 4)
  }
})
