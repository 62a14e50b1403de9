// Words of the hints under an answer: what can be seen of how it came about.

const en = {
  title: 'See how this answer came about',
  words: 'Or press any word of the answer.',
  dismiss: 'Put these hints away. Help (?) brings them back.',
  other: (word: string) => `What else could “${word}” have been?`,
  source: (word: string) => `Where did “${word}” come from?`,
  looked: (word: string) => `What did it look at before “${word}”?`,
  layers: (word: string) => `Watch “${word}” take shape, layer by layer`,
  inside: 'Follow the computation step by step',
  experts: (word: string) => `Which experts wrote “${word}”? (Inside, at an MLP)`,
  state: (word: string) => `What did the gates keep and forget before “${word}”?`,
}

const zh: typeof en = {
  title: '看看这个回答是怎么来的',
  words: '也可以直接点回答里的任何一个词。',
  dismiss: '收起这些提示。在“帮助”（?）里可以重新打开。',
  other: (word) => `“${word}”原本还可能是什么？`,
  source: (word) => `“${word}”是从哪里来的？`,
  looked: (word) => `写“${word}”之前，模型在看哪里？`,
  layers: (word) => `逐层看“${word}”怎样成形`,
  inside: '一步一步跟着它算',
  experts: (word) => `“${word}”是哪些专家写的？（“内部”里的 MLP）`,
  state: (word) => `写“${word}”之前，各个门留下和忘掉了什么？`,
}

export const hintWords = { en, zh }
