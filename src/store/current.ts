// The chat on screen: what there is of it. What happens to it (asking, answering, settings) is chat.ts; which versions
// there are branches.ts; what of it is not on disk yet unsaved.ts, and how it gets there write.ts; what other tabs write
// incoming.ts.

import { create } from 'zustand'
import type { ErrorData } from '../worker/protocol.ts'
import { drawnWith, prompts, tokens } from './answers.ts'
import { toData } from './client.ts'
import { newId, type Chat, type Message } from './chat-data.ts'
import { sortedBy } from './heads.ts'
import { useModels } from './models.ts'
import { anyModel, baseParams, ownFor, type OwnParams, type TurnParams } from './sampling.ts'
import { useSettings } from './settings.ts'
import { endUnder, pathTo } from './tree.ts'
import { unmark } from './unsaved.ts'

/** Live numbers of the running answer. */
export interface LiveStats {
  promptTokens: number
  reusedTokens: number
  /** tokens of the prompt that are read */ readTokens: number
  tokens: number
  secondsToFirst: number | null
  tokensPerSecond: number
}

export interface Current {
  id: string
  title: string
  /** every turn there is (tree.ts) */
  turns: readonly Message[]
  /** the last turn on screen */
  leaf: string | null
  /** the turns on screen: the path to `leaf` */
  messages: readonly Message[]
  system: string
  /** in force: the page's own, the model's, the reader's */
  params: TurnParams
  /** what the reader set in this chat, by model */
  own: Record<string, OwnParams>
  /** it lies in the trash, put there by another tab */
  deletedAt: number | null
  /** rows of turns that could not be read: they stay on disk */
  lost: number
  /** 'prefill' = before the first token; 'stopping' = stop was asked */
  status: 'idle' | 'prefill' | 'streaming' | 'stopping'
  live: LiveStats | null
  /** a failure to read chats; to write them: save.ts */
  error: ErrorData | null
  /** a chat that was left closed, because a page stopped answering while it was opened */
  leftClosed: { id: string; title: string } | null
}

/** the way that was on screen last at every fork */
const seen = new Map<string, string>()
export const wasSeen: ReadonlyMap<string, string> = seen

const modelNow = () => useModels.getState().active
export const paramsFor = (own: Record<string, OwnParams>, banned: TurnParams['banned']): TurnParams => ({
  ...baseParams(modelNow()?.info?.defaults),
  ...ownFor(own, useSettings.getState().own, modelNow()?.id),
  banned,
})

/** The turns, and the path through them that ends at `leaf`, as state. */
export function tree(turns: readonly Message[], leaf: string | null): Pick<Current, 'turns' | 'leaf' | 'messages'> {
  const messages = pathTo(turns, leaf)
  for (const { id, parent } of messages) seen.set(parent ?? '', id)
  return { turns, leaf, messages }
}

/** An empty chat; what was known of the one before is forgotten. */
export function blank(): Omit<Current, 'error' | 'leftClosed'> {
  const { own: all, system } = useSettings.getState(),
    model = modelNow()?.id
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => name === anyModel || name === model))
  for (const known of [tokens, prompts, drawnWith]) known.clear()
  seen.clear()
  unmark(false)
  return {
    id: newId(),
    title: '',
    ...tree([], null),
    system,
    own,
    params: paramsFor(own, []),
    deletedAt: null,
    lost: 0,
    status: 'idle',
    live: null,
  }
}

/** The one store of the chat; chat.ts gives it its actions and its name. */
export const useCurrent = create<Current>()(() => ({ ...blank(), error: null, leftClosed: null }))
const { getState: get, setState: set } = useCurrent

export const fail = (error: unknown): void => set({ error: toData(error) })
export function patch(id: string, change: Partial<Message>): void {
  const one = (message: Message): Message => (message.id === id ? { ...message, ...change } : message)
  set((s) => ({ turns: s.turns.map(one), messages: s.messages.map(one) }))
}

/** Puts a chat on screen. `stored`: it is on disk just so. */
export function put(
  { banned, own, turns, leaf, deletedAt, ...chat }: Omit<Chat, 'updatedAt'>,
  stored: boolean,
  lost = 0,
): void {
  const { id, title, system } = chat
  set({
    ...blank(),
    id,
    title,
    system,
    own,
    params: paramsFor(own, banned),
    ...tree(turns, leaf ?? endUnder(turns, null)),
    deletedAt: deletedAt ?? null,
    lost,
  })
  unmark(stored)
}

export const whole = (): Chat => {
  const { id, title, system, own, params, turns, leaf, deletedAt } = get()
  return {
    id,
    title,
    updatedAt: Date.now(),
    system,
    own,
    banned: params.banned,
    turns: [...turns],
    leaf,
    ...(deletedAt !== null && { deletedAt }),
    ...sortedBy(id),
  }
}

// the model's own defaults come and go with the model
useModels.subscribe((s, before) => {
  if (s.active?.id !== before.active?.id || s.active?.info !== before.active?.info) {
    set((now) => ({ params: paramsFor(now.own, now.params.banned) }))
  }
})
