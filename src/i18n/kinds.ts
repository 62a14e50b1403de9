// What a file turned out to be that is no model (src/engine/formats/kinds.ts, adapters.ts, gguf-strangers.ts),
// and what to do with it. `what` completes "it is …" and “它是…”.

import type { FactReader } from './explain.ts'
import type { Lang } from './format.ts'

type Kind = Record<Lang, { what: string; todo?: string }>

const safetensors = {
  en: 'Take the safetensors or GGUF files of the same model: most repositories offer them beside it.',
  zh: '请改用同一模型的 safetensors 或 GGUF 文件，大多数仓库里都有。',
}
/** PyTorch's files: the command is the engine's, for this very file */
const converted = {
  en: (command: string): string =>
    `Take the safetensors or GGUF files of the same model, which most repositories offer beside it. Or convert it where Python has the packages torch and safetensors, each of its parts where there are several, and add what that makes beside config.json: ${command}`,
  zh: (command: string): string =>
    `请改用同一模型的 safetensors 或 GGUF 文件，大多数仓库里都有。也可以在装有 torch 和 safetensors 包的 Python 里转换（有多个分片就逐个转换），再把得到的文件和 config.json 一起添加：${command}`,
}
const again = { en: 'Fetch the file again from where it came from.', zh: '请从原来的地方重新获取这个文件。' }
const other = {
  en: 'Choose the .gguf file that holds the language model itself.',
  zh: '请选择语言模型本身的 .gguf 文件。',
}
const kind = (en: string, zh: string, todo?: Record<Lang, string>): Kind => ({
  en: { what: en, todo: todo?.en },
  zh: { what: zh, todo: todo?.zh },
})

const kinds: Record<string, Kind> = {
  torch: kind(
    'a PyTorch file: pickled Python, which can run code when opened',
    ' PyTorch 文件：pickle 格式，打开时可能执行代码',
  ),
  pickle: kind('a Python pickle, which can run code when opened', ' Python pickle，打开时可能执行代码', {
    en: 'Take the safetensors or GGUF files of the same model, or convert it in the program that made it, with safetensors.torch.save_file.',
    zh: '请改用同一模型的 safetensors 或 GGUF 文件，或在制作它的程序里用 safetensors.torch.save_file 转换。',
  }),
  zip: kind('a ZIP archive', ' ZIP 压缩包', {
    en: 'Unpack it first, then add the files in it.',
    zh: '请先解压，再添加其中的文件。',
  }),
  gzip: kind('compressed with gzip', ' gzip 压缩文件', {
    en: 'Unpack it first, then add what is in it.',
    zh: '请先解压，再添加其中的文件。',
  }),
  archive: kind('an archive', '压缩包', {
    en: 'Unpack it first, then add the files in it.',
    zh: '请先解压，再添加其中的文件。',
  }),
  'saved-model': kind('a saved model that is damaged', '模型存档，但已损坏', {
    en: 'Save it again where it came from, or copy it again.',
    zh: '请在原来的浏览器里重新存成文件，或重新复制一份。',
  }),
  hdf5: kind('an HDF5 (Keras) file', ' HDF5（Keras）文件', safetensors),
  ggml: kind('an old GGML file from before GGUF', ' GGUF 之前的旧式 GGML 文件', {
    en: 'Take a .gguf file of the same model, or convert it with llama.cpp.',
    zh: '请改用同一模型的 .gguf 文件，或用 llama.cpp 转换。',
  }),
  onnx: kind('an ONNX model', ' ONNX 模型', safetensors),
  tflite: kind('a TensorFlow Lite (LiteRT) model', ' TensorFlow Lite（LiteRT）模型', safetensors),
  numpy: kind('a NumPy array', ' NumPy 数组', safetensors),
  html: kind('a web page that was saved in place of the file', '网页，被当成文件保存了下来', {
    en: 'Open the address in a browser tab, log in if it asks for that, then fetch the file again.',
    zh: '请在浏览器标签页里打开原地址，需要登录就先登录，再重新获取文件。',
  }),
  lfs: kind(
    'a Git LFS pointer, a short text that stands for the real file',
    ' Git LFS 指针，只是代表真实文件的一小段文字',
    {
      en: 'Fetch the file itself: run “git lfs pull” in its folder, or download it in the browser.',
      zh: '请获取真正的文件：在它的文件夹里运行 git lfs pull，或用浏览器下载。',
    },
  ),
  json: kind(
    'JSON text, probably an error message saved in place of the file',
    ' JSON 文本，多半是被当成文件保存的错误信息',
    again,
  ),
  text: kind('plain text', '普通文本', again),
  jpeg: kind('a JPEG picture', ' JPEG 图片'),
  png: kind('a PNG picture', ' PNG 图片'),
  gif: kind('a GIF picture', ' GIF 图片'),
  webp: kind('a WebP picture', ' WebP 图片'),
  bmp: kind('a BMP picture', ' BMP 图片'),
  tiff: kind('a TIFF picture', ' TIFF 图片'),
  pdf: kind('a PDF document', ' PDF 文档'),
  media: kind('a sound or a film', '音频或视频'),
  database: kind('an SQLite database', ' SQLite 数据库'),
  program: kind('a program', '可执行程序'),
  unknown: kind('neither a GGUF nor a safetensors file', '既非 GGUF 也非 safetensors 的文件'),
  name: kind('named with characters that are not allowed', '含有不允许字符的名称', {
    en: 'Rename it with letters, digits, “.”, “_” and “-”, then add it again.',
    zh: '请改名，只用字母、数字、“.”、“_”和“-”，然后重新添加。',
  }),
  several: kind('one of several models', '几个模型中的一个', {
    en: 'Add the models one by one.',
    zh: '请逐个添加模型。',
  }),
  'same name': kind('there twice under the same name', '同名出现两次的文件', {
    en: 'Add the files of one model’s folder at a time.',
    zh: '请一次只添加一个模型文件夹里的文件。',
  }),
  'gguf-big-endian': kind(
    'a GGUF in the byte order of other processors (big-endian)',
    '另一种处理器字节序（大端序）的 GGUF',
    {
      en: 'Take the little-endian file of the same model: it is the usual one.',
      zh: '请改用同一模型的小端序文件，通常提供的都是这种。',
    },
  ),
  'gguf-old': kind('a GGUF of version 1, from 2023', ' 2023 年的第 1 版 GGUF', {
    en: 'Take a newer .gguf file of the same model, or convert it again with a current llama.cpp.',
    zh: '请改用同一模型较新的 .gguf 文件，或用新版 llama.cpp 重新转换。',
  }),
  'gguf-new': kind('a GGUF of a version that is newer than this page', '比本页面更新的 GGUF 版本', {
    en: 'Reload the page to get its newest version, or take a file of GGUF version 3.',
    zh: '请重新加载页面获取最新版本，或改用第 3 版的 GGUF 文件。',
  }),
  mmproj: kind(
    'the part of a model that turns pictures or sound into tokens (mmproj), not the language model',
    '模型中把图片或声音变成词元的部分（mmproj），不是语言模型',
    other,
  ),
  imatrix: kind('an importance matrix, which helps to quantize a model', '重要性矩阵，量化模型时用的辅助数据', other),
  'control-vector': kind('a control vector, a direction to steer a model with', '控制向量，用来引导模型的方向', other),
  vocab: kind('a vocabulary without a model', '只有词表、没有模型的文件', other),
}

/** What the file is; the name of the kind itself when it is none of ours. */
export const kindOf = (f: FactReader, lang: Lang): string =>
  kinds[f.text('found', 'reason')]?.[lang].what ?? `${lang === 'zh' ? ' ' : ''}${f.text('found', 'reason')}`
/** What to do with it. */
export const kindTodo = (f: FactReader, lang: Lang): string | undefined =>
  f.has('command') ? converted[lang](f.text('command')) : kinds[f.text('found', 'reason')]?.[lang].todo
export const knowsKind = (name: string): boolean => Object.hasOwn(kinds, name)
