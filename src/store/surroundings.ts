// What the tools of this page may see: the time, the reader's other chats and documents, and the notes of the talk they are
// called in. Loaded with whatever calls tools.

import type { Surroundings } from '../tools/index.ts'
import { getClient } from './client.ts'

/** @param chat not searched: the one that asks @param notes of this talk; changed by the tool */
export const surroundings = (chat: string, notes: string[]): Omit<Surroundings, 'signal'> => ({
  now: new Date(),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  searchChats: async (query, most, signal) => (await import('./search.ts')).passages(query, most, chat, signal),
  async searchDocuments(query, most) {
    const { hits } = await getClient().documents.search(query, most)
    return hits.map(({ name, chunk, text }) => ({ document: name, passage: chunk + 1, text }))
  },
  async readDocument(name) {
    const { documents } = getClient()
    const heads = await documents.list()
    const head = heads.find((one) => one.name === name)
    const found = head && (await documents.text(head.id))
    return found
      ? { text: found.text, starts: found.chunks.map(({ start }) => start) }
      : { names: heads.map((one) => one.name) }
  },
  notes,
})
