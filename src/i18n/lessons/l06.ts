// Words of lesson 6, attention is looking up.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l06.en,
    idea: 'Attention looks things up: cut the look, and the answer may go.',
    takeaway: 'Cutting an edge can change the answer, unless there is another road.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l06.1': {
        ask: 'The answer is written up to “{name} was in the”. From its last word, where does head L1 · H6 look?',
        options: {
          own: { label: 'at “{place}” in the story', reply: 'Yes: its weight there is {0}.' },
          question: {
            label: 'at “{name}” in the question',
            reply: 'You expect it to read the question again before it answers. It spends {1} there.',
          },
          itself: {
            label: 'at the last word itself',
            reply: 'You expect it to stay where it is and think. On itself it has {2}.',
          },
        },
        act: 'Look at the row of the last word: its brightest cell is where the head looks.',
        show: ['weight on “{place}”', 'weight on the question’s “{name}”', 'weight on itself'],
        claim: 'The word with most of this head’s weight is “{place}”, with at least 0.8.',
        say: 'Of all words so far, one gets nearly everything: {0}. A head compares the query of this word with the keys of all others (attention), and “{place}” in the sentence about {name} fits best.',
      },
      'l06.2': {
        ask: 'Now cut that look in all heads of layer 1: the last word does not see “{place}” any more. What becomes of the answer?',
        options: {
          same: {
            label: 'it stays “{place}”',
            reply: 'You think the model knows it from elsewhere by now. Here it does not: {1} is left of {0}.',
          },
          other: { label: 'another word takes its place', reply: 'Yes: now {2} is the likeliest.' },
          stop: {
            label: 'the model says nothing',
            reply: 'You think that it notices what is missing. It does not: some word always comes first, here {2}.',
          },
        },
        act: 'Choose the cell of the last word and “{place}”, then press “Cut it in all heads of this layer”.',
        show: ['p of “{place}” before', 'p of “{place}” after the cut', 'likeliest after the cut'],
        claim: 'After the cut another word comes first, and “{place}” has 0.1 at most.',
        say: 'One edge is gone, and p of “{place}” falls from {0} to {1}. The model does not say that something is missing; it says {2}.',
      },
      'l06.3': {
        ask: 'Head L1 · H2 looks elsewhere. Cut the look at “{place}” in this head alone: what happens to the answer?',
        options: {
          nothing: { label: 'nothing', reply: 'Yes: it was not looking there, its weight was {2}.' },
          less: {
            label: 'it gets less sure',
            reply:
              'You think every head carries a share. This one had {2} of its weight there, so there is nothing to lose.',
          },
          gone: {
            label: 'it goes, as before',
            reply:
              'You think the edge counts, whoever uses it. It counts only for a head that looks along it; this one had {2}.',
          },
        },
        act: 'Choose the same cell in head L1 · H2, and press “Cut this look”.',
        show: ['p of “{place}” before', 'p of “{place}” after the cut', 'weight that was cut'],
        claim: 'The chance of the answer changes by 0.05 at most.',
        say: 'The answer keeps {1}. To cut something out and see what changes is an ablation; here there was nothing to cut, for this head’s weight on “{place}” was {2}.',
      },
      'l06.4': {
        act: 'Cut the look in all heads of this layer once more, then press “Undo the last” under “Changes to the model”.',
        show: ['largest change of a logit by the cut', 'largest difference after undoing'],
        claim:
          'The cut moves some logit by at least 1, and after undoing none is further than 0.001 from where it was.',
        say: 'The cut moved a logit by {0}; after undoing, the largest difference is {1}, rounding at most. An edit changes one run and never the weights.',
      },
      'l06.5': {
        act: 'This is your story now. Cut the look at your place in all heads of layer 1.',
        show: ['p of the answer before', 'p of it after the cut', 'likeliest after the cut'],
        claim: 'The cut lowers the chance of the answer by at least 0.5.',
        say: 'Before the cut the answer had {0}, after it {1}. What the model says now is {2}.',
      },
    },
  },
  zh: {
    title: titles.l06.zh,
    idea: '注意力就是查找：剪断这一眼，看它还找不找得到。',
    takeaway: '切断一条边，答案可能改口——也可能另有一条路。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l06.1': {
        ask: '回答写到“{name}在”。从最后一个词出发，头 L1 · H2 在看哪里？',
        options: {
          own: { label: '故事里的“{place}”', reply: '对：它把 {0} 的权重放在那里。' },
          question: {
            label: '问题里的“{name}”',
            reply: '选它，等于认为模型回答前会把问题再读一遍。它在那里只放了 {1}。',
          },
          itself: { label: '最后这个词自己', reply: '选它，等于认为模型停在原地想。它给自己的权重是 {2}。' },
        },
        act: '看最后一个词那一行：最亮的格子就是它在看的地方。',
        show: ['看“{place}”的权重', '看问题里“{name}”的权重', '看自己的权重'],
        claim: '这个头权重最大的词是“{place}”，不低于 0.8。',
        say: '前面那么多词，几乎全部权重都给了一个：{0}。这个头拿最后一个词的查询去比对所有词的键，{name}那一句里的“{place}”最合得上。',
      },
      'l06.2': {
        ask: '在第 1 层所有的头里剪断这一眼，最后一个词再也看不到“{place}”。头 L1 · H2 的权重会怎样？',
        options: {
          same: {
            label: '没有可看的，权重变成零',
            reply: '选它，等于认为注意力可以什么都不看。经过 softmax，权重之和总是 1：现在有 {2} 放在别处。',
          },
          other: { label: '大部分转到另一个词上', reply: '对：现在有 {2} 放在另一个词上。' },
          stop: {
            label: '平均分给所有的词',
            reply: '选它，等于认为没有目标就会看得散。它仍然有偏好：{2} 放在一个词上。',
          },
        },
        act: '选中最后一个词与“{place}”相交的格子，再按“这一层所有的头都剪断”。',
        show: ['剪断前“{place}”的概率', '剪断后“{place}”的概率', '剪断后最大的权重'],
        claim: '剪断以后，这个头仍有至少 0.75 的权重落在另一个词上。',
        say: '权重没有消失，{2} 转到了另一个词上。“{place}”的概率从 {0} 变成 {1}：还剩多少，要看那个词带来了什么。',
      },
      'l06.3': {
        ask: '头 L1 · H6 在看别处。只在这一个头里剪断看“{place}”的一眼，答案会怎样？',
        options: {
          nothing: { label: '没有变化', reply: '对：它本来就没有看那里，权重只有 {2}。' },
          less: {
            label: '把握变小一些',
            reply: '选它，等于认为每个头都出一份力。这个头在那里只有 {2} 的权重，没有什么可失去的。',
          },
          gone: {
            label: '答案没了',
            reply: '选它，等于认为这条边对谁都重要。只有沿着它看的头才用得到它；这个头只有 {2}。',
          },
        },
        act: '在头 L1 · H6 里选中同一个格子，按“剪断这一眼”。',
        show: ['剪断前“{place}”的概率', '剪断后“{place}”的概率', '被剪掉的权重'],
        claim: '答案的概率变化不超过 0.05。',
        say: '剪断后，“{place}”的概率是 {1}。拿掉一样东西看什么会变，叫做消融；这里没有什么可拿，因为这个头在那里的权重是 {2}。',
      },
      'l06.4': {
        act: '再把这一眼在这一层所有的头里剪断一次，然后在“对模型的改动”里按“撤销上一处”。',
        show: ['剪断后 logit 最多变了', '撤销后最多还差'],
        claim: '剪断至少使某个词的 logit 变动 1；撤销以后，与原来相差不超过 0.001。',
        say: '剪断使某个词的 logit（模型打的分）变了 {0}；撤销以后，与原来最多相差 {1}，至多是舍入。改动只影响这一次运行，从不碰权重。',
      },
      'l06.5': {
        act: '现在是你自己的故事。把看你那个地方的一眼，在第 1 层所有的头里剪断。',
        show: ['剪断前答案的概率', '剪断后它的概率', '剪断后最可能的词'],
        claim: '剪断以后，头 L1 · H2 仍有至少 0.75 的权重集中在一个词上。',
        say: '剪断前答案的概率是 {0}，剪断后是 {1}。现在排在最前面的是{2}。',
      },
    },
  },
}
