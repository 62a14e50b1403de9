// Words of lesson 19, sampling.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l19.en,
    idea: 'Sampling throws dice over one and the same ranking.',
    takeaway: 'Temperature adds risk, not knowledge.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l19.1': {
        ask: '“{place}” is as good as certain here. Raise the temperature to 2, then to 3: what becomes of its chance?',
        options: {
          same: {
            label: 'it stays: the model knows it',
            reply: 'You think certainty cannot be diluted. Temperature divides all logits: {0}, then {1}, then {2}.',
          },
          falls: { label: 'it falls', reply: 'Yes: {0}, then {1}, then {2}.' },
          rises: {
            label: 'it rises: the model warms up',
            reply: 'You think heat means eagerness. It makes the dice more even: {0}, then {1}, then {2}.',
          },
        },
        act: 'Set “Temperature” to 2 and then to 3, and watch the longest bar.',
        show: ['chance at temperature 1', 'at 2', 'at 3'],
        claim: 'At temperature 2 the chance of “{place}” is at most 0.9 of what it was, and at 3 at most 0.6 of that.',
        say: 'From {0} to {1} to {2}: what the first bar loses, the many small ones gain. The model computed nothing new for that.',
      },
      'l19.2': {
        ask: 'Temperature 3 makes the dice wild. Is another word the likeliest one now?',
        options: {
          same: { label: 'no, the order stays', reply: 'Yes: {0} with {1} is still ahead of {2} with {3}.' },
          other: {
            label: 'yes, another one leads',
            reply:
              'You think heat shuffles the words. All logits are divided by the same number, so the order stays: {1} against {3}.',
          },
          chance: {
            label: 'that depends on the dice',
            reply: 'Which word is drawn depends on the dice. Which is likeliest does not: {1} against {3}.',
          },
        },
        act: 'Leave the temperature at 3 and read the ranking from the top.',
        show: ['likeliest', 'its chance at 3', 'second', 'its chance at 3'],
        claim:
          'At temperature 3 the answer still has at least one and a half times the chance of the second best word.',
        say: '{0} has {1} and {2} has {3}. Dividing by a temperature keeps the order and changes only the distances.',
      },
      'l19.3': {
        ask: 'Top-p 0.9 keeps the fewest of the likeliest words that reach 0.9 together. Here one is enough. How many are kept where a story begins: “{name1} was in the”?',
        options: {
          same: {
            label: 'one, as here',
            reply: 'You think top-p is a number of words. It is a share, and here it takes {1} words to fill it.',
          },
          few: { label: 'several', reply: 'Yes: {1} words, and after the story {0}.' },
          all: {
            label: 'nearly all of the vocabulary',
            reply: 'You think an open question is open to everything. Of {2} tokens, {1} share 0.9 among them.',
          },
        },
        act: 'Set “Top-p” to 0.9 and see how many tokens are left.',
        show: ['kept after the story', 'kept where a story begins', 'tokens there are'],
        claim: 'Here one word is kept, and at the beginning of a story at least 8.',
        say: 'The same setting keeps {0} word in one place and {1} in the other. Top-p follows the doubt; a fixed number of words (top-k) does not.',
      },
      'l19.4': {
        ask: '“{place}” stood in the story already. Does a repetition penalty of 1.3 keep the model from saying it again?',
        options: {
          ruins: {
            label: 'yes, it must find another word',
            reply: 'You think the penalty forbids. It lowers a logit, and this lead was larger: {1} is left.',
          },
          stays: { label: 'no, it still says it', reply: 'Yes: {1} with the penalty, {0} without.' },
        },
        act: 'Set “Repetition penalty” to 1.3, then to 2.',
        show: ['chance without penalty', 'with 1.3', 'with 2'],
        claim: 'With the penalty of 1.3 “{place}” has at least 0.5.',
        say: 'At 1.3 the right word keeps {1}, at 2 it has {2}. A penalty does not know which repetition is a fault and which is the answer.',
      },
      'l19.5': {
        ask: 'At temperature 2 “{place}” has a certain chance. Throw the dice 400 times: how often does it come?',
        options: {
          exact: {
            label: 'exactly at that share',
            reply: 'You think a chance is a promise for the count. The dice gave {1}, and with another seed {2}.',
          },
          near: { label: 'near that share', reply: 'Yes: {1}, and with another seed {2}.' },
          any: {
            label: 'nobody can say',
            reply:
              'About one throw nobody can say. Four hundred together are not free to do what they like: {1} and {2}.',
          },
        },
        act: 'Set “Temperature” to 2 and look at “100 throws”; press “100 more” a few times.',
        show: ['its chance', 'share of 400 draws', 'share with another seed'],
        claim: 'The share of the throws is within 0.1 of the chance.',
        say: 'The chance is {0}, the draws gave {1} and {2}. Chance fixes the share of many draws and says little about the next one.',
      },
      'l19.6': {
        ask: 'A story is written twice at temperature 1, with the same seed. Is the second one a different story?',
        options: {
          other: {
            label: 'another one: it is random',
            reply: 'You think these are real dice. Their numbers are computed from the seed: {1}',
          },
          same: { label: 'the same, word for word', reply: 'Yes: {1}' },
        },
        act: 'Let the model write the story on.',
        show: ['seed 7', 'seed 7 again', 'seed 8'],
        claim: 'The same seed writes the same story, and another seed another one.',
        say: 'Seed 8 wrote {2}; seed 7 wrote the same story twice. Whoever wants to check a result needs the seed, too.',
      },
      'l19.7': {
        act: 'Your own story: find the temperature at which you would no longer trust the answer.',
        show: ['the likeliest word', 'its chance at 1', 'its chance at 3'],
        claim: 'At temperature 3 the chance of the answer is at most 0.9 of what it was.',
        say: '{0} had {1}, and at temperature 3 it has {2}. The model did not change its mind; you changed the dice.',
      },
    },
  },
  zh: {
    title: titles.l19.zh,
    idea: '排名始终是那一个，采样只是在上面掷骰子。',
    takeaway: '温度不添知识，只添冒险。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l19.1': {
        ask: '这里“{place}”几乎是板上钉钉。把温度调到 2，再调到 3，它的概率会怎样？',
        options: {
          same: {
            label: '不变：模型知道答案',
            reply: '选它，等于认为把握不会被冲淡。温度把所有 logit 一起除小：{0}，然后 {1}，然后 {2}。',
          },
          falls: { label: '变小', reply: '对：{0}，然后 {1}，然后 {2}。' },
          rises: {
            label: '变大：温度高，劲头足',
            reply: '选它，是把温度当成了热情。温度高只是让骰子更平均：{0}，然后 {1}，然后 {2}。',
          },
        },
        act: '把“温度”调到 2，再调到 3，盯住最长的那根条。',
        show: ['温度 1 时的概率', '温度 2', '温度 3'],
        claim: '温度 2 时，“{place}”的概率不超过原来的九成；温度 3 时，又不超过那时的六成。',
        say: '从 {0} 到 {1} 再到 {2}：最长的条让出来的，分给了许多小条。模型并没有为此多算任何东西。',
      },
      'l19.2': {
        ask: '温度 3，骰子已经很野了。排第一的会换成别的词吗？',
        options: {
          same: { label: '不会，名次不变', reply: '对：{0}有 {1}，仍然领先{2}的 {3}。' },
          other: {
            label: '会，另一个词领先',
            reply: '选它，等于认为温度会打乱名次。所有 logit 除以同一个数，先后不会变：{1} 对 {3}。',
          },
          chance: { label: '要看骰子怎么掷', reply: '抽到谁要看骰子，谁最可能却不看骰子：{1} 对 {3}。' },
        },
        act: '温度留在 3，从上往下读名次。',
        show: ['第一名', '温度 3 时的概率', '第二名', '温度 3 时的概率'],
        claim: '温度 3 时，答案的概率仍至少是第二名的一倍半。',
        say: '{0}有 {1}，{2}有 {3}。除以温度只改变差距，不改变先后。',
      },
      'l19.3': {
        ask: 'top-p 取 0.9，就是从高到低留下加起来够 0.9 的最少几个词。这里一个就够了。换到故事开头“{name1}在”，会留下几个？',
        options: {
          same: { label: '也是一个', reply: '选它，等于把 top-p 当成了个数。它是份额，这里要 {1} 个词才凑得满。' },
          few: { label: '好几个', reply: '对：{1} 个，而有故事时只要 {0} 个。' },
          all: { label: '几乎整张词表', reply: '选它，等于认为没有限定就什么都行。{2} 个词元里，{1} 个就占了那 0.9。' },
        },
        act: '把“Top-p”调到 0.9，看还剩几个词元。',
        show: ['有故事时留下', '故事开头留下', '词表里共有'],
        claim: '这里只留下一个词，故事开头至少留下 8 个。',
        say: '同一个设置，一处留 {0} 个，另一处留 {1} 个。犹豫多，top-p 就留得多；top-k 个数固定，不会跟着变。',
      },
      'l19.4': {
        ask: '“{place}”在故事里已经出现过。重复惩罚设成 1.3，模型还会说它吗？',
        options: {
          ruins: {
            label: '不会，只好换个词',
            reply: '选它，等于把惩罚当成禁令。它只是把 logit 压低一些，而这里领先得更多：还有 {1}。',
          },
          stays: { label: '照样会说', reply: '对：有惩罚是 {1}，没有是 {0}。' },
        },
        act: '把“重复惩罚”调到 1.3，再调到 2。',
        show: ['没有惩罚时的概率', '惩罚 1.3', '惩罚 2'],
        claim: '重复惩罚 1.3 时，“{place}”的概率不低于 0.5。',
        say: '惩罚 1.3 时，该说的词还有 {1}；到 2 时是 {2}。惩罚分不清哪次重复是毛病，哪次重复正是答案。',
      },
      'l19.5': {
        ask: '温度 2 时，“{place}”有一定的概率。掷 400 次骰子，它会出现多少次？',
        options: {
          exact: { label: '正好是这个比例', reply: '选它，等于把概率当成对次数的保证。这次掷出 {1}，换个种子是 {2}。' },
          near: { label: '接近这个比例', reply: '对：{1}，换个种子是 {2}。' },
          any: { label: '谁也说不准', reply: '掷一次确实说不准。四百次合在一起就由不得它们了：{1} 和 {2}。' },
        },
        act: '把“温度”调到 2，看“掷 100 次”，再按几下“再掷 100 次”。',
        show: ['它的概率', '400 次里的比例', '换个种子的比例'],
        claim: '掷出的比例与概率相差不超过 0.1。',
        say: '概率是 {0}，实际掷出 {1} 和 {2}。概率管得住许多次的比例，管不住下一次。',
      },
      'l19.6': {
        ask: '温度 1，同一个种子，让它把故事写两遍。第二遍会不一样吗？',
        options: {
          other: { label: '不一样：这是随机的', reply: '选它，等于认为骰子是老天掷的。它是由种子算出来的：{1}' },
          same: { label: '一字不差', reply: '对：{1}' },
        },
        act: '让模型把故事写下去。',
        show: ['种子 7', '再用种子 7', '种子 8'],
        claim: '同一个种子写出同一个故事，换一个种子就不同。',
        say: '种子相同，故事就相同；换成种子 8，写的就是另一个（{2}）。想核对一个结果，就得连种子一起留下。',
      },
      'l19.7': {
        act: '你自己的故事：找找看，温度到多少你就不敢信它了。',
        show: ['最可能的词', '温度 1 时的概率', '温度 3 时的概率'],
        claim: '温度 3 时，答案的概率不超过原来的九成。',
        say: '{0}原来有 {1}，温度 3 时有 {2}。模型没有改主意，是你换了骰子。',
      },
    },
  },
}
