// Words for answers read token by token in the chat: colours, the card of one token, and branches.

const n = (value: number): string => value.toLocaleString('en')
const z = (value: number): string => value.toLocaleString('zh-CN')

const en = {
  colours: {
    label: 'Colour answers by', choice: (by: string) => `Colours: ${by}`, off: 'off', surprisal: 'surprise', entropy: 'entropy', rank: 'rank', margin: 'margin',
    legend: {
      surprisal: 'Surprise: −log₂ of the token’s probability, in bits',
      entropy: 'Entropy: how open the choice was, over all tokens, in bits',
      rank: 'Rank among all tokens; 1 = the model’s favourite',
      margin: 'Margin: how far the favourite’s logit is above the second',
    },
    none: 'Answers from an earlier visit have no numbers; ask again to see them.',
    words: 'The words of this answer. Arrow keys walk, Enter shows what else it could have been.',
    text: 'The answer, token by token. Arrow keys walk, Enter opens the numbers of a token.',
  },
  card: {
    title: (token: string) => `Token “${token}”`, close: 'Close',
    id: 'id', position: 'place', before: 'model', after: 'in the draw', rank: 'rank', surprise: 'surprise', entropy: 'entropy', margin: 'margin',
    beforeHint: 'Probability before any setting acted', afterHint: 'Probability after penalties, temperature and cuts',
    bits: (b: string) => `${b} bits`, alternatives: 'What else it could have been', chosen: 'written',
    branch: 'Continue with this', inspect: 'All probabilities', byHand: 'put here by hand', end: 'end of the answer', bytes: (hex: string) => `bytes ${hex}`,
    notLatest: 'Only the newest answer can go another way.', busy: 'The model is writing.', edits: 'Edits are in force: undo them to branch.',
    notHere: 'Only the newest answer is still in the model.',
    why: 'Why this one?', whyLens: 'Follow it through the layers', whyAttention: 'See what the model looked at', ban: 'Ban', banHint: 'Never draw this token again in this chat, and write the answer anew from here. The settings list what is banned.', isBanned: 'banned in this chat',
  },
  bans: { title: 'Banned tokens', hint: 'Never drawn in this chat (logit bias −10,000). A new chat starts without them.', remove: (token: string) => `Allow “${token}” again`, other: 'of another model' },
  branches: {
    title: 'Branches', first: 'first answer', show: 'Show this branch', shown: 'shown', remove: 'Delete this branch',
    tokens: (count: number) => `${n(count)} ${count === 1 ? 'token' : 'tokens'}`, end: '(ends here)',
    compare: 'Compare with the first', compareFirst: 'This is the first answer: show another branch to see where it parts.', noDifference: '(the same words)', rename: 'Name this branch', namePlaceholder: 'a name', removeAsk: 'Delete it?',
    banned: (token: string) => `“${token}” was banned here`,
  },
}

const zh: typeof en = {
  colours: {
    label: '回答着色', choice: (by) => `着色：${by}`, off: '关', surprisal: '意外程度', entropy: '熵', rank: '名次', margin: '领先幅度',
    legend: {
      surprisal: '意外程度：词元概率的 −log₂，单位比特',
      entropy: '熵：此处的选择有多开放，按所有词元计算，单位比特',
      rank: '在所有词元中的名次；1 = 模型最看好的',
      margin: '领先幅度：最好的分数比第二好的高多少',
    },
    none: '上次访问留下的回答没有这些数字；再问一次就能看到。',
    words: '这个回答里的词。方向键移动，回车查看本来还可能是什么。',
    text: '逐词元显示的回答。方向键移动，回车打开词元的数字。',
  },
  card: {
    title: (token) => `词元“${token}”`, close: '关闭',
    id: '编号', position: '位置', before: '模型', after: '抽取时', rank: '名次', surprise: '意外', entropy: '熵', margin: '领先',
    beforeHint: '任何设置起作用之前的概率', afterHint: '经过惩罚、温度和裁剪之后的概率',
    bits: (b) => `${b} 比特`, alternatives: '本来还可能是', chosen: '已写出',
    branch: '用它继续', inspect: '全部概率', byHand: '手动放上的', end: '回答结束', bytes: (hex) => `字节 ${hex}`,
    notLatest: '只有最新的回答可以改走别的路。', busy: '模型正在书写。', edits: '有改动生效中：撤销后才能分支。',
    notHere: '模型里只保留着最新的回答。',
    why: '为什么是它？', whyLens: '逐层看它是怎么来的', whyAttention: '看模型当时在看哪里', ban: '禁用', banHint: '在这个对话里不再抽取这个词元，并从这里起重写回答。禁用了什么，见“设置”。', isBanned: '已在本对话禁用',
  },
  bans: { title: '禁用的词元', hint: '在这个对话里不会被抽到（logit 偏置 −10,000）。新对话不受影响。', remove: (token) => `重新允许“${token}”`, other: '属于另一个模型' },
  branches: {
    title: '分支', first: '最初的回答', show: '显示这个分支', shown: '正在显示', remove: '删除这个分支',
    tokens: (count) => `${z(count)} 个词元`, end: '（到此结束）',
    compare: '与最初的对照', compareFirst: '这就是最初的回答：显示另一个分支，看看它从哪里分开。', noDifference: '（字词相同）', rename: '给这个分支起名', namePlaceholder: '名字', removeAsk: '删除吗？',
    banned: (token) => `这里禁用了“${token}”`,
  },
}

export const tokenWords = { en, zh }
