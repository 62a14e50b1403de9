// Sentences about adapters, in both languages: an adapter asks for what is not computed, or does not belong to the model.

import type { ErrorCatalog, FactReader } from './explain.ts'

type Sentences = Pick<ErrorCatalog, 'ADAPTER_UNSUPPORTED' | 'ADAPTER_MISFIT'>

const the = (f: FactReader, name: string, otherwise: string) => (f.has(name) ? `“${f.text(name)}”` : otherwise)

export const adaptersEn: Sentences = {
  ADAPTER_UNSUPPORTED: {
    title: 'The adapter asks for more than is computed',
    text: (f) =>
      `Of ${the(f, 'adapter', 'the adapter')}, ${f.text('key')} is ${f.text('found')}; that changes every number, and is not computed here.`,
    todo: () =>
      'The model is as it was. Merge the adapter into its model with the program that made it, and load the result.',
  },
  ADAPTER_MISFIT: {
    title: 'The adapter does not belong to this model',
    text: (f) => {
      const of = the(f, 'adapter', 'the adapter')
      return f.is('problem', 'module')
        ? `${of} changes the module “${f.text('module')}”, which this model does not have.`
        : f.is('problem', 'shape')
          ? `The tensor “${f.text('tensor')}” of ${of} would have to be (${f.text('need')}) here, and is (${f.text('found')}).`
          : f.is('problem', 'missing')
            ? `The file of ${of} does not hold the tensor “${f.text('tensor')}”.`
            : f.is('problem', 'unread')
              ? `Nothing would read ${f.is('count', 1) ? `the tensor “${f.text('tensor')}”` : `${f.text('count')} tensors (“${f.text('tensor')}” …)`} of ${of}: these are not the names of an adapter of its kind.`
              : f.is('problem', 'targets')
                ? `The adapter_config.json of ${of} does not say which modules it changes (“target_modules”).`
                : f.is('problem', 'lead')
                  ? `${of} puts virtual tokens before every text, and nothing computes them for a model of this kind.`
                  : f.is('problem', 'room')
                    ? `${of} puts ${f.text('count')} virtual tokens before every text. The context holds ${f.text('context')} tokens, so no text would fit behind them.`
                    : f.has('module')
                      ? `${of} holds tensors for ${f.has('module') ? `the module “${f.text('module')}”` : 'a module'}, which its adapter_config.json does not list.`
                      : `${of} was made for another model.`
    },
    todo: (f) =>
      f.is('problem', 'room')
        ? 'Load the model with a longer context, or without this adapter.'
        : 'The model is as it was. Take the adapter that was made for this very model, with all its files.',
  },
}

export const adaptersZh: Sentences = {
  ADAPTER_UNSUPPORTED: {
    title: '适配器要求的计算当前不支持',
    text: (f) =>
      `${the(f, 'adapter', '该适配器')}的 ${f.text('key')} 是 ${f.text('found')}；它会改变每一个数，而这里不计算它。`,
    todo: () => '模型保持原样。请用制作它的程序把适配器合并进模型，再加载合并后的结果。',
  },
  ADAPTER_MISFIT: {
    title: '适配器不属于这个模型',
    text: (f) => {
      const of = the(f, 'adapter', '该适配器')
      return f.is('problem', 'module')
        ? `${of}要改变模块“${f.text('module')}”，而这个模型里没有它。`
        : f.is('problem', 'shape')
          ? `${of}的张量“${f.text('tensor')}”在这里必须是 (${f.text('need')})，实际是 (${f.text('found')})。`
          : f.is('problem', 'missing')
            ? `${of}的文件里没有张量“${f.text('tensor')}”。`
            : f.is('problem', 'unread')
              ? `${of}里${f.is('count', 1) ? `张量“${f.text('tensor')}”` : `有 ${f.text('count')} 个张量（“${f.text('tensor')}”……）`}没有任何计算会读：这些不是此类适配器的名称。`
              : f.is('problem', 'targets')
                ? `${of}的 adapter_config.json 没有写明它改变哪些模块（“target_modules”）。`
                : f.is('problem', 'lead')
                  ? `${of}在每段文字之前放入虚拟词元，而这一类模型没有相应的计算。`
                  : f.is('problem', 'room')
                    ? `${of}在每段文字之前放入 ${f.text('count')} 个虚拟词元，而上下文只容得下 ${f.text('context')} 个词元，后面放不下任何文字。`
                    : f.has('module')
                      ? `${of}带有${f.has('module') ? `模块“${f.text('module')}”` : '某个模块'}的张量，而它的 adapter_config.json 没有列出这个模块。`
                      : `${of}是为另一个模型制作的。`
    },
    todo: (f) =>
      f.is('problem', 'room')
        ? '请用更长的上下文加载模型，或不带这个适配器。'
        : '模型保持原样。请使用为这个模型制作的适配器，并给出它的全部文件。',
  },
}
