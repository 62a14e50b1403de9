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
  tables: 'It names its letters by a table that could not be loaded.',
  old: 'It is in an older format of Word, or has a password.',
  damaged: 'Its parts are not where it says they are: it is damaged, or was cut short.',
  locked: 'It has a password.',
  packed: 'It would unpack to far more than it brings.',
  entities: 'It defines words of its own, which no document of Word does.',
  slow: 'Reading it takes too long on this machine.',
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
  tables: '它用到的字符对照表没能加载。',
  old: '它是旧版 Word 格式，或者设有密码。',
  damaged: '它的各部分不在所说的位置：文件已损坏，或没有传完整。',
  locked: '它设有密码。',
  packed: '它解压后会远远大于文件本身。',
  entities: '它自己定义了字符实体，Word 文档不会这样做。',
  slow: '在这台机器上读它要花太长时间。',
}
/** What helps against each of them. */
const todosEn: Whys = {
  large: 'Cut it into several files, or save its text without the pictures, then add that.',
  long: 'Cut it into several files, then add those.',
  empty:
    'Choose a file with text in it. If it should have some, open it in the program that made it and save it again.',
  binary: 'Open it in the program that made it, save it as plain text, DOCX or PDF, then add that.',
  encoding: 'Save it as UTF-8, then add it again.',
  kind: 'Plain text and Markdown, HTML, DOCX and PDF with text in it are read here. Save it as one of these, then add it again.',
  pdf: 'Open it in the page, or save its text as plain text and add that.',
  pictures: 'Let a program that recognizes text (OCR) put the text into it, then add it again.',
  unnamed: 'Save its text as DOCX or plain text where it was made, then add that.',
  tables: 'Add it again once the page can reach its server.',
  old: 'Save it as DOCX, without a password, then add it again.',
  damaged: 'Fetch or copy it again, or save it anew where it was made, then add it again.',
  locked: 'Save a copy of it without the password, then add that.',
  packed: 'If you know where it comes from, open it in its own program, save it as plain text, then add that.',
  entities: 'Open it in a word processor, save it as DOCX again, then add that.',
  slow: 'Cut it into several files, or save it as plain text, then add that.',
}
const todosZh: Whys = {
  large: '请把它分成几个文件，或者只保存文字、不带图片，再添加。',
  long: '请把它分成几个文件，再添加。',
  empty: '请选一个有文字的文件。如果它本来应该有文字，请用制作它的程序打开，重新保存。',
  binary: '请用制作它的程序打开，存成纯文本、DOCX 或 PDF，再添加。',
  encoding: '请把它存成 UTF-8，再重新添加。',
  kind: '这里能读纯文本和 Markdown、HTML、DOCX 和带文字的 PDF。请另存为其中一种，再重新添加。',
  pdf: '请在页面里打开它，或者把它的文字存成纯文本再添加。',
  pictures: '请先用文字识别（OCR）程序把文字加进去，再重新添加。',
  unnamed: '请在制作它的程序里把文字存成 DOCX 或纯文本，再添加。',
  tables: '等页面能连上服务器时，再添加一次。',
  old: '请另存为不带密码的 DOCX，再重新添加。',
  damaged: '请重新下载或复制一份，或在制作它的程序里重新保存，再添加。',
  locked: '请另存一份不带密码的副本，再添加。',
  packed: '如果清楚它的来源，请用原来的程序打开，存成纯文本，再添加。',
  entities: '请用文字处理软件打开，重新存成 DOCX，再添加。',
  slow: '请把它分成几个文件，或者存成纯文本，再添加。',
}
const whyOf = (f: FactReader, whys: Whys): string => whys[f.text('why')] ?? whys['damaged']!

export const documentEn: Sentence = {
  title: 'This file cannot be read as a document',
  text: (f) =>
    `${f.has('file') ? `“${f.text('file')}”` : 'The file'} was not taken in. ${whyOf(f, whysEn)} Nothing was stored of it.`,
  todo: (f) => whyOf(f, todosEn),
}
export const documentZh: Sentence = {
  title: '这个文件不能作为文档读取',
  text: (f) =>
    `${f.has('file') ? `“${f.text('file')}”` : '这个文件'}没有被收入。${whyOf(f, whysZh)}没有存储它的任何内容。`,
  todo: (f) => whyOf(f, todosZh),
}
