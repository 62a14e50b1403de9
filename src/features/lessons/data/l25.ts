// L25: retrieval, from where it meets the model: with the right passage, with a wrong one, with none, with both. How a
// passage is found is not here. With a wrong one the model mostly takes its place, in these stories by far; in two others
// of each language it wavers, or makes a third one up.

import type { Both, Lesson, PromptSpec, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'
import { recordedPrompts, recordedRuns } from './recorded.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const asks = (en: string, zh: string): Both<PromptSpec> => ({
  en: { messages: [{ role: 'user', content: `${en}Where was {name}?` }], then: '{name} was in the' },
  zh: { messages: [{ role: 'user', content: `${zh}{name}在哪里？` }], then: '{name}在' },
})
const right: RunSpec = { prompt: 'right' }
const wrong: RunSpec = { prompt: 'wrong' }

export const lesson: Lesson = {
  id: 'l25',
  minutes: 7,
  model: 'storyteller',
  panel: 'probabilities',
  seeds: ['RAG', '向量数据库', 'LangChain'],
  glossary: ['rag', 'agent', 'hallucination', 'prompt', 'probability', 'entropy'],
  words: {
    ...storyWords,
    found: { en: '{name} was in the {place}.', zh: '{name}在{place}。' },
    missed: {
      en: '{name1} was in the {place1}. {name1} found a {thing1}.',
      zh: '{name1}在{place1}。{name1}找到了{thing1}。',
    },
  },
  casts: { en: [1, 3, 4, 5, 6].map((i) => stories.en[i]!), zh: [1, 2, 3, 4, 6].map((i) => stories.zh[i]!) },
  own: ['name', 'place', 'name1', 'place1'],
  prompts: {
    asked: askWhere,
    ...recordedPrompts('alone', 'asks', 'tool'),
    none: asks('', ''),
    right: asks('{found}\n\n', '{found}\n\n'),
    wrong: asks('{missed}\n\n', '{missed}\n\n'),
    both: asks('{missed} {found}\n\n', '{missed}{found}\n\n'),
  },
  steps: [
    {
      id: 'l25.1',
      options: [{ id: 'knows' }, { id: 'refuses' }, { id: 'invents', right: true }],
      runs: { none: { prompt: 'none' } },
      act: seen('none'),
      predicate: 'p(there, none) <= 0.5',
      show: ['p(there, none)', 'top(none)', 'H(none)'],
    },
    {
      id: 'l25.2',
      options: [{ id: 'reads', right: true }, { id: 'same' }],
      runs: { right, none: { prompt: 'none' } },
      act: seen('right'),
      predicate: 'p(there, right) >= 0.8',
      show: ['p(there, none)', 'p(there, right)'],
    },
    {
      id: 'l25.3',
      options: [{ id: 'says' }, { id: 'takes', right: true }, { id: 'doubts' }],
      runs: { wrong },
      act: seen('wrong'),
      predicate: 'p(elsewhere, wrong) >= 0.6',
      show: ['p(elsewhere, wrong)', 'p(there, wrong)', 'H(wrong)'],
    },
    {
      id: 'l25.4',
      options: [{ id: 'finds', right: true }, { id: 'first' }, { id: 'torn' }],
      runs: { both: { prompt: 'both' } },
      act: seen('both'),
      predicate: 'p(there, both) >= 0.7',
      show: ['p(there, both)', 'p(elsewhere, both)'],
    },
    {
      id: 'l25.5',
      options: [{ id: 'true' }, { id: 'open', right: true }],
      runs: { right, wrong },
      act: seen('wrong'),
      predicate: 'has(found, top(right)) = 1 and has(missed, top(wrong)) = 1 and has(missed, name) = 0',
      show: ['has(missed, top(wrong))', 'has(missed, name)', 'has(found, name)'],
    },
    {
      id: 'l25.6',
      options: [{ id: 'itself' }, { id: 'tool', right: true }, { id: 'never' }],
      runs: recordedRuns('tool', 'asks', 'alone'),
      // the bet is told what stands before the call: the other run has call and result in it
      act: [{ kind: 'load', run: 'asks' }, ...seen('tool')],
      predicate:
        '47 * 89 = 4183 and has(text(alone), "4183") = 0 and has(text(asks), "calculator[47*89]") = 1 and has(text(tool), "4183") = 1',
      show: ['text(alone)', 'text(asks)', 'text(tool)', '47 * 89'],
    },
    {
      id: 'l25.7',
      own: true,
      runs: { right, wrong },
      act: seen('wrong'),
      predicate: 'top(right) != top(wrong)',
      show: ['top(right)', 'p(answer, right)', 'top(wrong)', 'H(wrong)'],
    },
  ],
}
