// Writing the chat on screen: what changed of it, or all of it where it is not on disk. One write after the other, and
// what becomes of those that fail: save.ts.

import type { ChatHead } from '../worker/protocol.ts'
import { runIn, tokens } from './answers.ts'
import { toChange } from './chat-data.ts'
import { useCurrent, whole } from './current.ts'
import { putHead, sortedBy } from './heads.ts'
import { packRun } from './runs.ts'
import { save } from './save.ts'
import { mark, takeMarks, unsaved, type Field } from './unsaved.ts'

const { getState: get, setState: set } = useCurrent

const later: { timer?: ReturnType<typeof setTimeout> | undefined } = {}
/** Writes what changed of the current chat; an empty one is not worth a row. */
export async function write(): Promise<void> {
  clearTimeout(later.timer)
  if (get().turns.length === 0) return
  const now = takeMarks()
  const chat = whole()
  const runs = (ids: Iterable<string>) =>
    [...ids].flatMap((turn) => {
      const run = runIn(turn)
      return run ? [{ turn, run: packRun(run) }] : []
    })
  const all = () => ({ ...toChange(chat), runs: get().id === chat.id ? runs(tokens.keys()) : [] })
  const { head, body = {}, turns = [] } = toChange(chat)
  const edited = head?.edited && { edited: head.edited }
  // a look at another version is no news
  const onlyLook = now.stored && now.turns.size === 0 && [...now.fields].every((field) => field === 'leaf')
  const change = now.stored
    ? {
        id: chat.id,
        create: false,
        head: {
          ...(!onlyLook && { updatedAt: chat.updatedAt }),
          ...(now.fields.has('title') && { title: chat.title }),
          messages: turns.length,
          ...edited,
        },
        body: Object.fromEntries(Object.entries(body).filter(([field]) => now.fields.has(field as Field))),
        turns: turns.filter((turn) => now.turns.has(turn.id)),
        runs: runs(now.runs),
      }
    : all()
  const shown: ChatHead = {
    id: chat.id,
    title: chat.title,
    updatedAt: chat.updatedAt,
    messages: turns.length,
    ...edited,
    ...(chat.deletedAt !== undefined && { deletedAt: chat.deletedAt }),
    ...sortedBy(chat.id),
  }
  if ((await save({ change, whole: all })) && !onlyLook) putHead(shown)
}

/** A change that is no turn: saved when the typing pauses. */
export function touch(field: Field): void {
  mark({ field })
  clearTimeout(later.timer)
  later.timer = setTimeout(() => void write(), 500)
}

/** Out of the trash, where another tab put it, or onto the disk again, where another tab removed it. */
export async function keepCurrent(): Promise<void> {
  const { id, deletedAt } = get()
  if (deletedAt === null) return
  set({ deletedAt: null })
  if (!unsaved().stored) return write()
  await save({ change: { id, create: false, head: { deletedAt: undefined } }, whole: () => toChange(whole()) })
}
