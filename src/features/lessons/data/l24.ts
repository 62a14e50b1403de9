// L24: high probability is not truth. Somebody who is not in the story is given a place of it; two places for one person
// are settled without a word about the other. The last bet compares the doubt of a made-up answer with that of a true one.

import type { Both, Cast, Lesson, PromptSpec, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const asks = (en: string, zh: string, thenEn: string, thenZh: string): Both<PromptSpec> => ({
  en: { messages: [{ role: 'user', content: en }], then: thenEn },
  zh: { messages: [{ role: 'user', content: zh }], then: thenZh },
})
const plain: RunSpec = { prompt: 'asked' }
/** A story whose made-up answer is surer than its true one, in both languages. */
const surer = { en: stories.en[5]!, zh: stories.zh[5]! }
/** With its own words: the slots of a story would be filled with those of the story that is shown. */
const told = (cast: Cast, slot: string): string => cast[slot]!.replace(/\{(\w+)\}/g, (_, name: string) => cast[name]!)
const ofThatStory = Object.fromEntries(
  Object.keys(surer.en).map((slot): [string, Both<string>] => [
    slot,
    { en: told(surer.en, slot), zh: told(surer.zh, slot) },
  ]),
)

export const lesson: Lesson = {
  id: 'l24',
  minutes: 6,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['幻觉', '大模型的局限'],
  glossary: ['hallucination', 'probability', 'entropy', 'token'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'newName'],
  prompts: {
    asked: askWhere,
    absent: asks(
      '{story}\n\nWhere was {newName}?',
      '{story}\n\n{newName}在哪里？',
      '{newName} was in the',
      '{newName}在',
    ),
    bare: asks('Where was {name}?', '{name}在哪里？', '{name} was in the', '{name}在'),
    twice: asks(
      '{name} was in the {place}. {name1} was in the {place1}. {name} was in the {newPlace}.\n\nWhere was {name}?',
      '{name}在{place}。{name1}在{place1}。{name}在{newPlace}。\n\n{name}在哪里？',
      '{name} was in the',
      '{name}在',
    ),
  },
  steps: [
    {
      id: 'l24.1',
      options: [{ id: 'unknown' }, { id: 'spread' }, { id: 'place', right: true }],
      runs: { absent: { prompt: 'absent' } },
      act: [{ kind: 'load', run: 'absent' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'p(answer, absent) >= 0.45',
      show: ['answer', 'p(answer, absent)', 'H(absent)'],
    },
    {
      id: 'l24.2',
      options: [{ id: 'same' }, { id: 'more', right: true }],
      runs: { bare: { prompt: 'bare' }, plain },
      act: [{ kind: 'load', run: 'bare' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'H(bare) >= 0.6 and H(bare) >= 4 * H(plain)',
      show: ['answer', 'H(bare)', 'H(plain)'],
    },
    {
      id: 'l24.3',
      options: [{ id: 'one', right: true }, { id: 'both' }, { id: 'even' }],
      runs: { twice: { prompt: 'twice' } },
      act: [{ kind: 'load', run: 'twice' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'max(p(there, twice), p(nowhere, twice)) >= 0.75',
      show: ['p(there, twice)', 'p(nowhere, twice)'],
    },
    {
      id: 'l24.4',
      options: [{ id: 'made', right: true }, { id: 'told' }],
      runs: { made: { prompt: 'absent', slots: ofThatStory }, told: { prompt: 'asked', slots: ofThatStory } },
      act: [{ kind: 'load', run: 'made' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'H(made) <= 0.5 * H(told)',
      show: ['H(made)', 'H(told)', 'top(made)', 'top(told)'],
    },
    {
      id: 'l24.5',
      own: true,
      runs: { absent: { prompt: 'absent' }, plain },
      act: [{ kind: 'load', run: 'absent' }, { kind: 'open', panel: 'probabilities', query: 'last' }, { kind: 'look' }],
      predicate: 'p(answer, absent) >= 0.45',
      show: ['answer', 'p(answer, absent)', 'H(absent)', 'H(plain)'],
    },
  ],
}
