// Words of lesson 2, tokens.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l02.en,
    idea: 'Text becomes pieces, and what has no piece of its own is paid for in bytes.',
    takeaway: 'The vocabulary decides what is cheap and what is dear.',
    own: { text: 'A text of your own' },
    steps: {
      'l02.1': {
        ask: '“{text}” How many tokens is that for the storyteller?',
        options: {
          letters: {
            label: 'as many as letters, spaces and punctuation marks',
            reply: 'You think a model reads letter by letter. There are {1} characters here, and it reads {0} tokens.',
          },
          pieces: {
            label: 'far fewer: about one for each word or punctuation mark',
            reply: 'Yes: {0} tokens for {1} characters.',
          },
          bytes: {
            label: 'more than letters',
            reply: 'You think that cutting makes text longer. It was made to shorten it: {0} tokens.',
          },
        },
        act: 'Type the text into the field and see where it is cut.',
        show: ['tokens', 'characters', 'bytes'],
        claim: 'The text has at most one token for three characters.',
        say: '{1} characters are {0} tokens, most of them a whole word with the space before it. The tokenizer hands their numbers to the model, which never sees a letter.',
      },
      'l02.2': {
        ask: 'Now the same in Chinese: “{other}” Each character is three bytes. How many tokens?',
        options: {
          letters: {
            label: 'one for each character',
            reply:
              'You think a character is the smallest piece there is. Common words have a token of their own: {0} for {1}.',
          },
          pieces: { label: 'fewer than characters', reply: 'Yes: {0} tokens for {1} characters.' },
          bytes: {
            label: 'one for each byte',
            reply:
              'You think that everything but English is spelled in bytes. This vocabulary learned Chinese, too: {0}, not {2}.',
          },
        },
        act: 'Type the Chinese sentence.',
        show: ['tokens', 'characters', 'bytes'],
        claim: 'The Chinese sentence has at most eight tokens for ten characters.',
        say: '{0} tokens carry {2} bytes. Which language is cheap is no law of nature: it is what the vocabulary was learned from.',
      },
      'l02.3': {
        ask: 'One emoji: {face} How many tokens?',
        options: {
          one: {
            label: 'one, it is one symbol',
            reply:
              'You think what looks like one thing is one token. Only what was common in the corpus got one; this took {0}.',
          },
          bytes: { label: 'four', reply: 'Yes: its bytes are {2}.' },
          none: {
            label: 'none, it is left out',
            reply: 'You think that what is unknown gets lost. Nothing is: {0} tokens hold its bytes {2}.',
          },
        },
        act: 'Type the emoji (or paste it).',
        show: ['tokens', 'bytes', 'their bytes, joined'],
        claim: 'The emoji is four tokens, and joined they are the bytes F0 9F 98 80.',
        say: 'The vocabulary has no {face}, so it is written as its {1} bytes, a token for each (byte fallback). Joined, they are the emoji again.',
      },
      'l02.4': {
        ask: 'One long word that no story of this model has: “{rare}”. How many tokens?',
        options: {
          one: {
            label: 'one, it is one word',
            reply: 'You think tokens are words. They are pieces that were common: this word needs {0}.',
          },
          few: {
            label: 'three: inter, national, ization',
            reply:
              'You think it is cut the way a linguist would cut it. The cuts follow what was counted in the training texts: {2}',
          },
          many: { label: 'eight or more', reply: 'Yes: {0} pieces, {2}' },
        },
        act: 'Type the word, then go through its joins with “One step back” and “One step on”.',
        show: ['tokens', 'letters', 'pieces'],
        claim: 'The word falls into at least eight tokens.',
        say: 'A word of {1} letters costs {0} tokens, because none of the texts had it from which BPE learned the vocabulary. How it fell apart has little to do with its meaning.',
      },
      'l02.5': {
        act: 'Your own text: type it into the field, too, and see which words stay whole.',
        show: ['tokens', 'bytes', 'pieces'],
        claim: 'Joined again, the tokens give back exactly what was typed.',
        say: 'Your text is {0} tokens for {1} bytes, and joined again they give it back exactly. What fell apart was rare in the texts that this vocabulary was learned from.',
      },
    },
  },
  zh: {
    title: titles.l02.zh,
    idea: '文字先被切成小块；没有自己那一块的，只好按字节付账。',
    takeaway: '词表决定什么便宜、什么昂贵。',
    own: { text: '你自己的一段文字' },
    steps: {
      'l02.1': {
        ask: '“{text}”对讲故事的模型来说，这是多少个词元？',
        options: {
          letters: {
            label: '一个字一个词元',
            reply: '选它，等于认为字是最小的单位。常见的词有自己的词元：{1} 个字符只用了 {0} 个。',
          },
          pieces: { label: '比字少', reply: '对：{1} 个字符，{0} 个词元。' },
          bytes: {
            label: '一个字节一个词元',
            reply: '选它，等于认为中文都要拆成字节。这张词表学过中文：是 {0} 个，不是 {2} 个。',
          },
        },
        act: '在输入框里打出这段话，看它在哪里被切开。',
        show: ['词元', '字符', '字节'],
        claim: '词元数不超过字符数的八成。',
        say: '{1} 个字符切成了 {0} 个词元，常见的词整块保留。分词器把它们的编号交给模型，模型从来看不到字。',
      },
      'l02.2': {
        ask: '同样的意思换成英文：“{other}”有多少个词元？',
        options: {
          letters: {
            label: '和字母、空格、标点一样多',
            reply: '选它，等于认为模型一个字母一个字母地读。这里有 {1} 个字符，却只有 {0} 个词元。',
          },
          pieces: { label: '少得多：大约一个词一个', reply: '对：{1} 个字符，{0} 个词元。' },
          bytes: { label: '比字母还多', reply: '选它，等于认为切分会让文字变长。它正是为了变短：只有 {0} 个。' },
        },
        act: '打出这句英文。',
        show: ['词元', '字符', '字节'],
        claim: '这句英文的词元数不超过字符数的三分之一。',
        say: '{0} 个词元装下 {2} 个字节，单词前面的空格也算在词元里。哪种语言便宜不是天生的，要看词表是从什么文字里学来的。',
      },
      'l02.3': {
        ask: '一个表情：{face} 要多少个词元？',
        options: {
          one: {
            label: '一个，它就是一个符号',
            reply: '选它，等于认为看起来是一个，就是一个词元。只有语料里常见的才有：它用了 {0} 个。',
          },
          bytes: { label: '四个', reply: '对：它的字节是{2}。' },
          none: {
            label: '没有，会被丢掉',
            reply: '选它，等于认为不认识的就会丢失。什么也没丢：{0} 个词元装着字节{2}。',
          },
        },
        act: '输入这个表情（也可以粘贴）。',
        show: ['词元', '字节', '连起来的字节'],
        claim: '这个表情是四个词元，连起来是字节 F0 9F 98 80。',
        say: '词表里没有 {face}，只好写成它的 {1} 个字节，一个字节一个词元（字节回退）。连起来，又是这个表情。',
      },
      'l02.4': {
        ask: '“{rare}”，三个字，这个模型的故事里从没有过。要多少个词元？',
        options: {
          one: { label: '一个，它是一个词', reply: '选它，等于认为词元就是词。词元是常见的小块：这里要 {0} 个。' },
          few: {
            label: '三个，一个字一个',
            reply: '选它，等于认为每个字至少有自己的词元。没学过的字只能用字节来写：要 {0} 个。',
          },
          many: { label: '比字还多', reply: '对：{1} 个字要 {0} 个词元。' },
        },
        act: '输入这个词，再用“退一步”“进一步”看它怎样合并。',
        show: ['词元', '字', '小块'],
        claim: '这个词至少要切成五个词元。',
        say: '{1} 个字用掉 {0} 个词元，因为 BPE 学词表用的文字里没有它们。切开的地方是字节的边界，和意思没有关系。',
      },
      'l02.5': {
        act: '轮到你自己的文字：也在输入框里打出来，看哪些词是完整的。',
        show: ['词元', '字节', '小块'],
        claim: '词元连起来，与输入的一字不差。',
        say: '你的文字是 {0} 个词元、{1} 个字节，连起来一字不差。被拆散的那些，在学这张词表用的文字里很少见。',
      },
    },
  },
}
