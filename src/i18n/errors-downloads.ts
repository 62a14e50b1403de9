// What a network or a server did to a download, and the reader's disk to a model that lies there, in both languages: by the
// fact "reason" of its error (src/storage/http.ts, fetching.ts, import.ts, places.ts).

import type { ErrorCode } from '../engine/errors.ts'
import type { FactReader, Sentence } from './explain.ts'

type Downloads = Record<Extract<ErrorCode, 'NETWORK' | 'HASH_MISMATCH'>, Sentence>

const quoted = (f: FactReader, name: string, otherwise: string): string =>
  f.has(name) ? `“${f.text(name)}”` : otherwise

export const downloadsEn: Downloads = {
  NETWORK: {
    title: 'The network did not answer',
    text: (f) =>
      `Could not fetch ${quoted(f, 'url', quoted(f, 'file', 'the file'))}. ${
        f.is('reason', 'html')
          ? 'A web page came instead of the file: a login page of the network, or a wrong address.'
          : f.is('reason', 'length')
            ? 'The server does not say how long it is, and such a file does not say it itself: nobody could tell whether all of it came.'
            : f.is('reason', 'short')
              ? 'What came ended before the file did.'
              : f.is('reason', 'range')
                ? 'The server answers with the wrong part of it.'
                : f.is('reason', 'stall')
                  ? 'The connection stands, but no byte came for too long.'
                  : 'The connection broke, or the server or this page’s security policy refused it.'
      }`,
    todo: (f) =>
      f.is('reason', 'length')
        ? 'Download the model’s files in another tab, then drop them here.'
        : `What was downloaded is kept: continue when the network is back.${f.is('reason', 'connection') ? ' Servers other than Hugging Face must be allowed when Glassbox starts: npm start -- --allow-host https://…' : ''}`,
  },
  HASH_MISMATCH: {
    title: 'The file is not what it should be',
    text: (f) =>
      f.is('reason', 'changed')
        ? `${quoted(f, 'file', 'The file')} changed on its server since the download began.`
        : f.is('reason', 'part')
          ? `Part ${f.text('chunk')} of ${f.text('chunks')} of ${quoted(f, 'file', 'the file')} was fetched again and is not what it was when the whole file was checked.`
          : f.is('reason', 'saved')
            ? `Part ${f.text('chunk')} of ${f.text('chunks')} of ${quoted(f, 'file', 'the file')} is not what was saved: the file was damaged since.`
            : f.is('reason', 'size')
              ? `The server sends ${f.text('actual')} bytes of ${quoted(f, 'file', 'the file')}, and ${f.text('expected')} were promised.`
              : `The check sum of ${quoted(f, 'file', 'the file')} differs from the published one, so a part of it was changed or damaged on the way.`,
    todo: (f) =>
      f.is('reason', 'changed')
        ? 'Old and new parts are never mixed. What is stored is of the older file; start over to fetch the new one.'
        : f.is('reason', 'part')
          ? 'The other parts are kept. Try again, or from another server.'
          : f.is('reason', 'saved')
            ? 'Nothing of it was kept. Save the model again where it came from, or copy it again.'
            : f.is('reason', 'size')
              ? 'What is stored is kept. The file may have been replaced: look the model up again.'
              : 'This file is thrown away, the model’s other files are kept. Continue the download to fetch it again.',
  },
}

export const downloadsZh: Downloads = {
  NETWORK: {
    title: '网络没有响应',
    text: (f) =>
      `无法获取${quoted(f, 'url', quoted(f, 'file', '文件'))}。${
        f.is('reason', 'html')
          ? '得到的是网页而不是文件：可能是网络的登录页，或地址有误。'
          : f.is('reason', 'length')
            ? '服务器没有说明它有多长，这种文件自身也不记录长度，无法判断是否收全。'
            : f.is('reason', 'short')
              ? '文件还没传完，回答就结束了。'
              : f.is('reason', 'range')
                ? '服务器返回的不是所请求的那一段。'
                : f.is('reason', 'stall')
                  ? '连接还在，但太久没有收到数据。'
                  : '连接中断，或被服务器、本页的安全策略拒绝。'
      }`,
    todo: (f) =>
      f.is('reason', 'length')
        ? '请在另一个标签页下载模型的文件，再拖到这里。'
        : `已下载的部分都保留着，网络恢复后可以继续。${f.is('reason', 'connection') ? 'Hugging Face 以外的服务器要在启动时放行：npm start -- --allow-host https://…' : ''}`,
  },
  HASH_MISMATCH: {
    title: '文件内容不对',
    text: (f) =>
      f.is('reason', 'changed')
        ? `下载开始以后，服务器上的${quoted(f, 'file', '该文件')}变了。`
        : f.is('reason', 'part')
          ? `重新取来的${quoted(f, 'file', '该文件')}的第 ${f.text('chunk')} 块（共 ${f.text('chunks')} 块）与整个文件校验时的内容不同。`
          : f.is('reason', 'saved')
            ? `${quoted(f, 'file', '该文件')}的第 ${f.text('chunk')} 块（共 ${f.text('chunks')} 块）与存档时不同：这个文件后来损坏了。`
            : f.is('reason', 'size')
              ? `服务器发来的${quoted(f, 'file', '该文件')}有 ${f.text('actual')} 字节，而公布的是 ${f.text('expected')} 字节。`
              : `${quoted(f, 'file', '该文件')}的校验和与公布的不同，说明有一部分在途中被改动或损坏。`,
    todo: (f) =>
      f.is('reason', 'changed')
        ? '新旧内容绝不会混在一起。已存储的属于旧文件；请重新开始以获取新文件。'
        : f.is('reason', 'part')
          ? '其余各块都保留着。请重试，或换一个服务器。'
          : f.is('reason', 'saved')
            ? '没有保留它的任何内容。请在原来的浏览器里重新存成文件，或重新复制一份。'
            : f.is('reason', 'size')
              ? '已存储的都保留着。文件可能被替换了，请重新查找这个模型。'
              : '这个文件已丢弃，模型的其他文件都保留着。继续下载即可重新获取。',
  },
}

const isPlace = (f: FactReader): boolean =>
  f.is('reason', 'permission') || f.is('reason', 'moved') || f.is('reason', 'touched')

/** A sentence, or the one about a model that stays on the reader's disk. */
export const orPlace = (place: Sentence, other: Sentence): Sentence => ({
  title: (f) => {
    const { title } = isPlace(f) ? place : other
    return typeof title === 'string' ? title : title(f)
  },
  text: (f) => (isPlace(f) ? place : other).text(f),
  todo: (f) => (isPlace(f) ? place : other).todo(f),
})

export const placesEn: Sentence = {
  title: 'The file on your disk cannot be read',
  text: (f) =>
    f.is('reason', 'permission')
      ? `“${f.text('model')}” lies on your disk, and the browser asks for your permission again at every visit.`
      : f.is('reason', 'moved')
        ? `“${f.text('file')}” of “${f.text('model')}” was moved, renamed or deleted.`
        : `“${f.text('file')}” of “${f.text('model')}” was changed since it was opened.`,
  todo: (f) =>
    f.is('reason', 'permission')
      ? 'Press “Try again” and allow reading. Nothing of it is copied or sent.'
      : 'Open it again on the Models panel, where it is now.',
}

export const placesZh: Sentence = {
  title: '无法读取磁盘上的文件',
  text: (f) =>
    f.is('reason', 'permission')
      ? `“${f.text('model')}”在你的磁盘上，浏览器每次访问都要重新征求你的许可。`
      : f.is('reason', 'moved')
        ? `“${f.text('model')}”的“${f.text('file')}”被移动、改名或删除了。`
        : `“${f.text('model')}”的“${f.text('file')}”在打开之后被改动了。`,
  todo: (f) =>
    f.is('reason', 'permission')
      ? '请按“重试”并允许读取。不会复制或发送任何内容。'
      : '请在“模型”面板重新打开它现在所在的位置。',
}
