// Words of lesson 7, jobs and spares of heads.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l07.en,
    idea: 'One head is rarely the cause.',
    takeaway: 'Ablate first, name the head later.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l07.1': {
        ask: 'Layer 0 has eight heads. How many of them look mostly at the token right before?',
        options: {
          none: {
            label: 'none: they look for meaning',
            reply:
              'You expect heads to begin with meaning. One does something plainer: {0} of its weight is one token back.',
          },
          one: { label: 'one', reply: 'Yes: head 0, with {0} of its weight on average.' },
          all: {
            label: 'all of them',
            reply:
              'You think that heads of a layer do the same. They share the work: heads 1, 2 and 3 look mostly two, three and four back.',
          },
        },
        act: 'Look at the pictures of layer 0 under “All heads”: a line beside the diagonal means that the head looks a fixed number of tokens back.',
        show: ['head 0, one back', 'head 1, two back', 'head 2, three back', 'head 3, four back'],
        claim: 'Head 0 has at least 0.8 of its weight one token back, and no other head of this layer more than 0.4.',
        say: 'Head 0 looks one token back with {0} of its weight; the next three look two, three and four back with {1}, {2} and {3}. This model began with such heads laid in by hand; in large models they form in training.',
      },
      'l07.2': {
        ask: 'Head L1 · H6 looks at “{place}” when the answer is due. Silence this head: what becomes of the answer?',
        options: {
          gone: {
            label: 'it is gone, this head brought it',
            reply: 'You think that where a head looks is what the answer rests on. {1} is still there without it.',
          },
          stays: { label: 'it stays the likeliest by far', reply: 'Yes: {1} is left of {0}.' },
        },
        act: 'Choose head L1 · H6 and press “Silence L1 · H6”.',
        show: ['p of “{place}” before', 'p of “{place}” without this head'],
        claim: 'Without this head the answer still has at least 0.5.',
        say: 'The head that looks at the answer is silent, and the answer still has {1}. Something else brings it, too. Taking a part away like this is called ablation.',
      },
      'l07.3': {
        ask: 'What stood in for head L1 · H6?',
        options: {
          layer: {
            label: 'the layers above made up for it',
            reply: 'You think that later layers repair what is missing. They are all still there, and yet {1} is left.',
          },
          twin: { label: 'the head beside it, L1 · H7', reply: 'Yes: silence both, and {1} is left.' },
          chance: {
            label: 'nothing: the model guessed well',
            reply: 'You think it was luck. With one more head silent the luck is over: {1}.',
          },
        },
        act: 'Silence L1 · H6 and L1 · H7.',
        show: ['p of “{place}” without one', 'p of “{place}” without both', 'largest difference of their attention'],
        claim: 'The two heads look exactly alike, and without both the answer has 0.5 at most.',
        say: 'The two heads look exactly alike, their largest difference is {2}: they are twins that began alike and stayed so. Without one the answer has {0}, without both {1}.',
      },
      'l07.4': {
        ask: 'This model has four layers, also called blocks: attention and MLP together. Which one can be left out whole, and the answer stays?',
        options: {
          first: {
            label: 'block 0 or 1: they only prepare',
            reply:
              'You think that the early blocks are rough work. The answer rests on them: {0} without block 0, {1} without block 1.',
          },
          last: { label: 'block 2 or 3', reply: 'Yes: {2} without block 2, {3} without block 3.' },
          none: {
            label: 'none: each is needed',
            reply:
              'You think of a chain that breaks at any link. Blocks add to one stream, the residual: without block 3 the answer has {3}.',
          },
        },
        act: 'Leave out block 2; the others are tried beside it.',
        show: ['p without block 0', 'p without block 1', 'p without block 2', 'p without block 3'],
        claim:
          'The answer keeps at least 0.8 without block 2 or 3, and at most 0.1 without block 0, 0.3 without block 1.',
        say: 'Without block 0 or 1, {0} and {1} are left; without block 2 or 3, {2} and {3}. For this question either of the upper two can be spared, one at a time; lesson 13 comes back to them.',
      },
      'l07.5': {
        act: 'Your own story: silence all eight heads of layer 1.',
        show: ['p of the answer before', 'p without the heads of layer 1', 'likeliest without them'],
        claim: 'Without the heads of layer 1 the answer has 0.2 at most.',
        say: 'From {0} to {1}: no head of this layer is left that could stand in. The model now says {2}.',
      },
    },
  },
  zh: {
    title: titles.l07.zh,
    idea: '答案很少只靠一个头。',
    takeaway: '先做消融，再给头起名字。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l07.1': {
        ask: '第 0 层有八个头。主要看前一个词元的有几个？',
        options: {
          none: {
            label: '没有：它们找的是意思',
            reply: '选它，等于认为头一上来就找意思。有一个头做的事很朴素：{0} 的权重在前一个词元。',
          },
          one: { label: '一个', reply: '对：头 0，平均有 {0} 的权重。' },
          all: {
            label: '八个都是',
            reply: '选它，等于认为同一层的头都做一样的事。它们有分工：头 1、2、3 主要看往前第二、第三、第四个。',
          },
        },
        act: '在“所有的头”里看第 0 层的小图：对角线旁边有一条线，说明这个头总往前看固定的几个词元。',
        show: ['头 0，往前一个', '头 1，往前两个', '头 2，往前三个', '头 3，往前四个'],
        claim: '头 0 至少有 0.8 的权重在前一个词元，这一层别的头都不超过 0.4。',
        say: '头 0 把 {0} 的权重放在前一个词元，后面三个头分别看往前第二、三、四个，各有 {1}、{2}、{3}。这个模型训练前就由人放进了这样的头；大模型里，它们是在训练中形成的。',
      },
      'l07.2': {
        ask: '要回答的时候，头 L1 · H2 正看着“{place}”。让这个头静音（结果乘以 0），答案会怎样？',
        options: {
          gone: {
            label: '没了，答案是它带来的',
            reply: '选它，等于认为头看着哪里，答案就靠哪里。没有它，仍然有 {1}。',
          },
          stays: { label: '还是遥遥领先', reply: '对：原来 {0}，现在还有 {1}。' },
        },
        act: '选中头 L1 · H2，按“让 L1 · H2 静音”。',
        show: ['原来“{place}”的概率', '没有这个头时“{place}”的概率'],
        claim: '没有这个头，答案的概率仍不低于 0.5。',
        say: '看着答案的头不出声了，答案仍有 {1}。一定还有别的也在带来它。这样拿掉一部分来试，叫做消融。',
      },
      'l07.3': {
        ask: '是谁替头 L1 · H2 顶上了？',
        options: {
          layer: {
            label: '上面几层补了回来',
            reply: '选它，等于认为后面的层会补上缺了的东西。它们都还在，却只剩 {1}。',
          },
          twin: { label: '旁边的头，L1 · H3', reply: '对：两个都静音，只剩 {1}。' },
          chance: { label: '没有谁：模型碰巧猜对', reply: '选它，等于认为这是运气。再静音一个头，运气就没了：{1}。' },
        },
        act: '让 L1 · H2 和 L1 · H3 都静音。',
        show: ['少一个头时“{place}”的概率', '两个都少时“{place}”的概率', '两个头注意力的最大差别'],
        claim: '两个头看得一模一样；两个都没有时，答案的概率不超过 0.2。',
        say: '两个头看得一模一样，最大差别是 {2}：它们是双胞胎，起点相同，训练后也没有分开。少一个，答案有 {0}；两个都少，只剩 {1}。',
      },
      'l07.4': {
        ask: '这个模型有四层，每层有注意力和 MLP 两部分。整层去掉哪一层，答案还在？',
        options: {
          first: {
            label: '第 0 层或第 1 层：它们只是预备',
            reply: '选它，等于认为前面几层只是粗加工。答案正靠它们：去掉第 0 层剩 {0}，去掉第 1 层剩 {1}。',
          },
          last: { label: '第 2 层或第 3 层', reply: '对：去掉第 2 层有 {2}，去掉第 3 层有 {3}。' },
          none: {
            label: '哪一层都不行',
            reply: '选它，等于把模型想成一环断了就断的链子。每层只是往同一条残差流里加：去掉第 3 层还有 {3}。',
          },
        },
        act: '去掉第 2 层；另外几层页面会一起试。',
        show: ['去掉第 0 层的概率', '去掉第 1 层的概率', '去掉第 2 层的概率', '去掉第 3 层的概率'],
        claim: '去掉第 2 层或第 3 层，答案仍不低于 0.8；去掉第 0 层不超过 0.1，去掉第 1 层不超过 0.3。',
        say: '去掉第 0、1 层，分别剩 {0} 和 {1}；去掉第 2、3 层，还有 {2} 和 {3}。答这个问题，上面两层少哪一层都行（一次少一层）；第 13 课再来看它们。',
      },
      'l07.5': {
        act: '你自己的故事：让第 1 层的八个头全部静音。',
        show: ['原来答案的概率', '没有第 1 层的头时', '这时最可能的词'],
        claim: '没有第 1 层的头，答案的概率不超过 0.2。',
        say: '从 {0} 到 {1}：这一层再没有头能顶上。这时模型说的是{2}。',
      },
    },
  },
}
