// What the panels look at: one token of one answer, a layer and a head. Shared by every panel so that a click in one moves them all.

import { create } from 'zustand'

export interface InspectState {
  messageId: string | null
  /** index of the generated token inside the message, null = follow the newest */
  token: number | null
  layer: number
  head: number
  select(change: Partial<Pick<InspectState, 'messageId' | 'token' | 'layer' | 'head'>>): void
  clear(): void
}

export const useInspect = create<InspectState>()((set) => ({
  messageId: null, token: null, layer: 0, head: 0,
  select: (change) => set(change),
  clear: () => set({ messageId: null, token: null, layer: 0, head: 0 }),
}))
