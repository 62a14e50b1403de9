// Words of lesson 1, the next word.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l01.en,
    idea: 'A model only ranks the next token.',
    takeaway: 'A model does one thing: it scores the next token.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l01.1': {
        ask: 'The story is told, and the answer begins “{name} was in the”. Which word comes next?',
        options: {
          first: {
            label: '{place1}',
            reply:
              'That place comes first in the story. If you bet on it, you think the model takes what it read first.',
          },
          own: { label: '{place}', reply: 'Yes: the place that the story gives to {name}.' },
          other: {
            label: 'a place that is not in the story',
            reply:
              'If you bet on it, you think that the model invents. It can, but with the story before it, it copies.',
          },
        },
        act: 'Look at the bars behind the last word.',
        show: ['p of “{place}”', 'p of “{place1}”'],
        say: 'Every word of the vocabulary has a bar. One of them is nearly all there is.',
      },
    },
  },
  zh: {
    title: titles.l01.zh,
    idea: '模型只给下一个词元排名次。',
    takeaway: '模型只做一件事：给下一个词打分。',
    own: { name: '谁', place: '在哪里', thing: '弄丢了什么' },
    steps: {
      'l01.1': {
        ask: '故事讲完了，回答的开头是“{name}在”。下一个词是什么？',
        options: {
          first: { label: '{place1}', reply: '这是故事里最先出现的地方。选它，等于认为模型只记得开头。' },
          own: { label: '{place}', reply: '对：这正是故事给{name}的地方。' },
          other: {
            label: '故事里没有的地方',
            reply: '选它，等于认为模型会随口编。它有时会编，但故事就在眼前时，它是照着抄。',
          },
        },
        act: '看最后一个词后面的条形图。',
        show: ['“{place}”的概率', '“{place1}”的概率'],
        say: '词表里每个词都有一根条。其中一根几乎占了全部。',
      },
    },
  },
}
