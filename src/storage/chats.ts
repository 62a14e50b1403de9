// Conversations on disk. What is inside a conversation belongs to the store; this room keeps it whole.

import type { ChatRow, Database } from './database.ts'

export type { ChatRow } from './database.ts'
export type ChatHead = Omit<ChatRow, 'body'>

export class Chats {
  constructor(readonly db: Database) {}

  /** Newest first, without bodies. */
  list(): Promise<ChatHead[]> {
    return this.db.run('list the conversations', ['chats'], 'readonly', async (tx) => {
      const heads: ChatHead[] = []
      for (let cursor = await tx.objectStore('chats').index('updatedAt').openCursor(null, 'prev'); cursor; cursor = await cursor.continue()) {
        const { id, title, updatedAt, messages } = cursor.value
        heads.push({ id, title, updatedAt, messages })
      }
      return heads
    })
  }

  get(id: string): Promise<ChatRow | undefined> {
    return this.db.run('read the conversation', ['chats'], 'readonly', (tx) => tx.objectStore('chats').get(id))
  }

  async put(rows: readonly ChatRow[]): Promise<void> {
    await this.db.run('save the conversation', ['chats'], 'readwrite', (tx) => Promise.all(rows.map((row) => tx.objectStore('chats').put(row))))
  }

  remove(id: string): Promise<void> {
    return this.db.run('remove the conversation', ['chats'], 'readwrite', (tx) => tx.objectStore('chats').delete(id))
  }

  clear(): Promise<void> {
    return this.db.run('remove all conversations', ['chats'], 'readwrite', (tx) => tx.objectStore('chats').clear())
  }
}
