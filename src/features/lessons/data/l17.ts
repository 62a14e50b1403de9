// L17: the context steers and the weights stay. What a model can do with examples in its context is trained, too: the
// storyteller looks facts of a story up, and neither goes on with a list of pairs nor with a sequence that it saw before.
// SmolLM2 does both; what it cannot is written-out sums. Of ten sums of three numbers it got none without steps and one
// with them.

import type { Lesson, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'
import { recordedPrompts, recordedRuns } from './recorded.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const changed: RunSpec = { prompt: 'asked', slots: { place: { en: '{newPlace}', zh: '{newPlace}' } } }

export const lesson: Lesson = {
  id: 'l17',
  minutes: 8,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['GPT-3', '上下文学习', '提示词', '少样本'],
  glossary: ['in-context', 'chain-of-thought', 'prompt', 'induction', 'token', 'probability', 'gpt'],
  words: { ...storyWords, held: { en: ' {thing}', zh: '{thing}' }, wanted: { en: ' {newPlace}', zh: '{newPlace}' } },
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    ...recordedPrompts('shots0', 'shots1', 'shots2', 'shots4', 'repeat', 'direct', 'steps'),
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
      act: seen('changed'),
      predicate: 'p(nowhere, changed) >= 0.5 and p(nowhere, plain) <= 0.1',
      show: ['p(there, plain)', 'p(nowhere, plain)', 'p(there, changed)', 'p(nowhere, changed)'],
    },
    {
      id: 'l17.2',
      options: [{ id: 'same', right: true }, { id: 'learned' }],
      runs: { plain, changed, again: plain },
      act: seen('plain'),
      predicate: 'delta(logits(plain), logits(changed)) >= 1 and delta(logits(plain), logits(again)) <= 0.001',
      show: ['delta(logits(plain), logits(changed))', 'delta(logits(plain), logits(again))'],
    },
    {
      id: 'l17.3',
      options: [{ id: 'goes' }, { id: 'not', right: true }],
      runs: { pairs: { prompt: 'pairs' }, plain },
      act: seen('pairs'),
      predicate: 'p(held, pairs) <= 0.2',
      show: ['p(held, pairs)', 'top(pairs)', 'p(there, plain)'],
    },
    {
      id: 'l17.4',
      options: [{ id: 'rules' }, { id: 'rises', right: true }, { id: 'one' }],
      // `answer` is what four examples lead to
      runs: recordedRuns('shots4', 'shots2', 'shots1', 'shots0'),
      act: seen('shots4'),
      predicate:
        'has(top(shots4), "full") = 1 and p(answer, shots4) >= 3 * p(answer, shots2) and p(answer, shots2) >= 1.5 * p(answer, shots1) and p(answer, shots1) >= 3 * p(answer, shots0)',
      show: [
        'p(answer, shots0)',
        'p(answer, shots1)',
        'p(answer, shots2)',
        'p(answer, shots4)',
        'top(shots0)',
        'top(shots4)',
      ],
    },
    {
      id: 'l17.5',
      options: [{ id: 'not', right: true }, { id: 'copies' }],
      runs: { twice: { prompt: 'twice' } },
      act: seen('twice'),
      predicate: 'p(wanted, twice) <= 0.3',
      show: ['p(wanted, twice)', 'top(twice)'],
    },
    {
      id: 'l17.6',
      options: [{ id: 'same' }, { id: 'copies', right: true }],
      runs: recordedRuns('repeat'),
      act: [
        { kind: 'load', run: 'repeat' },
        { kind: 'open', panel: 'attention', layer: 18, head: 7, query: 'last', key: '@river#2' },
        { kind: 'look' },
      ],
      // the last word is the first copy's last word again, and what stood after that was the second “river”
      predicate:
        'nll(repeat, first+1, @river#2-1) >= 2 * nll(repeat, @river#2+1, last) and A(repeat, 18, 7, last, @river#2) >= 0.5',
      show: [
        'nll(repeat, first+1, @river#2-1)',
        'nll(repeat, @river#2+1, last)',
        'A(repeat, 18, 7, last, @river#2)',
        'top(repeat)',
      ],
    },
    {
      id: 'l17.7',
      options: [{ id: 'solves' }, { id: 'not', right: true }, { id: 'none' }],
      runs: recordedRuns('steps', 'direct'),
      act: seen('steps'),
      predicate:
        '17 + 25 + 38 = 80 and has(text(direct), "80") = 0 and has(text(steps), "80") = 0 and has(text(steps), "+") = 1',
      show: ['text(direct)', 'text(steps)', '17 + 25 + 38'],
    },
    {
      id: 'l17.8',
      own: true,
      runs: { plain, changed },
      act: seen('changed'),
      predicate: 'delta(logits(plain), logits(changed)) >= 1',
      show: ['top(plain)', 'top(changed)', 'delta(logits(plain), logits(changed))'],
    },
  ],
}
