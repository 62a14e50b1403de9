// Chats on disk: a head each (`chats`), every turn as a row of its own (`turns`), and what is known of an
// answer token by token (`runs`). What is inside belongs to the store; this room keeps it whole.
//
// Turns are written one by one, and a write names the fields that changed: two tabs on one chat each add their
// own and overwrite nothing of the other's. Rows of older visits keep all messages in their body; they become turns
// when the store first writes to them. A row that is not as it must be is listed as such, and never touched.

import { under, type ChatRow, type Database, type RunRow, type Transaction, type TurnRow } from './database.ts'

export type { ChatRow, RunRow, TurnRow } from './database.ts'
/** broken: the row is not as it must be; what could be read of it is here */
export interface ChatHead extends Omit<ChatRow, 'body'> {
  broken?: true
}

/** A chat as it lies on disk, unchecked. */
export interface ChatFile {
  row: unknown
  turns: unknown[]
}

/** What changed. Fields not named stay as they are on disk; a field that is undefined is taken away. */
export interface ChatChange {
  id: string
  /** false: only when the chat is still there */
  create: boolean
  head?: Partial<Omit<ChatRow, 'id' | 'body'>>
  /** fields of the body, one by one; `fresh`: the body's other fields go (it was of an older version) */
  body?: Record<string, unknown>
  fresh?: boolean
  turns?: readonly (Record<string, unknown> & { id: string })[]
  runs?: readonly { turn: string; run: unknown }[]
}

const stores = ['chats', 'turns', 'runs'] as const
type Fields = Record<string, unknown>
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const merged = (old: unknown, change: Fields): Fields =>
  Object.fromEntries(Object.entries({ ...fieldsOf(old), ...change }).filter(([, value]) => value !== undefined))

/** Keys that are no texts have a name of their own, so that their rows can be listed, saved and removed. */
const oddKey = '\u0000key:'
const keyOf = (id: string): IDBValidKey =>
  id.startsWith(oddKey) ? (JSON.parse(id.slice(oddKey.length)) as IDBValidKey) : id
const nameOf = (key: IDBValidKey): string => (typeof key === 'string' ? key : `${oddKey}${JSON.stringify(key)}`)

function headOf(key: IDBValidKey, row: unknown): ChatHead {
  const { title, updatedAt, messages, deletedAt, edited, pinned, tags } = fieldsOf(row)
  const words = Array.isArray(tags)
    ? tags.filter((tag): tag is string => typeof tag === 'string' && tag.length <= 40)
    : []
  const time = typeof updatedAt === 'number' && Number.isFinite(updatedAt)
  const good =
    typeof key === 'string' &&
    typeof title === 'string' &&
    time &&
    Number.isInteger(messages) &&
    (deletedAt === undefined || Number.isFinite(deletedAt))
  return {
    id: nameOf(key),
    title: typeof title === 'string' ? title.slice(0, 1000) : '',
    updatedAt: time ? updatedAt : 0,
    messages: Number.isInteger(messages) ? (messages as number) : 0,
    ...(Number.isFinite(deletedAt) && { deletedAt: deletedAt as number }),
    ...(edited === true && { edited }),
    ...(pinned === true && { pinned }),
    ...(words.length > 0 && { tags: words.slice(0, 20) }),
    ...(!good && { broken: true as const }),
  }
}

export class Chats {
  constructor(readonly db: Database) {}

  /** Newest first, without bodies. All rows: one that is not as it must be is marked. */
  list(): Promise<ChatHead[]> {
    return this.db.run('list the conversations', ['chats'], 'readonly', async (tx) => {
      const heads: ChatHead[] = []
      for (let cursor = await tx.objectStore('chats').openCursor(); cursor; cursor = await cursor.continue()) {
        heads.push(headOf(cursor.primaryKey, cursor.value))
      }
      return heads.sort((a, b) => b.updatedAt - a.updatedAt)
    })
  }

  get(id: string): Promise<ChatFile | undefined> {
    return this.db.run('read the conversation', ['chats', 'turns'], 'readonly', async (tx) => {
      const row: unknown = await tx.objectStore('chats').get(keyOf(id) as string)
      return row === undefined ? undefined : { row, turns: await tx.objectStore('turns').getAll(under(id)) }
    })
  }

  run(id: string, turn: string): Promise<unknown> {
    return this.db.run(
      'read the tokens of an answer',
      ['runs'],
      'readonly',
      async (tx) => (await tx.objectStore('runs').get([id, turn]))?.run,
    )
  }

  /** All of a chat's runs by turn. */
  runs(id: string): Promise<Record<string, unknown>> {
    return this.db.run('read the tokens of the answers', ['runs'], 'readonly', async (tx) =>
      Object.fromEntries((await tx.objectStore('runs').getAll(under(id))).map(({ turn, run }) => [turn, run])),
    )
  }

  /**
   * Writes all changes or none; resolves when they are on disk.
   * @returns ids of chats that are not there any more and were not to be made: nothing was written of those
   */
  write(changes: readonly ChatChange[]): Promise<string[]> {
    return this.db.run('save the conversation', [...stores], 'readwrite', async (tx) => {
      const gone: string[] = []
      for (const change of changes) if (!(await writeOne(tx, change))) gone.push(change.id)
      return gone
    })
  }

  /** Removes for good. `trashed`: only those that still lie in the trash. @returns the ids that were removed */
  remove(ids: readonly string[], trashed = false): Promise<string[]> {
    return this.db.run('remove the conversations', [...stores], 'readwrite', async (tx) => {
      const removed: string[] = []
      for (const id of ids) {
        const row = await tx.objectStore('chats').get(keyOf(id) as string)
        if (trashed && row && row.deletedAt === undefined) continue
        await tx.objectStore('chats').delete(keyOf(id) as string)
        await tx.objectStore('turns').delete(under(id))
        await tx.objectStore('runs').delete(under(id))
        removed.push(id)
      }
      return removed
    })
  }
}

async function writeOne(
  tx: Transaction<'readwrite'>,
  { id, create, head = {}, body, fresh, turns = [], runs = [] }: ChatChange,
): Promise<boolean> {
  const chats = tx.objectStore('chats')
  const old = await chats.get(keyOf(id) as string)
  if (!old && !create) return false
  await chats.put(
    merged(old, {
      ...head,
      ...(body && { body: merged(fresh ? {} : old?.body, body) }),
      ...(!old && { id }),
    }) as unknown as ChatRow,
  )
  for (const change of turns) {
    const row: TurnRow | undefined = await tx.objectStore('turns').get([id, change.id])
    await tx.objectStore('turns').put(merged(row, { ...change, chat: id }) as unknown as TurnRow)
  }
  for (const { turn, run } of runs) await tx.objectStore('runs').put({ chat: id, turn, run } satisfies RunRow)
  return true
}
