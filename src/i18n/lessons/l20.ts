// Words of lesson 20, the cache and what it costs.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l20.en,
    idea: 'The keys and values that a model keeps (the KV cache) are its memory, and its bill.',
    takeaway: 'The cache trades memory for time; drop a cell, lose a fact.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l20.1': {
        ask: 'The whole story was read; its keys and values lie in the cache. Take out the entry of “{place}” alone: what becomes of the answer?',
        options: {
          stays: {
            label: 'it stays: the story was read already',
            reply:
              'You think that what was read is known for good. It is known only as long as it lies in the cache: {1} is left of {0}.',
          },
          gone: { label: 'it is mostly lost', reply: 'Yes: {1} is left of {0}.' },
          stops: {
            label: 'the model notices the gap',
            reply:
              'You think a missing entry is noticed. Attention is shared out among what is left, and the likeliest is {2}.',
          },
        },
        act: 'Choose the slot of “{place}” under “KV cache” and press “Take out of the cache”.',
        show: ['p of the answer before', 'p of it without the entry', 'likeliest now'],
        claim: 'Without that entry the answer has half its chance at most.',
        say: 'One entry is gone and p falls from {0} to {1}. The model goes on without a word about it; its likeliest is {2}.',
      },
      'l20.2': {
        ask: 'Now another entry: “{place1}”, where {name1} was. The question is still about {name}. What becomes of the answer?',
        options: {
          stays: { label: 'the answer stays', reply: 'Yes: {0} before, {1} now.' },
          less: {
            label: 'it gets much less sure',
            reply: 'You think that each entry carries a share of every answer. This one was not needed: {1}.',
          },
          gone: {
            label: 'it is lost, too',
            reply:
              'You think a cache is like a chain that one missing link breaks. It is more like a shelf: {1} is still there.',
          },
        },
        act: 'The slot of “{place}” is back in its place. Take out that of “{place1}”.',
        show: ['p of the answer before', 'p of it without the entry'],
        claim: 'Without that entry the answer still has at least 0.7.',
        say: 'Before {0}, after {1}. Methods that shorten a cache live on this: many entries are not needed for the next question, and the art is to know which.',
      },
      'l20.3': {
        ask: 'How many bytes does the cache hold for each token of this small model?',
        options: {
          word: {
            label: 'as many as the word has letters',
            reply: 'You think it keeps the text. It keeps numbers, for every layer: {0} bytes a token.',
          },
          kilo: { label: 'some thousands', reply: 'Yes: {0} bytes.' },
          mega: {
            label: 'millions',
            reply:
              'The largest models come to that, where their heads share no keys. This one has few layers and heads: {0} bytes a token.',
          },
        },
        act: 'Count along: keys and values, each layer, each kv head (a set of keys and values), each of its numbers, four bytes a number.',
        show: ['bytes a token', 'tokens of this text', 'bytes of this text'],
        claim: 'What was measured is exactly what was counted.',
        say: 'A key and a value, for every layer and kv head, make {0} bytes a token. The {1} tokens of this text take {2}.',
      },
      'l20.4': {
        ask: 'Eight heads ask in each layer, but every two of them share one head of keys and values (GQA). How large would the cache be if each had its own?',
        options: {
          same: {
            label: 'as large',
            reply:
              'You think that sharing saves computing only. Keys that are not there need not be kept: {0} against {1}.',
          },
          half: { label: 'twice as large', reply: 'Yes: {1} bytes a token, in place of {0}.' },
          eighth: {
            label: 'eight times as large',
            reply: 'That would be so if all eight shared one now (multi-query, {2} bytes). Here {3} heads share {4}.',
          },
        },
        act: 'Compare the heads that ask with those that are kept.',
        show: ['bytes a token', 'with a kv head for each', 'with one for all', 'heads that ask', 'kv heads'],
        claim: 'The cache is at most 0.6 of what it would be with a kv head for each head.',
        say: '{0} bytes as it is, {1} with {3} kv heads, {2} with a single one. The number of kv heads is chosen when a model is built, mostly for this bill.',
      },
      'l20.5': {
        act: 'Your own story: take the slot of your place out of the cache.',
        show: ['the answer', 'p of it before', 'p of it without the entry', 'likeliest now'],
        claim: 'Without that entry the answer has half its chance at most.',
        say: '{0} had {1}, and {2} is left; now {3} comes first. Where your place is cut into several tokens, all of them were taken out.',
      },
    },
  },
  zh: {
    title: titles.l20.zh,
    idea: '留下来的键和值（KV 缓存）是模型的记性，也是它的账单。',
    takeaway: '缓存用内存换时间；忘掉一格就少一个事实。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l20.1': {
        ask: '故事已经读完，键和值都在缓存里。只把“{place}”那一格拿掉，答案会怎样？',
        options: {
          stays: {
            label: '还在：故事早就读过了',
            reply: '选它，等于认为读过就记住了。记住的只有还放在那里的：从 {0} 剩下 {1}。',
          },
          gone: { label: '大半没了', reply: '对：原来 {0}，只剩 {1}。' },
          stops: {
            label: '模型会发现少了东西',
            reply: '选它，等于认为空缺看得出来。注意力只在剩下的里面分，最可能的仍有一个：{2}。',
          },
        },
        act: '在“KV 缓存”里选中“{place}”那一格（槽位），按“从缓存中移除”。',
        show: ['原来答案的概率', '少这一格时它的概率', '现在最可能的'],
        claim: '没有那一格，答案的概率不超过原来的一半。',
        say: '少了一格，概率从 {0} 落到 {1}。模型不会提起少了什么，现在最可能的是{2}。',
      },
      'l20.2': {
        ask: '换一格：拿掉{name1}待的“{place1}”。问的还是{name}，答案会怎样？',
        options: {
          stays: { label: '答案还在', reply: '对：原来 {0}，现在 {1}。' },
          less: { label: '把握小了很多', reply: '选它，等于认为每一格都替每个答案出一份力。这一格用不上：{1}。' },
          gone: { label: '也没了', reply: '选它，是把缓存想成一断就断的链子。它更像书架：还有 {1}。' },
        },
        act: '“{place}”那一格已经放回去了。这次移除“{place1}”那一格。',
        show: ['原来答案的概率', '少这一格时它的概率'],
        claim: '没有那一格，答案的概率仍不低于 0.7。',
        say: '原来 {0}，现在 {1}。压缩缓存的办法靠的就是这个：回答下一个问题，许多格子都用不上，难在知道是哪些。',
      },
      'l20.3': {
        ask: '这个小模型，缓存为每个词元存多少字节？',
        options: {
          word: {
            label: '这个词有多长就多少',
            reply: '选它，等于认为存的是文字。存的是每一层的数：每个词元 {0} 字节。',
          },
          kilo: { label: '几千', reply: '对：{0} 字节。' },
          mega: {
            label: '上百万',
            reply: '最大的那些模型，头又不共用键，才到这个量级。这个模型层少、头少：每个词元 {0} 字节。',
          },
        },
        act: '跟着数：键和值，每一层，每个 kv 头（一组键和值），每个数，一个数四字节。',
        show: ['每个词元的字节', '这段文字的词元', '这段文字的字节'],
        claim: '量出来的，与数出来的完全相等。',
        say: '每层、每个 kv 头各存一个键和一个值，合起来每个词元 {0} 字节。这段文字 {1} 个词元，要 {2} 字节。',
      },
      'l20.4': {
        ask: '每层有八个头在问，每两个头共用一组键和值（GQA）。如果每个头都有自己的一组，缓存会有多大？',
        options: {
          same: { label: '一样大', reply: '选它，等于认为共用只省计算。没有的键和值也就不必存：{0} 对 {1}。' },
          half: { label: '两倍大', reply: '对：每个词元 {1} 字节，而不是 {0}。' },
          eighth: {
            label: '八倍大',
            reply: '现在若是八个头共用一组（MQA，{2} 字节）才是那样。这里是 {3} 个头共用 {4} 组。',
          },
        },
        act: '比一比有几个头在问，又存了几个头的键。',
        show: ['每个词元的字节', '每个头各有一组', '所有头共用一组', '在问的头', 'kv 头'],
        claim: '现在的缓存，不超过每个头各存一份时的六成。',
        say: '现在 {0} 字节，{3} 个 kv 头要 {1}，只有一个 kv 头是 {2}。设计模型时定下 kv 头的个数，多半就是为了这张账单。',
      },
      'l20.5': {
        act: '你自己的故事：把你那个地方的格子从缓存中移除。',
        show: ['答案', '原来它的概率', '少这一格时它的概率', '现在最可能的'],
        claim: '没有那一格，答案的概率不超过原来的一半。',
        say: '{0}原来有 {1}，还剩 {2}；现在最可能的是{3}。要是你的地方被切成了几个词元，它们都被拿掉了。',
      },
    },
  },
}
