// L1: a model only ranks the next token. Sure where a story says what comes, in doubt where nothing does.

import type { Lesson } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

export const lesson: Lesson = {
  id: 'l01',
  minutes: 6,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['GPT', '自回归', '采样参数'],
  glossary: ['token', 'probability', 'entropy', 'autoregressive', 'greedy'],
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
    {
      id: 'l01.2',
      options: [{ id: 'none', right: true }, { id: 'two' }, { id: 'four' }],
      runs: { plain: { prompt: 'asked' } },
      act: [
        { kind: 'load', run: 'plain' },
        { kind: 'open', panel: 'probabilities', query: 'last' },
        { kind: 'look', at: 'entropy' },
      ],
      predicate: 'H(plain) <= 0.5',
      show: ['H(plain)'],
    },
    {
      id: 'l01.3',
      options: [{ id: 'same' }, { id: 'more', right: true }],
      runs: { open: { prompt: 'open' }, asked: { prompt: 'asked' } },
      act: [{ kind: 'load', run: 'open' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'H(open) >= 3 and p(answer, open) <= 0.3',
      show: ['H(open)', 'H(asked)', 'p(answer, open)'],
    },
    {
      id: 'l01.4',
      options: [{ id: 'near', right: true }, { id: 'half' }, { id: 'tenth' }],
      runs: { open: { prompt: 'open', write: 40 }, other: { prompt: 'open', begin: 2, write: 40 } },
      act: [
        { kind: 'load', run: 'open' },
        { kind: 'open', panel: 'probabilities', query: 'last' },
        { kind: 'pick', run: 'other' },
      ],
      predicate: 'p(candidate(open, 2), open) >= 0.6 * p(answer, open)',
      show: ['p(answer, open)', 'p(candidate(open, 2), open)', 'text(open)', 'text(other)'],
    },
    {
      id: 'l01.5',
      own: true,
      runs: { plain: { prompt: 'asked' } },
      act: [{ kind: 'load', run: 'plain' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'top(plain) = there',
      show: ['top(plain)', 'p(answer, plain)', 'H(plain)'],
    },
  ],
}
