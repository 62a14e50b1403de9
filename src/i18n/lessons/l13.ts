// Words of lesson 13, thinking by layers.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l13.en,
    idea: 'The answer can be read before the last block.',
    takeaway: 'The answer is there halfway; what comes after changes little of it.',
    own: { name: 'Who', place: 'Where', thing: 'What they had' },
    steps: {
      'l13.1': {
        ask: 'The model has four blocks, 0 to 3. The logit lens reads the residual after each of them as if it were the last. After which block would the model first say “{place}”?',
        options: {
          one: { label: 'after block 1', reply: 'Yes: there “{place}” has rank {2}.' },
          two: {
            label: 'after block 2',
            reply: 'You expect it to need most of its blocks. One block earlier its rank is {2} already.',
          },
          three: {
            label: 'only at the end, after block 3',
            reply: 'You think an answer comes into being at the last moment. After block 1 its rank is {2}.',
          },
        },
        act: 'Go up the column of the last word, from the embedding to the top row.',
        show: ['rank in the embedding', 'rank after block 0', 'rank after block 1', 'rank at the end'],
        claim: 'After block 0 “{place}” is not first yet, and after block 1 it is.',
        say: 'From rank {0} in the embedding and {1} after block 0 it comes to {2} after block 1. At the end it is {3}.',
      },
      'l13.2': {
        ask: 'After block 1, two blocks are still to come. How sure would the model be there?',
        options: {
          guess: {
            label: 'not at all: a guess',
            reply: 'You think sureness grows evenly from block to block. It came in one step, to {1}.',
          },
          half: {
            label: 'about half as sure as at the end',
            reply: 'You think two blocks of four are half the work. The blocks have different jobs: {1} is there now.',
          },
          sure: { label: 'nearly as sure as at the end', reply: 'Yes: {1}, and {2} at the end.' },
        },
        act: 'Compare the rows of block 0, block 1 and block 3.',
        show: ['p after block 0', 'p after block 1', 'p at the end'],
        claim: 'After block 1 “{place}” has at least 0.8.',
        say: 'From after block 0 to after block 1, p goes from {0} to {1}. In block 1 are the heads that look the place up.',
      },
      'l13.3': {
        ask: 'And after block 0, what comes first there?',
        options: {
          answer: {
            label: '“{place}”, only faintly',
            reply: 'You look for the answer in every row because you know it. Here it has {1}.',
          },
          read: {
            label: 'the word that was just read',
            reply: 'Yes: {0}. Read out this early, the residual still says its own word.',
          },
          noise: {
            label: 'some word by chance',
            reply: 'A strange reading is not chance: what comes first is {0}, the word itself.',
          },
        },
        act: 'Look at the first word of the row of block 0.',
        show: ['first after block 0', 'p of “{place}” there'],
        claim: 'After block 0 the word that was just read comes first.',
        say: 'The output head was trained to read the last row only, so an early row says little about what the model “thinks”. Here it says the word that stands there: {0}.',
      },
      'l13.4': {
        ask: 'Leave the last block out altogether, attention and MLP. What becomes of the answer?',
        options: {
          stays: { label: 'it stays', reply: 'Yes: {1} without the block, {0} with it.' },
          goes: {
            label: 'it goes: the block that speaks is missing',
            reply:
              'You think the last block makes the words. The output head after it does; without the block p is {1}.',
          },
        },
        act: 'Leave block 3 out.',
        show: ['p with all blocks', 'p without block 3'],
        claim: 'Without block 3 “{place}” still has at least 0.8.',
        say: 'For this question the last block was not needed: {1}. What it does elsewhere is left open here: leave it out while a story goes on, and look.',
      },
      'l13.5': {
        ask: 'Now leave block 1 out instead. What becomes of the answer?',
        options: {
          stays: {
            label: 'the answer stays: one of four is missing, as before',
            reply: 'You think that all blocks are alike. The fact came in with this one: {1} is left.',
          },
          goes: { label: 'the answer goes', reply: 'Yes: {1} is left of {0}.' },
        },
        act: 'Leave block 1 out; block 3 is back in its place.',
        show: ['p with all blocks', 'p without block 1', 'likeliest now'],
        claim: 'Without block 1 “{place}” has 0.4 at most.',
        say: 'The same ablation, another block: p is {1}, and {2} comes first. Blocks add to one sum, and it matters what they add.',
      },
      'l13.6': {
        act: 'Tell a story of your own, and find the first row in which the answer stands first.',
        show: ['rank after block 0', 'rank after block 1', 'rank after block 2', 'the answer'],
        claim: 'After block 1 the answer of your story comes first.',
        say: 'The answer was {3}. After block 1 it had rank {1}; a word that the model does not know may take longer.',
      },
    },
  },
  zh: {
    title: titles.l13.zh,
    idea: '不必等到最后一层，答案已经读得出来。',
    takeaway: '答案在中途就有了，后面改动不大。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l13.1': {
        ask: '模型有四层，编号 0 到 3。logit 透镜把每层之后的残差当作最后一层来读。最早在哪一层之后，它会说“{place}”？',
        options: {
          one: { label: '第 1 层之后', reply: '对：在那里“{place}”已经排第 {2}。' },
          two: { label: '第 2 层之后', reply: '选它，等于认为大半的层都得用上。其实再早一层就已经排第 {2}。' },
          three: {
            label: '走完第 3 层才会',
            reply: '选它，等于认为答案是最后一刻才冒出来的。第 1 层之后它就排第 {2}。',
          },
        },
        act: '沿着最后一个词那一列往上看，从嵌入一直看到顶行。',
        show: ['在嵌入里的名次', '第 0 层后的名次', '第 1 层后的名次', '最后的名次'],
        claim: '第 0 层后“{place}”还不是第一，第 1 层后是第一。',
        say: '在嵌入里排第 {0}，第 0 层后排第 {1}，第 1 层后升到第 {2}。到最后还是第 {3}。',
      },
      'l13.2': {
        ask: '第 1 层之后，还有两层没有走。这时它有多大把握？',
        options: {
          guess: { label: '毫无把握，只能猜', reply: '选它，等于认为把握一层一层慢慢长。其实一步就到了 {1}。' },
          half: {
            label: '大约是最后的一半',
            reply: '选它，等于认为四层走了两层就是干了一半的活。各层分工不同，这时已经有 {1}。',
          },
          sure: { label: '和最后差不多', reply: '对：这里 {1}，最后 {2}。' },
        },
        act: '比一比第 0 层、第 1 层和第 3 层三行。',
        show: ['第 0 层后的概率', '第 1 层后的概率', '最后的概率'],
        claim: '第 1 层后“{place}”的概率不低于 0.8。',
        say: '从第 0 层到第 1 层，概率由 {0} 变成 {1}。去故事里查地方的那些头，就在这一层。',
      },
      'l13.3': {
        ask: '那么第 0 层之后，排在最前面的是什么？',
        options: {
          answer: { label: '“{place}”，只是还很弱', reply: '因为知道答案，所以在每一行都找它。这里它只有 {1}。' },
          read: { label: '刚刚读到的那个词', reply: '对：是{0}。这么早就读，残差说的还是它自己的词。' },
          noise: { label: '随便哪个词', reply: '读数奇怪，不等于碰巧。排在最前面的是{0}，就是这个词自己。' },
        },
        act: '看第 0 层那一行的第一个词。',
        show: ['第 0 层后排第一的', '“{place}”在那里的概率'],
        claim: '第 0 层后排第一的，是刚刚读到的那个词。',
        say: '输出头只学过读最后一行，早期的行说明不了模型在“想”什么。这里读出来的，就是站在这个位置上的词：{0}。',
      },
      'l13.4': {
        ask: '把最后一层整个拿掉，注意力和 MLP 都不要。答案会怎样？',
        options: {
          stays: { label: '还在', reply: '对：没有它是 {1}，有它是 {0}。' },
          goes: {
            label: '没了：负责说话的那一层不在了',
            reply: '选它，等于认为话是最后一层说的。说话的是它后面的输出头；没有这一层，概率是 {1}。',
          },
        },
        act: '去掉第 3 层。',
        show: ['四层都在时的概率', '没有第 3 层时的概率'],
        claim: '没有第 3 层，“{place}”的概率仍不低于 0.8。',
        say: '答这个问题用不着最后一层：{1}。它在别处有什么用，这里先不说：续写故事时拿掉它，看看会怎样。',
      },
      'l13.5': {
        ask: '换一层：这次拿掉第 1 层。答案会怎样？',
        options: {
          stays: {
            label: '答案还在：和刚才一样，四层里少一层',
            reply: '选它，等于认为每一层都一样。事实正是在这一层取来的：只剩 {1}。',
          },
          goes: { label: '答案没了', reply: '对：原来 {0}，现在只剩 {1}。' },
        },
        act: '去掉第 1 层；第 3 层已经放回去了。',
        show: ['四层都在时的概率', '没有第 1 层时的概率', '现在最可能的词'],
        claim: '没有第 1 层，“{place}”的概率不超过 0.4。',
        say: '同样是消融一层，概率变成 {1}，排第一的是{2}。各层都往同一个和里加东西，要紧的是加了什么。',
      },
      'l13.6': {
        act: '写一个你自己的故事，找出答案最早排第一的那一行。',
        show: ['第 0 层后的名次', '第 1 层后的名次', '第 2 层后的名次', '答案'],
        claim: '第 1 层后，你的故事的答案已经排第一。',
        say: '答案是{3}，第 1 层后它排第 {1}。模型不认识的词，也许要更久。',
      },
    },
  },
}
