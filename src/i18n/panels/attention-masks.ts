// Words of the attention panel that depend on what a layer sees: keys up to a query's own (causal), all of them (both), those
// and the prompt (prefix), or all of a source (source). One place, so that no other sentence speaks of a diagonal.

const causal = {
  lead: 'Before it chooses the next token, the model lets every head decide which earlier tokens to look at. Each picture below is one head on your text; purple is attention, and the stronger the purple, the more.',
  probs:
    'Every row is one token and adds up to 1: how it divides its attention among itself and the tokens before. Nothing stands above the diagonal, because later tokens did not exist yet. Follow one row to see what a token looks at, one column to see who looks at it.',
  raw: 'How well query and key match, for every pair. The model never computes the pairs above the diagonal; where at most 72 tokens are in sight they are computed here from the same q and k, so that you see what the mask hides.',
  masked:
    'The same rows before softmax: q·k times the scale, blue above zero and orange below. Softmax turns differences of these numbers into ratios of weights, so a score higher by 1 becomes a weight 2.7 times larger.',
  biased: 'This layer adds a number to every score by how far apart the two tokens are; it is part of what you see.',
}
const both: typeof causal = {
  ...causal,
  lead: 'Every head decides for every token which tokens to look at, before it and after it: this text is read whole. Each picture below is one head on your text; purple is attention, and the stronger the purple, the more.',
  probs:
    'Every row is a token and adds up to 1: how it shares its attention out among the tokens before and after it. In this layer everyone sees everyone, so the whole square has values. Along a row: whom it looks at; down a column: who looks at it.',
  raw: 'How well query and key match, for every pair. This layer hides none: with the mask the picture stays the same, but for looks that you cut.',
}
const prefix: typeof causal = {
  ...causal,
  lead: 'The prompt is read whole: its tokens look at each other, before and after. The answer is written one token at a time and looks at the prompt and at what it has said so far. Each picture below is one head on your text; purple is attention, and the stronger the purple, the more.',
  probs:
    'Every row is one token and adds up to 1. The rows of the prompt have values in the whole square of the prompt; those of the answer end at the diagonal, because later tokens did not exist yet. Along a row: what it looks at; down a column: who looks at it.',
  raw: 'How well query and key match, for every pair. The model computes those within the prompt and those up to the diagonal; where at most 72 tokens are in sight the rest is computed here from the same q and k, so that you see what the mask hides.',
}
const source: typeof causal = {
  ...causal,
  probs:
    'Cross-attention: each row is a token of the answer, each column a token of the source, and a row adds up to 1. The queries come from the decoder, keys and values from what the encoder made of the source.',
}
const window = {
  probs: (n: number, ahead: boolean) =>
    ahead
      ? `Everyone sees the tokens fewer than ${n} places away, before and after; what lies further off is blank.`
      : `This layer sees the last ${n} tokens only: what lies further back is not there.`,
  bothProbs:
    'Every row is a token and adds up to 1: how it shares its attention out among the tokens near it, before and after. Along a row: whom it looks at; down a column: who looks at it.',
  bothRaw:
    'How well query and key match, for every pair. The model never computes pairs outside the window; where at most 72 tokens are in sight they are computed here from the same q and k, so that you see what the mask hides.',
}
const en = { causal, both, prefix, source, window }

const causalZh: typeof causal = {
  lead: '在选出下一个词元之前，模型让每个注意力头自己决定去看前面的哪些词元。下面每张小图就是一个头在这段文字上的样子：紫色表示注意力，颜色越强，注意力越多。',
  probs:
    '每一行是一个词元，加起来等于 1：它把注意力怎样分给自己和前面的词元。对角线以上什么都没有，因为后面的词元那时还不存在。沿一行看，是它在看谁；沿一列看，是谁在看它。',
  raw: '每一对词元的 query 与 key 有多匹配。对角线以上的部分模型从不计算；视野里不超过 72 个词元时，这里用同样的 q 和 k 补算出来，好让你看到掩码遮住了什么。',
  masked:
    '同样的行在 softmax 之前的样子：q·k 乘以缩放系数，蓝色大于零，橙色小于零。softmax 把分数之差变成权重之比：分数高 1，权重就大约是 2.7 倍。',
  biased: '这一层按两个词元相距多远，给每个分数再加一个数；图上已经包含它。',
}
const bothZh: typeof causal = {
  ...causalZh,
  lead: '每个头为每个词元决定去看哪些词元，前面的和后面的都可以：这段文字是整段读的。下面每张小图就是一个头在这段文字上的样子：紫色表示注意力，颜色越强，注意力越多。',
  probs:
    '每一行是一个词元，加起来等于 1：它把注意力怎样分给前面和后面的词元。这一层里人人都看得见所有人，所以整个方阵都有值。沿一行看，是它在看谁；沿一列看，是谁在看它。',
  raw: '每一对词元的 query 与 key 有多匹配。这一层什么都不遮：加上掩码，图也不变，除非你剪断了哪一眼。',
}
const prefixZh: typeof causal = {
  ...causalZh,
  lead: '提示词是整段读的：里面的词元前后都能互相看。回答是逐个词元写出的，只看提示词和已经说出的部分。下面每张小图就是一个头在这段文字上的样子：紫色表示注意力，颜色越强，注意力越多。',
  probs:
    '每一行是一个词元，加起来等于 1。提示词的各行在整块提示词方阵里都有值；回答的各行到对角线为止，因为后面的词元那时还不存在。沿一行看，是它在看谁；沿一列看，是谁在看它。',
  raw: '每一对词元的 query 与 key 有多匹配。模型计算提示词内部以及到对角线为止的部分；视野里不超过 72 个词元时，其余的在这里用同样的 q 和 k 补算出来，好让你看到掩码遮住了什么。',
}
const sourceZh: typeof causal = {
  ...causalZh,
  probs:
    '交叉注意力：每一行是答案的一个词元，每一列是原文的一个词元，一行加起来等于 1。query 来自解码器，key 和 value 来自编码器读出的原文。',
}
const windowZh: typeof window = {
  probs: (n, ahead) =>
    ahead
      ? `每个词元只看得见相距不到 ${n} 个位置的词元，前后都算：更远的地方一片空白。`
      : `这一层只看得见最近的 ${n} 个词元：更早的都不存在。`,
  bothProbs:
    '每一行是一个词元，加起来等于 1：它把注意力怎样分给附近的词元，前面和后面的都算。沿一行看，是它在看谁；沿一列看，是谁在看它。',
  bothRaw:
    '每一对词元的 query 与 key 有多匹配。窗口以外的部分模型从不计算；视野里不超过 72 个词元时，这里用同样的 q 和 k 补算出来，好让你看到掩码遮住了什么。',
}
const zh: typeof en = { causal: causalZh, both: bothZh, prefix: prefixZh, source: sourceZh, window: windowZh }

export const attentionMasks = { en, zh }

export type MaskWords = typeof causal
