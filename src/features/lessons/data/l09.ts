// L9: who may see whom. The storyteller sees what came before, the fill-in model both sides.

import type { Act, Both, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

/** Sentences of the fill-in model: a blank whose word only its right side tells, and who it is. */
const gaps: Both<readonly (readonly [fits: string, clue: string])[]> = {
  en: [
    ['dog', 'barked'],
    ['cat', 'meowed'],
    ['duck', 'quacked'],
    ['cow', 'mooed'],
    ['frog', 'croaked'],
  ],
  zh: [
    ['狗', '汪汪'],
    ['猫', '喵喵'],
    ['羊', '咩咩'],
    ['牛', '哞哞'],
    ['鸭', '嘎嘎'],
  ],
}
const withGaps = (language: 'en' | 'zh'): Cast[] =>
  gaps[language].map(([fits, clue], i) => ({ ...stories[language][i]!, fits, clue }))

const plain: RunSpec = { prompt: 'asked' }
const changed: RunSpec = { prompt: 'asked', slots: { place: { en: '{newPlace}', zh: '{newPlace}' } } }
const at: Act[] = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'attention', layer: 0, head: 0, query: '@there', view: 'matrix' },
  { kind: 'look' },
]

export const lesson: Lesson = {
  id: 'l09',
  minutes: 6,
  model: 'storyteller',
  panel: 'attention',
  seeds: ['掩码注意力', 'BERT', 'T5 的掩码', 'GLM'],
  glossary: ['causal-mask', 'attention', 'bert', 'masked-lm', 'logit'],
  words: storyWords,
  casts: { en: withGaps('en'), zh: withGaps('zh') },
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    gap: { en: { text: 'The {mask} {clue} at Tom.' }, zh: { text: '{mask}{clue}地叫。' } },
    hidden: { en: { text: 'The {mask} {mask} at Tom.' }, zh: { text: '{mask}{mask}{mask}地叫。' } },
  },
  steps: [
    {
      id: 'l09.1',
      options: [{ id: 'none', right: true }, { id: 'bit' }, { id: 'all' }],
      runs: { plain, changed },
      act: at,
      predicate:
        'delta(logits(plain, @there-1), logits(changed, @there-1)) <= 0.0001 and delta(logits(plain, last), logits(changed, last)) >= 1',
      show: [
        'delta(logits(plain, @there-1), logits(changed, @there-1))',
        'delta(logits(plain, last), logits(changed, last))',
      ],
    },
    {
      id: 'l09.2',
      options: [{ id: 'less' }, { id: 'square', right: true }, { id: 'same' }],
      runs: { plain, gap: { prompt: 'gap', model: 'fill-in' } },
      act: at,
      predicate:
        'pairs(plain, 0, 0) = length(plain) * (length(plain) + 1) / 2 and pairs(gap, 0, 0) = length(gap) * length(gap)',
      show: ['length(plain)', 'pairs(plain, 0, 0)', 'length(gap)', 'pairs(gap, 0, 0)'],
    },
    {
      id: 'l09.3',
      options: [{ id: 'lost' }, { id: 'found', right: true }],
      runs: { plain, gap: { prompt: 'gap', model: 'fill-in' }, hidden: { prompt: 'hidden', model: 'fill-in' } },
      act: at,
      predicate: 'p(fits, gap) >= 0.7 and p(fits, hidden) <= 0.4',
      show: ['p(fits, gap)', 'p(fits, hidden)', 'top(gap)'],
    },
    {
      id: 'l09.4',
      runs: { plain, changed },
      act: at,
      predicate: 'delta(logits(plain, @there-1), logits(changed, @there-1)) <= 0.0001',
      show: [
        'delta(logits(plain, @there-1), logits(changed, @there-1))',
        'delta(logits(plain, last), logits(changed, last))',
      ],
      own: true,
    },
  ],
}
