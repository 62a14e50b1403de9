// L7: heads have jobs, and spares. Heads 2k and 2k+1 of block 1 are exact twins (they began alike, model.py of the
// storyteller, and no gradient told them apart): one of a pair is spared by the other.

import type { Act, EditSpec, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const finder = { en: 6, zh: 2 }
const twin = { en: 7, zh: 3 }
const silent = (head: typeof finder | 'all'): EditSpec => ({ kind: 'scale-head', layer: 1, head, factor: 0 })
const without = (...edits: EditSpec[]): RunSpec => ({ prompt: 'asked', edits })
const skipped = (layer: number): RunSpec => without({ kind: 'skip', layer, part: 'block' })
const plain: RunSpec = { prompt: 'asked' }
const at = (layer: number, head: typeof finder | number): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'attention', layer, head, query: 'last' },
]

export const lesson: Lesson = {
  id: 'l07',
  minutes: 7,
  model: 'storyteller',
  panel: 'attention',
  seeds: ['多头注意力', 'Transformer'],
  glossary: ['head', 'attention', 'ablation', 'residual', 'probability'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l07.1',
      options: [{ id: 'none' }, { id: 'one', right: true }, { id: 'all' }],
      runs: { plain },
      act: [...at(0, 0), { kind: 'look', at: 'heads' }],
      predicate:
        'back(plain, 0, 0, 1) >= 0.8 and max(back(plain, 0, 1, 1), back(plain, 0, 2, 1), back(plain, 0, 3, 1), back(plain, 0, 4, 1), back(plain, 0, 5, 1), back(plain, 0, 6, 1), back(plain, 0, 7, 1)) <= 0.4',
      show: ['back(plain, 0, 0, 1)', 'back(plain, 0, 1, 2)', 'back(plain, 0, 2, 3)', 'back(plain, 0, 3, 4)'],
    },
    {
      id: 'l07.2',
      options: [{ id: 'stays', right: true }, { id: 'gone' }],
      runs: { plain, one: without(silent(finder)) },
      act: [...at(1, finder), { kind: 'edit', run: 'one' }],
      predicate: 'p(answer, one) >= 0.5',
      show: ['p(answer, plain)', 'p(answer, one)'],
    },
    {
      id: 'l07.3',
      options: [{ id: 'layer' }, { id: 'chance' }, { id: 'twin', right: true }],
      runs: { plain, one: without(silent(finder)), pair: without(silent(finder), silent(twin)) },
      act: [...at(1, finder), { kind: 'edit', run: 'pair' }],
      predicate: {
        en: 'delta(A(plain, 1, 6), A(plain, 1, 7)) = 0 and p(answer, pair) <= 0.5',
        zh: 'delta(A(plain, 1, 2), A(plain, 1, 3)) = 0 and p(answer, pair) <= 0.2',
      },
      show: [
        'p(answer, one)',
        'p(answer, pair)',
        { en: 'delta(A(plain, 1, 6), A(plain, 1, 7))', zh: 'delta(A(plain, 1, 2), A(plain, 1, 3))' },
      ],
    },
    {
      id: 'l07.4',
      options: [{ id: 'first' }, { id: 'last', right: true }, { id: 'none' }],
      runs: { plain, no0: skipped(0), no1: skipped(1), no2: skipped(2), no3: skipped(3) },
      act: [...at(1, finder), { kind: 'edit', run: 'no2' }],
      predicate: 'p(answer, no2) >= 0.8 and p(answer, no3) >= 0.8 and p(answer, no0) <= 0.1 and p(answer, no1) <= 0.3',
      show: ['p(answer, no0)', 'p(answer, no1)', 'p(answer, no2)', 'p(answer, no3)'],
    },
    {
      id: 'l07.5',
      runs: { plain, none: without(silent('all')) },
      act: [...at(1, finder), { kind: 'edit', run: 'none' }],
      predicate: 'p(answer, none) <= 0.2',
      show: ['p(answer, plain)', 'p(answer, none)', 'top(none)'],
      own: true,
    },
  ],
}
