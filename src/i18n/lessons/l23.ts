// Words of lesson 23, preferences.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l23.en,
    idea: 'Learn which answer is better, then move probability there.',
    takeaway: 'You get what you reward, also what you did not mean.',
    own: { name: 'About whom' },
    steps: {
      'l23.1': {
        ask: 'A small reward model was trained on pairs: a story, and the same with one fault put in. Of 16 new pairs of this kind, how often does it give the sound story more?',
        options: {
          all: {
            label: 'always: that is what it was trained for',
            reply:
              'You take the reward for the rule. It is a model that guesses the rule from pairs, and orders a share of {2}.',
          },
          most: { label: 'in most of them', reply: 'Yes: in a share of {2}.' },
          half: {
            label: 'in about half: a number cannot know a story',
            reply:
              'You think that one number cannot hold a judgement. It is enough to put pairs in order, a share of {2}.',
          },
        },
        act: 'Read the story that stands in the model, then let the page ask the reward model.',
        show: ['reward of this story', 'reward of the other one', 'pairs with the sound story first'],
        claim: 'The sound story gets more in at least 0.65 of the pairs, and not in all.',
        say: '{0} for the story you see, {1} for another try at it in which something does not fit. Of 16 pairs it puts a share of {2} in order: a reward stands for what people want, it is not the same.',
      },
      'l23.2': {
        ask: 'Now pairs that the storyteller wrote itself: for one request, a story without a fault and one with. The reward model never saw such faults. Does it judge them as well?',
        options: {
          same: {
            label: 'as well: a fault is a fault',
            reply:
              'You think that it learned what a fault is. It learned the faults that it was shown: {0} of those, {1} of these.',
          },
          worse: { label: 'less well', reply: 'Yes: {0} of the kind it knows, {1} of these.' },
        },
        act: 'Let the page ask it about 20 pairs of the storyteller’s own.',
        show: ['right, pairs as in its training', 'right, the storyteller’s own'],
        claim: 'Of the storyteller’s own pairs it orders at least 0.05 fewer.',
        say: '{0} of the pairs it was made for, {1} of the storyteller’s own. Who trains against a reward leaves the ground where the reward was learned.',
      },
      'l23.3': {
        ask: 'DPO does without a reward model: an adapter was trained on 412 pairs to raise log p(good) − log p(broken). The adapter is put on. How does the difference grow?',
        options: {
          up: {
            label: 'good stories become likelier',
            reply:
              'You think of a good mark. Only the difference is trained, and the cheaper way is down: good ones {0}, broken ones {1} nats.',
          },
          down: { label: 'broken ones become less likely', reply: 'Yes: {1} nats, the good ones {0}.' },
        },
        act: 'Move dpo-stories to 1.',
        show: ['good stories, nats', 'broken stories, nats', 'implied reward, good over broken'],
        claim:
          'The difference grows by at least 0.25 nats in the mean, and good stories move half as far as broken ones at most.',
        say: 'In the mean the good stories moved by {0} nats, the broken ones by {1}. Times β, which is 0.1, that is a reward of {2} for the good one; the preference card on this page computes it for any two answers.',
      },
      'l23.4': {
        ask: 'dpo-short was trained alike, of the same stories, but with pairs of any length. More often than not the broken story is the longer one. It is put on and tells stories: what has it learned beside?',
        options: {
          alike: {
            label: 'nothing: length was not asked about',
            reply:
              'You think that training learns what was meant. It learns what sets the pairs apart, and length does: {0} tokens become {1}.',
          },
          short: { label: 'to be short, in English at least', reply: 'Yes: {0} tokens become {1}.' },
        },
        act: 'Move dpo-short to 1.',
        show: ['tokens of an English story', 'with dpo-short', 'tokens of a Chinese story', 'with dpo-short'],
        claim: 'With dpo-short an English story has three quarters of its tokens at most.',
        say: 'English stories about four people: {0} tokens in the mean, now {1}; Chinese ones {2}, now {3}. Nobody asked for that, and who looks at one language only misses half of it.',
      },
      'l23.5': {
        act: 'Somebody of your own. Move dpo-stories to 1: how far is the model from what it was, where a story about them begins?',
        show: ['KL from the model without, bits', 'the same of dpo-short'],
        claim: 'The chances of the first word are between 0.001 and 2 bits from what they were.',
        say: 'The first word’s chances are {0} bits away, with the other adapter {1}. β holds a model near to what it was: preferences shall move it, not replace it.',
      },
    },
  },
  zh: {
    title: titles.l23.zh,
    idea: '先学会哪个回答更好，再把概率移过去。',
    takeaway: '奖励什么就得到什么，包括没想到的。',
    own: { name: '讲谁的故事' },
    steps: {
      'l23.1': {
        ask: '一个小小的奖励模型是用成对的故事训练的：一篇，和同一篇里放进一处毛病。拿 16 对它没见过的来，它给好的那篇打更高分的有多少？',
        options: {
          all: {
            label: '每一对：它就是练这个的',
            reply: '选它，是把奖励当成了规则本身。它只是从成对的例子里猜规则：{2}。',
          },
          most: { label: '大多数', reply: '对：{2}。' },
          half: {
            label: '一半左右：一个分数哪能懂故事',
            reply: '选它，等于认为一个数装不下判断。给一对排先后，一个数就够了：{2}。',
          },
        },
        act: '读一读模型里的这篇故事，再让页面去问奖励模型。',
        show: ['这一篇的奖励', '另一篇的奖励', '好的那篇分高的比例'],
        claim: '好的那篇分高的比例不低于 0.65，也不是每一对都高。',
        say: '你看到的这篇得 {0}，另一篇里有对不上的地方，得 {1}。16 对里排对的比例是 {2}：奖励代表人想要的，但并不等于它。',
      },
      'l23.2': {
        ask: '换成讲故事的模型自己写的：同一个要求，一篇没毛病，一篇有。这样的毛病奖励模型从没见过。它判得一样好吗？',
        options: {
          same: {
            label: '一样好：毛病就是毛病',
            reply: '选它，等于认为它学会了什么叫毛病。它学会的是见过的那些毛病：那种 {0}，这种 {1}。',
          },
          worse: { label: '差一些', reply: '对：熟悉的那种 {0}，这种 {1}。' },
        },
        act: '让页面拿 20 对模型自己写的故事去问它。',
        show: ['训练时那种，排对', '模型自己写的，排对'],
        claim: '模型自己写的，排对的比例至少低 0.05。',
        say: '训练时那种排对 {0}，模型自己写的排对 {1}。照着奖励去训练，就会走出奖励学来的那片地方。',
      },
      'l23.3': {
        ask: 'DPO 不用奖励模型：用 412 对故事训练一个适配器，让 log p(好) − log p(有毛病) 变大。装上它，差距是怎么拉大的？',
        options: {
          up: {
            label: '好故事变得更可能',
            reply: '选它，是想成了打高分。训练只管差距，往下压更省事：好的 {0}，有毛病的 {1} 奈特。',
          },
          down: { label: '有毛病的变得更不可能', reply: '对：它们 {1} 奈特，好的 {0}。' },
        },
        act: '把 dpo-stories 推到 1。',
        show: ['好故事，奈特', '有毛病的，奈特', '隐含的奖励，好的高出'],
        claim: '平均差距至少拉大 0.25 奈特，好故事移动的不超过有毛病的一半。',
        say: '平均下来，好故事动了 {0} 奈特，有毛病的动了 {1}。乘上 β（0.1），好的那篇多得 {2} 的奖励；这一页的“偏好”卡片能给任意两个回答算出来。',
      },
      'l23.4': {
        ask: 'dpo-short 用同一批故事、同样的办法训练，只是成对时不管长短，而有毛病的那篇多半更长。装上它讲故事，它还顺带学会了什么？',
        options: {
          alike: {
            label: '什么也没有：又没问长短',
            reply: '选它，等于认为训练学的是人的本意。它学的是两边的差别，长短也算：英文的 {0} 个词元变成 {1} 个。',
          },
          short: { label: '说短话，至少英文是这样', reply: '对：英文的 {0} 个词元变成 {1} 个。' },
        },
        act: '把 dpo-short 推到 1。',
        show: ['英文故事的词元数', '装上 dpo-short', '中文故事的词元数', '装上 dpo-short'],
        claim: '装上 dpo-short，英文故事的词元数不超过原来的四分之三。',
        say: '讲四个人的英文故事，平均从 {0} 个词元到 {1} 个；中文的从 {2} 到 {3}。没有谁要求这样，只看一种语言就会漏掉一半。',
      },
      'l23.5': {
        act: '换成你想听的人。把 dpo-stories 推到 1：讲这个人的故事，开头离原来的模型有多远？',
        show: ['和不装时的 KL，比特', 'dpo-short 的'],
        claim: '第一个词的概率离原来 0.001 到 2 比特。',
        say: '第一个词的概率离原来 {0} 比特，另一个适配器是 {1}。β 把模型拉在原来的样子附近：偏好只该推它一把，不该换掉它。',
      },
    },
  },
}
