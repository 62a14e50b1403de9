// Words of lesson 11, longer than trained.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l11.en,
    idea: 'What is lost beyond the trained length depends on the position code.',
    takeaway: 'Fluent is not remembering: test the task, not the loss.',
    own: {},
    steps: {
      'l11.1': {
        ask: 'Three small models, alike but for their position code, were trained on texts of 64 tokens. Here is one of 500. Which of them still foresees its end?',
        options: {
          learned: {
            label: 'learned positions: a row of numbers for each',
            reply:
              'You think what was learned holds everywhere. Behind 64 no row was ever trained: the surprise goes from {4} to {5}.',
          },
          rope: {
            label: 'RoPE: it knows distances only',
            reply: 'You think distances are safe. Distances above 64 were never seen, either: from {2} to {3}.',
          },
          alibi: { label: 'ALiBi: the farther, the less', reply: 'Yes: {0} early and {1} late.' },
        },
        act: 'Look how well the text is foreseen near its beginning, then near its end; the other two models read it as well.',
        show: [
          'ALiBi, tokens 24–63',
          'ALiBi, 256–480',
          'RoPE, 24–63',
          'RoPE, 256–480',
          'learned, 24–63',
          'learned, 256–480',
        ],
        claim:
          'At 256–480 the surprise of ALiBi is at most half of the others’, and theirs is at least twice what it was at 24–63.',
        say: 'Mean surprise in nats: ALiBi {0} and {1}, RoPE {2} and {3}, learned positions {4} and {5}. The texts are of the same kind all along; only the length is new.',
      },
      'l11.2': {
        ask: 'Where does the model with learned positions begin to fail?',
        options: {
          just: { label: 'right behind token 64', reply: 'Yes: {1} there, and {0} just before.' },
          double: {
            label: 'at about twice the length',
            reply: 'You think there is room to spare. There is none: the very first new rows are noise, {1}.',
          },
          end: {
            label: 'slowly, towards the end',
            reply: 'You think of getting tired. It is a cliff: {1} right behind 64, {2} at the end.',
          },
        },
        act: 'Look at the tokens right behind the sixty-fourth.',
        show: ['surprise at 24–63', 'at 66–96', 'at 256–480'],
        claim: 'At tokens 66–96 the surprise is at least twice that at 24–63.',
        say: 'From {0} to {1} within a few tokens. A row of positions that training never touched is whatever it was at the start.',
      },
      'l11.3': {
        ask: 'Now a short text, two people, and the question where the first one was. Which of the three models knows?',
        options: {
          alibi: {
            label: 'ALiBi, which stayed so calm',
            reply:
              'You take a low surprise for a good memory. Most words need no looking up; this one does: {1}, against {2} and {3}.',
          },
          others: { label: 'the other two', reply: 'Yes: RoPE {2}, learned positions {3}, ALiBi {1}.' },
          all: {
            label: 'all of them: it is short enough',
            reply: 'You think a short text is easy for everybody. RoPE {2}, learned positions {3}, but ALiBi {1}.',
          },
        },
        act: 'Look at the bars behind the question.',
        show: ['tokens of the text', 'ALiBi: share right', 'RoPE', 'learned'],
        claim: 'RoPE is right in at least 0.8, learned positions in at least 0.75, ALiBi in at most 0.7.',
        say: 'Of 20 such texts ALiBi is right in {1}, RoPE in {2}, learned positions in {3}. The model that reads on undisturbed at any length is the one that had learned least to look things up.',
      },
      'l11.4': {
        ask: 'And with fourteen people, longer than anything trained: who still knows the first one?',
        options: {
          alibi: {
            label: 'ALiBi: it is made for length',
            reply: 'You think calm in length means reach in length. Its penalty grows with the distance: {1}.',
          },
          others: {
            label: 'the other two: they could do it before',
            reply: 'You think a skill goes along to any length. RoPE {2}, learned positions {3}.',
          },
          none: { label: 'none of them', reply: 'Right: {1}, {2} and {3}.' },
        },
        act: 'Look at the bars once more.',
        show: ['tokens of the text', 'ALiBi: share right', 'RoPE', 'learned'],
        claim: 'None of the three is right in more than 0.35.',
        say: '{1}, {2}, {3}: one of fourteen by chance would be 0.07. A flat loss and a task that is solved are two measurements; ask for the second one.',
      },
    },
  },
  zh: {
    title: titles.l11.zh,
    idea: '超出训练长度会丢什么，要看位置怎么编码。',
    takeaway: '流畅不等于记得：外推要看任务。',
    own: {},
    steps: {
      'l11.1': {
        ask: '三个小模型，只有位置编码不同，都只读过 64 个词元长的文字。现在来一段 500 个词元的。谁读到结尾还猜得准？',
        options: {
          learned: {
            label: '学出来的位置：每个位置一行数',
            reply: '选它，等于认为学过的到处管用。64 以后的行从没训练过：意外从 {4} 升到 {5}。',
          },
          rope: {
            label: 'RoPE：它只认距离',
            reply: '选它，等于认为距离就保险。超过 64 的距离它也没见过：从 {2} 到 {3}。',
          },
          alibi: { label: 'ALiBi：越远扣分越多', reply: '对：前面 {0}，后面 {1}。' },
        },
        act: '先看开头猜得准不准，再看结尾；另外两个模型也读了这段文字。',
        show: [
          'ALiBi，24–63',
          'ALiBi，256–480',
          'RoPE，24–63',
          'RoPE，256–480',
          '学出来的，24–63',
          '学出来的，256–480',
        ],
        claim: '在 256–480，ALiBi 的意外不超过另外两个的一半，而它们至少是自己在 24–63 时的两倍。',
        say: '平均意外（奈特）：ALiBi {0} 和 {1}，RoPE {2} 和 {3}，学出来的位置 {4} 和 {5}。文字从头到尾是同一种，新的只是长度。',
      },
      'l11.2': {
        ask: '位置靠学的那个模型，从哪里开始不行？',
        options: {
          just: { label: '一过第 64 个词元', reply: '对：那里是 {1}，再往前一点还是 {0}。' },
          double: { label: '大约两倍长度', reply: '选它，等于认为还有余地。一点也没有：最先碰到的新行就是噪声，{1}。' },
          end: { label: '慢慢变差，到结尾才明显', reply: '选它，是想到了疲劳。它是悬崖：刚过 64 就是 {1}，结尾 {2}。' },
        },
        act: '看第六十四个词元后面的几个。',
        show: ['24–63 的意外', '66–96', '256–480'],
        claim: '在 66–96，意外至少是 24–63 的两倍。',
        say: '几个词元之内从 {0} 变成 {1}。训练从没碰过的位置行，一直是刚开始时的样子。',
      },
      'l11.3': {
        ask: '换一段短的：两个人，问第一个在哪里。三个模型里谁答得出？',
        options: {
          alibi: {
            label: 'ALiBi，它一直很稳',
            reply: '选它，是把意外少当成了记性好。多数词用不着查，这个要查：{1}，另外两个是 {2} 和 {3}。',
          },
          others: { label: '另外两个', reply: '对：RoPE {2}，学出来的位置 {3}，ALiBi {1}。' },
          all: {
            label: '都答得出：这么短',
            reply: '选它，等于认为短就人人都会。RoPE {2}，学出来的位置 {3}，ALiBi 却只有 {1}。',
          },
        },
        act: '看问题后面的条形图。',
        show: ['这段文字的词元', 'ALiBi：答对', 'RoPE', '学出来的位置'],
        claim: 'RoPE 至少答对 0.8，学出来的位置至少 0.75，ALiBi 不超过 0.7。',
        say: '20 段里，ALiBi 答对 {1}，RoPE {2}，学出来的位置 {3}。多长都不慌的那个，恰恰最没学会查找。',
      },
      'l11.4': {
        ask: '再换成十四个人，比训练时见过的都长。谁还知道第一个在哪里？',
        options: {
          alibi: { label: 'ALiBi：它就是为长文设计的', reply: '选它，等于认为不慌就够得着。距离越远扣分越多：{1}。' },
          others: {
            label: '另外两个：刚才都会',
            reply: '选它，等于认为本事多长都带得走。RoPE {2}，学出来的位置 {3}。',
          },
          none: { label: '谁也不知道', reply: '对：{1}、{2}、{3}。' },
        },
        act: '再看一次条形图。',
        show: ['这段文字的词元', 'ALiBi：答对', 'RoPE', '学出来的位置'],
        claim: '三个模型答对的都不超过 0.35。',
        say: '{1}、{2}、{3}；在十四处里瞎猜是 0.07。损失平不平、任务会不会，是两次测量，别拿前一个代替后一个。',
      },
    },
  },
}
