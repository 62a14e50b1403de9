// Words about what a file's weights are and shall become.

const en = {
  title: 'Weights: what the file holds, and what it becomes',
  held: 'In the file',
  type: 'Type',
  tensors: 'Tensors',
  bytes: 'Bytes',
  becomes: 'Becomes',
  unread: 'not read',
  memory: 'Whole model',
  error: 'Error',
  roles: { linear: 'Linear layers', embedding: 'Embedding and head' },
  choices: { keep: 'as in the file', nf4: 'NF4, 4 bits', i8: 'int8, 8 bits', f16: 'F16, 16 bits' },
  mixed: { linear: 'floats as NF4, the rest as in the file', embedding: 'floats as int8, the rest as in the file' },
  usual: 'usual',
  measuring: 'Measuring errors on a sample of the weights',
  all: 'Error: the length of the difference over the length of the weights, of every number of the file.',
  sample: (share: string) =>
    `Error: the length of the difference over the length of the weights, measured on rows of every matrix, ${share} of all numbers.`,
  beyond: 'impossible',
  tooLarge: 'A number is too large for this format:',
  worst: (error: string) => `Largest error: ${error}, in`,
  against: {
    floats: 'Errors are against the numbers of the file.',
    codes:
      'The file’s numbers are rounded already. How far they are from the model’s own it does not say: errors are against the file and come on top of that.',
    both: 'Errors are against the file. Some of its numbers are rounded already; how far those are from the model’s own it does not say.',
  },
}

const zh: typeof en = {
  title: '权重：文件里是什么，加载后变成什么',
  held: '文件里有',
  type: '类型',
  tensors: '张量',
  bytes: '大小',
  becomes: '变成',
  unread: '不读取',
  memory: '整个模型',
  error: '误差',
  roles: { linear: '线性层', embedding: '嵌入和输出头' },
  choices: { keep: '与文件相同', nf4: 'NF4，4 位', i8: 'int8，8 位', f16: 'F16，16 位' },
  mixed: { linear: '浮点变成 NF4，其余与文件相同', embedding: '浮点变成 int8，其余与文件相同' },
  usual: '默认',
  measuring: '正在用一部分权重测量误差',
  all: '误差：差的长度除以权重的长度，对文件里每个数计算。',
  sample: (share) => `误差：差的长度除以权重的长度，在每个矩阵里取一些行测得，共占全部数的 ${share}。`,
  beyond: '不可能',
  tooLarge: '有一个数大到这种格式放不下：',
  worst: (error) => `误差最大的是 ${error}，在`,
  against: {
    floats: '误差是相对于文件里的数。',
    codes: '文件里的数已经舍入过，离模型原来的数有多远，文件没有写明：误差相对于文件，是在那之上再加的。',
    both: '误差相对于文件。文件里有一部分数已经舍入过，离模型原来的数有多远，文件没有写明。',
  },
}

export const packingWords = { en, zh }
