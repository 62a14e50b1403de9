// Words of the panel in which a model learns from what is liked better: preferences (DPO) and rewards (GRPO).

const en = {
  ways: {
    label: 'What it learns from',
    rows: '1 · Answers to say',
    pairs: '2 · Which answer is better',
    answers: '3 · A reward',
  },
  lead: {
    pairs:
      'It writes two answers to each story. You say which one is better, or the rule does. From that it learns to prefer the better one, near to what it was (DPO); or a reward model learns to say by a number how good an answer is.',
    answers:
      'It writes eight answers to a story, the rule or a reward model says what each is worth, and those above their group’s mean become likelier (GRPO). Watch what it finds out about whatever rewards it.',
  },
  rule: 'The rule',
  plus: 'Words that count one',
  minus: 'Words that take one away',
  wordsHint:
    'With commas between. A word counts wherever its letters stand, inside a longer one, too; where words of the rule overlap, the longest alone counts. Other words count nothing.',
  stories: (count: number) => `Stories: ${count}`,
  story: (n: number) => `Story ${n}`,
  answer: (n: number, side: string) => `Story ${n}, answer ${side}`,
  better: (n: number, side: string) => `Story ${n}: answer ${side} is better`,
  unwritten: 'Nothing is written yet.',
  same: 'Both answers are the same.',
  worth: (n: string) => `worth ${n}`,
  write: 'Let it write two answers each',
  rewrite: 'Write them anew',
  writing: (done: number, of: number) => `It writes: ${done} of ${of} stories`,
  stop: 'Stop',
  judge: 'Judge by the rule',
  judged: (count: number) => `Decided: ${count} ${count === 1 ? 'pair' : 'pairs'}.`,
  few: (least: number) => `It needs at least ${least} pairs that are decided.`,
  learner: { label: 'What learns from them', model: 'The model itself (DPO)', judge: 'A reward model' },
  by: { label: 'What rewards it', rule: 'The rule', judge: 'The reward model' },
  noJudge: 'There is no reward model yet for this model: teach one first, in 2.',
  taught: (name: string, pairs: number) =>
    `“${name}” has learnt from ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}; the rule is only measured beside it.`,
  stored: (name: string) => `Stored as “${name}”: in 3 it can say what answers are worth.`,
  unseen: (right: number, of: number) => `Of ${of} that it never learnt from it tells ${right} apart.`,
  noRule: 'The rule needs at least one word that counts.',
  start: 'Teach it',
  steps: 'Updates',
  stepsHint: {
    pairs: 'Each learns from two pairs. Too many, and stories lose their sense.',
    answers: 'Each writes eight answers to one story.',
    judge: 'Each learns from two pairs; a quarter of the pairs is only asked.',
  },
  beta: 'β',
  betaHint: 'How much a step away from the model it was counts: with a larger one it goes less far to prefer.',
  kl: 'Hold to what it was (KL)',
  klHint: 'At 0 the reward alone counts. At 0.3 it stays near the model that it was.',
  seed: 'Seed',
  seedHint: 'Of what it draws, of the order, and of where the adapter begins.',
  names: { pairs: 'Happy endings', answers: 'More happiness', judge: 'What is liked' },
  charts: {
    title: 'What becomes of it',
    reward: 'Reward of an answer, in points',
    rule: 'What the rule counts, in points (not rewarded)',
    sense: 'Answers that make sense (not rewarded)',
    unseen: 'Pairs it never learnt from that it tells apart',
    kl: 'KL to what it was, nats a token',
    watched: 'Loss of the answers it gave before, nats a token',
    margin: 'How much more it prefers the better ones, β × nats',
    apart: 'How much higher it rates the better ones, in its own points',
    right: 'Pairs that it tells apart',
    length: 'Tokens of an answer',
  },
  lossHint: {
    pairs:
      'Of a pair, in nats: −ln σ(m), m = how much more it prefers the better answer. 0.693 = ln 2: it prefers neither. Each dot an update, the line their running mean.',
    judge:
      'Of a pair, in nats: −ln σ(d), d = how much higher it rates the better answer. 0.693 = ln 2: it rates both the same. Each dot an update, the line their running mean.',
  },
  film: {
    pairs:
      'The better answer of the first pair is read again and again while it learns: where one head looks, and how far each matrix has moved, as a share of itself.',
    answers:
      'The first story is read again and again while it learns: where one head looks, and how far each matrix has moved, as a share of itself.',
  },
  best: 'The best of its last answers',
  hacking: (reward: string, kl: string) =>
    `The reward has risen by ${reward}, and each token is ${kl} nats away from what it was: it does what is rewarded, not what was meant. Read its answers; a KL above 0 holds it back.`,
  meanwhile: {
    rule: (from: string, to: string) => `What the rule counts went from ${from} to ${to}.`,
    sense: (from: string, to: string) =>
      `Of its answers, the part that makes sense (whole, in one language, no sentence twice) went from ${from} to ${to}.`,
  },
  facts: (numbers: string, bytes: string) => `${numbers} numbers learn, ${bytes} beside the model.`,
  flat: 'All answers to a story were worth the same: nothing is learnt from such a group.',
}
const zh: typeof en = {
  ways: { label: '它从什么里学', rows: '1 · 要说的答案', pairs: '2 · 哪个答案更好', answers: '3 · 奖励' },
  lead: {
    pairs:
      '每个故事它写两个答案。你来说哪个更好，或者让规则来说。然后它学着更喜欢那一个，又不离原来太远（DPO）；或者由一个奖励模型学着用一个数说出答案有多好。',
    answers:
      '每个故事它写八个答案，规则或奖励模型说出每个值多少，高于这一组平均的以后更容易说出来（GRPO）。看看它怎样钻空子。',
  },
  rule: '规则',
  plus: '出现一次加一分的词',
  minus: '出现一次减一分的词',
  wordsHint:
    '用逗号隔开。这些字只要出现就算，在更长的词里也算；规则里的词重叠时，只算最长的那个。别的词不加分，也不减分。',
  stories: (count) => `故事：${count} 个`,
  story: (n) => `故事 ${n}`,
  answer: (n, side) => `故事 ${n}，答案 ${side}`,
  better: (n, side) => `故事 ${n}：答案 ${side} 更好`,
  unwritten: '还没有写。',
  same: '两个答案一样。',
  worth: (n) => `${n} 分`,
  write: '让它每个故事写两个答案',
  rewrite: '重新写',
  writing: (done, of) => `正在写：${of} 个故事里写了 ${done} 个`,
  stop: '停止',
  judge: '按规则评判',
  judged: (count) => `已评判 ${count} 对。`,
  few: (least) => `至少要评判 ${least} 对。`,
  learner: { label: '谁从中学习', model: '模型自己（DPO）', judge: '奖励模型' },
  by: { label: '谁来奖励', rule: '规则', judge: '奖励模型' },
  noJudge: '这个模型还没有奖励模型：先在“2”里教一个。',
  taught: (name, pairs) => `“${name}”从 ${pairs} 对里学过；规则在旁边只量不奖。`,
  stored: (name) => `已存为“${name}”：到“3”里它就能给答案打分。`,
  unseen: (right, of) => `没学过的 ${of} 对里，它分得清 ${right} 对。`,
  noRule: '规则里至少要有一个加分的词。',
  start: '开始教',
  steps: '更新次数',
  stepsHint: {
    pairs: '每次从两对里学。太多了，故事就不通了。',
    answers: '每次为一个故事写八个答案。',
    judge: '每次从两对里学；四分之一的对只拿来问。',
  },
  beta: 'β',
  betaHint: '离开原来的模型一步算多大：越大，为了偏好走的步子越小。',
  kl: '拉住它，别离原来太远（KL）',
  klHint: '为 0 时只看奖励。为 0.3 时它留在原来的模型附近。',
  seed: '种子',
  seedHint: '决定它抽到什么、先后顺序，以及适配器从哪里开始。',
  names: { pairs: '快乐结局', answers: '更多快乐', judge: '喜欢什么' },
  charts: {
    title: '它变成了什么样',
    reward: '每个答案的奖励，分',
    rule: '规则数到的，分（不奖励）',
    sense: '说得通的答案（不奖励）',
    unseen: '没学过的对里分得清的',
    kl: '离原来的 KL，每词元奈特',
    watched: '它以前那些答案的损失，每词元奈特',
    margin: '它更喜欢好的那个多少，β × 奈特',
    apart: '它给好的那个高多少，按它自己的分',
    right: '分得清的对',
    length: '答案的词元数',
  },
  lossHint: {
    pairs:
      '每对的损失，单位奈特：−ln σ(m)，m 是它更喜欢好答案多少。0.693 = ln 2：两个一样喜欢。每个点是一次更新，线是它们的滑动平均。',
    judge:
      '每对的损失，单位奈特：−ln σ(d)，d 是它给好答案的分高多少。0.693 = ln 2：两个给分一样。每个点是一次更新，线是它们的滑动平均。',
  },
  film: {
    pairs: '学习当中，第一对里更好的答案被一遍遍重读：看一个头在看哪里，每个矩阵又移动了自身的百分之几。',
    answers: '学习当中，第一个故事被一遍遍重读：看一个头在看哪里，每个矩阵又移动了自身的百分之几。',
  },
  best: '最近的答案里最好的一个',
  hacking: (reward, kl) =>
    `奖励升了 ${reward}，而每个词元离原来有 ${kl} 奈特远：它做的是得奖励的事，不是本来想要的。读读它的答案；KL 大于 0 能拉住它。`,
  meanwhile: {
    rule: (from, to) => `规则数到的从 ${from} 变成 ${to}。`,
    sense: (from, to) => `说得通的答案（完整、只用一种语言、没有重复的句子）从 ${from} 变成 ${to}。`,
  },
  facts: (numbers, bytes) => `${numbers} 个数在学习，模型之外占 ${bytes}。`,
  flat: '一个故事的答案全都同分：从这样的一组里什么也学不到。',
}
export const roadWords = { en, zh }
