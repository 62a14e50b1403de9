// L21: four bits. What coarser steps cost a weight, and where a model falls: the storyteller's own weights, which are of
// four bits as they lie there, and a small model whose weights were left two.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { drawn } from './drawn.ts'
import { askWhere, stories, storyWords } from './stories.ts'

/** By what it makes: the queries of the first block. */
const WEIGHT = '"blocks.0.attn.q"'
const STORIES = 60
const plain: RunSpec = { prompt: 'asked' }
const two = (model: string): RunSpec => ({
  prompt: 'two',
  model,
  over: 'stories',
  write: 1,
  expect: { en: '{p0}', zh: '{p0}' },
})
const seen: Act[] = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'inside', layer: 0, query: 'last', view: 'qkv' },
  { kind: 'look', at: 'weight' },
]
/** Relative error in so many bits. */
const error = (bits: number, group = 64): string => `rounded(${WEIGHT}, ${bits}, ${group})`
/** Bits of a scale by weight: one of 32 for every 64; or of 8, with one of 32 for every 256 of those. */
const SCALE = '32 / 64'
const NESTED = '(8 / 64 + 32 / (64 * 256))'
/** Of the story's place, all its tokens together. */
const PLACE = 'exp(logp(named, @there#-1, last))'

export const lesson: Lesson = {
  id: 'l21',
  minutes: 7,
  model: 'storyteller',
  panel: 'inside',
  seeds: ['QLoRA', 'llama.cpp', '量化'],
  glossary: ['quantization', 'qlora', 'probability'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  sets: { stories: { en: drawn('en', STORIES), zh: drawn('zh', STORIES) } },
  prompts: {
    asked: askWhere,
    two: {
      en: { text: '{n0} was in the {p0}. {n1} was in the {p1}. Where was {n0}? {n0} was in the' },
      zh: { text: '{n0}在{p0}。{n1}在{p1}。{n0}在哪里？{n0}在' },
    },
  },
  steps: [
    {
      id: 'l21.1',
      options: [{ id: 'double' }, { id: 'sixteen', right: true }, { id: 'none' }],
      runs: { plain },
      act: seen,
      predicate: `${error(4)} >= 12 * ${error(8)}`,
      show: [error(8), error(4), error(3), error(2)],
    },
    {
      id: 'l21.2',
      options: [{ id: 'same' }, { id: 'worse', right: true }],
      runs: { plain },
      act: seen,
      predicate: `${error(4, 0)} >= 1.6 * ${error(4)}`,
      show: [error(4), error(4, 0), error(3), error(3, 0)],
    },
    {
      id: 'l21.3',
      options: [{ id: 'even' }, { id: 'uneven', right: true }],
      runs: { plain },
      act: seen,
      predicate: `max(codes(${WEIGHT})) >= 4 * min(codes(${WEIGHT}))`,
      show: [`min(codes(${WEIGHT}))`, `max(codes(${WEIGHT}))`, `codes(${WEIGHT})`],
    },
    {
      id: 'l21.4',
      options: [{ id: 'four' }, { id: 'half', right: true }, { id: 'eight' }],
      runs: { plain },
      act: seen,
      predicate: `4 + ${SCALE} = 4.5 and ${NESTED} <= 0.15`,
      show: [`4 + ${SCALE}`, `4 + ${NESTED}`, '7 * 16 / 8', `7 * (4 + ${NESTED}) / 8`],
    },
    {
      id: 'l21.5',
      options: [{ id: 'bit' }, { id: 'half', right: true }, { id: 'same' }],
      runs: { plain, four: two('positions-rope'), two: two('positions-rope-2bit') },
      act: seen,
      predicate: 'acc(four) >= 0.85 and acc(two) <= 0.6',
      show: ['acc(four)', 'acc(two)'],
    },
    {
      id: 'l21.6',
      own: true,
      // the whole place: a learner's own may be of several tokens
      runs: { plain, named: { prompt: 'asked', then: { en: '{name} was in the {place}', zh: '{name}在{place}' } } },
      act: seen,
      predicate: `${PLACE} >= 0.7`,
      show: [PLACE, 'model("weightBytes") * 8 / model("parameters")'],
    },
  ],
}
