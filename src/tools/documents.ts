// Search in the reader's documents in this browser, and reading on in one of them. What they say was written by others: it is
// handed over as data, in JSON, and the model's template reads no special token in it.

import type { Tool } from './tool.ts'

/** Passages that are told at most, and characters that are read in one go. */
const most = 3
const longest = 1500

export const searchDocuments: Tool = {
  name: 'search_my_documents',
  description: 'Searches my documents for what a question asks, and gives the best passages with document and number.',
  parameters: {
    type: 'object',
    properties: { query: { type: 'string', description: 'a question or words', maxLength: 200 } },
    required: ['query'],
    additionalProperties: false,
  },
  tells: true,
  words: {
    en: {
      title: 'Search in my documents',
      about: 'Looks in the documents that you added in this browser. Nothing leaves it.',
    },
    zh: { title: '搜索我的文档', about: '在你添加到这个浏览器的文档中查找，内容不会离开这里。' },
  },
  async run({ query }, { searchDocuments: search, signal }) {
    if (String(query).trim() === '') throw new Error('the query is empty')
    const found = await search(String(query), most, signal)
    return found.length === 0 ? `No document says anything of "${String(query)}".` : JSON.stringify(found)
  },
}

export const readDocument: Tool = {
  name: 'read_document',
  description: 'Reads one of my documents from a passage on.',
  parameters: {
    type: 'object',
    properties: {
      document: { type: 'string', description: 'its name, as search_my_documents gives it', maxLength: 200 },
      passage: { type: 'number', description: 'number of the passage, from 1' },
    },
    required: ['document', 'passage'],
    additionalProperties: false,
  },
  tells: true,
  words: {
    en: { title: 'Read my documents', about: 'Reads on in a document from a passage on, 1,500 characters at a time.' },
    zh: { title: '阅读我的文档', about: '从某个段落起继续读一个文档，每次 1500 个字符。' },
  },
  async run({ document, passage }, { readDocument: open, signal }) {
    const found = await open(String(document), signal)
    if ('names' in found) {
      const names = found.names.slice(0, 10).map((name) => `"${name}"`)
      throw new Error(
        `there is no document "${String(document)}": there ${names.length === 0 ? 'is none' : `are ${names.join(', ')}`}`,
      )
    }
    const { text, starts } = found
    const start = Number.isInteger(passage) ? starts[Number(passage) - 1] : undefined
    if (start === undefined) throw new Error(`"passage" must be a whole number from 1 to ${starts.length}`)
    // never between the halves of a character
    const piece = text.slice(start, start + longest).replace(/[\uD800-\uDBFF]$/, '')
    const end = start + piece.length
    // the passage that was cut is read again from its beginning, unless that is this one
    const next =
      Math.max(
        starts.findLastIndex((at) => at <= end),
        starts.indexOf(start) + 1,
      ) + 1
    return JSON.stringify({
      document,
      text: piece,
      ...(end < text.length && next <= starts.length && { next_passage: next }),
    })
  },
}
