// Words about how keys and values are kept.

const en = {
  title: 'Keys and values',
  choices: { f32: 'as computed, 32 bits', f16: 'F16, 16 bits', int8: 'int8, 8 bits' },
  hints: {
    f32: 'What the model remembers of the text, kept as it is computed.',
    f16: 'About half the memory. Each number is off by about 1/2048 of itself at most; answers hardly differ. The processor keeps them as computed.',
    int8: 'About a quarter of the memory. Each number is off by up to 1/254 of the largest in its head; answers may differ a little. The processor keeps them as computed.',
  },
}
const zh: typeof en = {
  title: '键和值',
  choices: { f32: '按计算结果，32 位', f16: 'F16，16 位', int8: 'int8，8 位' },
  hints: {
    f32: '模型对文本的记忆，按计算结果原样保存。',
    f16: '大约占一半内存。每个数的误差最多约为它自身的 1/2048，回答几乎没有差别。用处理器计算时按原样保存。',
    int8: '大约占四分之一内存。每个数的误差最多为同一个头里最大值的 1/254，回答可能略有不同。用处理器计算时按原样保存。',
  },
}

export const kvCacheWords = { en, zh }
