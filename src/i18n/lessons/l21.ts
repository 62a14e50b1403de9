// Words of lesson 21, four bits.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l21.en,
    idea: 'Coarser weights give the same answers, up to a point.',
    takeaway: 'Precision fades, ability falls off a cliff.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l21.1': {
        ask: 'A weight is rounded to whole numbers, with a scale for every 64 of them. From 8 bits to 4, how much does the error grow?',
        options: {
          double: {
            label: 'twofold: half the bits',
            reply: 'You count bits. Each bit that goes doubles the step, and four went: {0} becomes {1}.',
          },
          sixteen: { label: 'about sixteenfold', reply: 'Yes: {0} becomes {1}.' },
          none: {
            label: 'hardly at all',
            reply: 'You think of what the answer loses. The weight itself loses more: {0} becomes {1}.',
          },
        },
        act: 'Look at the numbers inside the first block, then let the page round the weight that makes its queries.',
        show: ['error in 8 bits', 'in 4 bits', 'in 3 bits', 'in 2 bits'],
        claim: 'In 4 bits the error is at least 12 times that in 8.',
        say: 'Of the weight’s size the error is {0} in 8 bits, {1} in 4, {2} in 3 and {3} in 2. Each bit less doubles it at least.',
      },
      'l21.2': {
        ask: 'And with one scale for the whole matrix, in place of one for every 64 weights?',
        options: {
          same: {
            label: 'about the same: the numbers are alike',
            reply: 'You think of an average weight. One large one sets the step for all: {0} becomes {1}.',
          },
          worse: { label: 'clearly worse', reply: 'Yes: {0} becomes {1}.' },
        },
        act: 'Let the page round the same weight with a single scale.',
        show: ['4 bits, scale for every 64', '4 bits, one scale', '3 bits, scale for every 64', '3 bits, one scale'],
        claim: 'With one scale the error of 4 bits is at least 1.6 times that with a scale for every 64.',
        say: 'In 4 bits {0} with a scale for every 64, {1} with one; in 3 bits {2} and {3}. That is why blocks are small, and why scales cost something.',
      },
      'l21.3': {
        ask: 'NF4 has 16 levels, set where a normal distribution has equal shares. Are all 16 used equally often?',
        options: {
          even: {
            label: 'yes, that is what they were made for',
            reply:
              'Many books say so. Each block is scaled by its largest weight, which thins the ends: {0} against {1}.',
          },
          uneven: { label: 'no', reply: 'Yes: the rarest occurs {0} times, the commonest {1} times.' },
        },
        act: 'Let the page count the codes of this weight.',
        show: ['the rarest code', 'the commonest code', 'from the lowest level on'],
        claim: 'The commonest code occurs at least 4 times as often as the rarest.',
        say: 'The rarest of 16 codes occurs {0} times, the commonest {1} times. The two at the ends are the rare ones: only the largest weight of a block is sure of one.',
      },
      'l21.4': {
        ask: 'Four bits a weight, and a scale of 32 bits for every 64. How many bits is a weight in all?',
        options: {
          four: { label: '4', reply: 'You forget the scales. They have to lie somewhere: {0}.' },
          half: { label: '4.5', reply: 'Yes: {0}. With scales that are rounded themselves it is {1}.' },
          eight: { label: '8', reply: 'You count a scale for each weight. 64 share one: {0}.' },
        },
        act: 'Count.',
        show: ['bits a weight', 'with scales in 8 bits', 'GB of 7 billion in 16 bits', 'GB with scales in 8 bits'],
        claim: 'It is 4.5 bits, and with rounded scales at most 4.15.',
        say: '{0} bits; when the scales are rounded to 8 bits, 256 of them with a scale of their own, {1}. Seven billion weights take {2} GB in 16 bits and {3} GB so.',
      },
      'l21.5': {
        ask: 'A small model answers “Where was {name}?” with four bits. Each of its weights is left two: −1, 0 or 1 times a scale. What becomes of its answers?',
        options: {
          bit: {
            label: 'a few more mistakes',
            reply: 'You think that ability fades as evenly as precision does. It falls: {1} in place of {0}.',
          },
          half: { label: 'it is right half the time, or less', reply: 'Yes: {1} in place of {0}.' },
          same: {
            label: 'the same: it was trained for this',
            reply: 'You trust what was learned. It lies in the weights, and they are others now: {1} in place of {0}.',
          },
        },
        act: 'Let the page ask both models about 60 stories of two people.',
        show: ['right with four bits', 'right with two'],
        claim: 'With four bits at least 0.85 are right, with two 0.6 at most.',
        say: 'Four bits: {0}. Two bits: {1}, and two people were in the story.',
      },
      'l21.6': {
        act: 'Your own story. All along the storyteller computed with four bits a weight: is that enough for it?',
        show: ['p of “{place}”', 'bits a weight, scales and embedding included'],
        claim: 'The storyteller gives the right place at least 0.7.',
        say: 'p is {0}, with {1} bits a weight: the embedding is kept in 8, all matrices in 4.',
      },
    },
  },
  zh: {
    title: titles.l21.zh,
    idea: '权重变粗，回答不变，直到某一点。',
    takeaway: '精度是逐渐丢的，能力是突然丢的。',
    own: { name: '谁', place: '在哪里', thing: '弄丢了什么' },
    steps: {
      'l21.1': {
        ask: '把一个权重矩阵舍入成整数，每 64 个数共用一个比例。从 8 位降到 4 位，误差会变成几倍？',
        options: {
          double: {
            label: '两倍：位数少了一半',
            reply: '选它，是在数位数。每少一位，档距就翻一倍，一共少了四位：{0} 变成 {1}。',
          },
          sixteen: { label: '大约十六倍', reply: '对：{0} 变成 {1}。' },
          none: { label: '几乎不变', reply: '选它，想的是回答丢了多少。权重本身丢得更多：{0} 变成 {1}。' },
        },
        act: '看看第一块里的数，再让页面把算查询的那个权重矩阵舍入。',
        show: ['8 位的误差', '4 位', '3 位', '2 位'],
        claim: '4 位的误差至少是 8 位的 12 倍。',
        say: '误差和权重大小之比：8 位 {0}，4 位 {1}，3 位 {2}，2 位 {3}。每少一位，至少翻一倍。',
      },
      'l21.2': {
        ask: '如果不是每 64 个数一个比例，而是整个矩阵只有一个呢？',
        options: {
          same: {
            label: '差不多：这些数都差不多大',
            reply: '选它，想的是普通的权重。只要有一个特别大，档距就由它定了：{0} 变成 {1}。',
          },
          worse: { label: '明显变差', reply: '对：{0} 变成 {1}。' },
        },
        act: '让页面用同一个比例舍入整个矩阵。',
        show: ['4 位，每 64 个一个比例', '4 位，只有一个', '3 位，每 64 个一个比例', '3 位，只有一个'],
        claim: '只用一个比例，4 位的误差至少是每 64 个一个比例时的 1.6 倍。',
        say: '4 位：每 64 个一个比例是 {0}，只用一个是 {1}；3 位是 {2} 和 {3}。所以块要小，比例也就要占地方。',
      },
      'l21.3': {
        ask: 'NF4 有 16 个档位，按正态分布的等分点来摆。这 16 个用得一样多吗？',
        options: {
          even: {
            label: '一样多，它就是这样设计的',
            reply: '许多书都这么写。可是每块按最大的那个数缩放，两端就变稀了：{0} 对 {1}。',
          },
          uneven: { label: '不一样多', reply: '对：最少的出现 {0} 次，最多的 {1} 次。' },
        },
        act: '让页面数一数这个矩阵里各档出现几次。',
        show: ['最少的一档', '最多的一档', '从最低的一档数起'],
        claim: '最多的一档至少是最少的 4 倍。',
        say: '16 档里最少的出现 {0} 次，最多的 {1} 次。少的是两端：一块里只有最大的那个数一定落在端上。',
      },
      'l21.4': {
        ask: '每个权重 4 位，每 64 个再加一个 32 位的比例。平均每个权重几位？',
        options: {
          four: { label: '4', reply: '选它，是忘了比例。比例也要有地方放：{0}。' },
          half: { label: '4.5', reply: '对：{0}。把比例也舍入，就是 {1}。' },
          eight: { label: '8', reply: '选它，是给每个权重都配了一个比例。其实 64 个共用一个：{0}。' },
        },
        act: '算一算。',
        show: ['每个权重的位数', '比例也用 8 位', '70 亿权重，16 位，GB', '比例用 8 位时，GB'],
        claim: '一共 4.5 位；把比例也舍入，不超过 4.15 位。',
        say: '{0} 位；把比例也存成 8 位，每 256 个比例再共用一个，就是 {1} 位。70 亿个权重用 16 位要 {2} GB，这样只要 {3} GB。',
      },
      'l21.5': {
        ask: '有个小模型，用四位的权重回答“{name}在哪里？”把它的每个权重只留两位：−1、0、1 乘一个比例。它的回答会怎样？',
        options: {
          bit: {
            label: '多错几题',
            reply: '选它，等于认为本事和精度一样，是一点点变差的。它是一下子掉下去的：{0} 变成 {1}。',
          },
          half: { label: '答对的最多一半左右', reply: '对：{0} 变成 {1}。' },
          same: {
            label: '照样答对：它就是练这个的',
            reply: '选它，是相信学到的东西还在。可它就存在权重里，权重已经变了：{0} 变成 {1}。',
          },
        },
        act: '让页面用六十个两个人的故事分别问这两个模型。',
        show: ['四位，答对', '两位，答对'],
        claim: '四位至少答对 0.85，两位至多 0.6。',
        say: '四位：{0}。两位：{1}，而故事里一共只有两个人。',
      },
      'l21.6': {
        act: '换成你自己的故事。这个讲故事的模型一直用四位的权重在算，够用吗？',
        show: ['“{place}”的概率', '每个权重的位数，连比例和词表在内'],
        claim: '模型给对的地方至少 0.7。',
        say: '概率是 {0}，平均每个权重 {1} 位：词表用 8 位，矩阵都用 4 位。',
      },
    },
  },
}
