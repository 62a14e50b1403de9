// Words of "What it changes" in the adapters panel.

const en = {
  title: 'What the adapters change',
  lead: 'The numbers below are computed in this tab: the weights’ from the adapters’ own matrices, all others by reading the last text twice, with the adapters as they are set and without.',
  compare: 'Left out for the comparison',
  all: 'all adapters',
  edited: (n: number) => (n === 1 ? 'One edit is in force, on both sides.' : `${n} edits are in force, on both sides.`),
  noText: 'Nothing has run yet. Ask the model something in the chat; then this shows what the adapters change of it.',
  of: {
    chat: 'The text is the chat up to its last answer.',
    a: 'The text is that of “Side by side”: the prompt, and what A answered.',
    b: 'The text is that of “Side by side”: the prompt, and what B answered.',
    read: 'The text is the one that the model read last.',
    last: 'The text is the one that the model read last; it is not the last answer of this chat.',
  },
  toChat: 'Go to the chat',
  writing: 'The model is writing. When it has finished, the text is compared.',
  reading: 'Reading the text once more, without the adapters…',
  same: 'Nothing differs: what is left out here is off, so that the model is itself, bit for bit.',
  details: 'Details',
  norms: {
    title: 'Weights, by layer and module',
    caption:
      'How far an adapter moves a matrix W: the length of the change ‖ΔW‖ as a share of the length ‖W‖ of the model’s own (Frobenius norms: the root of the sum of all squares, no unit), at the strength that is set.',
    label: (adapter: string) => `Relative change of every matrix that ${adapter} changes, by layer and module`,
    adapter: 'Adapter',
    legend: '‖ΔW‖ / ‖W‖',
    layer: 'layer',
    module: 'module',
    hover: 'Point at a cell, or walk with the arrow keys, to read its numbers.',
    numbers: (share: string, delta: string, base: string) => `${share}: ‖ΔW‖ ${delta} of ‖W‖ ${base}`,
    none: 'unchanged',
    others: 'Outside of the layers, and vectors',
    share: 'share',
    noMatrix: 'no matrix',
    off: 'This adapter is off: it moves nothing now.',
    why: {
      lead: 'This adapter moves no weight: it puts entries of its own before every text. What that changes is below.',
      function:
        'This adapter moves no weight: beside the matrices it adds a function of its own, which is no matrix. What that changes is below.',
    },
  },
  tokens: {
    title: 'Next token, place by place',
    caption:
      'The colour of a token says how much the adapters change what the model expects after it: the KL divergence of the two distributions over the whole vocabulary, KL(with ‖ without), in nats. 0 means the same.',
    captionOwn:
      'The colour of a token says how much the adapters change what the model expects in its place: the KL divergence of the two distributions over the whole vocabulary, KL(with ‖ without), in nats. 0 means the same.',
    legend: 'KL, nats',
    nats: (n: string) => `${n} nats`,
    at: (token: string) => `After ${token}`,
    in: (token: string) => `In the place of ${token}`,
    best: 'Likeliest tokens without and with the adapters, and the chance of each.',
    without: 'without',
    with: 'with',
    said: (token: string, was: string, is: string) => `The text’s own token ${token}: ${was} without, ${is} with.`,
    absent: 'This model gives no chances of tokens, so there is none to compare.',
  },
  lens: {
    title: 'Layer by layer',
    caption: (token: string) =>
      `The token that each layer’s residual would say at ${token} (logit lens), and its chance, without and with. Rows that differ are marked.`,
    embedding: 'embed',
    layer: 'layer',
    same: 'same',
    differs: 'differs',
  },
  residual: {
    title: 'Residual, by layer and token',
    caption:
      'How far the vector that a layer leaves behind moves: the length of the difference, with minus without, as a share of the vector without. It has no unit; 100 % is a move as long as the vector itself.',
    label: 'Relative change of the residual, by layer and token',
    legend: '‖difference‖ / ‖without‖',
    token: 'token',
    side: { label: 'Which text', text: 'the text', source: 'what was read before it' },
  },
  heads: {
    title: 'Attention, by layer and head',
    caption:
      'How much of a head’s attention goes elsewhere: half the sum of all differences in a row (total variation), on average over the rows. 0 % looks where it looked, 100 % somewhere else entirely. Click a head to see it.',
    label: 'Share of the attention that goes elsewhere, by layer and head',
    legend: 'attention that moves',
    head: 'head',
    name: (layer: number, head: number) => `L${layer} · H${head}`,
    branch: { label: 'Which attention', attn: 'within the text', cross: 'to what was read before' },
    absent: {
      lead: 'Entries before the text are looked at, too: attention with and without them has no common columns, so heads are not compared.',
      recurrent: 'This model has no attention: nothing of it can move.',
    },
  },
  picture: {
    title: (name: string) => `Where ${name} looks now, and no longer`,
    caption:
      'Each row is a token that looks, each column one it looks at; a cell is its attention with the adapters minus without, in percentage points. Blue: more than before. Orange: less.',
    label: (name: string) => `Change of the attention of ${name}`,
    legend: 'with − without',
    rows: 'looks (query)',
    cols: 'is looked at (key)',
    absent: 'not seen',
    points: (n: string) => `${n} points`,
    pooled: (rows: number, cols: number) =>
      `Each cell stands for ${rows} × ${cols} and shows the largest change among them.`,
  },
}

const zh: typeof en = {
  title: '适配器改变了什么',
  lead: '下面的数都在本页面中算出：权重的变化来自适配器自己的矩阵，其余的数来自把最近这段文字读两遍：一遍带着现在设置的适配器，一遍不带。',
  compare: '比较时去掉',
  all: '所有适配器',
  edited: (n) => `有 ${n} 处对模型的改动生效，两边都带着它们。`,
  noText: '还没有运行过。先在对话里问模型点什么，这里就会显示适配器改变了其中的什么。',
  of: {
    chat: '这段文字是对话，直到最后一个回答。',
    a: '这段文字来自“并排比较”：提示词，以及 A 的回答。',
    b: '这段文字来自“并排比较”：提示词，以及 B 的回答。',
    read: '这段文字是模型最近读过的。',
    last: '这段文字是模型最近读过的，不是这个对话的最后一个回答。',
  },
  toChat: '去对话',
  writing: '模型正在写。写完之后就比较这段文字。',
  reading: '正在不带适配器把文字再读一遍……',
  same: '没有差别：这里去掉的适配器本来就关着，模型与它自己逐位相同。',
  details: '详情',
  norms: {
    title: '权重：按层和模块',
    caption:
      '适配器把矩阵 W 移动了多远：变化量的长度 ‖ΔW‖ 占模型自身长度 ‖W‖ 的比例（弗罗贝尼乌斯范数：所有元素平方和的平方根，没有单位），按当前强度计算。',
    label: (adapter) => `${adapter} 对每个矩阵的相对改变，按层和模块`,
    adapter: '适配器',
    legend: '‖ΔW‖ / ‖W‖',
    layer: '层',
    module: '模块',
    hover: '指向一个格子，或用方向键移动，可以读出它的数。',
    numbers: (share, delta, base) => `${share}：‖ΔW‖ ${delta}，‖W‖ ${base}`,
    none: '没有改变',
    others: '各层之外的矩阵，以及向量',
    share: '比例',
    noMatrix: '不是矩阵',
    off: '这个适配器关着：现在什么都没有移动。',
    why: {
      lead: '这个适配器不移动任何权重：它在每段文字之前放入自己的条目。由此改变的内容见下方。',
      function: '这个适配器不移动任何权重：它在矩阵旁边加上一个自己的函数，而那不是矩阵。由此改变的内容见下方。',
    },
  },
  tokens: {
    title: '下一个词元：逐个位置',
    caption:
      '词元的颜色表示适配器让模型对它之后的预期改变了多少：两个分布在整个词表上的 KL 散度 KL(带 ‖ 不带)，单位是奈特。0 表示完全一样。',
    captionOwn:
      '词元的颜色表示适配器让模型对这个位置的预期改变了多少：两个分布在整个词表上的 KL 散度 KL(带 ‖ 不带)，单位是奈特。0 表示完全一样。',
    legend: 'KL，奈特',
    nats: (n) => `${n} 奈特`,
    at: (token) => `${token} 之后`,
    in: (token) => `${token} 的位置`,
    best: '不带和带着适配器时最可能的词元，以及各自的概率。',
    without: '不带',
    with: '带着',
    said: (token, was, is) => `文字里实际的词元 ${token}：不带 ${was}，带着 ${is}。`,
    absent: '这个模型不给出词元的概率，没有可以比较的分布。',
  },
  lens: {
    title: '逐层来看',
    caption: (token) => `每一层的残差在 ${token} 处会说出的词元（logit 透镜）及其概率，不带与带着。不同的行有标记。`,
    embedding: '嵌入',
    layer: '层',
    same: '相同',
    differs: '不同',
  },
  residual: {
    title: '残差：按层和词元',
    caption:
      '每一层留下的向量移动了多远：差（带着减不带）的长度占不带时向量长度的比例。没有单位；100 % 表示移动的距离与向量本身一样长。',
    label: '残差的相对改变，按层和词元',
    legend: '‖差‖ / ‖不带‖',
    token: '词元',
    side: { label: '哪段文字', text: '正文', source: '之前读入的原文' },
  },
  heads: {
    title: '注意力：按层和头',
    caption:
      '一个头有多少注意力去了别处：一行中所有差的绝对值之和的一半（全变差），再对各行取平均。0 % 表示看的地方没变，100 % 表示完全看向别处。点一个头可以细看。',
    label: '去了别处的注意力比例，按层和头',
    legend: '移走的注意力',
    head: '头',
    name: (layer, head) => `L${layer} · H${head}`,
    branch: { label: '哪种注意力', attn: '文字内部', cross: '看向之前读入的原文' },
    absent: {
      lead: '文字之前的条目也会被看到：带着和不带它们时，注意力的列并不相同，所以不比较各个头。',
      recurrent: '这个模型没有注意力，也就没有可以移动的注意力。',
    },
  },
  picture: {
    title: (name) => `${name} 现在看向哪里，不再看哪里`,
    caption:
      '每一行是在看的词元，每一列是被看的词元；格子是带着适配器的注意力减去不带时的，单位是百分点。蓝色：变多。橙色：变少。',
    label: (name) => `${name} 的注意力的改变`,
    legend: '带着 − 不带',
    rows: '在看（查询）',
    cols: '被看（键）',
    absent: '看不到',
    points: (n) => `${n} 个百分点`,
    pooled: (rows, cols) => `每个格子代表 ${rows} × ${cols} 个，显示其中最大的改变。`,
  },
}

export const adapterChanges = { en, zh }
