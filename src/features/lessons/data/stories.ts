// The storyteller's stories that lessons stand on: the starter story, and four others of each language. Every person's
// facts are slots, so that questions, words of predicates and "your own story" are one template.

import type { Both, Cast } from '../../../lessons/types.ts'

/** A cast's slots: name1 … name3, place1 … place3, thing1 … thing3; the last person is the one whom most lessons ask about. */
export const stories: Both<readonly Cast[]> = {
  en: [
    {
      opening: 'It was a sunny day. ',
      name1: 'Lily',
      place1: 'kitchen',
      thing1: 'ball',
      name2: 'Tom',
      place2: 'library',
      thing2: 'kite',
      name: 'Mia',
      place: 'garden',
      thing: 'key',
    },
  ],
  zh: [
    {
      opening: '那是一个晴天。',
      name1: '小明',
      place1: '厨房',
      thing1: '球',
      name2: '小红',
      place2: '花园',
      thing2: '风筝',
      name: '小虎',
      place: '图书馆',
      thing: '钥匙',
    },
  ],
}

export const storyWords: Readonly<Record<string, Both<string>>> = {
  story: {
    en: '{opening}{name1} was in the {place1}. The {thing1} was found by {name1}. {name2} was in the {place2}. {name2} made a {thing2}. {name} was in the {place}. {name} lost a {thing}.',
    zh: '{opening}{name1}在{place1}。{thing1}是{name1}找到的。{name2}在{place2}。{name2}做好了{thing2}。{name}在{place}。{name}弄丢了{thing}。',
  },
  there: { en: ' {place}', zh: '{place}' },
  elsewhere: { en: ' {place1}', zh: '{place1}' },
}
