import { expect, test } from 'vitest'
import type { AdapterChange, ModuleNorm } from '../../../store/inspect.ts'
import { endsWith, mostChanged, mostMoved, normGrid, residualGrid, shareOf, shortNames } from './read.ts'

const norm = (
  layer: number,
  name: string,
  delta: number | null,
  base: number | null,
  isVector = false,
): ModuleNorm => ({ module: layer < 0 ? name : `model.layers.${layer}.${name}`, layer, name, isVector, delta, base })

test('matrices stand by layer and module; what is outside of layers, a vector or no matrix in a list', () => {
  const modules = [
    norm(-1, 'lm_head', 1, 4),
    norm(0, 'mlp.up', 1, 10),
    norm(2, 'attn.q', 3, 6),
    norm(2, 'attn.q.bias', 3, 6, true),
    norm(2, 'mlp', null, null),
  ]
  const { layers, names, tile, cells, others } = normGrid({ modules })
  expect([layers, names]).toEqual([
    [0, 2],
    ['mlp.up', 'attn.q'],
  ])
  expect([...tile.values]).toEqual([Math.fround(0.1), NaN, NaN, 0.5])
  expect(cells.map((one) => one?.name ?? null)).toEqual(['mlp.up', null, null, 'attn.q'])
  expect(others.map(({ name }) => name)).toEqual(['lm_head', 'attn.q.bias', 'mlp'])
  expect([shareOf(norm(0, 'x', 0, 0)), shareOf(norm(0, 'x', 0, 2))]).toEqual([NaN, 0])
})

test('columns are named as shortly as they can be told apart', () => {
  const names = ['self_attn.q_proj', 'layer.0.SelfAttention.q', 'layer.1.EncDecAttention.q', 'q']
  expect(shortNames(names)).toEqual(['q_proj', 'SelfAttention.q', 'EncDecAttention.q', 'q'])
})

test('the halves of an encoder–decoder are drawn apart, from what is kept of each', () => {
  const change = {
    from: 1,
    source: [1, 2, 3],
    residual: [
      { layer: 0, side: 'source', values: Float32Array.of(1, 2, 3) },
      { layer: 1, side: 'text', values: Float32Array.of(4, 5, 6) },
      { layer: 2, side: 'text', values: Float32Array.of(7, 8, 9) },
    ],
  } as unknown as AdapterChange
  expect(residualGrid(change, 'source')).toMatchObject({ layers: [0], from: 0, tile: { width: 3, height: 1 } })
  const { layers, from, tile } = residualGrid(change, 'text')
  expect([layers, from, [...tile.values]]).toEqual([[1, 2], 1, [4, 5, 6, 7, 8, 9]])
})

test('what is shown first is what changes most', () => {
  const tokens = [0.1, 3, 0.2].map((kl, i) => ({ kl, position: 4 + i }))
  const text = Array.from({ length: 7 }, (_, i) => ({ position: i, special: i === 5 })) as AdapterChange['text']
  const change = { tokens: tokens as AdapterChange['tokens'], text, from: 4 }
  // not at a mark of the template, and in the answer where there is one
  expect(mostChanged(change, () => false)).toBe(6)
  expect(mostChanged(change, (position) => position < 6)).toBe(4)
  expect(mostChanged({ ...change, text: text.map((one) => ({ ...one, special: true })) }, () => true)).toBe(5)
  expect(mostChanged({ tokens: null, text, from: 2 }, () => true)).toBe(2)
  expect(mostMoved(Float32Array.of(NaN, NaN, 0, 0.5, 0.2, NaN), 2)).toEqual({ layer: 1, head: 1 })
})

test('a text ends with an answer also where the last token was drawn and never read', () => {
  expect(endsWith([1, 2, 3, 4], [3, 4])).toBe(true)
  expect(endsWith([1, 2, 3, 4], [3, 4, 5])).toBe(true)
  expect(endsWith([1, 2, 3, 4], [2, 3])).toBe(false)
  expect(endsWith([1, 2], [])).toBe(false)
})
