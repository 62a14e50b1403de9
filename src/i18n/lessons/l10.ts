// Words of lesson 10, only distances count.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l10.en,
    idea: 'Rotary positions (RoPE) tell how far apart two tokens are, and nothing else.',
    takeaway: 'RoPE knows distances, not page numbers.',
    own: { name: 'Who', place: 'Where', thing: 'What they had' },
    steps: {
      'l10.1': {
        ask: 'RoPE turns the query and key of each token by an angle that grows with its position. Now turn all of them as if the text began 64 places later. What becomes of the look at “{place}”, and of the answer?',
        options: {
          same: { label: 'both stay as they are', reply: 'Yes: the largest change of a weight is {2}.' },
          worse: {
            label: 'the look gets weaker',
            reply:
              'You think a late position must be a weak one. Both ends moved together: the largest change of a weight is {2}.',
          },
          lost: {
            label: 'the answer is lost',
            reply:
              'You think the model knows positions by number. It compares two of them, and their distance is what it was: p is {1}.',
          },
        },
        act: 'Move all tokens 64 places on.',
        show: ['p of the answer before', 'p of the answer now', 'largest change of a weight'],
        claim: 'No weight of the head changes by more than 0.001, and the same answer comes first.',
        say: 'p was {0} and is {1}; the largest change of a weight is {2}, which is rounding. Queries and keys were all turned further by the same angle, so their differences stayed.',
      },
      'l10.2': {
        ask: 'Now no token is turned at all, so no head can tell how far apart two words are. What becomes of the answer?',
        options: {
          same: {
            label: 'the answer stays: the words are all there',
            reply:
              'You think the words alone make the story. Without distances the look-up cannot tell whose place it is: p is {1}.',
          },
          lost: { label: 'the answer is lost', reply: 'Yes: {1} is left of {0}.' },
        },
        act: 'Take the turning away.',
        show: [
          'p of the answer before',
          'p of the answer now',
          'likeliest now',
          'head L0 · H0, one word back',
          'the same head now',
        ],
        claim: 'Another word comes first, and the answer has 0.2 at most.',
        say: 'Head L0 · H0 had {3} of its weight on the word before; now it has {4}. The look-up, which builds on such heads, breaks, and the model says {2}.',
      },
      'l10.3': {
        ask: 'In a short story the sentence about {name} is put first, farther from the question. Does the answer stay?',
        options: {
          stays: { label: 'yes', reply: 'Yes: {1}, and {0} where it stands last.' },
          first: {
            label: 'no: what was said last wins',
            reply:
              'You think that near words count more. The look-up goes by the name in the question: {1} from the front.',
          },
        },
        act: 'Look where the head looks now.',
        show: ['p, sentence last', 'p, sentence first'],
        claim: 'Wherever the sentence stands, “{place}” has at least 0.7.',
        say: 'From the front {1}, from the back {0}. The heads of layer 0 count a few words back; the one that finds the place goes by the name, near or far.',
      },
      'l10.4': {
        act: 'Tell a story of your own, and move it 300 places on.',
        show: ['the answer', 'p before', 'p now'],
        claim: 'The same answer comes first, and its chance changes by 0.02 at most.',
        say: 'It says {0}, with {2} where it was {1}. Being moved is one thing, being longer another: lesson 11 makes texts longer than any that were trained on.',
      },
    },
  },
  zh: {
    title: titles.l10.zh,
    idea: '旋转位置编码（RoPE）只说两个词元隔多远，别的什么也不说。',
    takeaway: 'RoPE 只记得距离，不记得页码。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l10.1': {
        ask: 'RoPE 把每个词元的查询和键按位置转一个角度。现在让它们都按“全文晚 64 个位置开始”来转：看“{place}”的那一眼和答案会怎样？',
        options: {
          same: { label: '都不变', reply: '对：权重最大的变化是 {2}。' },
          worse: {
            label: '那一眼变弱',
            reply: '选它，等于认为位置靠后就会变弱。两边是一起挪的，权重最大的变化是 {2}。',
          },
          lost: {
            label: '答案没了',
            reply: '选它，等于认为模型按编号认位置。它比的是两个位置，距离没有变：概率是 {1}。',
          },
        },
        act: '把所有词元往后挪 64 个位置。',
        show: ['原来答案的概率', '现在答案的概率', '权重最大的变化'],
        claim: '这个头的权重变化都不超过 0.001，排第一的还是原来的答案。',
        say: '概率原来是 {0}，现在是 {1}；权重最大的变化是 {2}，那是舍入。查询和键都多转了同样的角度，彼此的差没有变。',
      },
      'l10.2': {
        ask: '这回一个词元也不转，哪个头都看不出两个词隔多远。答案会怎样？',
        options: {
          same: {
            label: '答案不变：词都还在',
            reply: '选它，等于认为有词就有故事。不知道远近，就查不清哪个地方是谁的：概率只有 {1}。',
          },
          lost: { label: '答案没了', reply: '对：原来 {0}，现在只剩 {1}。' },
        },
        act: '取消旋转。',
        show: ['原来答案的概率', '现在答案的概率', '现在最可能的词', '头 L0 · H0 看前一个词', '同一个头现在'],
        claim: '排第一的换成了别的词，答案的概率不超过 0.2。',
        say: '头 L0 · H0 原来有 {3} 的权重落在前一个词上，现在是 {4}。查找要靠这样的头，于是断了，模型改说{2}。',
      },
      'l10.3': {
        ask: '一个短故事里，把写{name}的那句放到最前面，离问题更远。答案还在吗？',
        options: {
          stays: { label: '还在', reply: '对：放前面是 {1}，放后面是 {0}。' },
          first: {
            label: '不在了：后说的占上风',
            reply: '选它，等于认为越近越算数。那一眼是冲着问题里的名字去的：放在前面也有 {1}。',
          },
        },
        act: '看这个头现在看哪里。',
        show: ['那句在后时的概率', '那句在前时的概率'],
        claim: '那句放在前面还是后面，“{place}”都不低于 0.7。',
        say: '放前面 {1}，放后面 {0}。第 0 层的头往回数几个词，讲究远近；找地方的那个头认的是名字，远近都行。',
      },
      'l10.4': {
        act: '写一个你自己的故事，再往后挪 300 个位置。',
        show: ['答案', '原来的概率', '现在的概率'],
        claim: '排第一的还是原来的答案，概率变化不超过 0.02。',
        say: '它说{0}，概率由 {1} 变成 {2}。挪远是一回事，变长是另一回事：第 11 课会让文字长过训练时的任何一篇。',
      },
    },
  },
}
