// Words of lesson 15, fill the gap.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l15.en,
    idea: 'A BERT fills gaps (masked language modelling), and may use both sides of each.',
    takeaway: 'A gap-filler may look both ways.',
    own: { left: 'What stands before the gap', right: 'What stands after it' },
    steps: {
      'l15.1': {
        ask: '“The [MASK] works in the {work}.” The only hint stands to the right of the gap. Does this model find the word?',
        options: {
          lost: {
            label: 'no: it has not read that far yet',
            reply: 'You think it reads like a writer, from left to right. It sees the whole sentence: {0}.',
          },
          found: { label: 'yes', reply: 'Yes: “{job}” with {0}.' },
        },
        act: 'Look at the bars of the gap, then see what another workplace does to them.',
        show: ['p of “{job}”', 'p of it with “{otherWork}”', 'then the likeliest is'],
        claim: 'With its own workplace after the gap “{job}” has at least 0.6, with the other one 0.2 at most.',
        say: 'With “{work}” at the end, “{job}” has {0}; with “{otherWork}” it has {1} and {2} comes first. A word after the gap turned it.',
      },
      'l15.2': {
        ask: 'Now hide the workplace, too: “The [MASK] works in the [MASK].” What becomes of “{job}”?',
        options: {
          same: {
            label: 'it stays: the sentence is the same',
            reply: 'You think it knows the sentence. It knew the hint: {1} without it, {0} with it.',
          },
          less: { label: 'one guess among several', reply: 'Yes: {1}, and {3} bits of doubt.' },
          none: {
            label: 'it cannot say anything',
            reply: 'You think that without evidence there is no answer. It spreads its chances: {1} for “{job}”.',
          },
        },
        act: 'Look at the bars of the first gap.',
        show: ['p with the hint', 'p without', 'doubt with the hint, bits', 'doubt without'],
        claim: 'With the work hidden “{job}” has at most 0.7 of what it had, and the doubt is at least 1 bit.',
        say: 'From {0} to {1}, and the doubt from {2} to {3} bits. Without the hint it falls back on what is common in such sentences.',
      },
      'l15.3': {
        ask: '“Lily put the [MASK] into the {box}.” Many things would do. What does an honest gap-filler say?',
        options: {
          one: {
            label: 'one thing, for sure',
            reply: 'You think that a model always makes up its mind. Its best word has {1} only.',
          },
          even: { label: 'many things, each a little', reply: 'Yes: the best has {1}, the doubt is {2} bits.' },
          unknown: {
            label: 'a word for “unknown”',
            reply:
              'You think it can refuse. It has only words and their chances: {2} bits of doubt are its way to say so.',
          },
        },
        act: 'See how long the longest bar is.',
        show: ['likeliest', 'its p', 'doubt in bits'],
        claim: 'The doubt is at least 2 bits, and no word has more than 0.4.',
        say: '{0} leads with {1}, at {2} bits of doubt. Nothing in the sentence says which thing it was, and the chances show it.',
      },
      'l15.4': {
        ask: '“[MASK] put on her {clothes}.” Change “her” into “his”, to the right of the gap. What happens to the names?',
        options: {
          same: {
            label: 'the same names: the gap comes first',
            reply: 'You think a later word comes too late. Here {0} falls from {1} to {2}.',
          },
          turns: { label: 'other names come to the top', reply: 'Yes: {0} before, {3} now.' },
        },
        act: 'Look at the names in the bars with “her”, then with “his”.',
        show: ['likeliest with “her”', 'its p', 'its p with “his”', 'likeliest with “his”'],
        claim: 'With “his”, the best name for “her” keeps at most a fifth of its chance, and the other way round.',
        say: '{0} has {1} with “her” and {2} with “his”; then {3} leads. One word to the right turned the gap, because in its training sentences names and pronouns go together.',
      },
      'l15.5': {
        ask: 'Two gaps: “[MASK] put on [MASK] {clothes}.” Both are filled at once. Does the second one know what the first one says?',
        options: {
          agree: {
            label: 'yes, they agree',
            reply:
              'You think it fills one and then the next. Each is filled as if the other were still empty: {1} and {2}.',
          },
          each: {
            label: 'no: each is filled for itself',
            reply: 'Yes: “her” {1} and “his” {2}, whatever name comes first.',
          },
        },
        act: 'Look at the bars of the second gap.',
        show: ['likeliest in the first gap', '“her” in the second', '“his” in the second'],
        claim: 'For the second gap “her” and “his” each keep at least 0.1.',
        say: 'The first gap says {0}, and yet the second leaves “her” {1} and “his” {2}. A model that writes word by word would have read its own first word; this one cannot.',
      },
      'l15.6': {
        act: 'Your own sentence: “{left} [MASK] {right}” It knows few words, so take simple ones.',
        show: ['likeliest', 'its p', 'doubt in bits'],
        claim: 'The likeliest word has at least 0.5.',
        say: 'It says {0} with {1}, at {2} bits of doubt. Put a hint to the right of the gap, and take it away again.',
      },
    },
  },
  zh: {
    title: titles.l15.zh,
    idea: 'BERT 做的是完形填空：空的两边都可以看。',
    takeaway: '填空的人可以看两边。',
    own: { left: '空前面的话', right: '空后面的话' },
    steps: {
      'l15.1': {
        ask: '“[MASK][MASK]在{work}里工作。”唯一的线索在空的右边。这个模型填得出第一个字吗？',
        options: {
          lost: { label: '填不出：还没读到那里', reply: '选它，是把它想成了从左写到右的人。整句话它都看得见：{0}。' },
          found: { label: '填得出', reply: '对：“{job}”，概率 {0}。' },
        },
        act: '看第一个空的条形图，再看换个地方会怎样。',
        show: ['“{job}”的概率', '换成“{otherWork}”时它的概率', '这时最可能的'],
        claim: '后面是“{work}”时，“{job}”不低于 0.6；换成“{otherWork}”，不超过 0.2。',
        say: '后面是“{work}”，“{job}”有 {0}；换成“{otherWork}”，它只有 {1}，排第一的是{2}。空后面的词，改变了空里的字。',
      },
      'l15.2': {
        ask: '把工作的地方也遮住：“[MASK][MASK]在[MASK][MASK]里工作。”“{job}”会怎样？',
        options: {
          same: { label: '不变：还是那句话', reply: '选它，等于认为它记得这句话。它靠的是线索：没有 {1}，有 {0}。' },
          less: { label: '成了几个猜测之一', reply: '对：{1}，犹豫 {3} 比特。' },
          none: { label: '什么也说不出', reply: '选它，等于认为没有证据就没有回答。它会把概率分开：“{job}”有 {1}。' },
        },
        act: '看第一个空的条形图。',
        show: ['有线索时的概率', '没有线索时', '有线索时的犹豫，比特', '没有线索时的犹豫'],
        claim: '遮住后面，“{job}”不超过原来的七成，犹豫不少于 1 比特。',
        say: '从 {0} 变成 {1}，犹豫从 {2} 变成 {3} 比特。没有了线索，它只能说这类句子里常见的字。',
      },
      'l15.3': {
        ask: '“小红把[MASK]放进{box}子里。”放什么都说得通。老老实实填空，会填什么？',
        options: {
          one: { label: '认准一样东西', reply: '选它，等于认为模型总会拿定主意。最好的也只有 {1}。' },
          even: { label: '许多样，各给一点', reply: '对：最好的只有 {1}，犹豫 {2} 比特。' },
          unknown: {
            label: '填一个“未知”',
            reply: '选它，等于认为它可以拒答。它只有词和概率：{2} 比特的犹豫，就是它的说法。',
          },
        },
        act: '看最长的那根条有多长。',
        show: ['最可能的', '它的概率', '犹豫，比特'],
        claim: '犹豫不少于 2 比特，最可能的词也不超过 0.4。',
        say: '{0}以 {1} 领先，犹豫 {2} 比特。句子里没有说是哪样东西，概率的分布把这一点写明了。',
      },
      'l15.4': {
        ask: '“小[MASK]穿上了她的{clothes}子。”把后面的“她”换成“他”。名字会怎样？',
        options: {
          same: { label: '还是那些名字：空在前面', reply: '选它，等于认为后面的字来得太迟。{0}从 {1} 落到 {2}。' },
          turns: { label: '换一批名字领先', reply: '对：原来是{0}，现在是{3}。' },
        },
        act: '先看“她”时条形图里的名字，再看“他”时的。',
        show: ['“她”时最可能的', '它的概率', '换成“他”时它的概率', '“他”时最可能的'],
        claim: '“她”前面最可能的字，换成“他”以后概率不到五分之一；反过来也一样。',
        say: '{0}在“她”时有 {1}，在“他”时只有 {2}，领先的换成{3}。右边一个字就改变了空里的字，因为在训练的句子里，名字和代词是配着出现的。',
      },
      'l15.5': {
        ask: '两个空：“小[MASK]穿上了[MASK]的{clothes}子。”它们是同时填的。第二个知道第一个填了什么吗？',
        options: {
          agree: {
            label: '知道，两个会一致',
            reply: '选它，等于认为它填完一个再填下一个。每个都当另一个还空着：{1} 和 {2}。',
          },
          each: { label: '不知道，各填各的', reply: '对：不管前面填谁，“她”有 {1}，“他”有 {2}。' },
        },
        act: '看第二个空的条形图。',
        show: ['第一个空最可能的', '第二个空里的“她”', '第二个空里的“他”'],
        claim: '第二个空里，“她”和“他”都至少有 0.1。',
        say: '第一个空填{0}，第二个却给“她”{1}、给“他”{2}。一个字一个字写的模型读得到自己刚写的，这一个读不到。',
      },
      'l15.6': {
        act: '你自己的一句话：“{left}[MASK]{right}”它认识的字不多，请写简单的。',
        show: ['最可能的', '它的概率', '犹豫，比特'],
        claim: '最可能的字，概率不低于 0.5。',
        say: '它填{0}，概率 {1}，犹豫 {2} 比特。在空的右边加一条线索，再拿掉，看看有什么不同。',
      },
    },
  },
}
