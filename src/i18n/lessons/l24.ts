// Words of lesson 24, made up with confidence.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l24.en,
    idea: 'High probability is not truth.',
    takeaway: 'Confidence is no evidence.',
    own: { name: 'Who is in the story', place: 'Where they were', newName: 'Who is not in it' },
    steps: {
      'l24.1': {
        ask: '{newName} is not in the story. “Where was {newName}?” What does the model say?',
        options: {
          unknown: {
            label: 'that it does not know',
            reply:
              'You think that a model notices a gap. Nobody taught this one to say that it does not know: it says {0}, with {1}.',
          },
          place: { label: 'a place, as if it knew', reply: 'Yes: {0}, with {1}.' },
          spread: {
            label: 'some place, with all places about equally likely',
            reply: 'You think that it is torn when it does not know. One word, {0}, has {1} all by itself.',
          },
        },
        act: 'Look at the bars after the last word.',
        show: ['it says', 'p of that', 'doubt, in bits'],
        claim: 'The likeliest word has at least 0.45.',
        say: 'It says {0}, and gives it {1}. The story says nothing about {newName}: a fluent answer with nothing behind it is called a hallucination.',
      },
      'l24.2': {
        ask: 'Now without any story: “Where was {name}?” Is there more doubt than when the story was there?',
        options: {
          same: {
            label: 'as little as then',
            reply:
              'You think: it always sounds the same, so it must be the same inside. The doubt is {1} bits where it was {2}.',
          },
          more: { label: 'more', reply: 'Yes: {1} bits where it was {2}.' },
        },
        act: 'Look at the bars once more.',
        show: ['it says', 'doubt without a story', 'doubt with the story'],
        claim: 'Without a story the doubt is at least 0.6 bits, and four times as much as with it.',
        say: 'The answer that comes out, {0}, sounds as sure as ever. The doubt of {1} bits is in the numbers only: whoever reads the text never sees it.',
      },
      'l24.3': {
        ask: 'This story contradicts itself: {name} was in the {place}, and then {name} was in the {newPlace}. What happens?',
        options: {
          both: {
            label: 'the model names both places',
            reply: 'You think that it compares sentences. It looks up only one: {0} against {1}.',
          },
          one: { label: 'one place wins clearly', reply: 'Yes: {0} against {1}.' },
          even: {
            label: 'both are about equally likely',
            reply: 'You think two statements must share the probability. They do not: {0} against {1}.',
          },
        },
        act: 'Compare the bars of “{place}” and “{newPlace}”.',
        show: ['p of “{place}”', 'p of “{newPlace}”'],
        claim: 'One of the two places has at least 0.75.',
        say: '{0} against {1}, and not a word about the contradiction. Which one wins, the first or the last, changes from story to story: try others before you believe in a rule.',
      },
      'l24.4': {
        ask: 'Two answers about another story: one is told in it, one is made up. Which has less doubt?',
        options: {
          made: { label: 'the made-up one', reply: 'Yes: {0} bits against {1}. Here doubt would have misled you.' },
          told: {
            label: 'the true one',
            reply:
              'You think that what is made up must feel less sure. The made-up one has {0} bits, the true one {1}.',
          },
        },
        act: 'Look at the bars of the made-up answer.',
        show: ['doubt of the made-up answer', 'doubt of the true answer', 'made up', 'true'],
        claim: 'The made-up answer has at most half the doubt of the true one.',
        say: 'The made-up {2} has {0} bits, the true {3} has {1}. This story was picked for it, and in others it is the other way round: little doubt says only that the model is sure.',
      },
      'l24.5': {
        act: 'Ask about somebody who is not in your story.',
        show: ['it says', 'p of that', 'doubt of this answer', 'doubt of a true answer'],
        claim: 'The likeliest word has at least 0.45.',
        say: 'It says {0} with {1}. Could you have told from the sentence alone that it was made up?',
      },
    },
  },
  zh: {
    title: titles.l24.zh,
    idea: '概率高，不等于是真的。',
    takeaway: '自信不是证据。',
    own: { name: '故事里的人', place: '在哪里', newName: '故事里没有的人' },
    steps: {
      'l24.1': {
        ask: '故事里没有{newName}。问“{newName}在哪里？”模型会怎么说？',
        options: {
          unknown: {
            label: '说不知道',
            reply: '选它，等于认为模型会发现自己缺了什么。没有人教过它说“不知道”：它说{0}，概率 {1}。',
          },
          place: { label: '说一个地方，好像真知道', reply: '对：{0}，概率 {1}。' },
          spread: {
            label: '说一个地方，但各处都差不多可能',
            reply: '选它，等于认为不知道就会犹豫不决。光{0}一个词就占了 {1}。',
          },
        },
        act: '看最后一个字后面的条形图。',
        show: ['它说', '这个词的概率', '犹豫，比特'],
        claim: '最可能的词概率不低于 0.45。',
        say: '它说{0}，给了 {1}。可故事里根本没有提到{newName}：流畅却没有依据的回答，叫做幻觉。',
      },
      'l24.2': {
        ask: '这回连故事也没有：“{name}在哪里？”和有故事时相比，犹豫会更多吗？',
        options: {
          same: {
            label: '一样少',
            reply: '选它，是因为话听起来一样肯定，就以为里面也一样。犹豫是 {1} 比特，原来是 {2}。',
          },
          more: { label: '更多', reply: '对：{1} 比特，原来是 {2}。' },
        },
        act: '再看一次条形图。',
        show: ['它说', '没有故事时的犹豫', '有故事时的犹豫'],
        claim: '没有故事时，犹豫不少于 0.6 比特，并且至少是有故事时的四倍。',
        say: '说出来的{0}，听着和平时一样肯定。那 {1} 比特的犹豫只在数字里，读文字的人看不到。',
      },
      'l24.3': {
        ask: '这个故事自相矛盾：{name}在{place}，后来又说{name}在{newPlace}。会怎样？',
        options: {
          both: { label: '两个地方都说', reply: '选它，等于认为它会把句子放在一起比较。它只查到一个：{0} 对 {1}。' },
          one: { label: '其中一个明显胜出', reply: '对：{0} 对 {1}。' },
          even: { label: '两个差不多可能', reply: '选它，等于认为两种说法会把把握平分。并没有：{0} 对 {1}。' },
        },
        act: '比一比“{place}”和“{newPlace}”的条。',
        show: ['“{place}”的概率', '“{newPlace}”的概率'],
        claim: '两个地方里，有一个的概率不低于 0.75。',
        say: '{0} 对 {1}，对矛盾却一字不提。先说的赢还是后说的赢，各个故事不一样：多试几个，再谈规律。',
      },
      'l24.4': {
        ask: '另一个故事的两个回答：一个故事里写着，一个是编的。哪个犹豫更少？',
        options: {
          made: { label: '编的那个', reply: '对：{0} 比特对 {1} 比特。这里靠犹豫来判断就上当了。' },
          told: { label: '真的那个', reply: '选它，等于认为编的东西总会心虚。编的是 {0} 比特，真的是 {1} 比特。' },
        },
        act: '看编出来的那个回答的条形图。',
        show: ['编的回答的犹豫', '真的回答的犹豫', '编的', '真的'],
        claim: '编的回答，犹豫至多是真的回答的一半。',
        say: '编的{2}只有 {0} 比特，真的{3}倒有 {1} 比特。这个故事是特意挑的，别的故事也有反过来的：犹豫少，只说明模型有把握。',
      },
      'l24.5': {
        act: '问一个不在你故事里的人。',
        show: ['它说', '这个词的概率', '这个回答的犹豫', '真实回答的犹豫'],
        claim: '最可能的词概率不低于 0.45。',
        say: '它说{0}，概率 {1}。光看这句话，你能看出它是编的吗？',
      },
    },
  },
}
