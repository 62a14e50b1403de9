// Words of the drawing of scaled positions (features/inside/Scaling.tsx).

const en = {
  title: 'Scaling positions: the formula',
  caption:
    'A drawing of the formula, not of this run: the model goes on turning as it does. In a text longer than those of training, slow pairs reach angles that training never saw. Linear scaling divides every speed by the factor. NTK-aware scaling raises the base: the fastest pair keeps its speed, and only the slowest is divided by the whole factor. YaRN keeps pairs that turned often within the trained length, divides those that did not turn once, and blends in between.',
  kind: 'Scaling',
  kinds: { linear: 'linear', ntk: 'NTK-aware', yarn: 'YaRN' },
  factor: 'Factor',
  length: 'Trained length, in tokens',
  wave: 'tokens for a whole turn',
  tokens: (n: string) => `${n} tokens`,
  before: 'as it is',
  after: 'scaled',
  trained: (n: string) => `trained length: ${n} tokens`,
  reach: (n: string) => `times the factor: ${n} tokens`,
  turnOf: (j: number) => `a whole turn of pair ${j}`,
  slower: 'turns slower by',
  times: 'cos and sin are multiplied by',
  label: (n: number, before: string, after: string) =>
    `Curves of how long each of the ${n} pairs takes for a whole turn, as it is and scaled; the slowest takes ${before}, scaled ${after}`,
  already:
    'The frequencies of this layer are scaled already, or the model’s own: there is no plain base to begin from.',
}
const zh: typeof en = {
  title: '缩放位置：公式',
  caption:
    '这里画的是公式，不是这次运行：模型照旧旋转。文本比训练时的长，慢的对就会转到训练中没见过的角度。线性缩放把每个速度都除以倍数。NTK 缩放提高底数：最快的对速度不变，只有最慢的对除以整个倍数。YaRN 保留在训练长度内转过很多圈的对，把一圈也没转完的对除以倍数，中间的按比例混合。',
  kind: '缩放方法',
  kinds: { linear: '线性', ntk: 'NTK', yarn: 'YaRN' },
  factor: '倍数',
  length: '训练长度（词元）',
  wave: '转一整圈要多少词元',
  tokens: (n) => `${n} 个词元`,
  before: '原样',
  after: '缩放后',
  trained: (n) => `训练长度：${n} 个词元`,
  reach: (n) => `乘以倍数：${n} 个词元`,
  turnOf: (j) => `第 ${j} 对转一整圈`,
  slower: '慢了',
  times: 'cos 和 sin 要乘以',
  label: (n, before, after) =>
    `曲线：${n} 对数字各要多少词元才转一整圈，原样与缩放后；最慢的一对要 ${before}，缩放后 ${after}`,
  already: '这一层的频率已经缩放过，或是模型自带的：没有单一的底数可以从头画起。',
}

export const scaling = { en, zh }
