// Words that every panel of the glass shares: waiting states, figure frames, token chips, heatmap controls, edits.

/** How every panel names a token by its place: one function, so that one token has one number everywhere. @param position in the context, from 0 */
const token = (position: number): string => `token ${position}`
const tokenZh = (position: number): string => `词元 ${position}`

const en = {
  figure: {
    live: 'Live: read from the model that is running in this tab',
    recorded: 'Recorded: read from a saved trace of a real run',
    export: 'Save this figure',
    png: 'Picture (PNG)', svg: 'Drawing (SVG)', json: 'Numbers (JSON)', npy: 'Array (NumPy .npy)', notSaved: 'The file could not be made:',
    fullscreen: 'Full screen', leaveFullscreen: 'Leave full screen',
    table: 'Show the focused row as a table', picture: 'Show the picture',
  },
  heatmap: {
    keys: 'Arrow keys move the cursor, plus and minus zoom, 0 shows all, Enter locks.',
    zoomIn: 'Zoom in', zoomOut: 'Zoom out', all: 'Show all', table: 'Show this row as a table', picture: 'Show the picture',
    absent: 'absent', column: 'Column', value: 'Value', row: 'Row',
    more: (n: number) => `and ${n.toLocaleString('en')} more; zoom in to see them`,
  },
  strip: {
    label: 'Tokens of this run', earlier: (n: number) => `${n.toLocaleString('en')} earlier`, later: (n: number) => `${n.toLocaleString('en')} later`,
    bytes: (hex: string) => `bytes ${hex}, part of a character`, special: 'special token', answer: 'answer', token, counted: 'Tokens are counted from 0: the number is the position that RoPE turns by, and the p= of the address.',
  },
  wait: {
    noModel: 'No model is loaded',
    noModelText: 'These pictures show a model that is running. Load one, and ask it something.',
    models: 'Choose a model',
    loading: 'The model is still loading',
    loadingText: 'As soon as it can answer, this panel can look inside.',
    opening: 'Looking inside…',
    writing: 'The model is writing',
    writingText: 'The first look inside starts when this answer is complete.',
    reading: 'The model reads the text again', readingText: 'It keeps what a look inside needs while it reads: from now on, every token that is written is kept with it.',
    amount: (done: number, total: number) => `${done.toLocaleString('en')} of ${total.toLocaleString('en')} tokens`, stop: 'Stop',
    stopped: 'Reading was stopped', stoppedText: 'What was read is kept. Read on to look inside; the chat goes on either way.', readOn: 'Read on',
    prefill: 'The model reads your message',
    unread: 'The model has not read this chat yet', unreadText: 'The chat is of an earlier visit. The model can read its last answer again, token by token as it was written; then every number is here.',
    look: 'Look inside this answer', other: 'These pictures are of the run before: the model has not read the answer that is on screen in the chat.',
    guess: 'A guess: the tokens of this answer were not kept, so its text was split into tokens anew. The answer may have been written in others, and what the dice were is not known.',
    guessOf: (model: string) => `A guess: “${model}” wrote this answer in tokens of its own. Here its text is split into this model’s tokens, and this model’s numbers are shown.`,
    nothing: 'Nothing has run yet',
    nothingText: 'Every number here is read from a real run. Ask the model something, then see how it answered.',
    ask: 'Ask this', chat: 'Go to the chat',
    failed: 'This look inside failed', again: 'Try again', details: 'Details',
  },
  starters: [{ title: 'Say hello', text: 'Hello! Who are you?' }, { title: 'A small question', text: 'Which is heavier, a kilo of feathers or a kilo of iron?' }],
  edits: {
    active: (n: number) => (n === 1 ? '1 edit is in force: the model is changed' : `${n} edits are in force: the model is changed`),
    undo: 'Undo the last', clear: 'Undo all', working: 'Running the text again…',
    title: 'Changes to the model', dismiss: 'Close this message',
    chance: 'Probability of', before: 'before', after: 'after', instead: 'Likeliest is now', still: 'Still the likeliest; next comes', moved: 'Also moved:',
    answer: 'The whole answer, before and after', token: 'token', now: 'likeliest now', toCome: 'the token to come',
    headName: (layer: number, head: number) => `L${layer} · H${head}`,
    kinds: {
      silenced: (head: string) => `${head} silenced`, scaled: (head: string, by: number) => `${head} × ${by}`, cut: (head: string, from: number, to: number) => `${head}: ${from} → ${to} cut`,
      allHeads: (layer: number) => (layer < 0 ? 'every head' : `L${layer}, every head`), skip: (layer: number, part: 'attn' | 'mlp') => `L${layer} without ${part === 'attn' ? 'attention' : 'MLP'}`,
      drop: (from: number, to: number) => (from === to ? `${token(from)} forgotten` : `tokens ${from}–${to} forgotten`),
      place: (layer: number, position: number, onward: boolean) => `${layer < 0 ? 'embed' : `L${layer}`}, ${token(position)}${onward ? ' and later' : ''}`,
      patch: (place: string, from: string) => `${place} ← ${from}`, foreign: 'a residual of another run', direction: 'a direction',
      add: (place: string, what: string) => `${place}: + ${what}`, ablate: (place: string, what: string) => `${place}: without ${what}`,
    },
  },
}

const zh: typeof en = {
  figure: {
    live: '实时：读自本页面中正在运行的模型',
    recorded: '录制：读自一次真实运行的存档',
    export: '保存这张图',
    png: '图片（PNG）', svg: '矢量图（SVG）', json: '数值（JSON）', npy: '数组（NumPy .npy）', notSaved: '没能生成文件：',
    fullscreen: '全屏', leaveFullscreen: '退出全屏',
    table: '用表格显示当前行', picture: '显示图像',
  },
  heatmap: {
    keys: '方向键移动光标，加号和减号缩放，0 显示全部，回车锁定。',
    zoomIn: '放大', zoomOut: '缩小', all: '显示全部', table: '用表格显示这一行', picture: '显示图像',
    absent: '无', column: '列', value: '值', row: '行',
    more: (n) => `还有 ${n.toLocaleString('zh-CN')} 个，放大后可见`,
  },
  strip: {
    label: '本次运行的词元', earlier: (n) => `前面 ${n.toLocaleString('zh-CN')} 个`, later: (n) => `后面 ${n.toLocaleString('zh-CN')} 个`,
    bytes: (hex) => `字节 ${hex}，一个字符的一部分`, special: '特殊词元', answer: '回答', token: tokenZh, counted: '词元从 0 数起：这个数就是 RoPE 旋转所用的位置，也是网址里的 p=。',
  },
  wait: {
    noModel: '还没有加载模型',
    noModelText: '这里展示的是正在运行的模型。先加载一个模型，再问它一句话。',
    models: '选择模型',
    loading: '模型还在加载',
    loadingText: '等它能回答时，这里就能看到它的内部。',
    opening: '正在查看内部…',
    writing: '模型正在书写',
    writingText: '等这次回答写完，就开始第一次查看。',
    reading: '模型正在重读这段文字', readingText: '边读边留下查看内部所需的数据；此后写出的每个词元都会一并留下。',
    amount: (done, total) => `已读 ${done.toLocaleString('zh-CN')} / ${total.toLocaleString('zh-CN')} 个词元`, stop: '停止',
    stopped: '重读已停止', stoppedText: '读过的部分仍然保留。继续读完即可查看内部；对话不受影响。', readOn: '继续读',
    prefill: '模型正在读你的消息',
    unread: '模型还没有读过这段对话', unreadText: '这段对话来自上一次访问。模型可以按当时写下的词元，把最后一次回答重新读一遍；读完，每个数字就都在了。',
    look: '查看这次回答的内部', other: '这些图属于上一次运行：对话里显示的这次回答，模型还没有读过。',
    guess: '这是推测：当时没有保存这次回答的词元，现在的词元是把文字重新切分得到的。写下它时用的也许是别的切分，当时的抽签也无从得知。',
    guessOf: (model) => `这是推测：这次回答是“${model}”用它自己的词元写的。这里把文字切成当前模型的词元，显示的也是当前模型的数值。`,
    nothing: '还没有运行过',
    nothingText: '这里的每个数字都来自一次真实的运行。先问模型一句话，再看它是怎么回答的。',
    ask: '问这个', chat: '去对话',
    failed: '这次查看没有成功', again: '重试', details: '详情',
  },
  starters: [{ title: '打个招呼', text: '你好！你是谁？' }, { title: '一个小问题', text: '一公斤羽毛和一公斤铁，哪个更重？' }],
  edits: {
    active: (n) => `有 ${n} 处改动生效中：模型已被改变`,
    undo: '撤销上一处', clear: '全部撤销', working: '正在重新运行这段文字…',
    title: '对模型的改动', dismiss: '关闭这条消息',
    chance: '概率：', before: '改动前', after: '改动后', instead: '现在最可能的是', still: '仍然最可能；其次是', moved: '还变了：',
    answer: '整个回答，改动前后对照', token: '词元', now: '现在最可能', toCome: '下一个词元',
    headName: (layer, head) => `L${layer} · H${head}`,
    kinds: {
      silenced: (head) => `${head} 已静音`, scaled: (head, by) => `${head} × ${by}`, cut: (head, from, to) => `${head}：剪断 ${from} → ${to}`,
      allHeads: (layer) => (layer < 0 ? '所有的头' : `L${layer} 所有的头`), skip: (layer, part) => `L${layer} 跳过${part === 'attn' ? '注意力' : ' MLP'}`,
      drop: (from, to) => (from === to ? `忘掉${tokenZh(from)}` : `忘掉词元 ${from}–${to}`),
      place: (layer, position, onward) => `${layer < 0 ? '嵌入' : `L${layer}`} ${tokenZh(position)}${onward ? ' 及以后' : ''}`,
      patch: (place, from) => `${place} ← ${from}`, foreign: '另一次运行的残差', direction: '一个方向',
      add: (place, what) => `${place}：加上 ${what}`, ablate: (place, what) => `${place}：去掉 ${what}`,
    },
  },
}

export const glass = { en, zh }
