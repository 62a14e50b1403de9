// L6: attention is looking up. In English head 1.6 finds the place, in Chinese 1.2; where its look is cut, the English
// answer goes, and the Chinese head looks at something else, which in some stories still brings the answer.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

/** The head that looks the place up, and one of its layer that looks elsewhere. */
const finder = { en: 6, zh: 2 }
const other = { en: 2, zh: 6 }
const plain: RunSpec = { prompt: 'asked' }
const cut: RunSpec = {
  prompt: 'asked',
  edits: [{ kind: 'cut', layer: 1, head: 'all', queries: ['last'], keys: ['@there'] }],
}
const edge = (head: typeof finder): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'attention', layer: 1, head, query: 'last', key: '@there', view: 'matrix' },
]

export const lesson: Lesson = {
  id: 'l06',
  minutes: 7,
  model: 'storyteller',
  panel: 'attention',
  seeds: ['自注意力', 'Transformer', '“it”→“animal”'],
  glossary: ['attention', 'qkv', 'softmax', 'head', 'token', 'probability', 'ablation'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l06.1',
      options: [{ id: 'own', right: true }, { id: 'question' }, { id: 'itself' }],
      runs: { plain },
      act: [...edge(finder), { kind: 'look' }],
      predicate: {
        en: 'argmax(A(plain, 1, 6, last)) = @there and A(plain, 1, 6, last, @there) >= 0.8',
        zh: 'argmax(A(plain, 1, 2, last)) = @there and A(plain, 1, 2, last, @there) >= 0.8',
      },
      show: [
        { en: 'A(plain, 1, 6, last, @there)', zh: 'A(plain, 1, 2, last, @there)' },
        { en: 'A(plain, 1, 6, last, @name#-2)', zh: 'A(plain, 1, 2, last, @name#-2)' },
        { en: 'A(plain, 1, 6, last, last)', zh: 'A(plain, 1, 2, last, last)' },
      ],
    },
    {
      id: 'l06.2',
      options: [{ id: 'same' }, { id: 'other', right: true }, { id: 'stop' }],
      runs: { plain, cut },
      act: [...edge(finder), { kind: 'edit', run: 'cut' }],
      predicate: {
        en: 'p(answer, cut) <= 0.1 and top(cut) != answer',
        zh: 'max(A(cut, 1, 2, last)) >= 0.75 and argmax(A(cut, 1, 2, last)) != @there',
      },
      show: ['p(answer, plain)', 'p(answer, cut)', { en: 'top(cut)', zh: 'max(A(cut, 1, 2, last))' }],
    },
    {
      id: 'l06.3',
      options: [{ id: 'nothing', right: true }, { id: 'less' }, { id: 'gone' }],
      runs: {
        plain,
        one: { prompt: 'asked', edits: [{ kind: 'cut', layer: 1, head: other, queries: ['last'], keys: ['@there'] }] },
      },
      act: [...edge(other), { kind: 'edit', run: 'one' }],
      predicate: 'abs(p(answer, one) - p(answer, plain)) <= 0.05',
      show: [
        'p(answer, plain)',
        'p(answer, one)',
        { en: 'A(plain, 1, 2, last, @there)', zh: 'A(plain, 1, 6, last, @there)' },
      ],
    },
    {
      id: 'l06.4',
      // "undone" is read after "cut", the whole text at once; "plain" was read as an answer is written, so that sums are
      // rounded otherwise: equal but for 2e-6
      runs: { plain, cut, undone: plain },
      act: [...edge(finder), { kind: 'edit', run: 'cut' }, { kind: 'undo' }],
      predicate: 'delta(logits(plain), logits(cut)) >= 1 and delta(logits(plain), logits(undone)) <= 0.001',
      show: ['delta(logits(plain), logits(cut))', 'delta(logits(plain), logits(undone))'],
    },
    {
      id: 'l06.5',
      runs: { plain, cut },
      act: [...edge(finder), { kind: 'edit', run: 'cut' }],
      predicate: { en: 'p(answer, cut) - p(answer, plain) <= -0.5', zh: 'max(A(cut, 1, 2, last)) >= 0.75' },
      show: ['p(answer, plain)', 'p(answer, cut)', 'top(cut)'],
      own: true,
    },
  ],
}
