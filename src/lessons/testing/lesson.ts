// A lesson as small as one can be, for tests of what reads and checks lessons.

import type { LessonFile } from '../read.ts'

export const smallLesson: LessonFile = {
  lesson: {
    id: 'small',
    minutes: 3,
    model: 'storyteller',
    panel: 'probabilities',
    seeds: ['GPT'],
    glossary: ['token'],
    words: { there: { en: ' {place}', zh: '{place}' } },
    casts: { en: [{ name: 'Mia', place: 'garden' }], zh: [{ name: '小红', place: '花园' }] },
    own: ['name', 'place'],
    prompts: {
      where: {
        en: {
          messages: [{ role: 'user', content: '{name} was in the {place}.\n\nWhere was {name}?' }],
          then: '{name} was in the',
        },
        zh: { messages: [{ role: 'user', content: '{name}在{place}。\n\n{name}在哪里？' }], then: '{name}在' },
      },
    },
    steps: [
      {
        id: 'small.1',
        options: [{ id: 'garden', right: true }, { id: 'library' }],
        runs: { plain: { prompt: 'where' } },
        act: [
          { kind: 'load', run: 'plain' },
          { kind: 'open', panel: 'probabilities', query: 'last' },
          { kind: 'look' },
        ],
        predicate: 'p(there, plain) >= 0.8 and top(plain) = there',
        show: ['p(there, plain)'],
      },
    ],
  },
  text: {
    en: {
      title: 'Small',
      idea: 'A model ranks the next token.',
      takeaway: 'It scores the next token.',
      own: { name: 'Who', place: 'Where' },
      steps: {
        'small.1': {
          ask: 'What follows “{name} was in the”?',
          options: {
            garden: { label: '{place}', reply: 'Yes: it is {0}.' },
            library: { label: 'library', reply: 'The story has none.' },
          },
          act: 'Look at the bars.',
          show: ['p of “{place}”'],
          say: 'One bar is {0}.',
        },
      },
    },
    zh: {
      title: '小',
      idea: '模型给下一个词元排名次。',
      takeaway: '它给下一个词元打分。',
      own: { name: '谁', place: '在哪里' },
      steps: {
        'small.1': {
          ask: '“{name}在”后面是什么？',
          options: {
            garden: { label: '{place}', reply: '对：{0}。' },
            library: { label: '图书馆', reply: '故事里没有。' },
          },
          act: '看条形图。',
          show: ['“{place}”的概率'],
          say: '有一根条是 {0}。',
        },
      },
    },
  },
}
