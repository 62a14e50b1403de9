// Several answers to one question that come to be side by side (GenerateOptions.n): versions of one turn. The first is the
// answer on screen and grows as any does (answering.ts); the others (others.ts) stand here meanwhile, and become turns beside
// it when they are at their end. They stay side by side until the reader has chosen one.

import { create } from 'zustand'
import type { GenerateEvent, ToolCall } from '../worker/protocol.ts'
import type { Message } from './chat-data.ts'

export interface SeveralState {
  /** the answer on screen that they stand beside; null: nothing is to be chosen */
  first: string | null
  others: readonly Pick<Message, 'id' | 'content' | 'state'>[]
  /** one is chosen: the versions stay, side by side they are no more */
  close(): void
}
export const useSeveral = create<SeveralState>()((set) => ({
  first: null,
  others: [],
  close: () => set({ first: null, others: [] }),
}))

/** How an answer that was written ends. */
export type EndOf = (event: Extract<GenerateEvent, { type: 'done' }>) => Partial<Message>

export const toCall = ({ function: { name, arguments: given } }: ToolCall): NonNullable<Message['calls']>[number] => ({
  name,
  args: typeof given === 'string' ? given : JSON.stringify(given, null, 1),
})
