// What the page says of the models it offers, by their keys in the catalog.

const en = {
  about: {
    storyteller:
      'Came with this page. A tiny model trained on made-up little stories in English and Chinese: it answers who, what and where, goes on with a story and tells one.',
    local: 'Lies beside this page, in the folder models/.',
    'smollm2-135m': 'Very small and quick. Good for watching a real chat model at work; do not trust its facts.',
    'qwen2.5-0.5b': 'Small, speaks Chinese and English well for its size.',
    'qwen3-0.6b': 'Small and recent, Chinese and English; can think aloud before it answers.',
    'tinyllama-1.1b': 'The LLaMA 2 design at a small size. English.',
    'llama-3.2-1b': 'Meta’s small model. English and some other languages.',
  },
}

const zh: typeof en = {
  about: {
    storyteller:
      '随页面附带。一个用编出来的中英文小故事训练的很小的模型：能回答谁、什么、在哪里，能接着讲，也能自己讲一个。',
    local: '就在这个页面旁边的 models/ 文件夹里。',
    'smollm2-135m': '很小很快，适合观察真实的对话模型如何工作；不要相信它说的事实。英文。',
    'qwen2.5-0.5b': '小巧，就其大小而言中英文都不错。',
    'qwen3-0.6b': '小巧而较新，中英文皆可；回答之前可以先把思考写出来。',
    'tinyllama-1.1b': '小尺寸的 LLaMA 2 结构。英文。',
    'llama-3.2-1b': 'Meta 的小模型。英文和其他一些语言。',
  },
}

export const catalogWords = { en, zh }
