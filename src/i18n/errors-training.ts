// Why a model cannot be trained here (engine/train/refused.ts), in both languages.

import type { FactReader, Sentence } from './explain.ts'

type Whys = Readonly<Record<string, (at: string) => string>>

const whysEn: Whys = {
  source: () => 'It reads a source with an encoder of its own; only models that write word after word learn here.',
  whole: () => 'It reads its text as a whole; only models that write word after word learn here.',
  head: () => 'It has no head that says which word comes next.',
  weight: (at) => `It has no weight “${at}” that could learn.`,
  made: (at) => `“${at}” is made of other numbers and cannot learn by itself.`,
  cache: () => 'Its keys and values are kept packed, and learning needs them as they are.',
  op: (at) => `Nothing here computes the way back through ${at ? `its step “${at}”` : 'one of its steps'}.`,
}
const whysZh: Whys = {
  source: () => '它用单独的编码器读取源文本；这里只能训练逐词往下写的模型。',
  whole: () => '它一次读完整段文字；这里只能训练逐词往下写的模型。',
  head: () => '它没有说出下一个词的输出头。',
  weight: (at) => `它没有可以学习的权重“${at}”。`,
  made: (at) => `“${at}”由其他数值算出，自己不能学习。`,
  cache: () => '它的键和值是压缩存放的，而学习需要原来的数值。',
  op: (at) => `这里不会计算${at ? `“${at}”这一步` : '它的某一步'}的反向传播。`,
}
const whyOf = (f: FactReader, whys: Whys): string => (whys[f.text('why')] ?? whys['op']!)(f.text('at'))

export const trainingEn: Sentence = {
  title: 'This model cannot learn here',
  text: (f) => `${whyOf(f, whysEn)} Nothing was changed.`,
  todo: (f) =>
    f.is('why', 'cache')
      ? 'Load it with keys and values kept as f32.'
      : 'Choose a model that writes, such as storyteller, LLaMA, Mistral or Qwen.',
}
export const trainingZh: Sentence = {
  title: '这个模型不能在这里学习',
  text: (f) => `${whyOf(f, whysZh)}什么都没有改变。`,
  todo: (f) =>
    f.is('why', 'cache')
      ? '请用 f32 的键和值重新加载它。'
      : '请选一个会写作的模型，例如 storyteller、LLaMA、Mistral 或 Qwen。',
}
