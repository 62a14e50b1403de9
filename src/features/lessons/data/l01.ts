// L1: a model only ranks the next token.

import type { Lesson } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

export const lesson: Lesson = {
  id: 'l01',
  minutes: 5,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['GPT', '自回归', '采样参数'],
  glossary: ['token', 'probability', 'entropy', 'autoregressive'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    open: {
      en: { messages: [{ role: 'user', content: 'Tell me a story about {name1}.' }], then: '{name1} was in the' },
      zh: { messages: [{ role: 'user', content: '讲一个关于{name1}的故事。' }], then: '{name1}在' },
    },
  },
  steps: [
    {
      id: 'l01.1',
      options: [{ id: 'first' }, { id: 'own', right: true }, { id: 'other' }],
      runs: { plain: { prompt: 'asked' } },
      act: [{ kind: 'load', run: 'plain' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'top(plain) = there and p(there, plain) >= 0.8',
      show: ['p(there, plain)', 'p(elsewhere, plain)'],
    },
  ],
}
