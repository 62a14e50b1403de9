// Sentences about adapters, in both languages: an adapter asks for what is not computed, or does not belong to the model.

import type { ErrorCatalog, FactReader, Sentence } from './explain.ts'

type Sentences = Pick<ErrorCatalog, 'ADAPTER_UNSUPPORTED' | 'ADAPTER_MISFIT'>

/** One in the store is called by the id that it has there, which begins with its mark. */
const named = (f: FactReader, name: string): string => f.text(name).replace(/^adapter:/, '')
const the = (f: FactReader, name: string, otherwise: string) => (f.has(name) ? `“${named(f, name)}”` : otherwise)

/** What is said in place of a sentence about a model, where `is` that the files are an adapter's. */
interface Own extends Sentence {
  is: (f: FactReader) => boolean
}
export const orAdapter = (own: Own, model: Sentence & { title: string }): Sentence => ({
  title: (f) => (own.is(f) ? (own.title as (f: FactReader) => string)(f) : model.title),
  text: (f) => (own.is(f) ? own : model).text(f),
  todo: (f) => (own.is(f) ? own : model).todo(f),
})

const isOne = (f: FactReader): boolean => f.has('adapter')
const stored = (f: FactReader): boolean => f.is('reason', 'absent') || f.is('reason', 'partial')
/** files that are an adapter where a model is asked for, or the other way round */
const mixed = (f: FactReader): boolean => f.is('found', 'adapters') || f.is('found', 'model') || isOne(f)

interface Files {
  FILE_MISSING: Own
  FILE_FORMAT: Own
  STORAGE_CORRUPT: Own
}
export const adapterFilesEn: Files = {
  FILE_MISSING: {
    is: isOne,
    title: () => 'A file of the adapter is missing',
    text: (f) =>
      f.is('reason', 'absent')
        ? `The adapter “${named(f, 'adapter')}” is not stored in this browser.`
        : f.is('reason', 'partial')
          ? `Of the adapter “${named(f, 'adapter')}” not all is stored and whole.`
          : `The adapter “${named(f, 'adapter')}” needs “${f.text('file')}”, and it is not among the files.`,
    todo: (f) =>
      stored(f)
        ? 'Add its files again on the Adapters panel, or remove it there.'
        : 'Give adapter_config.json and the weights beside it (adapter_model.safetensors, adapter.safetensors) together, or one .gguf that was made of them.',
  },
  FILE_FORMAT: {
    is: mixed,
    title: (f) =>
      f.is('found', 'adapter')
        ? 'This is not a model file'
        : isOne(f)
          ? 'The adapter is pickled'
          : 'This is not one adapter',
    text: (f) =>
      f.is('found', 'adapters')
        ? `The files hold more than one adapter: “${f.text('first')}” and “${f.text('second')}”.`
        : f.is('found', 'model')
          ? `“${f.text('file')}” is a model, or a part of one, and no set of changes to a model.`
          : f.is('found', 'adapter')
            ? `“${f.text('file')}” is a ${f.text('adapter')} adapter${f.has('base') ? ` for “${f.text('base')}”` : ''}: a set of changes to a model, not a model.`
            : `The weights of the adapter “${named(f, 'adapter')}” lie in “${f.text('file')}”, which is pickled: such a file can run code when it is opened.`,
    todo: (f) =>
      f.is('found', 'adapters')
        ? 'Add them one by one.'
        : f.is('found', 'model')
          ? 'Add it on the Models panel. An adapter is a folder with adapter_config.json and adapter_model.safetensors, or a .gguf that was made of one.'
          : f.is('found', 'adapter')
            ? `Nothing was loaded. Add it on the Adapters panel, and load ${f.has('base') ? `“${f.text('base')}”` : 'the model it was made for'}: there it is put on that model.`
            : 'Save it as safetensors with the program that made it (PEFT’s and adapter-hub’s save functions take safe_serialization=True), or use safetensors.torch.save_file on what torch.load(…, weights_only=True) gives. Then add the folder again.',
  },
  STORAGE_CORRUPT: {
    is: isOne,
    title: () => 'A stored file was damaged',
    text: (f) =>
      `“${f.text('file')}” of the adapter “${named(f, 'adapter')}” is not what was written: part ${f.text('chunk')} of ${f.text('chunks')} changed or is gone.`,
    todo: () => 'Add its files again on the Adapters panel: they take the place of the damaged copy.',
  },
}
export const adapterFilesZh: Files = {
  FILE_MISSING: {
    is: isOne,
    title: () => '适配器缺少文件',
    text: (f) =>
      f.is('reason', 'absent')
        ? `这个浏览器里没有存适配器“${named(f, 'adapter')}”。`
        : f.is('reason', 'partial')
          ? `适配器“${named(f, 'adapter')}”没有存全，或不再完好。`
          : `适配器“${named(f, 'adapter')}”需要“${f.text('file')}”，但所给的文件里没有。`,
    todo: (f) =>
      stored(f)
        ? '请在“适配器”面板重新添加它的文件，或在那里移除它。'
        : '请同时提供 adapter_config.json 和与它放在一起的权重（adapter_model.safetensors 或 adapter.safetensors），或由它们制成的一个 .gguf。',
  },
  FILE_FORMAT: {
    is: mixed,
    title: (f) =>
      f.is('found', 'adapter') ? '这不是模型文件' : isOne(f) ? '适配器是 pickle 文件' : '这不是一个适配器',
    text: (f) =>
      f.is('found', 'adapters')
        ? `这些文件属于不止一个适配器：“${f.text('first')}”和“${f.text('second')}”。`
        : f.is('found', 'model')
          ? `“${f.text('file')}”是模型或模型的一部分，不是对模型的改动。`
          : f.is('found', 'adapter')
            ? `“${f.text('file')}”是${f.has('base') ? `用于“${f.text('base')}”的` : ''} ${f.text('adapter')} 适配器，只是对模型的一组改动，本身不是模型。`
            : `适配器“${named(f, 'adapter')}”的权重存放在“${f.text('file')}”里，那是 pickle 文件，打开时可能执行代码。`,
    todo: (f) =>
      f.is('found', 'adapters')
        ? '请逐个添加。'
        : f.is('found', 'model')
          ? '请在“模型”面板添加它。适配器是一个含有 adapter_config.json 和 adapter_model.safetensors 的文件夹，或由它制成的 .gguf。'
          : f.is('found', 'adapter')
            ? `什么都没有加载。请在“适配器”面板添加它，并加载${f.has('base') ? `“${f.text('base')}”` : '它所针对的模型'}，然后在那里把它装到这个模型上。`
            : '请用制作它的程序存成 safetensors（PEFT 和 adapter-hub 的保存函数都有 safe_serialization=True），或对 torch.load(…, weights_only=True) 的结果使用 safetensors.torch.save_file，再重新添加这个文件夹。',
  },
  STORAGE_CORRUPT: {
    is: isOne,
    title: () => '存储的文件损坏了',
    text: (f) =>
      `适配器“${named(f, 'adapter')}”的“${f.text('file')}”与写入时不一致：${f.text('chunks')} 块中的第 ${f.text('chunk')} 块变了或不见了。`,
    todo: () => '请在“适配器”面板重新添加它的文件，它们会替换损坏的副本。',
  },
}

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
            : f.is('problem', 'size')
              ? `${of} was made for a model whose “${f.text('key')}” is ${f.text('found')}; here that is ${f.text('need')}.`
              : f.is('problem', 'unread')
                ? `Nothing would read ${f.is('count', 1) ? `the tensor “${f.text('tensor')}”` : `${f.text('count')} tensors (“${f.text('tensor')}” …)`} of ${of}: these are not the names of an adapter of its kind.`
                : f.is('problem', 'targets')
                  ? `The adapter_config.json of ${of} does not say which modules it changes (“target_modules”).`
                  : f.is('problem', 'lead')
                    ? `${of} puts virtual tokens before every text, and nothing computes them for a model of this kind.`
                    : f.is('problem', 'room')
                      ? `${of} puts ${f.text('count')} virtual tokens before every text. The context holds ${f.text('context')} tokens, so no text would fit after them.`
                      : f.is('problem', 'model')
                        ? `${of} was made for a model of the kind “${f.text('found')}”, and this one is of the kind “${f.text('need')}”.`
                        : f.has('module')
                          ? `${of} holds tensors for ${f.has('module') ? `the module “${f.text('module')}”` : 'a module'}, which its adapter_config.json does not list.`
                          : `${of} was made for another model.`
    },
    todo: (f) =>
      f.is('problem', 'room')
        ? 'Load the model with a longer context, or without this adapter.'
        : f.is('problem', 'targets')
          ? 'The model is as it was. Write the names of those modules into adapter_config.json, as a list under “target_modules”, as they were in training, and add the adapter again.'
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
            : f.is('problem', 'size')
              ? `${of}是为“${f.text('key')}”为 ${f.text('found')} 的模型制作的，而这个模型是 ${f.text('need')}。`
              : f.is('problem', 'unread')
                ? `${of}里${f.is('count', 1) ? `张量“${f.text('tensor')}”` : `有 ${f.text('count')} 个张量（“${f.text('tensor')}”……）`}没有任何计算会读：这些不是此类适配器的名称。`
                : f.is('problem', 'targets')
                  ? `${of}的 adapter_config.json 没有写明它改变哪些模块（“target_modules”）。`
                  : f.is('problem', 'lead')
                    ? `${of}在每段文字之前放入虚拟词元，而这一类模型没有相应的计算。`
                    : f.is('problem', 'room')
                      ? `${of}在每段文字之前放入 ${f.text('count')} 个虚拟词元，而上下文只容得下 ${f.text('context')} 个词元，后面放不下任何文字。`
                      : f.is('problem', 'model')
                        ? `${of}是为“${f.text('found')}”类模型制作的，而这个模型属于“${f.text('need')}”类。`
                        : f.has('module')
                          ? `${of}带有${f.has('module') ? `模块“${f.text('module')}”` : '某个模块'}的张量，而它的 adapter_config.json 没有列出这个模块。`
                          : `${of}是为另一个模型制作的。`
    },
    todo: (f) =>
      f.is('problem', 'room')
        ? '请用更长的上下文加载模型，或不带这个适配器。'
        : f.is('problem', 'targets')
          ? '模型保持原样。请在 adapter_config.json 的“target_modules”下以列表写上训练时所改变模块的名称，再重新添加这个适配器。'
          : '模型保持原样。请使用为这个模型制作的适配器，并给出它的全部文件。',
  },
}

/** Two adapters that both want the one place before a text: said in place of what a strength must be. */
interface Two {
  text: (f: FactReader) => string | null
  todo: (f: FactReader) => string | null
}
const isSecond = (f: FactReader): boolean => f.is('param', 'scale') && f.has('other')
/** what is taught, and where a run goes on */
const ofTraining = (f: FactReader): boolean => /^(resume|rows)\b/.test(f.text('param'))
export const leadsEn: Two = {
  text: (f) =>
    isSecond(f)
      ? `One adapter alone can put entries before every text, and “${named(f, 'other')}” is on: “${named(f, 'adapter')}” cannot be on beside it.`
      : null,
  todo: (f) =>
    isSecond(f)
      ? 'Nothing was changed. Switch that one off first.'
      : ofTraining(f)
        ? 'Nothing was changed. Change the pairs, or begin anew.'
        : null,
}
export const leadsZh: Two = {
  text: (f) =>
    isSecond(f)
      ? `每段文字之前只放得下一个适配器的条目，而“${named(f, 'other')}”正开着：“${named(f, 'adapter')}”不能同时打开。`
      : null,
  todo: (f) =>
    isSecond(f)
      ? '什么都没有改变。请先关掉那一个。'
      : ofTraining(f)
        ? '什么都没有改变。请修改内容，或重新开始。'
        : null,
}
