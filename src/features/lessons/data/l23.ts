// L23: preferences. A reward model that knows its own kind of story, and two adapters by DPO: what was meant, and what came
// along with it.

import type { Both, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'
import { seen, slide } from './acts.ts'
import { made, written } from './pairs.ts'
import { stories } from './stories.ts'

/** As both were trained. */
const BETA = 0.1
const STORIES = 'dpo-stories'
const SHORT = 'dpo-short'
const judged = (prompt: string, over: string): RunSpec => ({ prompt, model: 'reward', over })
const on = (adapter: string): Pick<RunSpec, 'adapters'> => ({ adapters: { [adapter]: 1 } })
/** One of the two stories put behind its request: for this pair, or for all. */
const put = (story: 'good' | 'bad', more: Partial<RunSpec> = {}): RunSpec => ({
  prompt: 'tell',
  then: { en: `{${story}}`, zh: `{${story}}` },
  ...more,
})
const pairs = (story: 'good' | 'bad', adapter?: string): RunSpec =>
  put(story, { over: 'few', ...(adapter !== undefined && on(adapter)) })
const few: Both<readonly Cast[]> = { en: written.en.slice(0, 6), zh: written.zh.slice(0, 6) }
/** Stories about somebody in English or Chinese, whatever the lesson is told in: not the same becomes of both. */
const told = (language: 'english' | 'chinese', adapter?: string): RunSpec => ({
  prompt: language,
  over: language,
  write: 60,
  ...(adapter !== undefined && on(adapter)),
})
const plain: RunSpec = { prompt: 'tell' }
const sameFor = <T>(one: T): Both<T> => ({ en: one, zh: one })
const names = (language: 'en' | 'zh') => sameFor(stories[language].slice(0, 4).map(({ name }) => ({ name: name! })))
const tell = {
  en: { messages: [{ role: 'user', content: 'Tell me a story about {name}.' }] },
  zh: { messages: [{ role: 'user', content: '讲一个关于{name}的故事。' }] },
} as const

/** Share of pairs of which the first gets more from the reward model. */
const ranked = (good: string, bad: string): string => `positive(scored(${good}) - scored(${bad}))`
/** By how many nats the adapter moved each story. */
const moved = (story: string): string => `(logps(${story}On) - logps(${story}))`

export const lesson: Lesson = {
  id: 'l23',
  minutes: 8,
  model: 'storyteller',
  panel: 'adapters',
  seeds: ['InstructGPT', 'RLHF', 'DPO', 'LLaMA-2'],
  glossary: ['rlhf', 'reward', 'dpo', 'adapter'],
  words: {},
  casts: few,
  own: ['name'],
  sets: { made, written, few, english: names('en'), chinese: names('zh') },
  prompts: {
    tell,
    english: sameFor(tell.en),
    chinese: sameFor(tell.zh),
    good: { en: { text: '{good}' }, zh: { text: '{good}' } },
    bad: { en: { text: '{bad}' }, zh: { text: '{bad}' } },
  },
  steps: [
    {
      id: 'l23.1',
      options: [{ id: 'all' }, { id: 'most', right: true }, { id: 'half' }],
      runs: {
        plain: put('good'),
        good: judged('good', 'made'),
        bad: judged('bad', 'made'),
        one: { prompt: 'good', model: 'reward' },
        other: { prompt: 'bad', model: 'reward' },
      },
      act: seen('plain'),
      predicate: `${ranked('good', 'bad')} >= 0.65 and ${ranked('good', 'bad')} != 1`,
      show: ['score(one)', 'score(other)', ranked('good', 'bad')],
    },
    {
      id: 'l23.2',
      options: [{ id: 'same' }, { id: 'worse', right: true }],
      runs: {
        plain: put('good'),
        good: judged('good', 'made'),
        bad: judged('bad', 'made'),
        ownGood: judged('good', 'written'),
        ownBad: judged('bad', 'written'),
      },
      act: seen('plain'),
      predicate: `${ranked('good', 'bad')} - ${ranked('ownGood', 'ownBad')} >= 0.05`,
      show: [ranked('good', 'bad'), ranked('ownGood', 'ownBad')],
    },
    {
      id: 'l23.3',
      options: [{ id: 'up' }, { id: 'down', right: true }],
      runs: {
        plain: put('good'),
        on: put('good', on(STORIES)),
        good: pairs('good'),
        bad: pairs('bad'),
        goodOn: pairs('good', STORIES),
        badOn: pairs('bad', STORIES),
      },
      act: slide('on'),
      predicate: `mean(${moved('good')} - ${moved('bad')}) >= 0.25 and abs(mean(${moved('good')})) <= 0.5 * abs(mean(${moved('bad')}))`,
      show: [`mean(${moved('good')})`, `mean(${moved('bad')})`, `${BETA} * mean(${moved('good')} - ${moved('bad')})`],
    },
    {
      id: 'l23.4',
      options: [{ id: 'alike' }, { id: 'short', right: true }],
      runs: {
        plain,
        on: { ...plain, ...on(SHORT) },
        en: told('english'),
        enOn: told('english', SHORT),
        zh: told('chinese'),
        zhOn: told('chinese', SHORT),
      },
      act: slide('on'),
      predicate: 'mean(lengths(enOn)) <= 0.75 * mean(lengths(en))',
      show: ['mean(lengths(en))', 'mean(lengths(enOn))', 'mean(lengths(zh))', 'mean(lengths(zhOn))'],
    },
    {
      id: 'l23.5',
      own: true,
      runs: { plain, on: { ...plain, ...on(STORIES) }, short: { ...plain, ...on(SHORT) } },
      act: slide('on'),
      predicate: 'kl(on, plain) >= 0.001 and kl(on, plain) <= 2',
      show: ['kl(on, plain)', 'kl(short, plain)'],
    },
  ],
}
