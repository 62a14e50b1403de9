// Words of lesson 12, residual, norm and gate.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l12.en,
    idea: 'There is one stream, the residual, and every block adds to it.',
    takeaway: 'Every block only adds to one river.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l12.1': {
        ask: 'The logit of “{place}” is the raw score that makes it win. Where does this number come from?',
        options: {
          last: {
            label: 'the last block computes it',
            reply: 'You think of a relay, where only the last runner arrives. The last block added {2} of {0}.',
          },
          sum: {
            label: 'it is a sum of what all parts added',
            reply: 'Yes: all parts together make {1}, the logit is {0}.',
          },
          best: {
            label: 'the strongest part decides alone',
            reply: 'You think parts compete. They are added: the strongest gave {3}, all together {1}.',
          },
        },
        act: 'Look at the residual stream: what each part adds goes into the same vector.',
        show: ['the logit', 'sum of all parts', 'of these, the last block', 'the largest part'],
        claim: 'The parts together make the logit, to 0.01.',
        say: 'Embedding, attentions and MLPs, each as the last norm scales it, contribute {1} together, and the logit is {0}. The difference is rounding: nothing else goes into it.',
      },
      'l12.2': {
        ask: 'In block 1 the heads look the place up. How much of the logit came from this one block, attention and MLP together?',
        options: {
          little: {
            label: 'a tenth at most: there are many parts',
            reply:
              'You think the parts are all about equal. Block 1 pushed by {2}, block 0 by {1}, the last one by {4}.',
          },
          third: { label: 'a third or more, but not all', reply: 'Yes: {2}; block 0 gave {1}, the last one {4}.' },
          all: {
            label: 'all of it: here the answer is found',
            reply: 'You think what finds the answer does all the work. It gave {2}; the others gave {1}, {3} and {4}.',
          },
        },
        act: 'Look at block 1, where the heads look the place up.',
        show: ['embedding', 'block 0', 'block 1', 'block 2', 'block 3'],
        claim: 'Block 1 gave at least 0.35 and at most 0.9 of the logit.',
        say: 'Block 1 pushed by {2}; blocks 0, 2 and 3 by {1}, {3} and {4}, the embedding by {0}. A push may also be negative: then a part pulls the word down.',
      },
      'l12.3': {
        ask: 'The MLP of block 1 is one of the strongest parts. Leave it out: is the answer gone?',
        options: {
          gone: {
            label: 'gone: it was the cause',
            reply:
              'You take a large contribution for the cause. Without it {2} is left: other parts still carry the answer.',
          },
          stays: { label: 'weaker, but not gone', reply: 'Yes: {2} without it, {1} with it.' },
        },
        act: 'Leave out the MLP of block 1.',
        show: ['what it pushed', 'p of the answer before', 'p without it'],
        claim: 'Without the MLP of block 1 the answer still has at least 0.15.',
        say: 'It pushed by {0}, and without it p goes from {1} to {2}. A contribution says how much came from there, and not what happens without it.',
      },
      'l12.4': {
        ask: 'Before each part the stream is normalized (RMSNorm): divided by its root mean square, which is its length but for a constant. Make the stream ten times as long: what comes out?',
        options: {
          ten: {
            label: 'ten times as much',
            reply: 'You think that more in means more out. The length is divided away: {1} is all that changes.',
          },
          same: { label: 'the same', reply: 'Yes: the change is {1}.' },
        },
        act: 'Look at the norm of block 1: what goes in, and what comes out.',
        show: ['largest number of the stream', 'change when it is 10 × as long', 'change when it is 0.001 × as long'],
        claim: 'Ten times the stream changes RMSNorm’s result by at most 0.01, a thousandth of it by at least 0.1.',
        say: 'Ten times the length changes the result by {1}; a thousandth of it by {2}. That is the ε in the formula, which keeps it from dividing by zero: beside a stream that is nearly zero it is no longer small.',
      },
      'l12.5': {
        ask: 'Now add 1 to every number of the stream. LayerNorm takes the mean away first, RMSNorm does not. Which of them changes?',
        options: {
          both: {
            label: 'both',
            reply: 'You think every norm notices. The mean that LayerNorm takes away has the 1 in it: it moves by {1}.',
          },
          rms: { label: 'only RMSNorm', reply: 'Yes: RMSNorm moves by {0}, LayerNorm by {1}.' },
          none: {
            label: 'neither',
            reply: 'You think that a norm removes whatever all numbers share. RMSNorm keeps the mean: {0}.',
          },
        },
        act: 'Think of the same stream with 1 added everywhere; the page works out both formulas, without the learned factors γ.',
        show: ['change of RMSNorm', 'change of LayerNorm'],
        claim: 'With 1 added, RMSNorm moves by at least 0.1 and LayerNorm by at most 0.001.',
        say: 'RMSNorm moves by {0}, LayerNorm by {1}. LLaMA and this model use RMSNorm: one step less, and those who proposed it found that models train as well with it.',
      },
      'l12.6': {
        ask: 'The MLP has two branches, “gate” and “up”. The gate goes through SiLU; and then?',
        options: {
          adds: {
            label: 'the two are added',
            reply: 'You think of another stream. Added, they would be {1} away from what the kernel computed.',
          },
          times: { label: 'the two are multiplied', reply: 'Yes: the product and the kernel’s result are {0} apart.' },
          picks: {
            label: 'the larger of the two is kept',
            reply:
              'You think of ReLU, which picks. Here one branch scales the other: the product is {0} away from the kernel’s result.',
          },
        },
        act: 'Look at gate, up and their product in the MLP of block 1.',
        show: ['product against kernel', 'sum against kernel', 'largest of “up”', 'largest after the gate'],
        claim: 'The product is what the kernel computed, to 0.001; the sum is at least 0.1 away from it.',
        say: 'SiLU(gate) × up is what the kernel computed, to {0}. A gate near zero shuts its channel, whatever “up” says: that is SwiGLU.',
      },
      'l12.7': {
        act: 'Your own story: which part of block 1 pushed more, the attention or the MLP?',
        show: ['the answer', 'its logit', 'attention of block 1', 'MLP of block 1'],
        claim: 'The parts together make the logit, to 0.01.',
        say: '{0} has the logit {1}; attention gave {2} of it and the MLP {3}. A negative number pulls it down.',
      },
    },
  },
  zh: {
    title: titles.l12.zh,
    idea: '只有一条河，就是残差流，每一层都往里加水。',
    takeaway: '每层只往同一条河里加水。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l12.1': {
        ask: '“{place}”能赢，靠的是它的 logit，也就是模型打的分。这个数是从哪里来的？',
        options: {
          last: {
            label: '最后一层算出来的',
            reply: '选它，是把各层想成了接力，只看最后一棒。{0} 里，最后一层只加了 {2}。',
          },
          sum: { label: '各部分加起来的和', reply: '对：各部分加起来是 {1}，logit 是 {0}。' },
          best: {
            label: '最强的那部分说了算',
            reply: '选它，等于认为各部分在竞争。它们是相加：最强的给了 {3}，合起来是 {1}。',
          },
        },
        act: '看这条残差流：每一部分加的东西，都进了同一个向量。',
        show: ['logit', '各部分的和', '其中最后一层', '最大的一份'],
        claim: '各部分之和与 logit 相差不超过 0.01。',
        say: '嵌入、各层的注意力和 MLP（前馈网络），按最后的归一化折算，一共贡献了 {1}，logit 是 {0}。差的只是舍入，此外没有别的来源。',
      },
      'l12.2': {
        ask: '第 1 层里的头负责查地方。这一层（注意力加 MLP）给了 logit 的多少？',
        options: {
          little: {
            label: '顶多十分之一：部分那么多',
            reply: '选它，等于认为各部分差不多。第 1 层推了 {2}，第 0 层 {1}，最后一层 {4}。',
          },
          third: { label: '三分之一以上，但不是全部', reply: '对：{2}；第 0 层 {1}，最后一层 {4}。' },
          all: {
            label: '全部：答案就是在这里找到的',
            reply: '选它，等于认为谁找到答案就全靠谁。它给了 {2}，别的给了 {1}、{3} 和 {4}。',
          },
        },
        act: '看第 1 层，查地方的头就在这里。',
        show: ['嵌入', '第 0 层', '第 1 层', '第 2 层', '第 3 层'],
        claim: '第 1 层给了 logit 的 0.35 到 0.9。',
        say: '第 1 层推了 {2}，第 0、2、3 层是 {1}、{3}、{4}，嵌入是 {0}。推力也可以是负的，那就是往下拉。',
      },
      'l12.3': {
        ask: '第 1 层的 MLP 推了不少。把它拿掉，答案就没了吗？',
        options: {
          gone: {
            label: '没了：原因就是它',
            reply: '选它，是把贡献大当成了原因。没有它还有 {2}：别的部分也带着答案。',
          },
          stays: { label: '变弱，但没有消失', reply: '对：没有它 {2}，有它 {1}。' },
        },
        act: '拿掉第 1 层的 MLP。',
        show: ['它推了多少', '原来答案的概率', '没有它时的概率'],
        claim: '没有第 1 层的 MLP，答案仍至少有 0.15。',
        say: '它推了 {0}，拿掉以后概率从 {1} 变成 {2}。贡献说的是从那里来了多少，不是没有它会怎样。',
      },
      'l12.4': {
        ask: '每一部分之前，流都要先归一化（RMSNorm）：除以自己的均方根，和长度只差一个常数。把流放大十倍，出来的是什么？',
        options: {
          ten: { label: '也大十倍', reply: '选它，等于认为进去多出来就多。长度被除掉了：一共只变了 {1}。' },
          same: { label: '一样', reply: '对：变化是 {1}。' },
        },
        act: '看第 1 层的 RMSNorm：进去的是什么，出来的是什么。',
        show: ['流里最大的数', '放大 10 倍时的变化', '缩到千分之一时的变化'],
        claim: '流放大十倍，RMSNorm 的结果最多变 0.01；缩到千分之一，至少变 0.1。',
        say: '放大十倍，结果变 {1}；缩到千分之一，却变了 {2}。这是公式里的小 ε，它防止除以零；流接近零时，和流相比它就不算小了。',
      },
      'l12.5': {
        ask: '给流里每个数都加 1。LayerNorm 会先减去平均数，RMSNorm 不减。谁的结果会变？',
        options: {
          both: {
            label: '两个都变',
            reply: '选它，等于认为归一化总会受影响。LayerNorm 减平均数时，1 也一起减掉了：只变 {1}。',
          },
          rms: { label: '只有 RMSNorm', reply: '对：RMSNorm 变 {0}，LayerNorm 变 {1}。' },
          none: { label: '都不变', reply: '选它，等于认为归一化会去掉一切共同的东西。RMSNorm 留着平均数：{0}。' },
        },
        act: '设想同一条流，处处加 1；两个公式由页面来算，都不带学到的系数 γ。',
        show: ['RMSNorm 的变化', 'LayerNorm 的变化'],
        claim: '处处加 1，RMSNorm 至少变 0.1，LayerNorm 最多变 0.001。',
        say: 'RMSNorm 变 {0}，LayerNorm 变 {1}。LLaMA 和这个模型都用 RMSNorm：少一步，而提出它的人发现训练效果不差。',
      },
      'l12.6': {
        ask: 'MLP 有两路，门（gate）和 up。门先过 SiLU，然后呢？',
        options: {
          adds: { label: '两路相加', reply: '选它，是把它想成了另一条流。相加的话，与计算核的结果差 {1}。' },
          times: { label: '两路相乘', reply: '对：乘积与计算核的结果只差 {0}。' },
          picks: {
            label: '留下较大的',
            reply: '选它，是想到了会挑选的 ReLU。这里是一路给另一路定大小：乘积只差 {0}。',
          },
        },
        act: '看第 1 层 MLP 里的 gate、up 和它们的乘积。',
        show: ['乘积与计算核之差', '和与计算核之差', 'up 里最大的', '过门之后最大的'],
        claim: '乘积与计算核的结果相差不超过 0.001，和至少差 0.1。',
        say: 'SiLU(gate) × up 就是计算核算出的，只差 {0}。门接近零，这一路就关上了，不管 up 说什么：这就是 SwiGLU。',
      },
      'l12.7': {
        act: '你自己的故事：第 1 层里，注意力和 MLP 谁推得多？',
        show: ['答案', '它的 logit', '第 1 层的注意力', '第 1 层的 MLP'],
        claim: '各部分之和与 logit 相差不超过 0.01。',
        say: '{0}的 logit 是 {1}，这一层的注意力给了 {2}，MLP 给了 {3}。负的就是往下拉。',
      },
    },
  },
}
