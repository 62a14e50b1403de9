// L8: one cell of attention by hand. What a head computes is done again from the scores that the run kept.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const at = (layer: number, head: number | { en: number; zh: number }): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'inside', layer, head, query: 'last', view: 'attention' },
  { kind: 'look' },
]
const finder = { en: 6, zh: 2 }
const undivided = 'softmax(scores(plain, 3, 0, last) * sqrt(model("headDim")))'

export const lesson: Lesson = {
  id: 'l08',
  minutes: 7,
  model: 'storyteller',
  panel: 'inside',
  seeds: ['QKV 矩阵', '缩放点积', 'GQA'],
  glossary: ['attention', 'qkv', 'softmax', 'head', 'gqa'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l08.1',
      options: [{ id: 'yes' }, { id: 'no', right: true }],
      runs: { plain },
      act: at(1, finder),
      predicate: {
        en: 'argmax(scores(plain, 1, 6, last) * sqrt(model("headDim"))) = argmax(A(plain, 1, 6, last))',
        zh: 'argmax(scores(plain, 1, 2, last) * sqrt(model("headDim"))) = argmax(A(plain, 1, 2, last))',
      },
      show: [
        {
          en: 'max(scores(plain, 1, 6, last) * sqrt(model("headDim")))',
          zh: 'max(scores(plain, 1, 2, last) * sqrt(model("headDim")))',
        },
        { en: 'max(scores(plain, 1, 6, last))', zh: 'max(scores(plain, 1, 2, last))' },
        { en: 'max(A(plain, 1, 6, last))', zh: 'max(A(plain, 1, 2, last))' },
      ],
    },
    {
      id: 'l08.2',
      options: [{ id: 'sharper', right: true }, { id: 'same' }, { id: 'flatter' }],
      runs: { plain },
      act: at(3, 0),
      predicate: `max(${undivided}) >= 1.4 * max(A(plain, 3, 0, last))`,
      show: ['max(A(plain, 3, 0, last))', `max(${undivided})`],
    },
    {
      id: 'l08.3',
      options: [{ id: 'one', right: true }, { id: 'more' }, { id: 'open' }],
      runs: { plain },
      act: at(3, 0),
      predicate:
        'abs(sum(A(plain, 3, 0, last)) - 1) <= 0.001 and delta(softmax(scores(plain, 3, 0, last)), A(plain, 3, 0, last)) <= 0.001',
      show: [
        'length(plain)',
        'sum(A(plain, 3, 0, last))',
        'delta(softmax(scores(plain, 3, 0, last)), A(plain, 3, 0, last))',
      ],
    },
    {
      id: 'l08.4',
      options: [{ id: 'alike' }, { id: 'differ', right: true }],
      runs: { plain },
      act: at(0, 0),
      predicate: 'model("kvHeads") < model("heads") and delta(A(plain, 0, 0), A(plain, 0, 1)) >= 0.8',
      show: ['model("heads")', 'model("kvHeads")', 'delta(A(plain, 0, 0), A(plain, 0, 1))'],
    },
    {
      id: 'l08.5',
      runs: { plain },
      act: at(1, finder),
      predicate: 'proof(plain, 1, last) <= 0.002',
      show: ['proof(plain, 1, last)'],
      own: true,
    },
  ],
}
