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
        ask: 'Three small models, alike but for their position code, were trained on texts of at most 64 tokens. Here is one of nearly 500. Which of them still predicts its end well?',
        options: {
          learned: {
            label: 'learned positions: a row of numbers for each place',
            reply:
              'You think what was learned holds everywhere. Beyond 64 no row was ever trained: the surprise goes from {4} to {5}.',
          },
          rope: {
            label: 'RoPE: it knows distances only',
            reply: 'You think distances are safe. Distances above 64 were never seen, either: from {2} to {3}.',
          },
          alibi: { label: 'ALiBi: the farther away, the less weight', reply: 'Yes: {0} early and {1} late.' },
        },
        act: 'On screen ALiBi reads the text. Look at the surprise of tokens near its beginning, then near its end; the other two models read it as well.',
        show: [
          'surprise, nats: ALiBi, tokens 24–63',
          'ALiBi, 256–480',
          'RoPE, 24–63',
          'RoPE, 256–480',
          'learned, 24–63',
          'learned, 256–480',
        ],
        claim:
          'At 256–480 the surprise of ALiBi is at most half of the others’, and theirs is at least twice what it was at 24–63.',
        say: 'Mean surprise (the loss, in nats): ALiBi {0} and {1}, RoPE {2} and {3}, learned positions {4} and {5}. The texts are of the same kind all along; only the length is new.',
      },
      'l11.2': {
        ask: 'Where does the model with learned positions begin to fail?',
        options: {
          just: { label: 'right after token 64', reply: 'Yes: {1} there, and {0} just before.' },
          double: {
            label: 'at about twice the length',
            reply:
              'You think there is room to spare. There is none: the very first new rows are as good as noise, {1}.',
          },
          end: {
            label: 'slowly, towards the end',
            reply: 'You think of getting tired. It is a cliff: {1} right after 64, {2} at the end.',
          },
        },
        act: 'Find the sixty-fourth token. On screen it is ALiBi that reads, and nothing happens there; then ask for the numbers of the other model.',
        show: ['surprise at 24–63, nats', 'at 66–96', 'at 256–480'],
        claim: 'At tokens 66–96 the surprise is at least twice that at 24–63.',
        say: 'From {0} to {1} within some thirty tokens. The row of a position that training never reached has learned nothing.',
      },
      'l11.3': {
        ask: 'RoPE turns pairs of numbers, each pair at its own speed. Now its slow pairs turn four times more slowly (YaRN), so that 256 tokens turn them as far as 64 did. Nothing is trained. What becomes of the surprise at the end of the long text?',
        options: {
          same: {
            label: 'nothing: the weights are the same',
            reply:
              'You think that only weights count. What they were trained to expect are angles, and these are changed: {0} becomes {1}.',
          },
          part: { label: 'less, but not as little as ALiBi’s', reply: 'Yes: {0} becomes {1}, and ALiBi has {2}.' },
          all: {
            label: 'as little as ALiBi’s',
            reply:
              'You think length can be had for nothing. The slow pairs are back among angles they know, but between neighbours they now turn less than they ever did: {1}, against {2}.',
          },
        },
        act: 'On screen it is still ALiBi that reads. Ask for the numbers of RoPE, plain and with YaRN.',
        show: ['RoPE, 256–480', 'RoPE with YaRN, 256–480', 'ALiBi, 256–480', 'RoPE, 24–63', 'RoPE with YaRN, 24–63'],
        claim:
          'With YaRN the surprise at 256–480 is at most 0.75 of what it was, and at least 1.3 times that of ALiBi.',
        say: 'At 256–480 {0} becomes {1}. At 24–63, where nothing was wrong, {3} becomes {4}. Models that are to read long texts are usually trained on for a while after such a change.',
      },
      'l11.4': {
        ask: 'Now a short text: two people, and the question where the first one was. Which of the three models knows?',
        options: {
          alibi: {
            label: 'ALiBi, which stayed so calm',
            reply:
              'You take a low surprise for a good memory. Most words need no looking up; this one does: {1}, against {2} and {3}.',
          },
          others: { label: 'the other two', reply: 'Yes: RoPE {2}, learned positions {3}, ALiBi {1}.' },
          all: {
            label: 'all of them: it is short enough',
            reply: 'You think a short text is easy for all of them. RoPE {2}, learned positions {3}, but ALiBi {1}.',
          },
        },
        act: 'Look at the bars at the end of the text: they are ALiBi’s.',
        show: ['tokens of the text', 'ALiBi: share right', 'RoPE', 'learned'],
        claim: 'RoPE is right in at least 0.8, learned positions in at least 0.75, ALiBi in at most 0.7.',
        say: 'Of 20 such texts, ALiBi has a share of {1} right, RoPE {2}, learned positions {3}. Of these three small models, the one that read on undisturbed is the one that had learned least to look things up.',
      },
      'l11.5': {
        ask: 'And with fourteen people, where training had four at most: who still knows the first one?',
        options: {
          alibi: {
            label: 'ALiBi: it is made for length',
            reply:
              'You think that whoever stays calm far out also reaches far back. Its penalty grows with the distance: {1}.',
          },
          others: {
            label: 'the other two: they could do it before',
            reply: 'You think a skill that was learned with few goes along to many. RoPE {2}, learned positions {3}.',
          },
          none: { label: 'none of them', reply: 'Right: {1}, {2} and {3}.' },
        },
        act: 'Look at the bars once more.',
        show: ['tokens of the text', 'ALiBi: share right', 'RoPE', 'learned'],
        claim: 'None of the three is right in more than 0.35.',
        say: '{1}, {2}, {3}; guessing among fourteen places would get 0.07. A flat loss and a solved task are two measurements: do not take the first for the second.',
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
        ask: '三个小模型，只有位置编码不同，训练时读的文字最长 64 个词元。现在来一段将近 500 个词元的。谁读到结尾还猜得准？',
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
        act: '屏幕上是 ALiBi 在读。先看开头那些词元的意外程度，再看结尾；另外两个模型也读了这段文字。',
        show: [
          '意外，奈特：ALiBi，24–63',
          'ALiBi，256–480',
          'RoPE，24–63',
          'RoPE，256–480',
          '学出来的，24–63',
          '学出来的，256–480',
        ],
        claim: '在 256–480，ALiBi 的意外不超过另外两个的一半，而它们至少是自己在 24–63 时的两倍。',
        say: '平均意外（就是损失，单位奈特）：ALiBi {0} 和 {1}，RoPE {2} 和 {3}，学出来的位置 {4} 和 {5}。文字从头到尾是同一种，新的只是长度。',
      },
      'l11.2': {
        ask: '位置靠学的那个模型，从哪里开始不行？',
        options: {
          just: { label: '一过第 64 个词元', reply: '对：那里是 {1}，再往前一点还是 {0}。' },
          double: {
            label: '大约两倍长度',
            reply: '选它，等于认为还有余地。一点也没有：最先碰到的新行就和噪声差不多，{1}。',
          },
          end: {
            label: '慢慢变差，到结尾才明显',
            reply: '选它，是想到了疲劳。其实是悬崖：刚过 64 就是 {1}，结尾 {2}。',
          },
        },
        act: '找到第六十四个词元。屏幕上读的是 ALiBi，那里什么也没发生；再看另一个模型的数字。',
        show: ['24–63 的意外，奈特', '66–96', '256–480'],
        claim: '在 66–96，意外至少是 24–63 的两倍。',
        say: '三十来个词元之内，从 {0} 变成 {1}。训练从没用到过的那些位置，那一行数什么也没学到。',
      },
      'l11.3': {
        ask: 'RoPE 把数两个两个地旋转，每一对有自己的速度。现在让转得慢的那些对再放慢四倍（YaRN），这样 256 个词元转过的角度只相当于原来的 64 个。不做任何训练，长文结尾的意外会怎样？',
        options: {
          same: {
            label: '不变：权重没动',
            reply: '选它，等于认为只有权重算数。权重学会的是看角度，而角度变了：从 {0} 变成 {1}。',
          },
          part: { label: '变小，但不如 ALiBi 那么小', reply: '对：从 {0} 到 {1}，ALiBi 是 {2}。' },
          all: {
            label: '变得和 ALiBi 一样小',
            reply: '选它，等于认为长度可以白拿。慢的角度又熟悉了，相邻词元之间的角度却变小了：{1}，ALiBi 是 {2}。',
          },
        },
        act: '屏幕上读的还是 ALiBi。请页面算一算 RoPE 原样和加上 YaRN 的数字。',
        show: ['RoPE，256–480', 'RoPE 加 YaRN，256–480', 'ALiBi，256–480', 'RoPE，24–63', 'RoPE 加 YaRN，24–63'],
        claim: '加上 YaRN，256–480 的意外不超过原来的 0.75，又至少是 ALiBi 的 1.3 倍。',
        say: '在 256–480，从 {0} 到 {1}。在 24–63，那里本来没有问题，从 {3} 到 {4}。所以要读长文的模型，这样改过之后通常还要再训练一阵。',
      },
      'l11.4': {
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
        act: '看文字末尾的条形图，那是 ALiBi 的。',
        show: ['这段文字的词元', 'ALiBi：答对', 'RoPE', '学出来的位置'],
        claim: 'RoPE 至少答对 0.8，学出来的位置至少 0.75，ALiBi 不超过 0.7。',
        say: '20 段里，答对的比例：ALiBi {1}，RoPE {2}，学出来的位置 {3}。这三个小模型里，读多长都不慌的那个，恰恰最没学会查找。',
      },
      'l11.5': {
        ask: '再换成十四个人，而训练时最多四个。谁还知道第一个在哪里？',
        options: {
          alibi: {
            label: 'ALiBi：它就是为长文设计的',
            reply: '选它，等于认为读得稳就够得着远处。其实距离越远，扣分越多：{1}。',
          },
          others: {
            label: '另外两个：刚才都会',
            reply: '选它，等于认为人少时学会的，人多也照样会。RoPE {2}，学出来的位置 {3}。',
          },
          none: { label: '谁也不知道', reply: '对：{1}、{2}、{3}。' },
        },
        act: '再看一次条形图。',
        show: ['这段文字的词元', 'ALiBi：答对', 'RoPE', '学出来的位置'],
        claim: '三个模型答对的都不超过 0.35。',
        say: '{1}、{2}、{3}；在十四处里瞎猜是 0.07。损失稳不稳，任务会不会，是两回事，别拿前一个代替后一个。',
      },
    },
  },
}
