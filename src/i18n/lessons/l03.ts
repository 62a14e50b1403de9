// Words of lesson 3, four ways to cut.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l03.en,
    idea: 'One corpus, four rules for cutting it.',
    takeaway: 'Cutting is learned from counts, not grammar.',
    own: {},
    steps: {
      'l03.1': {
        ask: 'BPE joins the commonest pair again and again. With 300, 600, 1,000 and 1,200 pieces, what becomes of the story?',
        options: {
          shorter: { label: 'fewer and fewer tokens', reply: 'Yes: {0}, {1}, {2}, {3}.' },
          same: {
            label: 'the same: the text has not changed',
            reply:
              'You think the number of tokens belongs to the text. It belongs to the vocabulary, too: {0} become {3}.',
          },
          longer: {
            label: 'more: there are more pieces',
            reply: 'You think more pieces to choose from cut finer. Larger pieces cover more: {0} become {3}.',
          },
        },
        act: 'The panel cuts the story with 300 pieces. Look how short the pieces are, then ask for the counts of the larger lists.',
        show: ['300 pieces', '600 pieces', '1,000 pieces', '1,200 pieces'],
        claim:
          'Each larger list cuts the story into fewer tokens: at least a tenth more with 300 pieces than with 600, a twentieth more with 600 than with 1,000.',
        say: 'The story takes {0}, {1}, {2} and {3} tokens. Each list begins with the joins of the one before and adds more.',
      },
      'l03.2': {
        ask: 'Four tokenizers of the same corpus cut the same story. Which one needs the most tokens?',
        options: {
          apart: { label: 'characters, one token each', reply: 'Yes: {0}.' },
          bpe: {
            label: 'BPE, since it begins with bytes',
            reply: 'You think of where it begins. It then joins what is common: {1}, against {0} characters.',
          },
          unigram: {
            label: 'Unigram, since it weighs all cuttings',
            reply: 'You think that more choice means more pieces. It takes the likeliest cutting, here {3} pieces.',
          },
        },
        act: 'The panel cuts the story with WordPiece. Compare it with the storyteller’s own way, then ask for all four counts.',
        show: ['characters', 'BPE', 'WordPiece', 'Unigram'],
        claim: 'Cut by characters the story is one token for each of them, and at least twice as many as with BPE.',
        say: '{0} characters, {1} pieces of BPE, {2} of WordPiece, {3} of Unigram. The text and the corpus are the same; what differs is the rule.',
      },
      'l03.3': {
        ask: '“{rare}”: one of the two, BPE on bytes or WordPiece, gives up on it and writes [UNK]. Which?',
        options: {
          bpe: {
            label: 'BPE: it never joined these',
            reply: 'You think what was never joined cannot be written. Bytes always remain: {1} unknown, {2} pieces.',
          },
          wordpiece: {
            label: 'WordPiece',
            reply: 'Yes ({0} unknown). Such a token says only that something stood there.',
          },
        },
        act: 'Look how WordPiece cuts it, then ask for both counts.',
        show: ['unknown, WordPiece', 'unknown, BPE', 'pieces, BPE'],
        claim: 'WordPiece has a piece that is unknown, and BPE has none.',
        say: 'WordPiece has {0} unknown, BPE has {1} and writes {2} pieces. What was [UNK] cannot be got back.',
      },
      'l03.4': {
        ask: 'Cut “{spaced}” and join the pieces again: which of the two gives the very same text?',
        options: {
          both: {
            label: 'both: joining undoes cutting',
            reply: 'You think that cutting loses nothing. WordPiece forgets how many spaces there were: {1}',
          },
          bpe: { label: 'only BPE on bytes', reply: 'Yes: from WordPiece comes {1}' },
        },
        act: 'Look where the spaces went with WordPiece, then join the pieces both ways.',
        show: ['BPE', 'WordPiece'],
        claim: 'BPE gives the text back as it was, and WordPiece does not.',
        say: 'BPE gives {0} and WordPiece {1} For the one a space is a byte, for the other only a border.',
      },
    },
  },
  zh: {
    title: titles.l03.zh,
    idea: '同一批文字，四种切法。',
    takeaway: '切分是训练出来的，不是语法。',
    own: {},
    steps: {
      'l03.1': {
        ask: 'BPE 一次次合并最常见的一对。词表从 300、600、1000 到 1200，同一个故事会怎样？',
        options: {
          shorter: { label: '词元越来越少', reply: '对：{0}、{1}、{2}、{3}。' },
          same: {
            label: '不变：文字没有变',
            reply: '选它，等于认为词元数只由文字决定。它也由词表决定：{0} 变成 {3}。',
          },
          longer: {
            label: '越来越多：小块更多了',
            reply: '选它，等于认为可选的越多切得越细。大块能盖住更多字：{0} 变成 {3}。',
          },
        },
        act: '面板正用 300 块的词表切这个故事。看看切得多碎，再看另外三张词表要多少个。',
        show: ['300 块', '600 块', '1000 块', '1200 块'],
        claim: '词表越大，词元越少：300 块时至少比 600 块时多一成，600 块时至少比 1000 块时多半成。',
        say: '这个故事依次要 {0}、{1}、{2}、{3} 个词元。词表小的时候，一个字往往要拆成两三块。',
      },
      'l03.2': {
        ask: '同一批文字训练出四个分词器。除了本来就按字切的那个，还有哪一个把中文切成一字一块？',
        options: {
          apart: { label: 'WordPiece', reply: '对：{2} 个，和汉字加标点一样多。' },
          bpe: { label: '字节 BPE', reply: '选它，想的是它从字节开始。常见的字和词后来合并了：{1} 个。' },
          unigram: {
            label: 'Unigram',
            reply: '选它，等于认为它按字计分。它取总概率最大的切法，常见的词是一整块：{3} 个。',
          },
        },
        act: '面板正用 WordPiece 切这个故事。和讲故事的模型自己的切法比一比，再看四种各切成几块。',
        show: ['按字', 'BPE', 'WordPiece', 'Unigram'],
        claim: 'WordPiece 的词元和汉字加标点一样多，Unigram 的更少。',
        say: '按字 {0} 个，BPE {1} 个，WordPiece {2} 个，Unigram {3} 个。WordPiece 先在每个汉字两边放上空格，所以一字一块，学不到词。',
      },
      'l03.3': {
        ask: '“{rare}”：字节 BPE 和 WordPiece 里，有一个切不了，只好写 [UNK]。是哪一个？',
        options: {
          bpe: {
            label: 'BPE：没见过就合并不了',
            reply: '选它，等于认为没合并过就写不出来。至少还有字节：未知 {1} 个，用了 {2} 块。',
          },
          wordpiece: { label: 'WordPiece', reply: '对：有 {0} 个词元只说“这里有点什么”。' },
        },
        act: '看 WordPiece 怎么切它，再看两边各有几个未知词元。',
        show: ['WordPiece 的未知', 'BPE 的未知', 'BPE 的块数'],
        claim: 'WordPiece 有切不了的，字节 BPE 没有。',
        say: 'WordPiece 有 {0} 个未知，BPE 有 {1} 个，写成 {2} 块。变成 [UNK] 的，再也找不回来。',
      },
      'l03.4': {
        ask: '把“{spaced}”切开再连起来，哪一个能一字不差地还原？',
        options: {
          both: {
            label: '都能：连起来就是切开之前',
            reply: '选它，等于认为切分什么也不丢。WordPiece 忘了哪里有空格：{1}',
          },
          bpe: { label: '只有字节 BPE', reply: '对：WordPiece 连出来是{1}' },
        },
        act: '看 WordPiece 把空格弄到哪里去了，再把两边的小块连起来。',
        show: ['BPE', 'WordPiece'],
        claim: '字节 BPE 能原样还原，WordPiece 不能。',
        say: 'BPE 还原成{0}，WordPiece 还原成{1}。空格对前者是一个字节，对后者只是一条界线。',
      },
    },
  },
}
