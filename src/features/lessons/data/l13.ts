// L13: the answer is there halfway. What each block's sum would say, and which blocks can be left out.

import type { Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const without = (layer: number): RunSpec => ({ prompt: 'asked', edits: [{ kind: 'skip', layer, part: 'block' }] })

export const lesson: Lesson = {
  id: 'l13',
  minutes: 7,
  model: 'storyteller',
  panel: 'lens',
  seeds: ['Transformer', '解码器', 'logits'],
  glossary: ['lens', 'residual', 'logit', 'probability', 'ablation'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l13.1',
      options: [{ id: 'one', right: true }, { id: 'two' }, { id: 'three' }],
      runs: { plain },
      act: [{ kind: 'load', run: 'plain' }, { kind: 'open', panel: 'lens', layer: 1, query: 'last' }, { kind: 'look' }],
      predicate: 'rank(there, plain, 0) >= 2 and rank(there, plain, 1) = 1',
      show: ['rank(there, plain, -1)', 'rank(there, plain, 0)', 'rank(there, plain, 1)', 'rank(there, plain, 3)'],
    },
    {
      id: 'l13.2',
      options: [{ id: 'guess' }, { id: 'half' }, { id: 'sure', right: true }],
      runs: { plain },
      act: [{ kind: 'load', run: 'plain' }, { kind: 'open', panel: 'lens', layer: 1, query: 'last' }, { kind: 'look' }],
      predicate: 'p(there, plain, 1) >= 0.8',
      show: ['p(there, plain, 0)', 'p(there, plain, 1)', 'p(there, plain, 3)'],
    },
    {
      id: 'l13.3',
      options: [{ id: 'answer' }, { id: 'read', right: true }, { id: 'noise' }],
      runs: { plain },
      act: [{ kind: 'load', run: 'plain' }, { kind: 'open', panel: 'lens', layer: 0, query: 'last' }, { kind: 'look' }],
      predicate: { en: 'top(plain, 0) = " the"', zh: 'top(plain, 0) = "在"' },
      show: ['top(plain, 0)', 'p(there, plain, 0)'],
    },
    {
      id: 'l13.4',
      options: [{ id: 'stays', right: true }, { id: 'goes' }],
      runs: { plain, short: without(3) },
      act: [
        { kind: 'load', run: 'plain' },
        { kind: 'open', panel: 'lens', layer: 3, query: 'last' },
        { kind: 'edit', run: 'short' },
      ],
      predicate: 'p(there, short) >= 0.8',
      show: ['p(there, plain)', 'p(there, short)'],
    },
    {
      id: 'l13.5',
      options: [{ id: 'stays' }, { id: 'goes', right: true }],
      runs: { plain, short: without(1) },
      act: [
        { kind: 'load', run: 'plain' },
        { kind: 'open', panel: 'lens', layer: 1, query: 'last' },
        { kind: 'edit', run: 'short' },
      ],
      predicate: 'p(there, short) <= 0.4',
      show: ['p(there, plain)', 'p(there, short)', 'top(short)'],
    },
    {
      id: 'l13.6',
      own: true,
      runs: { plain },
      act: [{ kind: 'load', run: 'plain' }, { kind: 'open', panel: 'lens', layer: 1, query: 'last' }, { kind: 'look' }],
      predicate: 'rank(answer, plain, 1) = 1',
      show: ['rank(answer, plain, 0)', 'rank(answer, plain, 1)', 'rank(answer, plain, 2)', 'answer'],
    },
  ],
}
