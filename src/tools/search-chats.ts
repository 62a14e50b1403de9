// Search in the reader's other chats in this browser. What it finds was written by people and models: it is handed over as
// data, in JSON, and the model's template reads no special token in it.

import type { Tool } from './tool.ts'

/** Passages that are told at most. */
const most = 5

export const searchChats: Tool = {
  name: 'search_my_chats',
  description: 'Searches the earlier conversations in this browser for words, and gives the passages that say them.',
  parameters: {
    type: 'object',
    properties: { query: { type: 'string', description: 'words that must stand together', maxLength: 200 } },
    required: ['query'],
    additionalProperties: false,
  },
  tells: true,
  words: {
    en: {
      title: 'Search in my chats',
      about: 'Looks for words in your other chats in this browser. Nothing leaves it.',
    },
    zh: { title: '搜索我的对话', about: '在这个浏览器里你的其他对话中查找词句，内容不会离开这里。' },
  },
  async run({ query }, { searchChats: search, signal }) {
    if (String(query).trim() === '') throw new Error('the query is empty')
    const found = await search(String(query), most, signal)
    return found.length === 0 ? `No other chat says "${String(query)}".` : JSON.stringify(found)
  },
}
