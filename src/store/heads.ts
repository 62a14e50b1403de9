// The list of chats on disk, as the history shows it: those in use, those in the trash, those that cannot be
// read.

import { create } from 'zustand'
import type { ChatHead } from '../worker/protocol.ts'
import { getClient } from './client.ts'

interface Heads {
  /** newest first, all of them */
  all: ChatHead[]
  /** the list was read once */
  read: boolean
}
export const useHeads = create<Heads>()(() => ({ all: [], read: false }))

export const inUse = (all: readonly ChatHead[]): ChatHead[] =>
  all.filter((head) => head.deletedAt === undefined && !head.broken)
export const inTrash = (all: readonly ChatHead[]): ChatHead[] =>
  all.filter((head) => head.deletedAt !== undefined && !head.broken)
export const unreadable = (all: readonly ChatHead[]): ChatHead[] => all.filter((head) => head.broken)

let newest = 0
/** Reads the list again; what was marked as unreadable in this visit stays so. @throws when the disk does not answer */
export async function readHeads(): Promise<ChatHead[]> {
  const mine = ++newest
  const broken = new Set(
    useHeads
      .getState()
      .all.filter((head) => head.broken)
      .map(({ id }) => id),
  )
  const all = (await getClient().chats.list()).map((head) =>
    broken.has(head.id) ? { ...head, broken: true as const } : head,
  )
  if (mine === newest) useHeads.setState({ all, read: true })
  return all
}

/** Pinned ones first; those of an equal standing stay in their order. */
export const pinnedFirst = (heads: readonly ChatHead[]): ChatHead[] =>
  heads.toSorted((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false))
/** Every tag in use, in the order of the alphabet, with how many chats bear it. */
export function tagsOf(heads: readonly ChatHead[]): [tag: string, count: number][] {
  const counts = new Map<string, number>()
  for (const tag of heads.flatMap(({ tags = [] }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a.localeCompare(b))
}
/** What the list alone knows of a chat. */
export function sortedBy(id: string): Pick<ChatHead, 'pinned' | 'tags'> {
  const { pinned, tags } = useHeads.getState().all.find((head) => head.id === id) ?? {}
  return { ...(pinned && { pinned }), ...(tags && { tags }) }
}

/** A chat was written: it stands first. */
export const putHead = (head: ChatHead): void =>
  useHeads.setState(({ all }) => ({ all: [head, ...all.filter(({ id }) => id !== head.id)] }))
export const changeHeads = (ids: ReadonlySet<string>, change: (head: ChatHead) => ChatHead | null): void =>
  useHeads.setState(({ all }) => ({
    all: all.flatMap((head) => {
      const next = ids.has(head.id) ? change(head) : head
      return next ? [next] : []
    }),
  }))
export const titlesInUse = (except: string): ReadonlySet<string> =>
  new Set(
    inUse(useHeads.getState().all)
      .filter(({ id }) => id !== except)
      .map(({ title }) => title),
  )
