// Words of the tokenizer panel.

const en = {
  title: 'Tokenizer',
  lead: 'A model never sees letters. Its tokenizer cuts text into pieces from a fixed list and hands over their numbers. Type something and watch the cut, step by step.',
  sample: 'Once upon a time, an unhappy fox said 你好 to the moon 🌙.',
  text: 'Text', textHint: (n: number) => `${n.toLocaleString('en')} characters; up to 4,000 are explained`, samples: 'Try',
  examples: [
    { name: 'Mixed', text: 'Once upon a time, an unhappy fox said 你好 to the moon 🌙.' }, { name: 'Chinese', text: '今天天气不错，我们一起去公园吧！' },
    { name: 'Emoji', text: '👩‍👩‍👧 😀 👍🏽' }, { name: 'Numbers', text: '3.14159 and 1,000,000 in 2024' }, { name: 'Code', text: 'def f(x):\n    return x ** 2' },
  ],
  which: { label: 'Tokenizer', loaded: (name: string) => `A · ${name}`, other: (name: string) => `B · ${name}` },
  wait: 'Cutting…', stale: 'Still the text before; the new one is being cut…', pieces: (n: number) => `${n.toLocaleString('en')} more`,
  page: { before: '‹ Before', after: 'After ›', shown: (from: number, to: number, all: number) => `${from.toLocaleString('en')} to ${to.toLocaleString('en')} of ${all.toLocaleString('en')}`, words: 'Pages of words', pieces: 'Pages of pieces', rows: 'Pages of rows' },
  way: {
    title: 'From text to numbers',
    caption: 'Each column is one word as the tokenizer cuts it before it looks for pieces. Below it are its bytes, then the pieces and their ids. A character that its pieces share is joined by a bracket: no piece alone is a whole character. Press a word to see how its pieces were found.',
    normalized: 'Normalized', same: 'unchanged', words: 'Words', bytes: 'Bytes', pieces: 'Pieces and ids',
    counts: (tokens: string, chars: string, bytes: string) => `${tokens} tokens · ${chars} characters · ${bytes} bytes`,
    ratio: (n: string) => `${n} characters per token`, agrees: 'same ids as the fast encoder that the chat uses', differs: 'the ids differ from the fast encoder that the chat uses',
    added: 'an added token, taken whole', around: 'The model also gets', alone: 'Nothing is put around the text.', one: 'is one character', select: (word: string) => `Show how “${word}” is cut`,
    normalizerSteps: (steps: string) => `by ${steps}`, none: 'no step',
  },
  steps: {
    title: (word: string) => `How “${word}” is cut`, rewind: 'Back to the start', back: 'One step back', play: 'Play', pause: 'Pause', forward: 'One step on', end: 'To the end',
    at: (now: number, all: number) => `Step ${now} of ${all}`, slider: 'Step',
    bpe: 'Byte-pair encoding joins neighbours. Of all pairs the one with the lowest rank, learned first because it was most frequent, is joined; this repeats until no pair has a rank. Numbers between pieces are ranks; a dash means never joined.',
    start: 'The word as single symbols.', next: (left: string, right: string, rank: string) => `Lowest rank: ${rank}. Next, ${left} and ${right} are joined.`, joined: (piece: string, rank: string) => `Joined into ${piece} (rank ${rank}).`, done: 'No pair has a rank: done.',
    list: 'All joins', number: '#', pair: 'pair', rank: 'rank', tooLong: 'This word is too long to keep a picture of this step; its ids are right.',
    whole: 'The whole word stands in the vocabulary: no join is needed.', added: 'An added token is found in the text before everything else and taken whole.',
    wordpiece: 'WordPiece takes the longest piece that fits, from the left. Inside a word pieces carry a sign in front. Watch the end of the window move left until something fits.',
    try: (text: string) => `Is “${text}” in the vocabulary?`, yes: 'Yes: taken.', no: 'No: one character shorter.', unknown: 'At some place nothing fits: the whole word becomes the unknown token.', tries: 'All tries', found: 'found',
    unigram: 'Unigram keeps every piece that fits anywhere, with its log-probability, and takes the path with the highest sum (Viterbi). Bold arcs are the path; numbers below are the best sum that reaches each place.',
    lattice: 'Lattice of pieces; the same edges are in the table below.', edges: 'All edges', piece: 'piece', score: 'log-probability', from: 'from', to: 'to', path: 'on the path', sum: (n: string) => `Best sum: ${n}`, few: (shown: number, all: number) => `${shown} of ${all} arcs drawn: the path and the likeliest others.`,
  },
  compare: {
    title: 'Two tokenizers', open: 'Open a tokenizer.json', drop: 'Drop a tokenizer.json anywhere on this page, or choose one: it is read on this machine and goes nowhere.', change: 'Another file',
    caption: 'The same text in two vocabularies. Fewer tokens mean less work and a longer reach of the context; a vocabulary learned from little Chinese falls back to bytes.',
    vocab: (n: string) => `${n} tokens in the vocabulary`, tokens: 'tokens', perToken: 'characters per token', bytesPer: 'bytes per token', fewer: (name: string, share: string) => `${name} needs ${share} fewer tokens for this text.`, same: 'Both need the same number of tokens for this text.', lost: (name: string, n: number) => `${name} knows no pieces for parts of this text: ${n === 1 ? 'one token is' : `${n} tokens are`} “unknown”, and that text is lost.`, opening: 'Reading…',
  },
  special: {
    title: 'Special tokens and the chat frame', caption: 'Special tokens cannot be typed by accident: they mark where a message begins and ends. The chat template puts them around your text before the model reads it.',
    rendered: 'Your text as a chat message, exactly as the model reads it', list: 'Special and added tokens', id: 'id', token: 'token', roles: 'role', bos: 'begins a text', eos: 'ends an answer', pad: 'padding', unk: 'unknown', template: 'The chat template (Jinja)', noTemplate: 'No chat template came with this tokenizer.', strips: 'swallows spaces',
    kind: 'Model', steps: 'Steps', normalizer: 'normalizer', preTokenizer: 'word cutter', decoder: 'decoder', merges: (n: string) => `${n} merges`, noneAdded: 'none',
  },
  vocab: {
    title: 'Vocabulary', search: 'Search', hint: 'Text, #id, or bytes like 0xE4 BD', found: (n: string) => `${n} ${n === '1' ? 'token' : 'tokens'}`, list: 'Tokens in the order of their ids', caption: 'The whole list of pieces, in the order of ids. In byte-pair vocabularies low ids are bytes, then pieces in the order they were learned.',
    id: 'id', written: 'in the file', bytes: 'bytes', choose: 'Choose a token to see it close up.', special: 'special',
    near: 'Find its nearest neighbours', nearTitle: 'Nearest by embedding', reading: (share: string) => `Reading the embedding, ${share}`, stop: 'Stop', cosine: 'cosine',
    nearHint: (rows: string, cols: string) => `Compares its row of the embedding with all ${rows} rows of ${cols} numbers, as the running model holds them.`,
    onlyLoaded: 'Neighbours need the model itself; only a file is open here.', outside: 'This id has no row in the embedding.', writing: 'Wait until the model has stopped writing.', failed: 'This did not work:',
  },
  glitch: {
    title: 'Tokens that never come back', hint: 'Every token’s own text is encoded again: alone, in a word and after a space. A token that never comes back was hardly seen in training, and a model shown one may answer strangely.',
    find: (n: string) => `Check all ${n} tokens`, reading: (share: string) => `Encoding every token, ${share}`, stop: 'Stop', token: 'token', instead: 'its text gives',
    none: 'Every token comes back from its own text.', unreachable: (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'token never comes' : 'tokens never come'} back from ${n === 1 ? 'its' : 'their'} own text.`,
    partial: (n: number) => (n === 0 ? 'None holds only a part of a character.' : `${n.toLocaleString('en')} more ${n === 1 ? 'is part' : 'are parts'} of characters (bytes) and cannot be typed alone.`),
  },
}

const zh: typeof en = {
  title: '分词器',
  lead: '模型从来看不到字。分词器先把文字切成一张固定清单里的小块，再把它们的编号交给模型。输入几个字，一步一步看它怎么切。',
  sample: '今天天气不错😀，狐狸说：unhappiness 是什么？',
  text: '文本', textHint: (n) => `${n.toLocaleString('zh-CN')} 个字符；最多解释 4,000 个`, samples: '试试',
  examples: [
    { name: '混合', text: '今天天气不错😀，狐狸说：unhappiness 是什么？' }, { name: '英文', text: 'Once upon a time, an unhappy fox said hello to the moon.' },
    { name: '表情', text: '👩‍👩‍👧 😀 👍🏽' }, { name: '数字', text: '圆周率 3.14159，一百万是 1,000,000' }, { name: '代码', text: 'def f(x):\n    return x ** 2' },
  ],
  which: { label: '分词器', loaded: (name) => `甲 · ${name}`, other: (name) => `乙 · ${name}` },
  wait: '正在切分…', stale: '这里还是之前的文本，新的正在切分…', pieces: (n) => `还有 ${n.toLocaleString('zh-CN')} 个`,
  page: { before: '‹ 前面', after: '后面 ›', shown: (from, to, all) => `第 ${from.toLocaleString('zh-CN')}–${to.toLocaleString('zh-CN')} 个，共 ${all.toLocaleString('zh-CN')} 个`, words: '词的分页', pieces: '小块的分页', rows: '行的分页' },
  way: {
    title: '从文字到编号',
    caption: '每一栏是分词器找小块之前先切出的一个词。下面是它的字节，再下面是小块和编号。几个小块共有的一个字用括号连起来：单独哪一块都不是完整的字。点一个词，看它的小块是怎样找到的。',
    normalized: '规范化', same: '没有变化', words: '词', bytes: '字节', pieces: '小块与编号',
    counts: (tokens, chars, bytes) => `${tokens} 个词元 · ${chars} 个字符 · ${bytes} 个字节`,
    ratio: (n) => `每个词元 ${n} 个字符`, agrees: '与对话所用的快速编码器编号相同', differs: '与对话所用的快速编码器编号不同',
    added: '附加词元，整块取走', around: '模型还会得到', alone: '文本前后不加任何词元。', one: '是一个字', select: (word) => `看“${word}”是怎样切的`,
    normalizerSteps: (steps) => `经过 ${steps}`, none: '没有步骤',
  },
  steps: {
    title: (word) => `“${word}”是怎样切的`, rewind: '回到开头', back: '退一步', play: '播放', pause: '暂停', forward: '进一步', end: '到结尾',
    at: (now, all) => `第 ${now} 步，共 ${all} 步`, slider: '步',
    bpe: '字节对编码把相邻的两块合并。所有相邻对里，名次最小的一对先合并（名次小表示学得早、出现得多）；反复进行，直到没有可以合并的对。块之间的数字是名次，短横表示从不合并。',
    start: '这个词拆成单个符号。', next: (left, right, rank) => `最小的名次：${rank}。下一步合并 ${left} 和 ${right}。`, joined: (piece, rank) => `合并成 ${piece}（名次 ${rank}）。`, done: '没有可以合并的对了：完成。',
    list: '全部合并', number: '序', pair: '对', rank: '名次', tooLong: '这个词太长，没有保留这一步的图；它的编号是对的。',
    whole: '整个词就在词表里：不需要合并。', added: '附加词元在一切步骤之前就被找出来，整块取走。',
    wordpiece: 'WordPiece 从左边起取能放下的最长一块。词内的块前面带记号。看窗口的右端怎样向左移动，直到找到。',
    try: (text) => `“${text}”在词表里吗？`, yes: '在：取走。', no: '不在：短一个字符再试。', unknown: '有一处什么也放不下：整个词变成未知词元。', tries: '全部尝试', found: '找到',
    unigram: 'Unigram 保留每一个放得下的块和它的对数概率，取总和最大的路径（Viterbi）。粗弧是路径；下面的数字是到达每个位置的最大总和。',
    lattice: '小块的格子图；相同的边见下方表格。', edges: '全部边', piece: '小块', score: '对数概率', from: '从', to: '到', path: '在路径上', sum: (n) => `最大总和：${n}`, few: (shown, all) => `画出 ${all} 条弧中的 ${shown} 条：路径和最可能的其他弧。`,
  },
  compare: {
    title: '两个分词器', open: '打开 tokenizer.json', drop: '把 tokenizer.json 拖到页面任意处，或者选择一个文件：它只在本机读取，不会发送到任何地方。', change: '换一个文件',
    caption: '同一段文字，两张词表。词元越少，计算越少，上下文能容纳的越多；中文学得少的词表会退回到字节。',
    vocab: (n) => `词表有 ${n} 个词元`, tokens: '词元', perToken: '每词元字符', bytesPer: '每词元字节', fewer: (name, share) => `这段文字，${name} 少用 ${share} 的词元。`, same: '这段文字，两者用的词元一样多。', lost: (name, n) => `${name} 没有适合其中一部分文字的小块：有 ${n} 个词元是“未知”，那部分文字就丢失了。`, opening: '正在读取…',
  },
  special: {
    title: '特殊词元与对话框架', caption: '特殊词元不会被无意输入：它们标出一条消息从哪里开始、在哪里结束。模型读到之前，对话模板把它们加在你的文字前后。',
    rendered: '你的文字作为一条消息，模型读到的样子', list: '特殊词元和附加词元', id: '编号', token: '词元', roles: '作用', bos: '文本开头', eos: '结束回答', pad: '填充', unk: '未知', template: '对话模板（Jinja）', noTemplate: '这个分词器没有附带对话模板。', strips: '吞掉空格',
    kind: '模型', steps: '步骤', normalizer: '规范化', preTokenizer: '切词', decoder: '解码', merges: (n) => `${n} 条合并规则`, noneAdded: '无',
  },
  vocab: {
    title: '词表', search: '查找', hint: '文字、#编号，或字节如 0xE4 BD', found: (n) => `${n} 个词元`, list: '按编号排列的词元', caption: '全部小块，按编号排列。在字节对词表里，小编号是字节，后面是按学习顺序排列的块。',
    id: '编号', written: '文件中写作', bytes: '字节', choose: '选一个词元，看它的详情。', special: '特殊',
    near: '找最近的邻居', nearTitle: '嵌入最接近的词元', reading: (share) => `正在读取嵌入，${share}`, stop: '停止', cosine: '余弦',
    nearHint: (rows, cols) => `用运行中模型的嵌入，把它那一行与全部 ${rows} 行（每行 ${cols} 个数）比较。`,
    onlyLoaded: '找邻居需要模型本身；这里只打开了文件。', outside: '这个编号在嵌入里没有对应的行。', writing: '请等模型写完。', failed: '没有成功：',
  },
  glitch: {
    title: '回不来的词元', hint: '把每个词元自己的文字重新编码：单独、在词中、在空格之后。永远切不出来的词元在训练中几乎没有出现过，模型见到它可能会答得很怪。',
    find: (n) => `检查全部 ${n} 个词元`, reading: (share) => `正在编码每个词元，${share}`, stop: '停止', token: '词元', instead: '它的文字会切成',
    none: '每个词元都能由自己的文字切出来。', unreachable: (n) => `有 ${n.toLocaleString('zh-CN')} 个词元无法由自己的文字切出来。`,
    partial: (n) => (n === 0 ? '没有只含半个字符的词元。' : `另有 ${n.toLocaleString('zh-CN')} 个只是字符的一部分（字节），无法单独输入。`),
  },
}

export const tokenizer = { en, zh }
