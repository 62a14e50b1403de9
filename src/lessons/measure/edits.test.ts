// A lesson's edits as the glass takes them.

import { expect, test } from 'vitest'
import type { EditSpec } from '../types.ts'
import { editsOf, type Sources } from './edits.ts'

const at: Record<string, [number, number]> = { last: [9, 10], '@garden': [3, 5] }
const sources: Sources = {
  heads: () => Promise.resolve(2),
  tokens: (layer) => Promise.resolve(layer === 0 ? 3 : 1),
  range: (place, side) => Promise.resolve(side ? [1, 2] : at[place]!),
  state: () => Promise.resolve([1, 2]),
  length: () => Promise.resolve(10),
  direction: () => Promise.resolve([0.6, 0.8]),
  word: (name) => (name === 'there' ? 'garden' : name),
}
const both = { en: 6, zh: 2 }

test.each<[EditSpec, 'en' | 'zh', unknown]>([
  [
    { kind: 'cut', layer: 1, head: both, queries: ['last'], keys: ['@garden'] },
    'en',
    [{ kind: 'mask-edges', layer: 1, head: 6, queries: [9, 10], keys: [3, 5] }],
  ],
  [
    { kind: 'cut', layer: 'all', head: 'all', queries: ['last'], keys: ['@garden'], branch: 'cross' },
    'zh',
    [{ kind: 'mask-edges', layer: -1, head: -1, queries: [9, 10], keys: [1, 2], branch: 'cross' }],
  ],
  [
    { kind: 'causal', layer: 0 },
    'en',
    [
      { kind: 'mask-edges', layer: 0, head: -1, queries: [0, 1], keys: [1, 3] },
      { kind: 'mask-edges', layer: 0, head: -1, queries: [1, 2], keys: [2, 3] },
    ],
  ],
  [{ kind: 'causal', layer: 1 }, 'en', []],
  [
    { kind: 'scale-head', layer: 1, head: both, factor: 0 },
    'zh',
    [{ kind: 'scale-head', layer: 1, head: 2, factor: 0 }],
  ],
  [
    { kind: 'scale-head', layer: 1, head: 'all', factor: 0 },
    'zh',
    [0, 1].map((head) => ({ kind: 'scale-head', layer: 1, head, factor: 0 })),
  ],
  [
    { kind: 'direction', layer: 2, at: 'last', towards: 'there', strength: 0.5 },
    'en',
    [
      {
        kind: 'direction',
        layer: 2,
        positions: [9, 10],
        mode: 'add',
        factor: 5,
        direction: [0.6, 0.8],
        label: '0.5 × garden',
      },
    ],
  ],
  [{ kind: 'skip', layer: 2, part: 'block' }, 'en', ['attn', 'mlp'].map((part) => ({ kind: 'skip', layer: 2, part }))],
])('%o in %s', async (spec, language, expected) => {
  expect(await editsOf([spec], language, sources)).toEqual(expected)
})
