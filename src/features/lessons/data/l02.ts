// L2: tokens. The vocabulary decides what a text costs: its own words one token each, all else by pieces and bytes.

import type { Act, Both, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'

/** A sentence of the storyteller's, and the same in the other language. */
const pairs: readonly [en: string, zh: string][] = [
  ['It was a sunny day. Lily was in the kitchen.', '那是一个晴天。小明在厨房。'],
  ['Anna found a clock in the castle.', '小华在城堡里找到了闹钟。'],
  ['Sam was in the tower.', '小强在高塔。'],
  ['Anna dropped a scarf.', '小美弄丢了围巾。'],
  ['Max kept a mirror.', '小龙收好了镜子。'],
]
const casts: Both<readonly Cast[]> = {
  en: pairs.map(([text, other]) => ({ text, other })),
  zh: pairs.map(([other, text]) => ({ text, other })),
}
const rare = { en: 'internationalization', zh: '国际化' }
const face = '😀'
const [english, chinese] = pairs[0]!
const read: RunSpec = { prompt: 'text' }
const typed = (text: Both<string>): Act[] => [
  { kind: 'open', panel: 'tokenizer' },
  { kind: 'type', text },
]

export const lesson: Lesson = {
  id: 'l02',
  minutes: 6,
  model: 'storyteller',
  panel: 'tokenizer',
  seeds: ['分词', 'BPE', 'BLOOM 的分词器'],
  glossary: ['token', 'tokenizer', 'vocabulary', 'bpe', 'byte-fallback'],
  words: { rare, face: { en: face, zh: face } },
  casts,
  own: ['text'],
  prompts: { text: { en: { text: '{text}' }, zh: { text: '{text}' } } },
  steps: [
    {
      id: 'l02.1',
      options: [{ id: 'pieces', right: true }, { id: 'letters' }, { id: 'bytes' }],
      runs: { read },
      act: typed({ en: english, zh: chinese }),
      predicate: { en: 'tokens(text) <= count(text) / 3', zh: 'tokens(text) <= 0.8 * count(text)' },
      show: ['tokens(text)', 'count(text)', 'bytes(text)'],
    },
    {
      id: 'l02.2',
      options: [{ id: 'letters' }, { id: 'bytes' }, { id: 'pieces', right: true }],
      runs: { read },
      act: typed({ en: chinese, zh: english }),
      predicate: { en: 'tokens(other) <= 0.8 * count(other)', zh: 'tokens(other) <= count(other) / 3' },
      show: ['tokens(other)', 'count(other)', 'bytes(other)'],
    },
    {
      id: 'l02.3',
      options: [{ id: 'one' }, { id: 'bytes', right: true }, { id: 'none' }],
      runs: { read },
      act: typed({ en: face, zh: face }),
      predicate: 'tokens(face) = 4 and hex(face) = "F0 9F 98 80"',
      show: ['tokens(face)', 'bytes(face)', 'hex(face)'],
    },
    {
      id: 'l02.4',
      options: [{ id: 'one' }, { id: 'few' }, { id: 'many', right: true }],
      runs: { read },
      act: typed(rare),
      predicate: { en: 'tokens(rare) >= 8', zh: 'tokens(rare) >= 5' },
      show: ['tokens(rare)', 'count(rare)', 'pieces(rare)'],
    },
    {
      id: 'l02.5',
      runs: { read },
      act: [{ kind: 'load', run: 'read' }, { kind: 'open', panel: 'tokenizer' }, { kind: 'look' }],
      predicate: 'decoded(text) = text',
      show: ['tokens(text)', 'bytes(text)', 'pieces(text)'],
      own: true,
    },
  ],
}
