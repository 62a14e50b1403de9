// Words of the inside panel.

const en = {
  title: 'Inside the model',
  lead: 'One token’s way through the model, from its row in the embedding table at the bottom to the next word at the top. Every number is read from the run; press a part of the map to see what it computed.',
  keys: 'Keys: space play · . , step · l layer · j k token · h head (with Shift: back) · Enter closer · Esc or Backspace farther · + − zoom · arrows move',
  vectors: { x: 'x', y: 'y', q: 'q', k: 'k', v: 'v', q_rope: 'q turned', k_rope: 'k turned', scores: 'scores', probs: 'weights', z: 'z', delta: 'added', sum: 'sum', gate: 'gate', up: 'up', act: 'act', logits: 'logits', p: 'p' },
  layer: (n: number) => `L${n}`, head: (n: number) => `head ${n}`,
  wait: 'Reading…', missing: 'This recording keeps every step for its last tokens only: choose one of those.', lost: 'This token’s numbers are no longer kept. Choose a later one.',
  part: { embed: 'embedding', attn: 'attention', mlp: 'MLP', head: 'output' },
  step: {
    label: 'Walk through the pass', tokenBack: 'Previous token', token: 'Next token', layerBack: 'Previous layer', layer: 'Next layer', back: 'Previous step', next: 'Next step',
    play: 'Play', pause: 'Pause', place: 'Place in the pass', at: (n: number, all: number) => `step ${n} of ${all}`,
    ops: { embed: 'table row', norm: 'RMSNorm', qkv: 'q, k, v', rope: 'RoPE', cache: 'KV cache', attention: 'attention', out: 'add', swiglu: 'gate × up', softmax: 'softmax' },
  },
  map: {
    title: 'The forward pass',
    caption: 'Read upwards. The middle is the residual: one running sum that every part reads and adds to. Widths are true lengths (‖·‖) on one scale: notice how small most additions are beside the sum, and which are not. Come closer, by wheel, pinch or the + key, to see each step, its vectors, and at last every number; press a number to take it apart.',
    label: 'Map of the forward pass; each part is a button, the same numbers are in the table below.',
    window: 'Window of the map: Enter goes closer, Escape farther, plus and minus zoom, arrows move', zoomIn: 'Closer', zoomOut: 'Farther', crumbs: 'Where you are on the map', model: 'model', cell: 'number', time: (us: number) => (us >= 1000 ? `${(us / 1000).toPrecision(2)} ms` : `${Math.round(us)} µs`),
    open: (part: string, norm: string) => `${part}, adds a vector of length ${norm}`, plain: (part: string, norm: string) => `${part}, length ${norm}`,
    table: 'These lengths as a table', sum: 'residual after', adds: 'adds', where: 'Part',
  },
  strip: { label: (name: string, n: number) => `${name}: ${n} numbers as colours, orange below zero, blue above`, element: 'Element', table: 'Largest elements as a table', value: 'Value' },
  embed: {
    title: 'Token → embedding row', caption: 'The token’s number picks one row of the embedding table. That row is where the running sum starts.',
    row: (id: string, tensor: string) => `row ${id} of ${tensor}`, norm: 'length ‖x‖',
  },
  norm: {
    title: { attn: 'RMSNorm before attention', mlp: 'RMSNorm before the MLP', head: 'Final RMSNorm' },
    caption: 'The vector is divided by its root mean square, so that only its direction counts, then every element is multiplied by its own learned γ. γ is read off the result: y ÷ (x · 1/√…).',
    x: 'x', y: 'y', mean: 'mean of x²', inverse: '1/√(mean + ε)', epsilon: 'ε', element: (i: number) => `element ${i}`,
  },
  rope: {
    title: 'Position by rotation (RoPE)', caption: 'Numbers of the vector are taken in pairs, each pair a hand on a dial. The hand is turned by position × speed: the first pairs fast, the last hardly at all. Grey: before. Colour: after. Two turned vectors agree by how far apart they stand, not where.',
    which: 'Vector', q: 'query', k: 'key', pair: 'Pair', angle: 'angle = position × speed', turns: (n: string) => `${n} turns`, before: 'before', after: 'after', read: 'computed by the model', off: 'largest difference over all pairs',
    label: (n: number) => `${n} dials, one for each pair of numbers`, unturned: (n: number) => `the other ${n} numbers are not turned`, pairOf: (a: number, b: number) => `numbers ${a} and ${b}`, table: 'All pairs as a table', speed: 'speed',
  },
  cell: {
    title: (name: string) => `Where ${name} comes from`, caption: 'Every number in the model is a short sum or product of others. These are its real operands, the largest first; the sum takes in all of them, also those not shown. It may differ from the run in the last digits: the GPU adds in another order.',
    open: 'Take this number apart', notRecorded: 'This recording does not hold all that goes into this number: run the model to see it.', close: 'Close', index: 'Index', product: 'product', adds: 'adds', sum: (n: number) => `sum of all ${n} terms`, others: (n: number) => `${n} others together`, more: (n: number) => `Show ${n}`, fewer: 'Show fewer',
    run: 'as the run has it', edited: 'An edit in force changes this step, so that the sum alone does not give the number.', weight: (row: number) => `Look at row ${row} of the weight, code by code`,
    names: { W: 'weight', x: 'x', y: 'normed y', z: 'z', act: 'act', q: 'q turned', k: 'k turned', p: 'weight', v: 'v', exp: 'score', turn: 'cos, sin' },
    steps: { bias: '+ bias (read off the result)', scale: '× scale', x: 'x', up: '× up', mean: 'mean of x²', inverse: '× 1/√(mean + ε)', gamma: '× γ (read off the result)', act: 'the gate, bent', exp: 'e^(score − max)', over: '÷ sum' },
  },
  qkv: {
    title: 'Query, key, value', caption: 'Three matrices read the same normed vector. The query says what this token looks for, the key what it offers to be found by, the value what it hands over. Shown for one head; press a number to see its whole sum.',
  },
  distance: {
    title: 'q·k against distance', caption: 'The same query and the same key, set apart by any distance: only the turning changes. The thick line is the score they would have; the ring is the distance they really have, and lies on the score of the run. Small dots are the other tokens’ keys, each with a line of its own. Fast pairs swing with every step and tell neighbours apart; slow pairs carry what the words have to do with each other.',
    query: 'query', key: 'key', keyToken: 'Key token', apart: (n: number) => `${n} apart`, range: 'Distances', near: (n: number) => `0–${n}`, far: (n: string) => `0–${n}`,
    slider: 'Set apart by', value: (n: number, score: string) => `${n} tokens apart, score ${score}`, split: (name: string, from: number, to: number) => (to < from ? `${name} (none)` : `${name} (${from}–${to})`),
    distance: 'distance in tokens', score: 'score', all: 'q·k', fast: 'fast pairs', slow: 'slow pairs', pair: 'pair, fast to slow', window: 'outside the window', run: 'score in the run, at its distance', off: 'difference',
    parts: (n: number) => `What each pair adds at distance ${n}`, partsLabel: (n: number) => `Bars: what each of the ${n} pairs adds to the score`, splitAt: 'Fast pairs', splitValue: (n: number, all: number) => `${n} of ${all} pairs count as fast`,
    fixed: (v: string) => `Numbers that are not turned add ${v} at every distance; they count as slow.`, beyond: 'Arithmetic goes on farther than the text: whether the model ever saw two tokens that far apart in training, it does not tell.',
    label: (reach: number, own: string) => `Curve of the score for distances 0 to ${reach}; at the real distance it is ${own}`, table: 'This curve as a table',
  },
  cache: {
    title: 'KV cache', caption: 'Every token leaves a key and a value in every layer, so that later tokens can look back without computing them again. Bars are the true lengths of these vectors. Query heads of one frame share one key and value. Take a token out of the cache, and the text is scored again as if nobody could look at it: see what the answer loses.',
    head: (g: number) => `kv head ${g}`, kv: (g: number) => `kv ${g} ←`, groups: 'Query heads and the kv head they share', keys: 'keys', values: 'values', position: 'position', plane: 'Shown', layers: 'All layers', slot: 'Slot', token: 'Token',
    label: (n: number, g: number) => `Bars for ${n} slots of kv head ${g}: keys up, values down`, layersLabel: (n: number) => `${n} rows of colour, one per layer, from its shortest vector to its longest`,
    drop: 'Take out of the cache', keep: 'Put back', dropped: (n: number) => `${n === 1 ? '1 slot is' : `${n} slots are`} out of the cache. Probability before → after:`, frozen: 'A recording cannot be changed: run the model to take a slot out.',
    partial: 'This recording keeps keys and values of its last tokens only.', perToken: 'per token: k and v × layers × kv heads × numbers × bytes', used: (n: string) => `in all, for ${n} tokens`, reserved: (n: string) => `reserved, for ${n} tokens`,
    unshared: (h: number) => `if each of the ${h} heads had its own`, readAll: (n: number) => `Read all ${n} layers`, table: 'Slots as a table',
  },
  attention: {
    title: 'Attention', caption: 'The query is compared with the key of every earlier token (q·k, scaled), and the softmax turns the scores into weights that add up to 1. The values of those tokens are mixed by these weights.',
    key: 'Token', score: 'score', weight: 'weight', others: (n: number) => `${n} other tokens together`, sum: 'sum of all weights', shares: (a: number, b: number) => `heads ${a}–${b} share this key and value`, open: 'Open in Attention', mixed: 'mixed values z',
  },
  out: {
    title: { attn: 'Back into the sum', mlp: 'Back into the sum' }, caption: 'What this part computed is added to the running sum, element by element. Nothing is overwritten.',
    before: 'before', delta: 'added', after: 'after', length: 'length',
  },
  swiglu: {
    title: (act: string) => (act === 'silu' ? 'SwiGLU' : `Gate × up, by ${act}`), caption: (act: string) => `Every hidden unit has two numbers: the gate, bent by ${act === 'silu' ? 'silu(g) = g / (1 + e⁻ᵍ)' : act}, decides how much of up passes. The units with the largest products are what the MLP has to say here.`,
    gate: 'gate', up: 'up', act: (act: string) => `${act}(gate) ⊙ up`, unit: 'Unit', top: 'Most active units',
  },
  softmax: {
    title: 'Logits → softmax', caption: 'Each word of the vocabulary gets a logit. Softmax turns logits into probabilities: e to the power of (logit − largest), divided by the sum over all words.',
    word: 'Token', logit: 'logit', exp: 'e^(logit − max)', p: 'p', sum: (n: string) => `sum over all ${n} tokens`, max: 'largest logit',
  },
  weight: {
    title: 'Weights in 4 bits', titleOther: (format: string) => `Weights in ${format}`,
    caption: 'A tile of a weight as it lies in memory: a small code for each number, and a scale for each block. Codes are looked up in a table of 16 values and multiplied by the scale; the scale may itself be stored as an 8-bit code. Press a cell to see its sum.', captionOther: 'A tile of a weight as it lies in memory. Where numbers are stored as small codes, each block of them shares a scale, and code times scale is the value. Press a cell to see its sum.',
    tensor: 'Weight', row: 'Row', col: 'Column', label: (r: number, c: number) => `Tile of ${r} × ${c} weights, coloured by value`,
    size: (rows: string, cols: string, bytes: string) => `${rows} × ${cols}, ${bytes}`, code: 'code', table: 'table value', scale: 'scale', value: 'value', block: (n: number) => `block ${n}`, map: 'map', absmax: 'absmax', offset: 'offset',
    histogram: 'How often each code occurs in this tile', count: 'count', asTable: 'As a table', tile: 'This recording holds the first corner of each weight.',
    steps: {
      bits: (n: number) => `In memory lie ${n} bits:`, table: 'The code is looked up in the table of 16 values:', level: 'The code counts steps, 8 of them below zero:', rising: 'The code counts steps up from the smallest value of its block:', least: (n: number) => `${n} weights in a row share one scale and one smallest value; steps × scale + smallest is the value:`, signed: 'The code counts steps; from 128 on it means below zero:', scale: (n: number) => `${n} weights in a row share one scale; the value is the product:`,
      nested: (code: number) => `The scale is itself kept in 8 bits, code ${code}. Its table value is multiplied by how far the scales of its group stray at most, and the mean of all scales is added:`, plain: 'The scale is stored as it is:',
    },
    shown: 'Coloured by', values: 'value', errors: 'error', labelErrors: (r: number, c: number) => `Tile of ${r} × ${c} weights, coloured by error: orange too small, blue too large`, inFile: 'in the file', error: 'error', plain: 'It is stored as it is, without a code.', rowTable: (r: number) => `Row ${r} as a table`,
    spread: 'Outline: the weights in the file. Bars: where their codes put them.', rms: 'typical error (RMS), and its share of a typical weight', worst: (r: number, c: number) => `Worst: row ${r}, column ${c}`,
    exact: 'This weight is kept as plain numbers: nothing was lost to a code.', noSource: 'How far these values are from the trained ones cannot be told: the file itself holds these codes, and nothing finer.', gone: 'How far these values are from the trained ones cannot be told: the file holds these codes itself, or can no longer be read.', noSourceTrace: 'This recording does not hold the values of the file, so the error of the codes cannot be told.',
  },
  plan: {
    title: 'The printed plan', caption: 'What the GPU is told to do for one token, in order. It is data: the same list runs the model, is drawn here, and is tested.',
    step: 'Step', op: 'Op', weight: 'Weight', bytes: 'Bytes read', time: 'Time', measure: 'Time every step', measuring: 'Timing…', here: 'this part', all: 'all steps', show: 'Show',
    slower: 'Each step was timed alone, in a pass of its own: together that is slower than a real token, where steps follow one another without waiting. Compare steps, do not add them up.',
    busy: 'The model is writing: timing can begin when it has stopped.', total: (n: number, bytes: string) => `${n} steps, ${bytes} of weights read.`, text: 'The plan as text', asText: 'as text', more: (n: number) => `${n} more steps: see the text.`, copy: 'Copy', copied: 'Copied', dispatches: (n: number) => `${n} dispatches for one token.`, spent: (time: string) => `Timed one by one: ${time}.`,
  },
}

const zh: typeof en = {
  title: '模型内部',
  lead: '一个词元穿过模型的全程：从最下面嵌入表里的一行，到最上面的下一个词。每个数字都读自这次运行；点地图上的一处，看它算了什么。',
  keys: '按键：空格 播放 · . , 步进 · l 层 · j k 词元 · h 头（加 Shift 反向）· 回车 走近 · Esc 或退格 退远 · + − 缩放 · 方向键 移动',
  vectors: { x: 'x', y: 'y', q: 'q', k: 'k', v: 'v', q_rope: '转过的 q', k_rope: '转过的 k', scores: '得分', probs: '权重', z: 'z', delta: '加上的', sum: '总和', gate: 'gate', up: 'up', act: 'act', logits: 'logit', p: 'p' },
  layer: (n) => `L${n}`, head: (n) => `头 ${n}`,
  wait: '正在读取…', missing: '这份录制只为最后几个词元保留了每一步，请选其中一个。', lost: '这个词元的数值已不再保留，请选靠后的词元。',
  part: { embed: '嵌入', attn: '注意力', mlp: 'MLP', head: '输出' },
  step: {
    label: '走一遍前向计算', tokenBack: '上一个词元', token: '下一个词元', layerBack: '上一层', layer: '下一层', back: '上一步', next: '下一步',
    play: '播放', pause: '暂停', place: '在计算中的位置', at: (n, all) => `第 ${n} 步，共 ${all} 步`,
    ops: { embed: '查表', norm: 'RMSNorm', qkv: 'q、k、v', rope: 'RoPE', cache: 'KV 缓存', attention: '注意力', out: '相加', swiglu: '门 × up', softmax: 'softmax' },
  },
  map: {
    title: '前向计算', caption: '自下而上读。中间是残差：一条不断累加的和，每个部分都读它、再往上加。宽度就是向量的真实长度（‖·‖），同一比例：注意多数增量与总和相比有多小，哪些又不小。用滚轮、双指或 + 键走近，会看到每一步、它的向量，最后是每一个数字；点一个数字，看它由什么组成。',
    label: '前向计算的地图；每个部分是一个按钮，相同的数字见下方表格。',
    window: '地图的窗口：回车走近，Esc 退远，加减号缩放，方向键移动', zoomIn: '走近', zoomOut: '退远', crumbs: '现在在地图的哪里', model: '模型', cell: '数字', time: (us) => (us >= 1000 ? `${(us / 1000).toPrecision(2)} 毫秒` : `${Math.round(us)} 微秒`),
    open: (part, norm) => `${part}，加上长度为 ${norm} 的向量`, plain: (part, norm) => `${part}，长度 ${norm}`,
    table: '用表格看这些长度', sum: '之后的残差', adds: '加上', where: '部分',
  },
  strip: { label: (name, n) => `${name}：${n} 个数用颜色表示，橙色为负，蓝色为正`, element: '元素', table: '用表格看最大的元素', value: '值' },
  embed: {
    title: '词元 → 嵌入行', caption: '词元的编号从嵌入表中选出一行。累加的和就从这一行开始。',
    row: (id, tensor) => `${tensor} 的第 ${id} 行`, norm: '长度 ‖x‖',
  },
  norm: {
    title: { attn: '注意力之前的 RMSNorm', mlp: 'MLP 之前的 RMSNorm', head: '最后的 RMSNorm' },
    caption: '向量除以自己的均方根，于是只有方向起作用；然后每个元素乘以各自学到的 γ。这里的 γ 由结果反推：y ÷ (x · 1/√…)。',
    x: 'x', y: 'y', mean: 'x² 的平均', inverse: '1/√(平均 + ε)', epsilon: 'ε', element: (i) => `第 ${i} 个元素`,
  },
  rope: {
    title: '用旋转表示位置（RoPE）', caption: '向量的数字两两成对，每对是表盘上的一根指针。指针转过的角 = 位置 × 速度：前面的对转得快，最后的几乎不动。灰色：转之前；彩色：转之后。两个转过的向量是否一致，取决于相距多远，而不是各在哪里。',
    which: '向量', q: '查询', k: '键', pair: '对', angle: '角 = 位置 × 速度', turns: (n) => `${n} 圈`, before: '转之前', after: '转之后', read: '模型算出的', off: '所有对中的最大差',
    label: (n) => `${n} 个表盘，每对数字一个`, unturned: (n) => `其余 ${n} 个数不旋转`, pairOf: (a, b) => `第 ${a} 和第 ${b} 个数`, table: '用表格看所有的对', speed: '速度',
  },
  cell: {
    title: (name) => `${name} 从哪里来`, caption: '模型里的每个数字，都是另一些数字的简单的和或积。这里是它真实的来源，大的在前；总和包含所有的项，也包括没有列出的。最后几位可能与运行不同：GPU 相加的次序不一样。',
    open: '把这个数字拆开', notRecorded: '这份录制没有保存构成这个数字的全部内容：运行模型才能看到。', close: '关闭', index: '序号', product: '乘积', adds: '加上', sum: (n) => `全部 ${n} 项之和`, others: (n) => `其余 ${n} 项合计`, more: (n) => `显示 ${n} 项`, fewer: '少显示一些',
    run: '这次运行里的值', edited: '有改动作用在这一步，所以单凭求和得不到这个数。', weight: (row) => `逐个编码看权重的第 ${row} 行`,
    names: { W: '权重', x: 'x', y: '归一后的 y', z: 'z', act: 'act', q: '转过的 q', k: '转过的 k', p: '权重', v: 'v', exp: '得分', turn: 'cos、sin' },
    steps: { bias: '+ 偏置（由结果反推）', scale: '× 缩放', x: 'x', up: '× up', mean: 'x² 的平均', inverse: '× 1/√(平均 + ε)', gamma: '× γ（由结果反推）', act: '变弯的门', exp: 'e^(得分 − 最大)', over: '÷ 总和' },
  },
  qkv: {
    title: '查询、键、值', caption: '三个矩阵读同一个归一后的向量。查询说这个词元在找什么，键说它凭什么被找到，值是它交出去的内容。这里显示一个头；点一个数字看它完整的求和。',
  },
  distance: {
    title: 'q·k 随距离的变化', caption: '同一个查询、同一个键，放在任意距离上：变的只有转角。粗线是它们会有的得分；圆圈是它们真实的距离，正落在这次运行的得分上。小点是其他词元的键，各有各的曲线。快的对每走一步都在摆动，分得清左邻右舍；慢的对承载词与词之间的关系。',
    query: '查询', key: '键', keyToken: '键的词元', apart: (n) => `相距 ${n}`, range: '距离范围', near: (n) => `0–${n}`, far: (n) => `0–${n}`,
    slider: '放在距离', value: (n, score) => `相距 ${n} 个词元，得分 ${score}`, split: (name, from, to) => (to < from ? `${name}（无）` : `${name}（${from}–${to}）`),
    distance: '距离（词元）', score: '得分', all: 'q·k', fast: '快的对', slow: '慢的对', pair: '对，从快到慢', window: '窗口之外', run: '这次运行在真实距离上的得分', off: '相差',
    parts: (n) => `距离 ${n} 时每一对贡献多少`, partsLabel: (n) => `柱形：${n} 对各自给得分加上多少`, splitAt: '算作快的对', splitValue: (n, all) => `${all} 对中 ${n} 对算作快`,
    fixed: (v) => `不旋转的数在任何距离上都贡献 ${v}，算在慢的一边。`, beyond: '算式可以一直算到文本之外；模型训练时是否见过相距这么远的两个词元，算式并不知道。',
    label: (reach, own) => `距离 0 到 ${reach} 的得分曲线；真实距离上是 ${own}`, table: '用表格看这条曲线',
  },
  cache: {
    title: 'KV 缓存', caption: '每个词元在每一层都留下一个键和一个值，后面的词元回头看时不必重算。柱高就是这些向量的真实长度。同一框里的查询头共用一组键和值。把一个词元从缓存里移除，文本会重新打分，仿佛谁也看不到它：看看回答少了什么。',
    head: (g) => `kv 头 ${g}`, kv: (g) => `kv ${g} ←`, groups: '查询头与它们共用的 kv 头', keys: '键', values: '值', position: '位置', plane: '显示', layers: '全部层', slot: '槽位', token: '词元',
    label: (n, g) => `kv 头 ${g} 的 ${n} 个槽位：向上是键，向下是值`, layersLabel: (n) => `${n} 行颜色，每层一行，从本层最短的向量到最长的`,
    drop: '从缓存中移除', keep: '放回去', dropped: (n) => `从缓存中移除了 ${n} 个槽位。概率前 → 后：`, frozen: '录制不能改动：运行模型才能移除槽位。',
    partial: '这份录制只保留了最后几个词元的键和值。', perToken: '每个词元：k 和 v × 层 × kv 头 × 数字 × 字节', used: (n) => `合计，${n} 个词元`, reserved: (n) => `已预留，可容 ${n} 个词元`,
    unshared: (h) => `如果 ${h} 个头各有一份`, readAll: (n) => `读取全部 ${n} 层`, table: '用表格看槽位',
  },
  attention: {
    title: '注意力', caption: '查询与前面每个词元的键相比较（q·k，再缩放），softmax 把得分变成加起来等于 1 的权重。这些词元的值按权重混合。',
    key: '词元', score: '得分', weight: '权重', others: (n) => `其余 ${n} 个词元合计`, sum: '全部权重之和', shares: (a, b) => `头 ${a}–${b} 共用这组键和值`, open: '在“注意力”中打开', mixed: '混合后的值 z',
  },
  out: {
    title: { attn: '加回总和', mlp: '加回总和' }, caption: '这个部分算出的结果逐元素加到总和上，什么也不会被覆盖。',
    before: '之前', delta: '加上', after: '之后', length: '长度',
  },
  swiglu: {
    title: (act: string) => (act === 'silu' ? 'SwiGLU' : `门 × up（${act}）`), caption: (act: string) => `每个隐藏单元有两个数：门先由 ${act === 'silu' ? 'silu(g) = g / (1 + e⁻ᵍ)' : act} 变弯，决定 up 能通过多少。乘积最大的单元，就是 MLP 在这里要说的话。`,
    gate: '门 gate', up: 'up', act: (act: string) => `${act}(gate) ⊙ up`, unit: '单元', top: '最活跃的单元',
  },
  softmax: {
    title: 'Logit → softmax', caption: '词表里的每个词得到一个 logit。softmax 把 logit 变成概率：e 的（logit − 最大值）次方，除以所有词的总和。',
    word: '词元', logit: 'logit', exp: 'e^(logit − 最大)', p: '概率', sum: (n) => `全部 ${n} 个词元之和`, max: '最大的 logit',
  },
  weight: {
    title: '4 比特的权重', titleOther: (format) => `${format} 格式的权重`,
    caption: '权重的一小块，照它在内存里的样子：每个数一个小编码，每块一个缩放系数。编码在 16 个值的表里查到，再乘以缩放系数；系数本身也可能存成 8 比特编码。点一个格子看它的算式。', captionOther: '权重的一小块，照它在内存里的样子。数字若存成小编码，每块共用一个缩放系数，编码乘以系数就是值。点一个格子看它的算式。',
    tensor: '权重', row: '行', col: '列', label: (r, c) => `${r} × ${c} 个权重，颜色表示值`,
    size: (rows, cols, bytes) => `${rows} × ${cols}，${bytes}`, code: '编码', table: '表中的值', scale: '缩放', value: '值', block: (n) => `第 ${n} 块`, map: '映射', absmax: 'absmax', offset: '偏移',
    histogram: '这一块里每个编码出现的次数', count: '次数', asTable: '用表格显示', tile: '这份录制含有每个权重的第一角。',
    steps: {
      bits: (n) => `内存里是 ${n} 个比特：`, table: '编码在 16 个值的表里查到：', level: '编码是步数，其中 8 步在零以下：', rising: '编码是从本块最小值往上数的步数：', least: (n) => `连续 ${n} 个权重共用一个缩放系数和一个最小值，步数 × 系数 + 最小值就是值：`, signed: '编码是步数，从 128 起表示负数：', scale: (n) => `连续 ${n} 个权重共用一个缩放系数，相乘就是值：`,
      nested: (code) => `缩放系数自己也存成 8 比特，编码 ${code}。查表得到的值乘以本组系数偏离平均的最大值，再加上所有系数的平均：`, plain: '缩放系数原样存储：',
    },
    shown: '颜色表示', values: '值', errors: '误差', labelErrors: (r, c) => `${r} × ${c} 个权重，颜色表示误差：橙色偏小，蓝色偏大`, inFile: '文件里', error: '误差', plain: '它原样存储，没有编码。', rowTable: (r) => `用表格看第 ${r} 行`,
    spread: '轮廓：文件里的权重。柱形：编码把它们放到的位置。', rms: '典型误差（均方根），及它占典型权重的比例', worst: (r, c) => `误差最大：第 ${r} 行第 ${c} 列`,
    exact: '这个权重以普通数字保存，没有编码造成的损失。', noSource: '无法知道这些值离训练所得的值有多远：文件里存的就是这些编码，没有更精细的数。', gone: '无法知道这些值离训练所得的值有多远：文件里存的就是这些编码，或者文件已经读不到了。', noSourceTrace: '这份录制没有保存文件里的值，无法知道编码的误差。',
  },
  plan: {
    title: '打印出来的计划', caption: 'GPU 为一个词元按顺序要做的事。它是数据：同一份清单用来运行模型、画在这里，也用来测试。',
    step: '步骤', op: '算子', weight: '权重', bytes: '读取字节', time: '用时', measure: '给每一步计时', measuring: '正在计时…', here: '这个部分', all: '全部步骤', show: '显示',
    slower: '每一步都单独计时、各占一趟：合起来比真正的一个词元慢，真正运行时各步一个接一个，不必等待。请比较各步，不要相加。',
    busy: '模型正在书写，写完后才能计时。', total: (n, bytes) => `${n} 步，读取 ${bytes} 权重。`, text: '计划的文本', asText: '文本', more: (n) => `还有 ${n} 步，见文本。`, copy: '复制', copied: '已复制', dispatches: (n) => `一个词元 ${n} 次调度。`, spent: (time) => `逐步计时合计 ${time}。`,
  },
}

export const inside = { en, zh }
