// Words of the Models panel that say which bytes and which weights are meant.

const en = {
  tiny: 'One of each kind, small enough to try at once',
  tinyHint: 'Trained for this page, under 300 kB each. They lie beside it and are fetched when you load them.',
  tries: 'Try:',
  asAdapter: 'Add it as an adapter',
  completes: 'This model has no chat format: it reads what you write as it is, and goes on with it.',
  files: (bytes: string) => `${bytes} of files`,
}

const zh: typeof en = {
  tiny: '每种模型一个，小到马上就能试',
  tinyHint: '为这个页面训练，每个不到 300 kB，就放在页面旁边，加载时才取。',
  tries: '可以试试：',
  asAdapter: '作为适配器添加',
  completes: '这个模型没有对话格式：它按原样读你写的文字，并接着往下写。',
  files: (bytes) => `文件 ${bytes}`,
}

export const modelWords = { en, zh }
