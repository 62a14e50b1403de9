// Sentences about numbers that cannot be computed with, in both languages.

import type { ErrorCatalog, FactReader } from './explain.ts'

type Sentences = Pick<ErrorCatalog, 'NUMERIC'>

const the = (f: FactReader, name: string, otherwise: string) => (f.has(name) ? `“${f.text(name)}”` : otherwise)

export const numbersEn: Sentences = {
  NUMERIC: {
    title: 'The model’s numbers cannot be used',
    text: (f) =>
      f.has('beyond')
        ? `The weight “${f.text('tensor')}” holds ${f.text('beyond')}, and F16 ends at 65504.`
        : f.has('adapter')
          ? `The tensor “${f.text('tensor')}” of the adapter “${f.text('adapter').replace(/^adapter:/, '')}” holds a value that is infinite or not a number.`
          : f.has('tensor')
            ? `The weight “${f.text('tensor')}” holds a value that is infinite, not a number, or too large to be packed.`
            : f.is('flat', true)
              ? `It gave every token the same score, ${f.text('value')}, so there is nothing to choose by. Numbers too large on the way are the usual cause.`
              : `${the(f, 'step', 'One step')} is the first operation whose result is ${f.has('value') ? f.text('value') : 'not a number'}.`,
    todo: (f) =>
      f.has('beyond')
        ? 'Nothing was loaded. Choose another format for the weights.'
        : f.has('adapter')
          ? 'The model is as it was. The adapter’s training diverged, or its file is damaged: fetch it again, or use another one.'
          : f.has('tensor')
            ? 'Nothing was loaded. The file may be damaged: fetch it again, or choose another model.'
            : 'The answer so far is kept. The weights may be damaged, or this device computes that step wrongly: load the model again, or try another one.',
  },
}

export const numbersZh: Sentences = {
  NUMERIC: {
    title: '模型算出的数不能用',
    text: (f) =>
      f.has('beyond')
        ? `权重“${f.text('tensor')}”里有 ${f.text('beyond')}，而 F16 最大只到 65504。`
        : f.has('adapter')
          ? `适配器“${f.text('adapter').replace(/^adapter:/, '')}”的张量“${f.text('tensor')}”里有无穷大或非数的值。`
          : f.has('tensor')
            ? `权重“${f.text('tensor')}”里有无穷大、非数或大到无法打包的值。`
            : f.is('flat', true)
              ? `它给每个词元的分数都是 ${f.text('value')}，无从选择。通常是中途的数太大了。`
              : `${the(f, 'step', '某一步')}是第一个结果为 ${f.has('value') ? f.text('value') : '非数'} 的运算。`,
    todo: (f) =>
      f.has('beyond')
        ? '什么都没有加载。请为权重换一种格式。'
        : f.has('adapter')
          ? '模型保持原样。适配器训练发散，或文件已损坏：请重新获取，或换一个。'
          : f.has('tensor')
            ? '什么都没有加载。文件可能已损坏：请重新获取，或换一个模型。'
            : '已生成的回答都还在。可能是权重损坏，或这台设备算错了这一步：请重新加载模型，或换一个。',
  },
}
