// Words of lesson 8, one cell of attention by hand.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l08.en,
    idea: 'Four operations make a head, and each can be done by hand.',
    takeaway: 'Dot, scale, normalize, add: four steps, no more.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l08.1': {
        ask: 'A score is the dot product of a query and a key, divided by the root of their width. Does the division change which word scores best?',
        options: {
          yes: {
            label: 'yes, it reorders the words',
            reply:
              'You think that scaling weighs words differently. It divides all of them by the same number: the order stays.',
          },
          no: { label: 'no, the order stays', reply: 'Yes: {0} becomes {1}, and it is still the largest.' },
        },
        act: 'Look at the scores of the last word in head L1 · H6.',
        show: ['largest dot product', 'the same, divided', 'its weight after the softmax'],
        claim: 'The word with the best undivided score is the word with the largest weight.',
        say: 'The best dot product is {0}, divided it is {1}, and after the softmax the word has {2}. The best one is the same word all along.',
      },
      'l08.2': {
        ask: 'Then what is the division for? Leave it out in head L3 · H0: how is the attention then?',
        options: {
          sharper: { label: 'sharper: the best word gets more', reply: 'Yes: from {0} to {1}.' },
          same: {
            label: 'the same, since the order stays',
            reply:
              'You think that only the order counts. The softmax is an exponential: larger gaps mean larger shares, {1} instead of {0}.',
          },
          flatter: {
            label: 'flatter: all words get about the same',
            reply:
              'You think larger scores even each other out. It is the gaps that grow, and the best word goes from {0} to {1}.',
          },
        },
        act: 'Look at the row of head L3 · H0; the page does the softmax again with the undivided scores.',
        show: ['largest weight', 'largest weight without the division'],
        claim: 'Undivided, the largest weight is at least 1.4 times what it was.',
        say: 'Without the division the best word would have {1} instead of {0}. The wider the vectors, the larger their dot products tend to be; dividing keeps the softmax from becoming all or nothing.',
      },
      'l08.3': {
        ask: 'The last word sees all tokens of the text. What do their weights sum to?',
        options: {
          one: { label: 'one, always', reply: 'Yes: {1}, over {0} tokens.' },
          more: {
            label: 'more, the longer the text',
            reply: 'You think attention grows with what there is to see. It is shared out: {0} tokens, {1} together.',
          },
          open: {
            label: 'it depends on how much there is of interest',
            reply:
              'You think that a head may care for nothing. It cannot: what it gives away is {1}, whatever it finds.',
          },
        },
        act: 'Look at the weights of the row.',
        show: ['tokens', 'sum of the weights', 'largest difference from our own softmax'],
        claim: 'The weights sum to 1, and our own softmax differs from them by 0.001 at most.',
        say: '{0} weights sum to {1}. Our own softmax over the scores differs from the weights of the kernel, the program that runs the model, by {2}: there is nothing else in between.',
      },
      'l08.4': {
        ask: 'Heads 0 and 1 of layer 0 share their keys and values (grouped-query attention, GQA). Must they look at the same tokens?',
        options: {
          alike: {
            label: 'yes: the same keys, the same attention',
            reply:
              'You think the key decides alone. A score needs a query, too, and each head has its own: the weights differ by {2} somewhere.',
          },
          differ: {
            label: 'no: their queries differ',
            reply: 'Yes: at some place the one has nearly all its weight where the other has next to none, {2} apart.',
          },
        },
        act: 'Look at head L0 · H0, then at L0 · H1.',
        show: ['heads', 'sets of keys', 'largest difference of their attention'],
        claim: 'There are fewer sets of keys than heads, and the two heads differ by at least 0.8 somewhere.',
        say: '{0} heads make do with {1} sets of keys, and two that share one differ by {2}. Only the query is each one’s own, and that is enough.',
      },
      'l08.5': {
        act: 'Your own story: the page itself multiplies the weights of layer 1 by the values, adds them up, and compares the sum with the kernel’s result.',
        show: ['largest difference from the kernel'],
        claim: 'The sum done by hand differs from the kernel’s by 0.002 at most.',
        say: 'The sum done by hand and the kernel’s differ by {0}. What the panel shows is what the model computed with.',
      },
    },
  },
  zh: {
    title: titles.l08.zh,
    idea: '一个头只有四步运算，每一步都能亲手算出来。',
    takeaway: '点积、缩放、归一、加权：四步而已。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l08.1': {
        ask: '得分是查询与键的点积，再除以宽度的平方根。这一除，得分最高的词会变吗？',
        options: {
          yes: { label: '会，名次会变', reply: '选它，等于认为缩放对每个词不一样。其实大家除以同一个数，名次不变。' },
          no: { label: '不会，名次不变', reply: '对：{0} 变成 {1}，仍是最大的。' },
        },
        act: '看头 L1 · H2 里最后一个词的得分。',
        show: ['最大的点积', '除过以后', 'softmax 以后的权重'],
        claim: '不除时得分最高的词，就是权重最大的词。',
        say: '最大的点积是 {0}，除过是 {1}，softmax 以后这个词得到 {2}。自始至终，最大的都是同一个词。',
      },
      'l08.2': {
        ask: '那么为什么要除？在头 L3 · H0 里不除，注意力会怎样？',
        options: {
          sharper: { label: '更尖：最大的得到更多', reply: '对：从 {0} 到 {1}。' },
          same: {
            label: '不变，因为名次没变',
            reply: '选它，等于认为只有名次重要。softmax 用的是指数：差距变大，份额也变，{0} 成了 {1}。',
          },
          flatter: {
            label: '更平：大家差不多',
            reply: '选它，等于认为得分大了会互相抵消。变大的是差距，最大的从 {0} 到 {1}。',
          },
        },
        act: '看头 L3 · H0 的这一行；页面会用没有除过的得分再做一次 softmax。',
        show: ['最大的权重', '不除时最大的权重'],
        claim: '不除的话，最大的权重至少是原来的 1.4 倍。',
        say: '不除的话，最大的权重会是 {1}，而不是 {0}。向量越宽，点积往往越大；除一下，softmax 才不会变成非此即彼。',
      },
      'l08.3': {
        ask: '最后一个词看得到全文所有的词元。它们的权重加起来是多少？',
        options: {
          one: { label: '总是 1', reply: '对：{0} 个词元，一共 {1}。' },
          more: {
            label: '文字越长越大',
            reply: '选它，等于认为能看的越多，注意力就越多。它是分的：{0} 个词元一共 {1}。',
          },
          open: {
            label: '看有多少值得看的',
            reply: '选它，等于认为头可以什么都不关心。不行：不管看到什么，分出去的都是 {1}。',
          },
        },
        act: '看这一行的权重。',
        show: ['词元', '权重之和', '与我们自己算的最大差别'],
        claim: '权重之和是 1，我们自己做 softmax 的结果与它们相差不超过 0.001。',
        say: '{0} 个权重加起来是 {1}。我们用得分自己做 softmax，与计算核（运行模型的程序）给出的权重相差 {2}：中间再没有别的。',
      },
      'l08.4': {
        ask: '第 0 层的头 0 和头 1 共用同一组键和值（分组查询注意力，GQA）。它们看的地方一定一样吗？',
        options: {
          alike: {
            label: '一样：键相同，注意力就相同',
            reply: '选它，等于认为只由键决定。得分还要看查询，而查询各有各的：权重最多相差 {2}。',
          },
          differ: { label: '不一样：查询不同', reply: '对：有的地方一个几乎全给，另一个几乎不给，相差 {2}。' },
        },
        act: '先看头 L0 · H0，再看 L0 · H1。',
        show: ['头', '键的组数', '两个头注意力的最大差别'],
        claim: '键的组数比头少，而两个头的权重至少有一处相差 0.8。',
        say: '{0} 个头只用 {1} 组键，共用一组的两个头却相差 {2}。只有查询是各自的，这就够了。',
      },
      'l08.5': {
        act: '你自己的故事：页面自己把第 1 层的权重乘以值再相加，与计算核的结果对照。',
        show: ['与计算核的最大差别'],
        claim: '自己算的结果与计算核的相差不超过 0.002。',
        say: '自己算的和计算核算的，相差 {0}。面板上画的，就是模型用来计算的。',
      },
    },
  },
}
