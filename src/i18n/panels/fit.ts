// Words about whether a model fits the device, and what would make it.

import { formatName } from '../format-names.ts'

interface Packing {
  linear?: string
  embedding?: string
}

const en = {
  probe: 'Try whether it fits',
  given: (bytes: string) => `The device gave all ${bytes}, and has them back.`,
  piece: 'Its largest piece is above the device’s limit, so loading will fail.',
  full: (there: string, needed: string) => `There were less than ${there} to be had, and ${needed} are needed.`,
  failed: 'Its last load found no room.',
  looking: 'Looking for what would fit…',
  wouldFit: 'This would fit:',
  nothing: 'No shorter context and no smaller format fits. Choose a smaller model.',
  context: (tokens: string) => `context of ${tokens}`,
  packing: ({ linear, embedding }: Packing) =>
    [
      linear && `linear layers as ${formatName(linear, 'en')}`,
      embedding && `embedding as ${formatName(embedding, 'en')}`,
    ]
      .filter(Boolean)
      .join(', '),
  offer: (parts: string[], bytes: string) => `Take ${parts.join(', ')}: ${bytes}`,
}

const zh: typeof en = {
  probe: '试试能否放下',
  given: (bytes) => `设备给出了全部 ${bytes}，并已归还。`,
  piece: '最大的一块超过了设备的上限，加载会失败。',
  full: (there, needed) => `能得到的不到 ${there}，而需要 ${needed}。`,
  failed: '上次加载它时，内存不够。',
  looking: '正在寻找放得下的设置…',
  wouldFit: '这样放得下：',
  nothing: '更短的上下文和更小的格式都放不下，请换一个更小的模型。',
  context: (tokens) => `上下文 ${tokens}`,
  packing: ({ linear, embedding }) =>
    [linear && `线性层用 ${formatName(linear, 'zh')}`, embedding && `嵌入用 ${formatName(embedding, 'zh')}`]
      .filter(Boolean)
      .join('，'),
  offer: (parts, bytes) => `改用${parts.join('，')}：${bytes}`,
}

export const fitWords = { en, zh }
