// Words about the room that models take in this browser.

const en = {
  title: 'Storage',
  models: 'Models',
  adapters: 'Adapters',
  used: 'Used by this page',
  free: 'Free',
  freeHint: 'as the browser estimates',
  persisted: 'Protected',
  persistHint: 'When disk space runs short, the browser may delete what this page stored.',
  persist: 'Ask the browser to keep it',
  more: 'All that is stored: check it, save it as a file, delete it',
}

const zh: typeof en = {
  title: '存储',
  models: '模型',
  adapters: '适配器',
  used: '本页共占用',
  free: '可用',
  freeHint: '浏览器的估计',
  persisted: '受保护',
  persistHint: '磁盘空间紧张时，浏览器可能会删除本页存储的内容。',
  persist: '请浏览器保留',
  more: '查看全部存储内容：检查、存成文件、删除',
}

export const roomWords = { en, zh }
