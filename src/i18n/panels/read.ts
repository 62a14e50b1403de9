// Words of the panel for models that read a whole text: fill blanks, name labels, give vectors.

/** A text to try, and a second one. */
interface Example {
  text: string
  pair?: string
}

const en = {
  title: 'Read a text',
  intro: {
    fill: 'This model sees the words on both sides. Leave a blank, and it says what fits there.',
    labels: 'This model reads a text and names a label for it.',
    'token-labels': 'This model names a label for every token.',
    span: 'This model finds the answer to a question in a text.',
    embed:
      'This model turns a text into a vector: texts that mean alike get vectors that point alike. One text a line.',
  },
  text: 'Text',
  question: 'Question',
  second: 'Second text',
  context: 'Text to search',
  addSecond: 'Add a second text',
  dropSecond: 'One text only',
  blank: 'Insert a blank',
  read: 'Read',
  reading: 'Reading…',
  keys: 'Ctrl + Enter reads.',
  old: 'The text has changed since it was read. Read it again to see what the model says of it now.',
  tokens: 'What it read',
  lastTokens: 'What it read: the last text',
  segments: (n: number) => `${n} tokens, two texts`,
  count: (n: number) => `${n} tokens`,
  leftOut: (n: number) =>
    n === 1
      ? 'The text is longer than the model was made to read: its last token was left out.'
      : `The text is longer than the model was made to read: its last ${n} tokens were left out.`,
  blanks: 'What fits the blanks',
  nth: (n: number) => `Blank ${n}`,
  noBlank: (mask: string) => `There is no blank in the text. A blank is written ${mask}.`,
  choose: (token: string) => `Put “${token}” into the blank`,
  labels: 'Label',
  value: 'This head has one output: the number is its value, not a probability.',
  task: (n: number) => `Label, task ${n}`,
  each: 'Labels of the tokens',
  answers: 'Answers',
  noAnswer: 'No stretch of the text is likely.',
  vectors: 'How alike the texts are',
  vectorsHint: 'Cosine of the angle between their vectors: 1 is the same direction, 0 is a right angle.',
  cell: (a: string, b: string, value: string) => `“${a}” and “${b}”: ${value}`,
  size: (n: number) => `${n} numbers for each text`,
  twoTexts: 'Write two or more lines to compare them.',
  numbers: 'Its numbers',
  pooled: 'Pooled: the first token through the pooler',
  pooledHint: (n: number) =>
    `${n} numbers between −1 and 1, made for the heads that the model was trained with. They stand for the whole text there, but say little by themselves; texts are compared by the vectors above.`,
  inside: 'Attention, Inside and what else this model has views for now look at this text.',
  insideLast: 'Attention, Inside and what else this model has views for now look at the last of these texts.',
  details: 'Technical details',
  examples: {
    title: 'Try:',
    /** a button for several lines */ lines: 'Sentences to compare',
    general: {
      fill: [{ text: 'The capital of France is {mask}.' }, { text: 'She opened the {mask} and walked in.' }],
      labels: [{ text: 'The food was wonderful, and we will come again.' }],
      'token-labels': [{ text: 'Marie Curie was born in Warsaw and worked in Paris.' }],
      span: [
        { text: 'Where was Marie Curie born?', pair: 'Marie Curie was born in Warsaw and worked in Paris.' },
      ] as Example[],
      embed: [{ text: 'The cat sleeps on the sofa.\nA kitten is napping on the couch.\nThe stock market fell today.' }],
    },
  },
}

const zh: typeof en = {
  title: '读一段文字',
  intro: {
    fill: '这个模型能同时看到左右两边的词。留一个空，它会说出适合填进去的词。',
    labels: '这个模型读一段文字，给它贴上标签。',
    'token-labels': '这个模型给每个词元贴上标签。',
    span: '这个模型在一段文字里找出问题的答案。',
    embed: '这个模型把文字变成向量：意思相近的文字，向量的方向也相近。每行一段文字。',
  },
  text: '文字',
  question: '问题',
  second: '第二段文字',
  context: '要查找的文字',
  addSecond: '加上第二段文字',
  dropSecond: '只读一段',
  blank: '插入一个空',
  read: '读',
  reading: '正在读…',
  keys: '按 Ctrl + Enter 读。',
  old: '文字在读过之后改了。再读一次，才能看到模型现在怎么说。',
  tokens: '它读到的',
  lastTokens: '它读到的：最后一段',
  segments: (n) => `${n} 个词元，两段文字`,
  count: (n) => `${n} 个词元`,
  leftOut: (n) => `文字比模型能读的长：末尾的 ${n} 个词元没有读。`,
  blanks: '空里适合填什么',
  nth: (n) => `第 ${n} 个空`,
  noBlank: (mask) => `文字里没有空。空写作 ${mask}。`,
  choose: (token) => `把“${token}”填进空里`,
  labels: '标签',
  value: '这个输出头只有一个输出：这是它的数值，不是概率。',
  task: (n) => `第 ${n} 个任务的标签`,
  each: '各个词元的标签',
  answers: '答案',
  noAnswer: '文字里没有可能的答案。',
  vectors: '这些文字有多相近',
  vectorsHint: '向量夹角的余弦：1 表示方向相同，0 表示垂直。',
  cell: (a, b, value) => `“${a}”与“${b}”：${value}`,
  size: (n) => `每段文字 ${n} 个数`,
  twoTexts: '写两行或更多，就能比较。',
  numbers: '它的各个数',
  pooled: '池化输出：第一个词元经过池化层',
  pooledHint: (n) =>
    `${n} 个数，都在 −1 与 1 之间，是给训练时的输出头用的。在那里它代表整段文字，单独看意义不大；比较文字用的是上面的向量。`,
  inside: '“注意力”“内部”等适用于这个模型的面板，现在看的是这段文字。',
  insideLast: '“注意力”“内部”等适用于这个模型的面板，现在看的是最后一段文字。',
  details: '技术细节',
  examples: {
    title: '试试：',
    lines: '要比较的几句话',
    general: {
      fill: [{ text: '法国的首都是{mask}黎。' }, { text: '她打开{mask}走了进去。' }],
      labels: [{ text: '菜很好吃，下次还来。' }],
      'token-labels': [{ text: '鲁迅出生在绍兴，后来去了北京。' }],
      span: [{ text: '鲁迅出生在哪里？', pair: '鲁迅出生在绍兴，后来去了北京。' }],
      embed: [{ text: '小猫在沙发上睡觉。\n一只猫咪正在长椅上打盹。\n今天股市下跌了。' }],
    },
  },
}

export const read = { en, zh }
