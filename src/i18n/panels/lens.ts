// Words of the lens panel.

const en = {
  title: 'Logit lens',
  lead: 'Every layer writes into one running sum, and only the last layer’s sum is turned into words. The lens turns the sum of every layer into words, the same way: what would the model say if it stopped here?',
  warning: 'Early layers are unreliable readouts: the head was trained to read the last layer only. Strange words low in the grid do not mean that the model “thinks” them.',
  keys: 'Keys: arrows walk the grid, Enter selects for all panels · j k token · l layer (with Shift: back)',
  embedding: 'embed', layer: 'Layer', output: '= the model’s output', token: (n: number) => `token ${n}`,
  after: (token: string, layer: string) => `after ${token}, ${layer}`,
  part: { label: 'What is read', resid: 'Residual', attn: 'Δ attention', mlp: 'Δ MLP', hint: { resid: 'The whole running sum after each layer', attn: 'Only what this layer’s attention added', mlp: 'Only what this layer’s MLP added' } },
  partNote: (part: 'attn' | 'mlp') => `Each cell reads only what the ${part === 'attn' ? 'attention' : 'MLP'} of that layer added, under the norm scale of the full residual at that place. These are pushes, not answers: no row here is the model’s output.`,
  onlyResid: 'This recording holds the whole residual only.',
  colour: { label: 'Colour', p: 'probability', entropy: 'entropy', kl: 'KL to the end', rank: 'rank of target' },
  legend: { p: 'p of the first choice', entropy: 'entropy, bits', kl: 'KL(final ‖ layer), bits', rank: 'rank of the target' },
  target: { label: 'Target', final: 'the model’s answer', next: 'the next token', clear: 'Target', is: (text: string) => `only ${text}`, none: 'no next token yet' },
  grid: {
    title: 'What each layer would say',
    caption: 'Read a column from the bottom up: the token that was read enters below, each row is one layer later, and the top row is what the model really says. Notice where a column settles on its final word (bold = already the final word), and that some words settle early while names and facts come late.',
    label: (layers: number, tokens: number) => `Grid of ${layers} layers by ${tokens} tokens. Each cell holds the likeliest next token at that layer.`,
    read: 'token read', next: 'came next', readShort: 'read', nextShort: 'next',
    captionParts: 'One row per layer, the earliest at the bottom. Most cells here are faint: one layer alone seldom says a word. Notice the few that are sure of one; there this layer did the work.', nothing: 'still to come', lost: 'no longer kept',
    cell: (layer: string, position: number, text: string, p: string) => `${layer}, token ${position}: ${text}, ${p}`,
  },
  check: {
    good: (n: number, answer: boolean) => `Top row = ${answer ? 'what the answering run itself computed' : 'the run’s own output'}, at ${n === 1 ? 'the one position' : `all ${n} positions`} read`,
    bad: (wrong: number, n: number) => `The top row differs from the run’s output at ${wrong} of ${n} positions`,
    off: (off: string) => `largest difference of p: ${off}`, wait: 'Reading…',
  },
  detail: {
    title: 'Top 10', hidden: 'Guess first: the answer is in the game below.', hint: 'Press a token to follow it through the layers.',
    entropy: 'entropy', kl: 'KL to the end', bits: (n: string) => `${n} bits`, rank: (n: string) => `rank ${n}`, target: 'target', follow: (text: string) => `Follow ${text}`, token: 'Token', p: 'p', id: 'id', now: 'selected', preview: 'preview',
  },
  curves: {
    title: 'How the answer comes about', caption: 'Top: probability and rank of the target if the model stopped after each layer. Bars: how far attention and MLP of each layer pushed the target’s logit, under the final norm (direct logit attribution). All bars together are the logit.',
    p: 'p', rank: 'rank', push: 'push on the logit', attn: 'attention', mlp: 'MLP', embed: 'embedding', layer: 'layer',
    label: 'Curves of the target by layer; the same numbers are in the table below.', table: 'These numbers as a table',
    settled: (layer: string) => `is first from ${layer} on`, never: 'is not the first choice at the end', biggest: (part: string, push: string) => `most pushed by ${part}: ${push}`,
    against: (part: string, push: string) => `most held back by ${part}: ${push}`,
    sum: (sum: string, logit: string) => `all pushes ${sum} = logit ${logit}`, noTarget: 'The next token is still to come; choose another target.', missing: 'This recording holds the pushes on “the next token” only, at its last positions.',
  },
  heads: {
    title: 'Which heads pushed it', caption: 'Direct logit attribution by head: blue heads raised the target’s logit, orange heads lowered it. A head far from zero either found the answer or argued against it. Press a head to see what it looked at on the Attention panel.',
    label: 'Push of every head on the target’s logit.', head: 'heads', layers: 'layers', scale: 'push on the logit', best: 'Strongest', open: 'See it in Attention',
  },
  game: {
    start: 'Guess what a layer says', stop: 'End the game', title: (layer: string) => `What does ${layer} say?`,
    ask: 'after', choices: 'Choices', right: 'Right.', wrong: (text: string) => `It says ${text}.`, next: 'Next question', score: (right: number, all: number) => `${right} of ${all} right`,
    from: 'The four choices are this layer’s own first four, in the order of their ids.', waiting: 'Reading…',
  },
  sentence: { at: 'After', says: 'says', with: 'with' },
}

const zh: typeof en = {
  title: '对数几率透镜',
  lead: '每一层都往同一个累加和里写东西，只有最后一层的和才被变成文字。透镜用同样的办法把每一层的和都变成文字：如果模型在这里停下，它会说什么？',
  warning: '靠前的层读出来并不可靠：输出头只为最后一层训练过。表格下方的怪词不代表模型真的“想到”它们。',
  keys: '按键：方向键在表格中移动，回车为所有面板选中 · j k 词元 · l 层（加 Shift 反向）',
  embedding: '嵌入', layer: '层', output: '= 模型的输出', token: (n) => `第 ${n} 个词元`,
  after: (token, layer) => `${token} 之后，${layer}`,
  part: { label: '读什么', resid: '残差', attn: 'Δ 注意力', mlp: 'Δ MLP', hint: { resid: '每层之后的全部累加和', attn: '只看这一层注意力加上的部分', mlp: '只看这一层 MLP 加上的部分' } },
  partNote: (part) => `每格只读该层${part === 'attn' ? '注意力' : ' MLP '}加上的部分，使用该处完整残差的归一化尺度。这些是推力，不是回答：这里没有哪一行是模型的输出。`,
  onlyResid: '这份录制只含完整残差。',
  colour: { label: '颜色', p: '概率', entropy: '熵', kl: '到终点的 KL', rank: '目标名次' },
  legend: { p: '首选的概率', entropy: '熵（比特）', kl: 'KL(终点 ‖ 本层)（比特）', rank: '目标的名次' },
  target: { label: '目标', final: '模型的答案', next: '下一个词元', clear: '目标', is: (text) => `只看 ${text}`, none: '下一个词元还没有出现' },
  grid: {
    title: '每一层会说什么',
    caption: '每一列自下而上读：刚读入的词元在最下面，每上一行晚一层，最上一行就是模型真正说的话。注意一列从哪一层起定下最终的词（粗体 = 已经是最终的词）：有些词很早就定了，名字和事实往往很晚。',
    label: (layers, tokens) => `${layers} 层 × ${tokens} 个词元的表格。每格是该层最可能的下一个词元。`,
    read: '读入的词元', next: '接着出现', readShort: '读入', nextShort: '后续',
    captionParts: '每行一层，最早的在最下面。这里大多数格子都很淡：单独一层很少说得出一个词。注意少数很有把握的格子：那里正是这一层起了作用。', nothing: '尚未出现', lost: '已不再保留',
    cell: (layer, position, text, p) => `${layer}，第 ${position} 个词元：${text}，${p}`,
  },
  check: {
    good: (n, answer) => `最上一行与${answer ? '回答时的运行' : '本次运行的输出'}一致（已读 ${n} 个位置）`,
    bad: (wrong, n) => `最上一行在 ${n} 个位置中有 ${wrong} 个与本次运行的输出不同`,
    off: (off) => `概率最大相差 ${off}`, wait: '正在读取…',
  },
  detail: {
    title: '前 10 名', hidden: '先猜一猜：答案在下面的游戏里。', hint: '点一个词元，看它逐层的变化。',
    entropy: '熵', kl: '到终点的 KL', bits: (n) => `${n} 比特`, rank: (n) => `第 ${n} 名`, target: '目标', follow: (text) => `跟踪 ${text}`, token: '词元', p: '概率', id: '编号', now: '已选中', preview: '预览',
  },
  curves: {
    title: '答案是怎样形成的', caption: '上：如果模型在每层之后停下，目标的概率和名次。柱：各层的注意力和 MLP 把目标的 logit 推了多远，用最终的归一化尺度（直接 logit 归因）。所有柱加起来就是 logit。',
    p: '概率', rank: '名次', push: '对 logit 的推力', attn: '注意力', mlp: 'MLP', embed: '嵌入', layer: '层',
    label: '目标逐层变化的曲线；相同的数字见下方表格。', table: '用表格看这些数字',
    settled: (layer) => `从 ${layer} 起一直排第一`, never: '到最后也不是首选', biggest: (part, push) => `推力最大：${part} ${push}`,
    against: (part, push) => `阻力最大：${part} ${push}`,
    sum: (sum, logit) => `全部推力 ${sum} = logit ${logit}`, noTarget: '下一个词元还没有出现，请换一个目标。', missing: '这份录制只含最后几个位置上“下一个词元”的推力。',
  },
  heads: {
    title: '哪些头推动了它', caption: '按头的直接 logit 归因：蓝色的头抬高了目标的 logit，橙色的头压低了它。离零远的头，要么找到了答案，要么在反对它。点一个头，可到“注意力”面板看它看了哪里。',
    label: '每个头对目标 logit 的推力。', head: '头', layers: '层', scale: '对 logit 的推力', best: '最强', open: '在“注意力”中查看',
  },
  game: {
    start: '猜猜某层说什么', stop: '结束游戏', title: (layer) => `${layer} 会说什么？`,
    ask: '之后', choices: '选项', right: '对了。', wrong: (text) => `它说的是 ${text}。`, next: '下一题', score: (right, all) => `答对 ${right} / ${all}`,
    from: '四个选项就是这一层自己的前四名，按编号排列。', waiting: '正在读取…',
  },
  sentence: { at: '在', says: '说', with: '概率' },
}

export const lens = { en, zh }
