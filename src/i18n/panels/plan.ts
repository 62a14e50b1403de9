// Words about what a model takes before it is loaded.

const en = {
  reading: 'Reading the file headers',
  memory: 'Memory on the device',
  weights: 'Weights',
  cache: 'KV cache',
  activations: 'Activations',
  total: 'Together',
  largest: 'Largest piece that cannot be split',
  ofLimit: (bytes: string, limit: string) => `${bytes} of ${limit} allowed`,
  title: 'Name in the file',
  family: 'Family',
  parameters: 'Parameters',
  tooBig: 'Too big for this device',
  left: (n: number) => `What is left aside (${n})`,
  again: 'Load again with these',
  steps: 'All steps of the forward pass',
  context: 'Context',
  contextHint: (max: string) =>
    `How much of the conversation the model can see. Longer needs more memory; this model was trained for ${max} tokens.`,
  beyond: 'Longer than it was trained for',
}

const zh: typeof en = {
  reading: '正在读取文件头',
  memory: '设备内存',
  weights: '权重',
  cache: 'KV 缓存',
  activations: '激活值',
  total: '合计',
  largest: '最大的不可拆分的一块',
  ofLimit: (bytes: string, limit: string) => `${bytes}，上限 ${limit}`,
  title: '文件里的名称',
  family: '家族',
  parameters: '参数',
  tooBig: '对这个设备来说太大了',
  left: (n: number) => `没有用到的内容（${n}）`,
  again: '按这些选项重新加载',
  steps: '前向计算的全部步骤',
  context: '上下文',
  contextHint: (max: string) => `模型能看到多长的对话。越长越占内存；这个模型按 ${max} 个词元训练。`,
  beyond: '超过训练长度',
}

export const planWords = { en, zh }
