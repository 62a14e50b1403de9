// Words of lesson 26, how good is it.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l26.en,
    idea: 'Measure what you mean: each number answers one question.',
    takeaway: 'One number answers one question.',
    own: { name: 'Who', place: 'Where', thing: 'What they had' },
    steps: {
      'l26.1': {
        ask: 'Perplexity says among how many equally likely tokens a model seems to choose at each step. Shuffle the words of this story: what becomes of it?',
        options: {
          same: {
            label: 'about the same: the words are the same',
            reply:
              'You think that it counts how well the words are known. It counts how well each next one was predicted: {1}, not {0}.',
          },
          double: {
            label: 'about twice as high',
            reply:
              'You think half of the order is still there. Nearly every step is a surprise now: {1} in place of {0}.',
          },
          far: { label: 'at least ten times as high', reply: 'Yes: {1} in place of {0}.' },
        },
        act: 'Both texts are in the panel, one a row. Start, and compare their perplexities.',
        show: ['perplexity of the story', 'perplexity of the shuffled words', 'tokens of the vocabulary'],
        claim: 'The shuffled words have at least ten times the perplexity of the story.',
        say: 'The story has {0}, its shuffled words {1}; whoever takes every token of the vocabulary for equally likely has {2}. Low perplexity says that a text is like the training texts, not that it is true.',
      },
      'l26.2': {
        ask: 'Can perplexity tell a right answer from a wrong one that sounds just as good?',
        options: {
          no: {
            label: 'no: both are good sentences',
            reply:
              'You think it only hears how a sentence sounds. It reads the story, too: {0} for the right one, {2} for the wrong one.',
          },
          yes: { label: 'yes, when the story is there', reply: 'Yes: {0} against {2}.' },
        },
        act: 'Look at the right answer under the story, then ask for all three.',
        show: ['right answer, with the story', 'right answer, without it', 'wrong answer, with the story'],
        claim:
          'With the story the right answer has 1.3 at most, the wrong one at least twice as much, and without the story the right one at least a tenth more.',
        say: '{0} with the story, {1} without it, {2} for the wrong place. It is an average over the whole sentence: one wrong word makes all the difference.',
      },
      'l26.3': {
        ask: 'The model answers in a sentence of its own, and the key says only the place, “{place}”. What does a test by exact match say?',
        options: {
          right: {
            label: 'right: the place is right',
            reply: 'You judge by the meaning. Exact match compares letters: {0} is not “{place}”, so it gives {1}.',
          },
          wrong: { label: 'wrong: it is another text', reply: 'Yes: exact match {1}, though the word is in it ({3}).' },
        },
        act: 'Seven such questions are in the panel, each with its place as the key. Start, and read the scores.',
        show: ['it says', 'exact match', 'F1, of shared words', 'the key is in it', 'F1: ± with seven questions'],
        claim: 'No answer is the very same text as its key, at least 0.7 of them hold it, and F1 is 0.2 at least.',
        say: 'Exact match {1}, F1 {2}, contains {3}, for the same answers. F1 counts the words that answer and key share, so every word beside the key costs.',
      },
      'l26.4': {
        ask: 'Now the key is a whole sentence. Somebody answers “{wrongPlace}”: the place is wrong. What do scores of shared words give?',
        options: {
          none: {
            label: 'next to nothing: the answer is wrong',
            reply: 'You expect a score to see the word that counts. All words count alike: F1 {1}, ROUGE {2}.',
          },
          most: { label: 'a good part: only one word differs', reply: 'Yes: F1 {1}, ROUGE {2}.' },
        },
        act: 'Compare the wrong answer with what the model says.',
        show: ['key: what the model says', 'F1 of the wrong answer', 'ROUGE-L', 'BLEU'],
        claim: 'The wrong answer gets at least 0.4 from F1 and from ROUGE-L.',
        say: 'F1 {1}, ROUGE-L {2}, BLEU {3} for an answer that is wrong. They measure how alike two texts are, and BLEU, which wants stretches of four words, is the hardest on short ones; none of them knows what was asked.',
      },
      'l26.5': {
        ask: 'An LSTM (the one of lesson 5) is asked 24 questions with four places each; guessing would get ¼. Are 24 enough to say whether it does better than guessing?',
        options: {
          enough: {
            label: 'yes, 24 is a good many',
            reply: 'You trust a share as it stands. It is {0}, give or take {1} by the luck of the questions alone.',
          },
          more: { label: 'no, it takes far more', reply: 'Yes: {0}, give or take {1}.' },
        },
        act: 'Let the page ask the LSTM.',
        show: ['share of right answers', '± with 24 questions, by drawing them again', '± with 2,400 questions'],
        claim: 'With 24 questions the interval reaches at least 0.1 to each side, with 2,400 at most 0.05.',
        say: 'With 24 questions it is {0} ± {1} (a 95 % confidence interval), with 2,400 it would be ± {2}: a hundred times the questions, a tenth of the interval. A leaderboard without an interval says little.',
      },
      'l26.6': {
        ask: 'A model of 7 billion weights in 16 bits takes 14 GB. How much does training it with Adam take, before any text is read?',
        options: {
          two: {
            label: '28 GB: the weights and their gradients',
            reply: 'You leave out the optimizer. It keeps three more numbers of 4 bytes for each weight: {1} GB.',
          },
          four: {
            label: '56 GB: four bytes more each',
            reply: 'You think of one more copy. There are three of them, 12 bytes in all: {1} GB.',
          },
          sixteen: { label: '112 GB', reply: 'Yes: 2 + 2 + 12 bytes for each weight.' },
        },
        act: 'Add up 2 bytes of weight, 2 of gradient, and 12 for a copy in 32 bits and Adam’s two averages.',
        show: [
          'weights alone, GB',
          'training, GB',
          'ZeRO-1 on 8 GPUs, GB each',
          'ZeRO-2',
          'ZeRO-3',
          'this model in training, MB',
        ],
        claim: 'It is 112 GB, and on each of 8 GPUs 38.5, 26.25 or 14 with the three stages.',
        say: '{1} GB in place of {0} GB. ZeRO shares it out over 8 GPUs: {2}, {3} or {4} GB each; the storyteller would take {5} MB. What the texts themselves need (activations) comes on top.',
      },
      'l26.7': {
        act: 'Your own story: the right answer and a wrong one.',
        show: ['perplexity of the right answer', 'perplexity of the wrong answer'],
        claim: 'The wrong answer has at least twice the perplexity of the right one.',
        say: '{0} for the right answer, {1} for the wrong one. Which question does this number answer, and which one does it not?',
      },
    },
  },
  zh: {
    title: titles.l26.zh,
    idea: '想知道什么就量什么：一个数字只回答一个问题。',
    takeaway: '一个数字回答一个问题。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l26.1': {
        ask: '困惑度说的是：每一步好像要在多少个一样可能的词元里挑。把这个故事的字打乱，它会怎样？',
        options: {
          same: {
            label: '差不多：字还是那些字',
            reply: '选它，等于认为它看认不认识这些字。它看的是下一个猜不猜得到：{1}，不是 {0}。',
          },
          double: { label: '大约翻一倍', reply: '选它，等于认为顺序还剩一半。现在几乎步步都意外：从 {0} 到 {1}。' },
          far: { label: '十倍以上', reply: '对：从 {0} 到 {1}。' },
        },
        act: '两段文字已经放进面板，一行一段。点“开始”，比比它们的困惑度。',
        show: ['原来故事的困惑度', '打乱以后的困惑度', '词表里的词元'],
        claim: '打乱以后的困惑度，至少是原来的十倍。',
        say: '原来是 {0}，打乱是 {1}；要是把词表里的词元都当成一样可能，那就是 {2}。困惑度低，说明它像训练时的文字，并不说明它是真的。',
      },
      'l26.2': {
        ask: '一个答对，一个答错，句子一样通顺。困惑度分得出来吗？',
        options: {
          no: {
            label: '分不出：都是好句子',
            reply: '选它，等于认为它只听句子顺不顺。它也读了故事：对的 {0}，错的 {2}。',
          },
          yes: { label: '故事在就分得出', reply: '对：{0} 对 {2}。' },
        },
        act: '看故事下面那个对的回答，再看三个数。',
        show: ['对的回答，有故事', '对的回答，没有故事', '错的回答，有故事'],
        claim: '有故事时，对的回答不超过 1.3，错的至少是它的两倍；没有故事时，对的也至少高一成。',
        say: '有故事 {0}，没有故事 {1}，说错地方 {2}。这是整句的平均：错一个词，差别就全在那里。',
      },
      'l26.3': {
        ask: '模型用自己的话回答，标准答案是“{place}”。按“完全一致”来判，结果是什么？',
        options: {
          right: {
            label: '对：地方说对了',
            reply: '选它，是按意思来判。完全一致只比字面：{0}不等于“{place}”，所以是 {1}。',
          },
          wrong: { label: '错：字面不一样', reply: '对：完全一致是 {1}，可那个词就在里面（{3}）。' },
        },
        act: '七道这样的题已经放进面板，标准答案都只是地方。点“开始”，看各项得分。',
        show: ['它说', '完全一致', 'F1，按共同的字', '里面有标准答案', '七道题时 F1 的 ±'],
        claim: '没有一个回答与标准答案完全一样，至少七成里面有它，F1 不低于 0.2。',
        say: '同样的回答，完全一致得 {1}，F1 得 {2}，包含得 {3}。F1 数的是共同的字，标准答案以外每多一个字都要扣。',
      },
      'l26.4': {
        ask: '这回标准答案是一整句，有人答“{wrongPlace}”，地方说错了。数共同的字，能得几分？',
        options: {
          none: {
            label: '几乎没分：答错了',
            reply: '选它，等于指望分数认得出要紧的那个词。每个字都一样算：F1 {1}，ROUGE {2}。',
          },
          most: { label: '分数不低：只差一个词', reply: '对：F1 {1}，ROUGE {2}。' },
        },
        act: '把这个错的回答和模型的话对一对。',
        show: ['标准答案：模型的话', '错答案的 F1', 'ROUGE-L', 'BLEU'],
        claim: '错的回答，F1 和 ROUGE-L 都不低于 0.4。',
        say: '一个错的回答，F1 得 {1}，ROUGE-L 得 {2}，BLEU 得 {3}。它们量的是两段文字像不像；BLEU 要连着四个字都相同，对短句最严。问的是什么，它们都不知道。',
      },
      'l26.5': {
        ask: '让一个 LSTM（第 5 课的那个）做 24 道题，每题四个地方，瞎猜能对四分之一。24 道题够不够看出它比瞎猜强？',
        options: {
          enough: {
            label: '够了，24 道不少了',
            reply: '选它，是把一个比例当成了准数。它是 {0}，光是题目的运气，就会上下差 {1}。',
          },
          more: { label: '不够，要多得多', reply: '对：{0}，上下可能差 {1}。' },
        },
        act: '让页面去考那个 LSTM。',
        show: ['答对的比例', '24 道题时的 ±，反复重抽得出', '2400 道题时的 ±'],
        claim: '24 道题时，区间两边各至少 0.1；2400 道题时，各不超过 0.05。',
        say: '24 道题是 {0} ± {1}（95 % 置信区间），2400 道题就是 ± {2}：题目多一百倍，区间才窄到十分之一。没有区间的排行榜，说明不了多少。',
      },
      'l26.6': {
        ask: '70 亿个权重，每个 16 位，占 14 GB。用 Adam 训练它，一个字还没读，就要占多少？',
        options: {
          two: {
            label: '28 GB：权重加梯度',
            reply: '选它，是漏了优化器。它给每个权重另存三个 4 字节的数：一共 {1} GB。',
          },
          four: { label: '56 GB：每个再加四字节', reply: '选它，是只算了一份副本。一共三份，12 个字节：{1} GB。' },
          sixteen: { label: '112 GB', reply: '对：每个权重 2 + 2 + 12 个字节。' },
        },
        act: '加一加：权重 2 字节，梯度 2 字节，32 位副本和 Adam 的两个滑动平均一共 12 字节。',
        show: ['只有权重，GB', '训练时，GB', '8 张卡 ZeRO-1，每张 GB', 'ZeRO-2', 'ZeRO-3', '训练这个小模型，MB'],
        claim: '一共 112 GB；分到 8 张卡上，三个阶段每张是 38.5、26.25、14。',
        say: '不是 {0} GB，是 {1} GB。ZeRO 把它分到 8 张卡上，每张 {2}、{3} 或 {4} GB；讲故事的小模型只要 {5} MB。文字本身要用的（激活），还得另加。',
      },
      'l26.7': {
        act: '你自己的故事：一个对的回答，一个错的回答。',
        show: ['对的回答的困惑度', '错的回答的困惑度'],
        claim: '错的回答，困惑度至少是对的两倍。',
        say: '对的是 {0}，错的是 {1}。这个数字回答的是什么问题，又没有回答什么？',
      },
    },
  },
}
