// L19: sampling throws dice over one and the same ranking. Temperature spreads the chances and never reorders them; top-p
// keeps as many words as the doubt asks for; a seed makes the dice fall again as they fell.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import type { FigureId } from '../../../lessons/panels.ts'
import { seen } from './acts.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const warm = (temperature: number): RunSpec => ({ prompt: 'asked', sampling: { temperature } })
const tale = (seed: number): RunSpec => ({ prompt: 'open', write: 40, sampling: { temperature: 1, seed } })
const look = (at: FigureId): Act[] => seen('plain', at)

export const lesson: Lesson = {
  id: 'l19',
  minutes: 8,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['采样参数', '温度', 'top-k 与 top-p', '重复惩罚'],
  glossary: ['temperature', 'top-p', 'repetition-penalty', 'seed', 'probability', 'token', 'greedy'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    open: {
      en: { messages: [{ role: 'user', content: 'Tell me a story about {name1}.' }], then: '{name1} was in the' },
      zh: { messages: [{ role: 'user', content: '讲一个关于{name1}的故事。' }], then: '{name1}在' },
    },
  },
  steps: [
    {
      id: 'l19.1',
      options: [{ id: 'rises' }, { id: 'same' }, { id: 'falls', right: true }],
      runs: { plain, two: warm(2), three: warm(3) },
      act: look('settings'),
      predicate: 'drawn(there, two) <= 0.9 * drawn(there, plain) and drawn(there, three) <= 0.6 * drawn(there, two)',
      show: ['drawn(there, plain)', 'drawn(there, two)', 'drawn(there, three)'],
    },
    {
      id: 'l19.2',
      options: [{ id: 'same', right: true }, { id: 'other' }, { id: 'chance' }],
      runs: { plain, three: warm(3) },
      act: look('settings'),
      predicate: 'drawn(answer, three) >= 1.5 * drawn(candidate(plain, 2), three)',
      show: ['answer', 'drawn(answer, three)', 'candidate(plain, 2)', 'drawn(candidate(plain, 2), three)'],
    },
    {
      id: 'l19.3',
      options: [{ id: 'same' }, { id: 'few', right: true }, { id: 'all' }],
      runs: { plain: { prompt: 'asked', sampling: { topP: 0.9 } }, open: { prompt: 'open', sampling: { topP: 0.9 } } },
      act: look('settings'),
      predicate: 'keeps(plain) = 1 and keeps(open) >= 8',
      show: ['keeps(plain)', 'keeps(open)', 'model("vocab")'],
    },
    {
      id: 'l19.4',
      options: [{ id: 'stays', right: true }, { id: 'ruins' }],
      runs: {
        plain,
        light: { prompt: 'asked', sampling: { repetitionPenalty: 1.3 } },
        heavy: { prompt: 'asked', sampling: { repetitionPenalty: 2 } },
      },
      act: look('settings'),
      predicate: 'drawn(there, light) >= 0.5',
      show: ['drawn(there, plain)', 'drawn(there, light)', 'drawn(there, heavy)'],
    },
    {
      id: 'l19.5',
      options: [{ id: 'exact' }, { id: 'near', right: true }, { id: 'any' }],
      runs: { plain, two: warm(2) },
      act: look('draws'),
      predicate: 'abs(share(there, two, 400, 1) - drawn(there, two)) <= 0.1',
      show: ['drawn(there, two)', 'share(there, two, 400, 1)', 'share(there, two, 400, 2)'],
    },
    {
      id: 'l19.6',
      options: [{ id: 'other' }, { id: 'same', right: true }],
      runs: { once: tale(7), again: tale(7), reseeded: tale(8) },
      act: [...seen('once').slice(0, -1), { kind: 'write', run: 'once' }],
      predicate: 'text(once) = text(again) and text(once) != text(reseeded)',
      show: ['text(once)', 'text(again)', 'text(reseeded)'],
    },
    {
      id: 'l19.7',
      own: true,
      runs: { plain, three: warm(3) },
      act: look('settings'),
      predicate: 'drawn(answer, three) <= 0.9 * drawn(answer, plain)',
      show: ['answer', 'drawn(answer, plain)', 'drawn(answer, three)'],
    },
  ],
}
