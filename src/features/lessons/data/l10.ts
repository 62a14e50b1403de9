// L10: rotary positions know distances only. All tokens moved on together change nothing; none turned, and the heads that
// look one word back, and with them the answer, are lost.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

/** The head of layer 1 that looks the place up. */
const finder = { en: 6, zh: 2 }
const plain: RunSpec = { prompt: 'asked' }
const turned = (by: number | null): RunSpec => ({ prompt: 'asked', edits: [{ kind: 'turn', by }] })
const seen: Act[] = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'attention', layer: 1, head: finder, query: 'last', key: '@there' },
]

export const lesson: Lesson = {
  id: 'l10',
  minutes: 7,
  model: 'storyteller',
  panel: 'attention',
  seeds: ['位置编码', 'RoPE', 'LLaMA'],
  glossary: ['position', 'rope', 'attention', 'head', 'probability'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    front: {
      en: {
        messages: [
          { role: 'user', content: '{name} was in the {place}. {name1} was in the {place1}.\n\nWhere was {name}?' },
        ],
        then: '{name} was in the',
      },
      zh: {
        messages: [{ role: 'user', content: '{name}在{place}。{name1}在{place1}。\n\n{name}在哪里？' }],
        then: '{name}在',
      },
    },
    back: {
      en: {
        messages: [
          { role: 'user', content: '{name1} was in the {place1}. {name} was in the {place}.\n\nWhere was {name}?' },
        ],
        then: '{name} was in the',
      },
      zh: {
        messages: [{ role: 'user', content: '{name1}在{place1}。{name}在{place}。\n\n{name}在哪里？' }],
        then: '{name}在',
      },
    },
  },
  steps: [
    {
      id: 'l10.1',
      options: [{ id: 'same', right: true }, { id: 'worse' }, { id: 'lost' }],
      runs: { plain, moved: turned(64) },
      act: [...seen, { kind: 'edit', run: 'moved' }],
      predicate: {
        en: 'delta(A(plain, 1, 6, last), A(moved, 1, 6, last)) <= 0.001 and top(moved) = answer',
        zh: 'delta(A(plain, 1, 2, last), A(moved, 1, 2, last)) <= 0.001 and top(moved) = answer',
      },
      show: [
        'p(answer, plain)',
        'p(answer, moved)',
        {
          en: 'delta(A(plain, 1, 6, last), A(moved, 1, 6, last))',
          zh: 'delta(A(plain, 1, 2, last), A(moved, 1, 2, last))',
        },
      ],
    },
    {
      id: 'l10.2',
      options: [{ id: 'same' }, { id: 'lost', right: true }],
      runs: { plain, still: turned(null) },
      act: [...seen, { kind: 'edit', run: 'still' }],
      predicate: 'p(answer, still) <= 0.2 and top(still) != answer',
      show: ['p(answer, plain)', 'p(answer, still)', 'top(still)', 'back(plain, 0, 0, 1)', 'back(still, 0, 0, 1)'],
    },
    {
      id: 'l10.3',
      options: [{ id: 'stays', right: true }, { id: 'first' }],
      runs: { back: { prompt: 'back' }, front: { prompt: 'front' } },
      act: [
        { kind: 'load', run: 'front' },
        { kind: 'open', panel: 'attention', layer: 1, head: finder, query: 'last', key: '@there' },
        { kind: 'look' },
      ],
      predicate: 'min(p(there, front), p(there, back)) >= 0.7',
      show: ['p(there, back)', 'p(there, front)'],
    },
    {
      id: 'l10.4',
      own: true,
      runs: { plain, moved: turned(300) },
      act: [...seen, { kind: 'edit', run: 'moved' }],
      predicate: 'top(moved) = answer and abs(p(answer, moved) - p(answer, plain)) <= 0.02',
      show: ['answer', 'p(answer, plain)', 'p(answer, moved)'],
    },
  ],
}
