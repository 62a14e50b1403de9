// Words for the search over all chats.

const n = (value: number): string => value.toLocaleString('en')
const z = (value: number): string => value.toLocaleString('zh-CN')
const s = (value: number, one: string): string => `${n(value)} ${value === 1 ? one : `${one}s`}`

const en = {
  label: 'Search all chats',
  reading: (read: number, of: number) => `${n(read)} of ${s(of, 'chat')} read…`,
  found: (count: number) => (count === 0 ? 'No chat says that.' : s(count, 'chat')),
  more: (count: string) => `in ${count} messages`,
  untitled: 'Untitled',
}

const zh: typeof en = {
  label: '搜索所有对话',
  reading: (read, of) => `已读 ${z(read)} 个对话，共 ${z(of)} 个…`,
  found: (count) => (count === 0 ? '没有对话提到它。' : `${z(count)} 个对话`),
  more: (count) => `${count} 条消息中有`,
  untitled: '未命名',
}

export const searchWords = { en, zh }
