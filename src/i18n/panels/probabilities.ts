// Words of the probabilities panel.

import type { CutName, ScoreName } from '../../engine/sampler/stages.ts'

const n = (value: number): string => value.toLocaleString('en')
const count = (value: number, one: string): string => `${n(value)} ${value === 1 ? one : `${one}s`}`
const z = (value: number): string => value.toLocaleString('zh-CN')

const en = {
  title: 'Probabilities',
  lead: 'A model does not choose words. It gives every token it knows a number; the settings then cut and bend those numbers, and a die picks. Move a slider: the stored numbers of this run are counted again, the model is not.',
  keys: 'Keys: j k token · n the token to come · r throw again',
  position: {
    title: 'Choose a token',
    earlier: 'Token before',
    later: 'Token after',
    next: 'the token to come',
    after: 'After',
    chose: 'came',
    toCome: 'what comes?',
    first: 'Nothing came before the first token, so nothing predicted it. Choose a later one.',
    forgotten: 'What the model computed here is no longer kept. Choose a later token.',
    seen: 'This token stands in the part of the text that every token sees. The model read it and did not guess it, so there are no odds of it. Choose a token of the answer.',
    colour: 'Colours: surprise at each token, in bits',
    facts: (p: string, rank: string, surprise: string) =>
      `The model gave it ${p}, rank ${rank}, a surprise of ${surprise} bits.`,
    question: 'part of the question',
  },
  own: {
    lead: 'This model does not write on. It reads the whole text at once and gives, at every place, each token it knows a number. At a blank that is its guess of what stands there; anywhere else it has seen the token itself.',
    keys: 'Keys: j k token · n next blank',
    choose: 'Choose a place',
    place: 'The text around it:',
    blank: (n: number) => `Blank ${n}`,
    noBlank:
      'This text has no blank: at every place the model sees the token itself. Put a blank into the text to see it guess.',
    guess: (token: string, p: string) => `Its best guess for this blank: “${token}”, ${p}.`,
    sees: (p: string, rank: string) =>
      `The model sees this token itself. At this place it gives it ${p}, rank ${rank}: no guess, but what it makes of the word between its neighbours.`,
    colour: 'Colours: how open each place is (entropy in bits)',
    surprise: 'Surprise of the token that stands here',
    noSampler:
      'Nothing is drawn here, so temperature, top-k and the other settings do not apply: they belong to models that write. These are the model’s own odds.',
  },
  odds: {
    title: 'What could stand here',
    caption:
      'The likeliest tokens at this place. The logit is the number that the model gives; softmax over all tokens makes a chance of it.',
  },
  stage: {
    token: 'token',
    logit: 'logit',
    penalties: 'penalties',
    temperature: 'temperature',
    'top-k': 'top-k',
    'top-p': 'top-p',
    'min-p': 'min-p',
    softmax: 'chance',
    draw: 'draw',
  } satisfies Record<CutName, string> & Record<string, string>,
  why: {
    logit: (vocab: number, p: string) =>
      `The model’s last layer gives each of its ${n(vocab)} tokens a number. Its favourite has ${p} of the probability.`,
    /** by stage; `changed`: listed tokens whose score is another than the model gave; `biased`: by hand, and not banned */
    score: {
      bias: (_changed: number, banned: number, biased: number) =>
        [
          biased > 0
            ? `${count(biased, 'token')} ${biased === 1 ? 'is' : 'are'} raised or lowered by hand: the bias is added to the logit, so the odds change by e to its power.`
            : '',
          banned > 0
            ? `${count(banned, 'token')} ${banned === 1 ? 'is' : 'are'} banned: a bias of −10,000 that nothing makes up for.`
            : '',
        ]
          .filter(Boolean)
          .join(' '),
      repetition: (changed: number, _banned: number) =>
        `Tokens that already stand in the text are pushed down; ${count(changed, 'listed token')} changed.`,
    } satisfies Record<ScoreName, (changed: number, banned: number, biased: number) => string>,
    scoresOff: 'Off: tokens that already stand in the text keep their number.',
    temperature: (t: string, sharper: boolean) =>
      sharper
        ? `Divided by ${t}: differences grow, the likely get likelier.`
        : `Divided by ${t}: differences shrink, the odds even out.`,
    temperatureOne: 'Divided by 1: nothing changes.',
    temperatureZero: 'At 0 nothing is drawn: the token with the largest number is taken (argmax).',
    /** by stage: its first parameter, tokens left, the mass of what went */
    cut: {
      'top-k': (k: number, kept: number, mass: string) =>
        `Only the best ${n(k)} stay, ties too: ${count(kept, 'token')} left. What went had ${mass} of the probability.`,
      'top-p': (p: number, kept: number, mass: string) =>
        `From the best down until ${p} of the probability is reached: ${count(kept, 'token')} left. What went had ${mass}.`,
      'min-p': (m: number, kept: number, mass: string) =>
        `At least ${m} times as likely as the best: ${count(kept, 'token')} left. What went had ${mass}.`,
    } satisfies Record<CutName, (limit: number, kept: number, mass: string) => string>,
    off: 'Off: keeps everything.',
    softmax: (kept: number) => `What is left, ${count(kept, 'token')}, is scaled up so that its chances add up to 1.`,
    draw: 'A number between 0 and 1 is drawn; the token it falls on is written.',
  },
  table: {
    title: 'From logit to token',
    caption:
      'Each row is one token and keeps its place; each column is one stage. A row greys where a stage took it out. The last row stands for every token that is not listed: their numbers are counted too.',
    off: 'off',
    was: (p: string) => `${p} of the model’s own`,
    seen: 'already in the text',
    banned: 'banned in this chat',
    biased: (bias: string) => `bias ${bias}, by hand`,
    place: (i: string) => `no. ${i}`,
    sum: (s: string) => `Σ ${s}`,
    ratio: (s: string) => `× ${s}`,
    out: (stage: string) => `taken out by ${stage}`,
    kept: (kept: number) => `${n(kept)} left`,
    tail: (rest: number) => count(rest, 'more token'),
    tailMass: (own: string, final: string) => `together ${own} for the model, ${final} in the draw`,
    more: 'Show 40 rows',
    fewer: 'Show 14 rows',
    chosen: 'written here',
    branch: (token: string) => `Continue with “${token}” instead`,
    whyTitle: 'What each stage did',
    unsure: 'Cannot be placed: tokens that are not listed may stand before it.',
  },
  branch: {
    question: 'This token is part of the question. Only tokens of the answer can be replaced.',
    busy: 'The model is writing. Wait, or stop it.',
    old: 'This run is not the answer shown in the chat. Ask again to branch it.',
    how: 'Click ↳ in a row to let the answer go on with that token. The answer so far is kept as a branch in the chat.',
    edited: 'Edits are in force: undo them to branch.',
  },
  dice: {
    title: 'The dice',
    caption:
      'Every token that is left lies on the bar, as wide as its chance, the best first. A number between 0 and 1 says where the die falls.',
    drew: (u: string) => `The run drew u = ${u}.`,
    falls: (token: string) => `With these settings that is “${token}”.`,
    other: (token: string, came: string) => `With these settings it would be “${token}”; the run wrote “${came}”.`,
    tail: 'With these settings it falls on a token that is not listed.',
    none: 'Here the run drew no number: the token was given, or put there by hand.',
    toCome: 'Nothing is drawn yet: this token is still to come.',
    argmax: 'At temperature 0 no die is thrown.',
    again: 'Throw again',
    threw: (token: string, seed: number) => `Seed ${seed}: “${token}”`,
    bar: (kept: number) => `${count(kept, 'token')} on the bar`,
    rest: (rest: number) => `${n(rest)} more`,
    from: 'from',
    to: 'to',
  },
  draws: {
    title: '100 throws',
    caption:
      'The same die, thrown 100 times from one seed. The mark is what the chances promise; the bar is what came.',
    seed: (seed: number) => `seed ${seed}`,
    again: '100 more',
    count: 'came',
    expected: 'promised',
    others: 'other tokens',
    none: 'none',
  },
  sweep: {
    title: 'Temperature from 0 to 5',
    caption: 'The chance of the five best tokens at every temperature, each point counted over the whole vocabulary.',
    all: 'with every stage',
    only: 'temperature alone',
    x: 'temperature',
    y: 'chance',
    table: 'As a table',
    label: 'What is swept',
    now: 'now',
  },
  entropy: {
    title: 'Entropy: how open it is',
    model: 'The model',
    left: 'After the stages',
    bits: (b: string) => `${b} bits`,
    between: (a: string, b: string) => `between ${a} and ${b} bits`,
    like: (k: string) => `like ${k} equally likely tokens`,
    likeBetween: (a: string, b: string) => `like ${a} to ${b} equally likely tokens`,
    chosen: 'Surprise of the token that came',
    before: 'before the stages',
    after: 'after',
    cut: 'taken out: it could not come',
  },
  length: {
    title: 'Surprise by position',
    caption: 'Mean surprise of the tokens of this text, stretch by stretch.',
    trained: (n: number) =>
      `The model’s files give its length as ${n.toLocaleString('en')} tokens; what lies beyond is marked.`,
    none: 'A recurrent model’s files give no length.',
    unknown: 'A recording does not tell its model’s length.',
    positions: 'Positions',
    surprise: 'Mean surprise',
    beyond: '(beyond the model’s length)',
  },
  compare: {
    title: 'A and B',
    on: 'Compare two settings',
    side: 'Settings of',
    a: 'A',
    b: 'B',
    chance: 'chance',
    token: 'Token',
    kept: 'Tokens left',
    entropy: 'Entropy',
    caption: 'The same logits through two settings. Where one bar is missing, that setting took the token out.',
    removed: 'out',
  },
  settings: {
    title: 'Settings',
    asChat: 'As in the chat',
    toChat: 'Use in the chat',
    used: 'The chat now uses these.',
    seed: 'Seed',
    argmax: '0: always the best',
    plain: 'Take nothing away',
  },
}

const zh: typeof en = {
  title: '概率',
  lead: '模型并不挑选词语。它给认识的每个词元打一个分，设置再对这些分数裁剪、拉伸，最后由骰子决定。拖动滑块：重新计算的是这次运行存下的分数，模型不必重跑。',
  keys: '按键：j k 换词元 · n 下一个还没写的词元 · r 再掷一次',
  position: {
    title: '选择一个词元',
    earlier: '前一个词元',
    later: '后一个词元',
    next: '下一个词元',
    after: '前文',
    chose: '写出了',
    toCome: '接下来是？',
    first: '第一个词元之前什么都没有，没有东西预测它。请选后面的词元。',
    forgotten: '模型在这里算出的结果已不再保留。请选后面的词元。',
    seen: '这个词元在所有词元都能看到的那一段里：模型是读到它的，没有猜过它，所以没有它的概率。请选回答中的词元。',
    colour: '颜色：每个词元的意外程度（比特）',
    facts: (p, rank, surprise) => `模型给它 ${p}，排第 ${rank}，意外程度 ${surprise} 比特。`,
    question: '属于问题',
  },
  own: {
    lead: '这个模型不续写。它一次读完整段文字，在每个位置给认识的每个词元打一个分。在空处，那是它对此处内容的猜测；在其他位置，它已经看到了词元本身。',
    keys: '按键：j k 换词元 · n 下一个空',
    choose: '选择一个位置',
    place: '前后文：',
    blank: (n) => `第 ${n} 个空`,
    noBlank: '这段文字里没有空：在每个位置，模型都看得到词元本身。在文字里留一个空，就能看它怎么猜。',
    guess: (token, p) => `它对这个空的最佳猜测：“${token}”，${p}。`,
    sees: (p, rank) =>
      `模型看得到这个词元本身。在这个位置，它给它 ${p}，排第 ${rank}：这不是猜测，而是它放在前后文之间怎么看这个词。`,
    colour: '颜色：每个位置有多开放（熵，比特）',
    surprise: '此处词元的意外程度',
    noSampler: '这里没有抽取，所以温度、top-k 等设置都不适用：它们属于会书写的模型。这里是模型自己给出的概率。',
  },
  odds: {
    title: '这里可以是什么',
    caption: '这个位置上最可能的词元。logit 是模型打的分，对全部词元做 softmax 就得到概率。',
  },
  stage: {
    token: '词元',
    logit: '分数 logit',
    penalties: '惩罚',
    temperature: '温度',
    'top-k': 'top-k',
    'top-p': 'top-p',
    'min-p': 'min-p',
    softmax: '概率',
    draw: '抽取',
  },
  why: {
    logit: (vocab, p) => `模型的最后一层给全部 ${z(vocab)} 个词元各打一个分。它最看好的那个占 ${p} 的概率。`,
    score: {
      bias: (_changed, banned, biased) =>
        [
          biased > 0
            ? `手动抬高或压低了 ${z(biased)} 个词元：偏置加在 logit 上，可能性之比变为原来的 e 的偏置次方倍。`
            : '',
          banned > 0 ? `禁用了 ${z(banned)} 个词元：加上 −10,000 的偏置，怎样也抽不到。` : '',
        ].join(''),
      repetition: (changed) => `已经出现过的词元被压低；列出的词元里有 ${z(changed)} 个变了。`,
    },
    scoresOff: '未开启：出现过的词元分数不变。',
    temperature: (t, sharper) =>
      sharper ? `除以 ${t}：差距拉大，可能的更可能。` : `除以 ${t}：差距缩小，概率更平均。`,
    temperatureOne: '除以 1：没有变化。',
    temperatureZero: '为 0 时不掷骰子：直接取分数最大的词元（argmax）。',
    cut: {
      'top-k': (k, kept, mass) => `只留最好的 ${z(k)} 个（并列的也留）：剩 ${z(kept)} 个。去掉的部分占概率 ${mass}。`,
      'top-p': (p, kept, mass) => `从最好的往下数，直到概率累计到 ${p}：剩 ${z(kept)} 个。去掉的部分占 ${mass}。`,
      'min-p': (m, kept, mass) => `至少有最好者 ${m} 倍的可能性才留下：剩 ${z(kept)} 个。去掉的部分占 ${mass}。`,
    },
    off: '未开启：全部保留。',
    softmax: (kept) => `剩下的 ${z(kept)} 个按比例放大，使概率之和为 1。`,
    draw: '抽一个 0 到 1 之间的数；它落在哪个词元上，就写出哪个。',
  },
  table: {
    title: '从分数到词元',
    caption:
      '每一行是一个词元，位置不变；每一列是一个阶段。在哪个阶段被去掉，就从哪里变灰。最后一行代表所有没有列出的词元：它们也都算在内。',
    off: '未开启',
    was: (p) => `模型自己给的 ${p}`,
    seen: '前文出现过',
    banned: '在这个对话里被禁用',
    biased: (bias) => `手动偏置 ${bias}`,
    place: (i) => `第 ${i}`,
    sum: (s) => `Σ ${s}`,
    ratio: (s) => `× ${s}`,
    out: (stage) => `被 ${stage} 去掉`,
    kept: (kept) => `剩 ${z(kept)}`,
    tail: (rest) => `另外 ${z(rest)} 个词元`,
    tailMass: (own, final) => `合计：模型给 ${own}，抽取时占 ${final}`,
    more: '显示 40 行',
    fewer: '显示 14 行',
    chosen: '这里写出的',
    branch: (token) => `改用“${token}”继续`,
    whyTitle: '每个阶段做了什么',
    unsure: '无法确定位置：可能有未列出的词元排在它前面。',
  },
  branch: {
    question: '这个词元属于问题。只有回答里的词元可以替换。',
    busy: '模型正在书写。请稍候，或让它停下。',
    old: '这次运行不是对话里显示的回答。再问一次就可以分支。',
    how: '点击某一行的 ↳，回答就从那个词元继续。现有的回答作为分支保留在对话里。',
    edited: '有改动生效中：撤销后才能分支。',
  },
  dice: {
    title: '骰子',
    caption: '剩下的每个词元都排在这条上，宽度就是它的概率，最好的在前。一个 0 到 1 之间的数决定骰子落在哪里。',
    drew: (u) => `这次运行抽到 u = ${u}。`,
    falls: (token) => `按这些设置，正是“${token}”。`,
    other: (token, came) => `按这些设置会是“${token}”；当时写出的是“${came}”。`,
    tail: '按这些设置，它落在没有列出的词元上。',
    none: '这里没有抽数：词元是给定的，或是手动放上的。',
    toCome: '还没有抽数：这个词元还没写。',
    argmax: '温度为 0 时不掷骰子。',
    again: '再掷一次',
    threw: (token, seed) => `种子 ${seed}：“${token}”`,
    bar: (kept) => `条上有 ${z(kept)} 个词元`,
    from: '从',
    to: '到',
    rest: (rest) => `另外 ${z(rest)} 个`,
  },
  draws: {
    title: '掷 100 次',
    caption: '同一个骰子，从一个种子连掷 100 次。短线是按概率应有的次数，条是实际次数。',
    seed: (seed) => `种子 ${seed}`,
    again: '再掷 100 次',
    count: '实际',
    expected: '应有',
    others: '其他词元',
    none: '无',
  },
  sweep: {
    title: '温度从 0 到 5',
    caption: '最好的五个词元在各个温度下的概率，每一点都按整个词表计算。',
    all: '经过所有阶段',
    only: '只看温度',
    x: '温度',
    y: '概率',
    table: '用表格显示',
    label: '扫描范围',
    now: '现在',
  },
  entropy: {
    title: '熵：有多开放',
    model: '模型自己',
    left: '经过各阶段后',
    bits: (b) => `${b} 比特`,
    between: (a, b) => `${a} 到 ${b} 比特之间`,
    like: (k) => `相当于 ${k} 个概率相同的词元`,
    likeBetween: (a, b) => `相当于 ${a} 到 ${b} 个概率相同的词元`,
    chosen: '所写词元的意外程度',
    before: '各阶段之前',
    after: '之后',
    cut: '已被去掉：不可能出现',
  },
  length: {
    title: '各位置的意外程度',
    caption: '这段文字里词元的平均意外程度，一段一段地看。',
    trained: (n) => `模型文件写明的长度是 ${n.toLocaleString('zh-CN')} 个词元；超出的部分另有标记。`,
    none: '循环模型的文件里不写长度。',
    unknown: '录制里没有说明模型的长度。',
    positions: '位置',
    surprise: '平均意外程度',
    beyond: '（超出模型的长度）',
  },
  compare: {
    title: 'A 与 B',
    on: '比较两组设置',
    side: '正在调整',
    a: 'A',
    b: 'B',
    chance: '概率',
    token: '词元',
    kept: '剩余词元',
    entropy: '熵',
    caption: '同样的分数，经过两组设置。缺了哪一根条，就是那组设置把它去掉了。',
    removed: '去掉',
  },
  settings: {
    title: '设置',
    asChat: '与对话相同',
    toChat: '用于对话',
    used: '对话现在使用这些设置。',
    seed: '种子',
    argmax: '0：总取最好的',
    plain: '什么都不去掉',
  },
}

export const probabilities = { en, zh }
