// Words of lesson 5, what a recurrent net keeps.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l05.en,
    idea: 'A recurrent net (RNN) has one state, always of the same size, for all that it has read.',
    takeaway: 'A state recalls what was there, hardly whose; looking up takes attention heads.',
    own: {},
    steps: {
      'l05.1': {
        ask: 'An LSTM, a recurrent net with gates, reads where four people are and is then asked about one of them. How often is it right, from the first person told to the last?',
        options: {
          recent: {
            label: 'only for the last told',
            reply:
              'You think a state holds what came in last. With four people it does not lean to the end: {0}, {1}, {2}, {3}.',
          },
          even: { label: 'about equally for all, and not often', reply: 'Yes: {0}, {1}, {2}, {3}.' },
          perfect: {
            label: 'always: it was trained for nothing else',
            reply:
              'You think that training for a task is enough. Four pairs have to fit into one state: {0}, {1}, {2}, {3}.',
          },
        },
        act: 'Look at the gates and the state after the last word: all that is left of the story is in that state.',
        show: ['first told', 'second', 'third', 'last told'],
        claim: 'From the first told to the last the shares differ by 0.3 at most, and their mean is 0.45 at most.',
        say: 'In 40 stories it is right in a share of {0}, {1}, {2} and {3}, from the first told to the last. Guessing among the four places would get ¼.',
      },
      'l05.2': {
        ask: 'And when it is wrong, what does it say? There are 16 places, four of them in the story.',
        options: {
          any: {
            label: 'any of the 16 places',
            reply:
              'You think that what it does not know is gone. Part of it is there: it names no place that was not told ({0}, {1}, {2}, {3}).',
          },
          told: { label: 'one of the four that were told', reply: 'Yes: {0}, {1}, {2}, {3}.' },
        },
        act: 'Let the page ask it about each of the four people, and compare its answers with the story.',
        show: ['asked about {n0}', 'asked about {n1}', 'asked about {n2}', 'asked about {n3}'],
        claim: 'All four answers are places that the story tells.',
        say: 'It answers {0}, {1}, {2} and {3}: whoever is asked about, it names a place of this story. It kept something of which places were told, hardly whose they were.',
      },
      'l05.3': {
        ask: 'Now eight people, twice as many as it ever saw. Whom does it know better?',
        options: {
          opening: {
            label: 'the first told',
            reply:
              'You think first impressions stay. Everything that came after passed through the same state: {0} is left.',
          },
          recent: { label: 'the last told', reply: 'Yes: {1}, against {0} for the first.' },
          even: {
            label: 'all alike, as before',
            reply:
              'You expect the balance of four people to hold. It was learned with four: now it is {0} against {1}.',
          },
        },
        act: 'Let the page tell it stories of eight.',
        show: ['first told', 'last told'],
        claim: 'Of eight people the last is right in at least 0.25 of the stories, the first in 0.2 at most.',
        say: 'The first of eight is right in a share of {0}, the last in {1}. The state is as wide as before, and what comes late seems to write over what came early.',
      },
      'l05.4': {
        ask: 'A transformer of about that size, trained for as many seconds. Is it better with four people?',
        options: {
          perfect: {
            label: 'yes, it can look back',
            reply:
              'You think that being able to look back is knowing where to look. Heads that do so must form first: {0} so far.',
          },
          same: { label: 'no better yet', reply: 'Yes: {0}. The storyteller, with heads that look up, has {1}.' },
        },
        act: 'Let the page ask both: the small transformer, and the storyteller.',
        show: ['small transformer, mean of the four', 'storyteller, the first told'],
        claim: 'The small transformer has a mean of 0.45 at most, the storyteller at least 0.8.',
        say: 'After equal seconds the small transformer has {0}. The storyteller has {1} for the first told: it is larger, trained longer, and began with look-up heads laid in by hand. Attention makes looking up possible; it does not bring the skill along.',
      },
    },
  },
  zh: {
    title: titles.l05.zh,
    idea: '循环网络读过的一切，都挤在同一个状态里。',
    takeaway: '状态记得“有什么”，难记“谁的”；查找要靠注意力头。',
    own: {},
    steps: {
      'l05.1': {
        ask: 'LSTM 是带门的循环网络。它读了四个人在哪里玩，再被问到其中一个。从最先说的到最后说的，各答对多少？',
        options: {
          recent: {
            label: '只知道最后说的',
            reply: '选它，等于认为状态里只有刚进来的。四个人时它并不偏向最后：{0}、{1}、{2}、{3}。',
          },
          even: { label: '都差不多，都常常答错', reply: '对：{0}、{1}、{2}、{3}。' },
          perfect: {
            label: '全对：它只学了这一件事',
            reply: '选它，等于认为只要为这件事训练就够了。四对关系要装进一个状态：{0}、{1}、{2}、{3}。',
          },
        },
        act: '看最后一个词之后的门和状态：整个故事只剩下这个状态了。',
        show: ['最先说的', '第二个', '第三个', '最后说的'],
        claim: '从最先说的到最后说的，答对的比例相差不超过 0.3，平均不超过 0.45。',
        say: '四十个故事里，从最先到最后，答对的比例是 {0}、{1}、{2}、{3}。在四个地方里随便猜，也有四分之一。',
      },
      'l05.2': {
        ask: '答错的时候，它说的是什么？一共有十六个地方，故事里有四个。',
        options: {
          any: {
            label: '十六个里的任意一个',
            reply:
              '选它，等于认为不知道就什么也没留下。其实留下了一些：没有一个是故事里没说过的（{0}、{1}、{2}、{3}）。',
          },
          told: { label: '故事里四个中的一个', reply: '对：{0}、{1}、{2}、{3}。' },
        },
        act: '让页面把四个人逐个问一遍，把回答和故事对一对。',
        show: ['问{n0}', '问{n1}', '问{n2}', '问{n3}'],
        claim: '四个回答都是故事里有的地方。',
        say: '它回答{0}、{1}、{2}、{3}：不管问谁，说的都是这个故事里的地方。它多少记得说过哪里，却不大记得是谁的。',
      },
      'l05.3': {
        ask: '换成八个人，比它学过的多一倍。它更记得哪一个人在哪里？',
        options: {
          opening: {
            label: '最先说的',
            reply: '选它，等于认为第一印象留得住。后面的一切都从同一个状态里经过：只剩 {0}。',
          },
          recent: { label: '最后说的', reply: '对：{1}，最先说的是 {0}。' },
          even: {
            label: '还是都差不多',
            reply: '选它，等于认为四个人时的平衡会保持。那是为四个人学的：现在是 {0} 对 {1}。',
          },
        },
        act: '让页面给它讲八个人的故事。',
        show: ['最先说的', '最后说的'],
        claim: '八个人里，最后说的答对不少于 0.25，最先说的不超过 0.2。',
        say: '八个人里，最先说的答对 {0}，最后说的 {1}。状态还是那么大，看来是后来的盖住了先来的。',
      },
      'l05.4': {
        ask: '一个差不多大的 Transformer，训练了同样多的秒数。四个人时它更好吗？',
        options: {
          perfect: {
            label: '更好：它可以回头看',
            reply: '选它，等于认为能回头就知道看哪里。会查找的头要先在训练里形成：目前是 {0}。',
          },
          same: { label: '还没有更好', reply: '对：{0}。讲故事的模型有会查找的头，是 {1}。' },
        },
        act: '让页面两个都问：小 Transformer 和讲故事的模型。',
        show: ['小 Transformer，四人平均', '讲故事的模型，最先说的'],
        claim: '小 Transformer 平均不超过 0.45，讲故事的模型不低于 0.8。',
        say: '同样的秒数之后，小 Transformer 是 {0}。讲故事的模型对最先说的人是 {1}：它更大，训练更久，而且训练前就由人放进了查找的头。注意力让查找成为可能，但光有它还不会查。',
      },
    },
  },
}
