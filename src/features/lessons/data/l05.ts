// L5: a recurrent net has one state for all it read. An LSTM that learned who was where keeps which places there were,
// hardly whose; a transformer of its size and training time is no better yet; the storyteller, which began with look-up
// heads laid in, is. The RNN of the textbook's first step is not here: trained in both languages, it did not learn what
// it was to show.

import type { Act, Both, Lesson, RunSpec } from '../../../lessons/types.ts'
import { drawn, PEOPLE } from './drawn.ts'

const told = (people: readonly number[], zh: (i: number) => string): Both<string> => ({
  en: people.map((i) => `{n${i}} was in the {p${i}}.`).join(' '),
  zh: people.map(zh).join(''),
})

const about = (prompt: string, i: number): RunSpec => ({
  prompt,
  slots: { name: { en: `{n${i}}`, zh: `{n${i}}` }, place: { en: `{p${i}}`, zh: `{p${i}}` } },
})
const over = (prompt: string, i: number, model?: string): RunSpec => ({
  ...about(prompt, i),
  over: 'stories',
  write: 1,
  expect: { en: '{place}', zh: '{place}' },
  ...(model !== undefined && { model }),
})
const act: Act[] = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'inside', query: 'last', view: 'gates' },
  { kind: 'look' },
]
const accs = 'acc(q0), acc(q1), acc(q2), acc(q3)'
const each = ['acc(q0)', 'acc(q1)', 'acc(q2)', 'acc(q3)']
const plain = about('four', 0)

export const lesson: Lesson = {
  id: 'l05',
  minutes: 7,
  model: 'memory-lstm',
  panel: 'inside',
  seeds: ['RNN', 'LSTM', '长期依赖'],
  glossary: ['rnn', 'lstm', 'gate', 'attention', 'transformer'],
  words: {
    fourPeople: told([0, 1, 2, 3], (i) => `{n${i}}在{p${i}}里玩。`),
    eightPeople: told(PEOPLE, (i) => `{n${i}}在{p${i}}里玩。`),
    fourTold: told([0, 1, 2, 3], (i) => `{n${i}}在{p${i}}。`),
  },
  casts: { en: drawn('en', 5), zh: drawn('zh', 5) },
  own: [],
  // the storyteller takes longer for each
  sets: { stories: { en: drawn('en', 40), zh: drawn('zh', 40) }, few: { en: drawn('en', 12), zh: drawn('zh', 12) } },
  prompts: {
    four: {
      en: { text: '{fourPeople} Where was {name}? {name} was in the' },
      zh: { text: '{fourPeople}{name}在哪里玩？{name}在' },
    },
    eight: {
      en: { text: '{eightPeople} Where was {name}? {name} was in the' },
      zh: { text: '{eightPeople}{name}在哪里玩？{name}在' },
    },
    teller: {
      en: { messages: [{ role: 'user', content: '{fourTold}\n\nWhere was {name}?' }], then: '{name} was in the' },
      zh: { messages: [{ role: 'user', content: '{fourTold}\n\n{name}在哪里？' }], then: '{name}在' },
    },
  },
  steps: [
    {
      id: 'l05.1',
      options: [{ id: 'perfect' }, { id: 'recent' }, { id: 'even', right: true }],
      runs: { plain, q0: over('four', 0), q1: over('four', 1), q2: over('four', 2), q3: over('four', 3) },
      act,
      predicate: `max(${accs}) - min(${accs}) <= 0.3 and mean(${accs}) <= 0.45`,
      show: each,
    },
    {
      id: 'l05.2',
      options: [{ id: 'told', right: true }, { id: 'any' }],
      runs: { plain, second: about('four', 1), third: about('four', 2), fourth: about('four', 3) },
      act,
      predicate:
        'has(fourPeople, top(plain)) = 1 and has(fourPeople, top(second)) = 1 and has(fourPeople, top(third)) = 1 and has(fourPeople, top(fourth)) = 1',
      show: ['top(plain)', 'top(second)', 'top(third)', 'top(fourth)'],
    },
    {
      id: 'l05.3',
      options: [{ id: 'opening' }, { id: 'recent', right: true }, { id: 'even' }],
      runs: { plain, q0: over('eight', 0), q7: over('eight', 7) },
      act,
      predicate: 'acc(q7) >= 0.25 and acc(q0) <= 0.2',
      show: ['acc(q0)', 'acc(q7)'],
    },
    {
      id: 'l05.4',
      options: [{ id: 'perfect' }, { id: 'same', right: true }],
      runs: {
        plain,
        q0: over('four', 0, 'memory-attention'),
        q1: over('four', 1, 'memory-attention'),
        q2: over('four', 2, 'memory-attention'),
        q3: over('four', 3, 'memory-attention'),
        teller: {
          ...over('teller', 0, 'storyteller'),
          over: 'few',
          expect: { en: '{name} was in the {place}', zh: '{name}在{place}' },
        },
      },
      act,
      predicate: `mean(${accs}) <= 0.45 and acc(teller) >= 0.8`,
      show: [`mean(${accs})`, 'acc(teller)'],
    },
  ],
}
