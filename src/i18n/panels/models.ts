// Words of the Models panel that say which bytes and which weights are meant.

const en = {
  tiny: 'One of each kind, small enough to try at once',
  tinyHint: 'Trained for this page, under 300 kB each. They lie beside it and are fetched when you load them.',
  tries: 'Try:',
  asAdapter: 'Add it as an adapter',
  completes: 'This model has no chat format: it reads what you write as it is, and goes on with it.',
  files: (bytes: string) => `${bytes} of files`,
  context: (tokens: string) => `${tokens} tokens of context`,
  memory: (bytes: string) => `about ${bytes} of memory`,
  promised: (files: number) => `SHA-256 known for ${files === 1 ? 'its file' : `all ${files} files`}`,
  lacks: (features: string) =>
    `Its list says that it is meant for graphics with ${features}, which this browser does not offer here. It runs all the same, more slowly or with more memory.`,
  offline: 'No network: paused. It goes on by itself when the network is back.',
  otherHub: (host: string) =>
    `The same files are also on ${host}, which others run: who uses it, asks them. What is stored already and has the same check sum there is kept.`,
  fromHub: (host: string) => `Fetch from ${host}`,
  startOver: 'Start over',
  openFolder: 'Open a folder',
  openFiles: 'Open files where they lie',
  inPlaceHint: 'Or read them where they lie, without a second copy:',
  inPlace:
    'Loaded where it lies, nothing is copied: it takes no room in the browser. Leave the files where they are; the browser asks for your permission again at the next visit.',
  loadInPlace: 'Load where it lies',
  removeAsk: (bytes: string) => `Delete the stored files (${bytes})?`,
  onDisk: 'Lies on your disk: not copied into the browser.',
  forget: 'Forget where it lies',
  forgetAsk: 'Forget where it lies? The files stay on your disk.',
}

const zh: typeof en = {
  tiny: '每种模型一个，小到马上就能试',
  tinyHint: '为这个页面训练，每个不到 300 kB，就放在页面旁边，加载时才取。',
  tries: '可以试试：',
  asAdapter: '作为适配器添加',
  completes: '这个模型没有对话格式：它按原样读你写的文字，并接着往下写。',
  files: (bytes) => `文件 ${bytes}`,
  context: (tokens) => `上下文 ${tokens} 个词元`,
  memory: (bytes) => `约占内存 ${bytes}`,
  promised: (files) => `${files === 1 ? '文件' : `全部 ${files} 个文件`}的 SHA-256 已知`,
  lacks: (features) =>
    `列表说它适合支持 ${features} 的显卡，而这里的浏览器没有提供。它照样能运行，只是可能更慢或更占内存。`,
  offline: '没有网络，已暂停。网络恢复后会自动继续。',
  otherHub: (host) =>
    `${host} 上也有同样的文件。它由别人运营，使用时是向他们请求文件。已存储且校验和相同的部分会保留。`,
  fromHub: (host) => `改从 ${host} 获取`,
  startOver: '重新开始',
  openFolder: '打开文件夹',
  openFiles: '就地打开文件',
  inPlaceHint: '也可以就地读取，不另存一份：',
  inPlace: '就地加载时什么也不复制，不占用浏览器的空间。请让文件留在原处；下次访问时浏览器会再次征求你的许可。',
  loadInPlace: '就地加载',
  removeAsk: (bytes) => `删除存储的文件（${bytes}）？`,
  onDisk: '在你的磁盘上，没有复制到浏览器。',
  forget: '忘记它的位置',
  forgetAsk: '忘记它的位置？文件仍留在你的磁盘上。',
}

export const modelWords = { en, zh }
