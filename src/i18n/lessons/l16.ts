// Words of lesson 16, encoder and decoder.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l16.en,
    idea: 'The encoder reads; the decoder writes, and looks across at what was read.',
    takeaway: 'Cross-attention is an alignment table.',
    own: { english: 'An English sentence of simple words' },
    steps: {
      'l16.1': {
        ask: '“{english}” is put into Chinese. “{whoZh}” ({who}) is written already. What comes next: what was done, or when?',
        options: {
          verb: {
            label: 'what was done, as in English',
            reply:
              'You think that a translation goes word by word. Chinese says the time before the verb: {0}, and {1} for the verb.',
          },
          time: { label: 'when: “{timeZh}”', reply: 'Yes: {0}.' },
        },
        act: 'Look at what the decoder expects next.',
        show: ['p of “{timeZh}” ({time})', 'p of “{verbZh}” ({verb})'],
        claim: 'The time comes next with at least 0.8, the verb has at most 0.1.',
        say: '“{timeZh}” has {0}. The word “{time}” stands last in the English sentence and is needed first.',
      },
      'l16.2': {
        ask: 'The model, a very small T5, has some 120,000 weights. Of 24 other sentences of its small grammar, how many come out exactly right?',
        options: {
          few: {
            label: 'a few',
            reply:
              'You think translating takes a large model. How large depends on the grammar, and this one is small: {1}.',
          },
          all: { label: 'nearly all', reply: 'Yes: the share is {1}, down to the last mark.' },
        },
        act: 'Let it translate this sentence.',
        show: ['it writes', 'share that is exactly right'],
        claim: 'At least 0.8 of the sentences are exactly right.',
        say: 'It writes {0}, and of the 24 others a share of {1} is exact. Outside its small grammar it knows nothing.',
      },
      'l16.3': {
        ask: 'While the decoder is about to write “{timeZh}”, which English word does it look at?',
        options: {
          next: {
            label: 'at “{verb}”, the next one',
            reply: 'You think that its look moves along a diagonal. On “{verb}” it has {1}, on “{time}” {0}.',
          },
          same: { label: 'at “{time}”, the one that it needs', reply: 'Yes: one head gives it {0}.' },
          all: {
            label: 'at all of them alike',
            reply:
              'You think it reads the whole sentence each time. One head gives {0} of its weight to “{time}” alone.',
          },
        },
        act: 'Choose the picture “Source”, and look at the row of the last word in the heads of L2 and L3.',
        show: ['most on “{time}”, of any head', 'most on “{verb}”', 'most on “{who}”'],
        claim: 'One head has at least half of its weight on “{time}”.',
        say: 'One head has {0} on “{time}”, the last word of the source. In cross-attention the query comes from the text being written, keys and values come from the encoder.',
      },
      'l16.4': {
        ask: 'Time and place are written: “{whoZh}{timeZh}{placeZh}”. Now the verb is due. Where does the look go?',
        options: {
          forth: {
            label: 'on, past the place',
            reply:
              'You think of a finger that moves along the line. It goes wherever the next word is: {0} on “{verb}”.',
          },
          back: { label: 'back to “{verb}”, near the beginning', reply: 'Yes: one head has {0} there.' },
        },
        act: 'Look at the row of the last word once more.',
        show: ['most on “{verb}”, of any head', 'most on “{time}”', 'p of “{verbZh}”'],
        claim: 'One head has at least half of its weight on “{verb}”, and the verb comes next with at least 0.8.',
        say: 'From the end of the source back to its second word: {0} on “{verb}”. Read line by line, cross-attention is a table of which word became which (alignment).',
      },
      'l16.5': {
        ask: 'Take away the look across, in both layers of the decoder. The Chinese written so far stays, and the decoder sees it. What happens?',
        options: {
          same: {
            label: 'it knows by now what the sentence says',
            reply:
              'You think that the decoder keeps the source in mind. It looks anew for every word: {1} is left of {0}.',
          },
          lost: { label: 'the verb is lost', reply: 'Yes: from {0} to {1}, and now it says {2}.' },
        },
        act: 'Leave out the cross-attention of both layers of the decoder.',
        show: ['p of “{verbZh}” before', 'p without the look across', 'likeliest now'],
        claim: 'Without the look across the verb has half its chance at most.',
        say: 'From {0} to {1}; the likeliest is {2}. What is left is a model of Chinese sentences that was never told what this one is about.',
      },
      'l16.6': {
        ask: 'The decoder’s words see only what stands before them; the encoder’s see each other both ways. Give the encoder the decoder’s mask. The decoder still looks at every English word. How many of the 24 other sentences come out right now?',
        options: {
          same: {
            label: 'as many as before',
            reply:
              'You think a word’s vector is the word alone. The encoder puts into it what stands around it, on both sides: from {2} to {3}.',
          },
          fewer: { label: 'far fewer', reply: 'Yes: from {2} to {3}.' },
        },
        act: 'Give both layers of the encoder the decoder’s mask, and see the upper half of the picture go.',
        show: [
          'pairs that may look, encoder',
          'pairs, decoder',
          'share exactly right',
          'share with the decoder’s mask',
        ],
        claim:
          'The encoder’s pairs make a whole square and the decoder’s a triangle, and with the triangle in the encoder at most 0.6 of the sentences are right.',
        say: 'In the encoder {0} pairs may look, a whole square; in the decoder {1}, a triangle, for what it has yet to write is not there. With the triangle in the encoder the share falls from {2} to {3}.',
      },
      'l16.7': {
        act: 'Write a sentence of your own in simple English words, like “tom washes a red boat by the river.”',
        show: ['it writes', 'p of its first token'],
        claim: 'The first token is at least as likely as all others together.',
        say: '{0} is what it writes. Put in a word that it does not know, and see where the sentence goes wrong.',
      },
    },
  },
  zh: {
    title: titles.l16.zh,
    idea: '编码器负责读，解码器负责写，一边写一边回头看原文。',
    takeaway: '交叉注意力是一张对齐表。',
    own: { english: '一句简单的英文' },
    steps: {
      'l16.1': {
        ask: '要把“{english}”译成中文。已经写了“{whoZh}”，下一个词是动作还是时间？',
        options: {
          verb: {
            label: '动作，英文就是这个顺序',
            reply: '选它，等于认为翻译是一个词换一个词。中文先说时间，后说动作：{0}，动作只有 {1}。',
          },
          time: { label: '时间：“{timeZh}”', reply: '对：{0}。' },
        },
        act: '看解码器接下来想写什么。',
        show: ['“{timeZh}”的概率', '“{verbZh}”的概率'],
        claim: '时间的概率至少 0.8，动作不超过 0.1。',
        say: '“{timeZh}”有 {0}。英文里 {time} 排在最后，中文里却要先写它。',
      },
      'l16.2': {
        ask: '这个模型是一个很小的 T5，大约有十二万个权重。另外 24 句同样语法的句子，能译得一字不差的有多少？',
        options: {
          few: {
            label: '没有几句',
            reply: '选它，等于认为翻译非大模型不可。要多大，看语法有多复杂，这一套很小：{1}。',
          },
          all: { label: '几乎全部', reply: '对：比例是 {1}，标点都不差。' },
        },
        act: '让它把这句译出来。',
        show: ['它写的', '一字不差的比例'],
        claim: '至少 0.8 的句子一字不差。',
        say: '它写的是{0}，另外 24 句里，一字不差的比例是 {1}。出了它那一小套语法，它什么也不会。',
      },
      'l16.3': {
        ask: '马上要写“{timeZh}”时，解码器在看哪个英文词？',
        options: {
          next: {
            label: '{verb}，轮到它了',
            reply: '选它，等于认为目光沿着对角线走。看 {verb} 的只有 {1}，看 {time} 的有 {0}。',
          },
          same: { label: '{time}，正用得着它', reply: '对：有一个头给了它 {0}。' },
          all: { label: '每个词都一样看', reply: '选它，等于认为每次都要通读一遍。有一个头把 {0} 都给了 {time}。' },
        },
        act: '画法选“原文”，在 L2、L3 的各个头里看最后一个词那一行。',
        show: ['各头看 {time} 最多的', '各头看 {verb} 最多的', '各头看 {who} 最多的'],
        claim: '有一个头至少把一半权重放在 {time} 上。',
        say: '有一个头把 {0} 放在 {time} 上，那是原文的最后一个词。在交叉注意力里，查询来自正在写的译文，键和值来自编码器。',
      },
      'l16.4': {
        ask: '时间和地点都写好了：“{whoZh}{timeZh}{placeZh}”，该写动作了。目光会去哪里？',
        options: {
          forth: {
            label: '接着往后看',
            reply: '选它，是把它想成了指着一行字往后移的手指。下一个词在哪里就看哪里：{verb} 有 {0}。',
          },
          back: { label: '退回到靠前的 {verb}', reply: '对：有一个头给了 {0}。' },
        },
        act: '再看最后一个词那一行。',
        show: ['各头看 {verb} 最多的', '各头看 {time} 最多的', '“{verbZh}”的概率'],
        claim: '有一个头至少把一半权重放在 {verb} 上，动作的概率至少 0.8。',
        say: '从原文末尾退回第二个词：{verb} 上有 {0}。一行一行读下来，交叉注意力就是一张词对词的表。',
      },
      'l16.5': {
        ask: '把解码器两层的交叉注意力都拿掉，不让它回头看原文。已经写好的中文还在，它也看得见。会怎样？',
        options: {
          same: {
            label: '照样写对：它早知道原文说什么了',
            reply: '选它，等于认为解码器把原文记在心里。它每写一个词都要重新看：从 {0} 剩下 {1}。',
          },
          lost: { label: '动作丢了', reply: '对：从 {0} 落到 {1}，现在它要写{2}。' },
        },
        act: '拿掉解码器两层的交叉注意力。',
        show: ['原来“{verbZh}”的概率', '不看原文时的概率', '现在最可能的'],
        claim: '不看原文时，动作的概率不超过原来的一半。',
        say: '从 {0} 落到 {1}，最可能的变成{2}。剩下的只会造中文句子，没有人告诉它这一句要说什么。',
      },
      'l16.6': {
        ask: '解码器里，每个词只看得见前面的；编码器里，前后都看得见。现在把解码器的掩码也套到编码器上，解码器照样看得到每个英文词。另外 24 句里，还有多少能译对？',
        options: {
          same: {
            label: '和原来一样多',
            reply: '选它，等于认为一个词的向量只装着这个词。编码器会把前后的内容都写进去：从 {2} 落到 {3}。',
          },
          fewer: { label: '少得多', reply: '对：从 {2} 落到 {3}。' },
        },
        act: '给编码器的两层都套上解码器的掩码，看图的右上半边怎样消失。',
        show: ['编码器里能看的对数', '解码器里能看的对数', '一字不差的比例', '套上掩码后的比例'],
        claim: '编码器里能看的对数是整个方阵，解码器里是三角；编码器也只剩三角时，译对的句子不超过 0.6。',
        say: '编码器里有 {0} 对能看，是整个方阵；解码器里有 {1} 对，是个三角，因为后面的还没写出来。编码器也只剩三角时，一字不差的比例从 {2} 落到 {3}。',
      },
      'l16.7': {
        act: '自己写一句简单的英文，例如 tom washes a red boat by the river.',
        show: ['它写的', '第一个词元的概率'],
        claim: '第一个词元至少和其余全部加起来一样可能。',
        say: '它写的是{0}。换进一个它不认识的词，看看句子从哪里开始走样。',
      },
    },
  },
}
