// Past chats: opening the newest when the page starts, the trash, and files. What is deleted lies in the trash
// until the reader empties it, and comes back as it was.

import { create } from 'zustand'
import { EngineError } from '../engine/errors.ts'
import type { ChatChange, ChatHead } from '../worker/protocol.ts'
import { useChat } from './chat.ts'
import { getClient, toData } from './client.ts'
import { newId, toChange, type Chat } from './chat-data.ts'
import { blank, fail, whole } from './current.ts'
import type { Exported, MarkdownWords, Refused } from './exported.ts'
import { changeHeads, inTrash, inUse, readHeads, useHeads } from './heads.ts'
import { openOne, takeIn } from './incoming.ts'
import { forgetStuck, stuckChat } from './opening.ts'
import { busy, stopped, writingNow } from './running.ts'
import { isPackedRun, type PackedRun } from './runs.ts'
import { forget, save, unwritten } from './save.ts'
import { limits, readChat } from './stored.ts'
import { onChanged, tellChanged } from './tabs.ts'
import { useUndo } from './undo.ts'
import { mark, unsaved } from './unsaved.ts'
import { touch, write } from './write.ts'

/** Reading and writing files: no visit needs it before it is asked for. */
const fileFormat = () => import('./exported.ts')
const messagesFile = () => import('./messages-file.ts')

export interface HistoryState {
  /** call once when the page starts: reads the chats and opens the newest that can be read */
  start(): Promise<void>
  open(id: string): Promise<void>
  rename(id: string, title: string): Promise<void>
  /** before the others in the list, or among them again */
  pin(id: string, on: boolean): Promise<void>
  /** what a chat is sorted by; tags that it had and has no more can be taken back */
  setTags(id: string, tags: readonly string[]): Promise<void>
  /** off every chat */
  removeTag(tag: string): Promise<void>
  /** into the trash; all: every chat in use */
  remove(ids: readonly string[] | 'all'): Promise<void>
  /** out of the trash */
  restore(ids: readonly string[]): Promise<void>
  /** for good, what lies in the trash; of what cannot be read, the one named */
  purge(ids: readonly string[] | 'trash'): Promise<void>
  /** chats as a file that importFile reads back whole; absent: all, with what could not be read */
  exportJson(ids?: readonly string[]): Promise<string>
  /** absent: all that are in use, one after the other */
  exportMarkdown(id: string | undefined, words: MarkdownWords): Promise<string>
  /** what is on screen of a chat, as messages in OpenAI's shape; absent: all, each on a line. @throws CHAT_UNREADABLE */
  exportMessages(id?: string): Promise<string>
  /**
   * adds what is in the file; resolves with how many, and which were left out. @throws EngineError CHAT_FILE, STORAGE_…
   */
  importFile(file: Blob): Promise<{ added: number; refused: Refused[] }>
}

const client = () => getClient().chats
/** Without the fields that are to go. */
const present = <T extends object>(change: T): T =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T
/** As they are kept: none twice, none empty, and no more than are read back. */
const cleanTags = (given: readonly string[]): string[] =>
  [...new Set(given.map((tag) => tag.trim().replace(/\s+/g, ' ').slice(0, limits.tag)).filter(Boolean))].slice(
    0,
    limits.tags,
  )
let starting: Promise<void> | null = null

/** One chat as it lies on disk, with the tokens of its answers; null when it cannot be read. */
async function readExported(id: string): Promise<Exported | null> {
  const file = await client().get(id)
  const found = file && readChat(file.row, file.turns)
  if (!found || !('chat' in found)) return null
  const turns = new Set(found.chat.turns.map((turn) => turn.id))
  const runs = Object.entries(await client().runs(id)).filter(
    (run): run is [string, PackedRun] => turns.has(run[0]) && isPackedRun(run[1]),
  )
  return { chat: found.chat, runs: Object.fromEntries(runs) }
}

/** @throws CHAT_UNREADABLE */
async function readable(id: string): Promise<Chat> {
  if (useChat.getState().id === id) return whole()
  const found = await readExported(id)
  if (found) return found.chat
  throw new EngineError(
    'CHAT_UNREADABLE',
    `Cannot write the chat "${id}" to a file: it is not readable. It is kept as it is.`,
    { title: id, where: '' },
  )
}

/** What waits to be written, as it would be read: on a full disk a file may be the only place for it. */
function inMemory(change: ChatChange): Exported | null {
  const found = readChat({ id: change.id, ...change.head, body: change.body }, [...(change.turns ?? [])])
  return 'chat' in found
    ? {
        chat: found.chat,
        runs: Object.fromEntries((change.runs ?? []).map(({ turn, run }) => [turn, run as PackedRun])),
      }
    : null
}

async function begin(): Promise<void> {
  if (typeof document !== 'undefined') {
    // A page that goes away in the middle of an answer, or of a change, keeps what there is so far.
    const leave = (): void => {
      const id = writingNow()
      if (id !== null) mark({ turn: id })
      if (id !== null || unsaved().fields.size > 0) void write()
    }
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) leave()
    })
    addEventListener('pagehide', leave)
  }
  onChanged((ids) => {
    void readHeads().catch(fail)
    const { id } = useChat.getState()
    if (ids === null || ids.includes(id)) void takeIn(id)
  })
  const stuck = stuckChat()
  try {
    const heads = inUse(await readHeads())
    const left = heads.find(({ id }) => id === stuck)
    if (left) useChat.setState({ leftClosed: { id: left.id, title: left.title } })
    for (const { id } of heads) {
      if (id === stuck) continue
      if (useChat.getState().turns.length > 0 || busy()) break
      // one that cannot be read is marked in the list, and the next one opened
      try {
        await openOne(id)
        break
      } catch (error) {
        if (toData(error).code !== 'CHAT_UNREADABLE') throw error
      }
    }
  } catch (error) {
    fail(error)
  }
}

export const useHistory = create<HistoryState>()((_set, get) => {
  /** Runs `work`; a failure is told in the chat. */
  const tried = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      fail(error)
    }
  }
  const setTrash = async (ids: readonly string[], deletedAt: number | undefined): Promise<void> => {
    await client().write(ids.map((id) => ({ id, create: false, head: { deletedAt } })))
    changeHeads(new Set(ids), ({ deletedAt: _, ...head }) => (deletedAt === undefined ? head : { ...head, deletedAt }))
    tellChanged(ids)
  }
  /** Of the head alone; the chat counts as no newer for it. */
  const changeHead = async (id: string, change: Pick<ChatHead, 'pinned' | 'tags'>): Promise<void> => {
    await client().write([{ id, create: false, head: change }])
    changeHeads(new Set([id]), (head) => present({ ...head, ...change }))
    tellChanged([id])
  }
  const tagged = (): Map<string, readonly string[]> =>
    new Map(useHeads.getState().all.map(({ id, tags = [] }) => [id, tags]))
  const everyOne = async <T>(write: (chat: Chat) => T): Promise<T[]> => {
    const out: T[] = []
    for (const { id } of inUse(useHeads.getState().all)) out.push(write(await readable(id)))
    return out
  }
  return {
    start: () => (starting ??= begin()),
    open: (id) =>
      tried(async () => {
        await stopped()
        if (unsaved().fields.size + unsaved().turns.size > 0) await write()
        if (useChat.getState().leftClosed?.id === id) {
          forgetStuck()
          useChat.setState({ leftClosed: null })
        }
        await openOne(id)
      }),
    rename: (id, title) =>
      tried(async () => {
        if (useChat.getState().id === id) {
          useChat.setState({ title })
          touch('title')
          return write()
        }
        await client().write([{ id, create: false, head: { title } }])
        changeHeads(new Set([id]), (head) => ({ ...head, title }))
        tellChanged([id])
      }),
    pin: (id, on) => tried(() => changeHead(id, { pinned: on || undefined })),
    setTags: (id, given) =>
      tried(async () => {
        const before = tagged().get(id) ?? []
        const tags = cleanTags(given)
        if (String(tags) === String(before)) return
        await changeHead(id, { tags: tags.length > 0 ? tags : undefined })
        const gone = before.filter((tag) => !tags.includes(tag))
        if (gone.length > 0) {
          const back = () => get().setTags(id, before)
          useUndo.getState().offer({ what: 'tag', ids: gone, title: gone.join(', '), back })
        }
      }),
    removeTag: (tag) =>
      tried(async () => {
        const before = [...tagged()].filter(([, tags]) => tags.includes(tag))
        const write = async (of: (tags: readonly string[]) => readonly string[]): Promise<void> => {
          for (const [id, tags] of before) {
            const now = of(tags)
            await changeHead(id, { tags: now.length > 0 ? [...now] : undefined })
          }
        }
        await write((tags) => tags.filter((one) => one !== tag))
        useUndo
          .getState()
          .offer({ what: 'tag', ids: [tag], title: tag, back: () => tried(() => write((tags) => tags)) })
      }),
    remove: (which) =>
      tried(async () => {
        const heads = inUse(useHeads.getState().all)
        const ids = which === 'all' ? heads.map(({ id }) => id) : which
        const here = ids.includes(useChat.getState().id)
        if (here || which === 'all') {
          await stopped()
          await write()
        }
        const title = heads.find(({ id }) => id === ids[0])?.title ?? ''
        await setTrash(ids, Date.now())
        if (here || which === 'all') useChat.setState(blank())
        if (ids.length > 0) {
          useUndo.getState().offer({ what: 'chat', ids, title, back: () => get().restore(ids) })
        }
      }),
    restore: (ids) =>
      tried(async () => {
        await setTrash(ids, undefined)
        useUndo.getState().forget('chat', ids)
        if (ids.length === 1 && useChat.getState().turns.length === 0 && !busy()) await openOne(ids[0]!)
      }),
    purge: (which) =>
      tried(async () => {
        const ids = which === 'trash' ? inTrash(useHeads.getState().all).map(({ id }) => id) : which
        forget(new Set(ids))
        const broken = new Set(
          useHeads
            .getState()
            .all.filter((head) => head.broken)
            .map(({ id }) => id),
        )
        const removed = [
          ...(await client().remove(
            ids.filter((id) => !broken.has(id)),
            true,
          )),
          ...(await client().remove(ids.filter((id) => broken.has(id)))),
        ]
        changeHeads(new Set(removed), () => null)
        useUndo.getState().forget('chat', ids)
        tellChanged(removed)
      }),
    async exportJson(ids) {
      const waiting = new Map(unwritten().map((change) => [change.id, change]))
      const all = ids ?? [
        ...new Set([
          ...waiting.keys(),
          ...(
            await client()
              .list()
              .catch((error: unknown) => {
                if (waiting.size === 0) throw error
                return []
              })
          ).map(({ id }) => id),
        ]),
      ]
      const found: Exported[] = [],
        invalid: unknown[] = []
      for (const id of all) {
        const change = waiting.get(id)
        const chat = change ? inMemory(change) : await readExported(id)
        if (chat) found.push(chat)
        else invalid.push(await client().get(id))
      }
      return (await fileFormat()).toFile(found, invalid)
    },
    async exportMarkdown(id, words) {
      const { toMarkdown } = await fileFormat()
      if (id !== undefined) return toMarkdown(await readable(id), words)
      return (await everyOne((chat) => toMarkdown(chat, words))).join('\n---\n\n')
    },
    async exportMessages(id) {
      const { toMessages } = await messagesFile()
      if (id !== undefined) return toMessages(await readable(id))
      return (await everyOne((chat) => toMessages(chat, true))).join('')
    },
    async importFile(file) {
      const { fromFile, largestFile } = await fileFormat()
      if (file.size > largestFile) {
        throw new EngineError(
          'CHAT_FILE',
          `Cannot read the file: it is ${file.size} bytes, and a file of chats has at most ${largestFile}. Nothing was changed.`,
          { reason: 'size', size: file.size, limit: largestFile },
        )
      }
      const text = await file.text()
      const found = fromFile(text) ?? (await messagesFile()).fromMessages(text, Date.now())
      if (!found) {
        throw new EngineError(
          'CHAT_FILE',
          'The file is not an export of Glassbox conversations. Nothing was changed.',
          { reason: 'format' },
        )
      }
      const taken = new Set((await client().list()).map(({ id }) => id))
      // an id that is in use keeps its chat; the one that comes gets another
      const jobs = found.chats.map(({ chat, runs }) => {
        const id = taken.has(chat.id) ? newId() : chat.id
        taken.add(id)
        const change: ChatChange = {
          ...toChange({ ...chat, id }),
          runs: Object.entries(runs).map(([turn, run]) => ({ turn, run })),
        }
        return change
      })
      for (const change of jobs) await client().write([change])
      await readHeads()
      tellChanged(null)
      return { added: jobs.length, refused: found.refused }
    },
  }
})

/** Everything that waits is written now. */
export const saveNow = (): Promise<boolean> => save()
