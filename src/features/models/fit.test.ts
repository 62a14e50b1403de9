import { expect, test } from 'vitest'
import type { ModelPlanSummary } from '../../store/index.ts'
import { fits, offers, shorter } from './fit.ts'

const size = { keep: 1000, nf4: 300, i8: 550 } as const
type Choice = keyof typeof size
/** A model whose weights take 1000 as they are, and whose cache takes one byte a token. */
function planOf(context: number, linear: Choice = 'keep'): ModelPlanSummary {
  const weights = size[linear]
  const sizes = (Object.keys(size) as Choice[]).map((choice) => ({
    choice,
    weights: size[choice],
    total: size[choice] + context,
  }))
  return {
    context,
    bytes: { weights, cache: context, activations: 0, total: weights + context, largestBinding: context },
    sizes: { linear: { usual: 'keep', sizes }, embedding: { usual: null, sizes: [] } },
  } as unknown as ModelPlanSummary
}
const asked: object[] = []
const find = (room: { piece: number; total: number }, context = 4096) => {
  asked.length = 0
  return offers(planOf(context), {}, room, (change) => {
    asked.push(change)
    return Promise.resolve(planOf(change.context ?? context, change.linear as Choice | undefined))
  })
}

test('a shorter memory for a piece that is too large, and no format where none helps', async () => {
  expect(fits(planOf(4096), { piece: 4096, total: Infinity })).toBe(true)
  expect(await find({ piece: 1100, total: Infinity })).toEqual([{ context: 1024, bytes: 2024 }])
})

test('the mildest format, and the longest memory, where the sum is too large', async () => {
  expect(await find({ piece: Infinity, total: 4700 })).toEqual([
    { context: 2048, bytes: 3048 },
    { packing: { linear: 'i8' }, bytes: 4646 },
  ])
})

test('both together where neither is enough; nothing where nothing is', async () => {
  expect(await find({ piece: Infinity, total: 900 })).toEqual([
    { context: 512, packing: { linear: 'nf4' }, bytes: 812 },
  ])
  expect(await find({ piece: Infinity, total: 100 })).toEqual([])
  expect(shorter(3000)).toEqual([1024, 512, 256])
  expect(shorter(256)).toEqual([])
})
