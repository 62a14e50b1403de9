// A model that reads its text whole and writes: each token of an answer is what the whole text, read afresh, gives.

import { expect, test } from 'vitest'
import { folderFiles } from './formats/testing.ts'
import { openModel, placeModel } from './load.ts'
import { DecodingContext, type DecodingModel } from './context.ts'

test('a step reads the text again: the row is that of the whole text', async () => {
  const files = folderFiles('fixtures/golden/xlnet')
  const model = await openModel({ name: 'x', files }, { device: 'reference', linear: 'keep', embedding: 'keep' })
  expect(model.info.does).toEqual(['generate'])
  expect(model.plan.programs.decode).toMatchObject({ whole: true, ahead: true })
  const { runtime } = await placeModel(model, { device: 'reference' })
  const c = new DecodingContext({ runtime } as DecodingModel)
  expect(c.begin([5, 9, 17], 3)).toBe(0)
  for await (const done of c.read([5, 9, 17], 'last')) expect(done).toBe(3)
  const stepped = await c.step(44)
  expect(c.ids).toEqual([5, 9, 17, 44])
  runtime.truncate(0)
  const [whole] = await runtime.forward([5, 9, 17, 44], 'last')
  expect(stepped).toEqual(whole)
})
