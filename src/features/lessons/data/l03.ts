// L3: four ways to cut. Tokenizers of one corpus (tools/lessons/cuts.py): characters, byte-level BPE, WordPiece, Unigram.

import type { Act, Both, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'
import { stories } from './stories.ts'

/** What not all of them can cut, and a text that not all of them give back. */
const odd: Both<readonly (readonly [rare: string, spaced: string])[]> = {
  en: [
    ['zebra', 'Lily  was in the garden.'],
    ['Xylophone', ' Mia lost a key.'],
    ['internationalization', 'Max was in the park.  Max lost a hat.'],
    ['😀', 'Anna  lost  a  coat.'],
    ["Don't", 'Tom made a kite.  It was a good day.'],
  ],
  zh: [
    ['龘', '小红在花园里。'],
    ['国际化', '小明在厨房。'],
    ['😀', '小虎弄丢了钥匙。'],
    ['“你好”', '你好，小红！'],
    ['饕餮', '小华在图书馆。'],
  ],
}
const castsOf = (language: 'en' | 'zh'): Cast[] =>
  odd[language].map(([rare, spaced], i) => ({ ...stories[language][i]!, rare, spaced }))
const by = (name: string): RunSpec => ({ prompt: 'told', model: `tokenizer-${name}` })
const [char, bpe, wordpiece, unigram] = ['char', 'bpe', 'wordpiece', 'unigram'].map(by) as [
  RunSpec,
  RunSpec,
  RunSpec,
  RunSpec,
]
/** The text in the panel's field, cut by the model's tokenizer and by this one. */
const beside = (name: string): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'tokenizer', view: `tokenizer-${name}` },
  { kind: 'look' },
]
const plain = (prompt: string): RunSpec => ({ prompt })
const all = ['tokens(story, char)', 'tokens(story, bpe)', 'tokens(story, wordpiece)', 'tokens(story, unigram)']

export const lesson: Lesson = {
  id: 'l03',
  minutes: 6,
  model: 'storyteller',
  panel: 'tokenizer',
  seeds: ['BPE', 'WordPiece', 'Unigram', 'SentencePiece'],
  glossary: ['tokenizer', 'bpe', 'wordpiece', 'unigram', 'unknown', 'vocabulary', 'fertility'],
  words: {},
  casts: { en: castsOf('en'), zh: castsOf('zh') },
  own: [],
  prompts: Object.fromEntries(
    Object.entries({ told: '{story}', odd: '{rare}', spaces: '{spaced}' }).map(([name, text]) => [
      name,
      { en: { text }, zh: { text } },
    ]),
  ),
  steps: [
    {
      id: 'l03.1',
      options: [{ id: 'shorter', right: true }, { id: 'same' }, { id: 'longer' }],
      runs: { plain: plain('told'), small: by('bpe-300'), middle: by('bpe-600'), large: bpe, largest: by('bpe-1200') },
      act: beside('bpe-300'),
      predicate:
        'tokens(story, small) >= 1.1 * tokens(story, middle) and tokens(story, middle) >= 1.05 * tokens(story, large) and tokens(story, large) > tokens(story, largest)',
      show: ['tokens(story, small)', 'tokens(story, middle)', 'tokens(story, large)', 'tokens(story, largest)'],
    },
    {
      id: 'l03.2',
      options: [{ id: 'apart', right: true }, { id: 'bpe' }, { id: 'unigram' }],
      runs: { plain: plain('told'), char, bpe, wordpiece, unigram },
      act: beside('wordpiece'),
      predicate: {
        en: 'tokens(story, char) = count(story) and tokens(story, char) >= 2 * tokens(story, bpe)',
        zh: 'tokens(story, wordpiece) = count(story) and tokens(story, unigram) < count(story)',
      },
      show: all,
    },
    {
      id: 'l03.3',
      options: [{ id: 'bpe' }, { id: 'wordpiece', right: true }],
      runs: { plain: plain('odd'), bpe, wordpiece },
      act: beside('wordpiece'),
      predicate: 'unknowns(rare, wordpiece) > 0 and unknowns(rare, bpe) = 0',
      show: ['unknowns(rare, wordpiece)', 'unknowns(rare, bpe)', 'tokens(rare, bpe)'],
    },
    {
      id: 'l03.4',
      options: [{ id: 'both' }, { id: 'bpe', right: true }],
      runs: { plain: plain('spaces'), bpe, wordpiece },
      act: beside('wordpiece'),
      predicate: 'decoded(spaced, bpe) = spaced and decoded(spaced, wordpiece) != spaced',
      show: ['decoded(spaced, bpe)', 'decoded(spaced, wordpiece)'],
    },
  ],
}
