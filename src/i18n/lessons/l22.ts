// Words of lesson 22, a thin patch (LoRA).

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l22.en,
    idea: 'Add a thin matrix, and keep the rest as it is.',
    takeaway: 'A small patch teaches, and can bruise.',
    own: {
      n0: 'Who did it',
      p0: 'Where',
      t0: 'To which thing',
      n1: 'Somebody else',
      p1: 'Where',
      t1: 'With which thing',
    },
    steps: {
      'l22.1': {
        ask: 'Of “The {t1} was {v1} by {n1}.” the storyteller was trained on “Who {v1} the {t1}?” Here it also reads “{n0} {v0} a {t0}.” How does it do on “Who {v0} the {t0}?”',
        options: {
          most: {
            label: 'about as well: it is all in the story',
            reply:
              'You think that who knows a fact can be asked for it from either end. It learned to look up what a question names first: {2} against {1}.',
          },
          few: { label: 'it fails on at least half of them', reply: 'Yes: {2}, against {1} the usual way round.' },
        },
        act: 'Look at the question, then let the page ask eight of each kind.',
        show: ['its answer here', 'share right, usual questions', 'share right, turned questions'],
        claim: 'Of the turned questions half are right at most, of the usual ones at least 0.8.',
        say: 'Here it says {0} Of eight stories each, the share of right answers is {1} the usual way round, {2} from the other end.',
      },
      'l22.2': {
        ask: 'A LoRA adapter puts two thin matrices beside q, k, v and o of three blocks: down to 8 numbers and up again. How many weights are that, of all?',
        options: {
          all: {
            label: 'as many as those matrices have',
            reply:
              'You think of a copy. W stays as it is, and what is added is a product of two thin ones: {0} numbers.',
          },
          tenth: {
            label: 'about a tenth of the model',
            reply: 'You expect a new skill to need room. Rank 8 needs {0} of {1}, a share of {2}.',
          },
          few: { label: 'less than one in fifty', reply: 'Yes: {0} of {1}, a share of {2}.' },
        },
        act: 'Count: three blocks, rank 8, and for each matrix as many as it is wide and high.',
        show: ['weights of the adapter', 'weights of the model', 'share'],
        claim: 'The adapter has at most 2 weights for each 100 of the model.',
        say: '{0} numbers beside {1}. Only they are trained, so only they need gradients and an optimizer’s memory.',
      },
      'l22.3': {
        ask: 'The adapter was trained on turned questions. It is turned up to 1: what becomes of them?',
        options: {
          same: {
            label: 'hardly anything: it is too small',
            reply: 'You think that so few numbers cannot matter. They turn what the heads look for: {2} becomes {3}.',
          },
          better: { label: 'clearly better', reply: 'Yes: from {2} to {3}.' },
        },
        act: 'Move the adapter’s strength from 0 to 1.',
        show: ['its answer without', 'its answer with it', 'share right without it', 'share right at full strength'],
        claim: 'With the adapter at least 0.4 more of the turned questions are right.',
        say: '{0} became {1} Of the turned questions a share of {2} was right, now {3}: no weight of the model was changed.',
      },
      'l22.4': {
        ask: 'And the usual questions (“Who {v1} the {t1}?”), which it could answer all along?',
        options: {
          same: {
            label: 'unchanged: its old weights are all there',
            reply:
              'You think that what is kept cannot be forgotten. The sum of old and new is what computes: {2} becomes {3}.',
          },
          worse: { label: 'some go wrong now', reply: 'Yes: {2} becomes {3}.' },
        },
        act: 'Move the strength to 1 again.',
        show: ['its answer without', 'its answer with it', 'share right without it', 'share right with it'],
        claim: 'With the adapter at least 0.08 fewer of the usual questions are right.',
        say: 'Of the usual questions a share of {2} was right, now {3}: that is called forgetting. To the one above it said {0} before and says {1} now. More old questions among the new ones, in training, would lower it.',
      },
      'l22.5': {
        ask: 'The adapter is on. It is turned down to 0: is the model the old one again?',
        options: {
          scar: {
            label: 'nearly: something stays behind',
            reply: 'You think of training as wear. Nothing was written over: the largest difference is {1}.',
          },
          exact: {
            label: 'yes, the very same',
            reply: 'Yes: the largest difference of a logit is {1}, no more than rounding.',
          },
        },
        act: 'Move the strength to 0.',
        show: ['largest difference of a logit with it', 'at strength 0'],
        claim: 'At strength 0 no logit differs by more than 0.001, at strength 1 one does by at least 1.',
        say: 'On, it moves a logit by {0}; at 0 the difference is {1}. One model can carry many such patches and wear one at a time.',
      },
      'l22.6': {
        act: 'Your own story. Move the strength to 1, and see what half of it would have done.',
        show: ['its answer at 0', 'at ½', 'at 1', 'p of “{n0}” first, at 0', 'at ½', 'at 1'],
        claim: 'With the adapter the answer begins with the right name, with a probability of at least 0.25.',
        say: 'The chance that it begins with {n0}: {3}, {4}, {5}. What is between is between: a patch has a dial, not a switch.',
      },
    },
  },
  zh: {
    title: titles.l22.zh,
    idea: '加一块薄矩阵，其余的都不动。',
    takeaway: '小补丁教会新事，也会碰坏旧事。',
    own: { n0: '谁做的', p0: '在哪里', t0: '什么东西', n1: '另一个人', p1: '在哪里', t1: '什么东西' },
    steps: {
      'l22.1': {
        ask: '像“{t1}是{n1}{v1}的。”这样的句子，模型训练时见过的问法是“谁{v1}了{t1}？”故事里还有一句“{n0}{v0}了{t0}。”问它“谁{v0}了{t0}？”会怎样？',
        options: {
          most: {
            label: '差不多：故事里都写着',
            reply: '选它，等于认为知道一件事，从哪头问都行。它学会的是按问题里先提到的去找：{2}，而平常是 {1}。',
          },
          few: { label: '至少错一半', reply: '对：{2}，平常的问法是 {1}。' },
        },
        act: '看看这个问题，再让页面每种各问八道。',
        show: ['这一题它答', '平常的问法，答对的比例', '倒过来问，答对的比例'],
        claim: '倒过来问，答对的不超过一半；平常的问法不低于 0.8。',
        say: '这一题它答{0}八个故事里，平常问答对的比例是 {1}，倒过来问是 {2}。',
      },
      'l22.2': {
        ask: 'LoRA 在三块的 q、k、v、o 旁边各放两块薄矩阵：先压到 8 个数，再展开。它占全部权重的多少？',
        options: {
          all: {
            label: '和那些矩阵一样多',
            reply: '选它，是想成了一份副本。W 不动，加上去的是两块薄矩阵的乘积：{0} 个数。',
          },
          tenth: {
            label: '大约十分之一',
            reply: '选它，等于认为新本事要占地方。秩为 8，只要 {1} 里的 {0}，比例 {2}。',
          },
          few: { label: '不到五十分之一', reply: '对：{1} 里的 {0}，比例 {2}。' },
        },
        act: '数一数：三块，秩 8，每个矩阵再乘上它的宽加高。',
        show: ['适配器的权重', '模型的权重', '比例'],
        claim: '适配器的权重不超过模型的百分之二。',
        say: '{1} 个权重旁边只添了 {0} 个。只训练它们，也就只有它们要梯度和优化器的内存。',
      },
      'l22.3': {
        ask: '适配器是用倒过来的问题训练的。把它的强度调到 1，这些问题会怎样？',
        options: {
          same: {
            label: '几乎没变：它太小了',
            reply: '选它，等于认为这么几个数不起作用。它们改的是头去找什么：{2} 变成 {3}。',
          },
          better: { label: '明显变好', reply: '对：从 {2} 到 {3}。' },
        },
        act: '把适配器的强度从 0 推到 1。',
        show: ['不装时它答', '装上时它答', '不装时答对的比例', '强度 1 时答对的比例'],
        claim: '装上以后，倒过来的问题至少多答对 0.4。',
        say: '不装时它答{0}装上时它答{1}倒过来的问题，答对的比例从 {2} 到 {3}，模型自己的权重一个也没动。',
      },
      'l22.4': {
        ask: '那么原来就会的问题（“谁{v1}了{t1}？”）呢？',
        options: {
          same: {
            label: '不变：原来的权重都还在',
            reply: '选它，等于认为留着的就不会忘。计算用的是新旧之和：{2} 变成 {3}。',
          },
          worse: { label: '有一些答错了', reply: '对：{2} 变成 {3}。' },
        },
        act: '再把强度推到 1。',
        show: ['不装时它答', '装上时它答', '不装时答对的比例', '装上时答对的比例'],
        claim: '装上以后，平常的问题至少少答对 0.08。',
        say: '平常的问题，答对的比例从 {2} 到 {3}，这叫遗忘。上面这一题，不装时它答{0}装上时它答{1}训练时多掺一些旧问题，可以减轻。',
      },
      'l22.5': {
        ask: '适配器现在开着。把强度调到 0，模型又是原来的样子了吗？',
        options: {
          scar: {
            label: '差不多，总会留下点什么',
            reply: '选它，等于把训练当成磨损。什么也没有被覆盖：最大差别是 {1}。',
          },
          exact: { label: '一模一样', reply: '对：分数的最大差别是 {1}，不过是舍入。' },
        },
        act: '把强度推到 0。',
        show: ['装着时分数的最大差别', '强度为 0 时'],
        claim: '强度为 0 时，没有一个分数相差超过 0.001；强度为 1 时，至少有一个相差 1。',
        say: '装着，有分数变了 {0}；调到 0，差别是 {1}。一个模型可以有许多这样的补丁，一次用一块。',
      },
      'l22.6': {
        act: '换成你自己的故事。把强度推到 1，再看看一半强度会怎样。',
        show: ['强度 0 时它答', '强度 ½', '强度 1', '“{n0}”开头的概率，强度 0', '强度 ½', '强度 1'],
        claim: '装上以后，回答以对的名字开头，概率不低于 0.25。',
        say: '以“{n0}”开头的概率依次是 {3}、{4}、{5}。中间的强度给出中间的结果：补丁是旋钮，不是开关。',
      },
    },
  },
}
