// L25: retrieval: how a note is found among fifty, and what it does to the answer: the right one, a wrong one, none, both; that
// a quotation can be followed; and that what a letter orders runs nothing. With a wrong one the model mostly takes its place, in these stories by far; in two others
// of each language it wavers, or makes a third one up.

import type { Act, Both, Cast, Lesson, PromptSpec, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'
import { drawn, PEOPLE } from './drawn.ts'
import { recordedPrompts, recordedRuns } from './recorded.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const asks = (en: string, zh: string): Both<PromptSpec> => ({
  en: { messages: [{ role: 'user', content: `${en}Where was {name}?` }], then: '{name} was in the' },
  zh: { messages: [{ role: 'user', content: `${zh}{name}在哪里？` }], then: '{name}在' },
})
/** Fifty notes: the one that answers, two that name the same person and do not, and those about others. */
function notes(language: 'en' | 'zh'): Cast[] {
  const asked = new Set(casts[language].map(({ name }) => name))
  const told = { en: '{a} was in the {b}. {a} found a {c}.', zh: '{a}在{b}。{a}找到了{c}。' }[language]
  const others = drawn(language, 9).flatMap((story) =>
    PEOPLE.filter((i) => !asked.has(story[`n${i}`]!)).map((i) =>
      told.replaceAll('{a}', story[`n${i}`]!).replace('{b}', story[`p${i}`]!).replace('{c}', story[`t${i}`]!),
    ),
  )
  const own = {
    en: [
      '{found} {name} found a {thing}.',
      'A parcel came this morning, and a long letter for {name} from an aunt by the sea.',
      'At supper everybody talked about the weather, about {name} and about the new bridge.',
    ],
    zh: [
      '{found}{name}找到了{thing}。',
      '今天早上来了一个包裹，还有一封写给{name}的长信，是海边的姑妈寄来的。',
      '吃晚饭的时候，大家说起天气，说起{name}，也说起新修的桥。',
    ],
  }[language]
  // the one that answers stands in the middle
  const all = [...others.slice(0, 24), ...own, ...others.slice(24)].slice(0, NOTES)
  return all.map((text, i) => ({ file: `${{ en: 'note', zh: '纸条' }[language]}-${i + 1}.txt`, text }))
}
const NOTES = 50
const casts = { en: [1, 3, 4, 5, 6].map((i) => stories.en[i]!), zh: [1, 2, 3, 4, 6].map((i) => stories.zh[i]!) }
/** The notes lie in the panel, and are asked there. */
const search: Act[] = [
  { kind: 'do', what: 'documents', set: 'notes' },
  { kind: 'open', panel: 'documents' },
  { kind: 'do', what: 'ask', text: { en: 'Where was {name}?', zh: '{name}在哪里？' } },
]
const right: RunSpec = { prompt: 'right' }
const wrong: RunSpec = { prompt: 'wrong' }

export const lesson: Lesson = {
  id: 'l25',
  minutes: 8,
  model: 'storyteller',
  panel: 'documents',
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
  casts,
  sets: { notes: { en: notes('en'), zh: notes('zh') } },
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
      id: 'l25.8',
      options: [{ id: 'lost' }, { id: 'near', right: true }, { id: 'meant' }],
      runs: { none: { prompt: 'none' } },
      act: search,
      predicate: 'foundAt(found) > 0 and foundAt(found) < 4',
      show: ['foundAt(found)', 'found(1)', 'found(2)'],
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
      id: 'l25.9',
      options: [{ id: 'believe' }, { id: 'follow', right: true }],
      runs: { none: { prompt: 'none' } },
      act: [...search, { kind: 'do', what: 'answer' }, { kind: 'do', what: 'mark' }],
      predicate: 'has(replied(), place) = 1 and equal(marked(), found(1)) = 1 and has(marked(), found) = 1',
      show: ['replied()', 'marked()', 'has(marked(), found)'],
    },
    {
      id: 'l25.10',
      options: [{ id: 'obeys' }, { id: 'clicked', right: true }, { id: 'hidden' }],
      runs: { none: { prompt: 'none' } },
      act: [
        { kind: 'open', panel: 'agent' },
        { kind: 'do', what: 'letter' },
        { kind: 'do', what: 'allow' },
      ],
      predicate: 'ran("search_my_documents") = 1 and ran() = 1 and has(observed(), "note") = 1',
      show: ['ran("search_my_documents")', 'ran("note")'],
    },
    {
      id: 'l25.6',
      options: [{ id: 'itself' }, { id: 'tool', right: true }, { id: 'never' }],
      runs: recordedRuns('tool', 'asks', 'alone'),
      // the bet is told what stands before the call: the other run has call and result in it
      act: [
        { kind: 'load', run: 'asks' },
        { kind: 'do', what: 'recorded', name: 'calculator' },
        { kind: 'open', panel: 'agent' },
        { kind: 'look' },
      ],
      predicate:
        '47 * 89 = 4183 and has(observed(), "4183") = 1 and has(text(alone), "4183") = 0 and has(text(asks), "calculator[47*89]") = 1 and has(text(tool), "4183") = 1',
      show: ['text(alone)', 'text(asks)', 'text(tool)', '47 * 89', 'observed()'],
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
