// Words of the Models panel that say which bytes and which weights are meant.

const en = {
  files: (bytes: string) => `${bytes} of files`,
  packed: (format: string) => `${format}, as in the file`,
  packedHint: 'The file holds its weights packed already: they stay as they are.',
}

const zh: typeof en = {
  files: (bytes) => `文件 ${bytes}`,
  packed: (format) => `${format}，与文件相同`,
  packedHint: '文件里的权重已经压缩过，会保持原样。',
}

export const modelWords = { en, zh }
