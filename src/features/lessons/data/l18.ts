// L18: a chat is a text in a format. The template's own words are tokens like others: without the header of the answer there
// is none, in place of the turns any text of the same tokens does, and the end of an answer is one more token.

import type { Both, Lesson, PromptSpec, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const both = (en: PromptSpec, zh: PromptSpec): Both<PromptSpec> => ({ en, zh })
const asked = { en: '{story}\n\nWhere was {name}?', zh: '{story}\n\n{name}在哪里？' }
const begun = { en: '{name} was in the', zh: '{name}在' }
const raw = (tail: string, then = false): Both<PromptSpec> => {
  const one = (language: 'en' | 'zh'): PromptSpec => ({
    text: `<|im_start|>user\n${asked[language]}${tail}`,
    ...(then && { then: begun[language] }),
  })
  return both(one('en'), one('zh'))
}
const plain: RunSpec = { prompt: 'asked' }

export const lesson: Lesson = {
  id: 'l18',
  minutes: 7,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['InstructGPT', 'Alpaca', 'Vicuna', '指令数据', '有监督微调'],
  glossary: ['chat-template', 'role', 'sft', 'special-token', 'token', 'probability'],
  words: { ...storyWords, end: { en: '<|im_end|>', zh: '<|im_end|>' } },
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: {
    asked: askWhere,
    raw: raw('<|im_end|>\n<|im_start|>assistant\n', true),
    open: raw(''),
    ended: both(
      { messages: [{ role: 'user', content: asked.en }], then: '{name} was in the {place}.' },
      { messages: [{ role: 'user', content: asked.zh }], then: '{name}在{place}。' },
    ),
    told: both(
      {
        messages: [
          { role: 'user', content: 'Tell me a story about {name1}.' },
          { role: 'assistant', content: '{story}' },
          { role: 'user', content: 'Where was {name}?' },
        ],
        then: begun.en,
      },
      {
        messages: [
          { role: 'user', content: '讲一个关于{name1}的故事。' },
          { role: 'assistant', content: '{story}' },
          { role: 'user', content: '{name}在哪里？' },
        ],
        then: begun.zh,
      },
    ),
  },
  steps: [
    {
      id: 'l18.1',
      options: [{ id: 'same', right: true }, { id: 'other' }],
      runs: { plain, raw: { prompt: 'raw' } },
      act: seen('plain', 'text'),
      predicate: 'length(plain) = length(raw) and delta(logits(plain), logits(raw)) <= 0.001',
      show: ['length(plain)', 'length(raw)', 'delta(logits(plain), logits(raw))'],
    },
    {
      id: 'l18.2',
      options: [{ id: 'answers' }, { id: 'ends', right: true }, { id: 'goes' }],
      runs: { open: { prompt: 'open' } },
      act: seen('open'),
      predicate: 'top(open) = end and p(end, open) >= 0.5',
      show: ['top(open)', 'p(end, open)'],
    },
    {
      id: 'l18.3',
      options: [{ id: 'length' }, { id: 'page' }, { id: 'token', right: true }],
      runs: { ended: { prompt: 'ended' }, plain },
      act: seen('ended'),
      predicate: 'top(ended) = end and p(end, ended) >= 0.5 and p(end, plain) <= 0.01',
      show: ['p(end, ended)', 'p(end, plain)'],
    },
    {
      id: 'l18.4',
      options: [{ id: 'works', right: true }, { id: 'fails' }],
      runs: { told: { prompt: 'told' }, plain },
      act: seen('told'),
      predicate: 'p(there, told) >= 0.6',
      show: ['p(there, plain)', 'p(there, told)'],
    },
    {
      id: 'l18.5',
      own: true,
      runs: { plain, raw: { prompt: 'raw' } },
      act: seen('plain'),
      predicate: 'delta(logits(plain), logits(raw)) <= 0.001',
      show: ['top(plain)', 'p(answer, plain)', 'delta(logits(plain), logits(raw))'],
    },
  ],
}
