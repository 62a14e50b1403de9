// Words of lesson 1, the next word.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l01.en,
    idea: 'A model only ranks the next token.',
    takeaway: 'A model does one thing: it scores the next token.',
    own: { name: 'Who', place: 'Where they were', thing: 'A thing of theirs' },
    steps: {
      'l01.1': {
        ask: 'The story is read, and the answer begins “{name} was in the”. Which word comes next?',
        options: {
          first: {
            label: '{place1}',
            reply: 'That is where {name1} was. Whoever bets on it thinks that any place of the story will do.',
          },
          own: { label: '{place}', reply: 'Yes: it is the place that the story gives to {name}.' },
          other: {
            label: 'a place that is not in the story',
            reply:
              'Whoever bets on it thinks that a model makes things up by nature. With the story in front of it, it copies.',
          },
        },
        act: 'Look at the bars: what may come after the last word, the likeliest first.',
        show: ['probability of “{place}”', 'probability of “{place1}”'],
        claim: '“{place}” comes first, with a chance of at least 0.8.',
        say: 'Every token of the vocabulary gets a probability, however small; the panel lists the largest. “{place}” has {0}, and all of them together make 1.',
      },
      'l01.2': {
        ask: 'How much doubt is there at this place? One fair coin is 1 bit, four coins are 4.',
        options: {
          none: { label: 'less than half a bit', reply: 'Yes: there is hardly anything left to guess.' },
          two: {
            label: 'about 2 bits',
            reply:
              'That would be four places, all equally likely. Whoever bets so counts the places, and not how the chances are spread.',
          },
          four: {
            label: '4 bits or more',
            reply: 'That would be all sixteen places that it knows, as if there were no story. The story counts.',
          },
        },
        act: 'Look under “Entropy: how open it is”. Entropy is doubt in bits.',
        show: ['doubt, in bits'],
        claim: 'The doubt is half a bit at most.',
        say: 'Doubt is one number for the whole row: {0} bits. Near 0, one bar stands alone.',
      },
      'l01.3': {
        ask: 'Now there is no story: “Tell me a story about {name1}.”, and the answer begins “{name1} was in the”. More doubt, or as little?',
        options: {
          same: {
            label: 'as little as before',
            reply:
              'Whoever bets so thinks that a model always knows what it wants to say. It knows how likely each word is, and here many are.',
          },
          more: { label: 'much more', reply: 'Yes: nothing says where {name1} was, and many places would do.' },
        },
        act: 'Look at the bars again.',
        show: ['doubt without a story', 'doubt with the story', 'p of the likeliest'],
        claim: 'Without a story the doubt is at least 3 bits, and no word has a chance above 0.3.',
        say: 'The same model, the same kind of sentence, and {0} bits in place of {1}. It scores the next token in both cases and does nothing else.',
      },
      'l01.4': {
        ask: 'How much less likely is the second best word than the best one?',
        options: {
          near: { label: 'nearly as likely', reply: 'Yes: the first place is won by a little.' },
          half: {
            label: 'about a third of it',
            reply: 'A model has no rule that the first must be far ahead. Compare the two bars.',
          },
          tenth: {
            label: 'a tenth, or less',
            reply:
              'Whoever bets so has seen the answer alone and thinks it was the only one. The answer does not show how close it was.',
          },
        },
        act: 'Take the second best word in place of the first, and let it write on.',
        show: ['p of the best', 'p of the second', 'it writes', 'it writes after the second'],
        claim: 'The second best word has at least six tenths of the chance of the best.',
        say: 'Another word was put there, and the model went on from it. It reads what it wrote itself like any other text: that is what “autoregressive” means.',
      },
      'l01.5': {
        act: 'Write your own person and place into the story, and look at the bars.',
        show: ['the likeliest word', 'its p', 'doubt, in bits'],
        claim: 'The likeliest word is the place that your story names.',
        say: 'A word that the model does not have whole is cut into pieces, and pieces are often harder to guess. How much doubt did your story leave?',
      },
    },
  },
  zh: {
    title: titles.l01.zh,
    idea: '模型只给下一个词元排名次。',
    takeaway: '模型只做一件事：给下一个词打分。',
    own: { name: '谁', place: '在哪里', thing: '一样东西' },
    steps: {
      'l01.1': {
        ask: '故事读完了，回答的开头是“{name}在”。下一个词是什么？',
        options: {
          first: { label: '{place1}', reply: '那是{name1}待的地方。这样猜，等于认为故事里随便哪个地方都行。' },
          own: { label: '{place}', reply: '对：这正是故事安排给{name}的地方。' },
          other: { label: '故事里没有的地方', reply: '这样猜，等于认为模型天生爱编。故事就在眼前时，它是照着抄的。' },
        },
        act: '看条形图：最后一个字后面可能接什么，最可能的排在最前。',
        show: ['“{place}”的概率', '“{place1}”的概率'],
        claim: '“{place}”排第一，概率不低于 0.8。',
        say: '词表里每个词元都分到一份概率，再小也有；面板列出最大的那些。“{place}”分到 {0}，全部加起来是 1。',
      },
      'l01.2': {
        ask: '这个位置上有多少犹豫？抛一枚均匀的硬币是 1 比特，抛四枚是 4 比特。',
        options: {
          none: { label: '不到半比特', reply: '对：几乎没有什么可猜的了。' },
          two: {
            label: '2 比特左右',
            reply: '那相当于四个地方一样可能。这样猜，是在数地方的个数，没有看概率怎么分配。',
          },
          four: {
            label: '4 比特以上',
            reply: '那相当于它认识的十六个地方全都一样可能，好像没有故事。可故事是算数的。',
          },
        },
        act: '看“熵：有多开放”那一栏。熵就是以比特计的犹豫。',
        show: ['犹豫，比特'],
        claim: '犹豫不超过半比特。',
        say: '犹豫用一个数概括整行：{0} 比特。接近 0，就是只有一根条独自立着。',
      },
      'l01.3': {
        ask: '这回没有故事：“讲一个关于{name1}的故事。”回答的开头是“{name1}在”。犹豫会变多吗？',
        options: {
          same: {
            label: '和刚才一样少',
            reply: '这样猜，等于认为模型总知道自己要说什么。它只知道每个词有多可能，而这里可能的词很多。',
          },
          more: { label: '多得多', reply: '对：没有什么说过{name1}在哪里，许多地方都说得通。' },
        },
        act: '再看一次条形图。',
        show: ['没有故事时的犹豫', '有故事时的犹豫', '最可能的词的概率'],
        claim: '没有故事时，犹豫不少于 3 比特，最可能的词概率也不超过 0.3。',
        say: '同一个模型，同样的句式，犹豫却是 {0} 比特，而不是 {1}。两次它都只是给下一个词元打分，没有做别的。',
      },
      'l01.4': {
        ask: '排第二的词比排第一的词，可能性小多少？',
        options: {
          near: { label: '差不多一样可能', reply: '对：第一名只赢了一点点。' },
          half: { label: '只有三分之一左右', reply: '没有规定说第一名必须遥遥领先。比一比两根条。' },
          tenth: {
            label: '十分之一，或者更少',
            reply: '这样猜，是因为平时只看见答案，以为答案只有一个。答案本身看不出它赢得有多险。',
          },
        },
        act: '换成排第二的词，让它往下写。',
        show: ['第一名的概率', '第二名的概率', '它写的', '换词之后它写的'],
        claim: '排第二的词，概率至少有第一名的六成。',
        say: '换了一个词，模型就从那里接着写。自己写过的话，它读起来和别的话没有两样：这就叫“自回归”。',
      },
      'l01.5': {
        act: '把你自己的人和地方写进故事，再看条形图。',
        show: ['最可能的词', '它的概率', '犹豫，比特'],
        claim: '最可能的词，就是你的故事里写的那个地方。',
        say: '词表里没有的词会被切成几块，一块一块往往更难猜。你的故事给它留下了多少犹豫？',
      },
    },
  },
}
