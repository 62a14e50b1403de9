// Words about recorded runs: offering, opening and saving them.

const en = {
  offer: 'Look at a recorded run',
  names: { en: 'in English', zh: 'in Chinese' },
  open: 'Open a recording…',
  save: 'Save this run as a recording',
  saving: (share: string) => `Recording… ${share}`,
  label: 'Recorded runs',
  failed: 'The recording could not be opened',
  notSaved: 'This run was not saved',
  details: 'Details',
  now: (model: string, tokens: number) =>
    `A recorded run of ${model}, ${tokens} tokens. Its numbers are as true as live ones; what was not recorded is said to be missing.`,
  live: 'Back to the live model',
  close: 'Close the recording',
}

const zh: typeof en = {
  offer: '看一次录制的运行',
  names: { en: '英文', zh: '中文' },
  open: '打开录制文件…',
  save: '把这次运行存为录制文件',
  saving: (share) => `正在录制… ${share}`,
  label: '录制的运行',
  failed: '无法打开这份录制',
  notSaved: '这次运行没有存下来',
  details: '详情',
  now: (model, tokens) => `这是 ${model} 的一次录制，共 ${tokens} 个词元。数值与实时的一样真实；没有录下的会如实说明。`,
  live: '回到实时模型',
  close: '关闭录制',
}

export const recordings = { en, zh }
