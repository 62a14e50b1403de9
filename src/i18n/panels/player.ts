// Words of a page that shows a recorded run by itself: saved as a file, or inside another site's page.

const en = {
  save: 'Save this panel as a page',
  saveHint: 'One HTML file that opens from a disk, without a network or a graphics chip, with this run in it',
  saving: (share: string) => `Making the page… ${share}`,
  failed: 'The page was not made',
  saved: (size: string) => `Saved: one HTML file of ${size}.`,
  part: {
    attention: (kept: number, of: number) => `This page holds ${kept} of the run’s ${of} layers.`,
    lens: (kept: number, of: number) => `This page holds ${kept} of the run’s ${of} positions.`,
    probabilities: (kept: number, of: number) =>
      `This page holds the odds of ${kept === 1 ? '1 token' : `${kept} tokens`}, of the ${of} that the run has.`,
  },
  made: 'Made with Glassbox',
  opening: 'Opening the recorded run…',
  nothing: 'This page holds no run',
  nothingText: 'It is what Glassbox fills when a panel is saved as a page. Save one there, and open that file.',
  waiting: 'Waiting for a recorded run from the page around this one…',
  unknown: 'This address names no recorded run',
  unknownText: (name: string) => `There is no recording “${name}” beside this page.`,
  unreachable:
    'The recording could not be fetched. A host must let other sites read its recordings (Access-Control-Allow-Origin), or the page around this one can pass it.',
  tooBig: (size: string) => `It is larger than the ${size} that are taken here.`,
  broken: 'This panel stopped drawing',
}

const zh: typeof en = {
  save: '把这个面板存为网页',
  saveHint: '一个 HTML 文件，内含这次运行：从磁盘直接打开，不需要网络，也不需要显卡',
  saving: (share) => `正在制作网页… ${share}`,
  failed: '网页没有做成',
  saved: (size) => `已保存：一个 ${size} 的 HTML 文件。`,
  part: {
    attention: (kept, of) => `这个网页存有这次运行 ${of} 层中的 ${kept} 层。`,
    lens: (kept, of) => `这个网页存有这次运行 ${of} 个位置中的 ${kept} 个。`,
    probabilities: (kept, of) => `这次运行共 ${of} 个词元，这个网页存有其中 ${kept} 个的概率。`,
  },
  made: '由 Glassbox 制作',
  opening: '正在打开录制的运行…',
  nothing: '这个网页里没有运行记录',
  nothingText: '它是 Glassbox 把面板存为网页时填写的模板。请在 Glassbox 里保存一个面板，再打开那个文件。',
  waiting: '正在等待外层网页传来录制的运行…',
  unknown: '这个地址没有指明录制的运行',
  unknownText: (name) => `这个网页旁边没有名为“${name}”的录制。`,
  unreachable: '无法取得录制文件。主机必须允许其他网站读取录制（Access-Control-Allow-Origin），也可以由外层网页传入。',
  tooBig: (size) => `它超过了这里能接收的 ${size}。`,
  broken: '这个面板停止了绘制',
}

export const player = { en, zh }
