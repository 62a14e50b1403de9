// Words of lesson 17, learning in context.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l17.en,
    idea: 'The context, all that stands in the prompt, steers what is said; the weights stay as they are.',
    takeaway: 'Examples change activations, not weights.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l17.1': {
        ask: 'One word of the story is exchanged: “{newPlace}” stands where “{place}” stood. What does the same model say about {name} now?',
        options: {
          old: {
            label: '“{place}”, as before',
            reply: 'You think it knew the answer by heart. It read it in the story: {2} is left for “{place}”.',
          },
          new: { label: '“{newPlace}”', reply: 'Yes: {3}, where it had {1} before.' },
          both: {
            label: 'either, half and half',
            reply: 'You think the old story still echoes. Nothing is kept from one text to the next: {2} against {3}.',
          },
        },
        act: 'Look at the bars of the changed story.',
        show: [
          '“{place}”, first story',
          '“{newPlace}”, first story',
          '“{place}”, changed story',
          '“{newPlace}”, changed story',
        ],
        claim: 'In the changed story “{newPlace}” has at least 0.5, in the other one 0.1 at most.',
        say: '“{newPlace}” goes from {1} to {3}. No weight was touched; one word of the context was.',
      },
      'l17.2': {
        ask: 'The model has read both stories now. Read the first one again: did it learn anything from the other?',
        options: {
          learned: {
            label: 'a little: it has seen more',
            reply:
              'You think that reading is training. It computes, and nothing is left when the text is gone: {1} apart.',
          },
          same: { label: 'nothing: the same numbers again', reply: 'Yes: {1} apart, which is rounding at most.' },
        },
        act: 'Look at the bars of the first story once more.',
        show: ['largest difference between the stories', 'first story, read twice'],
        claim:
          'The two stories move some logit by at least 1, and reading the first one again moves none by more than 0.001.',
        say: 'Between the two stories a logit moves by {0}; read again, the first one is {1} away from what it was. “In-context learning” is a name for what happens inside one text.',
      },
      'l17.3': {
        ask: 'Large models such as GPT-3 go on with lists of examples (few-shot): “{name} -> {thing}, {name1} -> {thing1}, …, {name} ->”. Does this small one?',
        options: {
          goes: {
            label: 'yes, it looks things up after all',
            reply:
              'You think looking up is one skill for all texts. It was trained in sentences of stories: “{thing}” has {0} here.',
          },
          not: { label: 'no', reply: 'Right: “{thing}” has {0}, the likeliest is {1}.' },
        },
        act: 'Look at the bars after the last arrow.',
        show: ['p of “{thing}”', 'likeliest', 'for comparison: the place asked for in a story'],
        claim: 'After the list “{thing}” has 0.2 at most.',
        say: 'In a story the right word has {2}, in a list {0}. What a model can do in context was trained, too, and this one never saw such a list.',
      },
      'l17.4': {
        ask: 'A larger model, SmolLM2 with 135 million weights, reads “empty ->”: alone, and after 1, 2 and 4 pairs like “hot -> cold”. What do the pairs do?',
        options: {
          rules: {
            label: 'nothing: examples are no training',
            reply:
              'You think that only training changes what comes out. No weight moved, and the answer went from {0} to {3}.',
          },
          rises: { label: 'each one raises the opposite', reply: 'Yes: {0}, {1}, {2}, and {3} with four.' },
          one: {
            label: 'one example is enough',
            reply:
              'You think that a rule is seen at once. One pair gives {1}, four give {3}: each one narrows down what kind of list it is.',
          },
        },
        act: 'Look at the bars after four pairs: this is a recording of a real run.',
        show: ['no pair', '1 pair', '2 pairs', '4 pairs', 'likeliest without a pair', 'likeliest after four'],
        claim: 'The likeliest word after four pairs is “full”, and it gains with every pair.',
        say: '{5} goes from {0} over {1} and {2} to {3}. This model read all kinds of lists in training; going on with one is a skill that it has, and the storyteller has not.',
      },
      'l17.5': {
        ask: 'Back to the storyteller. Eight words that make no sense together, then the first seven once more. Which word comes next? Everybody can see it: “{newPlace}”. Does the model?',
        options: {
          copies: {
            label: 'yes: it only has to copy',
            reply:
              'You think copying is the least a model can do. The heads for it (induction) form in training, or not: {0}.',
          },
          not: { label: 'no', reply: 'Right: {0} for “{newPlace}”. Its likeliest is {1}.' },
        },
        act: 'Look at the bars after the last word.',
        show: ['p of “{newPlace}”', 'likeliest'],
        claim: 'After the repeated words “{newPlace}” has 0.3 at most.',
        say: '“{newPlace}” has {0}, and {1} comes first. Models trained on all kinds of text mostly have heads that find the earlier copy; these stories gave little reason to form them.',
      },
      'l17.6': {
        ask: 'SmolLM2 once more: 24 words that make no sense together, then the same 24 again. How does the second time surprise it?',
        options: {
          same: {
            label: 'as much as the first: the words have no sense',
            reply:
              'You think that only sense can be foreseen. What stood there before can be, too: {0} nats, then {1}.',
          },
          copies: { label: 'far less', reply: 'Yes: {0} nats a token the first time, {1} the second.' },
        },
        act: 'Look at the last row of head L18 · H7: this is a recording of a real run.',
        show: [
          'mean surprise, first time, nats',
          'second time, nats',
          'L18 · H7, last word on the second “river”',
          'what it says next',
        ],
        claim:
          'The first time surprises at least twice as much as the second, and head L18 · H7 puts at least half of its weight where the first “king” was followed.',
        say: 'From {0} nats down to {1}, and next it says {3}. Head L18 · H7 puts {2} of its weight on what came after the first “king”: such heads (induction) formed in training on all kinds of text.',
      },
      'l17.7': {
        ask: 'SmolLM2 is asked for 17 + 25 + 38, once at once and once step by step, each with one example. Do the steps help?',
        options: {
          solves: {
            label: 'yes: with steps it gets it right',
            reply: 'You think that steps are what makes a sum right. Each of them has to be right as well: {1}.',
          },
          not: { label: 'no: wrong both times', reply: 'Right: {0} at once, and {1} in steps.' },
          none: {
            label: 'it writes no steps',
            reply: 'You think that the form is the hard part. The form it has from the one example: {1}.',
          },
        },
        act: 'Look at the recorded run: it wrote the steps itself.',
        show: ['at once', 'step by step', 'the sum'],
        claim: 'Both answers miss the sum, and the second one has steps.',
        say: 'At once: {0}; in steps: {1}; the sum is {2}. Steps let a model use what it wrote, and help one that can do each of them; this one has the look of a calculation only.',
      },
      'l17.8': {
        act: 'Your own story: its place is exchanged for “{newPlace}”.',
        show: ['it says', 'after the exchange', 'largest change of a logit'],
        claim: 'The changed place moves some logit by at least 1.',
        say: 'First {0}, then {1}: a logit moved by {2}. Which other word of the context could you change to turn the answer?',
      },
    },
  },
  zh: {
    title: titles.l17.zh,
    idea: '上下文（提示里的一切）左右它说什么，权重一动不动。',
    takeaway: '示例改变激活，不改变权重。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l17.1': {
        ask: '故事里只换一个词：“{place}”换成“{newPlace}”。同一个模型，这回说{name}在哪里？',
        options: {
          old: { label: '还是“{place}”', reply: '选它，等于认为答案是背下来的。它是现读现查的：“{place}”只剩 {2}。' },
          new: { label: '“{newPlace}”', reply: '对：{3}，换之前只有 {1}。' },
          both: {
            label: '两个各占一半',
            reply: '选它，等于认为前一个故事还留着影响。换一段文字，什么也没留下：{2} 对 {3}。',
          },
        },
        act: '看换过词的故事后面的条形图。',
        show: ['原故事里“{place}”', '原故事里“{newPlace}”', '换词后“{place}”', '换词后“{newPlace}”'],
        claim: '换了词的故事里，“{newPlace}”不低于 0.5；没换时不超过 0.1。',
        say: '“{newPlace}”从 {1} 变成 {3}。没有动任何权重，只动了上下文里的一个词。',
      },
      'l17.2': {
        ask: '两个故事它都读过了。再读一遍第一个：它从另一个故事里学到什么了吗？',
        options: {
          learned: {
            label: '学到一点：见得多了',
            reply: '选它，等于认为读就是学。它只是算一遍，文字没了就什么都没了：相差 {1}。',
          },
          same: { label: '什么也没有，数字照旧', reply: '对：相差 {1}，至多是舍入。' },
        },
        act: '再看一次第一个故事的条形图。',
        show: ['两个故事之间的最大差别', '第一个故事前后两遍的差别'],
        claim: '两个故事至少使某个词的 logit 相差 1；再读一遍第一个，变化都不超过 0.001。',
        say: '两个故事之间，logit 能差 {0}；第一个故事读两遍，只差 {1}。所谓“上下文学习”，只发生在一段文字之内。',
      },
      'l17.3': {
        ask: 'GPT-3 这样的大模型会照着例子往下接（少样本）：“{name} -> {thing}，{name1} -> {thing1}，……，{name} ->”。这个小模型会吗？',
        options: {
          goes: {
            label: '会，反正都是查找',
            reply: '选它，等于认为查找是一种到处通用的本事。它只在故事的句子里练过：这里“{thing}”只有 {0}。',
          },
          not: { label: '不会', reply: '对：“{thing}”只有 {0}，最可能的是{1}。' },
        },
        act: '看最后一个箭头后面的条形图。',
        show: ['“{thing}”的概率', '最可能的', '对照：故事里问的那个地方'],
        claim: '列完例子，“{thing}”的概率不超过 0.2。',
        say: '在故事里，该说的词有 {2}；在清单里，只有 {0}。上下文里会做什么也是训练出来的，而它从没见过这样的清单。',
      },
      'l17.4': {
        ask: '换一个大些的模型，有 1.35 亿个权重的 SmolLM2（它只懂英文）。让它接“empty ->”：前面什么都不放，或放 1、2、4 对“hot -> cold”这样的反义词。例子起什么作用？',
        options: {
          rules: {
            label: '没作用：例子不是训练',
            reply: '选它，等于认为只有训练才能改变输出。权重一个没动，答案却从 {0} 到了 {3}。',
          },
          rises: { label: '每多一对，反义词就升一截', reply: '对：{0}、{1}、{2}，四对时 {3}。' },
          one: {
            label: '一个例子就够',
            reply: '选它，等于认为规律一看就懂。一对是 {1}，四对是 {3}：每多一对，才更看得出这是张什么清单。',
          },
        },
        act: '看四对后面的条形图：这是一次真实运行的录制。',
        show: ['没有例子', '1 对', '2 对', '4 对', '没有例子时最可能的', '四对之后最可能的'],
        claim: '四对之后最可能的是“full”，而且每多一对它就更可能。',
        say: '{5}从 {0} 经 {1}、{2} 升到 {3}。这个模型训练时读过各种清单，照着往下接是它会的本事，讲故事的模型不会。',
      },
      'l17.5': {
        ask: '回到讲故事的模型。八个毫无关联的词，接着把前七个再说一遍。下一个是什么？谁都看得出是“{newPlace}”。模型看得出吗？',
        options: {
          copies: {
            label: '看得出：照抄就行',
            reply: '选它，等于认为照抄是最起码的本事。管这件事的头（归纳头）要在训练里形成：{0}。',
          },
          not: { label: '看不出', reply: '对：“{newPlace}”只有 {0}，最可能的是{1}。' },
        },
        act: '看最后一个词后面的条形图。',
        show: ['“{newPlace}”的概率', '最可能的'],
        claim: '重复到最后，“{newPlace}”的概率不超过 0.3。',
        say: '“{newPlace}”有 {0}，排第一的是{1}。读过各种文字的模型，多半有专门去找前一份的头；只读这些故事，用不着学会它。',
      },
      'l17.6': {
        ask: '再看 SmolLM2：24 个毫无关联的英文词，接着原样再说一遍。第二遍，它有多意外？',
        options: {
          same: {
            label: '一样意外：这些词没有意思',
            reply: '选它，等于认为只有讲得通的才能预料。前面出现过的也能：先是 {0} 奈特，后是 {1}。',
          },
          copies: { label: '意外小得多', reply: '对：第一遍每个词元 {0} 奈特，第二遍 {1}。' },
        },
        act: '看头 L18 · H7 的最后一行：这是一次真实运行的录制。',
        show: ['第一遍的平均意外，奈特', '第二遍，奈特', 'L18 · H7 从最后一个词看第二个“river”', '接下来它说'],
        claim: '第一遍的意外至少是第二遍的两倍；头 L18 · H7 至少把一半权重放在第一个“king”后面的那个词上。',
        say: '从 {0} 奈特降到 {1}，接下来它说{3}。头 L18 · H7 把 {2} 的权重放在第一个“king”后面的那个词上：这样的头（归纳头）是读各种文字时长出来的。',
      },
      'l17.7': {
        ask: '让 SmolLM2 算 17 + 25 + 38：一次直接答，一次写出步骤，各给一个例子。写步骤有用吗？',
        options: {
          solves: { label: '有用：写了步骤就算对', reply: '选它，等于认为有步骤就能对。可每一步也得对：{1}。' },
          not: { label: '没用：两次都错', reply: '对：直接答是{0}，写步骤是{1}。' },
          none: { label: '它根本不写步骤', reply: '选它，等于认为难在样子。样子它从一个例子里就学到了：{1}。' },
        },
        act: '看这次录制的运行：步骤是它自己写的。',
        show: ['直接答', '写步骤', '正确的和'],
        claim: '两次都没算对，而第二次写了步骤。',
        say: '直接答：{0}；写步骤：{1}；正确的是 {2}。步骤让模型用上自己写下的东西，前提是每一步它都会；这个模型只有计算的样子。',
      },
      'l17.8': {
        act: '你自己的故事：地方换成“{newPlace}”。',
        show: ['它说', '换过之后', 'logit 的最大变化'],
        claim: '换了地方，至少有一个词的 logit 变动 1。',
        say: '先说{0}，换过之后说{1}，logit 最多变了 {2}。上下文里还有哪个词，换掉就能让它改口？',
      },
    },
  },
}
