// Words of lesson 4, from one-hot to vectors.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l04.en,
    idea: 'Words that are used alike can get vectors that are alike, if the task asks for it.',
    takeaway: 'Vectors learn only the likeness the task needs.',
    own: {},
    steps: {
      'l04.1': {
        ask: 'Write each word as a row of zeros with a single 1 (one-hot). What is the cosine of two different words?',
        options: {
          zero: { label: '0', reply: 'Yes, {0}, for any two of them.' },
          half: {
            label: 'about ½, more for related words',
            reply: 'You think the row knows what the word means. It only says which one it is: {0}.',
          },
          one: {
            label: '1, all rows have the same length',
            reply:
              'You think of the length. The cosine asks for the direction, and the two 1s stand in different places: {0}.',
          },
        },
        act: 'Search for “{place}” in the vocabulary and choose it. In this model it is no one-hot row: its embedding is a vector of 256 numbers, nearly all of them other than 0.',
        show: ['cosine of two one-hot words', 'cosine of “{place}” and “{place1}” in the model'],
        claim: 'Two one-hot words have a cosine of 0, and “{place}” and “{place1}” have at least 0.1 in the model.',
        say: 'One-hot words have {0} in common, whatever they mean. In the model “{place}” and “{place1}” have {1}: such vectors can be more alike or less.',
      },
      'l04.2': {
        ask: 'In the storyteller: are places more like other places than like names?',
        options: {
          clearly: {
            label: 'clearly: they are used alike',
            reply: 'You expect meaning to sort the vectors. Here {0} stands against {1}.',
          },
          hardly: { label: 'hardly', reply: 'Yes: {0} against {1}.' },
          farther: {
            label: 'no, places are farther from each other',
            reply:
              'You think that they must be told apart above all. They are a little nearer to each other: {0} against {1}.',
          },
        },
        act: 'Choose “{place}” and press “Find its nearest neighbours”, then do the same with a name.',
        show: ['places with places, mean cosine', 'places with names'],
        claim: 'The two mean cosines differ by 0.08 at most.',
        say: 'Places have {0} with each other and {1} with names. This model copies words from its story, and learned its task without sorting them.',
      },
      'l04.3': {
        ask: 'Of 16 places, how many have another of them as their nearest neighbour?',
        options: {
          most: {
            label: 'most of them',
            reply:
              'You have seen maps of words where cities lie together. That is learned only where it helps: here the share is {1}.',
          },
          few: { label: 'less than half', reply: 'Yes: a share of {1}.' },
        },
        act: 'Choose “{place}” and press “Find its nearest neighbours”.',
        show: ['nearest to “{place}”', 'share of the places with a place nearest'],
        claim: 'At most half of the places have a place as their nearest neighbour.',
        say: 'Nearest to “{place}” is {0}; of all 16 places, a share of {1} have another place nearest to them. A neighbour is not always a relative.',
      },
      'l04.4': {
        ask: 'A small LSTM (a net without attention: lesson 5) learned from stories of the same kind. What is nearest to a place in its embedding?',
        options: {
          same: {
            label: 'the same mix: the stories are the same',
            reply:
              'You think the text alone makes the vectors. It also takes a model that needs the likeness: {0} in the storyteller, {1} here.',
          },
          all: { label: 'nearly always a place', reply: 'Yes: a share of {1}.' },
        },
        act: 'Let the page ask the other model.',
        show: [
          'storyteller: share of places',
          'LSTM: share of places',
          'LSTM: places with names',
          'LSTM: places with places',
        ],
        claim:
          'In the LSTM at least 0.8 of the places have a place as their nearest neighbour, in the storyteller 0.5 at most.',
        say: 'In the LSTM the share is {1}, and places have {3} with each other, {2} with names. A likely reason: it cannot look a word up in the story, so it has to know which kind of word comes next.',
      },
    },
  },
  zh: {
    title: titles.l04.zh,
    idea: '用法相近的词，向量可以变得相近——只要任务需要。',
    takeaway: '向量只学任务需要的相似。',
    own: {},
    steps: {
      'l04.1': {
        ask: '把每个词写成一行数，只有一个 1，其余全是 0（独热向量）。两个不同的词，余弦是多少？',
        options: {
          zero: { label: '0', reply: '对，{0}，任意两个都是。' },
          half: {
            label: '大约一半，意思近的更大',
            reply: '选它，等于认为这一行知道词的意思。它只说明是哪一个词：{0}。',
          },
          one: {
            label: '1，因为长度都一样',
            reply: '选它，想的是长度。余弦看的是方向，而两个 1 站在不同的位置：{0}。',
          },
        },
        act: '在“词表”里查找“{place}”并选中它。在这个模型里它不是独热的：它的嵌入有 256 个数，几乎没有一个是 0。',
        show: ['两个独热词的余弦', '模型里“{place}”与“{place1}”的余弦'],
        claim: '两个独热词的余弦是 0；模型里“{place}”与“{place1}”至少是 0.1。',
        say: '独热的词彼此是 {0}，不管意思远近。模型里“{place}”与“{place1}”是 {1}：这样的向量，可以像得多，也可以像得少。',
      },
      'l04.2': {
        ask: '在讲故事的模型里，地方和地方，是不是比地方和名字更像？',
        options: {
          clearly: {
            label: '明显更像：用法一样',
            reply: '选它，等于认为意思相近，向量自然会聚在一起。这里是 {0} 对 {1}。',
          },
          hardly: { label: '几乎一样', reply: '对：{0} 对 {1}。' },
          farther: {
            label: '地方之间反而更不像',
            reply: '选它，等于认为最要紧的是把它们分开。它们之间还稍近一点：{0} 对 {1}。',
          },
        },
        act: '选中“{place}”，按“找最近的邻居”；再选一个名字，也找一次。',
        show: ['地方与地方的平均余弦', '地方与名字'],
        claim: '两个平均余弦相差不超过 0.08。',
        say: '地方之间是 {0}，地方与名字是 {1}。这个模型从故事里抄词，不给词分类也学会了答题。',
      },
      'l04.3': {
        ask: '十六个地方里，有多少个的最近邻居也是地方？',
        options: {
          most: { label: '大多数', reply: '你也许见过城市聚成一团的词图。那是用得上才会学的：这里的比例是 {1}。' },
          few: { label: '不到一半', reply: '对：比例是 {1}。' },
        },
        act: '选中“{place}”，按“找最近的邻居”。',
        show: ['离“{place}”最近的', '邻居也是地方的比例'],
        claim: '最近的邻居也是地方的，不超过一半。',
        say: '离“{place}”最近的是{0}；十六个地方里，最近的邻居也是地方的比例是 {1}。邻居不一定是亲戚。',
      },
      'l04.4': {
        ask: '一个小小的 LSTM（没有注意力的网络，第 5 课会讲）学的是同一类故事。在它的嵌入里，离地方最近的是什么？',
        options: {
          same: {
            label: '一样杂：故事是一样的',
            reply: '选它，等于认为向量只由文字决定。还要模型用得上才行：讲故事的模型是 {0}，这里是 {1}。',
          },
          all: { label: '几乎总是地方', reply: '对：比例是 {1}。' },
        },
        act: '让页面去问另一个模型。',
        show: ['讲故事的模型：比例', 'LSTM：比例', 'LSTM：地方与名字', 'LSTM：地方与地方'],
        claim: '在 LSTM 里，邻居也是地方的比例不低于 0.8；在讲故事的模型里不超过 0.5。',
        say: '在 LSTM 里比例是 {1}，地方之间是 {3}，地方与名字是 {2}。一个可能的原因：它没法回头到故事里查，只能先弄清下一个该是哪一类词。',
      },
    },
  },
}
