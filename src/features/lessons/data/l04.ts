// L4: from one-hot to vectors. The storyteller's vectors hardly group, those of a small LSTM with the same stories do.

import type { Act, Both, Lesson, RunSpec } from '../../../lessons/types.ts'
import { places } from './drawn.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const names = { en: 'Lily Anna Mia Emma Rose Sam Tom Max', zh: '小明 小红 小华 小芳 小虎 小鹿 小强 小雪' }
/** A list of the language of claims; English words as they stand within a text. */
const list = (words: Both<string>, language: 'en' | 'zh'): string =>
  `[${words[language]
    .split(' ')
    .map((word) => `"${language === 'en' ? ' ' : ''}${word}"`)
    .join(', ')}]`
const claim = (of: (places: string, names: string) => string): Both<string> => ({
  en: of(list(places, 'en'), list(names, 'en')),
  zh: of(list(places, 'zh'), list(names, 'zh')),
})

const plain: RunSpec = { prompt: 'asked' }
const lstm: RunSpec = { prompt: 'told', model: 'recurrent' }
const act: Act[] = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'tokenizer' },
  { kind: 'look', at: 'vocabulary' },
]

export const lesson: Lesson = {
  id: 'l04',
  minutes: 6,
  model: 'storyteller',
  panel: 'tokenizer',
  seeds: ['独热', '词嵌入', 'word2vec', 'GloVe'],
  glossary: ['one-hot', 'embedding', 'cosine', 'vocabulary', 'lstm'],
  words: storyWords,
  casts: { en: stories.en.slice(0, 5), zh: stories.zh.slice(0, 5) },
  own: [],
  prompts: { asked: askWhere, told: { en: { text: '{story}' }, zh: { text: '{story}' } } },
  steps: [
    {
      id: 'l04.1',
      options: [{ id: 'zero', right: true }, { id: 'half' }, { id: 'one' }],
      runs: { plain },
      act,
      predicate: 'sum([1, 0, 0, 0] * [0, 1, 0, 0]) = 0 and cos(there, elsewhere) >= 0.1',
      show: ['sum([1, 0, 0, 0] * [0, 1, 0, 0])', 'cos(there, elsewhere)'],
    },
    {
      id: 'l04.2',
      options: [{ id: 'clearly' }, { id: 'hardly', right: true }, { id: 'farther' }],
      runs: { plain },
      act,
      predicate: claim((p, n) => `abs(likeness(${p}, ${p}) - likeness(${p}, ${n})) <= 0.08`),
      show: [claim((p) => `likeness(${p}, ${p})`), claim((p, n) => `likeness(${p}, ${n})`)],
    },
    {
      id: 'l04.3',
      options: [{ id: 'most' }, { id: 'few', right: true }],
      runs: { plain },
      act,
      predicate: claim((p) => `kin(${p}) <= 0.5`),
      show: ['near(there)', claim((p) => `kin(${p})`)],
    },
    {
      id: 'l04.4',
      options: [{ id: 'all', right: true }, { id: 'same' }],
      runs: { plain, lstm },
      act,
      predicate: claim((p) => `kin(${p}, lstm) >= 0.8 and kin(${p}, plain) <= 0.5`),
      show: [
        claim((p) => `kin(${p}, plain)`),
        claim((p) => `kin(${p}, lstm)`),
        claim((p, n) => `likeness(${p}, ${n}, lstm)`),
        claim((p) => `likeness(${p}, ${p}, lstm)`),
      ],
    },
  ],
}
