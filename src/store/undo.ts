// What was deleted, so that it can be taken back at once: chats, messages and versions, tags, entries of a library. The last
// one is offered first and stays until it is taken or closed; nobody has to be quick.

import { create } from 'zustand'

export interface Undone {
  what: 'chat' | 'message' | 'tag' | 'prompt' | 'preset'
  /** what it brings back; several chats at once are one */
  ids: readonly string[]
  title: string
  back(): Promise<void> | void
}

interface Undo {
  /** oldest first */
  all: readonly Undone[]
  offer(one: Undone): void
  /** the last one comes back */
  take(): Promise<void>
  dismiss(): void
  /** what came back another way, or is gone for good, is not offered any more */
  forget(what: Undone['what'], ids: readonly string[]): void
}
/** More than anybody goes back. */
const most = 50

export const useUndo = create<Undo>()((set, get) => ({
  all: [],
  offer: (one) => set(({ all }) => ({ all: [...all, one].slice(-most) })),
  async take() {
    const last = get().all.at(-1)
    get().dismiss()
    await last?.back()
  },
  dismiss: () => set(({ all }) => ({ all: all.slice(0, -1) })),
  forget: (what, ids) =>
    set(({ all }) => ({ all: all.filter((one) => one.what !== what || !one.ids.some((id) => ids.includes(id))) })),
}))
