// L17: the context steers and the weights stay. What a model can do with examples in its context is trained, too: the
// storyteller looks facts of a story up, and neither goes on with a list of pairs nor with a sequence that it saw before.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const changed: RunSpec = { prompt: 'asked', slots: { place: { en: '{newPlace}', zh: '{newPlace}' } } }
const at = (run: string): Act[] => [
  { kind: 'load', run },
  { kind: 'open', panel: 'probabilities', query: 'last' },
  { kind: 'look' },
]

export const lesson: Lesson = {
  id: 'l17',
  minutes: 7,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['GPT-3', '上下文学习', '提示词', '少样本'],
  glossary: ['in-context', 'prompt', 'induction', 'token', 'probability', 'gpt'],
  words: { ...storyWords, held: { en: ' {thing}', zh: '{thing}' }, wanted: { en: ' {newPlace}', zh: '{newPlace}' } },
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    pairs: {
      en: { text: '{name} -> {thing}\n{name1} -> {thing1}\n{newName} -> hat\n{name} ->' },
      zh: { text: '{name} -> {thing}\n{name1} -> {thing1}\n{newName} -> 帽子\n{name} ->' },
    },
    twice: {
      en: {
        text: ' {thing} {name} {place1} {newName} {thing1} {place} {name1} {newPlace} {thing} {name} {place1} {newName} {thing1} {place} {name1}',
      },
      zh: {
        text: '{thing}{name}{place1}{newName}{thing1}{place}{name1}{newPlace}{thing}{name}{place1}{newName}{thing1}{place}{name1}',
      },
    },
  },
  steps: [
    {
      id: 'l17.1',
      options: [{ id: 'new', right: true }, { id: 'old' }, { id: 'both' }],
      runs: { plain, changed },
      act: at('changed'),
      predicate: 'p(nowhere, changed) >= 0.5 and p(nowhere, plain) <= 0.1',
      show: ['p(there, plain)', 'p(nowhere, plain)', 'p(there, changed)', 'p(nowhere, changed)'],
    },
    {
      id: 'l17.2',
      options: [{ id: 'same', right: true }, { id: 'learned' }],
      runs: { plain, changed, again: plain },
      act: at('plain'),
      predicate: 'delta(logits(plain), logits(changed)) >= 1 and delta(logits(plain), logits(again)) <= 0.001',
      show: ['delta(logits(plain), logits(changed))', 'delta(logits(plain), logits(again))'],
    },
    {
      id: 'l17.3',
      options: [{ id: 'goes' }, { id: 'not', right: true }],
      runs: { pairs: { prompt: 'pairs' }, plain },
      act: at('pairs'),
      predicate: 'p(held, pairs) <= 0.2',
      show: ['p(held, pairs)', 'top(pairs)', 'p(there, plain)'],
    },
    {
      id: 'l17.4',
      options: [{ id: 'not', right: true }, { id: 'copies' }],
      runs: { twice: { prompt: 'twice' } },
      act: at('twice'),
      predicate: 'p(wanted, twice) <= 0.3',
      show: ['p(wanted, twice)', 'top(twice)'],
    },
    {
      id: 'l17.5',
      own: true,
      runs: { plain, changed },
      act: at('changed'),
      predicate: 'delta(logits(plain), logits(changed)) >= 1',
      show: ['top(plain)', 'top(changed)', 'delta(logits(plain), logits(changed))'],
    },
  ],
}
