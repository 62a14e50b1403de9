// Why a file is not read as a document (retrieval/read/refuse.ts), in both languages.

import type { FactReader, Sentence } from './explain.ts'

type Whys = Readonly<Record<string, string>>

const whysEn: Whys = {
  large: 'It has more than 50 MB.',
  long: 'Its text has more than 5 million characters.',
  empty: 'There is no text in it.',
  binary: 'It holds bytes that no text has.',
  encoding: 'Its text is neither UTF-8 nor UTF-16, nor Chinese in GBK.',
  kind: 'It is none of the kinds that are read here.',
  pdf: 'PDF can be read in the page only.',
  pictures: 'Its pages are pictures: there is no text in it, only what looks like text.',
  unnamed: 'It draws its letters without saying which they are, so no text can be had from it.',
  tables: 'It names its letters by a table that could not be loaded. Try again once the page can reach its server.',
  old: 'It is in an older format of Word, or has a password.',
  damaged: 'Its parts are not where it says they are: it is damaged, or was cut short.',
  locked: 'It has a password.',
  packed: 'It would unpack to far more than it brings.',
  entities: 'It defines words of its own, which no document of Word does.',
  slow: 'Reading it takes too long on this machine. Cut it into several files.',
}
const whysZh: Whys = {
  large: '它超过 50 MB。',
  long: '它的文字超过五百万个字符。',
  empty: '里面没有文字。',
  binary: '里面有文本不会出现的字节。',
  encoding: '它的文字既不是 UTF-8 或 UTF-16，也不像 GBK 编码的中文。',
  kind: '它不是这里能读的种类。',
  pdf: 'PDF 只能在页面里读取。',
  pictures: '它的每一页都是图片：里面没有文字，只有看起来像文字的图像。',
  unnamed: '它只画出字形，没有说明是哪些字，因此取不出文字。',
  tables: '它用到的字符对照表没能加载。等页面能连上服务器时再试一次。',
  old: '它是旧版 Word 格式，或者设有密码。',
  damaged: '它的各部分不在所说的位置：文件已损坏，或没有传完整。',
  locked: '它设有密码。',
  packed: '它解压后会远远大于文件本身。',
  entities: '它自己定义了字符实体，Word 文档不会这样做。',
  slow: '在这台机器上读它要花太长时间。请把它分成几个文件。',
}
const whyOf = (f: FactReader, whys: Whys): string => whys[f.text('why')] ?? whys['damaged']!

export const documentEn: Sentence = {
  title: 'This file cannot be read as a document',
  text: (f) =>
    `${f.has('file') ? `“${f.text('file')}”` : 'The file'} was not taken in. ${whyOf(f, whysEn)} Nothing was stored of it.`,
  todo: () =>
    'Plain text and Markdown (UTF-8), HTML, DOCX and PDF with text in it are read here. Save it as one of these, then add it again.',
}
export const documentZh: Sentence = {
  title: '这个文件不能作为文档读取',
  text: (f) =>
    `${f.has('file') ? `“${f.text('file')}”` : '这个文件'}没有被收入。${whyOf(f, whysZh)}没有存储它的任何内容。`,
  todo: () => '这里能读纯文本和 Markdown（UTF-8）、HTML、DOCX 和带文字的 PDF。请另存为其中一种，再重新添加。',
}
