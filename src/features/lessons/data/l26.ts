// L26: how good is it. Perplexity, an exact match that says "wrong" of a right answer, how many questions are enough, and
// what a training holds in memory.

import type { Act, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'
import { drawn } from './drawn.ts'
import { askWhere, stories, storyWords } from './stories.ts'

/** The same words in another order, drawn with a seed: a story's slots stay whole. */
function shuffled(story: string, language: 'en' | 'zh'): string {
  const pieces = language === 'en' ? story.split(' ') : [...story.matchAll(/\{\w+\}|./gu)].map(([piece]) => piece)
  let state = 7
  for (let i = pieces.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const j = Math.floor((state / 2 ** 32) * (i + 1))
    ;[pieces[i], pieces[j]] = [pieces[j]!, pieces[i]!]
  }
  return pieces.join(language === 'en' ? ' ' : '')
}
const castsOf = (language: 'en' | 'zh'): Cast[] =>
  stories[language].map((cast) => ({ ...cast, mixed: shuffled(cast['story']!, language) }))

/** Rows of the panel: both orders of the story, and every story's question with its place as the key. */
const texts: Cast[] = [{ text: '{story}' }, { text: '{mixed}' }]
const places = (language: 'en' | 'zh', asked: string): Cast[] =>
  stories[language].map((cast) => ({ ...cast, prompt: asked, right: '{place}' }))
/** Rows are put there by the page, and asked for scores by the hand. */
const scored = (set: string): Act[] => [
  { kind: 'do', what: 'questions', set },
  { kind: 'open', panel: 'evaluate' },
  { kind: 'do', what: 'score' },
]

const QUESTIONS = 24
const plain: RunSpec = { prompt: 'asked' }
const answered = (prompt: string, en: string, zh: string): RunSpec => ({ prompt, then: { en, zh } })
/** Half the 95 % interval of a share. */
const half = (n: number): string => `1.96 * sqrt(acc(many) * (1 - acc(many)) / ${n})`

export const lesson: Lesson = {
  id: 'l26',
  minutes: 8,
  model: 'storyteller',
  panel: 'evaluate',
  seeds: ['评测', '困惑度', 'ZeRO'],
  glossary: ['perplexity', 'metrics', 'interval', 'zero', 'adamw', 'probability'],
  words: { ...storyWords, wrongPlace: { en: '{name} was in the {place1}.', zh: '{name}在{place1}。' } },
  casts: { en: castsOf('en'), zh: castsOf('zh') },
  own: ['name', 'place', 'thing'],
  sets: {
    texts: { en: texts, zh: texts },
    places: { en: places('en', '{story}\n\nWhere was {name}?'), zh: places('zh', '{story}\n\n{name}在哪里？') },
    stories: { en: drawn('en', QUESTIONS), zh: drawn('zh', QUESTIONS) },
  },
  prompts: {
    asked: askWhere,
    bare: {
      en: { messages: [{ role: 'user', content: 'Where was {name}?' }] },
      zh: { messages: [{ role: 'user', content: '{name}在哪里？' }] },
    },
    free: {
      en: { messages: [{ role: 'user', content: '{story}\n\nWhere was {name}?' }] },
      zh: { messages: [{ role: 'user', content: '{story}\n\n{name}在哪里？' }] },
    },
    four: {
      en: {
        text: '{n0} was in the {p0}. {n1} was in the {p1}. {n2} was in the {p2}. {n3} was in the {p3}. Where was {n1}? {n1} was in the',
      },
      zh: { text: '{n0}在{p0}里玩。{n1}在{p1}里玩。{n2}在{p2}里玩。{n3}在{p3}里玩。{n1}在哪里玩？{n1}在' },
    },
  },
  steps: [
    {
      id: 'l26.1',
      options: [{ id: 'same' }, { id: 'double' }, { id: 'far', right: true }],
      runs: { plain },
      act: scored('texts'),
      predicate: 'metric("perplexity", 2) >= 10 * metric("perplexity", 1)',
      show: ['metric("perplexity", 1)', 'metric("perplexity", 2)', 'model("vocab")'],
    },
    {
      id: 'l26.2',
      options: [{ id: 'yes', right: true }, { id: 'no' }],
      runs: {
        true: answered('free', '{name} was in the {place}.', '{name}在{place}。'),
        wrong: answered('free', '{name} was in the {place1}.', '{name}在{place1}。'),
        bare: answered('bare', '{name} was in the {place}.', '{name}在{place}。'),
      },
      act: seen('true'),
      predicate:
        'perplexity(true) <= 1.3 and perplexity(wrong) >= 2 * perplexity(true) and perplexity(bare) >= 1.1 * perplexity(true)',
      show: ['perplexity(true)', 'perplexity(bare)', 'perplexity(wrong)'],
    },
    {
      id: 'l26.3',
      options: [{ id: 'right' }, { id: 'wrong', right: true }],
      runs: { said: { prompt: 'free', write: 12 } },
      act: scored('places'),
      predicate: 'metric("exact") = 0 and metric("contains") >= 0.7 and metric("f1") >= 0.2',
      show: ['text(said)', 'metric("exact")', 'metric("f1")', 'metric("contains")', 'spread("f1")'],
    },
    {
      id: 'l26.4',
      options: [{ id: 'none' }, { id: 'most', right: true }],
      runs: { said: { prompt: 'free', write: 12 } },
      act: seen('said'),
      predicate:
        'f1(wrongPlace, text(said)) >= 0.4 and rouge(wrongPlace, text(said)) >= 0.4 and equal(wrongPlace, text(said)) = 0',
      show: [
        'text(said)',
        'f1(wrongPlace, text(said))',
        'rouge(wrongPlace, text(said))',
        'bleu(wrongPlace, text(said))',
      ],
    },
    {
      id: 'l26.5',
      options: [{ id: 'more', right: true }, { id: 'enough' }],
      runs: {
        plain,
        many: { prompt: 'four', model: 'memory-lstm', over: 'stories', write: 1, expect: { en: '{p1}', zh: '{p1}' } },
      },
      act: seen('plain'),
      predicate: `interval(rights(many)) >= 0.1 and ${half(2400)} <= 0.05`,
      show: ['acc(many)', 'interval(rights(many))', half(2400)],
    },
    {
      id: 'l26.6',
      options: [{ id: 'two' }, { id: 'four' }, { id: 'sixteen', right: true }],
      runs: { plain },
      act: seen('plain'),
      predicate: '7 * (2 + 2 + 12) = 112 and 7 * (4 + 12 / 8) = 38.5 and 7 * (2 + 14 / 8) = 26.25 and 7 * 16 / 8 = 14',
      show: [
        '7 * 2',
        '7 * (2 + 2 + 12)',
        '7 * (4 + 12 / 8)',
        '7 * (2 + 14 / 8)',
        '7 * 16 / 8',
        'model("parameters") * 16 / 1000000',
      ],
    },
    {
      id: 'l26.7',
      own: true,
      runs: {
        true: answered('free', '{name} was in the {place}.', '{name}在{place}。'),
        wrong: answered('free', '{name} was in the {place1}.', '{name}在{place1}。'),
      },
      act: seen('true'),
      predicate: 'perplexity(wrong) >= 2 * perplexity(true)',
      show: ['perplexity(true)', 'perplexity(wrong)'],
    },
  ],
}
