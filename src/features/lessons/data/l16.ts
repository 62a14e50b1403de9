// L16: an encoder reads, a decoder writes and looks across. The Chinese sentence has another order than the English one, so
// that what is looked at while writing jumps about; without the look across the decoder writes well and about nothing.

import type { Act, Both, Cast, EditSpec, Lesson, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'

/** English and Chinese, of the translator's own grammar (tools/tiny/phrases.py). */
type Pair = readonly [en: string, zh: string]
const whos: readonly Pair[] = [
  ['lily', '莉莉'],
  ['tom', '汤姆'],
  ['anna', '安娜'],
  ['emma', '艾玛'],
  ['sam', '山姆'],
  ['mia', '米娅'],
]
const verbs: readonly Pair[] = [
  ['sees', '看见'],
  ['likes', '喜欢'],
  ['finds', '找到'],
  ['wants', '想要'],
  ['draws', '画'],
]
const things: readonly Pair[] = [
  ['bird', '一只鸟'],
  ['ball', '一个球'],
  ['book', '一本书'],
  ['boat', '一艘船'],
  ['lamp', '一盏灯'],
  ['flower', '一朵花'],
]
const places: readonly (readonly [en: string, zh: string, word: string])[] = [
  ['in the garden', '在花园里', 'garden'],
  ['in the kitchen', '在厨房里', 'kitchen'],
  ['in the park', '在公园里', 'park'],
  ['in the forest', '在森林里', 'forest'],
]
const times: readonly Pair[] = [
  ['today', '今天'],
  ['now', '现在'],
]
/** The nth sentence: every word moves on by another step. */
function sentence(n: number): Cast {
  const at = <T>(list: readonly T[], step: number): T => list[(n * step) % list.length]!
  const [who, sees, thing, place, when] = [at(whos, 1), at(verbs, 2), at(things, 1), at(places, 3), at(times, 1)]
  return {
    who: who[0],
    whoZh: who[1],
    verb: sees[0],
    verbZh: sees[1],
    thing: thing[0],
    placeWord: place[2],
    placeZh: place[1],
    time: when[0],
    timeZh: when[1],
    english: `${who[0]} ${sees[0]} a ${thing[0]} ${place[0]} ${when[0]}.`,
    chinese: `${who[1]}${when[1]}${place[1]}${sees[1]}${thing[1]}。`,
  }
}
const some = (from: number, to: number): Cast[] => Array.from({ length: to - from }, (_, i) => sentence(from + i))
const both = <T>(of: T): Both<T> => ({ en: of, zh: of })
const cross = (layer: number, head: number, word: string): string => `cross(plain, ${layer}, ${head}, last, @${word})`
const looks = (word: string): string =>
  `max(${[2, 3].flatMap((layer) => [0, 1, 2, 3].map((head) => cross(layer, head, word))).join(', ')})`

const asked: RunSpec = { prompt: 'asked' }
const begun: RunSpec = { prompt: 'asked', then: both('{whoZh}') }
const later: RunSpec = { prompt: 'asked', then: both('{whoZh}{timeZh}{placeZh}') }
const sentences: RunSpec = { ...asked, over: 'sentences', write: 30, expect: both('{chinese}') }
const encoderPairs = 'pairs(plain, 0, 0)'
const decoderPairs = 'pairs(plain, 2, 0)'
const sourceTokens = 'count(cross(plain, 2, 0, last))'
/** the decoder's mask in both layers of the encoder */
const causal: readonly EditSpec[] = [0, 1].map((layer) => ({ kind: 'causal', layer }))
const at = (run: string, view = 'matrix'): Act[] => [
  { kind: 'load', run },
  { kind: 'open', panel: 'attention', layer: 2, head: 0, query: 'last', view },
]

export const lesson: Lesson = {
  id: 'l16',
  minutes: 8,
  model: 'translator',
  panel: 'attention',
  seeds: ['Transformer 的解码器', '交叉注意力', 'T5'],
  glossary: ['encoder-decoder', 'cross-attention', 't5', 'attention', 'causal-mask', 'ablation'],
  words: {},
  casts: { en: some(0, 5), zh: some(5, 10) },
  own: ['english'],
  sets: { sentences: both(some(10, 34)) },
  prompts: { asked: both({ text: 'translate: {english}' }) },
  steps: [
    {
      id: 'l16.1',
      options: [{ id: 'verb' }, { id: 'time', right: true }],
      runs: { plain: begun },
      act: seen('plain'),
      predicate: 'top(plain) = timeZh and p(timeZh, plain) >= 0.8 and p(verbZh, plain) <= 0.1',
      show: ['p(timeZh, plain)', 'p(verbZh, plain)'],
    },
    {
      id: 'l16.2',
      options: [{ id: 'all', right: true }, { id: 'few' }],
      runs: { plain: { ...asked, write: 30 }, all: sentences },
      act: [...at('plain'), { kind: 'write', run: 'plain' }],
      predicate: 'acc(all) >= 0.8',
      show: ['text(plain)', 'acc(all)'],
    },
    {
      id: 'l16.3',
      options: [{ id: 'all' }, { id: 'next' }, { id: 'same', right: true }],
      runs: { plain: begun },
      act: [...at('plain'), { kind: 'look', at: 'pictures' }],
      predicate: `${looks('time')} >= 0.5`,
      show: [looks('time'), looks('verb'), looks('who')],
    },
    {
      id: 'l16.4',
      options: [{ id: 'back', right: true }, { id: 'forth' }],
      runs: { plain: later },
      act: [...at('plain', 'cross'), { kind: 'look' }],
      predicate: `${looks('verb')} >= 0.5 and p(verbZh, plain) >= 0.8`,
      show: [looks('verb'), looks('time'), 'p(verbZh, plain)'],
    },
    {
      id: 'l16.5',
      options: [{ id: 'same' }, { id: 'lost', right: true }],
      runs: {
        plain: later,
        cut: {
          ...later,
          edits: [
            { kind: 'skip', layer: 2, part: 'cross' },
            { kind: 'skip', layer: 3, part: 'cross' },
          ],
        },
      },
      act: [...at('plain'), { kind: 'edit', run: 'cut' }],
      predicate: 'p(verbZh, cut) <= 0.5 * p(verbZh, plain)',
      show: ['p(verbZh, plain)', 'p(verbZh, cut)', 'top(cut)'],
    },
    {
      id: 'l16.6',
      options: [{ id: 'same' }, { id: 'fewer', right: true }],
      runs: {
        plain: later,
        masked: { ...later, edits: causal },
        all: sentences,
        allMasked: { ...sentences, edits: causal },
      },
      act: [
        { kind: 'load', run: 'plain' },
        { kind: 'open', panel: 'attention', layer: 0, head: 0, view: 'matrix' },
        { kind: 'edit', run: 'masked' },
      ],
      predicate: `${encoderPairs} = ${sourceTokens} * ${sourceTokens} and ${decoderPairs} = length(plain) * (length(plain) + 1) / 2 and acc(all) >= 0.8 and acc(allMasked) <= 0.6`,
      show: [encoderPairs, decoderPairs, 'acc(all)', 'acc(allMasked)'],
    },
    {
      id: 'l16.7',
      own: true,
      runs: { plain: { ...asked, write: 30 } },
      act: [...at('plain'), { kind: 'write', run: 'plain' }],
      predicate: 'p(answer, plain) >= 0.5',
      show: ['text(plain)', 'p(answer, plain)'],
    },
  ],
}
