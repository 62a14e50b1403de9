// Words of lesson 9, who may see whom.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l09.en,
    idea: 'Who may look at whom decides what a model can do.',
    takeaway: 'The mask decides which exam the model can sit.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l09.1': {
        ask: 'Put “{newPlace}” into the story where “{place}” stands. Do the predictions at the words before it change?',
        options: {
          none: { label: 'not at all', reply: 'Yes: the word before it says the same, its logits differ by {0}.' },
          bit: {
            label: 'a little, near it',
            reply: 'You think that a change spreads both ways. Backwards nothing spreads: {0}.',
          },
          all: {
            label: 'all of them: the text is another one',
            reply:
              'You think a model takes a text in as a whole. Each token sees only itself and what came before: {0} right before the word, {1} at the end.',
          },
        },
        act: 'Look at the upper half of the picture: above the diagonal there is nothing.',
        show: ['largest change right before the word', 'largest change at the last word'],
        claim: 'Right before the new word no logit moves by more than 0.0001, and at the end one moves by at least 1.',
        say: 'Before the new word the logits move by {0}, at the end by {1}. What stands later cannot reach back: the causal mask sets its scores to minus infinity before the softmax.',
      },
      'l09.2': {
        ask: 'The storyteller’s n tokens make n·(n+1)/2 pairs that may look. How many does a BERT make?',
        options: {
          less: {
            label: 'fewer: it leaves some out',
            reply: 'You think of the blank. It hides a word, not a place to look at: {3} pairs for {2} tokens.',
          },
          square: { label: 'n·n: all look at all', reply: 'Yes: {3} pairs for {2} tokens.' },
          same: {
            label: 'as many',
            reply:
              'You think attention is the same everywhere. In the storyteller {0} tokens have {1} pairs; a BERT’s {2} have {3}.',
          },
        },
        act: 'Count along: the first row sees one token, the second two, and so on.',
        show: ['tokens of the story', 'pairs that may look', 'tokens of the BERT’s text', 'its pairs'],
        claim:
          'The storyteller’s pairs make a triangle, each token with itself and those before it; the BERT’s make the whole square.',
        say: '{0} tokens of the story have {1} pairs, a triangle. {2} tokens of the BERT have {3}, the whole square.',
      },
      'l09.3': {
        ask: '“The [MASK] {clue} at Tom.” The clue stands to the right of the blank. Can a BERT fill it in?',
        options: {
          lost: {
            label: 'no: the blank comes first',
            reply: 'You think every model reads from left to right only. This one sees both sides: {0}.',
          },
          found: { label: 'yes', reply: 'Yes: it says {2}, with {0}.' },
        },
        act: 'Let the page ask the other model, a small BERT, with the clue and without it.',
        show: ['p of “{fits}”', 'p when “{clue}” is hidden, too', 'likeliest'],
        claim: 'With the clue “{fits}” has at least 0.7, without it 0.4 at most.',
        say: 'With the clue “{fits}” has {0}, without it {1}. A model that sees only what came before, as the storyteller does, would have to guess here.',
      },
      'l09.4': {
        act: 'Your own story: its place is exchanged for “{newPlace}”. See where the numbers begin to differ.',
        show: ['largest change right before the word', 'largest change at the last word'],
        claim: 'Right before the new word no logit moves by more than 0.0001.',
        say: 'Before the new word {0}, at the end {1}. A model that learns to write must not see the words that it has to predict.',
      },
    },
  },
  zh: {
    title: titles.l09.zh,
    idea: '谁能看谁，决定模型能做什么。',
    takeaway: '掩码决定模型能做什么题。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l09.1': {
        ask: '把故事里的“{place}”换成“{newPlace}”。它前面那些词上的预测会变吗？',
        options: {
          none: { label: '完全不变', reply: '对：前一个词上的预测还是一样，logit 相差 {0}。' },
          bit: { label: '附近变一点', reply: '选它，等于认为变化会向两边扩散。往前什么也传不过去：{0}。' },
          all: {
            label: '全变：文字不一样了',
            reply: '选它，等于认为模型把整段文字一起吞下。每个词元只看得到自己和前面：新词之前变 {0}，最后变 {1}。',
          },
        },
        act: '看图的上半边：对角线以上什么也没有。',
        show: ['这个词前面的最大变化', '最后一个词上的最大变化'],
        claim: '新词的前一个词上，logit 的变化不超过 0.0001；最后一个词上至少变了 1。',
        say: '新词之前，logit 变了 {0}；到最后，变了 {1}。后面的词影响不到前面：因果掩码在 softmax 之前把它们的得分设成了负无穷。',
      },
      'l09.2': {
        ask: '讲故事的模型有 n 个词元，就有 n·(n+1)/2 对看得见。BERT 有多少对？',
        options: {
          less: {
            label: '更少：它有看不到的',
            reply: '你想到的是那个空。它只藏起一个词，那个位置照样看得到：{2} 个词元有 {3} 对。',
          },
          square: { label: 'n·n：人人都看得到人人', reply: '对：{2} 个词元，{3} 对。' },
          same: {
            label: '一样多',
            reply: '选它，等于认为注意力都一样。讲故事的模型 {0} 个词元有 {1} 对，BERT 的 {2} 个有 {3} 对。',
          },
        },
        act: '顺着数：第一行看得到一个，第二行两个，依此类推。',
        show: ['故事的词元', '看得见的对数', 'BERT 那句话的词元', '它的对数'],
        claim: '讲故事的模型的对数正好是一个三角形，BERT 的正好是整个正方形。',
        say: '故事的 {0} 个词元有 {1} 对，是一个三角形。BERT 的 {2} 个词元有 {3} 对，是整个正方形。',
      },
      'l09.3': {
        ask: '“[MASK]{clue}地叫。”完形填空，线索在空的右边。BERT 填得出来吗？',
        options: {
          lost: { label: '填不出：空在最前面', reply: '选它，等于认为模型都只从左往右看。它两边都看：{0}。' },
          found: { label: '填得出', reply: '对：它填{2}，概率 {0}。' },
        },
        act: '让页面去问另一个模型，一个小 BERT：有线索一次，没有线索一次。',
        show: ['“{fits}”的概率', '“{clue}”也遮住时的概率', '最可能的'],
        claim: '有线索时“{fits}”不低于 0.7，没有线索时不超过 0.4。',
        say: '有线索时“{fits}”是 {0}，没有线索时是 {1}。像讲故事的模型那样只看得到前面，在这里就只能猜。',
      },
      'l09.4': {
        act: '你自己的故事：把地方换成“{newPlace}”，看数字从哪里开始不同。',
        show: ['这个词前面的最大变化', '最后一个词上的最大变化'],
        claim: '新词的前一个词上，logit 的变化不超过 0.0001。',
        say: '新词之前 {0}，最后 {1}。学写作的模型，不能看到它要预测的字。',
      },
    },
  },
}
