// L14: where the fact lives. A state is taken from the same story with another place and put into this one: at the
// fact's word it counts before block 1, at the end of the text behind it.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const other: RunSpec = { prompt: 'asked', slots: { place: { en: '{newPlace}', zh: '{newPlace}' } } }
const put = (layer: number, at: string, from: string): RunSpec => ({
  prompt: 'asked',
  edits: [{ kind: 'patch', layer, at, from: { run: 'other', at: from } }],
})
/** Keep a state of the other story, then put it into this one. */
const carry = (layer: number, at: string, from: string): Act[] => [
  { kind: 'load', run: 'other' },
  { kind: 'open', panel: 'lens', layer, query: from },
  { kind: 'look', at: 'keep' },
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'lens', layer, query: at },
  { kind: 'edit', run: 'put' },
]

export const lesson: Lesson = {
  id: 'l14',
  minutes: 8,
  model: 'storyteller',
  panel: 'lens',
  seeds: ['自注意力', '消融'],
  glossary: ['patching', 'residual', 'lens', 'attention', 'probability'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'newPlace'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l14.1',
      options: [{ id: 'old' }, { id: 'new', right: true }, { id: 'neither' }],
      runs: { plain, other, put: put(0, '@there', '@nowhere') },
      act: carry(0, '@there', '@nowhere'),
      predicate: 'p(nowhere, put) >= 0.7',
      show: ['p(there, plain)', 'p(there, put)', 'p(nowhere, put)'],
    },
    {
      id: 'l14.2',
      options: [{ id: 'old', right: true }, { id: 'new' }, { id: 'neither' }],
      runs: { plain, other, put: put(1, '@there', '@nowhere') },
      act: carry(1, '@there', '@nowhere'),
      predicate: 'p(there, put) >= 0.8',
      show: ['p(there, put)', 'p(nowhere, put)'],
    },
    {
      id: 'l14.3',
      options: [{ id: 'lost', right: true }, { id: 'kept' }],
      runs: { plain, other, put: put(1, 'last', 'last') },
      act: carry(1, 'last', 'last'),
      predicate: { en: 'p(nowhere, put) >= 0.7', zh: 'p(there, put) <= 0.4' },
      show: ['p(there, plain)', 'p(there, put)', 'p(nowhere, put)'],
    },
    {
      id: 'l14.4',
      options: [{ id: 'kept', right: true }, { id: 'lost' }],
      runs: { plain, other, put: put(0, 'last', 'last') },
      act: carry(0, 'last', 'last'),
      predicate: 'p(there, put) >= 0.8',
      show: ['p(there, put)', 'p(nowhere, put)'],
    },
    {
      id: 'l14.5',
      options: [{ id: 'says', right: true }, { id: 'keeps' }, { id: 'breaks' }],
      runs: {
        plain,
        pushed: {
          prompt: 'asked',
          edits: [{ kind: 'direction', layer: 2, at: 'last', towards: 'nowhere', strength: 1 }],
        },
      },
      act: [
        { kind: 'load', run: 'plain' },
        { kind: 'open', panel: 'lens', layer: 2, query: 'last' },
        { kind: 'edit', run: 'pushed' },
      ],
      predicate: 'p(nowhere, pushed) >= 0.8',
      show: ['p(nowhere, plain)', 'p(nowhere, pushed)', 'p(there, pushed)'],
    },
    {
      id: 'l14.6',
      own: true,
      runs: {
        plain,
        other,
        put: put(0, '@there', '@nowhere'),
        // the whole place: a learner's own may be of several tokens
        named: {
          ...put(0, '@there', '@nowhere'),
          then: { en: '{name} was in the {newPlace}', zh: '{name}在{newPlace}' },
        },
      },
      act: carry(0, '@there', '@nowhere'),
      predicate: 'top(put) = top(other)',
      show: ['top(plain)', 'top(put)', 'exp(logp(named, @nowhere#-1, last))'],
    },
  ],
}
